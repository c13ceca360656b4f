// A set of VRPs as rows of words, for all that a validator has (half a million and more): 32 octets each and an index of 4 to 8, where
// objects would take 200. Who needs some of them as objects asks for those related to what is registered. Equal VRPs are one.

import { Prefix } from '../ip/prefix.js';
import { type Vrp } from './vrp-table.js';

/** Four words of address, AS, lengths and family, number of the trust anchor's name, expiry (0 = none). */
const WORDS = 8;
/** The words that tell VRPs apart. */
const KEY_WORDS = 6;
/** Rows that the smallest set has room for; a power of two. */
const LEAST = 16;
/** More than this is no RPKI, but somebody who wants our memory: the whole of it had 0.8 M in 2026. */
const MOST = 8_000_000;

/** Thrown by `add` where the set is full. */
export class TooManyVrpsError extends Error {
  override readonly name = 'TooManyVrpsError';
  readonly code = 'ERR_TOO_MANY_VRPS';

  constructor() {
    super(`Cannot keep more than ${MOST} VRPs`);
  }
}

export class VrpRows {
  #rows = new Uint32Array(LEAST * WORDS);
  #size = 0;
  /** Row number + 1 by hash, linear probing; 0 = empty. At least twice as many slots as rows. */
  #slots = new Uint32Array(LEAST * 2);
  #anchors: string[] = [];
  readonly #key = new Uint32Array(WORDS);

  /** Distinct VRPs. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a VRP. Of equal ones that which expires last is kept.
   *
   * @returns false where it was there.
   * @throws TooManyVrpsError
   */
  add(vrp: Vrp): boolean {
    const key = this.#keyOf(vrp);
    const slot = this.#slotOf(key, 0);
    const found = this.#slots[slot];
    if (found > 0) {
      if ((vrp.expires ?? Infinity) > (this.#rows[(found - 1) * WORDS + 7] || Infinity))
        this.#rows.set(this.#valuesOf(vrp), (found - 1) * WORDS + KEY_WORDS);
      return false;
    }
    if (this.#size === MOST) throw new TooManyVrpsError();
    this.#rows.set(key.subarray(0, KEY_WORDS), this.#size * WORDS);
    this.#rows.set(this.#valuesOf(vrp), this.#size * WORDS + KEY_WORDS);
    this.#slots[slot] = ++this.#size;
    if (this.#size * WORDS === this.#rows.length) this.#grow();
    return true;
  }

  /** @returns false where it was not there. */
  delete(vrp: Vrp): boolean {
    const slot = this.#slotOf(this.#keyOf(vrp), 0);
    const row = this.#slots[slot] - 1;
    if (row < 0) return false;
    const last = this.#size - 1;
    if (row !== last) {
      this.#slots[this.#slotOf(this.#rows, last * WORDS)] = row + 1;
      this.#rows.copyWithin(row * WORDS, last * WORDS, (last + 1) * WORDS);
    }
    this.#size = last;
    this.#close(slot);
    return true;
  }

  /** The same VRPs in a set of their own. */
  clone(): VrpRows {
    const copy = new VrpRows();
    copy.#rows = this.#rows.slice();
    copy.#slots = this.#slots.slice();
    copy.#anchors = [...this.#anchors];
    copy.#size = this.#size;
    return copy;
  }

  /** The VRPs whose prefix is wanted, in no order. */
  *related(isWanted: (prefix: Prefix) => boolean): Generator<Vrp> {
    for (let at = 0; at < this.#size * WORDS; at += WORDS) {
      const prefix = this.#prefixAt(at);
      if (isWanted(prefix)) yield this.#vrpAt(at, prefix);
    }
  }

  #prefixAt(at: number): Prefix {
    const rows = this.#rows;
    const length = (rows[at + 5] >>> 8) & 255;
    if (rows[at + 5] >>> 16 === 1) return Prefix.ipv4(rows[at], length);
    return Prefix.ipv6([rows[at], rows[at + 1], rows[at + 2], rows[at + 3]], length);
  }

  #vrpAt(at: number, prefix: Prefix): Vrp {
    const rows = this.#rows;
    const expires = rows[at + 7];
    return {
      prefix,
      maxLength: rows[at + 5] & 255,
      asn: rows[at + 4],
      trustAnchor: this.#anchors[rows[at + 6] - 1] ?? null,
      expires: expires === 0 ? null : expires,
    };
  }

  #keyOf({ prefix, maxLength, asn }: Vrp): Uint32Array {
    const key = this.#key;
    [key[0], key[1], key[2], key[3]] = [prefix.w0, prefix.w1, prefix.w2, prefix.w3];
    key[4] = asn;
    key[5] = (prefix.afi << 16) | (prefix.length << 8) | maxLength;
    return key;
  }

  #valuesOf({ trustAnchor, expires }: Vrp): [number, number] {
    return [trustAnchor === null ? 0 : this.#anchorNumber(trustAnchor), Math.min(expires ?? 0, 0xffffffff)];
  }

  /** There are five trust anchors, and a few in test beds. */
  #anchorNumber(name: string): number {
    const at = this.#anchors.indexOf(name);
    return at >= 0 ? at + 1 : this.#anchors.push(name);
  }

  /** The slot of the row in `words` at `at`, or the empty one where it belongs. */
  #slotOf(words: Uint32Array, at: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(words, at) & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot] - 1;
      if (row < 0 || this.#isAt(row * WORDS, words, at)) return slot;
    }
  }

  #isAt(row: number, words: Uint32Array, at: number): boolean {
    const rows = this.#rows;
    for (let i = 0; i < KEY_WORDS; i++) if (rows[row + i] !== words[at + i]) return false;
    return true;
  }

  /** Empties a slot, and moves up those behind it that would not be found any more. */
  #close(slot: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = slot;
    for (let next = (hole + 1) & mask; slots[next] > 0; next = (next + 1) & mask) {
      const home = hashOf(this.#rows, (slots[next] - 1) * WORDS) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      slots[hole] = slots[next];
      hole = next;
    }
    slots[hole] = 0;
  }

  #grow(): void {
    const rows = new Uint32Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let row = 0; row < this.#size; row++) this.#slots[this.#slotOf(rows, row * WORDS)] = row + 1;
  }
}

function hashOf(words: Uint32Array, at: number): number {
  let hash = 0;
  for (let i = 0; i < KEY_WORDS; i++) {
    hash = Math.imul(hash ^ words[at + i], 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
