// Looks through UPDATEs in BGP4MP(_ET) and in type 5 (RFC 6396 section 4.4 and appendix B.2.1, RFC 8050 section 3; RFC 4271 section 4.3,
// RFC 4760) for NLRI that are related to wanted prefixes, in place and without building anything, so that only messages that concern somebody are decoded. It says "no" only
// where the decoder would give no element with a related prefix, no error, and would learn nothing about undeclared path identifiers;
// whatever is out of the ordinary is left to the decoder. Attributes other than MP_REACH_NLRI and MP_UNREACH_NLRI are passed over.

import { MessageType, AttributeFlag, AttributeType, familyKey, isDecodedFamily } from '../bgp/codes.js';
import { LARGE_FIRST_OCTET } from '../bgp/nlri-survey.js';
import { type Afi, wordAt } from '../ip/address.js';
import { type AddPathMemory, type SettledMode } from './add-path-memory.js';
import { Bgp4mpSubtype, BgpSubtype, MrtType } from './codes.js';
import { type PeerCache } from './peer-cache.js';
import { MRT_HEADER_LENGTH, timeAt } from './plausible-header.js';
import { mayHide } from './swallowed-records.js';

/** What is wanted, asked of the octets of an NLRI; see `PrefixUnion.isRelatedNlri`. */
export interface RelatedNlri {
  isRelatedNlri(bytes: Uint8Array, offset: number, length: number, afi: Afi): boolean;
}

/** What is asked of routes, by SAFI. */
export interface RelatedBySafi {
  readonly unicast: RelatedNlri;
  readonly multicast: RelatedNlri;
}

/** By subtype: octets of an AS number, or 0 where the record holds no message. */
const AS_OCTETS: readonly number[] = makeTable((subtype) => {
  switch (subtype) {
    case Bgp4mpSubtype.MESSAGE:
    case Bgp4mpSubtype.MESSAGE_LOCAL:
    case Bgp4mpSubtype.MESSAGE_ADDPATH:
    case Bgp4mpSubtype.MESSAGE_LOCAL_ADDPATH:
      return 2;
    case Bgp4mpSubtype.MESSAGE_AS4:
    case Bgp4mpSubtype.MESSAGE_AS4_LOCAL:
    case Bgp4mpSubtype.MESSAGE_AS4_ADDPATH:
    case Bgp4mpSubtype.MESSAGE_AS4_LOCAL_ADDPATH:
      return 4;
    default:
      return 0;
  }
});

function makeTable(value: (subtype: number) => number): readonly number[] {
  return Array.from({ length: 12 }, (_, subtype) => value(subtype));
}

/** Octets of marker, length and type, and of a KEEPALIVE. */
const HEADER = 19;

/** Octets of the session header of type 5. */
const LEGACY_HEADER = 12;

/** Scans the messages of one file, by what its decoder knows of their sessions. */
export class MessageScanner {
  readonly #related: RelatedBySafi;
  readonly #peers: PeerCache;
  readonly #memory: AddPathMemory;
  /** Of the message in hand: where its record and its session header are, and whether its type declares path identifiers. */
  #start = 0;
  #header = 0;
  #legacy = false;
  #asn4 = false;
  #declared = false;

  constructor(related: RelatedBySafi, peers: PeerCache, memory: AddPathMemory) {
    this.#related = related;
    this.#peers = peers;
    this.#memory = memory;
  }

  /** False only where decoding the record, from `start` to `end` of `bytes`, could not give or teach anything that is wanted. */
  mayConcern(bytes: Uint8Array, start: number, end: number): boolean {
    const subtype = (bytes[start + 6] << 8) | bytes[start + 7];
    const body = start + MRT_HEADER_LENGTH;
    this.#start = start;
    switch ((bytes[start + 4] << 8) | bytes[start + 5]) {
      case MrtType.BGP4MP:
        return this.#messageConcerns(bytes, body, end, subtype);
      case MrtType.BGP4MP_ET:
        return this.#messageConcerns(bytes, body + 4, end, subtype);
      case MrtType.BGP:
        if (subtype !== BgpSubtype.UPDATE || body + LEGACY_HEADER + 4 > end) return true;
        this.#header = body;
        this.#legacy = true;
        this.#declared = false;
        return this.#updateConcerns(bytes, body + LEGACY_HEADER, end);
      default:
        return true;
    }
  }

