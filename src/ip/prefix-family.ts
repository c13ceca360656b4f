// The prefixes of one address family: a front table over the first 8 or 16 bits, and under each of its slots a radix trie of
// the prefixes at least that long (radix-nodes.ts). Shorter prefixes live in the front table itself, as a complete binary tree
// in arrays (node 1 the root, children 2i and 2i+1).
// A small set has an 8-bit front, 4 KiB; from 33 entries on a 16-bit one, 896 KiB (built once, kept until the trie is
// dropped): make one trie a registry or filter, not one a session. Values are the owner's; numbers of entries are kept here.

import { type Afi } from './address.js';
import { type EntryList } from './entry-list.js';
import { type Prefix } from './prefix.js';
import { RadixNodes } from './radix-nodes.js';

const SMALL_BITS = 8;
const LARGE_BITS = 16;
/** The most entries that an 8-bit front is used for. */
const SMALL_ENTRIES = 32;
/**
 * Nodes are laid anew when they have grown by half since the last time, but not in small sets (half a MiB in IPv4), which sit in the
 * second-level cache anyhow: one of 10 000 prefixes took 30 ms longer to build, and was no faster.
 */
const FIRST_RELAY = 1 << 15;

/** One family's prefixes, each with the number of an entry, 1 or more. Look-ups append such numbers to a list. */
export class PrefixFamily {
  readonly #nodes: RadixNodes;
  #relayAt = FIRST_RELAY;
  #bits = SMALL_BITS;
  /** By slot: bit n = a prefix of length n, shorter than the front, covers it. */
  #lengths = new Uint16Array(1 << SMALL_BITS);
  /** By slot: root of its trie. */
  #roots = new Int32Array(1 << SMALL_BITS);
  /** By tree node: the entry of that short prefix, 0 = none. */
  #short = new Int32Array(1 << SMALL_BITS);
  /** By tree node: entries at it and below, the slots' tries included. */
  #counts = new Int32Array(1 << SMALL_BITS);

  constructor(afi: Afi) {
    this.#nodes = new RadixNodes(afi === 1 ? 1 : 4);
  }

  get size(): number {
    return this.#counts[1];
  }

  /** Radix nodes in use. */
  get liveNodes(): number {
    return this.#nodes.live;
  }

