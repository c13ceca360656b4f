// One file as route events in its own order: records framed, decoded, mapped, counted; most of them are passed over undecoded
// (`passed-records.ts`). What it could not read is counted by kind and told in words, and costs nothing else.

import { isTreatAsWithdraw } from '../bgp/warnings.js';
import { type EventTime } from '../ip/event-time.js';
import { MrtDecoder } from '../mrt/record.js';
import { type MrtRecord } from '../mrt/decoded-record.js';
import { type RelatedNlri } from '../mrt/message-scanner.js';
import { type RawRecord } from '../mrt/record-framer.js';
import { DecodeError } from '../wire/decode-error.js';
import { type ByteSource } from './decompress.js';
import { countElements } from './element-count.js';
import { type InputLoss, readMrtRecords } from './mrt-records.js';
import { PassedRecords } from './passed-records.js';
import { type SourceEvent } from './rib-record-events.js';
import { type RelatedPrefixes, RouteEventReader, type SourceFigures } from './route-events.js';

/** What a file's reading is counted into; plain numbers by the names of the metric table. */
export interface ReadCounters {
  lastRecordAt: EventTime | null;
  readonly records: Record<string, number>;
  readonly elements: Record<string, number>;
  readonly errors: Record<string, number>;
  readonly dropped: Record<string, number>;
}

export interface EventFileOptions {
  readonly source: ByteSource;
  readonly collector: string;
  readonly identity: string;
  /** Base name, as evidence cites it. */
  readonly file: string;
  readonly related: RelatedPrefixes & RelatedNlri;
  readonly figures: SourceFigures;
  readonly counters: ReadCounters;
  /** The first record that is counted: those before were, when they were read before a restart. Default 0. */
  readonly countFrom?: number;
  /** Told of every record or stretch that could not be interpreted. */
  readonly onDamage: (damage: string) => void;
  readonly signal?: AbortSignal;
}

/** The events of some records. */
export interface EventBatch {
  readonly events: readonly SourceEvent[];
  /** No later event of this file is ordered before this time. */
  readonly floor: EventTime;
  readonly newest: EventTime | null;
  /** Records and unpacked bytes read so far. */
  readonly records: number;
  readonly offset: number;
}

/** Reads a file; its last batch comes when the file has ended. */
export async function* readEvents(options: EventFileOptions): AsyncGenerator<EventBatch> {
  const { source, collector, counters, signal, onDamage, countFrom = 0 } = options;
  const decoder = new MrtDecoder({ collector });
  const reader = new RouteEventReader({
    ...options,
    input: options.identity,
    peerIndexBytes: () => decoder.peerIndexBytes,
    ribAttributes: (bytes, at) => decoder.ribAttributes(bytes, at),
  });
  let events: SourceEvent[] = [];
  const onLoss = (loss: InputLoss): void => {
    counters.errors[loss.kind] = (counters.errors[loss.kind] ?? 0) + 1;
    onDamage(describeLoss(loss));
    reader.lose();
  };
  const emit = (event: SourceEvent): void => void events.push(event);
  const passed = new PassedRecords({ ...options, decoder, reader, emit, countFrom });
  let read = 0;
  let offset = 0;
  for await (const batch of readMrtRecords(source, { onLoss, test: passed, ...(signal !== undefined && { signal }) })) {
    const before = read;
    for (const raw of batch) {
      readRecord(raw, decoder, reader, emit, options);
      read = raw.index + 1;
      offset = raw.offset + raw.bytes.length;
    }
    if (passed.index >= read) [read, offset] = [passed.index + 1, passed.end];
    passed.takeCounts(counters);
    count(counters, reader);
    if (read === before) continue;
    yield { events, floor: reader.floor, newest: reader.newest, records: read, offset };
    events = [];
  }
  reader.end(emit);
  yield { events, floor: Infinity, newest: reader.newest, records: read, offset };
}

/** `gap at offset 1234 to 1290, 56 bytes: reason`. */
function describeLoss({ kind, offset, bytes, reason }: InputLoss): string {
  return `${kind} at offset ${offset} to ${offset + bytes}, ${bytes} bytes: ${reason}`;
}

function readRecord(
  raw: RawRecord,
  decoder: MrtDecoder,
  reader: RouteEventReader,
  emit: (event: SourceEvent) => void,
  { counters, onDamage, countFrom = 0 }: EventFileOptions,
): void {
  const counted = raw.index >= countFrom;
  const type = MRT_TYPE_NAMES[raw.type] ?? 'other';
  if (counted) counters.records[type] = (counters.records[type] ?? 0) + 1;
  let record: MrtRecord;
  try {
    record = decoder.decode(raw);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (counted) counters.errors['message'] = (counters.errors['message'] ?? 0) + 1;
    if (counted) onDamage(`record ${raw.index} at offset ${raw.offset + error.offset}: ${error.message}`);
    reader.skip(raw, emit);
    return;
  }
  if (counted) countRecord(record, counters);
  reader.read(raw, record, emit);
}

function countRecord(record: MrtRecord, { elements, errors, dropped }: ReadCounters): void {
  if (record.kind === 'skipped') {
    dropped['unsupported'] = (dropped['unsupported'] ?? 0) + 1;
    return;
  }
  countElements(record, elements);
  if (record.warnings.length === 0) return;
  if (record.warnings.includes('nlri-undecided')) dropped['undecided'] = (dropped['undecided'] ?? 0) + 1;
  if (record.warnings.includes('unsupported-family')) dropped['unsupported'] = (dropped['unsupported'] ?? 0) + 1;
  if (isTreatAsWithdraw(record.warnings)) errors['malformed'] = (errors['malformed'] ?? 0) + 1;
}

function count(counters: ReadCounters, reader: RouteEventReader): void {
  if (reader.newest !== null) counters.lastRecordAt = Math.max(counters.lastRecordAt ?? 0, reader.newest);
  counters.errors['time-jump'] = (counters.errors['time-jump'] ?? 0) + reader.takeJumps();
}

/** Names of the metric table by MRT type (RFC 6396 section 4, RFC 6397). */
const MRT_TYPE_NAMES: Readonly<Record<number, string>> = {
  5: 'BGP',
  12: 'TABLE_DUMP',
  13: 'TABLE_DUMP_V2',
  16: 'BGP4MP',
  17: 'BGP4MP_ET',
};
