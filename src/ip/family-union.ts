// The disjoint prefixes of one family, sorted, in typed arrays, and two tables in front of them: a Bloom filter (one hash) over their
// first bits, whose "no" is certain and ends most look-ups in one load, and where in the list those with the same first 16 bits stand.
// What is left is a binary search among these. The filter holds IPv4 prefixes by their first 16, 17 up to 24 bits, since two NLRI
// in five are shorter than 24, and IPv6 ones by 32. Figures: test/bench/prefix-trie.bench.ts.

import { Prefix } from './prefix.js';

/** Plain data; `front` has one more number than there are first 16 bits. */
export interface UnionTables {
  /** Words of an address: 1 in IPv4, 4 in IPv6. */
  readonly stride: 1 | 4;
  /** The addresses of the prefixes, ascending, `stride` words each. */
  readonly words: Uint32Array;
  readonly lengths: Uint8Array;
  /** How many prefixes begin with fewer than these 16 bits. */
  readonly front: Int32Array;
  /** Bits of the Bloom filter, a power of two of them. */
  readonly bits: Int32Array;
  /** By how much a hash is shifted to be the number of a bit. */
  readonly shift: number;
}

/** Fewest and most bits of an address that are a key of the filter, by the words of an address. */
const COARSEST = { 1: 16, 4: 32 } as const;
const FINEST = { 1: 24, 4: 32 } as const;

/** By how much a prefix may be shorter than a key, being entered under all keys that it holds; one shorter still would be too many. */
const LONGEST_RUN = 8;

/** Bits a key: one look-up in 17 is a false "perhaps". */
const BITS_PER_KEY = 16;
const [FEWEST_BITS, MOST_BITS] = [10, 24] as const;

/** One family's prefixes; see the head of the file. */
export class FamilyUnion {
  readonly tables: UnionTables;
  readonly #words: Uint32Array;
  readonly #lengths: Uint8Array;
  readonly #front: Int32Array;
  readonly #bits: Int32Array;
  readonly #shift: number;
  readonly #stride: number;

  constructor(tables: UnionTables) {
    this.tables = tables;
    this.#words = tables.words;
    this.#lengths = tables.lengths;
    this.#front = tables.front;
    this.#bits = tables.bits;
    this.#shift = tables.shift;
    this.#stride = tables.stride;
  }

  /** The tables of prefixes of one family. */
  static tablesOf(prefixes: readonly Prefix[]): UnionTables {
    const stride = prefixes[0]?.afi === 2 ? 4 : 1;
    const outer = outermost(prefixes);
    const words = new Uint32Array(outer.length * stride);
    const front = new Int32Array(0x10001);
    let at = 0;
    for (const { w0, w1, w2, w3 } of outer) {
      words[at] = w0;
      if (stride === 4) {
        words[at + 1] = w1;
        words[at + 2] = w2;
        words[at + 3] = w3;
      }
      at += stride;
      front[(w0 >>> 16) + 1]++;
    }
    for (let slot = 0; slot < 0x10000; slot++) front[slot + 1] += front[slot];
    return {
      stride,
      words,
      lengths: Uint8Array.from(outer, ({ length }) => length),
      front,
      ...bloom(outer, COARSEST[stride], FINEST[stride]),
    };
  }

