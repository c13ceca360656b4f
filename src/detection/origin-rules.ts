// Rules on the origin of a route inside or equal to a registered prefix: squatting, origin-hijack (ARTEMIS E-0), subprefix-hijack
// (S-0), unexpected-more-specific, and forged-first-hop (type-1). detection.md section 3; the order here is that table's order.

import { type Asn } from '../ip/asn.js';
import { type Prefix } from '../ip/prefix.js';
import { type Finding } from './finding.js';
import { type Neighbors, type PrefixPolicy } from './policy.js';
import { findingUnder, list } from './policy-finding.js';
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
    const clauses = [`${route.prefix.toString()} ${where}`, NOT_ANNOUNCED];
    return findingUnder(policy, route, { type: 'squatting', level: 'Critical', clauses });
  }
  const allowed = isAllowedMoreSpecific(route, policy);
  const legitimate = originIn(route.origin, policy.origins);
  if (exact && !legitimate) {
    const clauses = [`the prefix is ${text(policy)} itself`, foreign(accused, policy.origins)];
    return findingUnder(policy, route, { type: 'origin-hijack', level: 'Critical', clauses });
  }
  if (exact || allowed) return judgeNeighbor(route, policy, exact ? policy.neighbors : policy.moreSpecifics!.neighbors);
  const clauses = [`${route.prefix.toString()} lies inside ${text(policy)}`, notAllowed(route.prefix, policy)];
  if (legitimate) {
    if (route.origin.kind === 'set') return null; // an AS_SET with a registered member is no verdict
    return findingUnder(policy, route, {
      type: 'unexpected-more-specific',
      level: 'Warning',
      clauses: [...clauses, `origin AS${accused} is registered`],
    });
  }
  clauses.push(foreign(accused, policy.origins));
  return findingUnder(policy, route, { type: 'subprefix-hijack', level: 'Critical', clauses });
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
  const offender = `${origin}/${route.neighbor}`;
  return findingUnder(policy, route, {
    type: 'forged-first-hop',
    level: 'Critical',
    clauses,
    offender,
    neighbors: expected,
  });
}

const NOT_ANNOUNCED = 'that prefix is registered as not to be announced';

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
