// The streaming face of the parser: chunks of unpacked bytes to raw records and to elements by async iteration, and a scan of a
// buffer that calls back with indices and allocates nothing. RFC 6396 sections 2 and 4.
//
// Where the bytes come from (file, fetch, decompression) is the caller's affair. A record that cannot be decoded costs itself alone;
// what is lost is told to `onLoss`, or thrown where nobody listens. No concurrency: one chunk is taken when the last is used up.

import { DecodeError } from '../wire/decode-error.js';
import { type AddPathMemory } from './add-path-memory.js';
import { type MrtElement } from './element.js';
import { elementFilter, type FilterOptions } from './element-filter.js';
import { elementsOf } from './elements.js';
import { MrtDecoder } from './record.js';
import {
  type FramingGap,
  MAX_RECORD_LENGTH,
  MRT_HEADER_LENGTH,
  type RawRecord,
  RecordFramer,
} from './record-framer.js';

/** Bytes of an MRT file, unpacked, in pieces of any size: a Node stream, a web ReadableStream, an array. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Bytes that were not interpreted: one record, a gap between two, or the end of the input where it is cut short. */
export interface ReadLoss {
  /** A record that cannot be decoded; bytes between records; the last record, cut short. */
  readonly kind: 'record' | 'gap' | 'end';
  /** 0-based number of the record; for `gap` that of the record behind it, for `end` the number that the next one would have had. */
  readonly record: number;
  /** Where the bytes begin, in the unpacked input, and how many they are. */
  readonly offset: number;
  readonly bytes: number;
  /** Why. Its own `offset` counts from the first octet of the record's header. */
  readonly error: DecodeError;
}

/** What `readRecords` may be given. */
export interface ReadOptions {
  /** Told of every loss, in order; reading goes on. Where absent, the first loss is thrown as its DecodeError. */
  readonly onLoss?: (loss: ReadLoss) => void;
}

/** What `readElements` may be given. */
export interface ReadElementsOptions<T extends MrtElement['type'] = MrtElement['type']> extends ReadOptions {
  /** Which elements are wanted: conditions, of which `types` narrows their type, or a test. All where absent. */
  readonly filter?: FilterOptions<T> | ((element: MrtElement) => boolean);
  /** Name of the collector, part of the identity of sessions; `default` where absent. */
  readonly collector?: string;
  /** What is known from other files of the collector about undeclared path identifiers (RFC 7911). */
  readonly addPathMemory?: AddPathMemory;
}

/**
 * The records of an input, framed and not decoded.
 *
 * The `bytes` of a record are borrowed: they are valid until the next one is asked for. Keep `bytes.slice()`.
 *
 * @throws DecodeError `record-truncated` or `record-length` where bytes cannot be framed, unless `onLoss` takes it; whatever `chunks`
 *   throws.
 */
export async function* readRecords(chunks: Chunks, options: ReadOptions = {}): AsyncGenerator<RawRecord, void, void> {
  const framer = new RecordFramer();
  for await (const chunk of chunks) {
    framer.push(plain(chunk));
    yield* framed(framer, options);
  }
  framer.finish();
  yield* framed(framer, options);
}

/** The records that can be framed now; each gap is told before the record behind it. */
function* framed(framer: RecordFramer, options: ReadOptions): Generator<RawRecord, void, void> {
  for (;;) {
    const raw = framer.next();
    const gap = framer.takeGap();
    if (gap !== null) reportGap(gap, raw?.index ?? framer.end().records, options);
    if (raw === null) return;
    yield raw;
  }
}

function reportGap({ offset, bytes, reason }: FramingGap, record: number, options: ReadOptions): void {
  const isEnd = reason === 'truncated';
  const text = `Cannot frame ${isEnd ? 'the last ' : ''}${bytes} bytes: ${reason} at offset ${offset}`;
  const error = new DecodeError(isEnd ? 'record-truncated' : 'record-length', text, 0);
  report({ kind: isEnd ? 'end' : 'gap', record, offset, bytes, error }, options);
}

