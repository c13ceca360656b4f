// An incident as plain data: what is stored, shown, and carried from one run to the next. The rules of its life are in lifecycle.

import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type Finding, type LaterIncidentType, type Level, type RouteIncidentType } from '../detection/finding.js';
import { incidentFingerprint, incidentId } from './identity.js';

export type IncidentState = 'suspected' | 'open' | 'resolved';

/** Why an incident ended (product.md section 4). */
export type ResolveReason = 'withdrawn' | 'absent-after-reset' | 'unobserved' | 'residual' | 'reconfigured' | 'manual';

/** A path as JSON has it: AS numbers, sets as nested arrays. */
export type JsonPath = readonly unknown[];

/** The first record of a distinct peer AS that carried the route. */
export interface Evidence {
  readonly collector: string;
  readonly peerAs: Asn;
  readonly peerAddress: string;
  readonly asPath: JsonPath;
  readonly prefix: string;
  readonly at: EventTime;
  readonly file: string;
  readonly record: number;
  readonly offset: number;
}

/** A session that went down while it carried the route: no evidence of an end until it is back without it. */
export interface PendingSession {
  readonly session: number;
  readonly peerAs: Asn;
  readonly afi: number;
  readonly downAt: EventTime;
}

export interface Incident {
  readonly id: string;
  readonly fingerprint: string;
  readonly type: RouteIncidentType;
  readonly ruleVersion: number;
  level: Level;
  state: IncidentState;
  readonly connection: string;
  readonly registeredPrefix: string;
  readonly prefix: string;
  covers: readonly string[];
  readonly offender: string;
  readonly expected: Finding['expected'];
  readonly observed: Finding['observed'];
  clauses: readonly string[];
  readonly openedAt: EventTime;
  notifiableAt: EventTime | null;
  lastSeenAt: EventTime;
  resolvedAt: EventTime | null;
  reason: ResolveReason | null;
  residual: number;
  openings: number;
  /** Distinct peer ASes that carry it now, and that ever did (ascending). */
  peersNow: number;
  peersEver: Asn[];
  campaign: string;
  /** Rules further down the table that routes of it matched too, in its order. */
  alsoMatched: readonly LaterIncidentType[];
  /** Which VRP and relationship data was used; absent where none was. */
  reference?: string;
  readonly score: number | null;
  readonly evidence: Evidence[];
  evidenceOmitted: number;
  /** When the last carrier lost it, and how; null while it is carried. */
  lostAt: EventTime | null;
  lostReason: 'withdrawn' | 'absent-after-reset';
  pending: PendingSession[];
  /** The loss that brought the lost share over the residual threshold, and since when no new peer AS took it. */
  crossedAt: EventTime | null;
  quietSince: EventTime;
}

/** Evidence beyond this many peer ASes is counted, not kept. */
export const MAX_EVIDENCE = 20;

/** A new incident of a finding, not carried by anyone yet. */
export function newIncident(finding: Finding, at: EventTime): Incident {
  const identity = {
    type: finding.type,
    registeredPrefix: finding.registeredPrefix.toString(),
    prefix: finding.prefix.toString(),
    offender: finding.offender,
  };
  const id = incidentId(identity, at);
  return {
    id,
    fingerprint: incidentFingerprint(identity),
    ...identity,
    type: finding.type,
    ruleVersion: finding.ruleVersion,
    level: finding.level,
    state: 'suspected',
    connection: finding.connection,
    covers: finding.covers.map(String),
    expected: finding.expected,
    observed: finding.observed,
    clauses: finding.clauses,
    openedAt: at,
    notifiableAt: null,
    lastSeenAt: at,
    resolvedAt: null,
    reason: null,
    residual: 0,
    openings: 1,
    peersNow: 0,
    peersEver: [],
    campaign: id,
    alsoMatched: finding.alsoMatched,
    ...(finding.reference !== '' && { reference: finding.reference }),
    score: null,
    evidence: [],
    evidenceOmitted: 0,
    lostAt: null,
    lostReason: 'withdrawn',
    pending: [],
    crossedAt: null,
    quietSince: at,
  };
}
