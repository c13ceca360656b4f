// The nodes of path-compressed radix tries (Patricia: every node but an entry's own has two children), many tries in one pool
// of records in one Int32Array, 16 bytes each for IPv4, 32 for IPv6. A trie is named by its root, node 0 being "none"; all of
// a trie's keys agree in their first bits, at least one, so no node has length 0. Freed nodes go to a free list and are used
// again before the pool grows. The walks compare a node's key before going on, so that a mismatch ends them early.
// A look-up among a million entries is mostly cache misses: hence small nodes, and `relay`, which puts those that a walk
// passes in turn side by side. Figures: test/bench/prefix-trie.bench.ts.
// It knows entry numbers, not values; the front table and the values are prefix-family.ts's and prefix-trie.ts's work.

import { type EntryList } from './entry-list.js';

/** What a walk needs of a key; a `Prefix` is one. Words may be signed or unsigned; bits past `length` are not looked at. */
export interface RadixKey {
  readonly length: number;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
}

/** The words of a node: its entry's number (0 = a mere branch) and its length, two children, the words of its key. */
const META = 0;
const CHILD = 1;
const KEY = 3;
const ENTRY_SHIFT = 8;
const LENGTH_MASK = 0xff;

/** The largest entry number that META has room for. */
export const MAX_ENTRY = 0x7f_ffff;

const FIRST_CAPACITY = 16;
/** Depth of the blocks that `relay` lays together: 7 nodes, 112 or 224 bytes. */
const BLOCK_DEPTH = 3;

/** A pool of radix nodes. Methods that change a trie return its root, which may be a new one. */
export class RadixNodes {
  /** log2 of the words of a node. */
  readonly #shift: 2 | 3;
  #nodes: Int32Array;
  #used = 1;
  #free = 0;
  #live = 0;

  /** @param keyWords 1 or 4: IPv4 keys have one word. */
  constructor(keyWords: 1 | 4) {
    this.#shift = keyWords === 1 ? 2 : 3;
    this.#nodes = new Int32Array(FIRST_CAPACITY << this.#shift);
  }

  /** Nodes in use. */
  get live(): number {
    return this.#live;
  }

  /** The entry of exactly this key, or 0. */
  exact(root: number, key: RadixKey): number {
    const nodes = this.#nodes;
    let node = root;
    while (node !== 0) {
      const at = node << this.#shift;
      const length = nodes[at] & LENGTH_MASK;
      if (length > key.length || !matches(nodes, at, key, length)) return 0;
      if (length === key.length) return nodes[at] >>> ENTRY_SHIFT;
      node = nodes[at + CHILD + bitAt(key, length)];
    }
    return 0;
  }

