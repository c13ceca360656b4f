// The lines of `bgpdump -m` of ordinary UPDATEs straight from their bytes: what `bgpdump-line.ts` makes of decoded elements, byte for
// byte (a test holds the two together on every kind of input), without the elements. Whatever is out of the ordinary is left alone.
// The parts of a line are written once a message; its further lines are copies of the first but for the prefix.

import { wordAt } from '../ip/address.js';
import { MrtType } from '../mrt/codes.js';
import { type PeerHeader } from '../mrt/peer-cache.js';
import { type RecordTest } from '../mrt/record-framer.js';
import { type LayoutState, UpdateLayout } from '../mrt/update-layout.js';
import { LONGEST, putTriple } from './ascii.js';
import { bgpdumpAddress } from './bgpdump-line.js';
import { type LineBuffer } from './line-buffer.js';
import {
  ascii,
  BAR,
  MOST_BESIDE,
  MOST_PER_OCTET,
  NEWLINE,
  put,
  putPrefix,
  putTail,
  type TailForm,
} from './route-text.js';
import { SecondText } from './second-text.js';

const DOT = 0x2e;

const NAMES = new Map<number, Uint8Array>([
  [MrtType.BGP, ascii('BGP|')],
  [MrtType.BGP4MP, ascii('BGP4MP|')],
  [MrtType.BGP4MP_ET, ascii('BGP4MP_ET|')],
]);

const IPV4: TailForm = { fromReach: false, afi6: false, legacy: false };
const IPV6: TailForm = { fromReach: true, afi6: true, legacy: false };
const LEGACY_IPV4: TailForm = { ...IPV4, legacy: true };
const LEGACY_IPV6: TailForm = { ...IPV6, legacy: true };

/** NLRI from `block` to `end`. */
interface Block {
  readonly block: number;
  readonly end: number;
}

/** Sessions whose texts are kept; then all are forgotten. */
const MOST_SESSIONS = 4096;

/** Puts the lines of ordinary UPDATEs into `out`: a test of records that passes over those it has written. */
export class UpdateLines implements RecordTest {
  readonly #layout: UpdateLayout;
  readonly #out: LineBuffer;
  readonly #peers = new Map<PeerHeader, Uint8Array>();
  readonly #seconds = new SecondText();
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
    const { withdrawn, withdrawnEnd, announced, announcedEnd, attributes } = this.#layout;
    const legacy = bytes[start + 5] === MrtType.BGP;
    this.#withdrawals(bytes, start, { block: withdrawn, end: withdrawnEnd, afi6: false });
    const { unreach, unreachEnd, unreachAfi, reach, reachEnd } = attributes;
    this.#withdrawals(bytes, start, { block: unreach, end: unreachEnd, afi6: unreachAfi === 2 });
    this.#announcements(bytes, start, { block: announced, end: announcedEnd, form: legacy ? LEGACY_IPV4 : IPV4 });
    this.#announcements(bytes, start, { block: reach, end: reachEnd, form: legacy ? LEGACY_IPV6 : IPV6 });
  }

  #withdrawals(bytes: Uint8Array, start: number, { block, end, afi6 }: Block & { readonly afi6: boolean }): void {
    if (block >= end) return;
    let out = this.#out.room(MOST_BESIDE);
    const lead = this.#out.length;
    let at = this.#putLead(out, lead, bytes, start, 0x57);
    const leadLength = at - lead;
    for (let nlri = block; ;) {
      at = putPrefix(out, at, bytes, nlri, afi6);
      out[at++] = NEWLINE;
      this.#out.length = at;
      nlri += 1 + ((bytes[nlri] + 7) >>> 3);
      if (nlri >= end) return;
      out = this.#out.room(MOST_BESIDE);
      out.copyWithin(at, lead, lead + leadLength);
      at += leadLength;
    }
  }

  #announcements(bytes: Uint8Array, start: number, { block, end, form }: Block & { readonly form: TailForm }): void {
    if (block >= end) return;
    this.#firstLine(bytes, start, block, form);
    const [leadLength, tailLength] = [this.#prefix - this.#lead, this.#end - this.#tail];
    let at = this.#end;
    for (let nlri = block + 1 + ((bytes[block] + 7) >>> 3); nlri < end; nlri += 1 + ((bytes[nlri] + 7) >>> 3)) {
      const out = this.#out.room(leadLength + LONGEST + tailLength);
      out.copyWithin(at, this.#lead, this.#prefix);
      at = putPrefix(out, at + leadLength, bytes, nlri, form.afi6);
      out.copyWithin(at, this.#tail, this.#end);
      at += tailLength;
      this.#out.length = at;
    }
  }

  #firstLine(bytes: Uint8Array, start: number, nlri: number, form: TailForm): void {
    const { announced, withdrawnEnd, attributes } = this.#layout;
    const out = this.#out.room(MOST_BESIDE + MOST_PER_OCTET * (announced - withdrawnEnd));
    this.#lead = this.#out.length;
    this.#prefix = this.#putLead(out, this.#lead, bytes, start, 0x41);
    this.#tail = putPrefix(out, this.#prefix, bytes, nlri, form.afi6);
    this.#end = putTail(out, this.#tail, bytes, attributes, form);
    this.#out.length = this.#end;
  }

  /** `format|time|letter|peer address|peer AS|`. */
  #putLead(out: Uint8Array, start: number, bytes: Uint8Array, record: number, letter: number): number {
    const type = bytes[record + 5];
    let at = put(out, start, NAMES.get(type)!);
    at = this.#seconds.put(out, at, wordAt(bytes, record));
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
}
