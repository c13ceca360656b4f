// The records of one large plain file that need decoding, when slices of it are counted by several threads: the same as `MrtRecords`
// gives, in the same order, with the same totals and losses. Nothing that a slice says is believed before this side's own framer has come
// to where the slice begins, in a state that could not change what was found there: a record begins there, no damage is being looked at, no
// session is suspected of undeclared path identifiers, the peer index is as large as was taken for granted. Else, and from the first
// record that raises doubt, the bytes are framed here, up to where the next slice begins.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileErrorReason } from '../sources/file-error.js';
import { detectCompression, MAGIC_LENGTH } from '../sources/compression.js';
import { InputError, type InputFile } from '../sources/input-files.js';
import { GAP_REASONS, type InputLoss } from '../sources/mrt-records.js';
import { type PrefixUnionTables } from '../ip/prefix-union.js';
import { isOrdinary, MRT_HEADER_LENGTH, NO_TIME, timeAt } from '../mrt/plausible-header.js';
import { frameRecord, type RawRecord, RecordFramer } from '../mrt/record-framer.js';
import { type RecordDump } from './record-dump.js';
import { type SliceAnswer } from './slice.js';
import { type SliceCrew } from './slice-crew.js';

/** How a file is cut: bytes at its beginning that are read here first, and bytes of a slice. */
export interface SliceSizes {
  readonly head: number;
  readonly slice: number;
}

const CHUNK = 1 << 20;
const SIZES: SliceSizes = { head: 1 << 16, slice: 1 << 22 };

/** Bytes from which on a file is taken to be worth a second thread, which costs some 0.2 s of CPU time. Not measured below 265 MB. */
const WORTH_SLICES = 1 << 25;

/** True for a file that is worth cutting: a plain one that begins as MRT files do. */
export function isSliceable({ name, size }: InputFile, worth = WORTH_SLICES): boolean {
  if (size === null || size < worth) return false;
  const head = new Uint8Array(Math.max(MAGIC_LENGTH, MRT_HEADER_LENGTH));
  try {
    const file = openSync(name, 'r');
    try {
      if (readSync(file, head, 0, head.length, 0) < head.length) return false;
    } finally {
      closeSync(file);
    }
    return detectCompression(head.subarray(0, MAGIC_LENGTH)) === 'none' && isOrdinary(head, 0, NO_TIME);
  } catch {
    return false; // who reads it says why
  }
}

export interface SlicedRecordsOptions {
  readonly crew: SliceCrew;
  readonly wanted: PrefixUnionTables;
  /** Takes the records, and has counted those that its test passed over. */
  readonly dump: RecordDump;
  readonly onLoss: (loss: InputLoss) => void;
  readonly onRead?: (bytes: number) => void;
  readonly sizes?: SliceSizes;
}

/** See the head of the file. To be iterated once. */
export class SlicedRecords implements AsyncIterable<Iterable<RawRecord>> {
  readonly #name: string;
  readonly #options: SlicedRecordsOptions;
  readonly #framer: RecordFramer;
  /** The one that is read into next, and the one whose bytes the framer may still have. */
  #buffers = [new Uint8Array(CHUNK), new Uint8Array(CHUNK)] as const;
  #file = -1;
  /** Where bytes are read next. */
  #at = 0;
  /** True where the framer was moved and has not seen the header there yet. */
  #isMoved = false;

  constructor(name: string, options: SlicedRecordsOptions) {
    this.#name = name;
    this.#options = options;
    this.#framer = new RecordFramer(options.dump.test);
  }

  get unpackedBytes(): number {
    return this.#at;
  }

  get records(): number {
    return this.#framer.end().records;
  }

  get corrected(): number {
    return this.#framer.end().corrected;
  }

  /** @throws InputError where the file cannot be read. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Iterable<RawRecord>> {
    const { crew, dump, wanted, sizes = SIZES } = this.#options;
    const { head: from, slice: length } = sizes;
    this.#open();
    try {
      yield* this.#frameUpTo(from);
      const count = Math.max(0, Math.ceil((fstatSync(this.#file).size - from) / length));
      crew.begin({ path: this.#name, wanted, peers: dump.peerCount, from, length, count }, this.#file);
      const { peerCount } = dump;
      for (let slice = 0; slice < count && dump.isAllPlain; slice++) {
        const answer = await crew.answer(slice);
        yield* this.#frameUpTo(answer.start);
        if (answer.start === this.#framer.position && this.#framer.isSettled && dump.peerCount === peerCount)
          yield this.#takeSlice(answer);
      }
      crew.stop();
      yield* this.#frameUpTo(Infinity);
    } finally {
      closeSync(this.#file);
    }
  }

  #open(): void {
    try {
      this.#file = openSync(this.#name, 'r');
    } catch (error) {
      throw new InputError(this.#name, fileErrorReason(error), { cause: error });
    }
  }

  /** Frames here what begins before `until`. */
  *#frameUpTo(until: number): Generator<Iterable<RawRecord>> {
    this.#framer.stopAt(until);
    yield this.#batch();
    while (this.#framer.position < until) {
      const chunk = this.#read();
      if (chunk.length === 0) {
        this.#framer.finish();
        yield this.#batch();
        return;
      }
      if (this.#isMoved)
        this.#framer.moveTo({ offset: this.#at - chunk.length, index: this.records, near: timeAt(chunk, 0) });
      this.#isMoved = false;
      this.#framer.push(chunk);
      yield this.#batch();
    }
  }

  /** What can be framed now. */
  *#batch(): Generator<RawRecord> {
    for (;;) {
      const record = this.#framer.next();
      const gap = this.#framer.takeGap();
      if (gap !== null) {
        const { offset, bytes, reason } = gap;
        const kind = reason === 'truncated' ? 'truncated' : 'gap';
        this.#options.onLoss({ kind, offset, bytes, reason: GAP_REASONS[reason] });
      }
      if (record === null) return;
      yield record;
    }
  }

  /** Takes what was found of a slice, up to the first record that raises doubt. */
  *#takeSlice({ start, end, records, related, left }: SliceAnswer): Generator<RawRecord> {
    const { dump, onRead } = this.#options;
    const first = this.records;
    for (const { offset, before, related: soFar, bytes } of left) {
      yield frameRecord(bytes, first + before, offset);
      if (dump.isAllPlain) continue;
      dump.countRelated(soFar);
      this.#moveTo(offset + bytes.length, first + before + 1);
      return;
    }
    onRead?.(end - start);
    dump.countRelated(related);
    this.#moveTo(end, first + records);
  }

  #moveTo(offset: number, index: number): void {
    this.#framer.moveTo({ offset, index, near: NO_TIME });
    this.#at = offset;
    this.#isMoved = true;
  }

  #read(): Uint8Array {
    const [buffer, other] = this.#buffers;
    this.#buffers = [other, buffer];
    try {
      const length = readSync(this.#file, buffer, 0, buffer.length, this.#at);
      this.#at += length;
      this.#options.onRead?.(length);
      return buffer.subarray(0, length);
    } catch (error) {
      throw new InputError(this.#name, fileErrorReason(error), { cause: error });
    }
  }
}
