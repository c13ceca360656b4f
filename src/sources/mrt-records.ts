// The raw MRT records of one input: bytes, unpacked, framed. Everything that reads files goes through here (dump, replay, the spool),
// so what was not interpreted is told in one form. Nothing is decoded. Chunks are taken with `for await`, so that the next one is
// inflated while this one's records are worked on.

import { type RawRecord, RecordFramer } from '../mrt/record-framer.js';
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

/** The records of one input in batches, to be iterated once, and what was lost on the way. */
export class MrtRecords implements AsyncIterable<readonly RawRecord[]> {
  readonly #source: ByteSource;
  readonly #options: DecompressOptions;
  readonly #framer = new RecordFramer();
  readonly #losses: InputLoss[] = [];
  #unpacked = 0;
  #head = new Uint8Array(0);
  /** Why it is no MRT file, as far as its beginning tells and until a record of a known type contradicts. */
  #foreign: string | null = null;

  constructor(source: ByteSource, options: DecompressOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** Unpacked bytes read so far. */
  get unpackedBytes(): number {
    return this.#unpacked;
  }

  /** What was not interpreted, in the order of the input; complete once the iteration has ended. */
  get losses(): readonly InputLoss[] {
    return this.#losses;
  }

  /**
   * Batches of records. BORROWED: valid until the next batch is asked for.
   *
   * @throws UnsupportedCompressionError, and what the source throws where it cannot be read.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<readonly RawRecord[]> {
    let fault: CompressionError | null = null;
    try {
      for await (const chunk of decompress(this.#source, this.#options)) {
        this.#unpacked += chunk.length;
        if (this.#head.length < HEAD_LENGTH) this.#lookAt(chunk);
        this.#framer.push(chunk);
        const batch = this.#drain();
        if (this.#foreign !== null && batch.some(({ type }) => isMrtType(type))) this.#foreign = null;
        if (batch.length > 0) yield batch;
      }
    } catch (error) {
      if (!(error instanceof CompressionError)) throw error;
      fault = error;
    }
    this.#close(fault);
  }

  #lookAt(chunk: Uint8Array): void {
    const head = new Uint8Array(Math.min(HEAD_LENGTH, this.#head.length + chunk.length));
    head.set(this.#head);
    head.set(chunk.subarray(0, head.length - this.#head.length), this.#head.length);
    this.#head = head;
    this.#foreign = foreignFormat(head);
  }

  #drain(): RawRecord[] {
    const batch: RawRecord[] = [];
    for (let record = this.#framer.next(); record !== null; record = this.#framer.next()) batch.push(record);
    return batch;
  }

  #close(fault: CompressionError | null): void {
    const { truncated: bytes, offset, reason } = this.#framer.end();
    if (reason === 'impossible-length') {
      this.#losses.push({ kind: 'gap', offset, bytes, reason: 'a record has an impossible length' });
    }
    if (fault !== null) {
      const cut = reason === 'truncated' ? bytes : 0;
      this.#losses.push({ kind: 'compression', offset: this.#unpacked - cut, bytes: cut, reason: fault.message });
    } else if (reason === 'truncated') {
      this.#losses.push({ kind: 'truncated', offset, bytes, reason: 'the last record is cut short' });
    }
    if (this.#foreign !== null && this.#losses.length > 0) {
      this.#losses[0] = { ...this.#losses[0], reason: this.#foreign };
    }
  }
}

/** Reads the raw records of `source`. */
export function readMrtRecords(source: ByteSource, options: DecompressOptions = {}): MrtRecords {
  return new MrtRecords(source, options);
}
