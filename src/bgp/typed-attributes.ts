// Every attribute that IANA lists ("BGP Path Attributes") by name, and those that few routes have typed on demand: what
// `path-attributes` keeps as bytes in `PathAttributes.unknown`, read by `optional-attributes`, and ATTR_SET (RFC 6368). `unknown` stays
// the source, byte for byte: nothing here changes what is printed or encoded. `encodeTypedAttribute` is the way back.

import { type Asn } from '../ip/asn.js';
import { ByteWriter } from '../wire/byte-writer.js';
import { wordAt } from '../ip/address.js';
import { AddressText } from './address-text.js';
import { isAttributeSetFramed } from './attribute-form.js';
import { encodeAttributes } from './attributes-encoder.js';
import { AttributeType } from './codes.js';
import { PLAIN_NLRI } from './nlri.js';
import { decodeOptionalAttribute, encodeOptionalAttribute, type OptionalAttribute } from './optional-attributes.js';
import { decodeAttributes, type PathAttributes, type UnknownAttribute } from './path-attributes.js';
import { type WarningCode } from './warnings.js';

/** Names of IANA's "BGP Path Attributes" (registry of 2026-08-18); deprecated ones included, since archives hold them. */
export const ATTRIBUTE_NAMES: Readonly<Record<number, string | undefined>> = {
  1: 'ORIGIN',
  2: 'AS_PATH',
  3: 'NEXT_HOP',
  4: 'MULTI_EXIT_DISC',
  5: 'LOCAL_PREF',
  6: 'ATOMIC_AGGREGATE',
  7: 'AGGREGATOR',
  8: 'COMMUNITIES',
  9: 'ORIGINATOR_ID',
  10: 'CLUSTER_LIST',
  11: 'DPA',
  12: 'ADVERTISER',
  13: 'RCID_PATH',
  14: 'MP_REACH_NLRI',
  15: 'MP_UNREACH_NLRI',
  16: 'EXTENDED_COMMUNITIES',
  17: 'AS4_PATH',
  18: 'AS4_AGGREGATOR',
  19: 'SAFI_SPECIFIC',
  20: 'CONNECTOR',
  21: 'AS_PATHLIMIT',
  22: 'PMSI_TUNNEL',
  23: 'TUNNEL_ENCAPSULATION',
  24: 'TRAFFIC_ENGINEERING',
  25: 'IPV6_EXTENDED_COMMUNITIES',
  26: 'AIGP',
  27: 'PE_DISTINGUISHER_LABELS',
  28: 'ENTROPY_LABEL_CAPABILITY',
  29: 'BGP_LS',
  32: 'LARGE_COMMUNITY',
  33: 'BGPSEC_PATH',
  34: 'COMMUNITY_CONTAINER',
  35: 'ONLY_TO_CUSTOMER',
  36: 'D_PATH',
  37: 'SFP',
  38: 'BFD_DISCRIMINATOR',
  39: 'NEXT_HOP_CHARACTERISTICS',
  40: 'PREFIX_SID',
  41: 'BIER',
  42: 'EDGE_METADATA',
  128: 'ATTR_SET',
  255: 'DEVELOPMENT',
};

/** The attributes of a customer's route, carried through a provider's VPN (RFC 6368 section 5). */
export interface AttributeSet {
  readonly name: 'attr-set';
  readonly originAs: Asn;
  /** AS numbers of four octets, with their `form`; no NLRI. A set inside a set stays bytes until it is asked for. */
  readonly attributes: PathAttributes;
  readonly warnings: readonly WarningCode[];
}

/** An attribute that is named at most, or whose value does not decode. */
export interface OtherAttribute {
  readonly name: 'other';
  /** IANA's name of its type. */
  readonly label: string | null;
  readonly bytes: Uint8Array;
}

/** One attribute; `name` tells which record it is. */
export type TypedAttribute = OptionalAttribute | AttributeSet | OtherAttribute;

/** A typed attribute with its number and flags on the wire. */
export interface NumberedAttribute {
  readonly type: number;
  readonly flags: number;
  readonly value: TypedAttribute;
}

/** The attributes of a route that have no field of their own, typed, in wire order. */
export function typedAttributes({ unknown = [] }: PathAttributes): readonly NumberedAttribute[] {
  return unknown.map(({ type, flags, bytes }) => ({ type, flags, value: typedAttribute(type, bytes) }));
}

function typedAttribute(type: number, bytes: Uint8Array): TypedAttribute {
  const typed = type === AttributeType.ATTR_SET ? decodeAttributeSet(bytes) : decodeOptionalAttribute(type, bytes);
  return typed ?? { name: 'other', label: ATTRIBUTE_NAMES[type] ?? null, bytes };
}

/** Origin AS (4) | path attributes. Those that carry routes make it malformed. */
function decodeAttributeSet(bytes: Uint8Array): AttributeSet | null {
  if (!isAttributeSetFramed(bytes, 0, bytes.length)) return null;
  const context = { asn4: true, form: 'rib', nlri: PLAIN_NLRI, addresses: new AddressText(), keepForm: true } as const;
  const { attributes, warnings } = decodeAttributes(bytes, 4, bytes.length, context);
  return { name: 'attr-set', originAs: wordAt(bytes, 0), attributes, warnings: warnings.codes };
}

/**
 * The attribute as it stands in `PathAttributes.unknown`: the inverse of `typedAttributes`, byte for byte (of an ATTR_SET with warnings
 * what they tell of is lost).
 *
 * @throws RangeError for a number or text that does not fit its field.
 */
export function encodeTypedAttribute({ type, flags, value }: NumberedAttribute): UnknownAttribute {
  const writer = new ByteWriter();
  switch (value.name) {
    case 'other':
      return { type, flags, bytes: value.bytes };
    case 'attr-set':
      writer.u32(value.originAs);
      encodeAttributes(writer, value.attributes, { asn4: true, addPath: false });
      return { type: AttributeType.ATTR_SET, flags, bytes: writer.finish() };
    default:
      return { type: encodeOptionalAttribute(writer, value), flags, bytes: writer.finish() };
  }
}
