// The lines of `bgpdump -m` of RIB records of TABLE_DUMP_V2 (RFC 6396 section 4.3.2) straight from their bytes: unicast ones without path
// identifiers whose entries are all ordinary (attribute-layout.ts). Others are left alone, whole.
//
//   sequence (4) | prefix length (1) | prefix | entry count (2) | peer index (2) | originated time (4) | attributes' length (2) | attributes ...

import { wordAt } from '../ip/address.js';
import { AttributeLayout } from '../mrt/attribute-layout.js';
import { MrtType, TableDumpV2Subtype } from '../mrt/codes.js';
import { type PeerIndex } from '../mrt/decoded-record.js';
import { MRT_HEADER_LENGTH, type RecordTest } from '../mrt/record-framer.js';
import { LONGEST } from './ascii.js';
import { bgpdumpAddress } from './bgpdump-line.js';
import { type LineBuffer } from './line-buffer.js';
import { ascii, MOST_BESIDE, MOST_PER_OCTET, put, putPrefix, putTail, type TailForm } from './route-text.js';
import { SecondText } from './second-text.js';

const NAME = ascii('TABLE_DUMP2|');
const LETTER = ascii('|B');
const FORM = { asn4: true, form: 'rib' } as const;

/** Forms of the tail by family and by where the next hop stands. */
const TAILS: Readonly<Record<'ipv4' | 'ipv6', readonly [own: TailForm, reach: TailForm]>> = {
  ipv4: [tailForm(false, false), tailForm(true, false)],
  ipv6: [tailForm(false, true), tailForm(true, true)],
};

function tailForm(fromReach: boolean, afi6: boolean): TailForm {
  return { fromReach, afi6, legacy: false };
}

/** Puts the lines of ordinary RIB records into `out`: a test of records that passes over those it has written. */
export class RibLines implements RecordTest {
  readonly #peerIndex: () => PeerIndex | null;
  readonly #out: LineBuffer;
  readonly #layout = new AttributeLayout();
  readonly #seconds = new SecondText();
  /** `|peer address|peer AS|` of the peers of an index. */
  #texts: readonly Uint8Array[] = [];
  #textsOf: PeerIndex | null = null;

  constructor(peerIndex: () => PeerIndex | null, out: LineBuffer) {
    this.#peerIndex = peerIndex;
    this.#out = out;
  }

  /** False where all lines of the record were written, true where it is left to the decoder. */
  mayConcern(bytes: Uint8Array, start: number, end: number): boolean {
    if (((bytes[start + 4] << 8) | bytes[start + 5]) !== MrtType.TABLE_DUMP_V2) return true;
    const subtype = (bytes[start + 6] << 8) | bytes[start + 7];
    const afi6 = subtype === TableDumpV2Subtype.RIB_IPV6_UNICAST;
    if (!afi6 && subtype !== TableDumpV2Subtype.RIB_IPV4_UNICAST) return true;
    this.#learnPeers();
    const before = this.#out.length;
    if (this.#textsOf !== null && this.#entries(bytes, start, end, afi6)) return false;
    this.#out.length = before;
    return true;
  }

  /** Writes the entries' lines. @returns false where the record is not ordinary: then what was written does not count. */
  #entries(bytes: Uint8Array, start: number, end: number, afi6: boolean): boolean {
    const nlri = start + MRT_HEADER_LENGTH + 4;
    const length = bytes[nlri];
    const entries = nlri + 1 + ((length + 7) >>> 3) + 2;
    if (nlri >= end || length > (afi6 ? 128 : 32) || entries > end) return false;
    if ((length & 7) !== 0 && (bytes[entries - 3] & (0xff >>> (length & 7))) !== 0) return false;
    const count = (bytes[entries - 2] << 8) | bytes[entries - 1];
    let at = entries;
    for (let i = 0; i < count; i++) {
      const attributes = at + 8;
      if (attributes > end) return false;
      const peer = (bytes[at] << 8) | bytes[at + 1];
      at = attributes + ((bytes[attributes - 2] << 8) | bytes[attributes - 1]);
      if (at > end || peer >= this.#texts.length || !this.#layout.read(bytes, attributes, at, FORM)) return false;
      const room = MOST_BESIDE + LONGEST + MOST_PER_OCTET * (at - attributes);
      this.#line(this.#out.room(room), bytes, { start, nlri, peer, afi6 });
    }
    return at === end;
  }

  #line(
    out: Uint8Array,
    bytes: Uint8Array,
    { start, nlri, peer, afi6 }: { start: number; nlri: number; peer: number; afi6: boolean },
  ): void {
    let at = put(out, this.#out.length, NAME);
    at = put(out, this.#seconds.put(out, at, wordAt(bytes, start)), LETTER);
    at = putPrefix(out, put(out, at, this.#texts[peer]), bytes, nlri, afi6);
    const tails = afi6 ? TAILS.ipv6 : TAILS.ipv4;
    this.#out.length = putTail(out, at, bytes, this.#layout, tails[this.#layout.reachHop === 0 ? 0 : 1]);
  }

  #learnPeers(): void {
    const index = this.#peerIndex();
    if (index === this.#textsOf) return;
    this.#textsOf = index;
    this.#texts = (index?.peers ?? []).map(({ address, asn }) => ascii(`|${bgpdumpAddress(address)}|${asn}|`));
  }
}
