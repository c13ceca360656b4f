// The engine: route events in, tables, verdicts, incidents and prefix events out. Applies one event at a time in the order given,
// on event time alone; timers fire when the watermark passes them. Pure state and logic: what changed is taken by `takeBatch` and
// stored by someone else. Semantics: detection.md; what a session or a RIB dump does to the tables is in session-life and rib-dump.

import { formatPath } from '../bgp/as-path.js';
import { type EventTime } from '../ip/event-time.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { isCoveringLength } from '../detection/cover-rules.js';
import { type DetectionFigures } from '../detection/figures.js';
import { type Finding, type Level } from '../detection/finding.js';
import { type JudgeContext } from '../detection/judge.js';
import { type PolicyTable } from '../detection/policy.js';
import { noReferenceData, type ReferenceData } from '../detection/reference-data.js';
import { viewRoute } from '../detection/route-view.js';
import { type Conditions } from '../incidents/conditions.js';
import { type Incident } from '../incidents/incident.js';
import { type Lifecycle } from '../incidents/lifecycle.js';
import { conditionOf, type RouteCause } from '../incidents/prefix-state.js';
import { AdjRibIn } from '../rib/adj-rib-in.js';
import { type AnnounceEvent, type RibEntryEvent, type RouteEvent, type WithdrawEvent } from '../rib/route-event.js';
import { type Session, SessionTable } from '../rib/session.js';
import { Baseline } from './baseline.js';
import { carryAnew } from './carry-anew.js';
import { Changes } from './changes.js';
import { classChanges } from './class-changes.js';
import { comparePaths, noteMoreSpecific } from './compare-paths.js';
import { coverOrigin } from './cover-origin.js';
import { type EngineCounters } from './engine-counters.js';
import { heldPaths } from './held-paths.js';
import { IncidentKeepers } from './incident-keepers.js';
import { judgeAnew } from './judge-anew.js';
import { keptEvidence } from './kept-evidence.js';
import { LinkHistory } from './link-history.js';
import { Monitors, MONITORS } from './monitors.js';
import { PrefixTimeline } from './prefix-timeline.js';
import { RibDumps } from './rib-dumps.js';
import { type RouteChange } from './route-monitor.js';
import { RouteLog } from './route-log.js';
import { SessionLife } from './session-life.js';
import { type Batch, type PipelineSnapshot, type RouteRow } from './store.js';
import {
  evidenceOf,
  judgeStored,
  type JudgedRoute,
  levelNow,
  openingEvent,
  routeOf,
  routeOfRow,
  rowsOf,
  type StoredRoute,
  witnessOf,
} from './stored-route.js';
import { Timers } from './timers.js';
import { Withdrawals } from './withdrawals.js';

export class Engine {
  readonly counters: EngineCounters = { applied: 0, late: 0, unknownOrigin: 0 };
  readonly sessions = new SessionTable();
  readonly routes = new AdjRibIn<Incident>();
  readonly lifecycle: Lifecycle;
  readonly conditions: Conditions;
  readonly timeline: PrefixTimeline;
  readonly log = new RouteLog(this.routes);
  readonly links: LinkHistory;
  readonly #figures: DetectionFigures;
  readonly #onLate: (collector: string) => void;
  readonly #timers = new Timers();
  readonly #changes = new Changes();
  readonly #baseline = new Baseline();
  readonly #withdrawals = new Withdrawals();
  readonly #life: SessionLife;
  readonly #dumps: RibDumps;
  readonly #monitors: Monitors;
  readonly #keepers: IncidentKeepers;
  #context: JudgeContext;
  #policies: PolicyTable;
  #watermark: EventTime | null = null;
  #lastLate = '';

