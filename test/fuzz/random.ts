// The numbers that a fuzzing run is made of: the same for the same seed, on every machine.

/** Marsaglia's xorshift32, as an object without a closure. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 0x9e3779b9;
  }

  /** 0 to 2^32 - 1. */
  word(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    return this.word() % count;
  }
}
