// The lines of `bgpdump -m` of ordinary UPDATEs straight from their bytes: what `bgpdump-line.ts` makes of decoded elements, byte for
// byte (a test holds the two together on every kind of input), without the elements. Whatever is out of the ordinary is left alone.
// The parts of a line are written once a message; its further lines are copies of the first but for the prefix.

import { SegmentType } from '../bgp/as-path.js';
import { wordAt } from '../ip/address.js';
import { MrtType } from '../mrt/codes.js';
import { type PeerHeader } from '../mrt/peer-cache.js';
import { type RecordTest } from '../mrt/record-framer.js';
import { type LayoutState, UpdateLayout } from '../mrt/update-layout.js';
import { LONGEST, putIpv4, putIpv6, putNumber, putTriple } from './ascii.js';
import { bgpdumpAddress, WELL_KNOWN } from './bgpdump-line.js';
import { type LineBuffer } from './line-buffer.js';

const BAR = 0x7c;
const SLASH = 0x2f;
const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;
const NEWLINE = 0x0a;
const DOT = 0x2e;

const NAMES = new Map<number, Uint8Array>([
  [MrtType.BGP, ascii('BGP|')],
  [MrtType.BGP4MP, ascii('BGP4MP|')],
  [MrtType.BGP4MP_ET, ascii('BGP4MP_ET|')],
]);
const ORIGINS = [ascii('IGP|'), ascii('EGP|'), ascii('INCOMPLETE|')];
const NO_NEXT_HOP = ascii('255.255.255.255');
const AGGREGATED = ascii('|AG|');
const NOT_AGGREGATED = ascii('|NAG|');

/** The octets around and between the AS numbers of a segment, by its type; 0 for none. */
const DELIMITERS: readonly (readonly [number, number, number])[] = makeDelimiters();

function makeDelimiters(): readonly (readonly [number, number, number])[] {
  const table: [number, number, number][] = Array.from({ length: 5 }, () => [0, SPACE, 0]);
  table[SegmentType.AS_SET] = [0x7b, COMMA, 0x7d];
  table[SegmentType.AS_CONFED_SEQUENCE] = [0x28, SPACE, 0x29];
  table[SegmentType.AS_CONFED_SET] = [0x5b, COMMA, 0x5d];
  return table;
}

/** Octets of text for an octet of attributes at most (a 2-octet AS number: 5 digits and a delimiter), and for what is fixed. */
const MOST_PER_OCTET = 3;
const MOST_BESIDE = 4 * LONGEST + 128;

/** Sessions whose texts are kept; then all are forgotten. */
const MOST_SESSIONS = 4096;

/** Puts the lines of ordinary UPDATEs into `out`: a test of records that passes over those it has written. */
export class UpdateLines implements RecordTest {
  readonly #layout: UpdateLayout;
  readonly #out: LineBuffer;
  readonly #peers = new Map<PeerHeader, Uint8Array>();
  #second = -1;
  readonly #secondText = new Uint8Array(10);
  #secondLength = 0;
  #afi6 = false;
  /** Of the last announcement's line: where it begins, where its prefix stands, and what follows the prefix. */
  #lead = 0;
  #prefix = 0;
  #tail = 0;
  #end = 0;

  constructor(state: LayoutState, out: LineBuffer) {
    this.#layout = new UpdateLayout(state);
    this.#out = out;
  }

  /** False where all lines of the record were written, true where it is left to the decoder. */
  mayConcern(bytes: Uint8Array, start: number, end: number): boolean {
    switch (this.#layout.read(bytes, start, end)) {
      case 'update':
        this.#update(bytes, start);
        return false;
      case 'keepalive':
        return false;
      case 'other':
        return true;
    }
  }

