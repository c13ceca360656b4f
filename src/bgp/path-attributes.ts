// Path attributes of an UPDATE or a RIB entry: bytes to records, with the tolerance of RFC 7606, and the AS4 merge (RFC 6793 section
// 4.2.3). RFC 4271 section 4.3, 1997, 4360, 4456, 4760, 6793, 8092, 9234.
//
//   flags (1) | type (1) | length (1, or 2 where the Extended Length flag is set) | value
//
// The first of a repeated attribute is kept; a repeated MP_REACH or MP_UNREACH spoils the message. Attributes without a decoder of
// their own are kept as bytes. AS4_* attributes are merged in two-octet messages only. Policy (loops, bogons) is not looked at.

import { formatIpv4, wordAt } from '../ip/address.js';
import { AS_TRANS, type Asn } from '../ip/asn.js';
import { DecodeError } from '../wire/decode-error.js';
import { type AddressText } from './address-text.js';
import { isAttributeSetFramed, readForm, type WireForm } from './attribute-form.js';
import { type AsPath, SegmentType } from './as-path.js';
import { decodeAsPath, mergeAs4Path } from './as-path-codec.js';
import { AttributeFlag, AttributeType } from './codes.js';
import { decodeCommunities, decodeExtendedCommunities, decodeLargeCommunities } from './communities.js';
import { type LargeCommunity } from './communities.js';
import { decodeMpReach, decodeMpUnreach, decodeRibNextHop, type MpContext } from './mp-reach.js';
import { type MpReach, type MpUnreach, type NextHop } from './mp-reach.js';
import { type NlriModePolicy } from './nlri.js';
import { optionalAttributeDefect } from './optional-attributes.js';
import { type WarningCode, WarningList } from './warnings.js';

/** AGGREGATOR: who aggregated, by AS and address. */
export interface Aggregator {
  readonly asn: Asn;
  readonly address: string;
}

/** An attribute without a decoder of its own, or whose value is not legible; `bytes` is an own copy of its value. */
export interface UnknownAttribute {
  readonly type: number;
  /** The flags octet as received (RFC 4271 section 4.3). */
  readonly flags: number;
  readonly bytes: Uint8Array;
}

/** The attributes of a route; absent when not in the message (or discarded, with a warning). MP_REACH and MP_UNREACH are apart. */
export interface PathAttributes {
  /** 0 IGP, 1 EGP, 2 INCOMPLETE; others are carried, with a warning. */
  readonly origin?: number;
  /** AS_PATH, in two-octet messages merged with AS4_PATH. */
  readonly asPath?: AsPath;
  /** NEXT_HOP, IPv4. */
  readonly nextHop?: string;
  /** MULTI_EXIT_DISC, unsigned 32-bit. */
  readonly med?: number;
  /** LOCAL_PREF, unsigned 32-bit. */
  readonly localPref?: number;
  /** ATOMIC_AGGREGATE is there. */
  readonly atomicAggregate?: true;
  /** AGGREGATOR, in two-octet messages merged with AS4_AGGREGATOR. */
  readonly aggregator?: Aggregator;
  /** RFC 1997, unsigned 32-bit numbers in wire order. */
  readonly communities?: readonly number[];
  /** RFC 4456 section 8, as an IPv4 address. */
  readonly originatorId?: string;
  /** RFC 4456 section 8, as IPv4 addresses in wire order. */
  readonly clusterList?: readonly string[];
  /** RFC 4360, 16 hex digits each. */
  readonly extendedCommunities?: readonly string[];
  /** RFC 8092, in wire order. */
  readonly largeCommunities?: readonly LargeCommunity[];
  /** RFC 9234 OTC. */
  readonly onlyToCustomer?: Asn;
  /** AS4_PATH and AS4_AGGREGATOR as received, merged or not. */
  readonly as4Path?: AsPath;
  readonly as4Aggregator?: Aggregator;
  /** AS_PATH and AGGREGATOR as received, where the merge changed them. */
  readonly unmergedAsPath?: AsPath;
  readonly unmergedAggregator?: Aggregator;
  /** All others, in wire order; `typedAttributes` reads them. */
  readonly unknown?: readonly UnknownAttribute[];
  /** How they stood on the wire, where the context says to keep it. */
  readonly form?: WireForm;
}