  /** `onLate` is told of every event that came too late to be applied, by its collector. */
  constructor(policies: PolicyTable, figures: DetectionFigures, onLate: (collector: string) => void = () => undefined) {
    this.#onLate = onLate;
    this.#policies = policies;
    this.#figures = figures;
    this.#keepers = new IncidentKeepers(figures.lifecycle, this.#timers, this.#changes);
    this.lifecycle = this.#keepers.lifecycle;
    this.conditions = this.#keepers.conditions;
    this.timeline = new PrefixTimeline(policies, figures.pathEvents, this.#timers);
    this.links = new LinkHistory(figures.forgedPath);
    this.#context = {
      links: this.links,
      reference: noReferenceData,
      figures: figures.covering,
      isBaseline: this.#baseline.has,
      isAnnounced: (policy) => this.timeline.isAnnounced(policy),
    };
    this.#life = new SessionLife(this.sessions, figures, this.#timers, {
      dropRoutes: (session, at) => this.#dropRoutes(session, at),
      resynchronised: (session, afi) => this.#resynchronised(session, afi),
      changed: (session) => this.#changes.session(session),
    });
    this.#dumps = new RibDumps({
      sessions: this.sessions,
      routes: this.routes,
      life: this.#life,
      withdrawals: this.#withdrawals,
      effects: {
        store: (event, session, old) => this.#storeFromRib(event, session, old),
        remove: (route, at) => this.#remove(route, at, 'rib'),
        confirmed: (route) => this.routes.put(route),
        resynchronised: (session, afi) => this.#resynchronised(session, afi),
        ended: (dump, afis, heard) => this.#noting(() => this.#monitors.dumpEnded(dump, afis, heard)),
      },
    });
    this.#monitors = new Monitors(
      {
        figures,
        sessions: this.sessions,
        routes: this.routes,
        conditions: this.conditions,
        timers: this.#timers,
        policies: () => this.#policies,
        reference: () => this.reference,
        now: () => this.#watermark ?? 0,
        judge: this.judge,
        isTransferring: (session, afi) => this.#life.isTransferring(session, afi),
        routeIncidents: () => this.lifecycle.all,
        links: this.links,
        judgeAnew: (before, at) => this.#judgeAnew(before, at),
      },
      MONITORS,
    );
  }

  get watermark(): EventTime | null {
    return this.#watermark;
  }

  /** Every incident that is not over and forgotten. */
  get incidents(): Iterable<Incident> {
    return this.#keepers.all;
  }

  get policies(): PolicyTable {
    return this.#policies;
  }

  get reference(): ReferenceData {
    return this.#context.reference;
  }

  /** The reference data to begin with, before any route is restored or applied; `reconfigure` replaces it later. */
  useReference(reference: ReferenceData): void {
    this.#context = { ...this.#context, reference };
  }

  /** Restores the state of a snapshot but for its routes. Call once, before anything else; `restoreRoute` and `restored` follow. */
  load(snapshot: Omit<PipelineSnapshot, 'routes'>): void {
    this.#watermark = snapshot.watermark;
    this.sessions.load(snapshot.sessions);
    this.#life.load();
    this.#baseline.load(snapshot.baseline);
    this.#withdrawals.load(snapshot.withdrawn);
    this.#dumps.load(snapshot.dumps);
    this.timeline.load(snapshot.prefixes);
    this.#keepers.load(snapshot.incidents);
    this.links.load(snapshot.links, snapshot.linkProgress);
    this.#monitors.load(snapshot.monitors);
  }

  /** Restores one stored route. */
  restoreRoute(row: RouteRow): void {
    const session = this.sessions.byId(row.session)!;
    const carried = row.incidents.flatMap((id) => this.lifecycle.restoreCarrier(id, session) ?? []);
    const prefix = this.routes.prefixNamed(row.prefix) ?? parsePrefix(row.prefix);
    const route = routeOfRow(row, { prefix, session, carried });
    this.routes.restore(route);
    this.#count(route);
  }

  #count(route: StoredRoute): void {
    const judged = this.judge(route);
    for (const { policy, routeClass } of judged.judgement.classes) this.timeline.count(policy, routeClass);
    this.#monitors.restored(judged);
  }

  /** All routes are restored: time may go on. */
  restored(): void {
    for (const incident of this.incidents) this.#keepers.schedule(incident);
    this.#noting(() => this.#monitors.ready());
  }

  /** Moves the watermark: fires every timer due before `to`, or at it where `inclusive` (the end of the input). */
  advance(to: EventTime, inclusive = false): void {
    if (this.#watermark !== null && to < this.#watermark) return;
    if (!inclusive && to === this.#watermark) return;
    this.#watermark = to;
    for (let key = this.#timers.take(to, inclusive); key !== null; key = this.#timers.take(to, inclusive))
      this.#fire(key);
  }

  /** Applies one event. */
  apply(event: RouteEvent): void {
    if ('prefix' in event) this.counters.applied++;
    switch (event.kind) {
      case 'announce':
        return this.#announce(event);
      case 'withdraw':
        return this.#withdraw(event);
      case 'rib':
      case 'rib-begin':
      case 'rib-end':
        if (!this.#dumps.apply(event)) this.#late(event);
        return;
      default:
        if (!this.#life.apply(event)) this.#late(event);
    }
  }

  /** Counts a late record once, however many events it makes; what only follows from records is none. */
  #late({ kind, collector, input, record }: RouteEvent): void {
    if (kind === 'quiet' || kind === 'last-record' || kind === 'active') return;
    const key = `${collector} ${input} ${record}`;
    if (key === this.#lastLate) return;
    this.#lastLate = key;
    this.counters.late++;
    this.#onLate(collector);
  }

  /** Takes a changed registry or changed reference data: every stored route is judged anew. */
  reconfigure(policies: PolicyTable, reference = this.reference): void {
    this.#policies = policies;
    this.useReference(reference);
    this.timeline.reconfigure(policies);
    this.#monitors.reconfigure();
    const at = this.#watermark ?? 0;
    const carriers: StoredRoute[] = [];
    for (const route of this.routes.all()) {
      if (route.carried.length > 0) carriers.push(route);
      if (!policies.isRelated(route.prefix)) {
        this.routes.delete(route.session, route.prefix, route.pathId);
        this.log.removed(route, at, 'unregistered');
        continue;
      }
      this.#count(route);
    }
    this.#noting(() => {
      carryAnew({ routes: this.routes, lifecycle: this.lifecycle, policies, judge: this.judge }, carriers, at);
      this.conditions.reconfigure(policies, at);
      this.#monitors.ready();
    });
  }

  /** Resolves an incident by hand. @returns false where it is not going on. */
  resolveByHand(id: string): boolean {
    const incident = this.#keepers.byId(id);
    if (incident === undefined || incident.state === 'resolved') return false;
    const at = this.#watermark ?? incident.lastSeenAt;
    this.#noting(() => this.#keepers.resolve(incident, at, 'manual'));
    return true;
  }

  /** Forgets the links between ASes that nobody has shown since. */
  forgetLinks(before: EventTime): void {
    this.#monitors.forgetLinks(before);
  }

  /** Route changes since the last `takeBatch`. */
  get routeChanges(): number {
    return this.routes.changes;
  }

  /** What changed since the last call, conditions that the daemon raised too; the caller adds generation and file positions. */
  takeBatch(): Omit<Batch, 'generation' | 'reference' | 'files'> {
    const { incidents, forgotten, ...changes } = this.#noting(() => this.#changes).take();
    const { changed, removed: removedRoutes } = this.routes.takeChanges();
    const { records, removed } = this.timeline.takeChanged();
    const { rows, forgetBefore } = this.#withdrawals.takeChanged();
    return {
      ...changes,
      routes: rowsOf(changed),
      removedRoutes,
      watermark: this.#watermark,
      incidents: incidents.map((incident) => ({ incident, active: this.#keepers.isActive(incident) })),
      forgottenIncidents: forgotten,
      withdrawn: rows,
      forgetWithdrawnBefore: forgetBefore,
      prefixes: records.map((record) => ({ record, condition: conditionOf(record.state) })),
      removedPrefixes: removed,
      events: this.timeline.takeEvents(),
      dumps: this.#dumps.takeChanged(),
      monitors: this.#monitors.takeChanged(),
      links: this.links.takeChanged(),
      routeLog: this.log.take(),
    };
  }

  #announce(event: AnnounceEvent): void {
    const session = this.#life.hear(event);
    if (session === null) {
      this.#late(event);
      return;
    }
    const old = this.routes.get(session, event.prefix, event.pathId);
    if (old !== undefined && this.#isRepeat(old, event)) {
      this.#life.repeated(session, old.at, event.at, this.routes.countOf(session));
      this.routes.put({ ...old, at: event.at, fromRib: false });
      this.#noting(() => old.carried.forEach((incident) => this.lifecycle.refresh(incident, event.at)));
      return;
    }
    this.#store(event, session, { before: old, dump: null });
    this.#supersede(event, session);
  }

  /**
   * A RIB dump without path identifiers (TABLE_DUMP_V2 subtypes 2 and 4) of a session that sends them (RFC 7911): no withdrawal will
   * ever name the dump's route, so it gives way to the first message about its prefix that bears an identifier.
   */
  #supersede(event: AnnounceEvent | WithdrawEvent, session: Session): void {
    const route = event.pathId === 0 ? undefined : this.routes.get(session, event.prefix, 0);
    if (route?.fromRib === true) this.#remove(route, event.at, event.kind === 'withdraw' ? 'withdraw' : 'rib', event);
  }

  #isRepeat(old: StoredRoute, event: AnnounceEvent): boolean {
    return (
      old.pathText === formatPath(event.path) &&
      old.attributes === event.attributes &&
      old.malformed === event.malformed &&
      old.internalAs === event.internalAs
    );
  }

  #withdraw(event: WithdrawEvent): void {
    const session = this.#life.hear(event);
    if (session === null) {
      this.#late(event);
      return;
    }
    this.#withdrawals.add({ session: session.id, prefix: event.prefix.toString(), pathId: event.pathId, at: event.at });
    const route = this.routes.get(session, event.prefix, event.pathId);
    if (route !== undefined) this.#remove(route, event.at, 'withdraw', event);
    this.#supersede(event, session);
  }

  /** An entry of a RIB dump; on a session's first one, the covering routes it holds are baseline, but for those already accused. */
  #storeFromRib(event: RibEntryEvent, session: Session, before: StoredRoute | undefined): void {
    const covers = !session.bootstrapped && isCoveringLength(event.prefix, this.#figures.covering);
    if (covers && this.#policies.judging(event.prefix) === undefined) {
      const origin = coverOrigin(viewRoute(event.prefix, event.path, null), this.#policies, this.#context);
      const accused = origin === null || this.lifecycle.accusesCover(event.prefix.toString(), String(origin));
      const added = accused ? null : this.#baseline.add(event.prefix, origin);
      if (added !== null) this.#changes.baseline(added);
    }
    this.#store(event, session, { before, dump: event.dump });
  }

  /** Stores a route in place of what the session had there, `before`, and draws every consequence. `dump` = its RIB dump, null for an UPDATE. */
  #store(
    event: AnnounceEvent | RibEntryEvent,
    session: Session,
    { before, dump }: { readonly before: StoredRoute | undefined; readonly dump: string | null },
  ): void {
    this.log.stored(event, session, before);
    const old = before === undefined ? undefined : this.judge(before);
    const judged = this.judge(routeOf(event, session, dump));
    if (judged.view.origin.kind === 'unknown') this.counters.unknownOrigin++;
    const opened = this.#noting(() => this.#carry(judged, before, event));
    for (const finding of opened) this.#tellOpening(finding, judged.route, old);
    this.#changeClasses(old, judged, session, event.at, dump === null ? 'announce' : 'rib');
    if (dump === null && !this.#life.isTransferring(session, event.prefix.afi))
      comparePaths(this.timeline, [old, judged], event.at);
    noteMoreSpecific(this.timeline, judged, event.at);
    this.#watch(old, judged, { at: event.at, cause: dump === null ? 'announce' : 'rib', event });
  }

  /** What is thought of a stored route now. */
  readonly judge = (route: StoredRoute): JudgedRoute => judgeStored(route, this.#policies, this.#context);

  #judgeAnew(before: readonly JudgedRoute[], at: EventTime): void {
    const changed = (old: JudgedRoute, fresh: JudgedRoute): void =>
      this.#watch(old, fresh, { at, cause: 'reconfigured', event: null });
    judgeAnew({ routes: this.routes, lifecycle: this.lifecycle, judge: this.judge, changed }, before, at);
  }

  /** Tells the monitors of a route that changed. */
  #watch(
    old: JudgedRoute | undefined,
    fresh: JudgedRoute | undefined,
    why: Pick<RouteChange, 'at' | 'cause' | 'event'>,
  ): void {
    const { session, prefix, pathId } = (fresh ?? old!).route;
    const policy = this.#policies.judging(prefix);
    const transferring = this.#life.isTransferring(session, prefix.afi);
    this.#noting(() => this.#monitors.changed({ session, prefix, pathId, policy, old, fresh, ...why, transferring }));
  }

  /** Carries the findings of a new route, stores it, and lets go of what the old one carried. @returns the findings that began an opening. */
  #carry(judged: JudgedRoute, before: StoredRoute | undefined, event: AnnounceEvent | RibEntryEvent): Finding[] {
    const { route, judgement } = judged;
    const opened: Finding[] = [];
    const carried: Incident[] = [];
    for (const finding of judgement.findings) {
      const told = this.lifecycle.carry(finding, route.session, evidenceOf(route, event.at));
      carried.push(told.incident);
      if (told.opened) {
        this.conditions.opened(told.incident);
        opened.push(finding);
      }
      if (told.evidenceAt === null) continue;
      const piece = { ...told, position: told.evidenceAt, finding, judged, bytes: event.evidence, replaced: before };
      const around = { routes: this.routes, policies: this.#policies, context: this.#context };
      this.#changes.evidence(keptEvidence(piece, around));
    }
    this.routes.put(carried.length === 0 ? route : { ...route, carried });
    for (const incident of before?.carried ?? []) this.lifecycle.lose(incident, route.session, event.at);
    return opened;
  }

  readonly #levelNow = (incident: Incident): Level =>
    levelNow(incident, this.routes.at(parsePrefix(incident.prefix)), (route) => this.judge(route));

  #tellOpening(finding: Finding, route: StoredRoute, old: JudgedRoute | undefined): void {
    const policy = this.#policies.get(finding.registeredPrefix.toString())!;
    const replacedActive =
      old === undefined
        ? this.timeline.isActive(policy)
        : old.judgement.classes.some((one) => one.policy === policy && one.routeClass === 'active');
    const event = openingEvent(finding, route, policy, replacedActive);
    if (event !== null) this.timeline.tell(event);
  }

  #remove(
    route: StoredRoute,
    at: EventTime,
    cause: Exclude<RouteCause, 'reconfigured'>,
    event: RouteChange['event'] = null,
  ): void {
    this.log.removed(route, at, cause);
    this.routes.delete(route.session, route.prefix, route.pathId);
    this.#noting(() =>
      route.carried.forEach((incident) => {
        if (cause === 'session-loss') this.lifecycle.loseToSessionDown(incident, route.session, route.prefix.afi, at);
        else this.lifecycle.lose(incident, route.session, at);
      }),
    );
    const judged = this.judge(route);
    this.#changeClasses(judged, undefined, route.session, at, cause);
    this.#watch(judged, undefined, { at, cause, event });
  }

  #dropRoutes(session: Session, at: EventTime): void {
    for (const route of this.routes.ofSession(session)) this.#remove(route, at, 'session-loss');
    this.#noting(() => this.#monitors.sessionDown(session, at));
  }

  #resynchronised(session: Session, afi: number | null): void {
    this.#noting(() => {
      this.lifecycle.resynchronised(session, afi);
      this.#monitors.tableComplete(session, afi);
    });
  }

  #changeClasses(
    old: JudgedRoute | undefined,
    fresh: JudgedRoute | undefined,
    session: Session,
    at: EventTime,
    cause: RouteCause,
  ): void {
    for (const { policy, from, to } of classChanges(old?.judgement.classes, fresh?.judgement.classes)) {
      const lost = this.timeline.change(policy, { from, to, at, cause, witness: witnessOf(session) });
      if (lost) this.#noting(() => this.lifecycle.exposed(policy.prefix.toString(), this.#levelNow));
    }
  }

  #noting<T>(change: () => T): T {
    return this.#keepers.noting(change);
  }

  #expire(id: string): void {
    const incident = this.#keepers.byId(id);
    if (incident === undefined) return;
    this.#noting(() => {
      this.#keepers.expire(incident);
      if (incident.state === 'resolved') this.#monitors.ended(incident);
    });
  }

  #fire(key: string): void {
    const [kind, id] = key.split(' ') as [string, string];
    if (kind === 'incident') this.#expire(id);
    else if (kind === 'transfer') this.#life.endTransfer(Number(id));
    else if (!this.#noting(() => this.#monitors.fire(key))) {
      this.timeline.fire(key, (policy, routeClass) => heldPaths(this.routes, this.judge, policy, routeClass));
    }
  }
}
