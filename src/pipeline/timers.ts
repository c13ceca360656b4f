// Timers on event time: what is due, by key, fired in order of (due time, key) so that the order never depends on when they were set.
// A binary heap with lazy deletion; at most one timer a key, at most as many as there are things that can wait.

import { type EventTime } from '../ip/event-time.js';

interface Entry {
  readonly due: EventTime;
  readonly key: string;
}

export class Timers {
  readonly #heap: Entry[] = [];
  readonly #dueByKey = new Map<string, EventTime>();

  /** Sets, moves, or (null) clears the timer of `key`. */
  set(key: string, due: EventTime | null): void {
    if (due === null) {
      this.#dueByKey.delete(key);
      return;
    }
    if (this.#dueByKey.get(key) === due) return;
    this.#dueByKey.set(key, due);
    this.#push({ due, key });
  }

  /** Takes the next key due before `limit` (or at it, where `inclusive`); null where there is none. */
  take(limit: EventTime, inclusive: boolean): string | null {
    for (let top = this.#heap.at(0); top !== undefined; top = this.#heap.at(0)) {
      if (top.due > limit || (top.due === limit && !inclusive)) return null;
      this.#pop();
      if (this.#dueByKey.get(top.key) !== top.due) continue;
      this.#dueByKey.delete(top.key);
      return top.key;
    }
    return null;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(entry, heap[parent])) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.key < b.key);
}
