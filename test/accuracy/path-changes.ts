// Which path changes many peers share, worked out from what the sessions were seen to do (detection.md section 3, path-change, with the
// decisions of ARCHITECTURE.md): a side effect of many stories, and right to be told. The pivot is the new path's first AS, from the
// origin, that the old one has not there; where only repetitions differ, the AS that is repeated.

import { contradictedHop } from './aspa.js';
import { HOUR, MINUTE, type Seen } from './feed.js';
import { type Span, spanLives } from './label.js';
import { type Registered, type Scene } from './scene.js';

const WINDOW = 5 * MINUTE;
/** A tenth of 30 peers is 3 too. */
const LEAST = 3;
/** A change that was told is over when nobody joined for so long; until then whoever is back has returned. */
const SETTLED = HOUR;

/** A session that turned, and is on the path that it turned to. */
interface Turn {
  readonly at: number;
  readonly peerAs: number;
  readonly pivot: number;
  readonly home: string;
  readonly path: string;
  /** Until when a way back is no change of its own. */
  knownUntil: number;
}

/** What is going on at a pivot. */
interface Told {
  readonly span: Span;
  joinedAt: number;
}

/** Labels them. */
export function expectPathChanges(scene: Scene): void {
  for (const registered of scene.registered) {
    const { prefix } = registered;
    const kind = { type: 'path-change', registeredPrefix: prefix, prefix, level: 'Information', story: 'path-change' };
    for (const [pivot, spans] of new PathChanges(scene, registered).spans())
      for (const life of spanLives(spans)) scene.labels.push({ ...kind, offender: String(pivot), ...life });
  }
}

class PathChanges {
  readonly #scene: Scene;
  readonly #registered: Registered;
  readonly #last = new Map<unknown, readonly number[]>();
  /** Sessions that sent a message about it: the first one that bears a path identifier replaces no route that a RIB dump has without one. */
  readonly #spoken = new Set<unknown>();
  readonly #turns = new Map<unknown, Turn>();
  readonly #told = new Map<number, Told>();
  readonly #spans = new Map<number, Span[]>();

  constructor(scene: Scene, registered: Registered) {
    this.#scene = scene;
    this.#registered = registered;
  }

