// blackhole-leak (detection.md section 3): a host route inside a registered prefix that asks whoever takes it to drop the traffic
// (BLACKHOLE, RFC 7999), and was to stay at the neighbour it was sent to: its section 3.2 says NO_ADVERTISE or NO_EXPORT.

import { alsoClause, type Finding, type Level, worse } from './finding.js';
import { type PrefixPolicy } from './policy.js';
import { findingUnder } from './policy-finding.js';
import { originIn, type RouteView } from './route-view.js';

/**
 * blackhole-leak of a route equal to or inside `policy.prefix`. At a neighbour only = the peer that shows it has it from the origin
 * itself. An AS_SET with a registered member gives no verdict, as with the origin rules.
 */
export function judgeBlackhole(route: RouteView, policy: PrefixPolicy): Finding | null {
  const { prefix, origin, marks, hops } = route;
  const hostLength = prefix.afi === 1 ? 32 : 128;
  if (marks?.blackhole !== true || prefix.length !== hostLength || policy.prefix.length === hostLength) return null;
  const own = originIn(origin, [...policy.origins, ...(policy.moreSpecifics?.origins ?? [])]);
  if (origin.kind === 'unknown' || (own && origin.kind === 'set')) return null;
  const [level, where] = own ? (hops.length <= 2 ? AT_NEIGHBOUR : BEYOND) : FOREIGN;
  const clauses = [`${prefix.toString()} is a host route with the community BLACKHOLE (65535:666)`, where];
  return findingUnder(policy, route, { type: 'blackhole-leak', level, clauses });
}

type Case = readonly [level: Level, clause: string];

const AT_NEIGHBOUR: Case = ['Information', 'a registered origin sent it, and a neighbour of the origin shows it'];
const BEYOND: Case = ['Error', 'a registered origin sent it, and it was passed on beyond the neighbour of the origin'];
const FOREIGN: Case = [
  'Critical',
  'its origin is not registered: the traffic of this host is dropped for somebody else',
];

/**
 * What the registry says of a route, with its blackhole in its place: before unexpected-more-specific, whose level does not raise it (an
 * own blackhole is a more-specific by nature), behind everything else.
 */
export function withBlackhole(inside: Finding | null, blackhole: Finding | null): readonly Finding[] {
  if (inside === null || blackhole === null) return [inside, blackhole].filter((one) => one !== null);
  const isFirst = inside.type === 'unexpected-more-specific';
  const [primary, later] = isFirst ? [blackhole, inside] : [inside, blackhole];
  const level = isFirst ? primary.level : worse(primary.level, later.level);
  const alsoMatched = [isFirst ? 'unexpected-more-specific' : 'blackhole-leak'] as const;
  return [{ ...primary, level, clauses: [...primary.clauses, alsoClause(later)], alsoMatched }];
}
