// Text as bytes: ASCII is put straight into a large buffer, which is handed on whole. Building strings instead makes a garbage
// collector of every line (measured: half of the time of `dump`). Only ASCII goes in; anything else is the caller's fault.

import { LONGEST, putIpv4Word, putNumber } from './ascii.js';

/** When a buffer this full is handed on. */
const FULL = 128 * 1024;

/** A growing buffer of ASCII text, in memory that `allocate` gives: the thread's own where nothing else is said. */
export class LineBuffer {
  readonly #allocate: (length: number) => Uint8Array;
  #bytes: Uint8Array;
  #spare: Uint8Array | null = null;
  #length = 0;

  constructor(allocate = (length: number): Uint8Array => new Uint8Array(length)) {
    this.#allocate = allocate;
    this.#bytes = allocate(FULL + 16 * 1024);
  }

  get length(): number {
    return this.#length;
  }

  /** Says how far was written by whoever asked for `room`. */
  set length(length: number) {
    this.#length = length;
  }

  /** True once it should be taken. */
  get isFull(): boolean {
    return this.#length >= FULL;
  }

  /** What was put in; the buffer is empty afterwards. BORROWED: valid until the next `take`. */
  take(): Uint8Array {
    const taken = this.#bytes;
    const length = this.#length;
    this.#bytes = this.#spare ?? this.#allocate(taken.length);
    this.#spare = taken;
    this.#length = 0;
    return taken.subarray(0, length);
  }

  /** Has the next text put into `bytes`; what was put in before is gone. */
  use(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#length = 0;
  }

  /** The memory of what was put in, to own, with what lies behind `length`; the buffer is empty afterwards. */
  release(): Uint8Array {
    const released = this.#bytes;
    this.use(this.#allocate(0));
    return released;
  }

  /** A copy of what was put in; the buffer is empty afterwards and keeps its memory. */
  copy(): Uint8Array {
    const copied = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return copied;
  }

  /** The buffer itself, with room for `count` octets behind `length`: to be written into and `length` set. Valid until the next call. */
  room(count: number): Uint8Array {
    const wanted = this.#length + count;
    if (wanted <= this.#bytes.length) return this.#bytes;
    const larger = this.#allocate(Math.max(wanted, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    return (this.#bytes = larger);
  }

  ascii(text: string): this {
    const bytes = this.room(text.length);
    let at = this.#length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.#length = at;
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.room(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  byte(code: number): this {
    this.room(1)[this.#length++] = code;
    return this;
  }

  /** A number of 0 to 4294967295, in decimal. */
  number(value: number): this {
    this.#length = putNumber(this.room(LONGEST), this.#length, value);
    return this;
  }

  /** `192.0.2.1` of a 32-bit word. */
  ipv4(word: number): this {
    this.#length = putIpv4Word(this.room(LONGEST), this.#length, word);
    return this;
  }
}
