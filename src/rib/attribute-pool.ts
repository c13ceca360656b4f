// Paths and attributes of stored routes, each distinct set kept once, in 32-bit words: a session says the same of every prefix of an
// origin. Counted, and forgotten with the last route that has them, so the pool is bounded by the table. Words of a set:
//
//   uses | flags (5), words (27) | [AS of an empty path] | [ONLY_TO_CUSTOMER] | digest (2), or its length and its characters | segments: type (8), count (24), ASes

import { type AsPath, type SegmentType } from '../bgp/as-path.js';
import { type RouteAttributes } from './route-event.js';
import { endHash, mixHash, SlotIndex } from './slot-index.js';

const CHUNK_BITS = 16;
const CHUNK_WORDS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_WORDS - 1;
const USES = 0;
const HEAD = 1;
const BODY = 2;

const MALFORMED = 1 << 31;
const INTERNAL = 1 << 30;
const PLAIN_TEXT = 1 << 29;
const BLACKHOLE = 1 << 28;
const ONLY_TO_CUSTOMER = 1 << 27;
const LENGTH = (1 << 27) - 1;

const DIGEST = /^[0-9a-f]{16}$/;

/** Sets of attributes by number: the index of their first word. */
export class AttributePool {
  readonly #chunks: Uint32Array[] = [];
  /** Words used of the last chunk. */
  #used = CHUNK_WORDS;
  /** First of the forgotten sets of a length, each naming the next in its first word plus one. */
  readonly #free = new Map<number, number>();
  readonly #index = new SlotIndex((set) => this.#hash(set));
  /** The set that is looked for, as it would be stored. */
  #wanted: number[] = [];

  /** The number of these attributes, counted as used once more. */
  intern(attributes: RouteAttributes): number {
    this.#wanted = encode(attributes);
    const wanted = this.#wanted;
    let hash = 0;
    for (let i = HEAD; i < wanted.length; i++) hash = mixHash(hash, wanted[i]);
    let set = this.#index.find(endHash(hash), this.#isWanted);
    if (set === -1) {
      set = this.#allocate(wanted.length);
      this.#chunkOf(set).set(wanted, set & CHUNK_MASK);
      this.#index.add(set);
    }
    this.#chunkOf(set)[(set & CHUNK_MASK) + USES]++;
    return set;
  }

  /** One use less. */
  release(set: number): void {
    const words = this.#chunkOf(set);
    const at = set & CHUNK_MASK;
    if (--words[at + USES] > 0) return;
    this.#index.remove(set);
    const length = words[at + HEAD] & LENGTH;
    words[at] = this.#free.get(length) ?? 0;
    this.#free.set(length, set + 1);
  }

  /** The attributes with this number. */
  get(set: number): RouteAttributes {
    const words = this.#chunkOf(set);
    let at = set & CHUNK_MASK;
    const head = words[at + HEAD];
    const end = at + (head & LENGTH);
    at += BODY;
    const internalAs = (head & INTERNAL) === 0 ? null : words[at++];
    const onlyToCustomer = (head & ONLY_TO_CUSTOMER) === 0 ? null : words[at++];
    const blackhole = (head & BLACKHOLE) !== 0;
    let attributes = '';
    if ((head & PLAIN_TEXT) === 0) {
      attributes = hex(words[at]) + hex(words[at + 1]);
      at += 2;
    } else {
      const last = at + words[at];
      while (at++ < last) attributes += String.fromCharCode(words[at]);
    }
    const path: { type: SegmentType; asns: number[] }[] = [];
    while (at < end) {
      const type = (words[at] >>> 24) as SegmentType;
      const last = at + (words[at] & 0xffffff);
      const asns: number[] = [];
      while (at < last) asns.push(words[++at]);
      at++;
      path.push({ type, asns });
    }
    const marks = blackhole || onlyToCustomer !== null ? { blackhole, onlyToCustomer } : undefined;
    const found = { path, internalAs, attributes, malformed: (head & MALFORMED) !== 0 };
    return marks === undefined ? found : { ...found, marks };
  }

  readonly #isWanted = (set: number): boolean => {
    const words = this.#chunkOf(set);
    const at = set & CHUNK_MASK;
    const wanted = this.#wanted;
    for (let i = HEAD; i < wanted.length; i++) if (words[at + i] !== wanted[i]) return false;
    return true;
  };

  #hash(set: number): number {
    const words = this.#chunkOf(set);
    const at = set & CHUNK_MASK;
    const end = at + (words[at + HEAD] & LENGTH);
    let hash = 0;
    for (let i = at + HEAD; i < end; i++) hash = mixHash(hash, words[i]);
    return endHash(hash);
  }

  #allocate(length: number): number {
    const free = this.#free.get(length) ?? 0;
    if (free > 0) {
      this.#free.set(length, this.#chunkOf(free - 1)[(free - 1) & CHUNK_MASK]);
      return free - 1;
    }
    if (this.#used + length > CHUNK_WORDS) {
      this.#chunks.push(new Uint32Array(CHUNK_WORDS));
      this.#used = 0;
    }
    const set = (this.#chunks.length - 1) * CHUNK_WORDS + this.#used;
    this.#used += length;
    return set;
  }

  #chunkOf(set: number): Uint32Array {
    return this.#chunks[set >>> CHUNK_BITS];
  }
}

/** @throws RangeError for a path that no BGP attribute could hold: more words than a chunk has. */
function encode({ path, internalAs, attributes, malformed, marks }: RouteAttributes): number[] {
  const words = [0, 0];
  let flags = malformed ? MALFORMED : 0;
  if (internalAs !== null) {
    flags |= INTERNAL;
    words.push(internalAs);
  }
  if (marks?.blackhole === true) flags |= BLACKHOLE;
  if (marks !== undefined && marks.onlyToCustomer !== null) {
    flags |= ONLY_TO_CUSTOMER;
    words.push(marks.onlyToCustomer);
  }
  if (DIGEST.test(attributes)) {
    words.push(parseInt(attributes.slice(0, 8), 16), parseInt(attributes.slice(8), 16));
  } else {
    flags |= PLAIN_TEXT;
    words.push(attributes.length);
    for (let i = 0; i < attributes.length; i++) words.push(attributes.charCodeAt(i));
  }
  writePath(path, words);
  if (words.length > CHUNK_WORDS) throw new RangeError('Cannot store a route: its path is longer than any attribute');
  words[HEAD] = (flags | words.length) >>> 0;
  return words;
}

function writePath(path: AsPath, words: number[]): void {
  for (const { type, asns } of path) {
    words.push(((type << 24) | asns.length) >>> 0);
    for (const asn of asns) words.push(asn);
  }
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
