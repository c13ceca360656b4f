// Memory that this thread and one worker share: records go in on this side, their lines come out on the other. It is sent once, and again
// when it has grown; after that only numbers travel. Buffers that change hands instead cost a garbage collection every few batches.

/** Bytes of records that there is room for at first: as many as a chunk of input, and a record that began in the one before. */
const ROOM = (1 << 20) + (1 << 17);
const RECORDS = 1 << 13;

/** Bytes that threads share. */
export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** Asks for the lines of the first `count` records. `memory` where the worker does not have it, or has an older one. */
export interface LineJob {
  readonly slot: number;
  readonly count: number;
  readonly memory?: SlotMemory;
}

/** Records one after the other, and of each where it ends. */
export interface SlotMemory {
  readonly bytes: Uint8Array;
  readonly ends: Int32Array;
}

/** The answer: how long the text is, and which records are not among its lines. `text` where it is another memory than before. */
export interface LineAnswer {
  readonly slot: number;
  readonly length: number;
  /** Numbers of the records left over, and for each how long the text before it is. */
  readonly left: readonly number[];
  readonly textBefore: readonly number[];
  readonly text?: Uint8Array;
}

/** A run of records of one input, in memory that is used again for the next. Gaps may lie between them: each has its offset. */
export class LineSlot {
  readonly number: number;
  #bytes = sharedBytes(ROOM);
  #ends: Int32Array = new Int32Array(new SharedArrayBuffer(RECORDS * Int32Array.BYTES_PER_ELEMENT));
  #text = sharedBytes(0);
  #isKnown = false;
  #count = 0;
  #length = 0;
  /** What was added and not yet copied. */
  #source: Uint8Array | null = null;
  #from = 0;
  #to = 0;
  /** Number of the first record in the input, and where each begins there. */
  #index = 0;
  #offsets: number[] = [];

  constructor(number: number) {
    this.number = number;
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The text of the last answer. */
  get text(): Uint8Array {
    return this.#text;
  }

  /** Begins a run with the record of that number. */
  begin(index: number): void {
    this.#count = this.#length = 0;
    this.#index = index;
    this.#offsets = [];
  }

  /**
   * Adds the record from `start` to `end` of `bytes`, which must not change until `job` is asked for: records that follow one another are
   * copied together. `offset` is where it begins in the input.
   */
  add(bytes: Uint8Array, start: number, end: number, offset: number): void {
    this.#offsets.push(offset);
    if (bytes !== this.#source || start !== this.#to) {
      this.#copy();
      this.#source = bytes;
      this.#from = start;
    }
    this.#to = end;
    if (this.#count === this.#ends.length) {
      const more = new Int32Array(new SharedArrayBuffer(this.#ends.byteLength * 2));
      more.set(this.#ends);
      this.#ends = more;
      this.#isKnown = false;
    }
    this.#ends[this.#count++] = this.#length + end - this.#from;
  }

  /** What to send for the lines of all that was added. */
  job(): LineJob {
    this.#copy();
    const job = { slot: this.number, count: this.#count };
    if (this.#isKnown) return job;
    this.#isKnown = true;
    return { ...job, memory: { bytes: this.#bytes, ends: this.#ends } };
  }

  takeAnswer({ text }: LineAnswer): void {
    if (text !== undefined) this.#text = text;
  }

  /** Where record `i` of the run stands in `bytes`, and which it is in the input. */
  place(i: number): { readonly start: number; readonly end: number; readonly index: number; readonly offset: number } {
    const start = i === 0 ? 0 : this.#ends[i - 1];
    return { start, end: this.#ends[i], index: this.#index + i, offset: this.#offsets[i] };
  }

  #copy(): void {
    if (this.#source === null) return;
    const length = this.#length + this.#to - this.#from;
    if (length > this.#bytes.length) {
      const larger = sharedBytes(Math.max(length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#isKnown = false;
    }
    this.#bytes.set(this.#source.subarray(this.#from, this.#to), this.#length);
    this.#length = length;
    this.#source = null;
  }
}
