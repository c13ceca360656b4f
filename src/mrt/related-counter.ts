// Counts unicast routes related to wanted prefixes without decoding their messages: of an ordinary message the walk that finds them
// counts them, everything else is left to the decoder. For those who want a number and nothing else.

import { type Afi } from '../ip/address.js';
import { MessageScanner, type RelatedNlri } from './message-scanner.js';
import { type RecordTest } from './record-framer.js';
import { type FileState, RecordScanner } from './record-scanner.js';
import { MrtType } from './codes.js';

/** A test of records that passes over those whose routes it has counted. */
export class RelatedCounter implements RecordTest {
  readonly #messages: MessageScanner;
  readonly #others: RecordScanner;
  readonly #tally: Tally;
  #total = 0;

  constructor(related: RelatedNlri, state: FileState) {
    this.#tally = new Tally(related);
    this.#messages = new MessageScanner({ unicast: this.#tally, multicast: related }, state.peers, state.memory);
    this.#others = new RecordScanner(related, state);
  }

  /** Routes related to a wanted prefix, announced or withdrawn, in the messages passed over. */
  get total(): number {
    return this.#total;
  }

  mayConcern(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes[start + 5] === MrtType.TABLE_DUMP_V2) return this.#others.mayConcern(bytes, start, end);
    this.#tally.found = 0;
    if (this.#messages.mayConcern(bytes, start, end)) return true;
    this.#total += this.#tally.found;
    return false;
  }
}

/** Says of no route that it is related, and counts those that are. */
class Tally implements RelatedNlri {
  readonly #related: RelatedNlri;
  found = 0;

  constructor(related: RelatedNlri) {
    this.#related = related;
  }

  isRelatedNlri(bytes: Uint8Array, offset: number, length: number, afi: Afi): boolean {
    if (this.#related.isRelatedNlri(bytes, offset, length, afi)) this.found++;
    return false;
  }
}