  #update(bytes: Uint8Array, start: number): void {
    const layout = this.#layout;
    this.#withdrawals(bytes, start, layout.withdrawn, layout.withdrawnEnd, false);
    this.#withdrawals(bytes, start, layout.unreach, layout.unreachEnd, layout.unreachAfi === 2);
    this.#announcements(bytes, start, layout.announced, layout.announcedEnd, false);
    this.#announcements(bytes, start, layout.reach, layout.reachEnd, true);
  }

  #withdrawals(bytes: Uint8Array, start: number, block: number, end: number, afi6: boolean): void {
    if (block >= end) return;
    this.#afi6 = afi6;
    let out = this.#out.room(MOST_BESIDE);
    const lead = this.#out.length;
    let at = this.#putLead(out, lead, bytes, start, 0x57);
    const leadLength = at - lead;
    for (let nlri = block; ;) {
      at = this.#putPrefix(out, at, bytes, nlri);
      out[at++] = NEWLINE;
      this.#out.length = at;
      nlri += 1 + ((bytes[nlri] + 7) >>> 3);
      if (nlri >= end) return;
      out = this.#out.room(MOST_BESIDE);
      out.copyWithin(at, lead, lead + leadLength);
      at += leadLength;
    }
  }

  #announcements(bytes: Uint8Array, start: number, block: number, end: number, afi6: boolean): void {
    if (block >= end) return;
    this.#afi6 = afi6;
    this.#firstLine(bytes, start, block);
    const [leadLength, tailLength] = [this.#prefix - this.#lead, this.#end - this.#tail];
    let at = this.#end;
    for (let nlri = block + 1 + ((bytes[block] + 7) >>> 3); nlri < end; nlri += 1 + ((bytes[nlri] + 7) >>> 3)) {
      const out = this.#out.room(leadLength + LONGEST + tailLength);
      out.copyWithin(at, this.#lead, this.#prefix);
      at = this.#putPrefix(out, at + leadLength, bytes, nlri);
      out.copyWithin(at, this.#tail, this.#end);
      at += tailLength;
      this.#out.length = at;
    }
  }

  #firstLine(bytes: Uint8Array, start: number, nlri: number): void {
    const layout = this.#layout;
    const out = this.#out.room(MOST_BESIDE + MOST_PER_OCTET * (layout.announced - layout.withdrawnEnd));
    this.#lead = this.#out.length;
    this.#prefix = this.#putLead(out, this.#lead, bytes, start, 0x41);
    this.#tail = this.#putPrefix(out, this.#prefix, bytes, nlri);
    this.#end = this.#putTail(out, this.#tail, bytes, bytes[start + 5] === MrtType.BGP);
    this.#out.length = this.#end;
  }

  /** `format|time|letter|peer address|peer AS|`. */
  #putLead(out: Uint8Array, start: number, bytes: Uint8Array, record: number, letter: number): number {
    const type = bytes[record + 5];
    let at = put(out, start, NAMES.get(type)!);
    const second = wordAt(bytes, record);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondLength = putNumber(this.#secondText, 0, second);
    }
    for (let i = 0; i < this.#secondLength; i++) out[at++] = this.#secondText[i];
    if (type === MrtType.BGP4MP_ET) {
      const micros = Math.min(wordAt(bytes, record + 12), 999_999);
      const high = (micros / 1000) | 0;
      out[at++] = DOT;
      at = putTriple(out, putTriple(out, at, high), micros - high * 1000);
    }
    out[at++] = BAR;
    out[at++] = letter;
    return put(out, at, this.#peerText());
  }

  /** `|peer address|peer AS|`. */
  #peerText(): Uint8Array {
    const { session } = this.#layout;
    const known = this.#peers.get(session);
    if (known !== undefined) return known;
    if (this.#peers.size >= MOST_SESSIONS) this.#peers.clear();
    const text = ascii(`|${bgpdumpAddress(session.peerAddress)}|${session.peerAs}|`);
    this.#peers.set(session, text);
    return text;
  }

  #putPrefix(out: Uint8Array, start: number, bytes: Uint8Array, nlri: number): number {
    const length = bytes[nlri];
    const octets = (length + 7) >>> 3;
    const at = this.#afi6 ? putIpv6(out, start, bytes, nlri + 1, octets) : putIpv4(out, start, bytes, nlri + 1, octets);
    out[at] = SLASH;
    return putNumber(out, at + 1, length);
  }

  /** From the bar behind the prefix to the end of the line; in type 5 nothing stands between MED and communities. */
  #putTail(out: Uint8Array, start: number, bytes: Uint8Array, legacy: boolean): number {
    const { origin, nextHop, reachHop, localPref, med, atomicAggregate } = this.#layout;
    out[start] = BAR;
    let at = this.#putPath(out, start + 1, bytes);
    out[at++] = BAR;
    at = put(out, at, ORIGINS[origin === 0 ? 2 : Math.min(bytes[origin], 2)]);
    if (this.#afi6) at = putIpv6(out, at, bytes, reachHop);
    else at = nextHop === 0 ? put(out, at, NO_NEXT_HOP) : putIpv4(out, at, bytes, nextHop);
    out[at++] = BAR;
    at = putNumber(out, at, localPref === 0 ? 0 : wordAt(bytes, localPref));
    out[at++] = BAR;
    at = putNumber(out, at, med === 0 ? 0 : wordAt(bytes, med));
    if (!legacy) out[at++] = BAR;
    at = put(out, this.#putCommunities(out, at, bytes), atomicAggregate === 0 ? NOT_AGGREGATED : AGGREGATED);
    at = this.#putAggregator(out, at, bytes);
    out[at++] = BAR;
    out[at++] = NEWLINE;
    return at;
  }

  #putPath(out: Uint8Array, start: number, bytes: Uint8Array): number {
    const { path, pathEnd, session } = this.#layout;
    let at = start;
    for (let segment = path; segment < pathEnd;) {
      if (segment > path) out[at++] = SPACE;
      const [open, between, close] = DELIMITERS[bytes[segment]];
      const count = bytes[segment + 1];
      segment += 2;
      if (open !== 0) out[at++] = open;
      for (let i = 0; i < count; i++) {
        if (i > 0) out[at++] = between;
        if (session.asn4) {
          at = putNumber(out, at, wordAt(bytes, segment));
          segment += 4;
        } else {
          at = putNumber(out, at, (bytes[segment] << 8) | bytes[segment + 1]);
          segment += 2;
        }
      }
      if (close !== 0) out[at++] = close;
    }
    return at;
  }

  #putCommunities(out: Uint8Array, start: number, bytes: Uint8Array): number {
    const { communities, communitiesEnd } = this.#layout;
    let at = start;
    for (let community = communities; community < communitiesEnd; community += 4) {
      if (community > communities) out[at++] = SPACE;
      const high = (bytes[community] << 8) | bytes[community + 1];
      const known = high === 0xffff ? WELL_KNOWN.get(wordAt(bytes, community)) : undefined;
      if (known !== undefined) {
        at = put(out, at, ascii(known));
        continue;
      }
      at = putNumber(out, at, high);
      out[at++] = COLON;
      at = putNumber(out, at, (bytes[community + 2] << 8) | bytes[community + 3]);
    }
    return at;
  }

  #putAggregator(out: Uint8Array, start: number, bytes: Uint8Array): number {
    const { aggregator, session } = this.#layout;
    const address = aggregator + (session.asn4 ? 4 : 2);
    if (aggregator === 0 || wordAt(bytes, address) === 0xffffffff) return start;
    const asn = session.asn4 ? wordAt(bytes, aggregator) : (bytes[aggregator] << 8) | bytes[aggregator + 1];
    const at = putNumber(out, start, asn);
    out[at] = SPACE;
    return putIpv4(out, at + 1, bytes, address);
  }
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Copies a short text; a loop, since `set` costs more for so few octets. */
function put(out: Uint8Array, start: number, text: Uint8Array): number {
  for (let i = 0; i < text.length; i++) out[start + i] = text[i];
  return start + text.length;
}
