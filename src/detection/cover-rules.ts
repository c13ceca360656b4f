// superprefix-hijack: a covering route from an AS that has no business there (detection.md section 3). One finding a connection,
// registered under the lowest prefix it covers. Routes shorter than /8 or /19, default routes above all, never count.

import { type DetectionFigures } from './figures.js';
import { type Finding } from './finding.js';
import { type PrefixPolicy } from './policy.js';
import { list } from './policy-finding.js';
import { accusedOrigin, originIn, type RouteView } from './route-view.js';
import { type Prefix } from '../ip/prefix.js';

/** What the rule must know beyond route and policy. */
export interface CoverContext {
  readonly figures: DetectionFigures['covering'];
  /** True where a session's RIB bootstrap held this (prefix, origin): baseline, no incident. */
  readonly isBaseline: (prefix: Prefix, origin: number) => boolean;
  /** True where the registered prefix is announced by a legitimate origin on some up session. */
  readonly isAnnounced: (policy: PrefixPolicy) => boolean;
}

/** True where a prefix is long enough to count as covering anything: /8 for IPv4, /19 for IPv6 by default. */
export function isCoveringLength(prefix: Prefix, figures: DetectionFigures['covering']): boolean {
  return prefix.length >= (prefix.afi === 1 ? figures.minLength4 : figures.minLength6);
}

/** Judges a route against the registered prefixes strictly inside it, `covered` in prefix order; one finding a connection. */
export function judgeCovering(
  route: RouteView,
  covered: readonly PrefixPolicy[],
  context: CoverContext,
): readonly Finding[] {
  const accused = accusedOrigin(route.origin);
  if (accused === null || covered.length === 0 || !isCoveringLength(route.prefix, context.figures)) return [];
  if (context.isBaseline(route.prefix, accused)) return [];
  const byConnection = new Map<string, PrefixPolicy[]>();
  for (const policy of covered) {
    const there = byConnection.get(policy.connection);
    if (there === undefined) byConnection.set(policy.connection, [policy]);
    else there.push(policy);
  }
  return [...byConnection.values()].flatMap((policies) => judgeConnection(route, accused, policies, context));
}

function judgeConnection(
  route: RouteView,
  accused: number,
  policies: readonly PrefixPolicy[],
  context: CoverContext,
): readonly Finding[] {
  if (policies.some(({ origins, aggregators }) => originIn(route.origin, [...origins, ...aggregators]))) return [];
  const lowest = policies[0];
  const exposed = policies.filter((policy) => policy.origins.length === 0 || !context.isAnnounced(policy));
  const origins = [...new Set(policies.flatMap((policy) => policy.origins))].sort((a, b) => a - b);
  const clauses = [
    `${route.prefix.toString()} strictly covers ${policies.map(({ prefix }) => prefix.toString()).join(', ')}`,
    `origin AS${accused} is neither an origin (${list(origins)}) nor an aggregator of them`,
    exposed.length === 0
      ? 'every one of them is announced by a legitimate origin, so its own route wins'
      : `${exposed.map(({ prefix }) => prefix.toString()).join(', ')} has no legitimate route of its own, so the covering one attracts its traffic`,
  ];
  return [
    {
      type: 'superprefix-hijack',
      ruleVersion: 1,
      level: exposed.length === 0 ? 'Information' : 'Error',
      connection: lowest.connection,
      registeredPrefix: lowest.prefix,
      covers: policies.map(({ prefix }) => prefix),
      prefix: route.prefix,
      offender: String(accused),
      expected: { origins, neighbors: null },
      observed: { origin: accused, neighbor: route.neighbor },
      clauses,
      alsoMatched: [],
      reference: '',
    },
  ];
}
