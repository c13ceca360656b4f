// Where the parts of an UPDATE stand in a record of BGP4MP(_ET) or type 5 (RFC 6396 section 4.4 and appendix B.2.1; RFC 4271 section 4.3,
// RFC 4760): walked in place, nothing is built. For those who go from bytes to their own output and decode only what is out of the ordinary. Ordinary are
// received messages of the peer (not LOCAL, not ADDPATH subtypes) with ordinary attributes (attribute-layout.ts) and plain NLRI of known
// families, without host bits and without doubt about path identifiers.

import { familyKey, MessageType } from '../bgp/codes.js';
import { type AddPathMemory } from './add-path-memory.js';
import { AttributeLayout } from './attribute-layout.js';
import { Bgp4mpSubtype, BgpSubtype, MrtType } from './codes.js';
import { hasMarker } from './message-scanner.js';
import { type PeerCache, type PeerHeader } from './peer-cache.js';
import { MRT_HEADER_LENGTH } from './plausible-header.js';

/** Octets of marker, length and type. */
const HEADER = 19;

/** Octets of the session header of type 5. */
const LEGACY_HEADER = 12;

/** What `UpdateLayout.read` found. */
export type LayoutAnswer = 'update' | 'keepalive' | 'other';

/** What the decoder of the file knows. */
export interface LayoutState {
  readonly peers: PeerCache;
  readonly memory: AddPathMemory;
}

/** The layout of one message at a time: offsets in the bytes last given to `read`. */
export class UpdateLayout {
  readonly #peers: PeerCache;
  readonly #memory: AddPathMemory;
  readonly attributes = new AttributeLayout();
  session!: PeerHeader;
  withdrawn = 0;
  withdrawnEnd = 0;
  announced = 0;
  announcedEnd = 0;
  constructor({ peers, memory }: LayoutState) {
    this.#peers = peers;
    this.#memory = memory;
  }

  /** Reads the record from `start` to `end` of `bytes`. `other`: it is no UPDATE or KEEPALIVE of a peer, or not an ordinary one. */
  read(bytes: Uint8Array, start: number, end: number): LayoutAnswer {
    const type = (bytes[start + 4] << 8) | bytes[start + 5];
    const subtype = (bytes[start + 6] << 8) | bytes[start + 7];
    if (type === MrtType.BGP) return subtype === BgpSubtype.UPDATE ? this.#legacy(bytes, start, end) : 'other';
    if (type !== MrtType.BGP4MP && type !== MrtType.BGP4MP_ET) return 'other';
    if (subtype !== Bgp4mpSubtype.MESSAGE_AS4 && subtype !== Bgp4mpSubtype.MESSAGE) return 'other';
    const asn4 = subtype === Bgp4mpSubtype.MESSAGE_AS4;
    const header = start + MRT_HEADER_LENGTH + (type === MrtType.BGP4MP_ET ? 4 : 0);
    const addresses = header + (asn4 ? 12 : 8);
    if (addresses + 8 + HEADER > end) return 'other';
    const afi = (bytes[addresses - 2] << 8) | bytes[addresses - 1];
    const message = addresses + (afi === 1 ? 8 : 32);
    if ((afi !== 1 && afi !== 2) || message + HEADER > end || !hasMarker(bytes, message)) return 'other';
    if (message + ((bytes[message + 16] << 8) | bytes[message + 17]) !== end) return 'other';
    const kind = bytes[message + 18];
    if (kind === MessageType.KEEPALIVE) return message + HEADER === end ? 'keepalive' : 'other';
    if (kind !== MessageType.UPDATE || message + HEADER + 4 > end) return 'other';
    this.session = this.#peers.lookup(bytes, header, asn4);
    return this.#update(bytes, message + HEADER, end) ? 'update' : 'other';
  }

  /** Type 5: the session's header, then the message without one of its own. */
  #legacy(bytes: Uint8Array, start: number, end: number): LayoutAnswer {
    const message = start + MRT_HEADER_LENGTH + LEGACY_HEADER;
    if (message + 4 > end) return 'other';
    this.session = this.#peers.lookupLegacy(bytes, start + MRT_HEADER_LENGTH);
    return this.#update(bytes, message, end) ? 'update' : 'other';
  }

  #update(bytes: Uint8Array, start: number, end: number): boolean {
    const attributes = start + 2 + ((bytes[start] << 8) | bytes[start + 1]);
    if (attributes + 2 > end) return false;
    const nlri = attributes + 2 + ((bytes[attributes] << 8) | bytes[attributes + 1]);
    if (nlri > end) return false;
    this.withdrawn = start + 2;
    this.withdrawnEnd = attributes;
    this.announced = nlri;
    this.announcedEnd = end;
    return (
      this.#isOrdinaryBlock(bytes, start + 2, attributes, familyKey(1, 1)) &&
      this.#isOrdinaryBlock(bytes, nlri, end, familyKey(1, 1)) &&
      this.attributes.read(bytes, attributes + 2, nlri, { asn4: this.session.asn4, form: 'update' }) &&
      this.#areOrdinaryBlocks(bytes)
    );
  }

  /** The blocks inside the attributes. */
  #areOrdinaryBlocks(bytes: Uint8Array): boolean {
    const { reach, reachEnd, reachSafi, unreach, unreachEnd, unreachAfi, unreachSafi } = this.attributes;
    return (
      this.#isOrdinaryBlock(bytes, reach, reachEnd, familyKey(2, reachSafi)) &&
      this.#isOrdinaryBlock(bytes, unreach, unreachEnd, familyKey(unreachAfi, unreachSafi))
    );
  }

  /** Whether the block is read as a plain one beyond doubt, and has no host bits. A default route is left to the decoder too. */
  #isOrdinaryBlock(bytes: Uint8Array, start: number, end: number, family: number): boolean {
    if (start === end) return true;
    if (!this.#memory.isAllPlain && this.session.modes.settledMode(family) !== 'plain') return false;
    const bits = family >>> 8 === 1 ? 32 : 128;
    let at = start;
    while (at < end) {
      const length = bytes[at];
      at += 1 + ((length + 7) >>> 3);
      if (length > bits || length === 0 || at > end) return false;
      if ((length & 7) !== 0 && (bytes[at - 1] & (0xff >>> (length & 7))) !== 0) return false;
    }
    return true;
  }
}
