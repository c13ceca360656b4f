// Chunks to raw MRT records (RFC 6396 sections 2 and 3): lengths only, nothing is decoded here.
//
//   timestamp (4) | type (2) | subtype (2) | length (4) | [microseconds (4), _ET types, counted in length] | message
//
// A record is given once an ordinary header, or the end of the input, follows it. Where that is not so, this is decided (detection.md
// section 7): what follows is an odd record nevertheless; the record is 4 octets longer than its header says, as writers of 2000
// left them; another record begins inside it, so that it is torn and given up; or the damage lies behind it. A record that ends with
// whole others is given up too (`swallowed-records.ts`). What is given up is one gap up to the next chain of three ordinary headers.
// Which bytes may be a header is `plausible-header.ts`; bytes are kept by `byte-queue.ts`.

import { wordAt } from '../ip/address.js';
import { ByteQueue } from './byte-queue.js';
import {
  BROKEN,
  type ChainAnswer,
  chainOfOrdinary,
  chainOfTolerable,
  findChain,
  findOrdinary,
  HOLDS,
  isNear,
  isOrdinary,
} from './plausible-header.js';
import { lengthAt, MAX_RECORD_LENGTH, MRT_HEADER_LENGTH, NO_TIME, type Stretch, timeAt } from './plausible-header.js';
import { isMeasured, isWalked, swallows } from './swallowed-records.js';

export { MAX_RECORD_LENGTH, MRT_HEADER_LENGTH } from './plausible-header.js';

/** A record as framed. */
export interface RawRecord {
  /** 0-based number of the record in its file. */
  readonly index: number;
  /** Offset of its header in the unpacked bytes. */
  readonly offset: number;
  /** Microseconds since the epoch, those of the _ET types included. */
  readonly time: number;
  /** RFC 6396 section 4; `MrtType` names them. */
  readonly type: number;
  /** What it means depends on `type`. */
  readonly subtype: number;
  /** The whole record, header included. BORROWED: valid until the next `push`. */
  readonly bytes: Uint8Array;
  /** Index in `bytes` of what follows the header and, in _ET types, the microseconds. */
  readonly bodyStart: number;
}

/**
 * Asked of whole records, from `start` to `end` of `bytes`, in their order and before any later one is given: false passes over one.
 * `index` and `offset` are those that `RawRecord` would have.
 */
export interface RecordTest {
  /** Must be quick: it is asked of every record. */
  mayConcern(bytes: Uint8Array, start: number, end: number, index: number, offset: number): boolean;
}

/**
 * Why bytes were not framed: the input ends inside a record; a length over the ceiling; a type, subtype or time that no header
 * beside its neighbours has; another record begins inside this one.
 */
export type GapReason = 'truncated' | 'impossible-length' | 'implausible-header' | 'torn-record';

/** Bytes that belong to no record. */
export interface FramingGap {
  /** Offset of the first of them in the input. */
  readonly offset: number;
  /** How many. */
  readonly bytes: number;
  readonly reason: GapReason;
}

/** What there was in all, once the input has ended and every record was taken. */
export interface FramerEnd {
  /** Records framed. */
  readonly records: number;
  /** Those of them that are 4 octets longer than their header says. */
  readonly corrected: number;
  /** Stretches of bytes that were not framed. */
  readonly gaps: number;
  /** Bytes in the gaps. */
  readonly lost: number;
}

const BGP4MP_ET = 17;
const ISIS_ET = 33;
const OSPFV3_ET = 49;

/** By how much the records of some writers of 2000 are longer than their header says. */
const SHORT_BY = 4;

/**
 * Frames records from arbitrary chunks: `push` one, then call `next` until it gives null, and so on; when the input has ended,
 * `finish`, and `next` until it gives null again. `takeGap` after each `next` tells what lies before the record it gave.
 * Kept are at most the record in hand and, where damage is looked at, the three records behind it, of at most 16 MiB each.
 */
export class RecordFramer {
  readonly #queue = new ByteQueue();
  readonly #test: RecordTest | null;
  #ended = false;
  #index = 0;
  /** The header of the record in hand was believed. */
  #believed = false;
  /** Seconds of the newest believed header. */
  #near = NO_TIME;
  /** By how much records are taken to be longer than they say: 0 or `SHORT_BY`. */
  #extra = 0;
  /** Where bytes are being given up: since when, and why. */
  #losing: { readonly offset: number; readonly reason: GapReason } | null = null;
  #wanted = 0;
  /** The gap before the next record to be given: it grows until there is one. */
  #gap: FramingGap | null = null;
  #isGapClosed = false;
  #totals = { corrected: 0, gaps: 0, lost: 0 };
  /** No record that begins here or later is given. */
  #until = Infinity;

