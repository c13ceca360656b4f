// The life of incidents (detection.md section 5): suspected -> open -> resolved, re-opening, and the four ways in which a route that
// nobody carries any more comes to its end. Pure: time comes in with every call, timers are asked for by `dueAt` and fired by
// `expire`, so that whoever holds the watermark decides when.

import { type Asn } from '../ip/asn.js';
import { type EventTime, SECOND } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { type Finding, LATER_INCIDENT_TYPES, type Level, worse } from '../detection/finding.js';
import { MALFORMED } from '../detection/judge.js';
import { AUTHORISED } from '../detection/primary-verdict.js';
import { type Session } from '../rib/session.js';
import { Campaigns } from './campaigns.js';
import {
  addEvidence,
  type Evidence,
  type Incident,
  newIncident,
  type ResolveReason,
  VERDICT_EVIDENCE,
} from './incident.js';
import { addPeerCount } from './peer-counts.js';

type Figures = DetectionFigures['lifecycle'];

/** How far a record's time may trail the watermark: what may be re-opened is remembered for that long beyond `reopenWithin`. */
const RUN_BACK: EventTime = 61 * SECOND;

/** Ends the clause that says which covered prefixes have been exposed. */
const LOST_LAST_ROUTE = ' lost the last legitimate route';

const NONE: readonly Incident[] = [];

/** One session's routes that carry an incident. */
interface Carrier {
  readonly peerAs: Asn;
  readonly own: boolean;
  routes: number;
}

/** What `carry` did: the incident, whether this began an opening, and the place of the evidence it wants kept; null = none. */
export interface Carried {
  readonly incident: Incident;
  readonly opened: boolean;
  readonly evidenceAt: number | null;
}

/** All incidents that are not over and forgotten. */
export class Lifecycle {
  readonly #figures: Figures;
  /** The newest incident of each kind, by identity. */
  readonly #current = new Map<string, Incident>();
  readonly #byId = new Map<string, Incident>();
  readonly #campaigns: Campaigns;
  readonly #carriers = new Map<Incident, Map<number, Carrier>>();
  /** The superprefix incidents that are going on. */
  readonly #covering = new Set<Incident>();
  readonly #pendingBySession = new Map<number, Set<Incident>>();
  /** Incidents changed since `takeChanged`. */
  #changed = new Set<Incident>();
  #forgotten: Incident[] = [];

  /** `campaigns`: shared with whoever keeps other incidents. */
  constructor(figures: Figures, campaigns = new Campaigns()) {
    this.#figures = figures;
    this.#campaigns = campaigns;
  }

  /** Restores incidents from plain data; their carriers follow by `restoreCarrier`. Oldest first. */
  load(incidents: Iterable<Incident>): void {
    for (const incident of incidents) {
      if (incident.type === 'superprefix-hijack' && incident.state !== 'resolved') this.#covering.add(incident);
      this.#current.set(keyOf(incident), incident);
      this.#remember(incident);
      for (const { session } of incident.pending) this.#watch(session, incident);
    }
  }

  restoreCarrier(id: string, session: Session): Incident | undefined {
    const incident = this.#byId.get(id);
    if (incident !== undefined) this.#addCarrier(incident, session);
    return incident;
  }

  get all(): Iterable<Incident> {
    return this.#byId.values();
  }

  byId(id: string): Incident | undefined {
    return this.#byId.get(id);
  }

