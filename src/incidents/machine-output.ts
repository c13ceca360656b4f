// The JSON lines of `replay --json`, `events list --json` and `incidents list --json`: keys, order and forms of product.md section 4.

import { type EventTime, formatEventTime } from '../ip/event-time.js';
import { explainIncident } from './explanation.js';
import { type Incident } from './incident.js';
import { type PrefixEvent } from './prefix-event.js';

/** What the operator did to an incident; orthogonal to its state. */
export interface IncidentMarks {
  readonly ack: boolean;
  readonly muted: boolean;
}

/** One event as a JSON line, without the line feed. */
export function eventLine(event: PrefixEvent): string {
  const { at, type, level, connection, registeredPrefix, prefix, summary, description } = event;
  return JSON.stringify({
    kind: 'event',
    at: formatEventTime(at),
    type,
    level,
    connection,
    registeredPrefix,
    prefix,
    summary,
    description,
  });
}

/** One incident as a JSON line, without the line feed. */
export function incidentLine(incident: Incident, marks: IncidentMarks): string {
  return JSON.stringify({
    kind: 'incident',
    id: incident.id,
    type: incident.type,
    level: incident.level,
    state: incident.state,
    connection: textOrNull(incident.connection),
    registeredPrefix: textOrNull(incident.registeredPrefix),
    prefix: textOrNull(incident.prefix),
    covers: incident.covers,
    offender: textOrNull(incident.offender),
    expected: { origins: incident.expected.origins, neighbors: incident.expected.neighbors },
    observed: { origin: incident.observed.origin, neighbor: incident.observed.neighbor },
    openedAt: formatEventTime(incident.openedAt),
    notifiableAt: timeOrNull(incident.notifiableAt),
    lastSeenAt: formatEventTime(incident.lastSeenAt),
    resolvedAt: timeOrNull(incident.resolvedAt),
    reason: incident.reason,
    residual: incident.residual,
    openings: incident.openings,
    ack: marks.ack,
    muted: marks.muted,
    peers: { now: incident.peersNow, max: incident.peersEver.length, asns: incident.peersEver },
    campaign: incident.campaign,
    fingerprint: incident.fingerprint,
    alsoMatched: incident.alsoMatched,
    score: incident.score,
    evidence: incident.evidence.map(({ collector, peerAs, peerAddress, asPath, prefix, at, file, record, offset }) => ({
      collector,
      peerAs,
      peerAddress,
      asPath,
      prefix,
      at: formatEventTime(at),
      file,
      record,
      offset,
    })),
    evidenceOmitted: incident.evidenceOmitted,
    explanation: explainIncident(incident),
  });
}

function timeOrNull(time: EventTime | null): string | null {
  return time === null ? null : formatEventTime(time);
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
