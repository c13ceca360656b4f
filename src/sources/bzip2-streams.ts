// Where the bzip2 streams of an input end and something else begins. The programs that unpack bzip2 pass over what follows the last
// stream (lbzip2 in silence), so it is looked for here, while the bytes go by: after the end of a stream may come another stream, zeros
// as padding, or the end of the input. Nothing is unpacked.
//
//   0x177245385090 at any bit | combined CRC (32) | padding to a byte | "BZh" level, or the end

import { isBzip2, MAGIC_LENGTH } from './compression.js';

const END_MARK = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];

/** The five whole bytes that the mark fills where it begins at bit 0 to 7 of the byte before them. */
const NEEDLES: readonly Buffer[] = Array.from({ length: 8 }, (_, shift) =>
  Buffer.from([1, 2, 3, 4, 5].map((at) => ((END_MARK[at] >>> shift) | (END_MARK[at - 1] << (8 - shift))) & 0xff)),
);

/** What must be kept of a chunk so that a mark, its checksum and its padding are not cut in two. */
const OVERLAP = 12;

/** Hands bytes on as far as they are bzip2 streams and their padding. To be iterated once. */
export class Bzip2Streams implements AsyncIterable<Uint8Array> {
  readonly #input: AsyncIterable<Uint8Array>;
  /** Bytes looked at before, still of interest, and where they begin in the input. */
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;
  /** Where the last stream ended; null inside one. */
  #endedAt: number | null = null;
  #garbageAt: number | null = null;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#input = input;
  }

  /** Offset of what is no bzip2 data, known once the iteration has ended; null where there is none. */
  get garbageAt(): number | null {
    return this.#garbageAt;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let given = 0;
    let held = new Uint8Array(0); // what follows the end of a stream, until it is known what it is
    for await (const chunk of this.#input) {
      this.#look(chunk);
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const count = Math.max(0, (this.#garbageAt ?? this.#endedAt ?? Infinity) - given);
      const sound = bytes.subarray(0, count);
      if (sound.length > 0) yield sound;
      if (this.#garbageAt !== null) return;
      given += sound.length;
      held = new Uint8Array(bytes.subarray(sound.length));
    }
    this.#decide(true);
    if (this.#garbageAt === null && held.length > 0) yield held;
  }

  #look(chunk: Uint8Array): void {
    this.#window = Buffer.concat([this.#window, chunk]);
    const next = NEEDLES.map(() => -2); // -2: not searched yet
    let from = 0;
    for (;;) {
      if (this.#endedAt !== null && !this.#decide(false)) {
        this.#forget(this.#endedAt - this.#windowAt);
        return;
      }
      const end = this.#nextEnd(from, next);
      if (end === null) break;
      from = end;
      this.#endedAt = this.#windowAt + end;
    }
    this.#forget(Math.max(from, this.#window.length - OVERLAP));
  }

  /** Where in the window the next stream ends, or null; `next` remembers for each shift where its needle was found. */
  #nextEnd(from: number, next: number[]): number | null {
    let first: number | null = null;
    for (const [shift, needle] of NEEDLES.entries()) {
      if (next[shift] !== -1 && next[shift] < from + 1) next[shift] = this.#find(needle, shift, from + 1);
      const end = next[shift] === -1 ? Infinity : next[shift] - 1 + Math.ceil((shift + 80) / 8);
      if (end <= this.#window.length && (first === null || end < first)) first = end;
    }
    return first;
  }

  #find(needle: Buffer, shift: number, from: number): number {
    for (let at = this.#window.indexOf(needle, from); at !== -1; at = this.#window.indexOf(needle, at + 1)) {
      const before = this.#window[at - 1] & (0xff >>> shift);
      const after = (this.#window.at(at + 5) ?? 0) >>> (8 - shift);
      const isMark = before === END_MARK[0] >>> shift && after === (END_MARK[5] & (0xff >>> (8 - shift)));
      if (isMark) return at;
    }
    return -1;
  }

  /** Looks at what follows the end of a stream. @returns false where more bytes are needed, or nothing that counts can follow. */
  #decide(isLast: boolean): boolean {
    if (this.#endedAt === null) return true;
    const rest = this.#window.subarray(this.#endedAt - this.#windowAt);
    if (rest.length === 0 || (rest.length < MAGIC_LENGTH && !isLast)) return false;
    if (isBzip2(rest.subarray(0, MAGIC_LENGTH))) {
      this.#endedAt = null;
      return true;
    }
    if (rest.some((byte) => byte !== 0)) this.#garbageAt = this.#endedAt;
    else this.#forget(this.#window.length - MAGIC_LENGTH); // padding: the zeros in front say nothing more
    return false;
  }

  #forget(count: number): void {
    const dropped = Math.max(0, count);
    this.#window = this.#window.subarray(dropped);
    this.#windowAt += dropped;
    if (this.#endedAt !== null) this.#endedAt = Math.max(this.#endedAt, this.#windowAt);
  }
}
