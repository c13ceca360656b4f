// Incident path-change (detection.md section 3) as the slow checker reads it. A session's route turns where an UPDATE outside a table
// transfer replaces a legitimate path by another one; the pivot is the new path's AS at the first difference from the origin. It counts
// while it is on that path; back on the path from which it turned it has returned. Three peer ASes, or a tenth of those that carry the
// prefix, that turned at one pivot within 300 s are an incident, until fewer than three are left or, 3600 s after the last one joined.

import { collapsed, type PathItem } from './as-paths.js';
import { type ConditionKey, type ConditionLedger } from './conditions.js';
import { type ConditionRule, isSound, type RouteChange } from './condition-rule.js';
import { familyOf, type CheckedSession, type Family } from './sessions.js';

const WINDOW = 300e6;
const SETTLED = 3600e6;
const LEAST = 3;
const AS_TRANS = 23456;

interface Turn {
  readonly route: string;
  readonly session: string;
  readonly peerAs: number;
  readonly key: ConditionKey;
  readonly at: number;
  /** The path from which it turned, and the one it has. */
  readonly home: string;
  readonly path: string;
  /** It belongs to an incident that goes on. */
  isTold: boolean;
  /** Until when the way back is no turn of its own. */
  knownUntil: number;
  /** When its session went down with it. */
  downAt: number | null;
}

export class PathTurns implements ConditionRule {
  readonly #turns = new Map<string, Turn>();
  /** Incidents that go on, and when the last one joined. */
  readonly #open = new Map<string, { readonly key: ConditionKey; joinedAt: number }>();

  constructor(
    readonly ledger: ConditionLedger,
    /** Peer ASes with a route to the prefix that is not malformed. */
    readonly carriers: (prefix: string) => number,
  ) {}

  changed(change: RouteChange): void {
    const { old, fresh, cause, at, isTransferring, isCompared } = { ...change, isCompared: areBothLegitimate(change) };
    const id = (fresh ?? old)!.id;
    const turn = this.#turns.get(id);
    if (isCompared && cause === 'announcement' && !isTransferring) {
      if (textOf(old!.path) !== textOf(fresh!.path)) this.#turnAnew(change, turn);
    } else if (turn === undefined) return;
    else if (cause === 'down') {
      if (turn.isTold) turn.downAt = at;
      else this.#turns.delete(id);
    } else if (isSound(fresh) && fresh.isLegitimate && textOf(fresh.path) === turn.path) turn.downAt = null;
    else this.#leave(turn, at);
  }

  tableComplete({ id }: CheckedSession, family: Family | null): void {
    for (const turn of this.#turns.values()) {
      const isMeant = turn.session === id && (family === null || familyOf(turn.key.prefix) === family);
      if (isMeant && turn.downAt !== null) this.#leave(turn, turn.downAt, 'absent-after-reset');
    }
  }

  passTime(now: number): void {
    for (const [name, { key, joinedAt }] of this.#open) {
      if (joinedAt + SETTLED >= now) continue;
      this.#open.delete(name);
      this.ledger.release(key, joinedAt + SETTLED);
      for (const turn of this.#at(key)) this.#turns.delete(turn.route);
    }
  }

  #turnAnew({ session, prefix, entry, old, fresh, at }: RouteChange, before: Turn | undefined): void {
    const goesOn = before !== undefined && (before.isTold || at <= before.knownUntil);
    if (before !== undefined) this.#leave(before, at);
    const home = goesOn ? before.home : textOf(old!.path);
    const path = textOf(fresh!.path);
    const pivot = pivotOf(old!.path ?? [], fresh!.path ?? []);
    if (path === home || pivot === null) return;
    const key = { type: 'path-change', registeredPrefix: entry.prefix, prefix, offender: String(pivot) };
    const { id: route } = fresh!;
    const who = { route, session: session.id, peerAs: session.asn };
    const turn = { ...who, key, at, home, path, isTold: false, knownUntil: at + WINDOW, downAt: null };
    this.#turns.set(route, turn);
    this.#count(turn);
  }

  #count(turn: Turn): void {
    const { key, at } = turn;
    const open = this.#open.get(nameOf(key));
    if (open !== undefined) {
      turn.isTold = true;
      open.joinedAt = Math.max(open.joinedAt, at);
      return;
    }
    const there = this.#at(key);
    const newest = Math.max(...there.map((one) => one.at));
    const soon = there.filter((one) => one.at >= newest - WINDOW);
    const wanted = Math.max(LEAST, Math.ceil(this.carriers(key.prefix) / 10));
    if (peersOf(soon) < wanted) return;
    for (const one of there)
      if (soon.includes(one)) one.isTold = true;
      else this.#turns.delete(one.route);
    this.#open.set(nameOf(key), { key, joinedAt: newest });
    this.ledger.hold(key, Math.min(...soon.map((one) => one.at)), newest);
  }

  #leave(turn: Turn, at: number, reason = 'withdrawn'): void {
    this.#turns.delete(turn.route);
    const name = nameOf(turn.key);
    const open = this.#open.get(name);
    if (open === undefined) return;
    const left = this.#at(turn.key);
    if (peersOf(left) >= LEAST) return;
    this.#open.delete(name);
    for (const one of left) Object.assign(one, { isTold: false, knownUntil: open.joinedAt + SETTLED });
    this.ledger.release(turn.key, at, reason);
  }

  #at(key: ConditionKey): Turn[] {
    return [...this.#turns.values()].filter((turn) => nameOf(turn.key) === nameOf(key));
  }
}

function nameOf({ prefix, offender }: ConditionKey): string {
  return `${prefix} ${offender}`;
}

function peersOf(turns: readonly Turn[]): number {
  return new Set(turns.map(({ peerAs }) => peerAs)).size;
}

function textOf(path: readonly PathItem[] | null): string {
  return JSON.stringify(path);
}

function areBothLegitimate({ old, fresh }: RouteChange): boolean {
  return isSound(old) && isSound(fresh) && old.isLegitimate && fresh.isLegitimate;
}

/** The new path's AS at the first difference from the origin; where only repetitions differ, the AS that is repeated. */
function pivotOf(old: readonly PathItem[], fresh: readonly PathItem[]): number | null {
  const hop = firstDifference(collapsed(old), collapsed(fresh)) ?? firstDifference(runs(old), runs(fresh))?.[0] ?? null;
  const asn = typeof hop === 'object' && hop !== null ? Math.min(...hop) : hop;
  return asn === AS_TRANS ? null : asn;
}

/** From the end; where the new one is shorter, what the old one has there. */
function firstDifference<T>(old: readonly T[], fresh: readonly T[]): T | undefined {
  for (let back = 1; back <= Math.max(old.length, fresh.length); back++)
    if (JSON.stringify(old.at(-back)) !== JSON.stringify(fresh.at(-back))) return fresh.at(-back) ?? old.at(-back);
  return undefined;
}

/** Each AS or AS_SET of the collapsed path, and how often it stands in a row. */
function runs(path: readonly PathItem[]): [number | readonly number[], number][] {
  const plain = path.filter((item) => typeof item === 'number' || Array.isArray(item)) as (
    number | readonly number[]
  )[];
  const counted: [number | readonly number[], number][] = [];
  for (const item of plain) {
    const last = counted.at(-1);
    if (typeof item === 'number' && last?.[0] === item) last[1]++;
    else counted.push([item, 1]);
  }
  return counted;
}
