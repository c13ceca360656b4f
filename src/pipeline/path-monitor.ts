// Incident path-change (detection.md section 3): enough peer ASes changed their path to a prefix at one and the same pivot, soon after one
// another, and are still there. Compared are UPDATEs of a session outside table transfers, both routes legitimate (sections 3 and 6).
// A session that is back on the path it had before has returned, which is no change of its own. It is over when too few are left, or,
// since a new path may simply stay, when nobody joined for `settledAfter`.

import { type Asn } from '../ip/asn.js';
import { type EventTime, SECOND } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { classifyPathChange, PATH_CHANGE_CLASSES } from '../detection/path-change.js';
import { pivotOf } from '../detection/path-pivot.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type PrefixPolicy } from '../detection/policy.js';
import { accusedOrigin } from '../detection/route-view.js';
import { type Condition, type ConditionKey } from '../incidents/conditions.js';
import { type Session } from '../rib/session.js';
import { isJudgedUnder } from './judged-under.js';
import { type PivotTurns, PrefixTurns, type Raised, type Turn, turnKey } from './path-turns.js';
import { type MonitorContext, type RouteChange, type RouteMonitor } from './route-monitor.js';
import { compareSightings, rowOfSighting, type SightingRow, sightingOf, sightingOfRow } from './sightings.js';
import { type MonitorRow } from './store.js';
import { type JudgedRoute } from './stored-route.js';

export class PathMonitor implements RouteMonitor {
  readonly name = 'path-change';
  readonly #figures: DetectionFigures['pathChange'];
  readonly #context: MonitorContext;
  readonly #prefixes = new Map<string, PrefixTurns>();
  #changed = new Set<string>();
  #sweepDue = false;

  constructor(context: MonitorContext) {
    this.#context = context;
    this.#figures = context.figures.pathChange;
  }

