// Where path attributes stand in an UPDATE or a RIB entry (RFC 4271 section 4.3, RFC 4760, RFC 6396 section 4.3.4): walked in place, nothing
// is built. Ordinary is what the decoder would read with no effect of RFC 7606 on it: every attribute once and of its right length, an
// AS_PATH of known segments that are not empty, no AS4 merge. NLRI inside MP_REACH_NLRI and MP_UNREACH_NLRI are located, not looked at.

import { AttributeFlag, AttributeType, isDecodedFamily } from '../bgp/codes.js';
import { SegmentType } from '../bgp/as-path.js';

/** How the attributes are read. */
export interface AttributeForm {
  /** AS numbers have four octets. */
  readonly asn4: boolean;
  /** `rib`: MP_REACH_NLRI holds a next hop alone, and MP_UNREACH_NLRI means nothing. */
  readonly form: 'update' | 'rib';
}

/**
 * The layout of one list of attributes at a time: offsets in the bytes last given to `read`, of values, behind flags, type and length.
 * Where an attribute is absent its offset is 0; its end is given where its length is not fixed.
 */
export class AttributeLayout {
  /** Types 0 to 31 seen in this list. */
  #seen = 0;

  asn4 = false;
  /** The value of the last attribute. */
  last = 0;
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
  /** MP_REACH_NLRI: its next hop, of 16 octets, and in an UPDATE its NLRI, of IPv6 and this SAFI. */
  reachHop = 0;
  reach = 0;
  reachEnd = 0;
  reachSafi = 0;
  /** MP_UNREACH_NLRI of an UPDATE: its NLRI, of IPv4 or IPv6 and this SAFI. */
  unreach = 0;
  unreachEnd = 0;
  unreachAfi: 0 | 1 | 2 = 0;
  unreachSafi = 0;

  /** Reads the attributes from `start` to `end` of `bytes`. @returns false where they are not ordinary. */
  read(bytes: Uint8Array, start: number, end: number, { asn4, form }: AttributeForm): boolean {
    this.#seen = 0;
    this.asn4 = asn4;
    this.last = start;
    this.origin = this.path = this.pathEnd = this.nextHop = this.med = this.localPref = 0;
    this.atomicAggregate = this.aggregator = this.communities = this.communitiesEnd = 0;
    this.reachHop = this.reach = this.reachEnd = this.reachSafi = 0;
    this.unreach = this.unreachEnd = this.unreachAfi = this.unreachSafi = 0;
    let at = start;
    while (at < end) {
      const extended = (bytes[at] & AttributeFlag.EXTENDED_LENGTH) !== 0;
      const value = at + (extended ? 4 : 3);
      if (value > end) return false;
      const type = bytes[at + 1];
      at = value + (extended ? (bytes[at + 2] << 8) | bytes[at + 3] : bytes[at + 2]);
      this.last = value;
      if (at > end || !this.#attribute(bytes, type, value, at, form)) return false;
    }
    return true;
  }

  #attribute(bytes: Uint8Array, type: number, value: number, end: number, form: 'update' | 'rib'): boolean {
    if (type < 32) {
      const bit = 1 << type;
      if ((this.#seen & bit) !== 0) return false;
      this.#seen |= bit;
    }
    const length = end - value;
    switch (type) {
      case 0: // the length of a record's header, read as an attribute of its body
        return false;
      case AttributeType.ORIGIN:
        this.origin = value;
        return length === 1;
      case AttributeType.AS_PATH:
        this.path = value;
        this.pathEnd = end;
        return isOrdinaryPath(bytes, value, end, this.asn4 ? 4 : 2);
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
        return length === (this.asn4 ? 8 : 6);
      case AttributeType.COMMUNITIES:
        this.communities = value;
        this.communitiesEnd = end;
        return length > 0 && (length & 3) === 0;
      case AttributeType.MP_REACH_NLRI:
        return form === 'rib' ? this.#ribHop(bytes, value, end) : this.#mpReach(bytes, value, end);
      case AttributeType.MP_UNREACH_NLRI:
        return form === 'rib' || this.#mpUnreach(bytes, value, end);
      case AttributeType.AS4_PATH:
      case AttributeType.AS4_AGGREGATOR:
        return this.asn4; // ignored beside four-octet numbers, else merged
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
    this.reachSafi = safi;
    return true;
  }

  #mpUnreach(bytes: Uint8Array, value: number, end: number): boolean {
    if (end - value < 3) return false;
    const afi = (bytes[value] << 8) | bytes[value + 1];
    const safi = bytes[value + 2];
    if (!isDecodedFamily(afi, safi)) return true;
    this.unreachAfi = afi;
    this.unreach = value + 3;
    this.unreachEnd = end;
    this.unreachSafi = safi;
    return true;
  }

  /** The short form, or the long one that some writers put, told by a first octet of 0. */
  #ribHop(bytes: Uint8Array, value: number, end: number): boolean {
    const at = value < end && bytes[value] === 0 ? value + 3 : value;
    const length = at < end ? bytes[at] : 0;
    this.reachHop = at + 1;
    return (length === 16 || length === 32) && at + 1 + length <= end;
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
