// Findings: what a rule says of one route. Types and levels are the product's contract (product.md section 6); a finding carries
// everything its incident will need to explain itself.

import { type Asn } from '../ip/asn.js';
import { type Prefix } from '../ip/prefix.js';

/** Levels of Azure Peering Service, mildest first. */
export const LEVELS = ['Information', 'Warning', 'Error', 'Critical'] as const;
export type Level = (typeof LEVELS)[number];

/** The higher of two levels. */
export function worse(a: Level, b: Level): Level {
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b;
}

/** Incident types that findings of a route can have; others of product.md section 6 come with their rules. */
export type RouteIncidentType =
  'squatting' | 'origin-hijack' | 'subprefix-hijack' | 'superprefix-hijack' | 'forged-first-hop' | LaterIncidentType;

/** Those that rest on data beside the registry, in the order of detection.md section 3. */
export const REFERENCE_INCIDENT_TYPES = ['rpki-invalid', 'aspa-invalid', 'route-leak'] as const;

/** Those that a route with another verdict may match too, in the order of the same table. */
export const LATER_INCIDENT_TYPES = [
  'blackhole-leak',
  'unexpected-more-specific',
  ...REFERENCE_INCIDENT_TYPES,
  'forged-path',
  'bogon-path',
] as const;
export type LaterIncidentType = (typeof LATER_INCIDENT_TYPES)[number];

/** Those that no single route carries: monitors raise and clear them (src/pipeline/route-monitor). */
export const CONDITION_INCIDENT_TYPES = [
  'provider-bypass',
  'path-change',
  'visibility-loss',
  'outage',
  'flapping',
  'stuck-route',
  'registry-drift',
  'source-silent',
] as const;
export type ConditionIncidentType = (typeof CONDITION_INCIDENT_TYPES)[number];

export type IncidentType = RouteIncidentType | ConditionIncidentType;

/** One rule's verdict on one route. */
export interface Finding {
  readonly type: RouteIncidentType;
  /** Version of the rule: raised whenever its meaning changes. */
  readonly ruleVersion: number;
  readonly level: Level;
  readonly connection: string;
  /** The registered prefix the route was judged under. */
  readonly registeredPrefix: Prefix;
  /** For superprefix-hijack all registered prefixes of the connection that the route covers, in prefix order. */
  readonly covers: readonly Prefix[];
  /** The announced prefix. */
  readonly prefix: Prefix;
  /** The AS, or origin/neighbour, that is held responsible. */
  readonly offender: string;
  readonly expected: { readonly origins: readonly Asn[]; readonly neighbors: readonly Asn[] | null };
  readonly observed: { readonly origin: Asn | null; readonly neighbor: Asn | null };
  /** The clauses of the rule that matched, in words; behind them those of `alsoMatched`. */
  readonly clauses: readonly string[];
  /** Rules further down the table that the route matches too, in its order. */
  readonly alsoMatched: readonly LaterIncidentType[];
  /** Which VRP and relationship data was used (`ReferenceData.version`); empty = none. */
  readonly reference: string;
  /** Of rules that do not know for sure: 0 to 100; absent = not scored. */
  readonly score?: number;
}

/** How the clauses of a finding say what else the route matches. */
export function alsoClause({ type, clauses }: Finding): string {
  return `also ${type}: ${clauses.join(', ')}`;
}
