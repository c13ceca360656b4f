// A counting Bloom filter (one hash) over the first 32 bits of IPv6 prefixes, for the scanner: the first 16 bits alone, which
// the front table looks at, tell little there, since most of the IPv6 Internet shares some dozens of them.
// It answers "none" for certain and "perhaps" otherwise, of prefixes of 16 bits and more against a key of 32 bits and more.
// Counters stick at their maximum, which costs exactness of "none" (a walk more), never a wrong "none".

import { type RadixKey } from './radix-nodes.js';

const COUNTERS = 1 << 16;
/** Prefixes shorter than this are counted by their first 16 bits, others by each first word they hold, at most 256. */
const SHORTEST_EXPANDED = 24;
const MAX_COUNT = 0xffff;

/** Counts of stored prefixes by hash; see the head of the file. */
export class FirstWordFilter {
  readonly #words = new Uint16Array(COUNTERS);
  readonly #wide = new Uint16Array(1 << 10);

  /** False where no stored prefix covers, equals or lies inside a prefix of 32 or more bits that begins with `word`. */
  mayRelate(word: number): boolean {
    return this.#words[hash(word)] !== 0 || this.#wide[(word >>> 16) & 0x3ff] !== 0;
  }

  /** Counts a prefix of 16 bits or more in (+1) or out (-1). */
  count(prefix: RadixKey, change: 1 | -1): void {
    if (prefix.length < SHORTEST_EXPANDED) {
      step(this.#wide, (prefix.w0 >>> 16) & 0x3ff, change);
      return;
    }
    const words = 1 << Math.max(0, 32 - prefix.length);
    for (let i = 0; i < words; i++) step(this.#words, hash(prefix.w0 + i), change);
  }
}

function step(counters: Uint16Array, index: number, change: 1 | -1): void {
  if (counters[index] !== MAX_COUNT) counters[index] += change;
}

/** Fibonacci hashing: the high bits of a product with 2^32 / golden ratio. */
function hash(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> 16;
}