/** Node's Buffer, whose `slice` does not copy, as what it is below. */
function plain(chunk: Uint8Array): Uint8Array {
  if (Object.getPrototypeOf(chunk) === Uint8Array.prototype) return chunk;
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
}

/**
 * The elements of an input, in the order of its records: routes announced and withdrawn, RIB entries, state changes, session messages.
 *
 * Elements own their data and may be kept; those of one UPDATE share one `attributes` object.
 *
 * @throws DecodeError at the first record that cannot be decoded, unless `onLoss` takes it; whatever `chunks` throws.
 */
export async function* readElements<T extends MrtElement['type'] = MrtElement['type']>(
  chunks: Chunks,
  options: ReadElementsOptions<T> = {},
): AsyncGenerator<Extract<MrtElement, { type: T }>, void, void> {
  const { collector = 'default', addPathMemory } = options;
  const decoder = new MrtDecoder(addPathMemory === undefined ? { collector } : { collector, addPathMemory });
  const isWanted = wantedTest(options.filter);
  for await (const raw of readRecords(chunks, options)) {
    for (const element of decodeElements(decoder, raw, options))
      if (isWanted === null || isWanted(element)) yield element as Extract<MrtElement, { type: T }>; // `types` was asked for
  }
}

function wantedTest(filter: ReadElementsOptions['filter']): ((element: MrtElement) => boolean) | null {
  if (filter === undefined) return null;
  return typeof filter === 'function' ? filter : elementFilter(filter);
}

function decodeElements(decoder: MrtDecoder, raw: RawRecord, options: ReadOptions): readonly MrtElement[] {
  try {
    return elementsOf(decoder.decode(raw));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    report({ kind: 'record', record: raw.index, offset: raw.offset, bytes: raw.bytes.length, error }, options);
    return [];
  }
}

function report(loss: ReadLoss, { onLoss }: ReadOptions): void {
  if (onLoss === undefined) throw loss.error;
  onLoss(loss);
}

/**
 * Called for a record that stands in `bytes` from `start` (its header) to `end`. `bodyStart` is what follows the header and, in _ET
 * types, the microseconds. Return false to stop behind this record.
 */
export type RecordVisitor = (bytes: Uint8Array, start: number, bodyStart: number, end: number) => boolean | undefined;

const BGP4MP_ET = 17;
const ISIS_ET = 33;
const OSPFV3_ET = 49;

/**
 * Calls `visit` for every whole record of `bytes` from index `from` on, synchronously, with indices only: nothing is allocated or
 * copied. Timestamp, type and subtype stand at `start`, `start + 4` and `start + 6` (RFC 6396 section 2).
 *
 * @returns the index behind the last record visited: where a record begins that is not all there, or the end.
 * @throws DecodeError `record-length` at a record that claims more than 16 MiB.
 */
export function scanRecords(bytes: Uint8Array, visit: RecordVisitor, from = 0): number {
  let at = from;
  while (bytes.length - at >= MRT_HEADER_LENGTH) {
    const length = ((bytes[at + 8] << 24) | (bytes[at + 9] << 16) | (bytes[at + 10] << 8) | bytes[at + 11]) >>> 0;
    if (length > MAX_RECORD_LENGTH) {
      throw new DecodeError('record-length', `Cannot frame a record of ${length} octets: at most 16 MiB`, at);
    }
    const start = at;
    const body = start + MRT_HEADER_LENGTH;
    if (length > bytes.length - body) break;
    at = body + length;
    const type = (bytes[start + 4] << 8) | bytes[start + 5];
    const extended = (type === BGP4MP_ET || type === ISIS_ET || type === OSPFV3_ET) && length >= 4;
    if (visit(bytes, start, extended ? body + 4 : body, at) === false) break;
  }
  return at;
}
