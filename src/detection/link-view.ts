// What rules know of links between ASes: how each stands in the history of links (src/pipeline/link-history), both directions being one.
// The part that bears on one path is plain data, kept with evidence.

import { type Hop } from '../bgp/as-path.js';
import { AS_TRANS, type Asn } from '../ip/asn.js';

/** `new`: never seen, or not for long; `aged`: seen first when the history was learnt already, and long enough ago. */
export type LinkStanding = 'known' | 'aged' | 'new';

/** What known links there are beside the one between two ASes. */
export interface LinkSurroundings {
  /** Each of the two has a known link to another AS. */
  readonly established: boolean;
  /** An AS has known links to both. */
  readonly shared: boolean;
}

export interface LinkView {
  /** Links nearer to the origin than this many hops are not looked at. */
  readonly minDistance: number;
  /** How a link stands. While the history is being learnt every link is known. */
  readonly standing: (a: Asn, b: Asn) => LinkStanding;
  readonly around: (a: Asn, b: Asn) => LinkSurroundings;
}

/** Two ASes that stand next to each other on a path: `far` had the route from `near`, which is so many hops less from the origin. */
export interface PathLink {
  readonly far: Asn;
  readonly near: Asn;
  readonly distance: number;
}

/** The links of a collapsed path (nearest AS first), nearest to the origin first; none of an AS_SET or an AS that nobody merged. */
export function linksOf(hops: readonly Hop[]): readonly PathLink[] {
  const links: PathLink[] = [];
  for (let at = hops.length - 2; at >= 0; at--) {
    const [far, near] = [hops[at], hops[at + 1]];
    if (typeof far !== 'number' || typeof near !== 'number' || far === AS_TRANS || near === AS_TRANS) continue;
    links.push({ far, near, distance: hops.length - 1 - at });
  }
  return links;
}

/** The links at `minDistance` or more that do not touch the origin: an AS that does is at distance 1, wherever else it stands. */
export function distantLinks(hops: readonly Hop[], minDistance: number): readonly PathLink[] {
  const origins = [hops.at(-1) ?? []].flat();
  return linksOf(hops).filter(
    ({ far, near, distance }) => distance >= minDistance && !origins.includes(far) && !origins.includes(near),
  );
}

/** What is known of the links of one path, but for those that are known. Plain data. */
export interface LinkSlice {
  readonly minDistance: number;
  readonly links: readonly (LinkSurroundings & {
    readonly far: Asn;
    readonly near: Asn;
    readonly standing: LinkStanding;
  })[];
}

export function sliceLinks(hops: readonly Hop[], view: LinkView): LinkSlice {
  const { minDistance } = view;
  const links = distantLinks(hops, minDistance).flatMap(({ far, near }) => {
    const standing = view.standing(far, near);
    return standing === 'known' ? [] : [{ far, near, standing, ...view.around(far, near) }];
  });
  return { minDistance, links };
}

/** The slice as a view: it says the same of the path that it was cut for. */
export function sliceToView({ minDistance, links }: LinkSlice): LinkView {
  const find = (a: Asn, b: Asn) =>
    links.find(({ far, near }) => (far === a && near === b) || (far === b && near === a));
  return {
    minDistance,
    standing: (a, b) => find(a, b)?.standing ?? 'known',
    around: (a, b) => find(a, b) ?? { established: false, shared: false },
  };
}
