// Which records of a file can be passed over undecoded, when only some prefixes are wanted: the dispatch to the scanners of messages and of
// RIBs. What neither knows is decoded.

import { MrtType } from './codes.js';
import { MessageScanner, type RelatedNlri } from './message-scanner.js';
import { type AddPathMemory } from './add-path-memory.js';
import { type PeerCache } from './peer-cache.js';
import { type RecordTest } from './record-framer.js';
import { ribConcerns } from './rib-scanner.js';

/** What a decoder knows of its file. */
export interface FileState {
  readonly peers: PeerCache;
  readonly memory: AddPathMemory;
  /** Peers of the index in force, null before the first. */
  readonly peerCount: () => number | null;
}

/** Scans the records of one file, in front of the decoder whose state it is given. */
export class RecordScanner implements RecordTest {
  readonly #related: RelatedNlri;
  readonly #messages: MessageScanner;
  readonly #peerCount: () => number | null;

  constructor(related: RelatedNlri, { peers, memory, peerCount }: FileState) {
    this.#related = related;
    this.#messages = new MessageScanner({ unicast: related, multicast: related }, peers, memory);
    this.#peerCount = peerCount;
  }

  /** False only where decoding the record, from `start` to `end` of `bytes`, could not give or teach anything that is wanted. */
  mayConcern(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes[start + 5] !== MrtType.TABLE_DUMP_V2) return this.#messages.mayConcern(bytes, start, end);
    const peers = this.#peerCount();
    return peers === null || ribConcerns(bytes, start, end, { related: this.#related, peers });
  }
}