  /** @param test is asked of most records: those that it passes over are counted, and not given. */
  constructor(test: RecordTest | null = null) {
    this.#test = test;
  }

  /** Hands over the next bytes of the input. They must not change until the next `push`. */
  push(chunk: Uint8Array): void {
    this.#queue.push(chunk);
  }

  /** Says that the input has ended: `next` gives what was held back. */
  finish(): void {
    this.#ended = true;
  }

  /** Says, behind `finish` and the last `next`, that the input goes on behind bytes that nobody has. */
  resume(): void {
    this.#ended = false;
    this.#believed = false;
  }

  /**
   * Goes on where a record begins for certain, whatever of the input lies before it: at `offset`, with a header of `near` seconds.
   * `index` is that of the record. What it frames from there is what a framer frames that came there and `isSettled`.
   */
  moveTo({ offset, index, near }: { readonly offset: number; readonly index: number; readonly near: number }): void {
    this.#queue.moveTo(offset);
    this.#index = index;
    this.#extra = 0;
    this.#believe(near);
  }

  /** From now on `next` gives null, as though more bytes were needed, in front of a record that begins at `offset` or later. */
  stopAt(offset: number): void {
    this.#until = offset;
  }

  /** Offset of the first byte that is not framed. */
  get position(): number {
    return this.#queue.offset;
  }

  /** True where a record begins at `position` and nothing that lies before it changes how the rest is framed. */
  get isSettled(): boolean {
    return this.#believed && this.#extra === 0 && this.#losing === null && this.#gap === null;
  }

  /** The next whole record, or null where more bytes are needed, or none is left. */
  next(): RawRecord | null {
    return this.nextOrdinary() ?? this.#nextCarefully();
  }

