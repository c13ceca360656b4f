// The commonest events of messages, as literals: a spread costs ten times as much (npm run bench -- P6).

import { type Nlri } from '../bgp/nlri.js';
import { type ActiveEvent, type AnnounceEvent, type RawEvidence } from '../rib/route-event.js';
import { type RouteAttributes, type RouteEvent } from '../rib/route-event.js';

/** Where an event was read. */
export type Place = Pick<RouteEvent, 'input' | 'file' | 'record' | 'offset' | 'collector'>;

/** What every event of a session has. */
export type Head = Pick<RouteEvent, keyof Place | 'sequence' | 'peerAddress' | 'peerAs' | 'at' | 'order'>;

/** That a session sent an announcement. */
export function activeEvent(head: Head): ActiveEvent {
  const { collector, input, file, record, offset, sequence, peerAddress, peerAs, at, order } = head;
  return { kind: 'active', collector, input, file, record, offset, sequence, peerAddress, peerAs, at, order };
}

/** An announcement of one of a message's NLRI. */
export function announceEvent(
  head: Head,
  { prefix, pathId = 0 }: Nlri,
  evidence: RawEvidence,
  route: RouteAttributes,
): AnnounceEvent {
  const { collector, input, file, record, offset, sequence, peerAddress, peerAs, at, order } = head;
  const { path, internalAs, attributes, malformed, marks } = route;
  return {
    kind: 'announce',
    collector,
    input,
    file,
    record,
    offset,
    sequence,
    peerAddress,
    peerAs,
    at,
    order,
    prefix,
    pathId,
    evidence,
    path,
    internalAs,
    attributes,
    malformed,
    marks,
  };
}
