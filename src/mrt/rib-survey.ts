// Looks through a RIB record of TABLE_DUMP_V2 (RFC 6396 section 4.3.2, RFC 8050 section 4) in place, for readers that must know of every
// record its family and whose entries it holds, but decode only those of a wanted prefix. Ordinary is one of which the decoder would tell
// nothing more: whole, of known peers, every entry sound by RFC 7606 with ORIGIN, AS_PATH and a next hop.

import { isSoundAttribute } from '../bgp/attribute-soundness.js';
import { AttributeFlag, AttributeType } from '../bgp/codes.js';
import { type Afi } from '../ip/address.js';
import { TableDumpV2Subtype } from './codes.js';
import { type RelatedNlri } from './message-scanner.js';
import { MRT_HEADER_LENGTH } from './plausible-header.js';

const [IPV6, MULTICAST, ADD_PATH, RIB] = [1, 2, 4, 8] as const;

/** By subtype: a set of these, 0 where the record is no RIB record of a fixed family. */
const FORMS = new Uint8Array(13);
FORMS[TableDumpV2Subtype.RIB_IPV4_UNICAST] = RIB;
FORMS[TableDumpV2Subtype.RIB_IPV4_MULTICAST] = RIB | MULTICAST;
FORMS[TableDumpV2Subtype.RIB_IPV6_UNICAST] = RIB | IPV6;
FORMS[TableDumpV2Subtype.RIB_IPV6_MULTICAST] = RIB | IPV6 | MULTICAST;
FORMS[TableDumpV2Subtype.RIB_IPV4_UNICAST_ADDPATH] = RIB | ADD_PATH;
FORMS[TableDumpV2Subtype.RIB_IPV4_MULTICAST_ADDPATH] = RIB | ADD_PATH | MULTICAST;
FORMS[TableDumpV2Subtype.RIB_IPV6_UNICAST_ADDPATH] = RIB | ADD_PATH | IPV6;
FORMS[TableDumpV2Subtype.RIB_IPV6_MULTICAST_ADDPATH] = RIB | ADD_PATH | IPV6 | MULTICAST;

const ORIGIN_AND_PATH = (1 << AttributeType.ORIGIN) | (1 << AttributeType.AS_PATH);
const ANY_NEXT_HOP = (1 << AttributeType.NEXT_HOP) | (1 << AttributeType.MP_REACH_NLRI);

/** Surveys the RIB records of one file. */
export class RibSurvey {
  /** Of the last ordinary record: its family, whether its prefix is related, and where that stands. */
  afi: Afi = 1;
  safi = 1;
  related = false;
  nlri = 0;
  /** Its entries, `entries` of them: the peers by their numbers in the index, where they begin, and whether they have path identifiers. */
  entries = 0;
  addPath = false;
  readonly peers = new Uint16Array(1 << 16);
  readonly heads = new Uint32Array(1 << 16);
  readonly #related: RelatedNlri;

  constructor(related: RelatedNlri) {
    this.#related = related;
  }

  /** True where the record from `start` to `end` of `bytes` is ordinary, `known` peers being in the index; the fields tell of it. */
  isOrdinary(bytes: Uint8Array, start: number, end: number, known: number): boolean {
    const subtype = (bytes[start + 6] << 8) | bytes[start + 7];
    const form = subtype < FORMS.length ? FORMS[subtype] : 0;
    if (form === 0) return false;
    this.afi = (form & IPV6) === 0 ? 1 : 2;
    this.safi = (form & MULTICAST) === 0 ? 1 : 2;
    const at = start + MRT_HEADER_LENGTH + 4; // behind the sequence number
    const length = bytes[at];
    const entries = at + 1 + ((length + 7) >>> 3) + 2;
    if (at >= end || length > (this.afi === 1 ? 32 : 128) || entries > end) return false;
    this.nlri = at;
    this.related = this.#related.isRelatedNlri(bytes, at + 1, length, this.afi);
    this.entries = (bytes[entries - 2] << 8) | bytes[entries - 1];
    this.addPath = (form & ADD_PATH) !== 0;
    return this.#areOrdinary(bytes, entries, end, known);
  }

  /** Whether the entries end with the record and are ordinary, `known` peers being in the index. */
  #areOrdinary(bytes: Uint8Array, start: number, end: number, known: number): boolean {
    const head = this.addPath ? 10 : 6; // octets before the length of the attributes
    let at = start;
    for (let i = 0; i < this.entries; i++) {
      const attributes = at + head + 2;
      const peer = (bytes[at] << 8) | bytes[at + 1];
      if (attributes > end || peer >= known) return false;
      this.peers[i] = peer;
      this.heads[i] = at;
      at = attributes + ((bytes[attributes - 2] << 8) | bytes[attributes - 1]);
      if (at > end || !areOrdinary(bytes, attributes, at)) return false;
    }
    return at === end;
  }
}

/** Whether a route with the attributes from `start` to `end` is sound. */
function areOrdinary(bytes: Uint8Array, start: number, end: number): boolean {
  let seen = 0;
  let seenHigh = 0;
  let at = start;
  while (at < end) {
    const extended = (bytes[at] & AttributeFlag.EXTENDED_LENGTH) !== 0;
    const type = bytes[at + 1];
    const value = at + (extended ? 4 : 3);
    if (value > end) return false;
    at = value + (extended ? (bytes[at + 2] << 8) | bytes[at + 3] : bytes[at + 2]);
    const bit = 1 << (type & 31);
    if (at > end || ((type < 32 ? seen : seenHigh) & bit) !== 0) return false;
    if (type < 32) seen |= bit;
    else seenHigh |= bit;
    const sound =
      type === AttributeType.MP_REACH_NLRI
        ? isNextHop(bytes, value, at)
        : isSoundAttribute(type, bytes, value, at, true);
    if (!sound) return false;
  }
  return (seen & ORIGIN_AND_PATH) === ORIGIN_AND_PATH && (seen & ANY_NEXT_HOP) !== 0;
}

/** MP_REACH_NLRI in its short form or, told by a first octet of 0, its long one. */
function isNextHop(bytes: Uint8Array, start: number, end: number): boolean {
  const at = start < end && bytes[start] === 0 ? start + 3 : start;
  const length = at < end ? bytes[at] : 0;
  return (length === 4 || length === 16 || length === 32) && at + 1 + length <= end;
}
