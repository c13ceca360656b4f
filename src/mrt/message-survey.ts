// Looks through a message of BGP4MP(_ET) or type 5 (RFC 6396 section 4.4 and appendix B.2.1, RFC 8050 section 3) in place, for readers that
// must know of every message whose it was, what kind it is and how many routes it announces and withdraws, but decode only those that
// touch a wanted prefix. Ordinary is an UPDATE or a KEEPALIVE of which the decoder would tell nothing more: sound by RFC 4271, 4760 and
// 7606, of families that are decoded, no End-of-RIB, no related prefix, and nothing in it to learn of undeclared path identifiers.
// `message-scanner.ts` asks less: whether anything wanted can come of a message at all.

import { isSoundAttribute } from '../bgp/attribute-soundness.js';
import { AttributeFlag, AttributeType, familyKey, isDecodedFamily, MessageType } from '../bgp/codes.js';
import { LARGE_FIRST_OCTET } from '../bgp/nlri-survey.js';
import { type Afi } from '../ip/address.js';
import { type AddPathMemory } from './add-path-memory.js';
import { Bgp4mpSubtype, BgpSubtype, MrtType } from './codes.js';
import { hasHostBits, hasMarker, type RelatedNlri } from './message-scanner.js';
import { type PeerCache, type PeerHeader } from './peer-cache.js';
import { MRT_HEADER_LENGTH, timeAt } from './plausible-header.js';
import { mayHide } from './swallowed-records.js';

/** Octets of marker, length and type, and of a KEEPALIVE. */
const HEADER = 19;

/** Octets of the session header of type 5. */
const LEGACY_HEADER = 12;

/** What subtypes say of their messages. */
const [MESSAGE, ASN4, LOCAL, DECLARED] = [1, 2, 4, 8] as const;

/** By subtype of BGP4MP: a set of these, 0 where the record holds no message. */
const FORMS = new Uint8Array(12);
FORMS[Bgp4mpSubtype.MESSAGE] = MESSAGE;
FORMS[Bgp4mpSubtype.MESSAGE_AS4] = MESSAGE | ASN4;
FORMS[Bgp4mpSubtype.MESSAGE_LOCAL] = MESSAGE | LOCAL;
FORMS[Bgp4mpSubtype.MESSAGE_AS4_LOCAL] = MESSAGE | ASN4 | LOCAL;
FORMS[Bgp4mpSubtype.MESSAGE_ADDPATH] = MESSAGE | DECLARED;
FORMS[Bgp4mpSubtype.MESSAGE_AS4_ADDPATH] = MESSAGE | ASN4 | DECLARED;
FORMS[Bgp4mpSubtype.MESSAGE_LOCAL_ADDPATH] = MESSAGE | LOCAL | DECLARED;
FORMS[Bgp4mpSubtype.MESSAGE_AS4_LOCAL_ADDPATH] = MESSAGE | ASN4 | LOCAL | DECLARED;

/** Attributes that an announcement must have (RFC 4271 section 5.1): bits by type. */
const ORIGIN_AND_PATH = (1 << AttributeType.ORIGIN) | (1 << AttributeType.AS_PATH);
const NEXT_HOP = 1 << AttributeType.NEXT_HOP;

/** Surveys the messages of one file, by what its decoder knows of their sessions. */
export class MessageSurvey {
  /** Of the last ordinary message: its session, and whether it is one that the collector itself sent. */
  header: PeerHeader | null = null;
  local = false;
  isUpdate = false;
  /** Its routes of all SAFIs, and whether any that it announces is unicast. */
  announced = 0;
  withdrawn = 0;
  announces = false;
  readonly #related: RelatedNlri;
  readonly #peers: PeerCache;
  readonly #memory: AddPathMemory;
  #start = 0;
  #asn4 = false;
  #declared = false;

  constructor(related: RelatedNlri, peers: PeerCache, memory: AddPathMemory) {
    this.#related = related;
    this.#peers = peers;
    this.#memory = memory;
  }

