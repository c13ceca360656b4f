// A hash index over rows that live elsewhere, in typed arrays: open addressing with linear probing, deletion by shifting back. It keeps
// the number of each row and nothing of its key, 4 octets times 1.3 to 2.7 a row; a `Map` of text keys takes 100.

const EMPTY = 0;
const FIRST_SIZE = 1024;

export class SlotIndex {
  readonly #hashOf: (slot: number) => number;
  /** Slot + 1, or 0. */
  #places = new Uint32Array(FIRST_SIZE);
  #size = 0;

  /** `hashOf` gives the hash of a row that is in the index. */
  constructor(hashOf: (slot: number) => number) {
    this.#hashOf = hashOf;
  }

  /** The row with this hash that `isIt`, or -1. */
  find(hash: number, isIt: (slot: number) => boolean): number {
    const places = this.#places;
    const mask = places.length - 1;
    for (let at = hash & mask; places[at] !== EMPTY; at = (at + 1) & mask) {
      const slot = places[at] - 1;
      if (isIt(slot)) return slot;
    }
    return -1;
  }

  /** Adds a row that is not there. */
  add(slot: number): void {
    if (++this.#size > 0.75 * this.#places.length) this.#grow();
    this.#place(slot);
  }

  /** Removes a row that is there; its key still stands. */
  remove(slot: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    let hole = this.#hashOf(slot) & mask;
    while (places[hole] !== slot + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; places[at] !== EMPTY; at = (at + 1) & mask) {
      const home = this.#hashOf(places[at] - 1) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue; // it may not stand before its home
      places[hole] = places[at];
      hole = at;
    }
    places[hole] = EMPTY;
    this.#size--;
  }

  #grow(): void {
    const old = this.#places;
    this.#places = new Uint32Array(2 * old.length);
    for (const place of old) if (place !== EMPTY) this.#place(place - 1);
  }

  #place(slot: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    let at = this.#hashOf(slot) & mask;
    while (places[at] !== EMPTY) at = (at + 1) & mask;
    places[at] = slot + 1;
  }
}

/** Mixes a word into a hash (MurmurHash3's round). */
export function mixHash(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const h = hash ^ Math.imul(k, 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** Spreads a hash over all bits (MurmurHash3's end), not negative. */
export function endHash(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
