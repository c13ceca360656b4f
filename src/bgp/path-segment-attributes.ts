// Optional attributes that say which way a route came or shall go: BGPsec_PATH (RFC 8205 section 3), D-PATH (domain path of
// draft-ietf-bess-evpn-ipvpn-interworking), SFP (RFC 9015 section 3.2.1), and the deprecated AS_PATHLIMIT. Values to records and back
// without loss; null where the octets contradict the layout. Signatures are not verified.
//
//   length (2) | { pCount (1) | flags (1) | AS (4) } | one or two of: length (2) | suite (1) | { SKI (20) | length (2) | signature }
//                                                                         BGPsec_PATH; both lengths count themselves
//   { number of domains (1) | { global (4) | local (2) | ISF_SAFI_TYPE (1) } }                        D-PATH
//   { type (1) | length (2) | value }                                                            SFP

import { wordAt } from '../ip/address.js';
import { type Asn } from '../ip/asn.js';
import { type ByteWriter } from '../wire/byte-writer.js';
import { readTlvs, type Tlv, TLV_1_2, u16, writeTlvs } from './tlv.js';

/** One AS of a secure path; `flags` 0x80 = a confederation segment. */
export interface SecurePathSegment {
  readonly pCount: number;
  readonly flags: number;
  readonly asn: Asn;
}

/** The signatures of one algorithm suite, the newest first. */
export interface SignatureBlock {
  readonly algorithmSuite: number;
  readonly signatures: readonly { readonly subjectKeyId: Uint8Array; readonly signature: Uint8Array }[];
}

export interface BgpsecPath {
  readonly name: 'bgpsec-path';
  readonly securePath: readonly SecurePathSegment[];
  readonly signatureBlocks: readonly SignatureBlock[];
}

/** One domain of D-PATH: its identifier and the family that it spoke. */
export interface Domain {
  readonly globalAdministrator: number;
  readonly localAdministrator: number;
  readonly isfSafiType: number;
}

export interface DomainPath {
  readonly name: 'd-path';
  readonly segments: readonly (readonly Domain[])[];
}

export interface ServiceFunctionPath {
  readonly name: 'sfp';
  readonly tlvs: readonly Tlv[];
}

export interface AsPathLimit {
  readonly name: 'as-pathlimit';
  readonly limit: number;
  readonly asn: Asn;
}

const SKI_LENGTH = 20;

export function decodeBgpsecPath(bytes: Uint8Array): BgpsecPath | null {
  const pathEnd = bytes.length < 2 ? 0 : u16(bytes, 0);
  if (pathEnd < 8 || pathEnd > bytes.length || (pathEnd - 2) % 6 !== 0) return null;
  const securePath: SecurePathSegment[] = [];
  for (let at = 2; at < pathEnd; at += 6)
    securePath.push({ pCount: bytes[at], flags: bytes[at + 1], asn: wordAt(bytes, at + 2) });
  const signatureBlocks: SignatureBlock[] = [];
  for (let at = pathEnd; at < bytes.length;) {
    const end = at + 3 > bytes.length ? 0 : at + u16(bytes, at);
    if (end < at + 3 || end > bytes.length) return null;
    const signatures = readSignatures(bytes, at + 3, end);
    if (signatures === null) return null;
    signatureBlocks.push({ algorithmSuite: bytes[at + 2], signatures });
    at = end;
  }
  return signatureBlocks.length === 0 ? null : { name: 'bgpsec-path', securePath, signatureBlocks };
}

function readSignatures(bytes: Uint8Array, start: number, end: number): SignatureBlock['signatures'] | null {
  const list: { subjectKeyId: Uint8Array; signature: Uint8Array }[] = [];
  for (let at = start; at < end;) {
    const body = at + SKI_LENGTH + 2;
    const next = body > end ? 0 : body + u16(bytes, body - 2);
    if (next < body || next > end) return null;
    list.push({ subjectKeyId: bytes.slice(at, at + SKI_LENGTH), signature: bytes.slice(body, next) });
    at = next;
  }
  return list;
}

/** @throws RangeError for a subject key identifier of other than 20 octets. */
export function encodeBgpsecPath(writer: ByteWriter, { securePath, signatureBlocks }: BgpsecPath): void {
  writer.u16(2 + securePath.length * 6);
  for (const { pCount, flags, asn } of securePath) writer.u8(pCount).u8(flags).u32(asn);
  for (const { algorithmSuite, signatures } of signatureBlocks) {
    const octets = signatures.reduce((sum, { signature }) => sum + SKI_LENGTH + 2 + signature.length, 3);
    writer.u16(octets).u8(algorithmSuite);
    for (const { subjectKeyId, signature } of signatures) {
      if (subjectKeyId.length !== SKI_LENGTH)
        throw new RangeError(`Cannot write a subject key identifier of ${subjectKeyId.length} octets: 20 are wanted`);
      writer.bytes(subjectKeyId).sized(2, () => writer.bytes(signature));
    }
  }
}

export function decodeDomainPath(bytes: Uint8Array): DomainPath | null {
  const segments: Domain[][] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + bytes[at] * 7;
    if (bytes[at] === 0 || end > bytes.length) return null;
    const segment: Domain[] = [];
    for (at += 1; at < end; at += 7) {
      const localAdministrator = u16(bytes, at + 4);
      segment.push({ globalAdministrator: wordAt(bytes, at), localAdministrator, isfSafiType: bytes[at + 6] });
    }
    segments.push(segment);
  }
  return segments.length === 0 ? null : { name: 'd-path', segments };
}

export function encodeDomainPath(writer: ByteWriter, { segments }: DomainPath): void {
  for (const segment of segments) {
    writer.u8(segment.length);
    for (const { globalAdministrator, localAdministrator, isfSafiType } of segment)
      writer.u32(globalAdministrator).u16(localAdministrator).u8(isfSafiType);
  }
}

export function decodeServiceFunctionPath(bytes: Uint8Array): ServiceFunctionPath | null {
  const tlvs = readTlvs(bytes, 0, TLV_1_2);
  return tlvs === null || tlvs.length === 0 ? null : { name: 'sfp', tlvs };
}

export function encodeServiceFunctionPath(writer: ByteWriter, { tlvs }: ServiceFunctionPath): void {
  writeTlvs(writer, tlvs, TLV_1_2);
}

export function decodeAsPathLimit(bytes: Uint8Array): AsPathLimit | null {
  return bytes.length === 5 ? { name: 'as-pathlimit', limit: bytes[0], asn: wordAt(bytes, 1) } : null;
}

export function encodeAsPathLimit(writer: ByteWriter, { limit, asn }: AsPathLimit): void {
  writer.u8(limit).u32(asn);
}