  /** True where the record from `start` to `end` of `bytes` is an ordinary message; the fields tell of it. */
  isOrdinary(bytes: Uint8Array, start: number, end: number): boolean {
    const subtype = (bytes[start + 6] << 8) | bytes[start + 7];
    const body = start + MRT_HEADER_LENGTH;
    this.#start = start;
    this.announced = this.withdrawn = 0;
    this.announces = false;
    switch ((bytes[start + 4] << 8) | bytes[start + 5]) {
      case MrtType.BGP4MP:
        return this.#isOrdinaryMessage(bytes, body, end, subtype);
      case MrtType.BGP4MP_ET:
        return this.#isOrdinaryMessage(bytes, body + 4, end, subtype);
      case MrtType.BGP:
        if (subtype !== BgpSubtype.UPDATE || body + LEGACY_HEADER + 4 > end) return false;
        this.#asn4 = this.#declared = this.local = false;
        this.isUpdate = true;
        this.header = this.#peers.lookupLegacy(bytes, body);
        return this.#isOrdinaryUpdate(bytes, body + LEGACY_HEADER, end);
      default:
        return false;
    }
  }

  #isOrdinaryMessage(bytes: Uint8Array, header: number, end: number, subtype: number): boolean {
    const form = subtype < FORMS.length ? FORMS[subtype] : 0;
    const asn4 = (form & ASN4) !== 0;
    const addresses = header + (asn4 ? 12 : 8);
    if (form === 0 || addresses + 8 + HEADER > end) return false;
    const afi = (bytes[addresses - 2] << 8) | bytes[addresses - 1];
    const message = addresses + (afi === 1 ? 8 : 32);
    if ((afi !== 1 && afi !== 2) || message + HEADER > end || !hasMarker(bytes, message)) return false;
    if (message + ((bytes[message + 16] << 8) | bytes[message + 17]) !== end) return false;
    const kind = bytes[message + 18];
    this.#asn4 = asn4;
    this.#declared = (form & DECLARED) !== 0;
    this.local = (form & LOCAL) !== 0;
    this.isUpdate = kind === MessageType.UPDATE;
    if (!this.isUpdate && (kind !== MessageType.KEEPALIVE || message + HEADER !== end)) return false;
    this.header = this.#peers.lookup(bytes, header, asn4);
    return !this.isUpdate || (message + HEADER + 4 <= end && this.#isOrdinaryUpdate(bytes, message + HEADER, end));
  }