  /** From the octets of an IPv4 NLRI. */
  isRelatedIpv4(bytes: Uint8Array, offset: number, length: number): boolean {
    const word = wordOf(bytes, offset, length);
    if (length >= 16 && !this.#mayHold(keyOf(word, length < 24 ? length : 24))) return false;
    return this.isRelated(length, masked(word, length), 0, 0, 0);
  }

  /** From the octets of an IPv6 NLRI. */
  isRelatedIpv6(bytes: Uint8Array, offset: number, length: number): boolean {
    const w0 = wordOf(bytes, offset, length);
    if (length >= 32 && !this.#mayHold(keyOf(w0, 32))) return false;
    const w1 = wordOf(bytes, offset + 4, length - 32);
    const w2 = wordOf(bytes, offset + 8, length - 64);
    const w3 = wordOf(bytes, offset + 12, length - 96);
    return this.isRelated(
      length,
      masked(w0, length),
      masked(w1, length - 32),
      masked(w2, length - 64),
      masked(w3, length - 96),
    );
  }

  /** Of a prefix without host bits, its words unsigned. Those that cover it and those inside it stand next to where it would. */
  isRelated(length: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const slot = w0 >>> 16;
    let from = this.#front[slot];
    let to = this.#front[slot + 1];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#isBehind(middle, w0, w1, w2, w3)) to = middle;
      else from = middle + 1;
    }
    return this.#agrees(from - 1, length, w0, w1, w2, w3) || this.#agrees(from, length, w0, w1, w2, w3);
  }

  #mayHold(key: number): boolean {
    const bit = hash(key, this.#shift);
    return ((this.#bits[bit >>> 5] >>> (bit & 31)) & 1) !== 0;
  }

  /** Whether prefix number `index` begins behind an address. */
  #isBehind(index: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const words = this.#words;
    const at = index * this.#stride;
    if (words[at] !== w0 || this.#stride === 1) return words[at] > w0;
    if (words[at + 1] !== w1) return words[at + 1] > w1;
    if (words[at + 2] !== w2) return words[at + 2] > w2;
    return words[at + 3] > w3;
  }

  /** Whether there is a prefix number `index`, of which one covers the other. */
  #agrees(index: number, length: number, w0: number, w1: number, w2: number, w3: number): boolean {
    if (index < 0 || index >= this.#lengths.length) return false;
    const words = this.#words;
    const at = index * this.#stride;
    const bits = Math.min(this.#lengths[index], length);
    if (masked(words[at] ^ w0, bits) !== 0) return false;
    if (bits <= 32) return true;
    return (
      masked(words[at + 1] ^ w1, bits - 32) === 0 &&
      masked(words[at + 2] ^ w2, bits - 64) === 0 &&
      masked(words[at + 3] ^ w3, bits - 96) === 0
    );
  }
}

/** Those that lie inside no other, in order. */
function outermost(prefixes: readonly Prefix[]): readonly Prefix[] {
  const outer: Prefix[] = [];
  let last: Prefix | undefined;
  for (const prefix of byFirstWord(prefixes).sort((a, b) => Prefix.compare(a, b))) {
    if (last?.covers(prefix)) continue;
    last = prefix;
    outer.push(prefix);
  }
  return outer;
}

/** In order but for ties: a sort that calls nobody, which leaves the one that does little to do (of 10 000, 30 ms of a short run). */
function byFirstWord(prefixes: readonly Prefix[]): Prefix[] {
  const room = 2 ** 21;
  if (prefixes.length > room) return [...prefixes];
  const keys = Float64Array.from(prefixes, ({ w0 }, index) => w0 * room + index).sort();
  return Array.from(keys, (key) => prefixes[key % room]);
}

/**
 * A filter that says "perhaps" of every prefix of `coarsest` bits or more that one of `outer` covers, equals or lies inside; a longer one
 * than `finest` is asked for by so many bits. Of everything, where a very short prefix is among them.
 */
function bloom(
  outer: readonly Prefix[],
  coarsest: number,
  finest: number,
): { readonly bits: Int32Array; readonly shift: number } {
  let keys = 0;
  for (const { length } of outer) {
    if (length < finest - LONGEST_RUN) return { bits: new Int32Array(1).fill(-1), shift: 32 - 5 };
    keys += finest - coarsest + (length < finest ? 2 << (finest - length) : 1);
  }
  const size = Math.min(MOST_BITS, Math.max(FEWEST_BITS, Math.ceil(Math.log2(keys * BITS_PER_KEY + 1))));
  const bits = new Int32Array(1 << (size - 5));
  const shift = 32 - size;
  for (const { w0, length } of outer) {
    for (let level = coarsest; level <= finest; level++) {
      const end = length < level ? 1 << (level - length) : 1;
      for (let i = 0, key = keyOf(w0, level); i < end; i++) {
        const bit = hash(key + i, shift);
        bits[bit >>> 5] |= 1 << (bit & 31);
      }
    }
  }
  return { bits, shift };
}

/** The first bits of a word, told apart from as many others. */
function keyOf(word: number, bits: number): number {
  return (word >>> (32 - bits)) + (bits << 24);
}

/** Fibonacci hashing: the high bits of a product with 2^32 / golden ratio. */
function hash(key: number, shift: number): number {
  return Math.imul(key, 0x9e3779b1) >>> shift;
}

/** `word` as unsigned, with all but its first `bits` bits cleared; `bits` may be below 0 or above 32. */
function masked(word: number, bits: number): number {
  if (bits >= 32) return word >>> 0;
  return bits <= 0 ? 0 : (word & (-1 << (32 - bits))) >>> 0;
}

/** The first 32 bits at `offset`, of which only those below `length` mean anything; reads no octet past the NLRI's last. */
function wordOf(bytes: Uint8Array, offset: number, length: number): number {
  if (length > 24)
    return (bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3];
  if (length > 16) return (bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8);
  if (length > 8) return (bytes[offset] << 24) | (bytes[offset + 1] << 16);
  return length > 0 ? bytes[offset] << 24 : 0;
}
