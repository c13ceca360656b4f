// One input through the decoder, the filter and a formatter to a sink, in the order of the file. A record that cannot be interpreted
// costs itself: it is reported with its number and offset, and the next one is taken. Text goes out in large pieces, and no faster
// than the sink takes it. Opens nothing but the input and exits nothing.

import { elementsOf } from '../mrt/elements.js';
import { type MrtElement } from '../mrt/element.js';
import { type ElementFilter } from '../mrt/element-filter.js';
import { MrtDecoder } from '../mrt/record.js';
import { type RawRecord, type RecordTest } from '../mrt/record-framer.js';
import { DecodeError } from '../mrt/mrt-parser.js';
import { UnsupportedCompressionError } from '../sources/compression.js';
import { InputError, type InputFile } from '../sources/input-files.js';
import { type InputLoss, readMrtRecords } from '../sources/mrt-records.js';
import { BgpdumpFormatter } from './bgpdump-line.js';
import { JsonFormatter } from './json-element.js';
import { LineBuffer } from './line-buffer.js';
import { type DumpStats, type LossKind } from './stats.js';

export type DumpFormat = 'bgpdump' | 'json' | 'none';

/** Where text goes, as ASCII. */
export interface DumpSink {
  /** @returns a promise where the sink wants to be waited for. */
  write(text: Uint8Array): Promise<void> | null;
}

/** Bytes of an input that were not interpreted. */
export interface LossReport {
  readonly input: string;
  readonly kind: LossKind;
  /** 0-based number of the record, where one record is concerned. */
  readonly record?: number;
  /** Where in the unpacked bytes. */
  readonly offset: number;
  readonly bytes: number;
  readonly reason: string;
}

export interface DumpOptions {
  readonly format: DumpFormat;
  readonly collector: string;
  /** Null lets everything through. */
  readonly filter: ElementFilter | null;
  readonly stats: DumpStats;
  /** Count every record and element: without it messages of unwanted prefixes are passed over undecoded. */
  readonly countAll: boolean;
  readonly sink: DumpSink;
  readonly onLoss: (loss: LossReport) => void;
  /** Told once of an input that held records whose true length is not the one their headers say; nothing of them is lost. */
  readonly onCorrected: (corrected: { readonly input: string; readonly records: number }) => void;
  readonly signal?: AbortSignal;
}

/**
 * Dumps one input.
 *
 * @throws InputError, UnsupportedCompressionError where it cannot be read; what was read before is written.
 */
export async function dumpInput(input: InputFile, options: DumpOptions): Promise<void> {
  const { signal, stats } = options;
  const dump = new Dump(input.name, options);
  const onLoss = (loss: InputLoss): void => dump.lose(loss.kind, loss);
  const { scanner: test } = dump;
  const records = readMrtRecords(input, { onLoss, ...(test && { test }), ...(signal && { signal }) });
  try {
    for await (const batch of records) {
      for (const raw of batch) {
        dump.add(raw);
        if (dump.isFull) await dump.flush();
      }
    }
  } finally {
    await dump.flush();
    stats.countInput(records.unpackedBytes);
    if (records.corrected > 0) dump.correct(records.corrected);
  }
}

/** Why an input could not be read, in words. @throws the error where it is another one. */
export function failureOf({ name }: InputFile, error: unknown): string {
  if (error instanceof InputError) return error.message;
  if (error instanceof UnsupportedCompressionError) return `${name}: ${error.message}`;
  throw error;
}

/** The state of one input's dump. */
class Dump {
  readonly #name: string;
  readonly #options: DumpOptions;
  readonly #decoder: MrtDecoder;
  readonly #formatter: Formatter | null;
  readonly #out = new LineBuffer();

  constructor(name: string, options: DumpOptions) {
    this.#name = name;
    this.#options = options;
    this.#decoder = new MrtDecoder({ collector: options.collector });
    this.#formatter = formatterOf(options);
  }

  /** What passes over records that hold nothing wanted; null where all are to be looked at. */
  get scanner(): RecordTest | null {
    const { filter, countAll } = this.#options;
    return countAll || !filter?.related ? null : this.#decoder.scanner(filter.related);
  }

  get isFull(): boolean {
    return this.#out.isFull;
  }

  add(raw: RawRecord): void {
    const { stats, filter } = this.#options;
    stats.countRawRecord(raw.type, raw.subtype);
    const elements = this.#elements(raw);
    for (const element of elements) {
      if (filter !== null && !filter(element)) continue;
      stats.countElement(element);
      this.#formatter?.write(element, this.#out);
    }
  }

  async flush(): Promise<void> {
    if (this.#out.length > 0) await this.#options.sink.write(this.#out.take());
  }

  /** Framing that was corrected is one warning of the input, however many records it is. */
  correct(records: number): void {
    this.#options.stats.countWarning('corrected-framing');
    this.#options.onCorrected({ input: this.#name, records });
  }

  lose(kind: LossKind, loss: Omit<LossReport, 'input' | 'kind'>): void {
    this.#options.stats.countLoss(kind, loss.bytes);
    this.#options.onLoss({ ...loss, input: this.#name, kind });
  }

  #elements(raw: RawRecord): readonly MrtElement[] {
    try {
      const record = this.#decoder.decode(raw);
      this.#options.stats.countRecord(record);
      return elementsOf(record);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const { index, offset, bytes } = raw;
      this.lose('message', { record: index, offset, bytes: bytes.length, reason: `${error.code}: ${error.message}` });
      return [];
    }
  }
}

interface Formatter {
  write(element: MrtElement, out: LineBuffer): void;
}

function formatterOf({ format, collector }: DumpOptions): Formatter | null {
  switch (format) {
    case 'bgpdump':
      return new BgpdumpFormatter();
    case 'json':
      return new JsonFormatter(collector);
    case 'none':
      return null;
  }
}
