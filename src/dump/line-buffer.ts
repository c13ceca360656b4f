// Text as bytes: ASCII is put straight into a large buffer, which is handed on whole. Building strings instead makes a garbage
// collector of every line (measured: half of the time of `dump`). Only ASCII goes in; anything else is the caller's fault.

/** When a buffer this full is handed on. */
const FULL = 128 * 1024;

const ZERO = 0x30;
const DOT = 0x2e;

/** A growing buffer of ASCII text. */
export class LineBuffer {
  #bytes = new Uint8Array(FULL + 16 * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** True once it should be taken. */
  get isFull(): boolean {
    return this.#length >= FULL;
  }

  /** What was put in, to own; the buffer is empty afterwards. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(FULL + 16 * 1024);
    this.#length = 0;
    return taken;
  }

  /** A copy of what was put in; the buffer is empty afterwards and keeps its memory. */
  copy(): Uint8Array {
    const copied = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return copied;
  }

  ascii(text: string): this {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.#length = at;
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  byte(code: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = code;
    return this;
  }

  /** A number of 0 to 4294967295, in decimal. */
  number(value: number): this {
    this.#reserve(10);
    let digits = 1;
    for (let limit = 10; digits < 10 && value >= limit; limit *= 10) digits++;
    let rest = value;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const shorter = Math.floor(rest / 10);
      this.#bytes[at] = ZERO + (rest - shorter * 10);
      rest = shorter;
    }
    this.#length += digits;
    return this;
  }

  /** `192.0.2.1` of a 32-bit word. */
  ipv4(word: number): this {
    this.#reserve(16);
    let at = this.#length;
    const bytes = this.#bytes;
    for (let shift = 24; shift >= 0; shift -= 8) {
      const octet = (word >>> shift) & 255;
      if (octet >= 100) bytes[at++] = ZERO + ((octet / 100) | 0);
      if (octet >= 10) bytes[at++] = ZERO + (((octet / 10) | 0) % 10);
      bytes[at++] = ZERO + (octet % 10);
      bytes[at++] = DOT;
    }
    this.#length = at - 1;
    return this;
  }

  #reserve(count: number): void {
    const wanted = this.#length + count;
    if (wanted <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
