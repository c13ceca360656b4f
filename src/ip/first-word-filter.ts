// A counting Bloom filter (one hash) over the first 24 bits of IPv4 prefixes or the first 32 of IPv6 ones, for the scanner: the first 16
// bits alone, which the front table looks at, tell too little where many slots are filled, and in IPv6, most of which shares some dozens
// of them. It answers "none" for certain and "perhaps" otherwise, of prefixes of 16 bits and more against a key of 24 (32) bits and more.
// Counters stick at their maximum, which costs exactness of "none" (a walk more), never a wrong "none".

import { type RadixKey } from './radix-nodes.js';

const COUNTERS = 1 << 16;
/** Prefixes shorter than the key by more than this are counted by their first 16 bits, others by each key they hold, at most 256. */
const MOST_EXPANDED = 8;
const MAX_COUNT = 0xffff;

/** Counts of stored prefixes by hash; see the head of the file. */
export class FirstWordFilter {
  readonly #bits: 24 | 32;
  readonly #words = new Uint16Array(COUNTERS);
  readonly #wide = new Uint16Array(1 << 10);

  constructor(bits: 24 | 32) {
    this.#bits = bits;
  }

  /** False where no stored prefix covers, equals or lies inside a prefix of as many bits as the key, or more, that begins with `word`. */
  mayRelate(word: number): boolean {
    return this.#words[hash(word >>> (32 - this.#bits))] !== 0 || this.#wide[(word >>> 16) & 0x3ff] !== 0;
  }

  /** Counts a prefix of 16 bits or more in (+1) or out (-1). */
  count({ length, w0 }: RadixKey, change: 1 | -1): void {
    const bits = this.#bits;
    if (length < bits - MOST_EXPANDED) {
      step(this.#wide, (w0 >>> 16) & 0x3ff, change);
      return;
    }
    const keys = 1 << Math.max(0, bits - length);
    for (let i = 0, first = w0 >>> (32 - bits); i < keys; i++) step(this.#words, hash(first + i), change);
  }
}

function step(counters: Uint16Array, index: number, change: 1 | -1): void {
  if (counters[index] !== MAX_COUNT) counters[index] += change;
}

/** Fibonacci hashing: the high bits of a product with 2^32 / golden ratio. */
function hash(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> 16;
}