  /** When enough peers were on a changed path, by pivot. */
  spans(): ReadonlyMap<number, readonly Span[]> {
    const { feed } = this.#scene;
    const mine = feed.seen.filter(({ prefix }) => prefix === this.#registered.prefix).sort(compareSeen);
    for (const seen of mine) {
      this.#settle(seen.at);
      this.#see(seen);
    }
    this.#settle(Infinity);
    return this.#spans;
  }

  #see({ at, session, claim, cause }: Seen): void {
    const before = this.#last.get(session);
    const isNew = session.addPath && !this.#spoken.has(session);
    if (cause !== 'bootstrap') this.#spoken.add(session);
    if (claim === null) this.#last.delete(session);
    else this.#last.set(session, claim.path);
    const turn = this.#turns.get(session);
    const [old, fresh] = [before?.join() ?? '', claim?.path.join() ?? ''];
    if (old === fresh) return;
    const isCompared = before !== undefined && claim !== null && cause === 'update' && !isNew;
    if (isCompared && !this.#isAccused(before) && !this.#isAccused(claim.path)) {
      const goesOn = turn !== undefined && (this.#told.has(turn.pivot) || at <= turn.knownUntil);
      const home = goesOn ? turn.home : old;
      this.#leave(session, at);
      if (fresh === home) return;
      const pivot = pivotOf(before, claim.path);
      this.#turns.set(session, { at, peerAs: session.peerAs, pivot, home, path: fresh, knownUntil: at + WINDOW });
      this.#join(pivot, at);
      return;
    }
    if (turn === undefined || (cause === 'down' && this.#told.has(turn.pivot)) || turn.path === fresh) return;
    this.#leave(session, at);
  }

  #join(pivot: number, at: number): void {
    const there = [...this.#turns.values()].filter((turn) => turn.pivot === pivot);
    const told = this.#told.get(pivot);
    const soon = told === undefined ? there.filter((turn) => turn.at >= at - WINDOW) : there;
    const peers = new Set(soon.map(({ peerAs }) => peerAs));
    if (told === undefined && peers.size < LEAST) return;
    if (told !== undefined) {
      told.joinedAt = at;
      for (const peer of peers) told.span.peers.add(peer);
      return;
    }
    const span = { from: Math.min(...soon.map((turn) => turn.at)), raisedAt: at, until: Infinity, peers };
    this.#told.set(pivot, { span, joinedAt: at });
    this.#spans.set(pivot, [...(this.#spans.get(pivot) ?? []), span]);
  }

  #leave(session: unknown, at: number): void {
    const turn = this.#turns.get(session);
    this.#turns.delete(session);
    const told = turn === undefined ? undefined : this.#told.get(turn.pivot);
    if (turn === undefined || told === undefined) return;
    const left = [...this.#turns.values()].filter(({ pivot }) => pivot === turn.pivot);
    if (new Set(left.map(({ peerAs }) => peerAs)).size >= LEAST) return;
    told.span.until = at;
    this.#told.delete(turn.pivot);
    for (const late of left) late.knownUntil = told.joinedAt + SETTLED;
  }

  /** What settles before a time. */
  #settle(before: number): void {
    for (const [pivot, { span, joinedAt }] of this.#told) {
      if (joinedAt + SETTLED >= before) continue;
      span.until = joinedAt + SETTLED;
      this.#told.delete(pivot);
      for (const [session, turn] of this.#turns) if (turn.pivot === pivot) this.#turns.delete(session);
    }
  }

  /** True where a route to the registered prefix itself has a verdict of another rule. */
  #isAccused(raw: readonly number[]): boolean {
    const { origins, neighbors, prefix } = this.#registered;
    const path = collapsed(raw);
    const origin = path.at(-1)!;
    if (!origins.includes(origin)) return true;
    if (path.length > 1 && neighbors?.[origin]?.includes(path.at(-2)!) === false) return true;
    const roas = this.#scene.vrps.filter((vrp) => vrp.prefix === prefix);
    if (roas.length > 0 && !roas.some(({ asn }) => asn === origin)) return true;
    if (new Set(path).size < path.length || path.some((asn) => isSpecial(asn))) return true;
    if (contradictedHop(path, this.#scene.aspas) !== null) return true;
    return hasValley(this.#scene, path) || hasMadeUpLink(this.#scene, path);
  }
}

/** In the order of a replay: time, collector, address of the peer. */
function compareSeen(a: Seen, b: Seen): number {
  const place = ({ session: { collector, peerAddress } }: Seen): string => `${collector.name} ${peerAddress}`;
  return a.at - b.at || (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0);
}

function collapsed(path: readonly number[]): readonly number[] {
  return path.filter((asn, n) => asn !== path[n - 1]);
}

function pivotOf(old: readonly number[], fresh: readonly number[]): number {
  const [before, after] = [collapsed(old), collapsed(fresh)];
  for (let back = 1; back <= Math.max(before.length, after.length); back++)
    if (before.at(-back) !== after.at(-back)) return after.at(-back) ?? before.at(-back)!;
  const count = (path: readonly number[], asn: number): number => path.filter((one) => one === asn).length;
  return after.findLast((asn) => count(old, asn) !== count(fresh, asn))!;
}

/** True where two ASes that are no neighbours stand next to each other, beyond the origin's own link. */
function hasMadeUpLink({ internet }: Scene, path: readonly number[]): boolean {
  return path.some((asn, n) => n > 0 && n < path.length - 1 && !internet.neighborsOf(asn).includes(path[n - 1]));
}

/** RFC 5398, RFC 6996 and what IANA reserves among them; the made Internet uses none of these numbers. */
function isSpecial(asn: number): boolean {
  return (asn >= 64_496 && asn <= 131_071) || asn >= 4_200_000_000;
}

/** True where an AS gave a provider or peer what it had from a provider or peer. */
function hasValley({ internet }: Scene, path: readonly number[]): boolean {
  const isAbove = (asn: number, other: number): boolean =>
    internet.providersOf(asn).includes(other) || internet.peersOf(asn).includes(other);
  return path.some((asn, n) => n > 0 && n < path.length - 1 && isAbove(asn, path[n - 1]) && isAbove(asn, path[n + 1]));
}
