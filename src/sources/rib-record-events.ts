// The route events of one RIB record of TABLE_DUMP_V2 (RFC 6396 section 4.3.4, RFC 8050 section 4), made one by one as they are asked
// for: a merge orders a whole dump by peer, so it holds all of it that touches registered prefixes, and holds bytes at a tenth of the
// room of objects (test/bench, P7). For records that a `RibSurvey` calls ordinary: nothing in them can fail to decode.

import { wordAt } from '../ip/address.js';
import { type EventTime } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';
import { type RibAttributes } from '../mrt/rib-attributes.js';
import { type PeerAddress, type RawEvidence, type RibEntryEvent, type RouteEvent } from '../rib/route-event.js';
import { routeAttributes } from './route-attributes.js';

/** What all records of a dump share. */
export interface DumpSource {
  readonly collector: string;
  readonly input: string;
  readonly file: string;
  readonly dump: string;
  /** Those of its peer index, and the record that holds it. */
  readonly peers: readonly PeerAddress[];
  readonly peerIndex: Uint8Array | null;
  /** Decodes the attributes of an entry, whose length stands at `at`. */
  readonly decode: (bytes: Uint8Array, at: number) => RibAttributes;
}

/** What is kept of one RIB record. */
export interface RibRecordPart {
  readonly prefix: Prefix;
  /** The record, header included: owned. */
  readonly bytes: Uint8Array;
  /** Where in it the entries begin, and whether they have path identifiers. */
  readonly entries: Uint32Array;
  readonly addPath: boolean;
}

interface RibRecord extends RibRecordPart {
  readonly record: number;
  readonly offset: number;
  readonly at: EventTime;
  /** The first event's place among those of the record. */
  readonly sequence: number;
}

export class RibRecordEvents {
  readonly kind = 'rib-record';
  /** The order time of every entry. */
  readonly order: EventTime;
  readonly #source: DumpSource;
  readonly #record: RibRecord;
  readonly #evidence: RawEvidence;

  constructor(source: DumpSource, record: RibRecord, order: EventTime) {
    this.#source = source;
    this.#record = record;
    this.#evidence = { record: record.bytes, peerIndex: source.peerIndex };
    this.order = order;
  }

  /** How many events there are. */
  get size(): number {
    return this.#record.entries.length;
  }

  peerAddress(entry: number): string {
    return this.#peer(entry).address;
  }

  /** The event of an entry, as of another order time where that differs. */
  event(entry: number, order: EventTime = this.order): RibEntryEvent {
    const { collector, input, file, dump, decode } = this.#source;
    const { record, offset, at, prefix, bytes, entries, addPath, sequence } = this.#record;
    const head = entries[entry];
    const { address, asn } = this.#peer(entry);
    const { attributes, nextHop, warnings } = decode(bytes, head + (addPath ? 10 : 6));
    const { path, attributes: digest, malformed, marks } = routeAttributes(attributes, nextHop, warnings);
    return {
      kind: 'rib',
      collector,
      input,
      file,
      record,
      offset,
      sequence: sequence + entry,
      peerAddress: address,
      peerAs: asn,
      at,
      order,
      dump,
      prefix,
      pathId: addPath ? wordAt(bytes, head + 6) : 0,
      evidence: this.#evidence,
      path,
      internalAs: null,
      attributes: digest,
      malformed,
      marks,
    };
  }

  #peer(entry: number): PeerAddress {
    const { bytes, entries } = this.#record;
    const head = entries[entry];
    return this.#source.peers[(bytes[head] << 8) | bytes[head + 1]];
  }
}

/** What a file's reading gives: events, or a record that holds several. */
export type SourceEvent = RouteEvent | RibRecordEvents;

/** One by one. */
export function* routeEventsOf(events: Iterable<SourceEvent>): IterableIterator<RouteEvent> {
  for (const event of events) {
    if (event.kind !== 'rib-record') yield event;
    else for (let entry = 0; entry < event.size; entry++) yield event.event(entry);
  }
}