  load(rows: readonly MonitorRow[]): void {
    for (const { key, data } of rows) {
      const [prefix, first, second] = key.split(' ') as [string, string, string];
      if (first === PIVOT) this.#setRaised(prefix, Number(second), data as Raised);
      else this.#of(prefix).put(turnOf(data as TurnRow));
    }
    this.#changed.clear();
    if (this.#prefixes.size > 0) this.#scheduleSweep();
  }

  /** What is judged under another registered prefix now, or under none, begins anew. */
  ready(): void {
    for (const [prefix, of] of this.#prefixes) {
      of.carriers = null;
      for (const [pivot, { registeredPrefix }] of of.raised) {
        if (isJudgedUnder(this.#context.policies(), prefix, registeredPrefix)) continue;
        const incident = this.#context.conditions.ongoing(keyOf(registeredPrefix, prefix, pivot));
        if (incident !== undefined) this.#context.conditions.resolve(incident, this.#context.now(), 'reconfigured');
        this.#end(prefix, pivot);
      }
    }
  }

  changed(change: RouteChange): void {
    const { old, fresh, cause, transferring } = change;
    const of = this.#prefixes.get(change.prefix.toString());
    if (of !== undefined && carries(old) !== carries(fresh)) of.carriers = null;
    const policy = fresh?.judgement.legitimate ?? null;
    const isCompared = policy !== null && old?.judgement.legitimate === policy && cause === 'announce' && !transferring;
    if (isCompared) this.#compare(policy, [old, fresh!], change);
    else if (of !== undefined) this.#follow(of, change);
  }

  /** What went down and is not back left the path when it went down (section 5). */
  tableComplete(session: Session, afi: number | null): void {
    for (const [prefix, of] of this.#prefixes) {
      if (of.raised.size === 0 || (afi !== null && parsePrefix(prefix).afi !== afi)) continue;
      for (const turn of [...of.all])
        if (turn.session === session.id && turn.downAt !== null)
          this.#leave(of, prefix, turn, { at: turn.downAt, reason: 'absent-after-reset' });
    }
  }

  fire(rest: string): void {
    if (rest === 'sweep') {
      this.#sweep();
      return;
    }
    const [prefix, text] = rest.split(' ') as [string, string];
    const pivot = Number(text);
    const raised = this.#prefixes.get(prefix)?.raised.get(pivot);
    if (raised === undefined) return;
    const settledAt = raised.joinedAt + this.#figures.settledAfter;
    this.#context.conditions.clear(keyOf(raised.registeredPrefix, prefix, pivot), settledAt);
    this.#end(prefix, pivot);
  }

  takeChanged(): readonly { readonly key: string; readonly data: unknown }[] {
    if (this.#changed.size === 0) return [];
    const keys = [...this.#changed];
    this.#changed = new Set();
    return keys.map((key) => ({ key, data: this.#rowOf(key) }));
  }

  #rowOf(key: string): TurnRow | Raised | null {
    const [prefix, first, second] = key.split(' ') as [string, string, string];
    const of = this.#prefixes.get(prefix);
    if (first === PIVOT) return of?.raised.get(Number(second)) ?? null;
    const turn = of?.get(`${first} ${second}`);
    return turn === undefined ? null : { ...turn, sighting: rowOfSighting(turn.sighting) };
  }

  /** Both routes are legitimate and the new one came by UPDATE. */
  #compare(policy: PrefixPolicy, [old, fresh]: readonly [JudgedRoute, JudgedRoute], change: RouteChange): void {
    const kind = classifyPathChange(compared(old), compared(fresh));
    if (kind === null || kind === 'attributes') return;
    const { session, pathId, at } = change;
    const prefix = change.prefix.toString();
    const of = this.#of(prefix);
    const before = of.get(turnKey({ session: session.id, pathId }));
    const goesOn = before !== undefined && (of.raised.has(before.pivot) || at <= before.knownUntil);
    if (before !== undefined) this.#leave(of, prefix, before, { at });
    const [home, path] = [goesOn ? before.home : old.route.pathText, fresh.route.pathText];
    const pivot = path === home ? null : pivotOf(sideOf(old), sideOf(fresh));
    if (pivot !== null) {
      const { id, peerAs } = session;
      const knownUntil = at + this.#figures.window;
      const turn = { session: id, pathId, peerAs, pivot, kind, at, home, path, knownUntil, downAt: null };
      this.#put(prefix, { ...turn, sighting: sightingOf(change) });
      if (of.raised.has(pivot)) this.#join(policy, of, { pivot, change });
      else this.#raiseIfMany(policy, of, { pivot, change });
    }
    this.#scheduleSweep();
  }

  /** What became of a route that had turned, where that is no change of path: it went, or a table or a foreign route took its place. */
  #follow(of: PrefixTurns, { session, pathId, prefix, fresh, at, cause }: RouteChange): void {
    const turn = of.get(turnKey({ session: session.id, pathId }));
    if (turn === undefined) return;
    const isDown = cause === 'session-loss' && of.raised.has(turn.pivot); // no evidence of an end
    const isThere = fresh !== undefined && fresh.judgement.legitimate !== null && fresh.route.pathText === turn.path;
    if (isDown || isThere) this.#put(prefix.toString(), { ...turn, downAt: isDown ? at : null });
    else this.#leave(of, prefix.toString(), turn, { at });
  }

  #raiseIfMany(policy: PrefixPolicy, of: PrefixTurns, { pivot, change }: Turned): void {
    const { minPeers, window } = this.#figures;
    const { turns, peers } = of.at(pivot)!;
    if (peers.size < minPeers || peers.size < this.#wanted(of, change)) return;
    const newest = Math.max(...[...turns.values()].map(({ at }) => at));
    const soon = [...turns.values()].filter(({ at }) => at >= newest - window);
    const many = new Set(soon.map(({ peerAs }) => peerAs)).size;
    const prefix = change.prefix.toString();
    for (const turn of [...turns.values()])
      if (turn.at < newest - window && turn.sighting !== null) this.#forget(prefix, turn);
    if (many < minPeers || many < this.#wanted(of, change)) return;
    this.#setRaised(prefix, pivot, { registeredPrefix: policy.prefix.toString(), joinedAt: newest });
    this.#context.conditions.raise(this.#condition(policy, of, { pivot, change }), {
      at: Math.min(...soon.map(({ at }) => at)),
      notifiableAt: newest,
      sightings: soon.flatMap(({ sighting }) => sighting ?? []).sort(compareSightings),
    });
    for (const turn of soon) this.#put(prefix, { ...turn, sighting: null });
  }

  #join(policy: PrefixPolicy, of: PrefixTurns, { pivot, change }: Turned): void {
    const { at, session, pathId } = change;
    const prefix = change.prefix.toString();
    const raised = of.raised.get(pivot)!;
    const turn = of.get(turnKey({ session: session.id, pathId }))!;
    this.#setRaised(prefix, pivot, { ...raised, joinedAt: Math.max(raised.joinedAt, at) });
    this.#put(prefix, { ...turn, sighting: null });
    if (!this.#context.conditions.holds(keyOf(raised.registeredPrefix, prefix, pivot))) return; // ended by hand
    const sightings = turn.sighting === null ? [] : [turn.sighting];
    this.#context.conditions.raise(this.#condition(policy, of, { pivot, change }), { at, sightings });
  }

  /** A session's route is no longer where it had turned to. */
  #leave(of: PrefixTurns, prefix: string, turn: Turn, { at, reason = 'withdrawn' }: Leaving): void {
    this.#forget(prefix, turn);
    const raised = of.raised.get(turn.pivot);
    if (raised === undefined) return;
    const key = keyOf(raised.registeredPrefix, prefix, turn.pivot);
    const left = of.at(turn.pivot)?.peers.size ?? 0;
    if (left >= this.#figures.minPeers) {
      this.#context.conditions.weaken(key, left);
      return;
    }
    this.#context.conditions.clear(key, at, reason);
    this.#setRaised(prefix, turn.pivot, null);
    const knownUntil = raised.joinedAt + this.#figures.settledAfter;
    for (const late of [...(of.at(turn.pivot)?.turns.values() ?? [])]) this.#put(prefix, { ...late, knownUntil });
  }

  /** It has settled, or is no matter of ours any more: nothing is waited for. */
  #end(prefix: string, pivot: Asn): void {
    this.#setRaised(prefix, pivot, null);
    for (const turn of [...(this.#of(prefix).at(pivot)?.turns.values() ?? [])]) this.#forget(prefix, turn);
  }

  /** How many peer ASes the share asks for. Floating point: 0.1 x 70 is a little more than 7. */
  #wanted(of: PrefixTurns, { prefix }: RouteChange): number {
    of.carriers ??= this.#countCarriers(prefix);
    return Math.ceil(this.#figures.share * of.carriers - 1e-9);
  }

  #countCarriers(prefix: RouteChange['prefix']): number {
    const peers = new Set<Asn>();
    for (const { session, malformed } of this.#context.routes.at(prefix)) if (!malformed) peers.add(session.peerAs);
    return peers.size;
  }

  #condition(policy: PrefixPolicy, of: PrefixTurns, { pivot, change }: Turned): Condition {
    const { window, minPeers, settledAfter } = this.#figures;
    const there = of.at(pivot)!;
    const wanted = Math.max(minPeers, this.#wanted(of, change));
    const [old, fresh] = [change.old!, change.fresh!];
    const prefix = change.prefix.toString();
    return {
      ...keyOf(policy.prefix.toString(), prefix, pivot),
      ruleVersion: 1,
      level: 'Information',
      connection: policy.connection,
      covers: [],
      expected: { origins: policy.origins, neighbors: null },
      observed: { origin: accusedOrigin(fresh.view.origin), neighbor: fresh.view.neighbor },
      clauses: [
        `${there.peers.size} peer ASes changed their path to ${prefix} at AS${pivot}, the first difference from the origin; ` +
          `${of.carriers ?? 0} carry it, so ${wanted} within ${window / SECOND} s would do`,
        `classes of change: ${classesOf(there)}`,
        `the last one: ${old.route.pathText} became ${fresh.route.pathText}`,
        `it is over when fewer than ${minPeers} are left on such a path, or ${settledAfter / SECOND} s after the last one joined`,
      ],
      alsoMatched: [],
      reference: '',
      peers: [...there.peers.keys()],
      counted: false,
    };
  }

  #of(prefix: string): PrefixTurns {
    let of = this.#prefixes.get(prefix);
    if (of === undefined) this.#prefixes.set(prefix, (of = new PrefixTurns()));
    return of;
  }

  #put(prefix: string, turn: Turn): void {
    this.#of(prefix).put(turn);
    this.#changed.add(`${prefix} ${turnKey(turn)}`);
  }

  #forget(prefix: string, turn: Turn): void {
    this.#of(prefix).delete(turnKey(turn));
    this.#changed.add(`${prefix} ${turnKey(turn)}`);
  }

  #setRaised(prefix: string, pivot: Asn, raised: Raised | null): void {
    const of = this.#of(prefix);
    if (raised === null) of.raised.delete(pivot);
    else of.raised.set(pivot, raised);
    this.#changed.add(`${prefix} ${PIVOT} ${pivot}`);
    const due = raised === null ? null : raised.joinedAt + this.#figures.settledAfter;
    this.#context.timers.set(`${this.name} ${prefix} ${pivot}`, due);
  }

  /** At full windows of event time, whoever has run until then: what is forgotten must not rest on when we were started. */
  #scheduleSweep(): void {
    if (this.#sweepDue) return;
    this.#sweepDue = true;
    const { window } = this.#figures;
    this.#context.timers.set(`${this.name} sweep`, (Math.floor(this.#context.now() / window) + 1) * window);
  }

  /** Forgets what can no longer count. */
  #sweep(): void {
    this.#sweepDue = false;
    const now = this.#context.now();
    for (const [prefix, of] of this.#prefixes) {
      for (const turn of [...of.all])
        if (turn.knownUntil < now && !of.raised.has(turn.pivot)) this.#forget(prefix, turn);
      if (of.isEmpty) this.#prefixes.delete(prefix);
    }
    if (this.#prefixes.size > 0) this.#scheduleSweep();
  }
}

/** Stands in the key of a row in place of a session. */
const PIVOT = 'pivot';

interface TurnRow extends Omit<Turn, 'sighting'> {
  readonly sighting: SightingRow | null;
}

/** When and why a route is no longer where it had turned to. */
interface Leaving {
  readonly at: EventTime;
  readonly reason?: 'withdrawn' | 'absent-after-reset';
}

/** The change that turned a route at this pivot. */
interface Turned {
  readonly pivot: Asn;
  readonly change: RouteChange;
}

function turnOf(row: TurnRow): Turn {
  return { ...row, sighting: sightingOfRow(row.sighting) };
}

function keyOf(registeredPrefix: string, prefix: string, pivot: Asn): ConditionKey {
  return { type: 'path-change', registeredPrefix, prefix, offender: String(pivot) };
}

function classesOf({ classes }: PivotTurns): string {
  return PATH_CHANGE_CLASSES.filter((kind) => classes.has(kind))
    .map((kind) => `${kind} ${classes.get(kind)!}`)
    .join(', ');
}

function carries(judged: JudgedRoute | undefined): boolean {
  return judged !== undefined && !judged.route.malformed;
}

function compared({ view, route: { pathText, attributes } }: JudgedRoute) {
  return { view, pathText, attributes };
}

function sideOf({ view, route: { path } }: JudgedRoute) {
  return { view, path };
}
