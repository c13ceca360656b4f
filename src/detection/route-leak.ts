// Route leaks on a path, by what is known of the ASes on it (RFC 7908 types 1 to 4; Gao, "On inferring autonomous system relationships",
// 2001: a path goes up, over at most one link between peers, and down). An AS leaks where it gives a route of a provider or peer to
// another provider or peer. Unknown links say nothing; siblings are one AS. Nor does one that is not at the top stand between two at it.

import { type Hop } from '../bgp/as-path.js';
import { AS_TRANS, type Asn } from '../ip/asn.js';
import { type AsRelationships, type Relationship } from '../relations/as-relationships.js';

/** What a path shows. */
export interface RouteLeak {
  /** The AS that passed on what it should have kept to its customers; of siblings the one that did. */
  readonly leaker: Asn;
  /** Whom it had the route from, and whom it gave it to. */
  readonly from: Asn;
  readonly to: Asn;
  /** Type of RFC 7908 section 3; null where the relationships of the leaker are not known, but both others are at the top. */
  readonly rfc7908: 1 | 2 | 3 | 4 | null;
}

/**
 * The leak nearest to the origin, or null. Paths with AS_SETs are judged up to them.
 *
 * @param hops the collapsed path, nearest AS first, origin last.
 */
export function findRouteLeak(hops: readonly Hop[], relationships: AsRelationships): RouteLeak | null {
  const path = hops.toReversed(); // origin first
  for (let start = 1; start + 1 < path.length; start++) {
    const from = path[start - 1];
    let last = start;
    while (last + 2 < path.length && relationOf(path[last], path[last + 1], relationships) === 'sibling') last++;
    const to = path[last + 1];
    const [first, leaker] = [path[start], path[last]];
    if (typeof from !== 'number' || typeof first !== 'number' || typeof leaker !== 'number' || typeof to !== 'number')
      continue;
    const type = leakType(relationOf(first, from, relationships), relationOf(leaker, to, relationships));
    const isBetweenTop = [from, to].every((asn) => relationships.top.has(asn)) && !relationships.top.has(leaker);
    if (type !== null || isBetweenTop) return { leaker, from, to, rfc7908: type };
  }
  return null;
}

/** By what the giver and the receiver are to the AS between them. */
function leakType(from: Relationship | null, to: Relationship | null): RouteLeak['rfc7908'] {
  if (from === 'provider') return to === 'provider' ? 1 : to === 'peer' ? 3 : null;
  if (from === 'peer') return to === 'peer' ? 2 : to === 'provider' ? 4 : null;
  return null;
}

function relationOf(asn: Hop, other: Hop, relationships: AsRelationships): Relationship | null {
  if (typeof asn !== 'number' || typeof other !== 'number' || asn === AS_TRANS || other === AS_TRANS) return null;
  return relationships.of(asn, other);
}
