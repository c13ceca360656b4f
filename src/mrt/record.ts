// `MrtDecoder`: raw records of one file to decoded ones, and what later records refer to: the peer index of TABLE_DUMP_V2 (a later one
// replaces the earlier), and which sessions send undeclared path identifiers. RFC 6396, 8050; RFC 6397 as far as skipping it.
// Framing is `record-framer.ts`, the elements of a record `elements.ts`.

import { AddressText } from '../bgp/address-text.js';
import { type AttributeContext } from '../bgp/path-attributes.js';
import { AddPathMemory } from './add-path-memory.js';
import { decodeBgp } from './bgp-legacy.js';
import { decodeBgp4mp } from './bgp4mp.js';
import { MrtType, TableDumpV2Subtype } from './codes.js';
import { type MrtRecord, type PeerIndex, skipRecord } from './decoded-record.js';
import { type RelatedNlri } from './message-scanner.js';
import { MessageSurvey } from './message-survey.js';
import { type FileState, RecordScanner } from './record-scanner.js';
import { decodeRibAttributes, type RibAttributes, ribContext, type RibOptions } from './rib-attributes.js';
import { PeerCache } from './peer-cache.js';
import { type RawRecord } from './record-framer.js';
import { decodeTableDump } from './table-dump.js';
import { decodePeerIndex, decodeTableDumpV2 } from './table-dump-v2.js';

export type { IndexedPeer, MrtRecord, PeerIndex } from './decoded-record.js';

/** What `MrtDecoder` may be given. */
export interface MrtDecoderOptions {
  /** Name of the collector that wrote the file: part of the identity of a session. */
  readonly collector?: string;
  /** What is known of sessions that send undeclared path identifiers; an empty one where absent. */
  readonly addPathMemory?: AddPathMemory;
  /**
   * Keep the order and flags of attributes, so that `encodeMrtRecord` gives well-formed records back byte for byte; false by default,
   * since it costs an object an attribute.
   */
  readonly keepForm?: boolean;
}

/** Decodes the records of one file, in their order. */
export class MrtDecoder {
  readonly #rib: RibOptions;
  readonly #ribContext: AttributeContext;
  readonly #peers: PeerCache;
  readonly #memory: AddPathMemory;
  #peerIndex: PeerIndex | null = null;
  #peerIndexBytes: Uint8Array | null = null;

  constructor(options: MrtDecoderOptions = {}) {
    const { collector = 'default', addPathMemory: memory = new AddPathMemory(), keepForm = false } = options;
    this.#rib = { addresses: new AddressText(), keepForm };
    this.#ribContext = ribContext(true, this.#rib);
    this.#memory = memory;
    this.#peers = new PeerCache({ collector, memory, ...this.#rib });
  }

  /** What was learnt of the file so far, for those who look at its records in front of `decode`. */
  get state(): FileState {
    return { peers: this.#peers, memory: this.#memory, peerCount: () => this.#peerIndex?.peers.length ?? null };
  }

  /** What looks through the file's records for wanted prefixes in front of `decode`. */
  scanner(related: RelatedNlri): RecordScanner {
    return new RecordScanner(related, this.state);
  }

  /** What looks through the file's messages in front of `decode`, by what was decoded so far. */
  messageSurvey(related: RelatedNlri): MessageSurvey {
    return new MessageSurvey(related, this.#peers, this.#memory);
  }

  /** The peer index in force, null before the first. */
  get peerIndex(): PeerIndex | null {
    return this.#peerIndex;
  }

  /** An own copy of its record, header included. */
  get peerIndexBytes(): Uint8Array | null {
    return this.#peerIndexBytes;
  }

  /**
   * Decodes the attributes of one RIB entry of TABLE_DUMP_V2, whose length stands at `at` of `bytes`; their peer is not looked at.
   *
   * @throws DecodeError where they run over `bytes`.
   */
  ribAttributes(bytes: Uint8Array, at: number): RibAttributes {
    return decodeRibAttributes(bytes, at, this.#ribContext);
  }

  /**
   * Decodes one record. Nothing of the result refers to `raw.bytes`.
   *
   * @throws DecodeError where the record cannot be interpreted; its `offset` counts from the record's header. The next record is
   *   not affected.
   */
  decode(raw: RawRecord): MrtRecord {
    switch (raw.type) {
      case MrtType.BGP4MP:
      case MrtType.BGP4MP_ET:
        return decodeBgp4mp(raw, this.#peers);
      case MrtType.TABLE_DUMP_V2: {
        if (raw.subtype !== TableDumpV2Subtype.PEER_INDEX_TABLE)
          return decodeTableDumpV2(raw, this.#peerIndex, this.#rib);
        const record = decodePeerIndex(raw);
        this.#peerIndex = record;
        this.#peerIndexBytes = raw.bytes.slice();
        return record;
      }
      case MrtType.TABLE_DUMP:
        return decodeTableDump(raw, this.#rib);
      case MrtType.BGP:
        return decodeBgp(raw, this.#peers);
      default:
        return skipRecord(raw, 'unsupported-type');
    }
  }
}