  #messageConcerns(bytes: Uint8Array, header: number, end: number, subtype: number): boolean {
    const octets = subtype < AS_OCTETS.length ? AS_OCTETS[subtype] : 0;
    const addresses = header + 2 * octets + 4;
    if (octets === 0 || addresses + 8 + HEADER > end) return true;
    const afi = (bytes[addresses - 2] << 8) | bytes[addresses - 1];
    const message = addresses + (afi === 1 ? 8 : 32);
    if ((afi !== 1 && afi !== 2) || message + HEADER > end || !hasMarker(bytes, message)) return true;
    if (message + ((bytes[message + 16] << 8) | bytes[message + 17]) !== end) return true;
    const kind = bytes[message + 18];
    if (kind === MessageType.KEEPALIVE) return message + HEADER !== end;
    if (kind !== MessageType.UPDATE || message + HEADER + 4 > end) return true;
    this.#header = header;
    this.#legacy = false;
    this.#asn4 = octets === 4;
    this.#declared = subtype >= Bgp4mpSubtype.MESSAGE_ADDPATH;
    return this.#updateConcerns(bytes, message + HEADER, end);
  }

  #updateConcerns(bytes: Uint8Array, start: number, end: number): boolean {
    const attributes = start + 2 + ((bytes[start] << 8) | bytes[start + 1]);
    if (attributes + 2 > end) return true;
    const nlri = attributes + 2 + ((bytes[attributes] << 8) | bytes[attributes + 1]);
    if (nlri > end) return true;
    if (nlri < end && this.#blockConcerns(bytes, nlri, end, 1, 1)) return true;
    if (start + 2 < attributes && this.#blockConcerns(bytes, start + 2, attributes, 1, 1)) return true;
    return this.#attributesConcern(bytes, attributes + 2, nlri);
  }

  #attributesConcern(bytes: Uint8Array, start: number, end: number): boolean {
    let reached = false;
    let unreached = false;
    let opaque = start; // the last value, where it is stepped over
    let at = start;
    while (at < end) {
      const extended = (bytes[at] & AttributeFlag.EXTENDED_LENGTH) !== 0;
      const value = at + (extended ? 4 : 3);
      if (value > end) return true;
      const type = bytes[at + 1];
      at = value + (extended ? (bytes[at + 2] << 8) | bytes[at + 3] : bytes[at + 2]);
      if (at > end || type === 0) return true; // type 0: the length of a record's header, read as an attribute of its body
      opaque = value;
      if (type === AttributeType.MP_REACH_NLRI) {
        if (reached || at - value < 5) return true;
        reached = true;
        const block = value + 5 + bytes[value + 3];
        if (block > at || this.#multiConcerns(bytes, value, block, at)) return true;
        opaque = at;
      } else if (type === AttributeType.MP_UNREACH_NLRI) {
        if (unreached || at - value < 3) return true;
        unreached = true;
        if (this.#multiConcerns(bytes, value, value + 3, at)) return true;
        opaque = at;
      }
    }
    return mayHide(bytes, opaque, end, timeAt(bytes, this.#start));
  }

  /** The block from `start` to `end` of the family at `family`. Families that are not decoded have no prefixes. */
  #multiConcerns(bytes: Uint8Array, family: number, start: number, end: number): boolean {
    const afi = (bytes[family] << 8) | bytes[family + 1];
    const safi = bytes[family + 2];
    if (start === end) return false;
    if (!isDecodedFamily(afi, safi)) return mayHide(bytes, start, end, timeAt(bytes, this.#start));
    return this.#blockConcerns(bytes, start, end, afi, safi);
  }

  #blockConcerns(bytes: Uint8Array, start: number, end: number, afi: Afi, safi: number): boolean {
    const related = safi === 1 ? this.#related.unicast : this.#related.multicast;
    if (this.#declared) return addPathConcerns(bytes, start, end, { related, afi, strict: false });
    switch (this.#modeOf(bytes, afi, safi)) {
      case 'plain':
        return plainConcerns(bytes, start, end, { related, afi });
      case 'add-path':
        return addPathConcerns(bytes, start, end, { related, afi, strict: true });
      case 'unsettled':
        return true;
    }
  }

  #modeOf(bytes: Uint8Array, afi: Afi, safi: number): SettledMode {
    if (this.#memory.isAllPlain) return 'plain';
    const { modes } = this.#legacy
      ? this.#peers.lookupLegacy(bytes, this.#header)
      : this.#peers.lookup(bytes, this.#header, this.#asn4);
    return modes.settledMode(familyKey(afi, safi));
  }
}

/** What is asked of a block. */
interface BlockQuestion {
  readonly related: RelatedNlri;
  readonly afi: Afi;
}

/** A block that is legal as a plain one is read as such where the session is not known for identifiers; others need a judgement. */
function plainConcerns(bytes: Uint8Array, start: number, end: number, { related, afi }: BlockQuestion): boolean {
  const bits = afi === 1 ? 32 : 128;
  let at = start;
  while (at < end) {
    const length = bytes[at];
    const next = at + 1 + ((length + 7) >>> 3);
    if (length > bits || length === 0 || next > end || hasHostBits(bytes, next - 1, length)) return true;
    if (related.isRelatedNlri(bytes, at + 1, length, afi)) return true;
    at = next;
  }
  return false;
}

/** With `strict`, path identifiers were found, not declared: what does not look like the session's others needs a judgement. */
function addPathConcerns(
  bytes: Uint8Array,
  start: number,
  end: number,
  { related, afi, strict }: BlockQuestion & { readonly strict: boolean },
): boolean {
  const bits = afi === 1 ? 32 : 128;
  let at = start;
  while (at < end) {
    if (end - at < 5) return true;
    const length = bytes[at + 4];
    const next = at + 5 + ((length + 7) >>> 3);
    if (length > bits || next > end) return true;
    if (strict && (bytes[at] >= LARGE_FIRST_OCTET || hasHostBits(bytes, next - 1, length))) return true;
    if (related.isRelatedNlri(bytes, at + 5, length, afi)) return true;
    at = next;
  }
  return false;
}

/** Whether a message may begin at `at`: 16 octets of ones. */
export function hasMarker(bytes: Uint8Array, at: number): boolean {
  const all = wordAt(bytes, at) & wordAt(bytes, at + 4) & wordAt(bytes, at + 8) & wordAt(bytes, at + 12);
  return all === -1;
}

/** Whether bits are set behind the length of a prefix, whose last octet stands at `last`. */
export function hasHostBits(bytes: Uint8Array, last: number, length: number): boolean {
  return (length & 7) !== 0 && (bytes[last] & (0xff >>> (length & 7))) !== 0;
}
