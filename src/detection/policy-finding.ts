// A finding under one policy: what every rule about a route equal to or inside a registered prefix fills in alike.

import { type Asn } from '../ip/asn.js';
import { type Finding } from './finding.js';
import { type PrefixPolicy } from './policy.js';
import { accusedOrigin, type RouteView } from './route-view.js';

/** What a rule says. */
export interface RuleVerdict {
  readonly type: Finding['type'];
  readonly level: Finding['level'];
  readonly clauses: readonly string[];
  /** Default: the origin, of an AS_SET its lowest member. */
  readonly offender?: string;
  /** The neighbours registered for the origin, where the rule is about them. */
  readonly neighbors?: readonly Asn[];
}

export function findingUnder(policy: PrefixPolicy, route: RouteView, verdict: RuleVerdict): Finding {
  const accused = accusedOrigin(route.origin);
  const { type, level, clauses, offender = String(accused), neighbors = null } = verdict;
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
    observed: { origin: accused, neighbor: route.neighbor },
    clauses,
    alsoMatched: [],
    reference: '',
  };
}

/** `AS64500, AS64501`, or `none`. */
export function list(asns: readonly Asn[]): string {
  return asns.length === 0 ? 'none' : asns.map((asn) => `AS${asn}`).join(', ');
}
