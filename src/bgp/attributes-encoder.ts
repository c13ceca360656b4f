// Path attributes to bytes: the inverse of `path-attributes`, in ascending order of type, with the flags that RFC 4271 section 5 and
// the attribute's own RFC give it; or in the order and with the flags of their `form`, where it was kept. What was read by merging (RFC
// 6793) is written back unmerged. Values are not judged; a number that does not fit its field is a RangeError.

import { ByteWriter } from '../wire/byte-writer.js';
import { writeAddress } from './address-writer.js';
import { encodeAsPath } from './as-path-codec.js';
import { type WireForm } from './attribute-form.js';
import { AttributeFlag, AttributeType } from './codes.js';
import { parseHex } from './communities.js';
import { type MpReach, type MpUnreach } from './mp-reach.js';
import { encodeNlri } from './nlri.js';
import { type Aggregator, type PathAttributes } from './path-attributes.js';

/** How attributes are written. */
export interface AttributeForm {
  /** AS numbers of AS_PATH and AGGREGATOR have four octets. */
  readonly asn4: boolean;
  /** NLRI have path identifiers. */
  readonly addPath: boolean;
}

/** The attributes that carry routes, and the next hop of a RIB entry, which stands in an abbreviated MP_REACH_NLRI. */
export interface MultiprotocolParts {
  readonly mpReach?: MpReach | null;
  readonly mpUnreach?: MpUnreach | null;
  readonly ribNextHop?: string;
}

interface EncodedAttribute {
  readonly type: number;
  readonly flags: number;
  readonly bytes: Uint8Array;
}

type Put = (type: number, flags: number, write: (value: ByteWriter) => void) => void;

const { OPTIONAL, TRANSITIVE, EXTENDED_LENGTH } = AttributeFlag;
const BOTH = OPTIONAL | TRANSITIVE;

/** Writes all attributes, without the length of the field that holds them. */
export function encodeAttributes(
  writer: ByteWriter,
  attributes: PathAttributes,
  options: AttributeForm & MultiprotocolParts,
): void {
  const list: EncodedAttribute[] = [...(attributes.unknown ?? [])];
  const put: Put = (type, flags, write) => {
    const value = new ByteWriter();
    write(value);
    list.push({ type, flags, bytes: value.finish() });
  };
  putWellKnown(attributes, options.asn4, put);
  putOptional(attributes, options.asn4, put);
  putMultiprotocol(options, put);
  const { ribNextHop } = attributes.form ?? {};
  if (ribNextHop !== undefined) put(AttributeType.MP_REACH_NLRI, OPTIONAL, (value) => value.bytes(ribNextHop));
  for (const { type, flags, bytes } of inOrder(list, attributes.form)) {
    const extended = bytes.length > 255 || (flags & EXTENDED_LENGTH) !== 0;
    writer.u8(extended ? flags | EXTENDED_LENGTH : flags).u8(type);
    writer.sized(extended ? 2 : 1, () => writer.bytes(bytes));
  }
}

/** Ascending by type; with a form, as it says, and what it does not name behind. */
function inOrder(list: EncodedAttribute[], form: WireForm | undefined): readonly EncodedAttribute[] {
  list.sort((a, b) => a.type - b.type);
  if (form === undefined) return list;
  const rest = new Map(list.map((attribute) => [attribute.type, attribute]));
  const ordered: EncodedAttribute[] = [];
  for (const { type, flags } of form.order) {
    const attribute = rest.get(type);
    if (attribute === undefined || !rest.delete(type)) continue;
    ordered.push({ ...attribute, flags });
  }
  return [...ordered, ...rest.values()];
}

function putWellKnown(attributes: PathAttributes, asn4: boolean, put: Put): void {
  const { origin, nextHop, localPref, atomicAggregate } = attributes;
  const asPath = asn4 ? attributes.asPath : (attributes.unmergedAsPath ?? attributes.asPath);
  if (origin !== undefined) put(AttributeType.ORIGIN, TRANSITIVE, (value) => value.u8(origin));
  if (asPath !== undefined) {
    put(AttributeType.AS_PATH, TRANSITIVE, (value) => {
      encodeAsPath(value, asPath, asn4);
    });
  }
  if (nextHop !== undefined) put(AttributeType.NEXT_HOP, TRANSITIVE, (value) => writeAddress(value, nextHop));
  if (localPref !== undefined) put(AttributeType.LOCAL_PREF, TRANSITIVE, (value) => value.u32(localPref));
  if (atomicAggregate === true) put(AttributeType.ATOMIC_AGGREGATE, TRANSITIVE, () => undefined);
}

