// Makes inputs of records: one to four changes each, most of them where the structure is. An input is a view of one buffer that the next
// one overwrites.

import { type Seed } from './corpus.js';
import { type Random } from './random.js';

const CAPACITY = 8192;
const INTERESTING = [0, 1, 2, 3, 4, 5, 7, 8, 0x0f, 0x10, 0x1f, 0x20, 0x21, 0x40, 0x7f, 0x80, 0x81, 0xc0, 0xfe, 0xff];

export class Mutator {
  readonly #random: Random;
  readonly #seeds: readonly Seed[];
  readonly #buffer = new Uint8Array(CAPACITY);
  #length = 0;

  constructor(random: Random, seeds: readonly Seed[]) {
    this.#random = random;
    this.#seeds = seeds;
  }

  /** The next input. BORROWED: valid until the next call. */
  next(): Uint8Array {
    const random = this.#random;
    const seed = this.#seeds[random.below(this.#seeds.length)];
    this.#buffer.set(seed.bytes);
    this.#length = seed.bytes.length;
    for (let changes = 1 + random.below(4); changes > 0; changes--) this.#change(seed);
    return this.#buffer.subarray(0, this.#length);
  }

  #change(seed: Seed): void {
    const random = this.#random;
    const at = this.#place(seed);
    const buffer = this.#buffer;
    switch (random.below(10)) {
      case 0:
        buffer[at] ^= 1 << random.below(8);
        return;
      case 1:
      case 2:
        buffer[at] = INTERESTING[random.below(INTERESTING.length)];
        return;
      case 3:
        buffer[at]++;
        return;
      case 4:
        buffer[at]--;
        return;
      case 5:
        buffer[at] = random.below(256);
        return;
      case 6:
        this.#length = Math.max(12, at); // truncation
        return;
      case 7:
        this.#move(at, at + 1 + random.below(16)); // octets are lost
        return;
      case 8:
        this.#move(at + 1 + random.below(16), at); // octets are there twice
        return;
      default:
        this.#splice(at);
    }
  }

  /** Two times of three one of the record's fields, else anywhere behind the time. */
  #place({ fields }: Seed): number {
    const random = this.#random;
    const field = random.below(3) > 0 ? fields[random.below(fields.length)] : Infinity;
    return field < this.#length ? field : 4 + random.below(Math.max(1, this.#length - 4));
  }

  /** What begins at `from` begins at `to` afterwards. */
  #move(to: number, from: number): void {
    if (from >= this.#length || to >= this.#length || this.#length + to - from > CAPACITY) return;
    this.#buffer.copyWithin(to, from, this.#length);
    this.#length = Math.max(12, this.#length + to - from);
  }

  /** From `at` on the octets of another record. */
  #splice(at: number): void {
    const random = this.#random;
    const { bytes } = this.#seeds[random.below(this.#seeds.length)];
    const from = random.below(bytes.length);
    const part = bytes.subarray(from, from + Math.min(1 + random.below(64), CAPACITY - at));
    this.#buffer.set(part, at);
    this.#length = Math.max(this.#length, at + part.length);
  }
}
