// A digest of a route's attributes other than its path: equal text means that nothing of them changed.

import { hash } from 'node:crypto';
import { type PathAttributes } from '../bgp/path-attributes.js';

/** 16 hex digits over every attribute but AS_PATH and the NLRI, and the next hop of the route's own family. */
export function attributesDigest(attributes: PathAttributes, nextHop: string | undefined): string {
  const { origin, med, localPref, atomicAggregate, aggregator, communities, originatorId, clusterList } = attributes;
  const { extendedCommunities, largeCommunities, onlyToCustomer, unknown } = attributes;
  const others = unknown?.map(({ type, flags, bytes }) => `${type}/${flags}/${Buffer.from(bytes).toString('hex')}`);
  const text = JSON.stringify([
    nextHop,
    origin,
    med,
    localPref,
    atomicAggregate,
    aggregator,
    communities,
    originatorId,
    clusterList,
    extendedCommunities,
    largeCommunities,
    onlyToCustomer,
    others,
  ]);
  return hash('sha256', text).slice(0, 16);
}
