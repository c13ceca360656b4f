// Rules on the origin of a route inside or equal to a registered prefix: squatting, origin-hijack (ARTEMIS E-0), subprefix-hijack
// (S-0), unexpected-more-specific, and forged-first-hop (type-1). detection.md section 3; the order here is that table's order.

import { type Asn } from '../ip/asn.js';
import { type Prefix } from '../ip/prefix.js';
import { type Finding, type Level, type RouteIncidentType } from './finding.js';
import { type Neighbors, type PrefixPolicy } from './policy.js';
import { accusedOrigin, originIn, type RouteView } from './route-view.js';

/** True where the policy allows `route` as a more-specific: length and origin both. */
export function isAllowedMoreSpecific(route: RouteView, { prefix, moreSpecifics }: PrefixPolicy): boolean {
  if (moreSpecifics === null || route.prefix.length <= prefix.length) return false;
  const { minLength, maxLength, origins } = moreSpecifics;
  return route.prefix.length >= minLength && route.prefix.length <= maxLength && originIn(route.origin, origins);
}

/**
 * Judges a route equal to or inside `policy.prefix`.
 *
 * @returns the first rule's finding in table order, or null where the route is as registered or its origin is unknown.
 */
export function judgeInside(route: RouteView, policy: PrefixPolicy): Finding | null {
  const accused = accusedOrigin(route.origin);
  if (accused === null) return null;
  const exact = route.prefix.length === policy.prefix.length;
  if (policy.origins.length === 0) {
    const where = exact ? `equals ${text(policy)}` : `lies inside ${text(policy)}`;
    return finding('squatting', 'Critical', route, policy, [`${route.prefix.toString()} ${where}`, NOT_ANNOUNCED]);
  }
  const allowed = isAllowedMoreSpecific(route, policy);
  const legitimate = originIn(route.origin, policy.origins);
  if (exact && !legitimate) {
    return finding('origin-hijack', 'Critical', route, policy, [
      `the prefix is ${text(policy)} itself`,
      foreign(accused, policy.origins),
    ]);
  }
  if (exact || allowed) return judgeNeighbor(route, policy, exact ? policy.neighbors : policy.moreSpecifics!.neighbors);
  const clauses = [`${route.prefix.toString()} lies inside ${text(policy)}`, notAllowed(route.prefix, policy)];
  if (legitimate) {
    if (route.origin.kind === 'set') return null; // an AS_SET with a registered member is no verdict
    return finding('unexpected-more-specific', 'Warning', route, policy, [
      ...clauses,
      `origin AS${accused} is registered`,
    ]);
  }
  return finding('subprefix-hijack', 'Critical', route, policy, [...clauses, foreign(accused, policy.origins)]);
}

/** forged-first-hop: the AS next to a legitimate origin is not among the neighbours registered for that origin. */
function judgeNeighbor(route: RouteView, policy: PrefixPolicy, neighbors: Neighbors): Finding | null {
  if (route.origin.kind !== 'as' || route.neighbor === null) return null;
  const origin = route.origin.asn;
  const expected = neighbors.get(origin);
  if (expected === undefined || expected.includes(route.neighbor)) return null;
  const clauses = [
    `origin AS${origin} is registered`,
    `AS${route.neighbor} next to it is not among the neighbours registered for AS${origin} (${list(expected)})`,
  ];
  return finding('forged-first-hop', 'Critical', route, policy, clauses, `${origin}/${route.neighbor}`, expected);
}

const NOT_ANNOUNCED = 'that prefix is registered as not to be announced';

function finding(
  type: RouteIncidentType,
  level: Level,
  route: RouteView,
  policy: PrefixPolicy,
  clauses: readonly string[],
  offender = String(accusedOrigin(route.origin)),
  neighbors: readonly Asn[] | null = null,
): Finding {
  return {
    type,
    ruleVersion: 1,
    level,
    connection: policy.connection,
    registeredPrefix: policy.prefix,
    covers: [],
    prefix: route.prefix,
    offender,
    expected: { origins: policy.origins, neighbors },
    observed: { origin: accusedOrigin(route.origin), neighbor: route.neighbor },
    clauses,
  };
}

function text(policy: PrefixPolicy): string {
  return policy.prefix.toString();
}

function foreign(accused: Asn, origins: readonly Asn[]): string {
  return `origin AS${accused} is not among the registered origins (${list(origins)})`;
}

function notAllowed(prefix: Prefix, { moreSpecifics }: PrefixPolicy): string {
  if (moreSpecifics === null) return 'no more-specifics are allowed';
  const { minLength, maxLength, origins } = moreSpecifics;
  return prefix.length < minLength || prefix.length > maxLength
    ? `more-specifics are allowed from /${minLength} to /${maxLength}, this is a /${prefix.length}`
    : `more-specifics are allowed from ${list(origins)} only`;
}

/** `AS64500, AS64501`, or `none`. */
export function list(asns: readonly Asn[]): string {
  return asns.length === 0 ? 'none' : asns.map((asn) => `AS${asn}`).join(', ');
}
