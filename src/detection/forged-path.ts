// forged-path (detection.md section 3): a link at some distance from the origin that nobody has ever seen, in either direction. Whoever puts a
// registered neighbour before the origin to pass for a neighbour's neighbour has to show such a link. A new link is no proof: hence a score.
//
// A link that the relationship file has is known. One that an ASPA denies (Not-Provider) does not become known by age; one that was known when
// the history had been learnt stays known: two peers deny each other by right, and a path that cannot be is aspa-invalid.

import { type Hop } from '../bgp/as-path.js';
import { type Asn } from '../ip/asn.js';
import { type AspaTable } from '../rpki/aspa-table.js';
import { type Finding } from './finding.js';
import { distantLinks, type LinkView, type PathLink } from './link-view.js';
import { type PrefixPolicy } from './policy.js';
import { findingUnder } from './policy-finding.js';
import { type ReferenceData } from './reference-data.js';
import { type RouteView } from './route-view.js';

/** What the parts of the score are worth; all together 100. */
const SCORE_PARTS = { unseen: 40, denied: 20, established: 20, apart: 20 } as const;

/**
 * forged-path of a route equal to or inside `policy.prefix`. The offender is the link nearest to the origin, `64511/64500`: the AS that had
 * the route by it first.
 */
export function judgeLinks(
  route: RouteView,
  policy: PrefixPolicy,
  links: LinkView,
  reference: ReferenceData,
): Finding | null {
  if (!hasUnknown(route.hops, links)) return null;
  const suspicious = distantLinks(route.hops, links.minDistance).filter((link) => isSuspicious(link, links, reference));
  const [first, ...others] = suspicious;
  if (suspicious.length === 0) return null;
  const { far, near } = first;
  const { score, parts } = scoreOf(first, links, reference);
  const finding = findingUnder(policy, route, {
    type: 'forged-path',
    level: 'Warning',
    offender: `${far}/${near}`,
    clauses: [
      ...grounds(first, links, reference),
      ...(others.length === 0 ? [] : [`nor was ${others.map((one) => `AS${one.far}-AS${one.near}`).join(', ')}`]),
      `score ${score} of 100: ${parts.join(', ')}`,
    ],
  });
  return { ...finding, score };
}

/** False for nearly every route: asked before anything is made of the path. */
function hasUnknown(hops: readonly Hop[], { minDistance, standing }: LinkView): boolean {
  for (let at = hops.length - 1 - minDistance; at >= 0; at--) {
    const [far, near] = [hops[at], hops[at + 1]];
    if (typeof far === 'number' && typeof near === 'number' && standing(far, near) !== 'known') return true;
  }
  return false;
}

function isSuspicious({ far, near }: PathLink, links: LinkView, { relationships, aspas }: ReferenceData): boolean {
  const standing = links.standing(far, near);
  if (standing === 'known' || relationships?.has(far, near) === true) return false;
  return standing === 'new' || denierOf(far, near, aspas) !== null;
}

function grounds({ far, near, distance }: PathLink, links: LinkView, { aspas }: ReferenceData): string[] {
  const denier = denierOf(far, near, aspas);
  const denied = denier === null ? [] : [`the ASPA of AS${denier} does not name AS${denier === near ? far : near}`];
  const seen = links.standing(far, near) === 'new' ? 'was not known' : 'was seen for long, but is denied';
  return [
    `AS${far} had the route from AS${near}, ${distance} hops from the origin: a link that ${seen}, in either direction`,
    ...denied,
  ];
}

/** The AS whose ASPA leaves the other out (Not-Provider), where neither's names it: of both the one nearer to the origin. */
function denierOf(far: Asn, near: Asn, aspas: AspaTable | null): Asn | null {
  if (aspas === null) return null;
  const [up, down] = [aspas.authorization(near, far), aspas.authorization(far, near)];
  if (up === 'provider' || down === 'provider') return null;
  return up === 'not-provider' ? near : down === 'not-provider' ? far : null;
}

function scoreOf(
  { far, near }: PathLink,
  links: LinkView,
  { aspas }: ReferenceData,
): { readonly score: number; readonly parts: readonly string[] } {
  const { established, shared } = links.around(far, near);
  const all: readonly (readonly [holds: boolean, points: number, text: string])[] = [
    [links.standing(far, near) === 'new', SCORE_PARTS.unseen, 'not known'],
    [denierOf(far, near, aspas) !== null, SCORE_PARTS.denied, 'denied by an ASPA'],
    [established, SCORE_PARTS.established, 'both ASes are known by other links'],
    [!shared, SCORE_PARTS.apart, 'no AS is known to be next to both'],
  ];
  const held = all.filter(([holds]) => holds);
  return {
    score: held.reduce((sum, [, points]) => sum + points, 0),
    parts: held.map(([, points, text]) => `${points} ${text}`),
  };
}
