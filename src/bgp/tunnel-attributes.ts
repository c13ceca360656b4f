// Optional attributes that say how to reach a next hop: PMSI_TUNNEL (RFC 6514 section 5), Tunnel Encapsulation (RFC 9012 section 2),
// Traffic Engineering (RFC 5543 section 3), PE Distinguisher Labels (RFC 6514 section 8), BFD Discriminator (RFC 9026 section 3.1.6), and
// the deprecated Connector (RFC 6037). Values to records and back without loss; null where the octets contradict the layout.
//
//   flags (1) | tunnel type (1) | MPLS label (3) | tunnel identifier                                       PMSI_TUNNEL
//   { tunnel type (2) | length (2) | { type (1) | length (1, or 2 for types from 128 on) | value } }        Tunnel Encapsulation
//   switching capability (1) | encoding (1) | reserved (2) | bandwidth (8 of 4) | specific information       Traffic Engineering
//   { PE address (4 or 16) | label (3) }                                                                  PE Distinguisher Labels
//   mode (1) | discriminator (4) | TLVs of type (1) and length (1)                                        BFD Discriminator

import { formatAddress, formatIpv4, wordAt } from '../ip/address.js';
import { type ByteWriter } from '../wire/byte-writer.js';
import { writeAddress } from './address-writer.js';
import { readTlvs, type Tlv, TLV_1_1, TLV_2_2, u16, u24, writeTlvs } from './tlv.js';

export interface PmsiTunnel {
  readonly name: 'pmsi-tunnel';
  readonly flags: number;
  readonly tunnelType: number;
  /** All 24 bits: an MPLS label in the upper 20, or a VNI (RFC 8365 section 9). */
  readonly labelField: number;
  readonly tunnelId: Uint8Array;
}

/** One tunnel of Tunnel Encapsulation. */
export interface Tunnel {
  readonly type: number;
  readonly subTlvs: readonly Tlv[];
}

export interface TunnelEncapsulation {
  readonly name: 'tunnel-encapsulation';
  readonly tunnels: readonly Tunnel[];
}

export interface TrafficEngineering {
  readonly name: 'traffic-engineering';
  readonly switchingCapability: number;
  readonly encoding: number;
  readonly reserved: number;
  /** Bytes a second, by priority 0 to 7. */
  readonly maxLspBandwidth: readonly number[];
  /** What follows depends on the switching capability; further descriptors would stand in it too. */
  readonly specific: Uint8Array;
}

export interface PeDistinguisherLabels {
  readonly name: 'pe-distinguisher-labels';
  /** All 24 bits of each label field. */
  readonly labels: readonly { readonly address: string; readonly labelField: number }[];
}

export interface BfdDiscriminator {
  readonly name: 'bfd-discriminator';
  readonly mode: number;
  readonly discriminator: number;
  readonly tlvs: readonly Tlv[];
}

export interface Connector {
  readonly name: 'connector';
  readonly type: number;
  readonly address: string;
}

/** The upper 20 of the 24 bits of a label field: the MPLS label (RFC 3032 section 2.1). */
export function mplsLabel(labelField: number): number {
  return labelField >>> 4;
}

export function decodePmsiTunnel(bytes: Uint8Array): PmsiTunnel | null {
  if (bytes.length < 5) return null;
  const [flags, tunnelType] = bytes;
  return { name: 'pmsi-tunnel', flags, tunnelType, labelField: u24(bytes, 2), tunnelId: bytes.slice(5) };
}

export function encodePmsiTunnel(writer: ByteWriter, { flags, tunnelType, labelField, tunnelId }: PmsiTunnel): void {
  writer.u8(flags).u8(tunnelType).u24(labelField).bytes(tunnelId);
}

export function decodeTunnelEncapsulation(bytes: Uint8Array): TunnelEncapsulation | null {
  const list = readTlvs(bytes, 0, TLV_2_2);
  if (list === null || list.length === 0) return null;
  const tunnels: Tunnel[] = [];
  for (const { type, value } of list) {
    const subTlvs = readSubTlvs(value);
    if (subTlvs === null) return null;
    tunnels.push({ type, subTlvs });
  }
  return { name: 'tunnel-encapsulation', tunnels };
}

