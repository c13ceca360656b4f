// One slice of a plain file, counted by itself: the records that begin in it. Where the first one does is a guess from a chain of
// headers, and everything rests on what most files are: ordinary records one behind the other, no session known to send undeclared path
// identifiers, one peer index. What is not counted is handed back as bytes for the file's decoder, and at the first thing out
// of the ordinary the slice ends. Whether guess and premises were true is `sliced-records.ts`'s to find out: nothing is believed.

import { AddressText } from '../bgp/address-text.js';
import { PrefixUnion, type PrefixUnionTables } from '../ip/prefix-union.js';
import { AddPathMemory } from '../mrt/add-path-memory.js';
import { MrtType, TableDumpV2Subtype } from '../mrt/codes.js';
import { PeerCache } from '../mrt/peer-cache.js';
import { chainOfOrdinary, findOrdinary, HOLDS, NO_TIME, timeAt } from '../mrt/plausible-header.js';
import { RecordFramer } from '../mrt/record-framer.js';
import { RelatedCounter } from '../mrt/related-counter.js';

/** How the slices of a file are counted: plain data, since it goes to other threads. */
export interface SliceJob {
  readonly path: string;
  readonly wanted: PrefixUnionTables;
  /** In the peer index at the file's beginning; null where there is none. */
  readonly peers: number | null;
  /** Where the first slice begins, how long one is, and how many there are. */
  readonly from: number;
  readonly length: number;
  readonly count: number;
}

/** A record that was not counted. */
export interface LeftRecord {
  /** In the file. */
  readonly offset: number;
  /** Records of the slice before it, and routes counted in them. */
  readonly before: number;
  readonly related: number;
  /** The whole of it: its own memory. */
  readonly bytes: Uint8Array;
}

/** What was found between two places of the file. */
export interface SliceAnswer {
  readonly slice: number;
  readonly start: number;
  /** Where the next record begins. */
  readonly end: number;
  /** Records, those left included. */
  readonly records: number;
  /** Routes counted. */
  readonly related: number;
  readonly left: readonly LeftRecord[];
}

/** Reads bytes from `position` on into `buffer`; fewer at the end of the file. @returns how many. */
export type ReadAt = (buffer: Uint8Array, position: number) => number;

const CHUNK = 1 << 20;

/** Bytes in which the first record is looked for, and that are read behind the slice, in which its last record should end. */
const [LOOK, BEHIND] = [1 << 18, 1 << 16] as const;

/** Part of a slice that may be left; where more is, whoever decodes it would be waited for. */
const MOST_LEFT = 1 / 8;

/** Counts slices of one file. */
export class SliceCounter {
  readonly #job: SliceJob;
  readonly #read: ReadAt;
  readonly #counter: RelatedCounter;
  readonly #buffer = new Uint8Array(CHUNK);

  constructor(job: SliceJob, read: ReadAt) {
    this.#job = job;
    this.#read = read;
    const memory = new AddPathMemory();
    const peers = new PeerCache({ collector: '', memory, addresses: new AddressText(), keepForm: false });
    const peerCount = (): number | null => job.peers;
    this.#counter = new RelatedCounter(new PrefixUnion(job.wanted), { peers, memory, peerCount });
  }

  /** Where the file cannot be read there is no record. */
  count(slice: number): SliceAnswer {
    const { from, length } = this.#job;
    const begin = from + slice * length;
    try {
      return this.#count(slice, this.#findStart(begin), begin + length);
    } catch {
      return { slice, start: begin, end: begin, records: 0, related: 0, left: [] };
    }
  }

  #chunkAt(position: number, most: number): Uint8Array {
    const buffer = this.#buffer.subarray(0, most);
    return buffer.subarray(0, this.#read(buffer, position));
  }

  /** The first place from `from` on where three headers chain; `from` where there is none near. */
  #findStart(from: number): number {
    const stretch = { bytes: this.#chunkAt(from, LOOK), ended: false };
    for (let at = 0; ; at++) {
      at = findOrdinary(stretch.bytes, at, stretch.bytes.length, NO_TIME);
      if (at < 0) return from;
      if (chainOfOrdinary(stretch, { at, extra: 0, near: NO_TIME }) === HOLDS) return from + at;
    }
  }

  #count(slice: number, start: number, to: number): SliceAnswer {
    const first = this.#counter.total;
    const left: LeftRecord[] = [];
    const framer = new RecordFramer(this.#counter);
    framer.stopAt(to);
    let [end, leftBytes] = [start, 0];
    for (let before = -1; before !== end && end < to;) {
      before = end;
      const chunk = this.#chunkAt(end, to - end + BEHIND);
      framer.moveTo({ offset: end, index: framer.end().records, near: timeAt(chunk, 0) });
      framer.push(chunk);
      for (let raw = framer.nextOrdinary(); raw !== null; raw = framer.nextOrdinary()) {
        const { type, subtype, offset, index, bytes } = raw;
        const isIndex = type === MrtType.TABLE_DUMP_V2 && subtype === TableDumpV2Subtype.PEER_INDEX_TABLE;
        leftBytes += bytes.length;
        if (isIndex || leftBytes > (to - start) * MOST_LEFT)
          return { slice, start, end: offset, records: index, related: this.#counter.total - first, left };
        left.push({ offset, before: index, related: this.#counter.total - first, bytes: bytes.slice() });
      }
      end = framer.position;
    }
    return { slice, start, end, records: framer.end().records, related: this.#counter.total - first, left };
  }
}
