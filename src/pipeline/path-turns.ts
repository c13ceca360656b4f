// What path-monitor remembers of one announced prefix: the sessions' routes that turned at a pivot and are there still, by key and by
// pivot. At most one a stored route, and of those only the ones that turned lately or belong to a condition.

import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type PathChangeClass } from '../detection/path-change.js';
import { type Sighting } from '../incidents/conditions.js';

/** A session's route (by path id) that turned at a pivot. Paths are texts of raw paths. */
export interface Turn {
  readonly session: number;
  readonly pathId: number;
  readonly peerAs: Asn;
  readonly pivot: Asn;
  readonly kind: PathChangeClass;
  readonly at: EventTime;
  /** The path before its first change, and the one it has. */
  readonly home: string;
  readonly path: string;
  /** Since when the session is down with it; null = it is not. */
  readonly downAt: EventTime | null;
  /** Until when a way back is no change of its own; of one that was told of at least until that is over. */
  readonly knownUntil: EventTime;
  /** The record that said so, until it is told; null = it was. */
  readonly sighting: Sighting | null;
}

/** A condition that was raised and is not over. */
export interface Raised {
  readonly registeredPrefix: string;
  /** When the last one joined. */
  readonly joinedAt: EventTime;
}

/** Those of one pivot, with their peer ASes and classes counted. */
export interface PivotTurns {
  readonly turns: Map<string, Turn>;
  readonly peers: Map<Asn, number>;
  readonly classes: Map<PathChangeClass, number>;
}

/** `session pathId`: the key of a route among those of its prefix. */
export function turnKey({ session, pathId }: Pick<Turn, 'session' | 'pathId'>): string {
  return `${session} ${pathId}`;
}

export class PrefixTurns {
  readonly raised = new Map<Asn, Raised>();
  /** Peer ASes that carry the prefix; null = to be counted. */
  carriers: number | null = null;
  readonly #byKey = new Map<string, Turn>();
  readonly #byPivot = new Map<Asn, PivotTurns>();

  get all(): Iterable<Turn> {
    return this.#byKey.values();
  }

  get isEmpty(): boolean {
    return this.#byKey.size === 0 && this.raised.size === 0;
  }

  get(key: string): Turn | undefined {
    return this.#byKey.get(key);
  }

  at(pivot: Asn): PivotTurns | undefined {
    return this.#byPivot.get(pivot);
  }

  /** Puts a turn in place of the one with its key. */
  put(turn: Turn): void {
    const key = turnKey(turn);
    this.delete(key);
    this.#byKey.set(key, turn);
    let there = this.#byPivot.get(turn.pivot);
    if (there === undefined) this.#byPivot.set(turn.pivot, (there = newPivotTurns()));
    there.turns.set(key, turn);
    count(there.peers, turn.peerAs, 1);
    count(there.classes, turn.kind, 1);
  }

  delete(key: string): void {
    const turn = this.#byKey.get(key);
    if (turn === undefined) return;
    this.#byKey.delete(key);
    const there = this.#byPivot.get(turn.pivot)!;
    there.turns.delete(key);
    count(there.peers, turn.peerAs, -1);
    count(there.classes, turn.kind, -1);
    if (there.turns.size === 0) this.#byPivot.delete(turn.pivot);
  }
}

function newPivotTurns(): PivotTurns {
  return {
    turns: new Map<string, Turn>(),
    peers: new Map<Asn, number>(),
    classes: new Map<PathChangeClass, number>(),
  };
}

function count<K>(counts: Map<K, number>, key: K, by: number): void {
  const now = (counts.get(key) ?? 0) + by;
  if (now === 0) counts.delete(key);
  else counts.set(key, now);
}