  /**
   * The next record where it and its successor's header lie in the chunk and are ordinary, else null: `next` tells more. No other path
   * is taken by most.
   */
  nextOrdinary(): RawRecord | null {
    if (!this.#believed || !this.#queue.isPlain) return null;
    const { chunk, at: first, offset } = this.#queue;
    const test = this.#extra === 0 && this.#gap === null ? this.#test : null;
    let at = first;
    let near = this.#near;
    const last = Math.min(chunk.length - MRT_HEADER_LENGTH, this.#until - offset + first - 1);
    while (at <= last) {
      const end = at + MRT_HEADER_LENGTH + lengthAt(chunk, at) + this.#extra;
      if (end + MRT_HEADER_LENGTH > chunk.length || !isOrdinary(chunk, end, near)) break;
      const measured = isMeasured(chunk, at, end);
      if (!measured && this.#swallows(chunk, at, end, near)) break;
      if (test?.mayConcern(chunk, at, end, this.#index, offset + at - first) === false) {
        this.#index++;
        near = timeAt(chunk, end);
        at = end;
        continue;
      }
      // A record that the test passed over was walked by it.
      if (measured && !isWalked(chunk, at, end) && this.#swallows(chunk, at, end, near)) break;
      this.#near = timeAt(chunk, end);
      this.#queue.drop(at - first);
      return this.#give(chunk.subarray(at, end));
    }
    this.#near = near;
    this.#queue.drop(at - first);
    return null;
  }

  /**
   * The record in hand where it is whole and nothing has come behind it; else null. For inputs that are read while they grow: what
   * follows is judged without it.
   */
  flush(): RawRecord | null {
    const bytes = this.#queue.all();
    if (!this.#believed || bytes.length < MRT_HEADER_LENGTH) return null;
    if (bytes.length !== MRT_HEADER_LENGTH + lengthAt(bytes, 0) + this.#extra) return null;
    this.#believed = false;
    return this.#give(bytes);
  }

  /** The gap before the record that `next` or `flush` gave last, or before the end; null where there is none. Told once. */
  takeGap(): FramingGap | null {
    if (!this.#isGapClosed && !this.#ended) return null;
    const gap = this.#gap;
    this.#gap = null;
    this.#isGapClosed = false;
    return gap;
  }

  /** Totals, to be asked for behind the last `next`. */
  end(): FramerEnd {
    return { records: this.#index, ...this.#totals };
  }

  #nextCarefully(): RawRecord | null {
    for (;;) {
      if (this.#believed && this.#queue.offset >= this.#until) return null;
      const bytes = this.#queue.view(Math.max(this.#wanted, MRT_HEADER_LENGTH), this.#ended);
      if (bytes === null) return null;
      this.#wanted = 0;
      const stretch = { bytes, ended: this.#ended };
      if (this.#losing !== null) {
        if (!this.#resynchronise(stretch, this.#losing)) return null;
      } else if (bytes.length < MRT_HEADER_LENGTH) {
        if (bytes.length > 0) this.#lose('truncated');
        else return null;
      } else if (!this.#believed) {
        this.#judgeHeader(stretch);
      } else {
        const record = this.#judgeRecord(stretch);
        if (record !== null) return record;
      }
    }
  }

  /** The first header, or one behind a `flush`: there is no record that it would end. */
  #judgeHeader(stretch: Stretch): void {
    const { bytes } = stretch;
    if (!isOrdinary(bytes, 0, this.#near)) {
      const answer = chainOfTolerable(stretch, 0, this.#near);
      if (answer > 0) {
        this.#wanted = answer;
        return;
      }
      if (answer !== HOLDS) {
        this.#lose(reasonOf(bytes, 0));
        return;
      }
    }
    this.#believe(timeAt(bytes, 0));
  }

  /** Gives the record in hand, or null where more bytes are wanted or it was given up. */
  #judgeRecord(stretch: Stretch): RawRecord | null {
    const { bytes, ended } = stretch;
    const said = MRT_HEADER_LENGTH + lengthAt(bytes, 0);
    const end = said + this.#extra;
    const isLast = end + MRT_HEADER_LENGTH > bytes.length;
    if (isLast && !ended) return this.#want(end + MRT_HEADER_LENGTH);
    if (isLast && (end === bytes.length || said === bytes.length)) return this.#giveWhole(bytes, this.#near);
    if (end > bytes.length) return this.#lose('truncated');
    if (!isLast && isOrdinary(bytes, end, this.#near)) return this.#giveUpTo(bytes, end);
    const torn = this.#isTorn(stretch, said);
    if (torn === HOLDS) return this.#lose('torn-record');
    const answer = torn === BROKEN && !isLast ? this.#findEnd(stretch, said) : torn;
    if (answer > 0) return this.#want(answer);
    if (answer < 0) return this.#giveUpTo(bytes, -answer);
    const reason = isLast ? 'truncated' : reasonOf(bytes, end);
    const record = this.#give(bytes.subarray(0, end));
    this.#lose(reason);
    return record;
  }

  /** Whether another record begins inside this one: of a near time, or of another file's and followed by two more. */
  #isTorn(stretch: Stretch, said: number): ChainAnswer {
    return findOrdinary(stretch.bytes, 1, said, this.#near) >= 0 ? HOLDS : findChain(stretch, 1, said);
  }

  /** Where headers chain behind the record: minus that place; 0 nowhere; positive where that many bytes are needed to say it. */
  #findEnd(stretch: Stretch, said: number): number {
    const near = this.#near;
    const tolerable = chainOfTolerable(stretch, said, near);
    if (tolerable !== BROKEN) return tolerable > 0 ? tolerable : -said;
    if (isMeasured(stretch.bytes, 0, said)) return 0; // it says twice where it ends
    const at = said + SHORT_BY;
    // Four octets that are a time are what is left of a torn header: then this record alone is not called short.
    for (const extra of isNear(stretch.bytes, said, near) ? [SHORT_BY] : [SHORT_BY, 0]) {
      const ordinary = chainOfOrdinary(stretch, { at, extra, near });
      if (ordinary !== BROKEN) return ordinary > 0 ? ordinary : -at;
    }
    return 0;
  }

  /** The record ends at `end`, whatever its header says, and a header to be believed stands there. */
  #giveUpTo(bytes: Uint8Array, end: number): RawRecord | null {
    this.#extra = end - MRT_HEADER_LENGTH - lengthAt(bytes, 0);
    return this.#giveWhole(bytes, timeAt(bytes, end), end);
  }

  /** Gives the record up to `end`, or gives it up where it hides others. */
  #giveWhole(bytes: Uint8Array, near: number, end = bytes.length): RawRecord | null {
    const isSound = isMeasured(bytes, 0, end) && isWalked(bytes, 0, end);
    if (!isSound && this.#swallows(bytes, 0, end, this.#near)) return this.#lose('torn-record');
    this.#near = near;
    return this.#give(bytes.subarray(0, end));
  }

  #swallows(bytes: Uint8Array, start: number, end: number, near: number): boolean {
    return swallows(bytes, { start, end, extra: this.#extra, near });
  }

  #believe(near: number): void {
    this.#believed = true;
    this.#near = near;
  }

  /** From the next byte on a chain of headers is looked for. */
  #lose(reason: GapReason): null {
    this.#losing = { offset: this.#queue.offset, reason };
    this.#believed = false;
    this.#queue.drop(1);
    return null;
  }

  /** Drops bytes up to where three ordinary headers chain; false where more are needed, or none are left. */
  #resynchronise(stretch: Stretch, losing: { readonly offset: number; readonly reason: GapReason }): boolean {
    const { bytes, ended } = stretch;
    for (let at = 0; ; at++) {
      at = findOrdinary(bytes, at, bytes.length, NO_TIME);
      if (at < 0) break;
      const answer = this.#chain(stretch, at);
      if (answer > 0) {
        this.#queue.drop(at);
        this.#wanted = answer - at;
        return true;
      }
      if (answer !== HOLDS) continue;
      const time = timeAt(bytes, at);
      this.#queue.drop(at);
      this.#closeGap(losing.offset, losing.reason === 'truncated' ? 'torn-record' : losing.reason);
      this.#believe(time);
      return true;
    }
    this.#queue.drop(ended ? bytes.length : bytes.length - MRT_HEADER_LENGTH + 1);
    if (!ended) return true;
    this.#closeGap(losing.offset, losing.reason);
    return false;
  }

  /** Whether headers chain from `at` on, as long as they say or `SHORT_BY` longer. */
  #chain(stretch: Stretch, at: number): number {
    const near = this.#near;
    for (const extra of [0, SHORT_BY]) {
      const answer = chainOfOrdinary(stretch, { at, extra, near });
      if (answer === HOLDS) this.#extra = extra;
      if (answer !== BROKEN) return answer;
    }
    return 0;
  }

  /** A gap that follows another without a record between them, since what was found behind the first was given up too, is one with it. */
  #closeGap(offset: number, reason: GapReason): void {
    const bytes = this.#queue.offset - offset;
    this.#losing = null;
    this.#totals.lost += bytes;
    if (this.#gap === null) this.#totals.gaps++;
    const before = this.#gap ?? { offset, bytes: 0, reason };
    this.#gap = { ...before, bytes: before.bytes + bytes };
  }

  #want(bytes: number): null {
    this.#wanted = bytes;
    return null;
  }

  #give(bytes: Uint8Array): RawRecord {
    const { offset } = this.#queue;
    this.#isGapClosed = this.#gap !== null;
    this.#queue.drop(bytes.length);
    if (bytes.length > MRT_HEADER_LENGTH + lengthAt(bytes, 0)) this.#totals.corrected++;
    return frameRecord(bytes, this.#index++, offset);
  }
}

function reasonOf(bytes: Uint8Array, at: number): GapReason {
  return lengthAt(bytes, at) > MAX_RECORD_LENGTH ? 'impossible-length' : 'implausible-header';
}

/** The header fields of one whole record. */
export function frameRecord(bytes: Uint8Array, index: number, offset: number): RawRecord {
  const type = (bytes[4] << 8) | bytes[5];
  const subtype = (bytes[6] << 8) | bytes[7];
  const extended =
    (type === BGP4MP_ET || type === ISIS_ET || type === OSPFV3_ET) && bytes.length >= MRT_HEADER_LENGTH + 4;
  const micros = extended ? Math.min(wordAt(bytes, MRT_HEADER_LENGTH), 999_999) : 0;
  const bodyStart = extended ? MRT_HEADER_LENGTH + 4 : MRT_HEADER_LENGTH;
  return { index, offset, time: wordAt(bytes, 0) * 1_000_000 + micros, type, subtype, bytes, bodyStart };
}
