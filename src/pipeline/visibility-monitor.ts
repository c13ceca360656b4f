// visibility-loss and outage (detection.md sections 3 and 6): of the full-feed sessions that are up, how many have a route to a registered
// prefix. Only a withdrawal begins either; a session that is down or transfers its table is out of both sides, and neither it nor a RIB
// dump is evidence, but that a session came back without the route is its withdrawal when it went down.
//
// Measured from the table when a route comes or goes; kept are the sessions that lost a route, and of prefixes that are low since when.

import { type EventTime } from '../ip/event-time.js';
import { isFullFeed } from '../detection/full-feed.js';
import { type PrefixPolicy } from '../detection/policy.js';
import { HIJACKS } from '../detection/primary-verdict.js';
import { type Condition } from '../incidents/conditions.js';
import { type Evidence, MAX_EVIDENCE } from '../incidents/incident.js';
import { type Session } from '../rib/session.js';
import { type MonitorContext, type RouteChange, type RouteMonitor } from './route-monitor.js';
import { type MonitorRow } from './store.js';
import { type VisibilityRow } from './visibility-row.js';

/** A session that had a route and has none; `open`: that is no evidence until its table is complete again. */
interface Lost {
  readonly session: number;
  readonly at: EventTime;
  readonly open: boolean;
}

/** What is kept of one prefix; plain data. */
interface Watched extends VisibilityRow {
  lost: readonly Lost[];
  /** Since when it is below its share, and since when no full feed has it. */
  lowSince: EventTime | null;
  zeroSince: EventTime | null;
  /** Sessions without it that went down while it was low. */
  pending: readonly { readonly session: number; readonly downAt: EventTime }[];
  /** The withdrawals since it is low, the first of each peer AS. */
  evidence: readonly Evidence[];
}

/** Full-feed sessions of one prefix. */
interface Measure {
  readonly up: number;
  readonly have: number;
  /** Up or not, those that ever had it. */
  readonly had: number;
  /** Peer ASes of those that are up without it. */
  readonly missing: readonly number[];
}

const TYPES = ['outage', 'visibility-loss'] as const;

export class VisibilityMonitor implements RouteMonitor {
  readonly name = 'visibility';
  readonly #context: MonitorContext;
  readonly #watched = new Map<string, Watched>();
  /** Prefixes that are low, or whose incident is going on: few of all. */
  readonly #low = new Set<string>();
  /** Prefixes that the session which is going down had until now. */
  readonly #dropped = new Set<string>();
  #changed = new Set<string>();

  constructor(context: MonitorContext) {
    this.#context = context;
  }

  load(rows: readonly MonitorRow[]): void {
    for (const { key, data } of rows) {
      const watched = data as Watched;
      this.#watched.set(key, watched);
      if (watched.lowSince !== null || watched.zeroSince !== null) this.#low.add(key);
    }
  }