  /** The incidents forgotten since the last call. */
  takeForgotten(): readonly Incident[] {
    if (this.#forgotten.length === 0) return NONE;
    const forgotten = this.#forgotten;
    this.#forgotten = [];
    return forgotten;
  }

  /** The incidents changed since the last call, in order of change. */
  takeChanged(): readonly Incident[] {
    if (this.#changed.size === 0) return NONE;
    const changed = [...this.#changed];
    this.#changed = new Set();
    return changed;
  }

  /** A session carries a route with this finding: opens, re-opens or strengthens the incident. */
  carry(finding: Finding, session: Session, evidence: Evidence): Carried {
    const { at } = evidence;
    let incident = this.#current.get(keyOfFinding(finding));
    let opened = false;
    if (incident?.state === 'resolved' && this.#carriers.get(incident)?.has(session.id) !== true) {
      if (at <= incident.resolvedAt! + this.#figures.reopenWithin) {
        this.#reopen(incident);
        opened = true;
      } else {
        incident = undefined;
      }
    }
    if (incident === undefined) {
      incident = this.#open(finding, at);
      opened = true;
    }
    const before = this.#peersNow(incident).size;
    this.#addCarrier(incident, session);
    const evidenceAt = this.#strengthen(incident, finding, session, evidence, before);
    this.#changed.add(incident);
    return { incident, opened, evidenceAt };
  }

  /** A carrier said it again. */
  refresh(incident: Incident, at: EventTime): void {
    if (at <= incident.lastSeenAt || incident.state === 'resolved') return;
    incident.lastSeenAt = at;
    this.#changed.add(incident);
  }

  /**
   * A registered prefix lost its last legitimate route: covering routes of others now attract its traffic.
   *
   * @param levelOf what the routes that carry an incident make of it now.
   */
  exposed(registeredPrefix: string, levelOf: (incident: Incident) => Level): void {
    for (const incident of this.#covering) {
      if (!this.#carriers.has(incident) || !incident.covers.includes(registeredPrefix)) continue;
      const last = incident.clauses.at(-1) ?? '';
      const lost = last.endsWith(LOST_LAST_ROUTE) ? last.slice(0, -LOST_LAST_ROUTE.length).split(', ') : [];
      const exposed = worse(incident.level, levelOf(incident));
      if (lost.length === 0 && exposed === incident.level) continue;
      incident.level = exposed;
      const all = incident.covers.filter((prefix) => prefix === registeredPrefix || lost.includes(prefix));
      incident.clauses = [...incident.clauses.slice(0, -1), `${all.join(', ')}${LOST_LAST_ROUTE}`];
      incident.verdictFrom = null;
      this.#changed.add(incident);
    }
  }

  /**
   * Every route was judged anew, and these are the findings of those that carry it. Where other data took something from it or added to it,
   * level and clauses are what the findings say now; else what the gravest of its routes gave it stays.
   */
  reassess(incident: Incident, findings: readonly Finding[]): void {
    if (incident.state === 'resolved') return;
    const alsoMatched = LATER_INCIDENT_TYPES.filter((type) => findings.some((one) => one.alsoMatched.includes(type)));
    const gravest = findings.reduce((a, b) => (worse(a.level, b.level) === a.level ? a : b));
    const isExcused = gravest.clauses.includes(AUTHORISED);
    if (alsoMatched.join() === incident.alsoMatched.join() && isExcused === incident.clauses.includes(AUTHORISED))
      return;
    incident.alsoMatched = alsoMatched;
    incident.level = gravest.level;
    incident.clauses = gravest.clauses;
    incident.verdictFrom = null;
    this.#changed.add(incident);
  }

  /** True where a superprefix incident of this route is going on: it began while we watched, so it is no baseline. */
  accusesCover(prefix: string, offender: string): boolean {
    for (const incident of this.#covering)
      if (incident.prefix === prefix && incident.offender === offender) return true;
    return false;
  }

  /** A session no longer carries it: withdrawn or replaced. */
  lose(incident: Incident, session: Session, at: EventTime): void {
    if (!this.#removeCarrier(incident, session)) return;
    // The last carrier withdrew it: that is the end, whoever went down before. (A RIB dump tells of a loss after the fact.)
    if (!this.#carriers.has(incident)) this.#dropPendingUntil(incident, at);
    this.#lost(incident, at, 'withdrawn');
  }

  /** A session that carried it went down: no evidence of an end. */
  loseToSessionDown(incident: Incident, session: Session, afi: number, at: EventTime): void {
    if (!this.#removeCarrier(incident, session)) return;
    if (incident.state !== 'resolved') {
      incident.pending.push({ session: session.id, peerAs: session.peerAs, afi, downAt: at });
      this.#watch(session.id, incident);
    }
    this.#settle(incident, at);
  }

  /** A session's table is complete again: what it does not carry now, it lost when it went down. `afi` null = all families. */
  resynchronised(session: Session, afi: number | null): void {
    for (const incident of [...(this.#pendingBySession.get(session.id) ?? [])]) {
      const gone = incident.pending.filter((one) => one.session === session.id && (afi === null || one.afi === afi));
      if (gone.length === 0) continue;
      this.#dropPending(incident, session.id, afi);
      for (const { downAt } of gone) this.#lost(incident, downAt, 'absent-after-reset');
    }
  }

  /** Ends an incident at once: by a changed registry, or by hand. */
  resolve(incident: Incident, at: EventTime, reason: 'reconfigured' | 'manual'): void {
    if (incident.state === 'resolved') return;
    this.#end(incident, Math.max(at, incident.lastSeenAt), reason);
  }

  /** When something will happen to this incident without any further record; null = never. */
  dueAt(incident: Incident): EventTime | null {
    const { holdDown, residualAfter, reopenWithin } = this.#figures;
    const carried = this.#carriers.has(incident);
    if (incident.state === 'resolved') return carried ? null : incident.resolvedAt! + reopenWithin + RUN_BACK;
    if (carried) return incident.crossedAt === null ? null : incident.quietSince + residualAfter;
    const held = incident.lostAt === null ? null : incident.lostAt + holdDown;
    if (incident.pending.length === 0) return held;
    return Math.max(this.#unobservedAt(incident), held ?? 0);
  }

  /** The watermark passed `dueAt`. @returns false where the incident is over and forgotten. */
  expire(incident: Incident): boolean {
    if (incident.state === 'resolved') {
      this.#forget(incident);
      if (this.#current.get(keyOf(incident)) === incident) this.#forgetCurrent(incident);
      this.#forgotten.push(incident);
      return false;
    }
    if (this.#carriers.has(incident)) {
      incident.residual = incident.peersNow;
      this.#end(incident, incident.crossedAt!, 'residual');
    } else if (incident.pending.length > 0 && this.#unobservedAt(incident) > (incident.lostAt ?? 0)) {
      this.#end(incident, this.#unobservedAt(incident), 'unobserved');
    } else {
      this.#end(incident, incident.lostAt!, incident.lostReason);
    }
    return true;
  }

  /** True while the incident must be in memory: not over, still carried, or able to re-open. */
  isActive(incident: Incident): boolean {
    return this.#byId.has(incident.id);
  }

  #open(finding: Finding, at: EventTime): Incident {
    const incident = newIncident(finding, at);
    if (incident.type === 'superprefix-hijack') this.#covering.add(incident);
    incident.campaign = this.#campaigns.campaignOf(incident);
    this.#current.set(keyOf(incident), incident);
    this.#remember(incident);
    return incident;
  }

  #remember(incident: Incident): void {
    this.#byId.set(incident.id, incident);
    this.#campaigns.add(incident);
  }

  #forget(incident: Incident): void {
    this.#byId.delete(incident.id);
    this.#campaigns.remove(incident);
  }

  /** The newest of its kind is forgotten: an older one that somebody carries to this day takes its place again. */
  #forgetCurrent(incident: Incident): void {
    const key = keyOf(incident);
    this.#current.delete(key);
    for (const other of this.#campaigns.of(incident.offender)) {
      const newest = this.#current.get(key);
      if (
        this.#carriers.has(other) &&
        keyOf(other) === key &&
        (newest === undefined || other.openedAt > newest.openedAt)
      )
        this.#current.set(key, other);
    }
  }

  #reopen(incident: Incident): void {
    if (incident.type === 'superprefix-hijack') this.#covering.add(incident);
    incident.openings++;
    incident.state = 'suspected';
    incident.resolvedAt = null;
    incident.reason = null;
    incident.residual = 0;
    incident.crossedAt = null;
  }

  #strengthen(
    incident: Incident,
    finding: Finding,
    session: Session,
    evidence: Evidence,
    before: number,
  ): number | null {
    const now = this.#peersNow(incident);
    this.#count(incident, now.size, evidence.at);
    if (incident.state === 'resolved') return null; // a residual carrier changed its path
    // A milder route (malformed, or a cover while a legitimate route stands) does not explain the level that a graver one gave.
    const isMilder = finding.clauses.includes(MALFORMED) && !incident.clauses.includes(MALFORMED);
    const explains =
      worse(finding.level, incident.level) === finding.level && (!isMilder || incident.level !== finding.level);
    const isKnown = incident.level === finding.level && isSameText(incident.clauses, finding.clauses);
    if (explains) {
      incident.level = finding.level;
      incident.clauses = finding.clauses;
      incident.score = finding.score ?? null;
    }
    incident.alsoMatched = LATER_INCIDENT_TYPES.filter(
      (type) => incident.alsoMatched.includes(type) || finding.alsoMatched.includes(type),
    );
    if (finding.reference === '') delete incident.reference;
    else incident.reference = finding.reference;
    incident.covers = finding.covers.map(String);
    incident.lastSeenAt = Math.max(incident.lastSeenAt, evidence.at);
    incident.lostAt = null;
    this.#dropPending(incident, session.id, finding.prefix.afi);
    if (now.size > before) {
      incident.quietSince = evidence.at;
      if (!this.#isResidual(incident, now)) incident.crossedAt = null;
    }
    const own = [...(this.#carriers.get(incident)?.values() ?? [])].some((carrier) => carrier.own);
    if (now.size >= (own ? this.#figures.notifyPeersOwn : this.#figures.notifyPeers)) {
      incident.state = 'open';
      if (!this.#figures.notNotified.includes(incident.type)) incident.notifiableAt ??= evidence.at;
    }
    const kept = addEvidence(incident, evidence);
    if (!explains || (isKnown && typeof incident.verdictFrom === 'number')) return kept;
    return (incident.verdictFrom = kept ?? VERDICT_EVIDENCE);
  }

  #lost(incident: Incident, at: EventTime, reason: 'withdrawn' | 'absent-after-reset'): void {
    const now = this.#peersNow(incident);
    this.#count(incident, now.size, at);
    this.#changed.add(incident);
    if (incident.state === 'resolved') return;
    if (incident.lostAt === null || at >= incident.lostAt) {
      incident.lostAt = at;
      incident.lostReason = reason;
    }
    if (now.size > 0 && incident.crossedAt === null && this.#isResidual(incident, now)) {
      incident.crossedAt = at;
      incident.quietSince = at;
    }
  }

  #settle(incident: Incident, at: EventTime): void {
    this.#count(incident, this.#peersNow(incident).size, at);
    this.#changed.add(incident);
  }

  #count(incident: Incident, peers: number, at: EventTime): void {
    incident.peersNow = peers;
    addPeerCount((incident.peerCounts ??= []), at, peers);
  }

  #end(incident: Incident, at: EventTime, reason: ResolveReason): void {
    incident.state = 'resolved';
    incident.resolvedAt = at;
    incident.reason = reason;
    this.#dropPendingUntil(incident, Infinity);
    this.#covering.delete(incident);
    this.#changed.add(incident);
  }

  #isResidual(incident: Incident, now: ReadonlySet<Asn>): boolean {
    const ever = incident.peersEver.length;
    const unknown = new Set(incident.pending.map(({ peerAs }) => peerAs).filter((asn) => !now.has(asn)));
    return ever > 0 && (ever - now.size - unknown.size) / ever >= this.#figures.residualShare;
  }

  #peersNow(incident: Incident): Set<Asn> {
    const peers = new Set<Asn>();
    const carriers = this.#carriers.get(incident);
    if (carriers !== undefined) for (const { peerAs } of carriers.values()) peers.add(peerAs);
    return peers;
  }

  #addCarrier(incident: Incident, session: Session): void {
    let carriers = this.#carriers.get(incident);
    if (carriers === undefined) {
      carriers = new Map<number, Carrier>();
      this.#carriers.set(incident, carriers);
    }
    const carrier = carriers.get(session.id);
    if (carrier !== undefined) carrier.routes++;
    else {
      const own = this.#figures.ownCollectors.includes(session.collector);
      carriers.set(session.id, { peerAs: session.peerAs, own, routes: 1 });
    }
  }

  /** @returns true where the session carried it with its last route. */
  #removeCarrier(incident: Incident, session: Session): boolean {
    const carriers = this.#carriers.get(incident);
    const carrier = carriers?.get(session.id);
    if (carriers === undefined || carrier === undefined || --carrier.routes > 0) return false;
    carriers.delete(session.id);
    if (carriers.size === 0) this.#carriers.delete(incident);
    return true;
  }

  #watch(session: number, incident: Incident): void {
    const watched = this.#pendingBySession.get(session);
    if (watched === undefined) this.#pendingBySession.set(session, new Set([incident]));
    else watched.add(incident);
  }

  /** When sessions that went down are waited for no longer. */
  #unobservedAt({ pending }: Incident): EventTime {
    return Math.max(...pending.map(({ downAt }) => downAt)) + this.#figures.unobservedAfter;
  }

  #dropPendingUntil(incident: Incident, until: EventTime): void {
    for (const { session } of incident.pending) this.#pendingBySession.get(session)?.delete(incident);
    incident.pending = incident.pending.filter(({ downAt }) => downAt > until);
    for (const { session } of incident.pending) this.#watch(session, incident);
  }

  #dropPending(incident: Incident, session: number, afi: number | null): void {
    if (incident.pending.length === 0) return;
    incident.pending = incident.pending.filter((one) => one.session !== session || (afi !== null && one.afi !== afi));
    if (!incident.pending.some((one) => one.session === session)) this.#pendingBySession.get(session)?.delete(incident);
  }
}

function isSameText(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

function keyOf(incident: Incident): string {
  const under = incident.type === 'superprefix-hijack' ? incident.connection : incident.registeredPrefix;
  return `${incident.type} ${under} ${incident.prefix} ${incident.offender}`;
}

function keyOfFinding(finding: Finding): string {
  const under = finding.type === 'superprefix-hijack' ? finding.connection : finding.registeredPrefix.toString();
  return `${finding.type} ${under} ${finding.prefix.toString()} ${finding.offender}`;
}
