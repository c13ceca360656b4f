// Who counts which slice: threads take them in turn, by two numbers in shared memory. None is taken that is far ahead of the one that is
// waited for, so that what is held of those before it is bounded.

/** The next slice to be taken, and the first that may not be taken yet. */
const [NEXT, LIMIT] = [0, 1] as const;

/** Slices that may be taken ahead of the one that is waited for. */
const AHEAD = 64;

const NONE = -1;

export class SliceTurns {
  /** Shared by the threads. */
  readonly memory: Int32Array;
  readonly #count: number;

  constructor(memory: Int32Array, count: number) {
    this.memory = memory;
    this.#count = count;
  }

  static create(count: number): SliceTurns {
    const turns = new SliceTurns(new Int32Array(new SharedArrayBuffer(8)), count);
    turns.allow(0);
    return turns;
  }

  /** The number of a slice to count now, or -1. */
  take(): number {
    const { memory } = this;
    for (;;) {
      const next = Atomics.load(memory, NEXT);
      if (next >= this.#count || next >= Atomics.load(memory, LIMIT)) return NONE;
      if (Atomics.compareExchange(memory, NEXT, next, next + 1) === next) return next;
    }
  }

  /** As `take`, but waits, the thread standing still, where one may be taken later; -1 = there will be none. */
  wait(): number {
    for (;;) {
      const limit = Atomics.load(this.memory, LIMIT);
      const taken = this.take();
      if (taken >= 0 || limit < 0 || Atomics.load(this.memory, NEXT) >= this.#count) return taken;
      Atomics.wait(this.memory, LIMIT, limit);
    }
  }

  /** Says that slice `number` is waited for. */
  allow(number: number): void {
    Atomics.store(this.memory, LIMIT, number + AHEAD);
    Atomics.notify(this.memory, LIMIT);
  }

  /** No more are to be taken. */
  close(): void {
    Atomics.store(this.memory, LIMIT, NONE);
    Atomics.notify(this.memory, LIMIT);
  }
}
