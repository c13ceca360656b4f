// A growing big-endian buffer: what the encoders write into. Lengths that are known only afterwards are reserved and patched.
// It knows no protocol; a value that does not fit its field is a RangeError, since the caller made it.

const INITIAL_CAPACITY = 256;

/** Appends integers and bytes; `finish` gives a copy of what was written. */
export class ByteWriter {
  #bytes = new Uint8Array(INITIAL_CAPACITY);
  #length = 0;

  /** Number of bytes written so far. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    this.#put(this.#grow(1), 1, value);
    return this;
  }

  u16(value: number): this {
    this.#put(this.#grow(2), 2, value);
    return this;
  }

  u24(value: number): this {
    this.#put(this.#grow(3), 3, value);
    return this;
  }

  u32(value: number): this {
    this.#put(this.#grow(4), 4, value);
    return this;
  }

  bytes(bytes: ArrayLike<number>): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Writes a length field of `size` octets, then what `write` writes, then fills the field in with the number of bytes of it. */
  sized(size: 1 | 2 | 4, write: () => void): this {
    const at = this.#grow(size);
    write();
    this.#put(at, size, this.#length - at - size);
    return this;
  }

  /** A copy of everything written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return at;
  }

  #put(at: number, size: 1 | 2 | 3 | 4, value: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) {
      throw new RangeError(`Cannot write ${value}: the field has ${size} octets`);
    }
    for (let i = 0; i < size; i++) this.#bytes[at + i] = (value / 2 ** (8 * (size - 1 - i))) & 255;
  }
}