  /** The entry of this very prefix, or 0. */
  exact(prefix: Prefix): number {
    if (prefix.length < this.#bits) return this.#short[this.#treeNode(prefix)];
    return this.#nodes.exact(this.#roots[this.#slot(prefix)], prefix);
  }

  /**
   * Adds a prefix that is not there yet.
   *
   * @param prefixOf gives the prefix of an entry; called when the front is rebuilt for a larger set.
   */
  insert(prefix: Prefix, entry: number, prefixOf: (entry: number) => Prefix, scratch: EntryList): void {
    if (this.#bits === SMALL_BITS && this.size === SMALL_ENTRIES) this.#widen(prefixOf, scratch);
    this.#add(prefix, entry);
  }

  /** Removes a prefix that is there. */
  remove(prefix: Prefix): void {
    const slot = this.#slot(prefix);
    this.#count(prefix, -1);
    if (prefix.length < this.#bits) {
      this.#short[this.#treeNode(prefix)] = 0;
      this.#mark(slot, prefix.length, false);
      return;
    }
    this.#roots[slot] = this.#nodes.remove(this.#roots[slot], prefix);
  }

  /** The entry of the longest prefix that covers or equals this one, or 0. */
  longest(prefix: Prefix): number {
    const slot = this.#slot(prefix);
    if (prefix.length >= this.#bits) {
      const entry = this.#nodes.longest(this.#roots[slot], prefix);
      if (entry !== 0) return entry;
    }
    const lengths = this.#coveringLengths(slot, prefix.length);
    return lengths === 0 ? 0 : this.#short[this.#ancestor(slot, 31 - Math.clz32(lengths))];
  }

  /** Those that cover or equal this one, shortest first. */
  covering(prefix: Prefix, out: EntryList): void {
    const slot = this.#slot(prefix);
    for (let lengths = this.#coveringLengths(slot, prefix.length); lengths !== 0; lengths &= lengths - 1) {
      out.push(this.#short[this.#ancestor(slot, 31 - Math.clz32(lengths & -lengths))]);
    }
    if (prefix.length >= this.#bits) this.#nodes.covering(this.#roots[slot], prefix, out);
  }

  /** Those that lie inside or equal this one, in order. */
  covered(prefix: Prefix, out: EntryList): void {
    if (prefix.length < this.#bits) this.#collect(this.#treeNode(prefix), out);
    else this.#nodes.covered(this.#roots[this.#slot(prefix)], prefix, out);
  }

  /** All in order. */
  all(out: EntryList): void {
    this.#collect(1, out);
  }

  /** Rebuilds with the 16-bit front. */
  #widen(prefixOf: (entry: number) => Prefix, scratch: EntryList): void {
    scratch.length = 0;
    this.all(scratch);
    const entries = scratch.items.slice(0, scratch.length);
    for (const entry of entries) this.remove(prefixOf(entry));
    this.#bits = LARGE_BITS;
    this.#lengths = new Uint16Array(1 << LARGE_BITS);
    this.#roots = new Int32Array(1 << LARGE_BITS);
    this.#short = new Int32Array(1 << LARGE_BITS);
    this.#counts = new Int32Array(1 << LARGE_BITS);
    for (const entry of entries) this.#add(prefixOf(entry), entry);
  }

  #add(prefix: Prefix, entry: number): void {
    const slot = this.#slot(prefix);
    this.#count(prefix, 1);
    if (prefix.length < this.#bits) {
      this.#short[this.#treeNode(prefix)] = entry;
      this.#mark(slot, prefix.length, true);
      return;
    }
    this.#roots[slot] = this.#nodes.insert(this.#roots[slot], prefix, entry);
    if (this.#nodes.live < this.#relayAt) return;
    this.#nodes.relay(this.#roots);
    this.#relayAt += this.#relayAt >>> 1;
  }

  /** Notes in all slots of a short prefix, at most 2^16, that it is there or is no more. */
  #mark(first: number, length: number, present: boolean): void {
    const end = first + (1 << (this.#bits - length));
    for (let slot = first; slot < end; slot++) {
      if (present) this.#lengths[slot] |= 1 << length;
      else this.#lengths[slot] &= ~(1 << length);
    }
  }

  #count(prefix: Prefix, change: 1 | -1): void {
    let node = this.#ancestor(this.#slot(prefix), Math.min(prefix.length, this.#bits - 1));
    for (; node !== 0; node >>>= 1) this.#counts[node] += change;
  }

  #collect(node: number, out: EntryList): void {
    if (this.#counts[node] === 0) return;
    if (this.#short[node] !== 0) out.push(this.#short[node]);
    for (const child of [node * 2, node * 2 + 1]) {
      const slot = child - (1 << this.#bits);
      if (slot < 0) this.#collect(child, out);
      else this.#nodes.collect(this.#roots[slot], out);
    }
  }

  /** The slot of a prefix: its first bits, zeros where it is shorter. */
  #slot(prefix: Prefix): number {
    return prefix.w0 >>> (32 - this.#bits);
  }

  #treeNode(prefix: Prefix): number {
    return this.#ancestor(this.#slot(prefix), prefix.length);
  }

  /** The tree node of length `length` above a slot. */
  #ancestor(slot: number, length: number): number {
    return ((1 << this.#bits) | slot) >>> (this.#bits - length);
  }

  /** The lengths, as bits, of the short prefixes above a slot that are no longer than `most`. */
  #coveringLengths(slot: number, most: number): number {
    const lengths = this.#lengths[slot];
    return most >= LARGE_BITS ? lengths : lengths & ((2 << most) - 1);
  }
}