function readSubTlvs(bytes: Uint8Array): Tlv[] | null {
  const list: Tlv[] = [];
  for (let at = 0; at < bytes.length;) {
    const head = bytes[at] < 128 ? 2 : 3;
    if (at + head > bytes.length) return null;
    const end = at + head + (head === 2 ? bytes[at + 1] : u16(bytes, at + 1));
    if (end > bytes.length) return null;
    list.push({ type: bytes[at], value: bytes.slice(at + head, end) });
    at = end;
  }
  return list;
}

export function encodeTunnelEncapsulation(writer: ByteWriter, { tunnels }: TunnelEncapsulation): void {
  for (const { type, subTlvs } of tunnels) {
    writer.u16(type).sized(2, () => {
      for (const tlv of subTlvs) writer.u8(tlv.type).sized(tlv.type < 128 ? 1 : 2, () => writer.bytes(tlv.value));
    });
  }
}

const PRIORITIES = 8;

export function decodeTrafficEngineering(bytes: Uint8Array): TrafficEngineering | null {
  const fixed = 4 + 4 * PRIORITIES;
  if (bytes.length < fixed) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, fixed);
  const maxLspBandwidth = Array.from({ length: PRIORITIES }, (_, i) => view.getFloat32(4 + 4 * i));
  if (maxLspBandwidth.some(Number.isNaN)) return null;
  const [switchingCapability, encoding] = bytes;
  const head = { switchingCapability, encoding, reserved: u16(bytes, 2) };
  return { name: 'traffic-engineering', ...head, maxLspBandwidth, specific: bytes.slice(fixed) };
}

/** @throws RangeError unless there are eight bandwidths. */
export function encodeTrafficEngineering(writer: ByteWriter, attribute: TrafficEngineering): void {
  const { switchingCapability, encoding, reserved, maxLspBandwidth, specific } = attribute;
  if (maxLspBandwidth.length !== PRIORITIES)
    throw new RangeError(`Cannot write ${maxLspBandwidth.length} bandwidths: one for each of 8 priorities is wanted`);
  writer.u8(switchingCapability).u8(encoding).u16(reserved);
  const view = new DataView(new ArrayBuffer(4 * PRIORITIES));
  for (const [i, bandwidth] of maxLspBandwidth.entries()) view.setFloat32(4 * i, bandwidth);
  writer.bytes(new Uint8Array(view.buffer)).bytes(specific);
}

/** The family is that of the next hop, which is not known here: a length that fits both is not decoded. */
export function decodePeDistinguisherLabels(bytes: Uint8Array): PeDistinguisherLabels | null {
  const [fits4, fits6] = [bytes.length % 7 === 0, bytes.length % 19 === 0];
  if (bytes.length === 0 || fits4 === fits6) return null;
  const octets = fits4 ? 4 : 16;
  const labels = Array.from({ length: bytes.length / (octets + 3) }, (_, i) => {
    const at = i * (octets + 3);
    return { address: formatAddress(bytes, at, fits4 ? 1 : 2), labelField: u24(bytes, at + octets) };
  });
  return { name: 'pe-distinguisher-labels', labels };
}

export function encodePeDistinguisherLabels(writer: ByteWriter, { labels }: PeDistinguisherLabels): void {
  for (const { address, labelField } of labels) {
    writeAddress(writer, address);
    writer.u24(labelField);
  }
}

export function decodeBfdDiscriminator(bytes: Uint8Array): BfdDiscriminator | null {
  const tlvs = bytes.length < 5 ? null : readTlvs(bytes, 5, TLV_1_1);
  return tlvs === null ? null : { name: 'bfd-discriminator', mode: bytes[0], discriminator: wordAt(bytes, 1), tlvs };
}

export function encodeBfdDiscriminator(writer: ByteWriter, { mode, discriminator, tlvs }: BfdDiscriminator): void {
  writer.u8(mode).u32(discriminator);
  writeTlvs(writer, tlvs, TLV_1_1);
}

export function decodeConnector(bytes: Uint8Array): Connector | null {
  return bytes.length === 6 ? { name: 'connector', type: u16(bytes, 0), address: formatIpv4(wordAt(bytes, 2)) } : null;
}

export function encodeConnector(writer: ByteWriter, { type, address }: Connector): void {
  writer.u16(type);
  writeAddress(writer, address);
}
