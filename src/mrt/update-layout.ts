// Where the parts of an UPDATE stand in a record of BGP4MP(_ET) or type 5 (RFC 6396 section 4.4 and appendix B.1; RFC 4271 section 4.3,
// RFC 4760): walked in place, nothing is built. For those who go from bytes to their own output and decode only what is out of the ordinary. Ordinary is what the
// decoder would read with no effect of RFC 7606 and no doubt about path identifiers: received messages of the peer (not LOCAL, not
// ADDPATH subtypes), every attribute once and of its right length, plain NLRI without host bits of known families, no AS4 merge.

import { AttributeFlag, AttributeType, familyKey, isDecodedFamily, MessageType } from '../bgp/codes.js';
import { SegmentType } from '../bgp/as-path.js';
import { type AddPathMemory } from './add-path-memory.js';
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

/**
 * The layout of one message at a time: offsets in the bytes last given to `read`. Where an attribute is absent its offset is 0; its
 * end is given where its length is not fixed. Offsets are of values, behind flags, type and length.
 */
export class UpdateLayout {
  readonly #peers: PeerCache;
  readonly #memory: AddPathMemory;
  /** Types 0 to 31 seen in this message. */
  #seen = 0;

  session!: PeerHeader;
  withdrawn = 0;
  withdrawnEnd = 0;
  announced = 0;
  announcedEnd = 0;
  origin = 0;
  path = 0;
  pathEnd = 0;
  nextHop = 0;
  med = 0;
  localPref = 0;
  atomicAggregate = 0;
  aggregator = 0;
  communities = 0;
  communitiesEnd = 0;
  /** MP_REACH_NLRI of IPv6: its next hop, and its NLRI. */
  reachHop = 0;
  reach = 0;
  reachEnd = 0;
  /** MP_UNREACH_NLRI of IPv4 or IPv6. */
  unreachAfi = 0;
  unreach = 0;
  unreachEnd = 0;

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
      this.#attributes(bytes, attributes + 2, nlri)
    );
  }

  #attributes(bytes: Uint8Array, start: number, end: number): boolean {
    this.#seen = 0;
    this.origin = this.path = this.pathEnd = this.nextHop = this.med = this.localPref = 0;
    this.atomicAggregate = this.aggregator = this.communities = this.communitiesEnd = 0;
    this.reachHop = this.reach = this.reachEnd = this.unreachAfi = this.unreach = this.unreachEnd = 0;
    let at = start;
    while (at < end) {
      const extended = (bytes[at] & AttributeFlag.EXTENDED_LENGTH) !== 0;
      const value = at + (extended ? 4 : 3);
      if (value > end) return false;
      const type = bytes[at + 1];
      at = value + (extended ? (bytes[at + 2] << 8) | bytes[at + 3] : bytes[at + 2]);
      if (at > end || !this.#attribute(bytes, type, value, at)) return false;
    }
    return true;
  }

  #attribute(bytes: Uint8Array, type: number, value: number, end: number): boolean {
    if (type < 32) {
      const bit = 1 << type;
      if ((this.#seen & bit) !== 0) return false;
      this.#seen |= bit;
    }
    const length = end - value;
    switch (type) {
      case AttributeType.ORIGIN:
        this.origin = value;
        return length === 1;
      case AttributeType.AS_PATH:
        this.path = value;
        this.pathEnd = end;
        return isOrdinaryPath(bytes, value, end, this.session.asn4 ? 4 : 2);
      case AttributeType.NEXT_HOP:
        this.nextHop = value;
        return length === 4;
      case AttributeType.MULTI_EXIT_DISC:
        this.med = value;
        return length === 4;
      case AttributeType.LOCAL_PREF:
        this.localPref = value;
        return length === 4;
      case AttributeType.ATOMIC_AGGREGATE:
        this.atomicAggregate = value;
        return length === 0;
      case AttributeType.AGGREGATOR:
        this.aggregator = value;
        return length === (this.session.asn4 ? 8 : 6);
      case AttributeType.COMMUNITIES:
        this.communities = value;
        this.communitiesEnd = end;
        return length > 0 && (length & 3) === 0;
      case AttributeType.MP_REACH_NLRI:
        return this.#mpReach(bytes, value, end);
      case AttributeType.MP_UNREACH_NLRI:
        return this.#mpUnreach(bytes, value, end);
      case AttributeType.AS4_PATH:
      case AttributeType.AS4_AGGREGATOR:
        return this.session.asn4; // ignored beside four-octet numbers, else merged
      default:
        return true;
    }
  }

  #mpReach(bytes: Uint8Array, value: number, end: number): boolean {
    if (end - value < 5) return false;
    const afi = (bytes[value] << 8) | bytes[value + 1];
    const safi = bytes[value + 2];
    const block = value + 5 + bytes[value + 3];
    if (block > end) return false;
    if (!isDecodedFamily(afi, safi)) return true;
    if (afi === 1 || (bytes[value + 3] !== 16 && bytes[value + 3] !== 32)) return false;
    this.reachHop = value + 4;
    this.reach = block;
    this.reachEnd = end;
    return this.#isOrdinaryBlock(bytes, block, end, familyKey(afi, safi));
  }

  #mpUnreach(bytes: Uint8Array, value: number, end: number): boolean {
    if (end - value < 3) return false;
    const afi = (bytes[value] << 8) | bytes[value + 1];
    const safi = bytes[value + 2];
    if (!isDecodedFamily(afi, safi)) return true;
    this.unreachAfi = afi;
    this.unreach = value + 3;
    this.unreachEnd = end;
    return this.#isOrdinaryBlock(bytes, value + 3, end, familyKey(afi, safi));
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

/** Whether the segments are of known types, not empty, and end with the attribute. */
function isOrdinaryPath(bytes: Uint8Array, start: number, end: number, size: number): boolean {
  let at = start;
  while (at < end) {
    const type = bytes[at];
    const count = bytes[at + 1];
    if (end - at < 2 || count === 0 || type < SegmentType.AS_SET || type > SegmentType.AS_CONFED_SET) return false;
    at += 2 + count * size;
  }
  return at === end;
}