function putOptional(attributes: PathAttributes, asn4: boolean, put: Put): void {
  const { med, communities, originatorId, clusterList, extendedCommunities, as4Path, as4Aggregator } = attributes;
  const { largeCommunities, onlyToCustomer } = attributes;
  const aggregator = asn4 ? attributes.aggregator : (attributes.unmergedAggregator ?? attributes.aggregator);
  if (med !== undefined) put(AttributeType.MULTI_EXIT_DISC, OPTIONAL, (value) => value.u32(med));
  if (aggregator !== undefined) {
    put(AttributeType.AGGREGATOR, BOTH, (value) => {
      writeAggregator(value, aggregator, asn4);
    });
  }
  if (communities !== undefined) {
    put(AttributeType.COMMUNITIES, BOTH, (value) => {
      for (const community of communities) value.u32(community);
    });
  }
  if (originatorId !== undefined)
    put(AttributeType.ORIGINATOR_ID, OPTIONAL, (value) => writeAddress(value, originatorId));
  if (clusterList !== undefined) {
    put(AttributeType.CLUSTER_LIST, OPTIONAL, (value) => {
      for (const cluster of clusterList) writeAddress(value, cluster);
    });
  }
  if (extendedCommunities !== undefined) {
    put(AttributeType.EXTENDED_COMMUNITIES, BOTH, (value) => {
      for (const community of extendedCommunities) value.bytes(parseHex(community));
    });
  }
  if (as4Path !== undefined) {
    put(AttributeType.AS4_PATH, BOTH, (value) => {
      encodeAsPath(value, as4Path, true);
    });
  }
  if (as4Aggregator !== undefined) {
    put(AttributeType.AS4_AGGREGATOR, BOTH, (value) => {
      writeAggregator(value, as4Aggregator, true);
    });
  }
  if (largeCommunities !== undefined) {
    put(AttributeType.LARGE_COMMUNITY, BOTH, (value) => {
      for (const [administrator, data1, data2] of largeCommunities) value.u32(administrator).u32(data1).u32(data2);
    });
  }
  if (onlyToCustomer !== undefined) put(AttributeType.ONLY_TO_CUSTOMER, BOTH, (value) => value.u32(onlyToCustomer));
}

function putMultiprotocol(
  { mpReach, mpUnreach, ribNextHop, addPath }: AttributeForm & MultiprotocolParts,
  put: Put,
): void {
  if (mpReach) {
    put(AttributeType.MP_REACH_NLRI, OPTIONAL, (value) => {
      writeMpReach(value, mpReach, addPath);
    });
  }
  if (mpUnreach) {
    put(AttributeType.MP_UNREACH_NLRI, OPTIONAL, (value) => {
      value
        .u16(mpUnreach.afi)
        .u8(mpUnreach.safi)
        .bytes(mpUnreach.undecoded ?? []);
      encodeNlri(value, mpUnreach.nlri, addPath);
    });
  }
  if (ribNextHop !== undefined) {
    put(AttributeType.MP_REACH_NLRI, OPTIONAL, (value) => value.sized(1, () => writeAddress(value, ribNextHop)));
  }
}

function writeMpReach(value: ByteWriter, mpReach: MpReach, addPath: boolean): void {
  const { afi, safi, nextHop, linkLocalNextHop, nlri, undecoded } = mpReach;
  value.u16(afi).u8(safi);
  if (undecoded !== undefined) {
    value.bytes(undecoded);
    return;
  }
  value.sized(1, () => {
    if (nextHop !== undefined) writeAddress(value, nextHop);
    if (linkLocalNextHop !== undefined) writeAddress(value, linkLocalNextHop);
  });
  value.u8(0);
  encodeNlri(value, nlri, addPath);
}

function writeAggregator(value: ByteWriter, { asn, address }: Aggregator, asn4: boolean): void {
  if (asn4) value.u32(asn);
  else value.u16(asn);
  writeAddress(value, address);
}
