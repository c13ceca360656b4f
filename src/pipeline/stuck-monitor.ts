// Incident stuck-route (detection.md sections 3, 5, 6): a session carries a route to the registered prefix, or what is left of a residual
// incident, long after nearly all peer ASes lost it. Where lost sessions are not recorded (files of UPDATEs alone) a route that stays may
// be one of a session that is gone: there the first RIB dump that begins when the time is over must hold it.
//
// A session that goes down with it is no evidence of an end; one that is back without it is (section 5).

import { type EventTime } from '../ip/event-time.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type PrefixPolicy } from '../detection/policy.js';
import { accusedOrigin } from '../detection/route-view.js';
import { isCondition } from '../incidents/conditions.js';
import { type Incident } from '../incidents/incident.js';
import { type Session } from '../rib/session.js';
import { type Loss, RouteLosses } from './route-losses.js';
import { type MonitorContext, type RouteChange, type RouteMonitor } from './route-monitor.js';
import { type MonitorRow, type OpenDump } from './store.js';
import { byAge, evidenceOf, type JudgedRoute, type StoredRoute } from './stored-route.js';
import { type Holder, type Rest, ripeHolders, stuckCondition, stuckKey } from './stuck-condition.js';

/** Stands for an incident in the key of a rest of the registered prefix's own routes, and of a row of losses. */
const OWN = 'own';
const LOST = 'lost';

type Ending = 'withdrawn' | 'absent-after-reset' | 'unobserved';

export class StuckMonitor implements RouteMonitor {
  readonly name = 'stuck';
  readonly #context: MonitorContext;
  readonly #losses: RouteLosses;
  /** By prefix, then incident. */
  readonly #rests = new Map<string, Map<string, Rest>>();
  #changed = new Set<string>();

  constructor(context: MonitorContext) {
    this.#context = context;
    this.#losses = new RouteLosses(context.sessions);
  }

  load(rows: readonly MonitorRow[]): void {
    for (const { key, data } of rows) {
      const [prefix, of] = key.split(' ') as [string, string];
      if (of === LOST) this.#losses.load(prefix, data as readonly Loss[]);
      else this.#set(prefix, of, data as Rest);
    }
    this.#changed.clear();
  }

