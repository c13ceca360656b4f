// The records of one input through decoder, filter and formatter to a sink, in their order. A record that cannot be interpreted costs
// itself. Text goes out in large pieces, and no faster than the sink takes it.

import { MrtType } from '../mrt/codes.js';
import { elementsOf } from '../mrt/elements.js';
import { type MrtElement } from '../mrt/element.js';
import { type ElementFilter } from '../mrt/element-filter.js';
import { DecodeError } from '../mrt/mrt-parser.js';
import { MrtDecoder } from '../mrt/record.js';
import { type RawRecord, type RecordTest } from '../mrt/record-framer.js';
import { RelatedCounter } from '../mrt/related-counter.js';
import { BgpdumpFormatter } from './bgpdump-line.js';
import { JsonFormatter } from './json-element.js';
import { LineBuffer } from './line-buffer.js';
import { RibLines } from './rib-lines.js';
import { type DumpStats, type LossKind } from './stats.js';
import { UpdateLines } from './update-lines.js';

export type DumpFormat = 'bgpdump' | 'json' | 'none';

/** Where text goes, as ASCII. */
export interface DumpSink {
  /** Settles when the text was taken: then its memory is used again. */
  write(text: Uint8Array): Promise<void>;
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

/** The same, of the input in hand. */
export type Loss = Omit<LossReport, 'input' | 'kind'>;

export interface RecordDumpOptions {
  readonly format: DumpFormat;
  readonly collector: string;
  /** Null lets everything through. */
  readonly filter: ElementFilter | null;
  readonly stats: DumpStats;
  /** Count every record and element: without it messages of unwanted prefixes are passed over undecoded. */
  readonly countAll: boolean;
  readonly sink: DumpSink;
  readonly onLoss: (loss: LossReport) => void;
}

/** What takes an input's records in their order. */
export interface RecordTaker {
  /** What passes over records that are seen to without being taken; null where all are to be taken. */
  readonly test: RecordTest | null;
  take(raw: RawRecord): void;
  /** Bytes between the records taken last and next were not interpreted. */
  lose(kind: LossKind, loss: Loss): void;
  /** Called now and then: the time to wait for whoever is slower. */
  turn(): Promise<void>;
  /** All records were taken. */
  end(): Promise<void>;
}

/** The state of one input's dump. */
export class RecordDump implements RecordTaker {
  readonly #name: string;
  readonly #options: RecordDumpOptions;
  readonly #decoder: MrtDecoder;
  readonly #formatter: Formatter | null;
  readonly #out = new LineBuffer();
  readonly #counter: RelatedCounter | null;
  readonly test: RecordTest | null;
  #written = Promise.resolve();

  constructor(name: string, options: RecordDumpOptions) {
    this.#name = name;
    this.#options = options;
    this.#decoder = new MrtDecoder({ collector: options.collector });
    this.#formatter = formatterOf(options);
    const { format, filter, countAll } = options;
    const counts = format === 'none' && !countAll && filter?.isRelation === true && filter.related !== null;
    this.#counter = counts ? new RelatedCounter(filter.related, this.#decoder.state) : null;
    this.test = this.#counter ?? this.#makeTest();
  }

  /** True where its lines are those of `UpdateLines`, so far as messages are ordinary. */
  get isOfLines(): boolean {
    const { filter, countAll, format } = this.#options;
    return filter === null && !countAll && format === 'bgpdump';
  }

  /** True where no session is known to send, or suspected of sending, undeclared path identifiers. */
  get isAllPlain(): boolean {
    return this.#decoder.state.memory.isAllPlain;
  }

  /** Peers of the index in force, null before the first. */
  get peerCount(): number | null {
    return this.#decoder.state.peerCount();
  }

  /** Counts routes that were found without it. */
  countRelated(routes: number): void {
    this.#options.stats.countUndecoded(routes);
  }

  take(raw: RawRecord): void {
    const { stats, filter } = this.#options;
    stats.countRawRecord(raw.type, raw.subtype);
    const elements = this.#elements(raw);
    for (const element of elements) {
      if (filter !== null && !filter(element)) continue;
      stats.countElement(element);
      this.#formatter?.write(element, this.#out);
    }
  }

  /** Takes lines made elsewhere. */
  takeText(text: Uint8Array): void {
    this.#out.bytes(text);
  }

  async turn(): Promise<void> {
    if (this.#out.isFull) await this.#flush();
  }

  async end(): Promise<void> {
    await this.#flush();
    await this.#written;
    if (this.#counter !== null) this.#options.stats.countUndecoded(this.#counter.total);
  }

  lose(kind: LossKind, loss: Loss): void {
    this.#options.stats.countLoss(kind, loss.bytes);
    this.#options.onLoss({ ...loss, input: this.#name, kind });
  }

  /** Hands on what there is, once what was handed on before is written. */
  async #flush(): Promise<void> {
    await this.#written;
    if (this.#out.length > 0) this.#written = this.#options.sink.write(this.#out.take());
  }

  #makeTest(): RecordTest | null {
    const { filter, countAll } = this.#options;
    if (this.isOfLines)
      return firstOf(
        new UpdateLines(this.#decoder.state, this.#out),
        new RibLines(() => this.#decoder.peerIndex, this.#out),
      );
    return countAll || !filter?.related ? null : this.#decoder.scanner(filter.related);
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

/** Passes over what either passes over. */
function firstOf(messages: RecordTest, ribs: RecordTest): RecordTest {
  return {
    mayConcern: (bytes, start, end, index, offset) =>
      bytes[start + 5] === MrtType.TABLE_DUMP_V2
        ? ribs.mayConcern(bytes, start, end, index, offset)
        : messages.mayConcern(bytes, start, end, index, offset),
  };
}

interface Formatter {
  write(element: MrtElement, out: LineBuffer): void;
}

function formatterOf({ format, collector }: RecordDumpOptions): Formatter | null {
  switch (format) {
    case 'bgpdump':
      return new BgpdumpFormatter();
    case 'json':
      return new JsonFormatter(collector);
    case 'none':
      return null;
  }
}
