// An incident as plain data: what is stored, shown, and carried from one run to the next. The rules of its life are in lifecycle.

import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type Finding, type IncidentType, type LaterIncidentType, type Level } from '../detection/finding.js';
import { incidentFingerprint, incidentId } from './identity.js';
import { type PeerCount } from './peer-counts.js';

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
  /** The route of this session that the evidence's replaced, or to the registered prefix beside it; null = none, absent = not known. */
  before?: JsonPath | null;
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
  readonly type: IncidentType;
  readonly ruleVersion: number;
  level: Level;
  state: IncidentState;
  /** Empty where it is of no registered prefix (source-silent), as are the two prefixes. */
  readonly connection: string;
  readonly registeredPrefix: string;
  readonly prefix: string;
  covers: readonly string[];
  /** Empty where nobody is held responsible. */
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
  /** The count as it changed, for the picture; absent = not known. */
  peerCounts?: PeerCount[];
  campaign: string;
  /** Rules further down the table that routes of it matched too, in its order. */
  alsoMatched: readonly LaterIncidentType[];
  /** Which VRP and relationship data was used; absent where none was. */
  reference?: string;
  score: number | null;
  /** When its link had been seen for so long that it counts as known (forged-path); absent = not yet. */
  settledAt?: EventTime;
  readonly evidence: Evidence[];
  /** Place of the evidence whose route gave it level and clauses, `VERDICT_EVIDENCE` included; null = not a route, absent = not known. */
  verdictFrom?: number | null;
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

/** What an incident is from its beginning. */
export type IncidentParts = Pick<
  Incident,
  | 'type'
  | 'ruleVersion'
  | 'level'
  | 'connection'
  | 'registeredPrefix'
  | 'prefix'
  | 'covers'
  | 'offender'
  | 'expected'
  | 'observed'
  | 'clauses'
  | 'alsoMatched'
> & { readonly reference: string; readonly score?: number };
/** The place of the record that gave level and clauses, where it is not the first one of its peer AS: behind all others. */
export const VERDICT_EVIDENCE = 20;

/** A new incident of a finding, not carried by anyone yet. */
export function newIncident(finding: Finding, at: EventTime): Incident {
  const registeredPrefix = finding.registeredPrefix.toString();
  const prefix = finding.prefix.toString();
  return beginIncident({ ...finding, registeredPrefix, prefix, covers: finding.covers.map(String) }, at);
}

/** A new incident that nobody has shown yet. */
export function beginIncident(parts: IncidentParts, at: EventTime): Incident {
  const { type, registeredPrefix, prefix, offender, reference } = parts;
  const identity = { type, registeredPrefix, prefix, offender };
  const id = incidentId(identity, at);
  return {
    id,
    fingerprint: incidentFingerprint(identity),
    ...identity,
    ruleVersion: parts.ruleVersion,
    level: parts.level,
    state: 'suspected',
    connection: parts.connection,
    covers: parts.covers,
    expected: parts.expected,
    observed: parts.observed,
    clauses: parts.clauses,
    openedAt: at,
    notifiableAt: null,
    lastSeenAt: at,
    resolvedAt: null,
    reason: null,
    residual: 0,
    openings: 1,
    peersNow: 0,
    peersEver: [],
    peerCounts: [],
    campaign: id,
    alsoMatched: parts.alsoMatched,
    ...(reference !== '' && { reference }),
    score: parts.score ?? null,
    evidence: [],
    verdictFrom: null,
    evidenceOmitted: 0,
    lostAt: null,
    lostReason: 'withdrawn',
    pending: [],
    crossedAt: null,
    quietSince: at,
  };
}

/** Adds a piece of evidence, the first of each peer AS. @returns its place among what is kept; null where it is not kept. */
export function addEvidence(incident: Incident, evidence: Evidence): number | null {
  if (incident.peersEver.includes(evidence.peerAs)) return null;
  incident.peersEver.push(evidence.peerAs);
  incident.peersEver.sort((a, b) => a - b);
  if (incident.evidence.length >= MAX_EVIDENCE) {
    incident.evidenceOmitted++;
    return null;
  }
  incident.evidence.push(evidence);
  return incident.evidence.length - 1;
}
