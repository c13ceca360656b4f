// The bytes of an input between where its chunks came and where records end: the newest chunk, borrowed, and before it what of earlier
// chunks is still unread, copied. Reading moves on by `drop`; where what is unread lies inside the chunk again, nothing is copied any
// more. What a view lends stays as it is until the next `push`. It knows no record.

const EMPTY = new Uint8Array(0);

/** How much more than wanted is copied at once, where a view begins before the chunk. */
const AHEAD = 4096;

/** Unread bytes, of which any number from the first on can be had in one piece. */
export class ByteQueue {
  #chunk: Uint8Array = EMPTY;
  #at = 0;
  #carry: Uint8Array = EMPTY;
  #start = 0;
  #carried = 0;
  #offset = 0;

  /** The newest chunk, and where in it unread bytes begin; all of them where `isPlain`. */
  get chunk(): Uint8Array {
    return this.#chunk;
  }

  get at(): number {
    return this.#at;
  }

  /** True where all unread bytes lie in the chunk. */
  get isPlain(): boolean {
    return this.#carried === 0;
  }

  /** Where in the input the first unread byte is. */
  get offset(): number {
    return this.#offset;
  }

  /** Forgets all that is unread, and goes on at `offset` of the input. */
  moveTo(offset: number): void {
    this.drop(this.#carried + this.#chunk.length - this.#at);
    this.#offset = offset;
  }

  /** Takes the next chunk: borrowed until the next `push`. What is unread of the last one is copied. */
  push(chunk: Uint8Array): void {
    this.#carryOver(this.#chunk.length - this.#at);
    this.#chunk = chunk;
    this.#at = 0;
  }

  /**
   * At least `wanted` unread bytes from the first on, or null where there are not so many; where the input has `ended` all of
   * them, however few.
   */
  view(wanted: number, ended: boolean): Uint8Array | null {
    const left = this.#chunk.length - this.#at;
    if (this.#carried === 0) {
      if (left >= wanted || ended) return this.#chunk.subarray(this.#at);
      this.#carryOver(left);
      return null;
    }
    if (ended || this.#carried < wanted) this.#carryOver(ended ? left : Math.min(left, wanted + AHEAD - this.#carried));
    if (this.#carried < wanted && !ended) return null;
    return this.#carry.subarray(this.#start, this.#start + this.#carried);
  }

  /** All unread bytes. */
  all(): Uint8Array {
    return this.view(0, true) ?? EMPTY;
  }

  /** Passes over the first `count` unread bytes, which a view has shown. */
  drop(count: number): void {
    this.#offset += count;
    if (this.#carried === 0) {
      this.#at += count;
      return;
    }
    this.#start += count;
    this.#carried -= count;
    if (this.#carried > this.#at) return;
    this.#at -= this.#carried; // the rest was copied from this chunk, where it still is
    this.#carried = 0;
    this.#carry = EMPTY;
    this.#start = 0;
  }

  /** Copies the next `count` bytes of the chunk behind the carried ones. */
  #carryOver(count: number): void {
    if (count === 0) return;
    const end = this.#start + this.#carried;
    if (end + count > this.#carry.length) {
      const larger = new Uint8Array(Math.max(2 * (this.#carried + count), AHEAD));
      larger.set(this.#carry.subarray(this.#start, end));
      this.#carry = larger;
      this.#start = 0;
    }
    const to = this.#start + this.#carried;
    this.#carry.set(this.#chunk.subarray(this.#at, this.#at + count), to);
    this.#carried += count;
    this.#at += count;
  }
}