  #isOrdinaryUpdate(bytes: Uint8Array, start: number, end: number): boolean {
    const attributes = start + 2 + ((bytes[start] << 8) | bytes[start + 1]);
    if (attributes + 2 > end || start + 4 === end) return false; // the shortest is an End-of-RIB
    const nlri = attributes + 2 + ((bytes[attributes] << 8) | bytes[attributes + 1]);
    if (nlri > end) return false;
    const announced = nlri === end ? 0 : this.#ordinaryRoutes(bytes, nlri, end, 1, 1);
    const withdrawn = start + 2 === attributes ? 0 : this.#ordinaryRoutes(bytes, start + 2, attributes, 1, 1);
    if (announced < 0 || withdrawn < 0) return false;
    this.announced = announced;
    this.withdrawn = withdrawn;
    this.announces = announced > 0;
    const seen = this.#ordinaryAttributes(bytes, attributes + 2, nlri);
    const needed = announced > 0 ? ORIGIN_AND_PATH | NEXT_HOP : this.announced > 0 ? ORIGIN_AND_PATH : 0;
    return seen >= 0 && (seen & needed) === needed;
  }

  /** The types of the attributes from `start` to `end`, as bits of those below 31; -1 where any is out of the ordinary. */
  #ordinaryAttributes(bytes: Uint8Array, start: number, end: number): number {
    let seen = 0;
    let seenHigh = 0;
    let opaque = start; // the last value, where it is stepped over
    let at = start;
    while (at < end) {
      const extended = (bytes[at] & AttributeFlag.EXTENDED_LENGTH) !== 0;
      const type = bytes[at + 1];
      const value = at + (extended ? 4 : 3);
      if (value > end) return -1;
      at = value + (extended ? (bytes[at + 2] << 8) | bytes[at + 3] : bytes[at + 2]);
      if (at > end) return -1;
      const bit = 1 << (type & 31);
      if (((type < 32 ? seen : seenHigh) & bit) !== 0) return -1;
      if (type < 32) seen |= bit;
      else seenHigh |= bit;
      if (!this.#isOrdinaryAttribute(type, bytes, value, at)) return -1;
      opaque = type === AttributeType.MP_REACH_NLRI || type === AttributeType.MP_UNREACH_NLRI ? at : value;
    }
    return mayHide(bytes, opaque, end, timeAt(bytes, this.#start)) ? -1 : seen;
  }

  #isOrdinaryAttribute(type: number, bytes: Uint8Array, start: number, end: number): boolean {
    switch (type) {
      case AttributeType.MP_REACH_NLRI:
        return this.#isOrdinaryReach(bytes, start, end);
      case AttributeType.MP_UNREACH_NLRI:
        return this.#isOrdinaryUnreach(bytes, start, end);
      default:
        return isSoundAttribute(type, bytes, start, end, this.#asn4);
    }
  }

  #isOrdinaryReach(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 5) return false;
    const afi = (bytes[start] << 8) | bytes[start + 1];
    const hop = bytes[start + 3];
    const block = start + 5 + hop;
    if (block > end || !(hop === 16 || hop === 32 || (hop === 4 && afi === 1))) return false;
    const routes = this.#multiRoutes(bytes, start, block, end);
    if (routes < 0) return false;
    this.announced += routes;
    this.announces ||= routes > 0 && bytes[start + 2] === 1;
    return true;
  }

  /** Without any route it may be an End-of-RIB. */
  #isOrdinaryUnreach(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start <= 3) return false;
    const routes = this.#multiRoutes(bytes, start, start + 3, end);
    if (routes < 0) return false;
    this.withdrawn += routes;
    return true;
  }

  /** The routes of a block of the family at `family`; -1 where it is out of the ordinary. */
  #multiRoutes(bytes: Uint8Array, family: number, start: number, end: number): number {
    const afi = (bytes[family] << 8) | bytes[family + 1];
    const safi = bytes[family + 2];
    if (!isDecodedFamily(afi, safi)) return -1;
    return start === end ? 0 : this.#ordinaryRoutes(bytes, start, end, afi, safi);
  }

  #ordinaryRoutes(bytes: Uint8Array, start: number, end: number, afi: Afi, safi: number): number {
    if (this.#declared) return this.#addPathRoutes(bytes, start, end, { afi, strict: false });
    if (this.#memory.isAllPlain) return this.#plainRoutes(bytes, start, end, afi);
    switch (this.header!.modes.settledMode(familyKey(afi, safi))) {
      case 'plain':
        return this.#plainRoutes(bytes, start, end, afi);
      case 'add-path':
        return this.#addPathRoutes(bytes, start, end, { afi, strict: true });
      case 'unsettled':
        return -1;
    }
  }

  /** A block that is legal as a plain one is read as such where the session is not known for identifiers; others need a judgement. */
  #plainRoutes(bytes: Uint8Array, start: number, end: number, afi: Afi): number {
    const bits = afi === 1 ? 32 : 128;
    const related = this.#related;
    let routes = 0;
    let at = start;
    while (at < end) {
      const length = bytes[at];
      const next = at + 1 + ((length + 7) >>> 3);
      if (length > bits || length === 0 || next > end || hasHostBits(bytes, next - 1, length)) return -1;
      if (related.isRelatedNlri(bytes, at + 1, length, afi)) return -1;
      routes++;
      at = next;
    }
    return routes;
  }

  /** With `strict`, path identifiers were found, not declared: what does not look like the session's others needs a judgement. */
  #addPathRoutes(
    bytes: Uint8Array,
    start: number,
    end: number,
    { afi, strict }: { readonly afi: Afi; readonly strict: boolean },
  ): number {
    const bits = afi === 1 ? 32 : 128;
    let routes = 0;
    let at = start;
    while (at < end) {
      if (end - at < 5) return -1;
      const length = bytes[at + 4];
      const next = at + 5 + ((length + 7) >>> 3);
      if (length > bits || next > end) return -1;
      if (strict && (bytes[at] >= LARGE_FIRST_OCTET || hasHostBits(bytes, next - 1, length))) return -1;
      if (this.#related.isRelatedNlri(bytes, at + 5, length, afi)) return -1;
      routes++;
      at = next;
    }
    return routes;
  }
}
