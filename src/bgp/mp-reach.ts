// MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760 sections 3 and 4), and the short form of MP_REACH_NLRI in TABLE_DUMP_V2 (RFC 6396
// section 4.3.4). IPv4 and IPv6, unicast and multicast are decoded; of other families the NLRI bytes are kept.
//
//   AFI (2) | SAFI (1) | next hop length (1) | next hop | reserved (1) | NLRI      MP_REACH_NLRI
//   AFI (2) | SAFI (1) | withdrawn routes                                         MP_UNREACH_NLRI
//   next hop length (1) | next hop                                                MP_REACH_NLRI in TABLE_DUMP_V2

import { DecodeError } from '../wire/decode-error.js';
import { type AddressText } from './address-text.js';
import { isDecodedFamily } from './codes.js';
import { decodeNlri, type Nlri, type NlriModePolicy, NO_NLRI } from './nlri.js';
import { type WarningList } from './warnings.js';

/** MP_REACH_NLRI as received. */
export interface MpReach {
  readonly afi: number;
  readonly safi: number;
  /** The (global) next hop as text; absent where its form is not known. */
  readonly nextHop?: string;
  /** The link-local address that RFC 2545 allows beside it. */
  readonly linkLocalNextHop?: string;
  readonly nlri: readonly Nlri[];
  /** For families that are not decoded: an own copy of next hop field and NLRI, from the next hop's length octet on. */
  readonly undecoded?: Uint8Array;
}

/** MP_UNREACH_NLRI as received; without any NLRI it is an End-of-RIB (RFC 4724 section 2). */
export interface MpUnreach {
  readonly afi: number;
  readonly safi: number;
  readonly nlri: readonly Nlri[];
  /** For families that are not decoded: an own copy of the NLRI field. */
  readonly undecoded?: Uint8Array;
}

/** What the decoders of this file need beside the bytes. */
export interface MpContext {
  readonly nlri: NlriModePolicy;
  readonly addresses: AddressText;
  readonly warnings: WarningList;
}

/** @throws DecodeError where the attribute cannot be framed, so that its NLRI cannot be found (RFC 7606 section 5.3). */
export function decodeMpReach(bytes: Uint8Array, start: number, end: number, context: MpContext): MpReach {
  if (end - start < 5) throw short('MP_REACH_NLRI', start, end);
  const afi = (bytes[start] << 8) | bytes[start + 1];
  const safi = bytes[start + 2];
  const length = bytes[start + 3];
  if (length + 1 > end - start - 4) throw short('MP_REACH_NLRI', start, end);
  const { warnings } = context;
  if (!isDecodedFamily(afi, safi)) {
    warnings.add('unsupported-family');
    return { afi, safi, nlri: NO_NLRI, undecoded: bytes.slice(start + 3, end) };
  }
  const hop = decodeNextHop(bytes, start + 4, length, context.addresses);
  if (hop === null || (afi === 2 && length === 4)) warnings.add('mp-next-hop-length');
  const at = start + 4 + length + 1; // the reserved octet, whatever it holds, is ignored
  const nlri = decodeNlri(bytes, at, end, { afi, safi, policy: context.nlri, warnings });
  if (hop === null) return { afi, safi, nlri };
  const { nextHop, linkLocalNextHop } = hop;
  return linkLocalNextHop === undefined ? { afi, safi, nextHop, nlri } : { afi, safi, nextHop, linkLocalNextHop, nlri };
}

/** @throws DecodeError where the attribute cannot be framed. */
export function decodeMpUnreach(bytes: Uint8Array, start: number, end: number, context: MpContext): MpUnreach {
  if (end - start < 3) throw short('MP_UNREACH_NLRI', start, end);
  const afi = (bytes[start] << 8) | bytes[start + 1];
  const safi = bytes[start + 2];
  const { nlri: policy, warnings } = context;
  if (isDecodedFamily(afi, safi))
    return { afi, safi, nlri: decodeNlri(bytes, start + 3, end, { afi, safi, policy, warnings }) };
  if (end - start === 3) return { afi, safi, nlri: NO_NLRI };
  warnings.add('unsupported-family');
  return { afi, safi, nlri: NO_NLRI, undecoded: bytes.slice(start + 3, end) };
}

/** The next hop of MP_REACH_NLRI in a RIB entry: the short form, or the long one that some writers put, told by a first octet of 0. */
export function decodeRibNextHop(bytes: Uint8Array, start: number, end: number, context: MpContext): NextHop | null {
  const at = start < end && bytes[start] === 0 ? start + 3 : start;
  const length = at < end ? bytes[at] : 0;
  const hop = length > end - at - 1 ? null : decodeNextHop(bytes, at + 1, length, context.addresses);
  if (hop === null) context.warnings.add('mp-next-hop-length');
  return hop;
}

/** A next hop as text, and the link-local address beside it. */
export interface NextHop {
  readonly nextHop: string;
  readonly linkLocalNextHop?: string;
}

/** 4 octets: IPv4. 16: IPv6, also for IPv4 NLRI (RFC 8950). 32: IPv6 global and link-local (RFC 2545). Else null. */
function decodeNextHop(bytes: Uint8Array, at: number, length: number, addresses: AddressText): NextHop | null {
  switch (length) {
    case 4:
      return { nextHop: addresses.ipv4(bytes, at) };
    case 16:
      return { nextHop: addresses.ipv6(bytes, at) };
    case 32:
      return { nextHop: addresses.ipv6(bytes, at), linkLocalNextHop: addresses.ipv6(bytes, at + 16) };
    default:
      return null;
  }
}

function short(name: string, start: number, end: number): DecodeError {
  return new DecodeError('mp-truncated', `Cannot read ${name}: ${end - start} bytes do not hold its fields`, start);
}
