// The routes that one kept record holds, read as it was read when it came: with the PEER_INDEX_TABLE that belongs to it, and with path
// identifiers where they were found. The same decoder and the same mapping as every file's; only what stood before it is not needed.

import { type PolicyTable } from '../detection/policy.js';
import { defaultFigures } from '../detection/figures.js';
import { AddPathMemory } from '../mrt/add-path-memory.js';
import { MrtDecoder } from '../mrt/record.js';
import { frameRecord, MRT_HEADER_LENGTH } from '../mrt/record-framer.js';
import { type AnnounceEvent, type RibEntryEvent } from '../rib/route-event.js';
import { RouteEventReader } from '../sources/route-events.js';
import { DecodeError } from '../wire/decode-error.js';

/** A record, and what it is read with. */
export interface RecordToRead {
  readonly record: Uint8Array;
  readonly peerIndex: Uint8Array | null;
  readonly collector: string;
  readonly file: string;
  /** Families that are read with identifiers though the record's type declares none. */
  readonly identified: readonly number[];
  /** What is registered. */
  readonly policies: PolicyTable;
}

/** The announced routes and RIB entries of registered and related prefixes; a text where the record cannot be read, which says why. */
export function routesOfRecord(options: RecordToRead): readonly (AnnounceEvent | RibEntryEvent)[] | string {
  const { record, peerIndex, collector, file, identified, policies } = options;
  const decoder = new MrtDecoder({ collector, addPathMemory: new AddPathMemory({ identified }) });
  const reader = new RouteEventReader({
    collector,
    input: '',
    file,
    related: policies,
    figures: { ...defaultFigures.order, quiet: defaultFigures.transfer.quiet },
    peerIndexBytes: () => decoder.peerIndexBytes,
    ribAttributes: (bytes, at) => decoder.ribAttributes(bytes, at),
  });
  const routes: (AnnounceEvent | RibEntryEvent)[] = [];
  try {
    for (const [index, bytes] of [peerIndex, record].entries()) {
      if (bytes === null) continue;
      if (bytes.length < MRT_HEADER_LENGTH) return 'it is shorter than a record header';
      const raw = frameRecord(bytes, index, 0);
      reader.read(raw, decoder.decode(raw), (event) => {
        if (event.kind === 'announce' || event.kind === 'rib') routes.push(event);
      });
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return error.message;
  }
  return routes;
}
