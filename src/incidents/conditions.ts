// Conditions: incidents that no single route carries. A monitor raises one when its rule holds, strengthens it while it holds, and clears
// it when it holds no more; what is left is as with routes (detection.md section 5): hold-down, re-opening, reconfigured, by hand. Pure:
// time comes in with every call, timers are asked for by `dueAt` and fired by `expire`.

import { type Asn } from '../ip/asn.js';
import { type EventTime, SECOND } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { CONDITION_INCIDENT_TYPES, type ConditionIncidentType, worse } from '../detection/finding.js';
import { type PolicyTable } from '../detection/policy.js';
import { HIJACKS } from '../detection/primary-verdict.js';
import { type RawEvidence } from '../rib/route-event.js';
import { Campaigns } from './campaigns.js';
import { type IncidentIdentity } from './identity.js';
import {
  addEvidence,
  beginIncident,
  type Evidence,
  type Incident,
  type IncidentParts,
  type ResolveReason,
} from './incident.js';

/** What makes a condition that one and no other. */
export interface ConditionKey extends IncidentIdentity {
  readonly type: ConditionIncidentType;
}

/** A rule that holds, as its monitor says it. */
export interface Condition extends Omit<IncidentParts, 'type'> {
  readonly type: ConditionIncidentType;
  /** The distinct peer ASes that show it now. */
  readonly peers: readonly Asn[];
  /** True where fewer of them than `notifyPeers` make it suspected only; else it is open at once. */
  readonly counted: boolean;
}

/** A record that shows a condition; `bytes` null where they were not kept. */
export interface Sighting {
  readonly evidence: Evidence;
  readonly bytes: RawEvidence | null;
}

/** When a condition holds, and who shows it. */
export interface Raising {
  /** The time of the first evidence: `openedAt`, where this opens it. */
  readonly at: EventTime;
  /** Since when it may be told: default `at`. */
  readonly notifiableAt?: EventTime;
  readonly sightings?: readonly Sighting[];
  /** The campaign it joins; default that of its offender. */
  readonly campaign?: string | null;
}

/** Raw bytes of a piece of evidence, to be kept. */
export interface KeptBytes {
  readonly incident: string;
  readonly position: number;
  readonly evidence: Evidence;
  readonly bytes: RawEvidence;
}

/** As in lifecycle: how far a record's time may trail the watermark. */
const RUN_BACK: EventTime = 61 * SECOND;

const NONE: readonly never[] = [];
const TYPES: ReadonlySet<string> = new Set(CONDITION_INCIDENT_TYPES);

/** True for incidents that are kept here, false for those that routes carry. */
export function isCondition(incident: Incident): incident is Incident & { readonly type: ConditionIncidentType } {
  return TYPES.has(incident.type);
}

/** All conditions that are not over and forgotten. */
export class Conditions {
  readonly #figures: DetectionFigures['lifecycle'];
  readonly #campaigns: Campaigns;
  readonly #current = new Map<string, Incident>();
  readonly #byId = new Map<string, Incident>();
  #changed = new Set<Incident>();
  #forgotten: Incident[] = [];
  #bytes: KeptBytes[] = [];

  constructor(figures: DetectionFigures['lifecycle'], campaigns = new Campaigns()) {
    this.#figures = figures;
    this.#campaigns = campaigns;
  }

  /** Restores conditions from plain data, oldest first. */
  load(incidents: Iterable<Incident>): void {
    for (const incident of incidents) this.#remember(incident);
  }

  get all(): Iterable<Incident> {
    return this.#byId.values();
  }

  byId(id: string): Incident | undefined {
    return this.#byId.get(id);
  }

  /** The condition that is going on under this key; one in its hold-down is, though it holds no more. */
  ongoing(key: ConditionKey): Incident | undefined {
    const incident = this.#current.get(keyOf(key));
    return incident?.state === 'resolved' ? undefined : incident;
  }

  /** True while it was raised and not cleared. */
  holds(key: ConditionKey): boolean {
    return this.ongoing(key)?.lostAt === null;
  }

