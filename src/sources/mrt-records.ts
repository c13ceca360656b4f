// The raw MRT records of one input: bytes, unpacked, framed. Everything that reads files goes through here (dump, replay, the spool),
// so what was not interpreted is told in one form, and in its place: between the records before and behind it. Nothing is decoded.
// Chunks are taken with `for await`, so that the next one is inflated while this one's records are worked on. An empty chunk means
// that the source waits for more: a whole record at the end of what is there is given without waiting for what follows it. A batch is
// framed while it is walked: a record's test may rest on what was decoded of the records before it.

import {
  type FramingGap,
  type GapReason,
  type RawRecord,
  RecordFramer,
  type RecordTest,
} from '../mrt/record-framer.js';
import { behindFault, type Rest } from './behind-fault.js';
import { CompressionError } from './compression.js';
import { type ByteSource, decompress, type DecompressOptions } from './decompress.js';
import { foreignFormat, HEAD_LENGTH, isMrtType } from './not-mrt.js';

/** Bytes of the input that were not interpreted. */
export interface InputLoss {
  /** `gap`: framing was lost; `truncated`: the last record is cut short; `compression`: the data are torn or corrupt. */
  readonly kind: 'gap' | 'truncated' | 'compression';
  /** Where in the unpacked bytes it begins. */
  readonly offset: number;
  /** How many unpacked bytes; of what could not be unpacked nobody knows how many it would have been. */
  readonly bytes: number;
  /** Why, for people. */
  readonly reason: string;
}

export interface MrtRecordsOptions extends DecompressOptions {
  /** Records that it passes over are counted, and not given. */
  readonly test?: RecordTest;
  /** Told of a loss behind the record that lies before it and before the one that lies behind it. */
  readonly onLoss?: (loss: InputLoss) => void;
}

/** For people. */
export const GAP_REASONS: Readonly<Record<GapReason, string>> = {
  truncated: 'the last record is cut short',
  'impossible-length': 'a record has an impossible length',
  'implausible-header': 'no record header stands here',
  'torn-record': 'another record begins inside this one',
};

/** The records of one input in batches, to be iterated once; what was lost on the way is told to `onLoss`. */
export class MrtRecords implements AsyncIterable<Iterable<RawRecord>> {
  readonly #source: ByteSource;
  readonly #options: MrtRecordsOptions;
  readonly #framer: RecordFramer;
  #unpacked = 0;
  #losses = 0;
  /** A last record that is cut short: part of the compression's fault where there is one. */
  #cut: FramingGap | null = null;
  #head = new Uint8Array(0);
  /** Why it is no MRT file, as far as its beginning tells and until a record of a known type contradicts. */
  #foreign: string | null = null;

  constructor(source: ByteSource, options: MrtRecordsOptions) {
    this.#source = source;
    this.#options = options;
    this.#framer = new RecordFramer(options.test);
  }

  /** Unpacked bytes read so far. */
  get unpackedBytes(): number {
    return this.#unpacked;
  }

  /** Records framed so far, those that `test` passed over included. */
  get records(): number {
    return this.#framer.end().records;
  }

  /** How many losses were told so far. */
  get losses(): number {
    return this.#losses;
  }

  /** Records so far whose true length is not the one that their header says. */
  get corrected(): number {
    return this.#framer.end().corrected;
  }

  /**
   * Batches of records, each to be walked once and to its end before the next is asked for. BORROWED: a record is valid until then.
   *
   * @throws UnsupportedCompressionError, and what the source throws where it cannot be read.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Iterable<RawRecord>> {
    let rest: Rest | null = { source: this.#source, at: 0, insideBzip2: false };
    for (let at = 0; rest !== null;) {
      const fault: CompressionError | null = yield* this.#readPart(rest);
      this.#framer.finish();
      yield this.#batch(false);
      this.#close(fault, at);
      if (fault === null) return;
      rest = await behindFault(rest.source, fault, this.#options.signal);
      at += rest?.at ?? 0;
      this.#framer.resume();
    }
  }

  /** Reads up to a fault, which it returns, or to the end. */
  async *#readPart({ source, insideBzip2 }: Rest): AsyncGenerator<Iterable<RawRecord>, CompressionError | null> {
    try {
      for await (const chunk of decompress(source, { ...this.#options, insideBzip2 })) {
        this.#unpacked += chunk.length;
        if (this.#head.length < HEAD_LENGTH) this.#lookAt(chunk);
        this.#framer.push(chunk);
        yield this.#batch(chunk.length === 0);
      }
      return null;
    } catch (error) {
      if (error instanceof CompressionError) return error;
      throw error;
    }
  }

  /** What can be framed now. */
  *#batch(idle: boolean): Generator<RawRecord> {
    for (;;) {
      const record = this.#framer.next() ?? (idle ? this.#framer.flush() : null);
      const gap = this.#framer.takeGap();
      if (gap !== null) this.#tellGap(gap);
      if (record === null) return;
      if (this.#foreign !== null && isMrtType(record.type)) this.#foreign = null;
      yield record;
    }
  }

  #tellGap(gap: FramingGap): void {
    const { offset, bytes, reason } = gap;
    if (reason === 'truncated') this.#cut = gap;
    else this.#tell({ kind: 'gap', offset, bytes, reason: GAP_REASONS[reason] });
  }

  /** @param at where the part that the fault counts from begins, in bytes as stored. */
  #close(fault: CompressionError | null, at: number): void {
    const bytes = this.#cut?.bytes ?? 0;
    const offset = this.#unpacked - bytes;
    if (fault !== null) {
      const { compression, reason, consumed } = fault;
      const whole = new CompressionError(compression, reason, consumed === null ? null : at + consumed, this.#unpacked);
      this.#tell({ kind: 'compression', offset, bytes, reason: whole.message });
    } else if (this.#cut !== null) this.#tell({ kind: 'truncated', offset, bytes, reason: GAP_REASONS.truncated });
    this.#cut = null;
  }

  #tell(loss: InputLoss): void {
    const reason = this.#losses === 0 ? (this.#foreign ?? loss.reason) : loss.reason;
    this.#losses++;
    this.#options.onLoss?.({ ...loss, reason });
  }

  #lookAt(chunk: Uint8Array): void {
    const head = new Uint8Array(Math.min(HEAD_LENGTH, this.#head.length + chunk.length));
    head.set(this.#head);
    head.set(chunk.subarray(0, head.length - this.#head.length), this.#head.length);
    this.#head = head;
    this.#foreign = foreignFormat(head);
  }
}

/** Reads the raw records of `source`. */
export function readMrtRecords(source: ByteSource, options: MrtRecordsOptions = {}): MrtRecords {
  return new MrtRecords(source, options);
}