  ready(): void {
    for (const key of this.#low) this.#schedule(key);
  }

  /** Prefixes that are registered no more, or not to be announced, are forgotten. */
  reconfigure(): void {
    const { conditions, now } = this.#context;
    for (const key of this.#watched.keys()) {
      const policy = this.#policy(key);
      if (policy !== undefined) continue;
      this.#watched.delete(key);
      this.#low.delete(key);
      this.#changed.add(key);
      for (const type of TYPES) {
        const incident = conditions.ongoing({ type, registeredPrefix: key, prefix: key, offender: '' });
        if (incident !== undefined) conditions.resolve(incident, now(), 'reconfigured');
      }
    }
  }

  changed({ policy, prefix, session, old, fresh, at, cause, event, transferring }: RouteChange): void {
    if (policy?.prefix.length !== prefix.length || policy.origins.length === 0) return;
    const before = old?.route.malformed === false;
    const after = fresh?.route.malformed === false;
    if (before === after) return;
    const key = prefix.toString();
    if (after) {
      this.#gained(key, session, at);
      return;
    }
    for (const other of this.#context.routes.sessionsAt(prefix)) if (other === session) return; // by another path
    const open = cause === 'session-loss' || transferring;
    const watched = this.#of(key);
    watched.lost = [...watched.lost.filter((one) => one.session !== session.id), { session: session.id, at, open }];
    this.#changed.add(key);
    if (cause === 'session-loss') this.#dropped.add(key);
    if (open || cause === 'rib' || event === null) return;
    const { collector, peerAs, peerAddress } = session;
    const { file, record, offset } = event;
    this.#worse(policy, at, { collector, peerAs, peerAddress, asPath: [], prefix: key, at, file, record, offset });
  }

  sessionDown(session: Session, at: EventTime): void {
    for (const key of [...this.#low]) {
      const policy = this.#policy(key);
      if (policy === undefined || !this.#isFull(session, policy.prefix.afi)) continue;
      const watched = this.#of(key);
      if (!this.#dropped.has(key)) watched.pending = [...watched.pending, { session: session.id, downAt: at }];
      this.#better(policy, at);
    }
    this.#dropped.clear();
  }

  tableComplete(session: Session, afi: number | null): void {
    for (const [key, watched] of this.#watched) {
      const lost = watched.lost.find((one) => one.session === session.id);
      const isPending = watched.pending.some((one) => one.session === session.id);
      if (lost?.open !== true && !isPending && !this.#low.has(key)) continue;
      const policy = this.#policy(key);
      if (policy === undefined || (afi !== null && policy.prefix.afi !== afi)) continue;
      watched.pending = watched.pending.filter((one) => one.session !== session.id);
      this.#changed.add(key);
      if (lost?.open === true) {
        watched.lost = watched.lost.map((one) => (one === lost ? { ...one, open: false } : one));
        this.#worse(policy, lost.at, null);
      }
      if (this.#low.has(key)) this.#better(policy, session.lastRecordAt); // it counts again, with the route or without
    }
  }

  fire(key: string): void {
    const policy = this.#policy(key);
    if (policy !== undefined) this.#settle(policy, this.#context.now());
  }

  takeChanged(): readonly Omit<MonitorRow, 'monitor'>[] {
    const rows = [...this.#changed].map((key) => ({ key, data: structuredClone(this.#watched.get(key) ?? null) }));
    this.#changed = new Set();
    return rows;
  }

  #gained(key: string, session: Session, at: EventTime): void {
    const watched = this.#watched.get(key);
    if (watched === undefined) return;
    watched.lost = watched.lost.filter((one) => one.session !== session.id);
    watched.pending = watched.pending.filter((one) => one.session !== session.id);
    this.#changed.add(key);
    if (this.#low.has(key)) this.#better(this.#policy(key)!, at);
  }

  /** A withdrawal: it may be low from now on. */
  #worse(policy: PrefixPolicy, at: EventTime, evidence: Evidence | null): void {
    const { figures } = this.#context;
    const { up, have, had } = this.#measure(policy);
    if (up === 0 || had < figures.fullFeed.minSessions) return;
    const key = policy.prefix.toString();
    const watched = this.#of(key);
    const { min } = this.#figuresOf(policy);
    if (have === 0 && had >= figures.outage.minSessions) watched.zeroSince ??= at;
    if (have < min * up) watched.lowSince ??= at;
    if (watched.lowSince === null && watched.zeroSince === null) return;
    const isNew = evidence !== null && watched.evidence.every(({ peerAs }) => peerAs !== evidence.peerAs);
    if (isNew && watched.evidence.length < MAX_EVIDENCE) watched.evidence = [...watched.evidence, evidence];
    this.#changed.add(key);
    this.#low.add(key);
    this.#settle(policy, at);
  }

  /** A low prefix may be low no more: because routes came, which ends it, or because sessions without one went down, which does not. */
  #better(policy: PrefixPolicy, at: EventTime): void {
    const { conditions } = this.#context;
    const key = policy.prefix.toString();
    const watched = this.#of(key);
    const { up, have } = this.#measure(policy);
    const { min } = this.#figuresOf(policy);
    const isOngoing = TYPES.some((type) => conditions.holds(keyOf(type, key)));
    if (have > 0 && watched.zeroSince !== null) {
      watched.zeroSince = null;
      if (conditions.holds(keyOf('outage', key))) {
        conditions.clear(keyOf('outage', key), at);
        watched.lowSince = at; // told as an outage until now
      }
    }
    const known = up + watched.pending.length;
    const isOver = known > 0 && have >= min * known;
    if (isOver) conditions.clear(keyOf('visibility-loss', key), at);
    if (isOver || (!isOngoing && (up === 0 || have >= min * up))) this.#end(watched);
    this.#changed.add(key);
    this.#schedule(key);
  }

  /** Raises what has been so for long enough at `now`, and again what came back within its hold-down. */
  #settle(policy: PrefixPolicy, now: EventTime): void {
    const { conditions, figures } = this.#context;
    const key = policy.prefix.toString();
    const watched = this.#of(key);
    const measure = this.#measure(policy);
    const { min, for: lowFor } = this.#figuresOf(policy);
    const isDue = (type: (typeof TYPES)[number], since: EventTime | null, wait: EventTime): since is EventTime =>
      since !== null && (since + wait <= now || conditions.ongoing(keyOf(type, key)) !== undefined);
    if (measure.up > 0 && measure.have === 0 && isDue('outage', watched.zeroSince, figures.outage.for))
      this.#raise('outage', policy, measure, watched.zeroSince, figures.outage.for);
    const isLow = measure.up > 0 && measure.have < min * measure.up;
    const isOutage = conditions.holds(keyOf('outage', key));
    if (isLow && !isOutage && isDue('visibility-loss', watched.lowSince, lowFor))
      this.#raise('visibility-loss', policy, measure, watched.lowSince, lowFor);
    if (!isLow) this.#endUnobserved(key, watched, now);
    this.#dropPassed(policy, now);
    this.#schedule(key);
  }

  /** What was due and did not hold, since sessions transfer or are down, is waited for no more. */
  #dropPassed(policy: PrefixPolicy, now: EventTime): void {
    const { conditions, figures } = this.#context;
    const key = policy.prefix.toString();
    const watched = this.#of(key);
    const { zeroSince, lowSince } = watched;
    const isOutage = conditions.holds(keyOf('outage', key));
    const isLoss = conditions.holds(keyOf('visibility-loss', key));
    if (zeroSince !== null && !isOutage && zeroSince + figures.outage.for <= now) watched.zeroSince = null;
    if (lowSince !== null && !isOutage && !isLoss && lowSince + this.#figuresOf(policy).for <= now)
      watched.lowSince = null;
    if ((this.#unobservedAt(watched) ?? Infinity) <= now) watched.pending = [];
    this.#changed.add(key);
  }

  #raise(
    type: (typeof TYPES)[number],
    policy: PrefixPolicy,
    { up, have, had, missing }: Measure,
    since: EventTime,
    wait: EventTime,
  ): void {
    const key = policy.prefix.toString();
    if (this.#context.conditions.holds(keyOf(type, key))) return;
    const { min } = this.#figuresOf(policy);
    const share = `${have} of ${up} full-feed sessions that are up ${have === 1 ? 'has' : 'have'} a route to it`;
    const seconds = wait / 1_000_000;
    const clauses =
      type === 'outage'
        ? [`${share}, for ${seconds} s`, `${had} full-feed sessions had one`]
        : [`${share}: less than ${min * 100} %, for ${seconds} s`];
    const condition: Condition = {
      ruleVersion: 1,
      level: type === 'outage' ? 'Critical' : 'Error',
      connection: policy.connection,
      ...keyOf(type, key),
      covers: [],
      expected: { origins: policy.origins, neighbors: null },
      observed: { origin: null, neighbor: null },
      clauses,
      alsoMatched: [],
      reference: '',
      peers: missing,
      counted: false,
    };
    const sightings = this.#of(key).evidence.map((evidence) => ({ evidence, bytes: null }));
    const raising = { at: since, notifiableAt: since + wait, sightings, campaign: this.#campaignOf(key) };
    this.#context.conditions.raise(condition, raising);
  }

  /** The campaign of a hijack of the prefix that is going on, or of its other loss of visibility. */
  #campaignOf(key: string): string | null {
    const { conditions, routeIncidents } = this.#context;
    for (const { type, state, registeredPrefix, covers, campaign } of routeIncidents())
      if (state !== 'resolved' && HIJACKS.has(type) && (registeredPrefix === key || covers.includes(key)))
        return campaign;
    return TYPES.map((type) => conditions.ongoing(keyOf(type, key))?.campaign).find((one) => one !== undefined) ?? null;
  }

  /** The sessions that lacked it went down and are not back: nobody knows. */
  #endUnobserved(key: string, watched: Watched, now: EventTime): void {
    const due = this.#unobservedAt(watched);
    if (due === null || due > now) return;
    for (const type of TYPES) {
      const incident = this.#context.conditions.ongoing(keyOf(type, key));
      if (incident !== undefined) this.#context.conditions.resolve(incident, due, 'unobserved');
    }
    this.#end(watched);
    this.#changed.add(key);
  }

  #unobservedAt({ pending }: Watched): EventTime | null {
    if (pending.length === 0) return null;
    return Math.max(...pending.map(({ downAt }) => downAt)) + this.#context.figures.lifecycle.unobservedAfter;
  }

  #end(watched: Watched): void {
    Object.assign(watched, { lowSince: null, zeroSince: null, pending: [], evidence: [] });
  }

  /** The next time at which something happens of itself. */
  #schedule(key: string): void {
    const { timers, conditions, figures } = this.#context;
    const policy = this.#policy(key);
    const watched = this.#watched.get(key);
    if (policy === undefined || watched === undefined) return;
    const { zeroSince, lowSince } = watched;
    const isOutage = conditions.holds(keyOf('outage', key));
    const isLoss = conditions.holds(keyOf('visibility-loss', key));
    const dues = [
      zeroSince === null || isOutage ? Infinity : zeroSince + figures.outage.for,
      lowSince === null || isOutage || isLoss ? Infinity : lowSince + this.#figuresOf(policy).for,
      isOutage || isLoss ? (this.#unobservedAt(watched) ?? Infinity) : Infinity,
    ];
    const due = Math.min(...dues);
    timers.set(`${this.name} ${key}`, due === Infinity ? null : due);
    if (zeroSince === null && lowSince === null) this.#low.delete(key);
  }

  #measure({ prefix }: PrefixPolicy): Measure {
    const { sessions, routes, isTransferring } = this.#context;
    const holders = new Set(routes.sessionsAt(prefix));
    const lost = new Set(this.#watched.get(prefix.toString())?.lost.map(({ session }) => session));
    let [up, have, had] = [0, 0, 0];
    const missing = new Set<number>();
    for (const session of sessions.all) {
      if (!this.#isFull(session, prefix.afi)) continue;
      const holds = holders.has(session);
      if (holds || lost.has(session.id)) had++;
      if (!session.up || isTransferring(session, prefix.afi)) continue;
      up++;
      if (holds) have++;
      else missing.add(session.peerAs);
    }
    return { up, have, had, missing: [...missing] };
  }

  #isFull(session: Session, afi: number): boolean {
    return isFullFeed(session, afi, this.#context.figures.fullFeed);
  }

  #figuresOf({ visibility }: PrefixPolicy): { readonly min: number; readonly for: EventTime } {
    return visibility ?? this.#context.figures.visibilityLoss;
  }

  /** The policy of a prefix that is to be announced. */
  #policy(key: string): PrefixPolicy | undefined {
    const policy = this.#context.policies().get(key);
    return policy === undefined || policy.origins.length === 0 ? undefined : policy;
  }

  #of(key: string): Watched {
    let watched = this.#watched.get(key);
    if (watched === undefined) {
      watched = { lost: [], lowSince: null, zeroSince: null, pending: [], evidence: [] };
      this.#watched.set(key, watched);
    }
    return watched;
  }
}

function keyOf<T extends (typeof TYPES)[number]>(type: T, prefix: string) {
  return { type, registeredPrefix: prefix, prefix, offender: '' } as const;
}
