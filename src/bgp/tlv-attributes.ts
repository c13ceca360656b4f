// Optional attributes that are lists: AIGP (RFC 7311 section 3), BGP-LS (RFC 9552 section 5.3, values opaque), Next Hop Dependent
// Characteristics (draft-ietf-idr-nhc), Prefix-SID (RFC 8669 section 3, RFC 9252 section 2), BIER (RFC 9793 section 3) and IPv6 address
// specific extended communities (RFC 5701 section 2). Values to records and back without loss; null where the octets contradict the
// layout.
//
//   { type (1) | length (2, of the whole TLV) | value }; type 1: metric (8)                        AIGP
//   { type (2) | length (2) | value }                                                              BGP-LS, BIER
//   AFI (2) | SAFI (1) | next hop length (1) | next hop | { code (2) | length (2) | value }          NHC
//   { type (1) | length (2) | value }; 1: reserved (1), flags (2), index (4); 3: flags (2), { base (3), range (3) };
//                                      5, 6: reserved (1), { type (1) | length (2) | value }         Prefix-SID
//   { type and sub-type (2) | IPv6 address (16) | local (2) }                                       IPv6 extended communities

import { formatAddress, wordAt } from '../ip/address.js';
import { type ByteWriter } from '../wire/byte-writer.js';
import { formatHex, parseHex } from './communities.js';
import { readTlvs, type Tlv, TLV_1_2, TLV_1_2_INCLUSIVE, TLV_2_2, u16, u24, writeTlvs } from './tlv.js';

/** A TLV that is kept as bytes inside a list of known ones. */
export type OtherTlv = { readonly name: 'other' } & Tlv;

/** The accumulated metric, or a TLV that no RFC describes. Of several metrics the first counts. */
export type AigpTlv = { readonly name: 'metric'; readonly metric: bigint } | OtherTlv;

export interface Aigp {
  readonly name: 'aigp';
  readonly tlvs: readonly AigpTlv[];
}

export interface BgpLs {
  readonly name: 'bgp-ls';
  readonly tlvs: readonly Tlv[];
}

export interface Bier {
  readonly name: 'bier';
  readonly tlvs: readonly Tlv[];
}

export interface NextHopCharacteristics {
  readonly name: 'next-hop-characteristics';
  readonly afi: number;
  readonly safi: number;
  readonly nextHop: Uint8Array;
  readonly tlvs: readonly Tlv[];
}

/** Label-Index, Originator SRGB, SRv6 L3 (5) and L2 (6) Service, and others. */
export type PrefixSidTlv =
  | { readonly name: 'label-index'; readonly flags: number; readonly labelIndex: number }
  | {
      readonly name: 'originator-srgb';
      readonly flags: number;
      readonly ranges: readonly { readonly base: number; readonly range: number }[];
    }
  | { readonly name: 'srv6-service'; readonly type: 5 | 6; readonly subTlvs: readonly Tlv[] }
  | OtherTlv;

export interface PrefixSid {
  readonly name: 'prefix-sid';
  readonly tlvs: readonly PrefixSidTlv[];
}

export interface Ipv6ExtendedCommunities {
  readonly name: 'ipv6-extended-communities';
  /** 40 hex digits each; `ipv6CommunityParts` takes one apart. */
  readonly communities: readonly string[];
}

const METRIC_TLV = 1;

export function decodeAigp(bytes: Uint8Array): Aigp | null {
  const tlvs: AigpTlv[] = [];
  for (const tlv of readTlvs(bytes, 0, TLV_1_2_INCLUSIVE) ?? [null]) {
    if (tlv === null || (tlv.type === METRIC_TLV && tlv.value.length !== 8)) return null;
    if (tlv.type === METRIC_TLV) tlvs.push({ name: 'metric', metric: u64(tlv.value) });
    else tlvs.push({ name: 'other', ...tlv });
  }
  return { name: 'aigp', tlvs };
}

export function encodeAigp(writer: ByteWriter, { tlvs }: Aigp): void {
  const plain = tlvs.map((tlv) => (tlv.name === 'metric' ? { type: METRIC_TLV, value: octets64(tlv.metric) } : tlv));
  writeTlvs(writer, plain, TLV_1_2_INCLUSIVE);
}

function u64(bytes: Uint8Array): bigint {
  return (BigInt(wordAt(bytes, 0)) << 32n) | BigInt(wordAt(bytes, 4));
}