/** What decoding attributes depends on beside the bytes. */
export interface AttributeContext {
  /** AS numbers of AS_PATH and AGGREGATOR have four octets. */
  readonly asn4: boolean;
  /** `rib`: MP_REACH_NLRI holds a next hop only (RFC 6396 section 4.3.4). */
  readonly form: 'update' | 'rib';
  /** Decides how the NLRI of MP_REACH and MP_UNREACH are read. */
  readonly nlri: NlriModePolicy;
  readonly addresses: AddressText;
  /** Keep the attributes' `form`; costs an object an attribute. */
  readonly keepForm?: boolean;
  /** The neighbour is in another AS: what only internal ones may send is discarded where it is malformed (RFC 7606 section 7). */
  readonly external?: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Attributes under construction, and the result of `decodeAttributes`. */
export interface DecodedAttributes {
  readonly attributes: PathAttributes;
  readonly mpReach: MpReach | null;
  readonly mpUnreach: MpUnreach | null;
  /** The next hop of a RIB entry's MP_REACH_NLRI. */
  readonly ribNextHop: NextHop | null;
  readonly warnings: WarningList;
}

class Draft implements DecodedAttributes, MpContext {
  readonly attributes: Mutable<PathAttributes> = {};
  mpReach: MpReach | null = null;
  mpUnreach: MpUnreach | null = null;
  ribNextHop: NextHop | null = null;
  readonly warnings = new WarningList();
  readonly asn4: boolean;
  readonly rib: boolean;
  readonly external: boolean;
  readonly nlri: NlriModePolicy;
  readonly addresses: AddressText;

