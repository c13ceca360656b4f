// The attributes that few routes have, typed on demand: whatever IANA lists as in use and `path-attributes` keeps as bytes. AIGP (RFC
// 7311), IPv6 extended communities (5701), PMSI tunnel (6514), Tunnel Encapsulation (9012), Prefix-SID (8669), ATTR_SET (6368), BGP-LS
// (9552), BFD Discriminator (9026), D-PATH, and others by name. `PathAttributes.unknown` stays the source, byte for byte: nothing here
// changes what is printed or encoded, and decoding messages costs nothing for it.

import { formatAddress, formatIpv4, wordAt } from '../ip/address.js';
import { type Asn } from '../ip/asn.js';
import { DecodeError } from '../wire/decode-error.js';
import { AddressText } from './address-text.js';
import { formatHex } from './communities.js';
import { PLAIN_NLRI } from './nlri.js';
import { decodeAttributes, type PathAttributes, type UnknownAttribute } from './path-attributes.js';
import { type WarningCode } from './warnings.js';

/** Names of IANA's "BGP Path Attributes" without a field in `PathAttributes`; deprecated ones included, since archives hold them. */
export const ATTRIBUTE_NAMES: Readonly<Record<number, string>> = {
  11: 'DPA',
  12: 'ADVERTISER',
  13: 'RCID_PATH',
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
  33: 'BGPSEC_PATH',
  34: 'COMMUNITY_CONTAINER',
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

/** A type, a length and a value that is not decoded further; `value` is an own copy. */
export interface Tlv {
  readonly type: number;
  readonly value: Uint8Array;
}

/** One attribute: `name` tells which record it is; `other` is one that is named at most, or whose value does not decode. */
export type TypedAttribute =
  | {
      readonly name: 'aigp';
      /** The accumulated metric of the first AIGP TLV; null without one (RFC 7311 section 3). */
      readonly metric: bigint | null;
      readonly tlvs: readonly Tlv[];
    }
  | {
      readonly name: 'ipv6-extended-communities';
      /** 40 hex digits each: type, subtype, 16 octets of global administrator, 2 of local. */
      readonly communities: readonly string[];
    }
  | {
      readonly name: 'pmsi-tunnel';
      readonly flags: number;
      readonly tunnelType: number;
      /** The upper 20 of the 24 bits of the field. */
      readonly label: number;
      readonly tunnelId: Uint8Array;
    }
  | { readonly name: 'tunnel-encapsulation'; readonly tunnels: readonly Tlv[] }
  | {
      readonly name: 'prefix-sid';
      /** Label-Index (TLV 1); null without one. */
      readonly labelIndex: number | null;
      /** The first SRGB and its range, of the Originator SRGB (TLV 3), each. */
      readonly srgb: readonly { readonly base: number; readonly range: number }[];
      readonly tlvs: readonly Tlv[];
    }
  | {
      readonly name: 'attr-set';
      /** The customer's AS, and its attributes: AS numbers of four octets, no NLRI (RFC 6368 section 5). */
      readonly originAs: Asn;
      readonly attributes: PathAttributes;
      readonly warnings: readonly WarningCode[];
    }
  | { readonly name: 'bgp-ls'; readonly tlvs: readonly Tlv[] }
  | {
      readonly name: 'bfd-discriminator';
      readonly mode: number;
      readonly discriminator: number;
      readonly tlvs: readonly Tlv[];
    }
  | { readonly name: 'connector'; readonly type: number; readonly address: string }
  | { readonly name: 'as-pathlimit'; readonly limit: number; readonly asn: Asn }
  | { readonly name: 'other'; readonly label: string | null; readonly bytes: Uint8Array };

/** A typed attribute with its number and flags on the wire. */
export type NumberedAttribute = { readonly type: number; readonly flags: number; readonly value: TypedAttribute };

/** The attributes of a route that have no field of their own, typed, in wire order. */
export function typedAttributes({ unknown = [] }: PathAttributes): readonly NumberedAttribute[] {
  return unknown.map((attribute) => ({
    type: attribute.type,
    flags: attribute.flags,
    value: typedAttribute(attribute) ?? other(attribute),
  }));
}

function other({ type, bytes }: UnknownAttribute): TypedAttribute {
  return { name: 'other', label: ATTRIBUTE_NAMES[type] ?? null, bytes };
}

/** Null where the type is not laid out here, or the value contradicts its layout. */
function typedAttribute({ type, bytes }: UnknownAttribute): TypedAttribute | null {
  switch (type) {
    case 20:
      return bytes.length === 6
        ? { name: 'connector', type: u16(bytes, 0), address: formatIpv4(wordAt(bytes, 2)) }
        : null;
    case 21:
      return bytes.length === 5 ? { name: 'as-pathlimit', limit: bytes[0], asn: wordAt(bytes, 1) } : null;
    case 22:
      return pmsiTunnel(bytes);
    case 23: {
      const tunnels = readTlvs(bytes, 0, 2, 2);
      return tunnels === null ? null : { name: 'tunnel-encapsulation', tunnels };
    }
    case 25:
      return ipv6ExtendedCommunities(bytes);
    case 26:
      return aigp(bytes);
    case 29: {
      const tlvs = readTlvs(bytes, 0, 2, 2);
      return tlvs === null ? null : { name: 'bgp-ls', tlvs };
    }
    case 38:
      return bfdDiscriminator(bytes);
    case 40:
      return prefixSid(bytes);
    case 128:
      return attrSet(bytes);
    default:
      return null;
  }
}

/**
 * Type, length and value until the end; with fields of the given octets.
 *
 * @returns null where one overruns.
 */
function readTlvs(bytes: Uint8Array, start: number, typeSize: 1 | 2, lengthSize: 1 | 2): Tlv[] | null {
  const head = typeSize + lengthSize;
  const list: Tlv[] = [];
  for (let at = start; at < bytes.length;) {
    if (at + head > bytes.length) return null;
    const type = typeSize === 1 ? bytes[at] : u16(bytes, at);
    const length = lengthSize === 1 ? bytes[at + typeSize] : u16(bytes, at + typeSize);
    const end = at + head + length;
    if (end > bytes.length) return null;
    list.push({ type, value: bytes.slice(at + head, end) });
    at = end;
  }
  return list;
}

/** RFC 6514 section 5: flags (1) | tunnel type (1) | MPLS label (3) | tunnel identifier. */
function pmsiTunnel(bytes: Uint8Array): TypedAttribute | null {
  if (bytes.length < 5) return null;
  const label = wordAt(bytes, 1) & 0xffffff;
  return { name: 'pmsi-tunnel', flags: bytes[0], tunnelType: bytes[1], label: label >>> 4, tunnelId: bytes.slice(5) };
}

function ipv6ExtendedCommunities(bytes: Uint8Array): TypedAttribute | null {
  if (bytes.length === 0 || bytes.length % 20 !== 0) return null;
  const communities = Array.from({ length: bytes.length / 20 }, (_, i) => formatHex(bytes, i * 20, i * 20 + 20));
  return { name: 'ipv6-extended-communities', communities };
}

/** `target 2001:db8::1:100`-like parts of an IPv6 extended community: type and subtype, administrator as text, local part. */
export function ipv6CommunityParts(community: string): { type: number; administrator: string; local: number } {
  const bytes = Uint8Array.from({ length: 20 }, (_, i) => Number.parseInt(community.slice(2 * i, 2 * i + 2), 16));
  return { type: u16(bytes, 0), administrator: formatAddress(bytes, 2, 2), local: u16(bytes, 18) };
}

/** RFC 7311 section 3: type (1) | length (2, of the whole TLV) | value; type 1 holds 8 octets of metric. */
function aigp(bytes: Uint8Array): TypedAttribute | null {
  const tlvs: Tlv[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = at + 3 <= bytes.length ? u16(bytes, at + 1) : 0;
    if (length < 3 || at + length > bytes.length) return null;
    tlvs.push({ type: bytes[at], value: bytes.slice(at + 3, at + length) });
    at += length;
  }
  const first = tlvs.find(({ type }) => type === 1)?.value;
  if (first !== undefined && first.length !== 8) return null;
  const metric = first === undefined ? null : (BigInt(wordAt(first, 0)) << 32n) | BigInt(wordAt(first, 4));
  return { name: 'aigp', metric, tlvs };
}

/** RFC 8669 section 3: TLVs of type (1) and length (2). 1 Label-Index: reserved (1), flags (2), index (4). 3: flags (2), SRGBs (6 each). */
function prefixSid(bytes: Uint8Array): TypedAttribute | null {
  const tlvs = readTlvs(bytes, 0, 1, 2);
  if (tlvs === null) return null;
  const index = tlvs.find(({ type }) => type === 1)?.value;
  const ranges = tlvs.find(({ type }) => type === 3)?.value ?? new Uint8Array(2);
  if ((index !== undefined && index.length !== 7) || ranges.length % 6 !== 2) return null;
  const srgb = Array.from({ length: (ranges.length - 2) / 6 }, (_, i) => ({
    base: u24(ranges, 2 + i * 6),
    range: u24(ranges, 5 + i * 6),
  }));
  return { name: 'prefix-sid', labelIndex: index === undefined ? null : wordAt(index, 3), srgb, tlvs };
}

/** RFC 6368 section 5: origin AS (4) | path attributes. A set inside a set stays bytes until it is asked for. */
function attrSet(bytes: Uint8Array): TypedAttribute | null {
  if (bytes.length < 4) return null;
  const context = { asn4: true, form: 'rib', nlri: PLAIN_NLRI, addresses: new AddressText() } as const;
  try {
    const { attributes, warnings } = decodeAttributes(bytes, 4, bytes.length, context);
    return { name: 'attr-set', originAs: wordAt(bytes, 0), attributes, warnings: warnings.codes };
  } catch (error) {
    if (error instanceof DecodeError) return null; // a repeated MP_REACH_NLRI
    throw error;
  }
}

/** RFC 9026 section 3.1.6: mode (1) | discriminator (4) | TLVs of type (1) and length (1). */
function bfdDiscriminator(bytes: Uint8Array): TypedAttribute | null {
  const tlvs = bytes.length < 5 ? null : readTlvs(bytes, 5, 1, 1);
  return tlvs === null ? null : { name: 'bfd-discriminator', mode: bytes[0], discriminator: wordAt(bytes, 1), tlvs };
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

function u24(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
}
