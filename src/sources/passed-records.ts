// Which records of a file are passed over undecoded on their way to route events, and what is known and counted of them all the same:
// ordinary messages that touch no registered prefix, nineteen in twenty, and ordinary RIB records, of which those that do are handed to
// the reader as bytes. Where it says "decode", nothing was told yet.

import { type EventTime, SECOND } from '../ip/event-time.js';
import { wordAt } from '../ip/address.js';
import { Prefix } from '../ip/prefix.js';
import { MrtType } from '../mrt/codes.js';
import { type RelatedNlri } from '../mrt/message-scanner.js';
import { type MessageSurvey } from '../mrt/message-survey.js';
import { type MrtDecoder } from '../mrt/record.js';
import { type RecordTest } from '../mrt/record-framer.js';
import { RibSurvey } from '../mrt/rib-survey.js';
import { type RibRecordPart, type SourceEvent } from './rib-record-events.js';
import { type RecordPlace, type RouteEventReader } from './route-events.js';

export interface PassedRecordsOptions {
  readonly related: RelatedNlri;
  readonly decoder: MrtDecoder;
  readonly reader: RouteEventReader;
  readonly emit: (event: SourceEvent) => void;
  /** The first record that is counted. */
  readonly countFrom: number;
}

/** Counts by the names of the metric table. */
interface Counters {
  readonly records: Record<string, number>;
  readonly elements: Record<string, number>;
}

const HEADER = 12;

/** The test in front of a file's decoder; see the head of the file. */
export class PassedRecords implements RecordTest {
  readonly #options: PassedRecordsOptions;
  readonly #messages: MessageSurvey;
  readonly #ribs: RibSurvey;
  readonly #place: { -readonly [K in keyof RecordPlace]: RecordPlace[K] } = { index: 0, offset: 0 };
  /** Of the newest record that was passed over: its number, and where it ends. */
  index = -1;
  end = 0;
  #records = { BGP: 0, TABLE_DUMP_V2: 0, BGP4MP: 0, BGP4MP_ET: 0 };
  #elements = { announce: 0, withdraw: 0, keepalive: 0, rib: 0 };

  constructor(options: PassedRecordsOptions) {
    this.#options = options;
    this.#messages = options.decoder.messageSurvey(options.related);
    this.#ribs = new RibSurvey(options.related);
  }

  mayConcern(bytes: Uint8Array, start: number, end: number, index: number, offset: number): boolean {
    const isRib = bytes[start + 5] === MrtType.TABLE_DUMP_V2;
    const peers = isRib ? this.#options.decoder.peerIndex?.peers : null;
    if (peers === undefined) return true;
    const ordinary =
      peers === null
        ? this.#messages.isOrdinary(bytes, start, end)
        : this.#ribs.isOrdinary(bytes, start, end, peers.length);
    if (!ordinary) return true;
    const { reader, emit, countFrom } = this.#options;
    this.#place.index = this.index = index;
    this.#place.offset = offset;
    this.end = offset + end - start;
    const time = timeOf(bytes, start);
    if (peers === null) reader.passMessage(this.#messages, time, this.#place, emit);
    else {
      reader.passRib(this.#ribs, peers, time, this.#place, emit);
      if (this.#ribs.related && this.#ribs.safi === 1) reader.holdRib(this.#part(bytes, start, end), peers, emit);
    }
    if (index >= countFrom) this.#count(bytes[start + 5]);
    return false;
  }

  /** What is kept of the ordinary RIB record in hand, from `start` to `end` of `bytes`. */
  #part(bytes: Uint8Array, start: number, end: number): RibRecordPart {
    const { nlri, afi, heads, entries, addPath } = this.#ribs;
    return {
      prefix: Prefix.fromNlri(bytes, nlri + 1, bytes[nlri], afi),
      bytes: bytes.slice(start, end),
      entries: heads.slice(0, entries).map((head) => head - start),
      addPath,
    };
  }

  /** Adds what was counted since the last call. */
  takeCounts({ records, elements }: Counters): void {
    add(this.#records, records);
    add(this.#elements, elements);
  }

  #count(type: number): void {
    const records = this.#records;
    const elements = this.#elements;
    if (type === MrtType.TABLE_DUMP_V2) {
      records.TABLE_DUMP_V2++;
      elements.rib += this.#ribs.entries;
      return;
    }
    if (type === MrtType.BGP4MP) records.BGP4MP++;
    else if (type === MrtType.BGP4MP_ET) records.BGP4MP_ET++;
    else records.BGP++;
    const { isUpdate, announced, withdrawn } = this.#messages;
    if (!isUpdate) elements.keepalive++;
    else {
      elements.announce += announced;
      elements.withdraw += withdrawn;
    }
  }
}

/** Moves the counts of `from` over to `to`. */
function add(from: Record<string, number>, to: Record<string, number>): void {
  for (const [name, count] of Object.entries(from)) {
    if (count > 0) to[name] = (to[name] ?? 0) + count;
    from[name] = 0;
  }
}

function timeOf(bytes: Uint8Array, start: number): EventTime {
  const extended = bytes[start + 5] === MrtType.BGP4MP_ET;
  const micros = extended ? Math.min(wordAt(bytes, start + HEADER), SECOND - 1) : 0;
  return wordAt(bytes, start) * SECOND + micros;
}