  /** Under another registry some of it is nothing to us any more, or another route than it was. */
  ready(): void {
    const policies = this.#context.policies();
    for (const prefix of [...this.#losses.prefixes]) if (this.#own(prefix) === undefined) this.#losses.forget(prefix);
    for (const [prefix, rests] of this.#rests) {
      for (const [of, rest] of rests) {
        const isOwn = rest.incident === null ? this.#own(prefix) !== undefined : true;
        const stands = isOwn && policies.get(rest.registeredPrefix) !== undefined;
        if (stands && (rest.holders === null || rest.holders.some((one) => this.#stillHolds(rest, one)))) continue;
        this.#set(prefix, of, null);
        const incident = this.#context.conditions.ongoing(stuckKey(rest));
        if (incident !== undefined && this.#raised(prefix).length === 0)
          this.#context.conditions.resolve(incident, this.#context.now(), 'reconfigured');
      }
    }
  }

  changed(change: RouteChange): void {
    const { policy, prefix } = change;
    const isExact = policy?.prefix.length === prefix.length && policy.origins.length > 0;
    const rests = this.#rests.get(prefix.toString());
    for (const [of, rest] of rests ?? []) if (rest.holders !== null) this.#follow(change, of, rest);
    if (isExact) this.#count(change);
  }

  /** What is left of a residual incident. (An incident that is forgotten ends a second time; then nobody carries it.) */
  ended(incident: Incident): void {
    if (incident.reason !== 'residual' || isCondition(incident)) return;
    const { id, type, offender, registeredPrefix, connection, prefix, peersEver, residual } = incident;
    const carriers = [...this.#context.routes.at(parsePrefix(prefix))].filter(({ carried }) =>
      carried.includes(incident),
    );
    if (carriers.length === 0) return;
    const { stuckRoute, lifecycle } = this.#context.figures;
    const crossedAt = incident.resolvedAt!;
    const dueAt = Math.max(incident.quietSince + lifecycle.residualAfter, crossedAt + stuckRoute.after);
    const [lost, ever] = [peersEver.length - residual, peersEver.length];
    const rest = {
      registeredPrefix,
      connection,
      prefix,
      incident: { id, type, offender },
      crossedAt,
      dueAt,
      lost,
      ever,
    };
    this.#set(prefix, id, { ...rest, holders: null });
    if (dueAt <= this.#context.now()) this.#ripen(prefix, id);
  }

  /** What a session lost when it went down is lost for certain now. */
  tableComplete(session: Session, afi: number | null): void {
    const isOf = (prefix: string): boolean => afi === null || parsePrefix(prefix).afi === afi;
    for (const { prefix, at } of this.#losses.complete(session.id, isOf)) {
      const policy = this.#own(prefix);
      if (policy !== undefined) this.#weigh(policy, at, true);
    }
    for (const [prefix, rests] of this.#rests) {
      for (const [of, rest] of rests) {
        const holder = rest.holders?.find((one) => one.session === session.id);
        if (holder === undefined || holder.downAt === null || !isOf(prefix)) continue;
        this.#leave(prefix, of, { session: session.id, at: holder.downAt, reason: 'absent-after-reset' });
      }
    }
  }

  /** The dump that was waited for: routes that it did not hold are gone by now. */
  dumpEnded(dump: OpenDump): void {
    for (const [prefix, rests] of this.#rests) {
      for (const [of, rest] of rests) {
        if (rest.holders === null || rest.dueAt > dump.beganAt) continue;
        const held = new Set(this.#routesOf(rest).flatMap((one) => (one.dump === dump.id ? one.session.id : [])));
        const holders = rest.holders.map((one) =>
          !one.ripe && held.has(one.session) ? { ...one, ripe: true, dumpAt: dump.beganAt } : one,
        );
        if (holders.every((one, i) => one === rest.holders![i])) continue;
        const before = this.#raised(prefix).length > 0;
        this.#set(prefix, of, { ...rest, holders });
        this.#tell(prefix, rest, dump.beganAt, before);
      }
    }
  }

  fire(key: string): void {
    const [prefix, of] = key.split(' ') as [string, string];
    const rest = this.#rests.get(prefix)?.get(of);
    if (rest === undefined) return;
    if (rest.holders === null) {
      this.#ripen(prefix, of);
      return;
    }
    const { unobservedAfter } = this.#context.figures.lifecycle;
    for (const { session, downAt } of rest.holders) {
      const at = downAt === null ? Infinity : downAt + unobservedAfter;
      if (at <= this.#context.now()) this.#leave(prefix, of, { session, at, reason: 'unobserved' });
    }
  }

  takeChanged(): readonly Omit<MonitorRow, 'monitor'>[] {
    const rows = [...this.#changed].map((key) => {
      const [prefix, of] = key.split(' ') as [string, string];
      return { key, data: this.#rests.get(prefix)?.get(of) ?? null };
    });
    this.#changed = new Set();
    const losses = this.#losses.takeChanged().map((prefix) => {
      const of = this.#losses.of(prefix);
      return { key: `${prefix} ${LOST}`, data: of.length === 0 ? null : of };
    });
    return [...rows, ...losses];
  }

  /** A session has a route to a registered prefix, or none any more. */
  #count({ policy, prefix, session, old, fresh, at, cause, transferring }: RouteChange): void {
    const [before, after] = [old?.route.malformed === false, fresh?.route.malformed === false];
    if (before === after) return;
    const key = prefix.toString();
    if (after) {
      this.#losses.remove(key, session.id);
      this.#weigh(policy!, at, false, session);
      return;
    }
    for (const other of this.#context.routes.sessionsAt(prefix)) if (other === session) return; // by another path
    const open = cause === 'session-loss' || transferring;
    this.#losses.add(key, { session: session.id, at, open });
    this.#weigh(policy!, at, !open && cause !== 'rib');
  }

  /**
   * How many peer ASes have a route to a registered prefix, and how many lost it.
   *
   * @param isEvidence a loss that may be the one which crosses the share.
   * @param taker the session that took it; a new peer AS begins the waiting anew.
   */
  #weigh({ prefix, connection }: PrefixPolicy, at: EventTime, isEvidence: boolean, taker?: Session): void {
    const key = prefix.toString();
    const rest = this.#rests.get(key)?.get(OWN);
    if (rest === undefined && !isEvidence) return;
    const { after, lostShare } = this.#context.figures.stuckRoute;
    const sessions = [...this.#context.routes.sessionsAt(prefix)];
    const have = new Set(sessions.map(({ peerAs }) => peerAs));
    // What is waited for or told is over because routes come, never because sessions without one go down.
    const lost = [...this.#losses.peers(key, rest !== undefined)].filter((asn) => !have.has(asn)).length;
    const ever = have.size + lost;
    if (ever === 0 || lost / ever < lostShare) {
      if (rest !== undefined) this.#end(key, OWN, { at, reason: 'withdrawn' });
    } else if (have.size === 0) {
      if (rest?.holders === null) this.#end(key, OWN, { at, reason: 'withdrawn' });
    } else if (rest === undefined) {
      const parts = {
        registeredPrefix: key,
        connection,
        prefix: key,
        incident: null,
        crossedAt: at,
        dueAt: at + after,
      };
      this.#set(key, OWN, { ...parts, lost, ever, holders: null });
    } else if (rest.holders === null && taker !== undefined) {
      const isNew = sessions.every((one) => one === taker || one.peerAs !== taker.peerAs);
      if (isNew) this.#set(key, OWN, { ...rest, dueAt: at + after });
    }
  }

  /** The time is over: who carries it now is who is stuck. */
  #ripen(prefix: string, of: string): void {
    const rest = this.#rests.get(prefix)!.get(of)!;
    const sessions = new Set(this.#routesOf(rest).map(({ session }) => session));
    const holders = [...sessions].map((session) => ({
      session: session.id,
      ripe: this.#recordsStates(session.collector),
      dumpAt: null,
      downAt: null,
    }));
    if (holders.length === 0) {
      this.#set(prefix, of, null);
      return;
    }
    this.#set(prefix, of, { ...rest, holders });
    this.#tell(prefix, rest, rest.dueAt, false);
  }

  /** A holder's route changed. */
  #follow({ session, fresh, at, cause }: RouteChange, of: string, rest: Rest): void {
    const holder = rest.holders!.find((one) => one.session === session.id);
    if (holder === undefined) return;
    const { prefix } = rest;
    const holds = (fresh !== undefined && isOf(rest, fresh)) || this.#stillHolds(rest, { ...holder, downAt: null });
    if (holds && holder.downAt === null) return;
    if (!holds && cause !== 'session-loss') {
      this.#leave(prefix, of, { session: session.id, at, reason: 'withdrawn' });
      return;
    }
    const holders = rest.holders!.map((one) => (one === holder ? { ...one, downAt: holds ? null : at } : one));
    this.#set(prefix, of, { ...rest, holders });
  }

  /** A holder carries it no more. */
  #leave(
    prefix: string,
    of: string,
    { session, at, reason }: { session: number; at: EventTime; reason: Ending },
  ): void {
    const rest = this.#rests.get(prefix)?.get(of);
    if (rest === undefined || rest.holders === null) return;
    const holders = rest.holders.filter((one) => one.session !== session);
    if (holders.length === 0) {
      this.#end(prefix, of, { at, reason });
      return;
    }
    this.#set(prefix, of, { ...rest, holders });
    this.#lessen(prefix, rest, { at, reason });
  }

  #end(prefix: string, of: string, ending: { readonly at: EventTime; readonly reason: Ending }): void {
    const rest = this.#rests.get(prefix)?.get(of);
    if (rest === undefined) return;
    this.#set(prefix, of, null);
    this.#lessen(prefix, rest, ending);
  }

  /** Fewer carry it: the incident is over with the last one. */
  #lessen(prefix: string, rest: Rest, { at, reason }: { readonly at: EventTime; readonly reason: Ending }): void {
    const { conditions } = this.#context;
    const key = stuckKey(rest);
    const left = new Set(
      this.#raised(prefix)
        .flatMap(ripeHolders)
        .map((one) => this.#session(one).peerAs),
    ).size;
    if (left > 0) conditions.weaken(key, left);
    else if (reason !== 'unobserved') conditions.clear(key, at, reason);
    else {
      const incident = conditions.ongoing(key);
      if (incident !== undefined) conditions.resolve(incident, at, reason);
    }
  }

  /** Raises it, or adds to it; `before`: it was raised before, and if it goes on no more somebody ended it by hand. */
  #tell(prefix: string, rest: Rest, notifiableAt: EventTime, before: boolean): void {
    const { conditions, figures, policies, judge } = this.#context;
    const rests = this.#raised(prefix);
    if (rests.length === 0 || (before && !conditions.holds(stuckKey(rest)))) return;
    const ripe = new Set(rests.flatMap(ripeHolders).map(({ session }) => session));
    const routes = rests.flatMap((one) => this.#routesOf(one)).filter(({ session }) => ripe.has(session.id));
    const sorted = [...new Set(routes)].sort(byAge);
    const { view } = judge(sorted[0]);
    const condition = stuckCondition(rests, [...new Set(sorted.map(({ session }) => session))], {
      figures: figures.stuckRoute,
      expected: { origins: policies().get(rest.registeredPrefix)?.origins ?? [], neighbors: null },
      observed: { origin: accusedOrigin(view.origin), neighbor: view.neighbor },
    });
    const sightings = sorted.map((route) => ({ evidence: evidenceOf(route, route.at), bytes: null }));
    conditions.raise(condition, { at: rest.crossedAt, notifiableAt, sightings });
  }

  /** The rests of a prefix that somebody carries for certain. */
  #raised(prefix: string): readonly Rest[] {
    return [...(this.#rests.get(prefix)?.values() ?? [])].filter((rest) => ripeHolders(rest).length > 0);
  }

  #routesOf(rest: Rest): readonly StoredRoute[] {
    const { routes, judge } = this.#context;
    return [...routes.at(parsePrefix(rest.prefix))].filter((route) => isOf(rest, judge(route)));
  }

  #stillHolds(rest: Rest, { session, downAt }: Holder): boolean {
    return downAt !== null || this.#routesOf(rest).some((route) => route.session.id === session);
  }

  #session({ session }: Holder): Session {
    return this.#context.sessions.byId(session)!;
  }

  /** True where a collector's files tell of lost sessions: RIS's do, and those that told of one. */
  #recordsStates(collector: string): boolean {
    if (/^rrc\d\d$/.test(collector)) return true;
    for (const session of this.#context.sessions.all)
      if (session.collector === collector && session.upAt !== null) return true;
    return false;
  }

  /** The policy of a prefix that is to be announced. */
  #own(prefix: string): PrefixPolicy | undefined {
    const policy = this.#context.policies().get(prefix);
    return policy === undefined || policy.origins.length === 0 ? undefined : policy;
  }

  #set(prefix: string, of: string, rest: Rest | null): void {
    let ofPrefix = this.#rests.get(prefix);
    if (ofPrefix === undefined) this.#rests.set(prefix, (ofPrefix = new Map<string, Rest>()));
    if (rest === null) ofPrefix.delete(of);
    else ofPrefix.set(of, rest);
    if (ofPrefix.size === 0) this.#rests.delete(prefix);
    this.#changed.add(`${prefix} ${of}`);
    this.#context.timers.set(`${this.name} ${prefix} ${of}`, rest === null ? null : this.#dueAt(rest));
  }

  #dueAt({ holders, dueAt }: Rest): EventTime | null {
    if (holders === null) return dueAt;
    const down = holders.flatMap(({ downAt }) => downAt ?? []);
    return down.length === 0 ? null : Math.min(...down) + this.#context.figures.lifecycle.unobservedAfter;
  }
}

/** Whether a route is of the rest: an incident's by its finding, the registered prefix's own by having none. */
function isOf({ incident }: Rest, { route, judgement }: JudgedRoute): boolean {
  if (incident === null) return !route.malformed && judgement.findings.length === 0;
  return judgement.findings.some(({ type, offender }) => type === incident.type && offender === incident.offender);
}
