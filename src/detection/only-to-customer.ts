// ONLY_TO_CUSTOMER against the path (RFC 9234 section 5). Whoever set OTC to X (X itself when it sent the route to a customer, a peer or a
// client of its route server, or the next AS when it took the route from its provider, peer or route server X) says that X sent it
// down or sideways, and that from there on it goes down only. What a third party can be sure of:
//
// - the next AS after X is no provider of X, and no AS after that one gave the route to a provider, a peer or a route server;
// - where X is on the path several times, the part after the last one alone; where it is not there (a route server does not prepend), nothing;
// - nothing of links whose relationship is not known, and nothing behind an AS_SET. Siblings are one AS: what X's sibling did, X did.

import { type Hop } from '../bgp/as-path.js';
import { AS_TRANS, type Asn } from '../ip/asn.js';
import { type Relationship } from '../relations/as-relationships.js';

/** Who passed on what OTC forbids. */
export interface OtcLeak {
  readonly leaker: Asn;
  readonly to: Asn;
  /** What `to` is to the leaker. */
  readonly relation: 'provider' | 'peer';
}

/**
 * The contradiction nearest to the AS that OTC names, or null.
 *
 * @param hops the collapsed path, nearest AS first, origin last.
 * @param relationOf what the second AS is to the first, as far as that is known.
 */
export function findOtcLeak(
  hops: readonly Hop[],
  otc: Asn,
  relationOf: (asn: Asn, other: Asn) => Relationship | null,
): OtcLeak | null {
  let isSender = true; // X or a sibling of it, which may send sideways too
  for (let at = hops.indexOf(otc); at > 0 && otc !== AS_TRANS; at--) {
    const [leaker, to] = [hops[at], hops[at - 1]];
    if (typeof leaker !== 'number' || typeof to !== 'number') return null;
    const relation = leaker === AS_TRANS || to === AS_TRANS ? null : relationOf(leaker, to);
    if (relation === 'provider' || (relation === 'peer' && !isSender)) return { leaker, to, relation };
    isSender &&= relation === 'sibling';
  }
  return null;
}