  /** Puts an entry under a key that has none yet. */
  insert(root: number, key: RadixKey, entry: number): number {
    let node = root;
    let parent = 0;
    let side = 0;
    while (node !== 0) {
      const at = node << this.#shift;
      const length = this.#nodes[at] & LENGTH_MASK;
      const common = commonLength(this.#nodes, at, key, length);
      if (common < length) return this.#link(root, parent, side, this.#fork(node, key, common, entry));
      if (length === key.length) {
        this.#nodes[at + META] = (entry << ENTRY_SHIFT) | length;
        return root;
      }
      parent = node;
      side = bitAt(key, length);
      node = this.#nodes[at + CHILD + side];
    }
    return this.#link(root, parent, side, this.#allocate(key, key.length, entry));
  }

  /** Takes the entry of a key out; the caller has found it there. */
  remove(root: number, key: RadixKey): number {
    const nodes = this.#nodes;
    let grand = 0;
    let grandSide = 0;
    let parent = 0;
    let side = 0;
    let node = root;
    for (let length = this.#lengthOf(node); length < key.length; length = this.#lengthOf(node)) {
      grand = parent;
      grandSide = side;
      parent = node;
      side = bitAt(key, length);
      node = nodes[(node << this.#shift) + CHILD + side];
    }
    const at = node << this.#shift;
    nodes[at] &= LENGTH_MASK;
    const left = nodes[at + CHILD];
    const right = nodes[at + CHILD + 1];
    if (left !== 0 && right !== 0) return root;
    const after = this.#link(root, parent, side, left | right);
    this.#release(node);
    if ((left | right) !== 0 || parent === 0 || nodes[parent << this.#shift] >>> ENTRY_SHIFT !== 0) return after;
    // The parent was a branch and has one child left, which takes its place.
    const sibling = nodes[(parent << this.#shift) + CHILD + (side ^ 1)];
    this.#release(parent);
    return this.#link(after, grand, grandSide, sibling);
  }

  /** Appends the entries whose keys cover or equal `key`, shortest first. */
  covering(root: number, key: RadixKey, out: EntryList): void {
    const nodes = this.#nodes;
    let node = root;
    while (node !== 0) {
      const at = node << this.#shift;
      const length = nodes[at] & LENGTH_MASK;
      if (length > key.length || !matches(nodes, at, key, length)) return;
      const entry = nodes[at] >>> ENTRY_SHIFT;
      if (entry !== 0) out.push(entry);
      if (length === key.length) return;
      node = nodes[at + CHILD + bitAt(key, length)];
    }
  }

  /** The entry of the longest key that covers or equals `key`, or 0. */
  longest(root: number, key: RadixKey): number {
    const nodes = this.#nodes;
    let best = 0;
    let node = root;
    while (node !== 0) {
      const at = node << this.#shift;
      const length = nodes[at] & LENGTH_MASK;
      if (length > key.length || !matches(nodes, at, key, length)) return best;
      const entry = nodes[at] >>> ENTRY_SHIFT;
      if (entry !== 0) best = entry;
      if (length === key.length) return best;
      node = nodes[at + CHILD + bitAt(key, length)];
    }
    return best;
  }

  /** Appends the entries whose keys `key` covers or equals, in order: by address, shorter before longer. */
  covered(root: number, key: RadixKey, out: EntryList): void {
    const nodes = this.#nodes;
    let node = root;
    while (node !== 0) {
      const at = node << this.#shift;
      const length = nodes[at] & LENGTH_MASK;
      if (length >= key.length) {
        if (matches(nodes, at, key, key.length)) this.collect(node, out);
        return;
      }
      if (!matches(nodes, at, key, length)) return;
      node = nodes[at + CHILD + bitAt(key, length)];
    }
  }

  /** Appends all entries of a trie in order. */
  collect(root: number, out: EntryList): void {
    const nodes = this.#nodes;
    let node = root;
    while (node !== 0) {
      const at = node << this.#shift;
      const entry = nodes[at] >>> ENTRY_SHIFT;
      if (entry !== 0) out.push(entry);
      if (nodes[at + CHILD] !== 0) this.collect(nodes[at + CHILD], out); // at most 128 deep
      node = nodes[at + CHILD + 1];
    }
  }

  /** Lays all nodes anew, each trie together and in it blocks of neighbours; writes the new roots into `roots`. */
  relay(roots: Int32Array): void {
    const to = new Int32Array(this.#nodes.length);
    this.#used = 1;
    for (let i = 0; i < roots.length; i++) if (roots[i] !== 0) roots[i] = this.#layBlock(roots[i], to);
    this.#nodes = to;
    this.#free = 0;
  }

  #layBlock(root: number, to: Int32Array): number {
    const pending: number[] = [];
    const laid = this.#lay(root, BLOCK_DEPTH, to, pending);
    for (const link of pending) to[link] = this.#layBlock(to[link], to);
    return laid;
  }

  /** Copies a node and those below it down to a depth; notes in `pending` the links that still name old nodes. */
  #lay(node: number, depth: number, to: Int32Array, pending: number[]): number {
    const laid = this.#used++;
    const from = node << this.#shift;
    const at = laid << this.#shift;
    for (let i = 0; i < 1 << this.#shift; i++) to[at + i] = this.#nodes[from + i];
    for (let link = at + CHILD; link <= at + CHILD + 1; link++) {
      if (to[link] === 0) continue;
      if (depth > 1) to[link] = this.#lay(to[link], depth - 1, to, pending);
      else pending.push(link);
    }
    return laid;
  }

  /** A new node above `node`, for a key that parts from it after `common` bits: the key's own, or a branch with the two. */
  #fork(node: number, key: RadixKey, common: number, entry: number): number {
    const own = this.#allocate(key, key.length, entry);
    const above = common === key.length ? own : this.#allocate(key, common, 0);
    const side = nodeBit(this.#nodes, node << this.#shift, common);
    const children = (above << this.#shift) + CHILD;
    this.#nodes[children + side] = node;
    if (above !== own) this.#nodes[children + (side ^ 1)] = own;
    return above;
  }

  #link(root: number, parent: number, side: number, child: number): number {
    if (parent === 0) return child;
    this.#nodes[(parent << this.#shift) + CHILD + side] = child;
    return root;
  }

  #lengthOf(node: number): number {
    return this.#nodes[node << this.#shift] & LENGTH_MASK;
  }

  #allocate(key: RadixKey, length: number, entry: number): number {
    let node = this.#free;
    if (node !== 0) this.#free = this.#nodes[(node << this.#shift) + CHILD];
    else {
      node = this.#used++;
      if (node << this.#shift === this.#nodes.length) this.#grow();
    }
    this.#live++;
    const nodes = this.#nodes;
    const at = node << this.#shift;
    nodes[at] = (entry << ENTRY_SHIFT) | length;
    nodes[at + CHILD] = 0;
    nodes[at + CHILD + 1] = 0;
    nodes[at + KEY] = key.w0;
    if (this.#shift === 3) {
      nodes[at + KEY + 1] = key.w1;
      nodes[at + KEY + 2] = key.w2;
      nodes[at + KEY + 3] = key.w3;
    }
    return node;
  }

  #release(node: number): void {
    this.#live--;
    this.#nodes[(node << this.#shift) + CHILD] = this.#free;
    this.#free = node;
  }

  #grow(): void {
    const grown = new Int32Array(this.#nodes.length * 2);
    grown.set(this.#nodes);
    this.#nodes = grown;
  }
}

/** True where the node at `at` and the key agree in their first `length` bits, 1 to 128. */
function matches(nodes: Int32Array, at: number, key: RadixKey, length: number): boolean {
  if (length <= 32) return (nodes[at + KEY] ^ key.w0) >>> (32 - length) === 0;
  return matchesLong(nodes, at + KEY, length, key.w0, key.w1, key.w2, key.w3);
}

/** As `matches`, of the key words at `at`, for a length past 32. */
function matchesLong(
  nodes: Int32Array,
  at: number,
  length: number,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
): boolean {
  if ((nodes[at] ^ w0) !== 0) return false;
  if (length <= 64) return (nodes[at + 1] ^ w1) >>> (64 - length) === 0;
  if ((nodes[at + 1] ^ w1) !== 0) return false;
  if (length <= 96) return (nodes[at + 2] ^ w2) >>> (96 - length) === 0;
  return (nodes[at + 2] ^ w2) === 0 && (nodes[at + 3] ^ w3) >>> (128 - length) === 0;
}

/** How many of their first bits node and key share, at most the length of either. */
function commonLength(nodes: Int32Array, at: number, key: RadixKey, length: number): number {
  const most = Math.min(length, key.length);
  let common = Math.clz32(nodes[at + KEY] ^ key.w0);
  if (common === 32 && most > 32) common += Math.clz32(nodes[at + KEY + 1] ^ key.w1);
  if (common === 64 && most > 64) common += Math.clz32(nodes[at + KEY + 2] ^ key.w2);
  if (common === 96 && most > 96) common += Math.clz32(nodes[at + KEY + 3] ^ key.w3);
  return Math.min(common, most);
}

/** Bit `index` of a key, 0 the most significant. */
function bitAt(key: RadixKey, index: number): number {
  const word = index < 32 ? key.w0 : index < 64 ? key.w1 : index < 96 ? key.w2 : key.w3;
  return (word >>> (31 - (index & 31))) & 1;
}

function nodeBit(nodes: Int32Array, at: number, index: number): number {
  return (nodes[at + KEY + (index >>> 5)] >>> (31 - (index & 31))) & 1;
}