  constructor(context: AttributeContext) {
    this.asn4 = context.asn4;
    this.rib = context.form === 'rib';
    this.external = context.external === true;
    this.nlri = context.nlri;
    this.addresses = context.addresses;
  }
}

const { OPTIONAL, TRANSITIVE, EXTENDED_LENGTH } = AttributeFlag;

/** Optional and Transitive bits by attribute type; undefined where they are not judged. */
const CATEGORY: readonly (number | undefined)[] = [
  ...[undefined, TRANSITIVE, TRANSITIVE, TRANSITIVE, OPTIONAL, TRANSITIVE, TRANSITIVE, OPTIONAL | TRANSITIVE],
  ...[OPTIONAL | TRANSITIVE, OPTIONAL, OPTIONAL, undefined, undefined, undefined, OPTIONAL, OPTIONAL],
  ...[OPTIONAL | TRANSITIVE, OPTIONAL | TRANSITIVE, OPTIONAL | TRANSITIVE],
  ...Array<undefined>(13).fill(undefined),
  ...[OPTIONAL | TRANSITIVE, undefined, undefined, OPTIONAL | TRANSITIVE],
];

/**
 * Reads the attribute field from `start` to `end`.
 *
 * @throws DecodeError where NLRI inside it cannot be framed or MP_REACH or MP_UNREACH is repeated.
 */
export function decodeAttributes(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: AttributeContext,
): DecodedAttributes {
  const draft = new Draft(context);
  let seenLow = 0; // types 0 to 31
  let seenHigh = 0; // types 32 to 63
  let at = start;
  while (at < end) {
    const flags = bytes[at];
    const extended = (flags & EXTENDED_LENGTH) !== 0;
    const head = extended ? 4 : 3;
    const length = extended ? (bytes[at + 2] << 8) | bytes[at + 3] : bytes[at + 2];
    if (head > end - at || length > end - at - head) {
      draft.warnings.add('attribute-truncated');
      break;
    }
    const type = bytes[at + 1];
    const value = at + head;
    at = value + length;
    const bit = 1 << (type & 31);
    const repeated = type < 32 ? (seenLow & bit) !== 0 : type < 64 ? (seenHigh & bit) !== 0 : hasUnknown(draft, type);
    if (type < 32) seenLow |= bit;
    else if (type < 64) seenHigh |= bit;
    if (repeated) rejectRepeated(draft, type, value);
    else decodeOne(draft, type, flags, bytes, value, at);
  }
  mergeAs4(draft);
  if (context.keepForm === true) draft.attributes.form = readForm(bytes, start, end, draft.rib);
  return draft;
}

function hasUnknown(draft: Draft, type: number): boolean {
  return draft.attributes.unknown?.some((attribute) => attribute.type === type) ?? false;
}

function rejectRepeated(draft: Draft, type: number, offset: number): void {
  if (type === AttributeType.MP_REACH_NLRI || type === AttributeType.MP_UNREACH_NLRI) {
    throw new DecodeError('mp-duplicate', `Cannot read the message: attribute ${type} occurs twice`, offset);
  }
  draft.warnings.add('attribute-duplicate');
}

/** Lengths that have no alternative, by attribute type (RFC 7606 section 7): the octets, and the warning where they differ. */
const EXACT: readonly (readonly [number, WarningCode] | undefined)[] = [
  undefined,
  [1, 'origin-malformed'],
  undefined,
  [4, 'next-hop-length'],
  [4, 'med-length'],
  [4, 'local-pref-length'],
  [0, 'atomic-aggregate-length'],
  [8, 'aggregator-length'], // 6 in two-octet messages
  undefined,
  [4, 'originator-id-length'],
  ...Array<undefined>(8).fill(undefined),
  [8, 'as4-aggregator-length'],
  ...Array<undefined>(16).fill(undefined),
  [4, 'only-to-customer-length'],
];

/** Attributes that only neighbours of the own AS may send. */
const INTERNAL: ReadonlySet<number> = new Set([
  AttributeType.LOCAL_PREF,
  AttributeType.ORIGINATOR_ID,
  AttributeType.CLUSTER_LIST,
]);

/** Decodes one attribute; a value that is not legible is kept as bytes, with a warning. */
function decodeOne(draft: Draft, type: number, flags: number, bytes: Uint8Array, start: number, end: number): void {
  const category = CATEGORY[type];
  if (category !== undefined && (flags & (OPTIONAL | TRANSITIVE)) !== category) draft.warnings.add('attribute-flags');
  const exact = EXACT[type];
  if (exact !== undefined) {
    const length = type === AttributeType.AGGREGATOR && !draft.asn4 ? 6 : exact[0];
    if (end - start !== length) {
      draft.warnings.add(draft.external && INTERNAL.has(type) ? 'internal-attribute-discarded' : exact[1]);
      keepBytes(draft, type, flags, bytes.slice(start, end));
      return;
    }
  }
  if (!decodeCommon(draft, type, bytes, start, end) && !decodeRare(draft, type, bytes, start, end)) {
    keepBytes(draft, type, flags, bytes.slice(start, end));
  }
}

function keepBytes(draft: Draft, type: number, flags: number, bytes: Uint8Array): void {
  draft.attributes.unknown = [...(draft.attributes.unknown ?? []), { type, flags, bytes }];
}

/** The attributes of most messages; false for others, and where the value is not legible. */
function decodeCommon(draft: Draft, type: number, bytes: Uint8Array, start: number, end: number): boolean {
  const { attributes } = draft;
  switch (type) {
    case AttributeType.ORIGIN:
      if (bytes[start] > 2) draft.warnings.add('origin-malformed');
      attributes.origin = bytes[start];
      return true;
    case AttributeType.AS_PATH:
      return decodePath(draft, bytes, start, end);
    case AttributeType.NEXT_HOP:
      attributes.nextHop = draft.addresses.ipv4(bytes, start);
      return true;
    case AttributeType.MULTI_EXIT_DISC:
      attributes.med = wordAt(bytes, start);
      return true;
    case AttributeType.LOCAL_PREF:
      attributes.localPref = wordAt(bytes, start);
      return true;
    case AttributeType.ATOMIC_AGGREGATE:
      attributes.atomicAggregate = true;
      return true;
    case AttributeType.AGGREGATOR:
      attributes.aggregator = readAggregator(bytes, start, draft.asn4);
      return true;
    case AttributeType.COMMUNITIES:
      checkMultiple(draft, end - start, 4, 'communities-length');
      attributes.communities = decodeCommunities(bytes, start, end);
      return true;
    case AttributeType.MP_REACH_NLRI:
      if (draft.rib) draft.ribNextHop = decodeRibNextHop(bytes, start, end, draft);
      else draft.mpReach = decodeMpReach(bytes, start, end, draft);
      return true;
    case AttributeType.MP_UNREACH_NLRI:
      if (draft.rib) return false; // no place in a RIB entry: kept as bytes
      draft.mpUnreach = decodeMpUnreach(bytes, start, end, draft);
      return true;
    default:
      return false;
  }
}

/** The attributes that few messages have; false for unknown ones, and where the value is not legible. */
function decodeRare(draft: Draft, type: number, bytes: Uint8Array, start: number, end: number): boolean {
  const { attributes } = draft;
  switch (type) {
    case AttributeType.ORIGINATOR_ID:
      attributes.originatorId = draft.addresses.ipv4(bytes, start);
      return true;
    case AttributeType.CLUSTER_LIST:
      if (draft.external && !isMultiple(end - start, 4)) {
        draft.warnings.add('internal-attribute-discarded');
        return false;
      }
      checkMultiple(draft, end - start, 4, 'cluster-list-length');
      attributes.clusterList = decodeCommunities(bytes, start, end).map(formatIpv4);
      return true;
    case AttributeType.EXTENDED_COMMUNITIES:
      checkMultiple(draft, end - start, 8, 'extended-communities-length');
      attributes.extendedCommunities = decodeExtendedCommunities(bytes, start, end);
      return true;
    case AttributeType.AS4_PATH:
      return decodeAs4Path(draft, bytes, start, end);
    case AttributeType.AS4_AGGREGATOR:
      attributes.as4Aggregator = readAggregator(bytes, start, true);
      return true;
    case AttributeType.LARGE_COMMUNITY:
      checkMultiple(draft, end - start, 12, 'large-communities-length');
      attributes.largeCommunities = decodeLargeCommunities(bytes, start, end);
      return true;
    case AttributeType.ONLY_TO_CUSTOMER:
      attributes.onlyToCustomer = wordAt(bytes, start);
      return true;
    default:
      checkOptional(draft, type, bytes, start, end);
      return false;
  }
}

/** Attributes that are kept as bytes are looked into where an RFC says what follows from a malformed one. */
function checkOptional(draft: Draft, type: number, bytes: Uint8Array, start: number, end: number): void {
  if (type === AttributeType.ATTR_SET) {
    if (!isAttributeSetFramed(bytes, start, end)) draft.warnings.add('attr-set-malformed');
    return;
  }
  const defect = optionalAttributeDefect(type, bytes, start, end);
  if (defect !== null) draft.warnings.add(defect);
}

/** Lists must hold at least one whole item; what is whole is read anyway. */
function checkMultiple(draft: Draft, length: number, unit: number, code: WarningCode): void {
  if (!isMultiple(length, unit)) draft.warnings.add(code);
}

function isMultiple(length: number, unit: number): boolean {
  return length > 0 && length % unit === 0;
}

function readAggregator(bytes: Uint8Array, start: number, asn4: boolean): Aggregator {
  const asn = asn4 ? wordAt(bytes, start) : (bytes[start] << 8) | bytes[start + 1];
  return { asn, address: formatIpv4(wordAt(bytes, start + (asn4 ? 4 : 2))) };
}

function decodePath(draft: Draft, bytes: Uint8Array, start: number, end: number): boolean {
  const decoded = decodeAsPath(bytes, start, end, draft.asn4);
  if (decoded === null || decoded.defect) draft.warnings.add('as-path-malformed');
  if (decoded === null) return false;
  if (decoded.zero) draft.warnings.add('as-zero');
  draft.attributes.asPath = decoded.path;
  return true;
}

function decodeAs4Path(draft: Draft, bytes: Uint8Array, start: number, end: number): boolean {
  const decoded = start === end ? null : decodeAsPath(bytes, start, end, true);
  if (decoded === null || decoded.defect) {
    draft.warnings.add('as4-path-malformed');
    return false;
  }
  const path = decoded.path.filter(({ type }) => type === SegmentType.AS_SEQUENCE || type === SegmentType.AS_SET);
  if (decoded.zero) draft.warnings.add('as-zero');
  if (path.length !== decoded.path.length) draft.warnings.add('as4-path-confederation');
  draft.attributes.as4Path = path;
  return true;
}

/** RFC 6793 section 4.2.3: AS4_* count unless AGGREGATOR says, beside AS4_AGGREGATOR, that a two-octet speaker re-aggregated. */
function mergeAs4(draft: Draft): void {
  const { attributes } = draft;
  const { aggregator, as4Aggregator, asPath, as4Path } = attributes;
  if (as4Path === undefined && as4Aggregator === undefined) return;
  if (draft.asn4) {
    draft.warnings.add('as4-in-four-octet');
    return;
  }
  if (aggregator !== undefined && as4Aggregator !== undefined) {
    if (aggregator.asn !== AS_TRANS) return;
    attributes.unmergedAggregator = aggregator;
    attributes.aggregator = as4Aggregator;
  }
  if (asPath === undefined || as4Path === undefined) return;
  const merged = mergeAs4Path(asPath, as4Path);
  if (merged === asPath) return;
  attributes.unmergedAsPath = asPath;
  attributes.asPath = merged;
}
