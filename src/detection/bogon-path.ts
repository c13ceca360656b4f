// bogon-path (detection.md section 3): an AS number on the path that nobody can have there, an AS at two places (which its own loop detection
// would have refused), or a registered origin on both sides of others, which keeps the route away from them (poisoning). Judged on the
// collapsed path, whose AS_SETs hold bogons but no loops: what stands in them has no place.
//
// No bogons are: what the policy itself registers; documentation and private numbers, where an origin or provider is one, since such a
// prefix lives in a lab or a private network, where they are in use; and the AS nearest to the collector, which whoever runs that chose to peer with.

import { type Hop } from '../bgp/as-path.js';
import { AS_TRANS, type Asn } from '../ip/asn.js';
import { type Finding } from './finding.js';
import { type Neighbors, type PrefixPolicy } from './policy.js';
import { findingUnder, list } from './policy-finding.js';
import { type RouteView } from './route-view.js';
import { type SpecialPurposeAsns, specialPurposeBlock } from './special-purpose-asns.js';

/** An AS that the path should not hold: its place, nearest AS first, and what is wrong with it. */
interface Bogon {
  readonly asn: Asn;
  readonly place: number;
  readonly clause: string;
}

/** bogon-path of a route equal to or inside `policy.prefix`. The offender is the first such AS as the path reads, nearest AS first. */
export function judgeBogons(route: RouteView, policy: PrefixPolicy): Finding | null {
  const bogons = [...specialAsns(route.hops, policy), ...loops(route.hops)];
  if (bogons.length === 0) return null;
  const first = bogons.reduce((a, b) => (b.place < a.place ? b : a));
  const poisoned = poisonedAsns(route.hops, policy);
  return findingUnder(policy, route, {
    type: 'bogon-path',
    level: poisoned === null ? 'Information' : 'Warning',
    offender: String(first.asn),
    clauses: [...bogons.map(({ clause }) => clause), ...(poisoned === null ? [] : [poisoned])],
  });
}

function specialAsns(hops: readonly Hop[], policy: PrefixPolicy): readonly Bogon[] {
  const found: Bogon[] = [];
  for (const [place, hop] of hops.entries()) {
    if (typeof hop === 'number') addSpecial(found, hop, place, policy);
    else for (const asn of hop.toSorted((a, b) => a - b)) addSpecial(found, asn, place, policy);
  }
  return found;
}

function addSpecial(found: Bogon[], asn: Asn, place: number, policy: PrefixPolicy): void {
  const block = specialPurposeBlock(asn);
  if (block === null || found.some((bogon) => bogon.asn === asn)) return;
  if (asn !== 0 && (place === 0 || isUsual(asn, block, policy))) return;
  found.push({ asn, place, clause: `AS${asn} is on the path: ${block.name}` });
}

function isUsual(asn: Asn, { kind }: SpecialPurposeAsns, policy: PrefixPolicy): boolean {
  const { origins, providerAsns, aggregators, neighbors, moreSpecifics, allowDocumentation } = policy;
  const networks = [...origins, ...providerAsns];
  if (kind === 'documentation' && allowDocumentation) return true;
  if (kind !== 'reserved' && networks.some((one) => specialPurposeBlock(one) !== null)) return true;
  const others = moreSpecifics === null ? [] : [...moreSpecifics.origins, ...named(moreSpecifics.neighbors)];
  return [...networks, ...aggregators, ...named(neighbors), ...others].includes(asn);
}

function named(neighbors: Neighbors): readonly Asn[] {
  return [...neighbors.values()].flat();
}

/** The ASes at several places, by the first of them; AS_TRANS need not be one AS. */
function loops(hops: readonly Hop[]): readonly Bogon[] {
  const found: Bogon[] = [];
  for (let place = 0; place + 2 < hops.length; place++) {
    const asn = hops[place];
    if (typeof asn !== 'number' || asn === AS_TRANS || found.some((bogon) => bogon.asn === asn)) continue;
    if (hops.includes(asn, place + 2))
      found.push({ asn, place, clause: `AS${asn} is at two places of the path that are not next to each other` });
  }
  return found;
}

/** The clause of a path that reads own origin .. others .. own origin; null where it does not. */
function poisonedAsns(hops: readonly Hop[], { origins, moreSpecifics }: PrefixPolicy): string | null {
  const origin = hops.at(-1);
  if (typeof origin !== 'number') return null;
  if (!origins.includes(origin) && moreSpecifics?.origins.includes(origin) !== true) return null;
  const first = hops.indexOf(origin);
  if (first === hops.length - 1) return null;
  const between = hops
    .slice(first + 1, -1)
    .flat()
    .filter((asn) => asn !== origin);
  return `the registered origin AS${origin} is on both sides of ${list(between)}: poisoned against them, or forged`;
}
