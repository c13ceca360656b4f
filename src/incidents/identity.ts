// Names of incidents: the id of one incident, and the fingerprint that all instances of peerwatch agree on (product.md section 4).

import { createHash } from 'node:crypto';
import { type EventTime, formatEventTime } from '../ip/event-time.js';

/** What makes an incident that one and no other. */
export interface IncidentIdentity {
  readonly type: string;
  readonly registeredPrefix: string;
  readonly prefix: string;
  readonly offender: string;
}

/** 16 hex digits of the SHA-256 of type, registered prefix, prefix, offender and the first opening, joined by `|`. */
export function incidentId(identity: IncidentIdentity, openedAt: EventTime): string {
  return digest([...parts(identity), formatEventTime(openedAt)]);
}

/** As `incidentId`, without the time: the de-duplication key of notifications. */
export function incidentFingerprint(identity: IncidentIdentity): string {
  return digest(parts(identity));
}

function parts({ type, registeredPrefix, prefix, offender }: IncidentIdentity): string[] {
  return [type, registeredPrefix, prefix, offender];
}

function digest(fields: readonly string[]): string {
  return createHash('sha256').update(fields.join('|')).digest('hex').slice(0, 16);
}
