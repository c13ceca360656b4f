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
  const groups = siblingGroups(hops.toReversed(), relationships);
  for (let at = 1; at + 1 < groups.length; at++) {
    const [from, group, to] = [groups[at - 1].at(-1)!, groups[at], groups[at + 1][0]];
    const [first, leaker] = [group[0], group.at(-1)!];
    if (!isKnown(from) || !isKnown(first) || !isKnown(leaker) || !isKnown(to)) continue;
    const type = leakType(relationships.of(first, from), relationships.of(leaker, to));
    const { top } = relationships;
    const isBetweenTop =
      top.has(from) && top.has(to) && !group.some((member) => typeof member === 'number' && top.has(member));
    if (type !== null || isBetweenTop) return { leaker, from, to, rfc7908: type };
  }
  return null;
}

/** The path, origin first, with neighbours that are siblings together: they are as one AS. */
function siblingGroups(path: readonly Hop[], relationships: AsRelationships): Hop[][] {
  const groups: Hop[][] = [];
  for (const hop of path) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    const isSibling = isKnown(before) && isKnown(hop) && relationships.of(before, hop) === 'sibling';
    if (isSibling) last!.push(hop);
    else groups.push([hop]);
  }
  return groups;
}

/** By what the giver and the receiver are to the AS between them. */
function leakType(from: Relationship | null, to: Relationship | null): RouteLeak['rfc7908'] {
  if (from === 'provider') return to === 'provider' ? 1 : to === 'peer' ? 3 : null;
  if (from === 'peer') return to === 'peer' ? 2 : to === 'provider' ? 4 : null;
  return null;
}

/** Not an AS_SET, and not an AS that nobody merged. */
function isKnown(hop: Hop | undefined): hop is Asn {
  return typeof hop === 'number' && hop !== AS_TRANS;
}