  /** The conditions changed since the last call, in order of change. */
  takeChanged(): readonly Incident[] {
    if (this.#changed.size === 0) return NONE;
    const changed = [...this.#changed];
    this.#changed = new Set();
    return changed;
  }

  takeForgotten(): readonly Incident[] {
    if (this.#forgotten.length === 0) return NONE;
    const forgotten = this.#forgotten;
    this.#forgotten = [];
    return forgotten;
  }

  takeBytes(): readonly KeptBytes[] {
    if (this.#bytes.length === 0) return NONE;
    const bytes = this.#bytes;
    this.#bytes = [];
    return bytes;
  }

  /** The rule holds: opens, re-opens or strengthens the condition. */
  raise(condition: Condition, raising: Raising): Incident {
    const { at, campaign = null } = raising;
    let incident = this.#current.get(keyOf(condition));
    if (incident?.state === 'resolved') {
      if ((raising.notifiableAt ?? at) <= incident.resolvedAt! + this.#figures.reopenWithin) reopen(incident);
      else incident = undefined;
    }
    if (incident === undefined) {
      incident = beginIncident(condition, at);
      incident.campaign = campaign ?? this.#campaigns.campaignOf(incident);
      this.#remember(incident);
    } else if (campaign !== null) incident.campaign = campaign;
    this.#strengthen(incident, condition, raising);
    this.#changed.add(incident);
    return incident;
  }

  /** The rule holds no more since `at`: over when it does not hold again within the hold-down. */
  clear(key: ConditionKey, at: EventTime, reason: Incident['lostReason'] = 'withdrawn'): void {
    const incident = this.ongoing(key);
    if (incident?.lostAt !== null) return;
    incident.lostAt = Math.max(at, incident.openedAt);
    incident.lostReason = reason;
    incident.peersNow = 0;
    this.#changed.add(incident);
  }

  /** It was shown again, by nobody new. */
  refresh(key: ConditionKey, at: EventTime): void {
    const incident = this.ongoing(key);
    if (incident === undefined || at <= incident.lastSeenAt) return;
    incident.lastSeenAt = at;
    this.#changed.add(incident);
  }

  /** Fewer peer ASes show it than before, but enough. */
  weaken(key: ConditionKey, peers: number): void {
    const incident = this.ongoing(key);
    if (incident === undefined || peers === incident.peersNow) return;
    incident.peersNow = peers;
    this.#changed.add(incident);
  }

  /** Ends a condition at once. */
  resolve(incident: Incident, at: EventTime, reason: ResolveReason): void {
    if (incident.state === 'resolved') return;
    incident.state = 'resolved';
    incident.resolvedAt = Math.max(at, incident.openedAt);
    incident.reason = reason;
    incident.peersNow = 0;
    this.#changed.add(incident);
  }

  /** The registry changed: those of prefixes that are registered no more are over. */
  reconfigure(policies: PolicyTable, at: EventTime): void {
    for (const incident of this.#byId.values())
      if (incident.registeredPrefix !== '' && policies.get(incident.registeredPrefix) === undefined)
        this.resolve(incident, at, 'reconfigured');
  }

  /** An incident opened: of a hijack, a visibility-loss or outage of its prefixes joins the campaign. */
  opened({ type, registeredPrefix, covers, campaign }: Incident): void {
    if (!HIJACKS.has(type)) return;
    for (const incident of this.#byId.values()) {
      if (incident.state === 'resolved' || (incident.type !== 'visibility-loss' && incident.type !== 'outage'))
        continue;
      if (incident.registeredPrefix !== registeredPrefix && !covers.includes(incident.registeredPrefix)) continue;
      if (incident.campaign !== incident.id) continue; // it joined another before
      incident.campaign = campaign;
      this.#changed.add(incident);
    }
  }

  /** When something will happen to it without any monitor; null = never. */
  dueAt({ state, resolvedAt, lostAt }: Incident): EventTime | null {
    if (state === 'resolved') return resolvedAt! + this.#figures.reopenWithin + RUN_BACK;
    return lostAt === null ? null : lostAt + this.#figures.holdDown;
  }

  /** The watermark passed `dueAt`. */
  expire(incident: Incident): void {
    if (incident.state !== 'resolved') {
      this.resolve(incident, incident.lostAt!, incident.lostReason);
      return;
    }
    this.#byId.delete(incident.id);
    this.#campaigns.remove(incident);
    if (this.#current.get(keyOf(incident)) === incident) this.#current.delete(keyOf(incident));
    this.#forgotten.push(incident);
  }

  /** True while the condition must be in memory. */
  isActive(incident: Incident): boolean {
    return this.#byId.has(incident.id);
  }

  #remember(incident: Incident): void {
    this.#current.set(keyOf(incident), incident);
    this.#byId.set(incident.id, incident);
    this.#campaigns.add(incident);
  }

  #strengthen(incident: Incident, condition: Condition, { at, notifiableAt = at, sightings = [] }: Raising): void {
    if (worse(condition.level, incident.level) === condition.level) {
      incident.level = condition.level;
      incident.clauses = condition.clauses;
    }
    if (condition.reference === '') delete incident.reference;
    else incident.reference = condition.reference;
    incident.lostAt = null;
    incident.lastSeenAt = Math.max(incident.lastSeenAt, at, notifiableAt);
    incident.peersNow = condition.peers.length;
    for (const { evidence, bytes } of sightings) {
      const position = addEvidence(incident, evidence);
      if (position !== null && bytes !== null) this.#bytes.push({ incident: incident.id, position, evidence, bytes });
    }
    if (condition.counted && condition.peers.length < this.#wanted(sightings)) return;
    incident.state = 'open';
    incident.notifiableAt ??= notifiableAt;
  }

  #wanted(sightings: readonly Sighting[]): number {
    const { ownCollectors, notifyPeersOwn, notifyPeers } = this.#figures;
    return sightings.some(({ evidence }) => ownCollectors.includes(evidence.collector)) ? notifyPeersOwn : notifyPeers;
  }
}

function reopen(incident: Incident): void {
  incident.openings++;
  incident.state = 'suspected';
  incident.resolvedAt = null;
  incident.reason = null;
}

function keyOf({ type, registeredPrefix, prefix, offender }: IncidentIdentity): string {
  return `${type} ${registeredPrefix} ${prefix} ${offender}`;
}