function octets64(value: bigint): Uint8Array {
  if (value < 0n || value >= 1n << 64n)
    throw new RangeError(`Cannot write the metric ${value}: the field has 8 octets`);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

/** The accumulated metric of a route; null where the attribute has none (RFC 7311 section 3). */
export function aigpMetric({ tlvs }: Aigp): bigint | null {
  for (const tlv of tlvs) if (tlv.name === 'metric') return tlv.metric;
  return null;
}

export function decodeBgpLs(bytes: Uint8Array): BgpLs | null {
  const tlvs = readTlvs(bytes, 0, TLV_2_2);
  return tlvs === null ? null : { name: 'bgp-ls', tlvs };
}

export function decodeBier(bytes: Uint8Array): Bier | null {
  const tlvs = readTlvs(bytes, 0, TLV_2_2);
  return tlvs === null || tlvs.length === 0 ? null : { name: 'bier', tlvs };
}

/** BGP-LS and BIER alike. */
export function encodeWideTlvs(writer: ByteWriter, { tlvs }: BgpLs | Bier): void {
  writeTlvs(writer, tlvs, TLV_2_2);
}

export function decodeNextHopCharacteristics(bytes: Uint8Array): NextHopCharacteristics | null {
  const at = bytes.length < 4 ? Infinity : 4 + bytes[3];
  const tlvs = at > bytes.length ? null : readTlvs(bytes, at, TLV_2_2);
  if (tlvs === null || tlvs.length === 0) return null;
  const family = { afi: u16(bytes, 0), safi: bytes[2] };
  return { name: 'next-hop-characteristics', ...family, nextHop: bytes.slice(4, at), tlvs };
}

export function encodeNextHopCharacteristics(writer: ByteWriter, attribute: NextHopCharacteristics): void {
  const { afi, safi, nextHop, tlvs } = attribute;
  writer.u16(afi).u8(safi);
  writer.sized(1, () => writer.bytes(nextHop));
  writeTlvs(writer, tlvs, TLV_2_2);
}

const LABEL_INDEX_TLV = 1;
const SRGB_TLV = 3;
const SRV6_L3_TLV = 5;
const SRV6_L2_TLV = 6;

export function decodePrefixSid(bytes: Uint8Array): PrefixSid | null {
  const tlvs: PrefixSidTlv[] = [];
  for (const tlv of readTlvs(bytes, 0, TLV_1_2) ?? [null]) {
    const typed = tlv === null ? null : prefixSidTlv(tlv);
    if (typed === null) return null;
    tlvs.push(typed);
  }
  return tlvs.length === 0 ? null : { name: 'prefix-sid', tlvs };
}

/** Null where the length is none that the type has. Reserved octets that are set leave the TLV as bytes. */
function prefixSidTlv({ type, value }: Tlv): PrefixSidTlv | null {
  switch (type) {
    case LABEL_INDEX_TLV:
      if (value.length !== 7) return null;
      if (value[0] !== 0) break;
      return { name: 'label-index', flags: u16(value, 1), labelIndex: wordAt(value, 3) };
    case SRGB_TLV: {
      if (value.length < 8 || value.length % 6 !== 2) return null;
      const ranges = Array.from({ length: (value.length - 2) / 6 }, (_, i) => ({
        base: u24(value, 2 + i * 6),
        range: u24(value, 5 + i * 6),
      }));
      return { name: 'originator-srgb', flags: u16(value, 0), ranges };
    }
    case SRV6_L3_TLV:
    case SRV6_L2_TLV: {
      const subTlvs = value.length === 0 ? null : readTlvs(value, 1, TLV_1_2);
      if (subTlvs === null) return null;
      if (value[0] !== 0) break;
      return { name: 'srv6-service', type, subTlvs };
    }
  }
  return { name: 'other', type, value };
}

export function encodePrefixSid(writer: ByteWriter, { tlvs }: PrefixSid): void {
  for (const tlv of tlvs) {
    writer.u8(prefixSidType(tlv)).sized(2, () => {
      writePrefixSidValue(writer, tlv);
    });
  }
}

function prefixSidType(tlv: PrefixSidTlv): number {
  switch (tlv.name) {
    case 'label-index':
      return LABEL_INDEX_TLV;
    case 'originator-srgb':
      return SRGB_TLV;
    case 'srv6-service':
    case 'other':
      return tlv.type;
  }
}

function writePrefixSidValue(writer: ByteWriter, tlv: PrefixSidTlv): void {
  switch (tlv.name) {
    case 'label-index':
      writer.u8(0).u16(tlv.flags).u32(tlv.labelIndex);
      return;
    case 'originator-srgb':
      writer.u16(tlv.flags);
      for (const { base, range } of tlv.ranges) writer.u24(base).u24(range);
      return;
    case 'srv6-service':
      writer.u8(0);
      writeTlvs(writer, tlv.subTlvs, TLV_1_2);
      return;
    case 'other':
      writer.bytes(tlv.value);
      return;
  }
}

const IPV6_COMMUNITY = 20;

export function decodeIpv6ExtendedCommunities(bytes: Uint8Array): Ipv6ExtendedCommunities | null {
  if (bytes.length === 0 || bytes.length % IPV6_COMMUNITY !== 0) return null;
  const communities = Array.from({ length: bytes.length / IPV6_COMMUNITY }, (_, i) =>
    formatHex(bytes, i * IPV6_COMMUNITY, (i + 1) * IPV6_COMMUNITY),
  );
  return { name: 'ipv6-extended-communities', communities };
}

export function encodeIpv6ExtendedCommunities(writer: ByteWriter, { communities }: Ipv6ExtendedCommunities): void {
  for (const community of communities) writer.bytes(parseHex(community));
}

/** An IPv6 extended community taken apart: type with sub-type (0x0002 = route target), administrator as text, local part. */
export interface Ipv6CommunityParts {
  readonly type: number;
  readonly administrator: string;
  readonly local: number;
}

/** The parts of 40 hex digits. */
export function ipv6CommunityParts(community: string): Ipv6CommunityParts {
  const bytes = parseHex(community);
  return { type: u16(bytes, 0), administrator: formatAddress(bytes, 2, 2), local: u16(bytes, 18) };
}
