// PDUs of the RPKI to Router protocol: version 0 (RFC 6810 section 5), 1 (RFC 8210 section 5), and 2 with ASPAs as
// draft-ietf-sidrops-8210bis has them since its revision 13. Bytes in, values out, and back; who may say what when is rtr-session's.
//
//  0          8          16         24        31
//  .-------------------------------------------.
//  | Protocol |   PDU    |   Session ID, code,  |
//  | Version  |   Type   |    flags or zero     |
//  +-------------------------------------------+
//  |           Length, header included          |
//  +-------------------------------------------+

import { type Asn } from '../ip/asn.js';
import { Prefix } from '../ip/prefix.js';
import { ByteReader } from '../wire/byte-reader.js';
import { ByteWriter } from '../wire/byte-writer.js';
import { DecodeError } from '../wire/decode-error.js';
import { isMaxLength, type Vrp } from './vrp-table.js';

export const RTR_VERSIONS = [0, 1, 2] as const;
export type RtrVersion = (typeof RTR_VERSIONS)[number];

/** IANA, "rpki-rtr-pdu". */
export const RtrType = {
  SerialNotify: 0,
  SerialQuery: 1,
  ResetQuery: 2,
  CacheResponse: 3,
  Ipv4Prefix: 4,
  Ipv6Prefix: 6,
  EndOfData: 7,
  CacheReset: 8,
  RouterKey: 9,
  ErrorReport: 10,
  Aspa: 11,
} as const;

/** IANA, "rpki-rtr-error" (RFC 8210 section 12; 9 and up: 8210bis). */
export const RtrErrorCode = {
  CorruptData: 0,
  InternalError: 1,
  NoDataAvailable: 2,
  InvalidRequest: 3,
  UnsupportedProtocolVersion: 4,
  UnsupportedPduType: 5,
  WithdrawalOfUnknownRecord: 6,
  DuplicateAnnouncement: 7,
  UnexpectedProtocolVersion: 8,
  AspaProviderListError: 9,
} as const;

const ERROR_NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(RtrErrorCode).map(([name, code]) => [code, name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')]),
);

/** `Withdrawal Of Unknown Record`, or `code 77`. */
export function rtrErrorName(code: number): string {
  return ERROR_NAMES[code] ?? `code ${code}`;
}

/** When to ask again, to try again, and to give the data up, in seconds (RFC 8210 section 6). */
export interface RtrIntervals {
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
}

/** The protocol's own, used in version 0 too. */
export const DEFAULT_INTERVALS: RtrIntervals = { refresh: 3600, retry: 600, expire: 7200 };

/** Also what the header says: a Serial Notify of any version is read. */
interface Head {
  readonly version: number;
}

export type RtrPdu = Head &
  (
    | { readonly kind: 'serial-notify' | 'serial-query'; readonly sessionId: number; readonly serial: number }
    | { readonly kind: 'reset-query' | 'cache-reset' }
    | { readonly kind: 'cache-response'; readonly sessionId: number }
    | { readonly kind: 'prefix'; readonly announce: boolean; readonly vrp: Vrp }
    | {
        readonly kind: 'end-of-data';
        readonly sessionId: number;
        readonly serial: number;
        /** Null in version 0. */
        readonly intervals: RtrIntervals | null;
      }
    | { readonly kind: 'router-key' }
    | {
        readonly kind: 'aspa';
        readonly announce: boolean;
        readonly customer: Asn;
        readonly providers: readonly Asn[];
      }
    | { readonly kind: 'error'; readonly code: number; readonly pdu: Uint8Array; readonly text: string }
  );

export const HEADER_LENGTH = 8;
/** Longest PDU that is taken: an ASPA of 16 000 providers. */
export const MAX_PDU_LENGTH = 65_536;
/** Octets of a faulty PDU that an Error Report gives back. */
const MOST_RETURNED = 64;

/**
 * Decodes the PDU at `start`, whose header says that it ends at `end`.
 *
 * @throws DecodeError `rtr-type` for a type that is not known in this version, `rtr-old-aspa` for ASPAs by address family (8210bis before
 *   its revision 13), `rtr-aspa-providers` for a list of providers that cannot be, else `rtr-corrupt` or `truncated`.
 */
export function decodeRtrPdu(bytes: Uint8Array, start: number, end: number): RtrPdu {
  const reader = new ByteReader(bytes, start, end);
  const version = reader.u8();
  const type = reader.u8();
  const field = reader.u16();
  reader.skip(4);
  const pdu = decodeBody(reader, { version, type, field, start });
  if (reader.remaining > 0) throw corrupt(`${reader.remaining} octets are left over`, start);
  return pdu;
}

interface Header {
  readonly version: number;
  readonly type: number;
  /** Octets 2 and 3. */
  readonly field: number;
  readonly start: number;
}

function decodeBody(reader: ByteReader, { version, type, field, start }: Header): RtrPdu {
  switch (type) {
    case RtrType.SerialNotify:
      return { version, kind: 'serial-notify', sessionId: field, serial: reader.u32() };
    case RtrType.SerialQuery:
      return { version, kind: 'serial-query', sessionId: field, serial: reader.u32() };
    case RtrType.ResetQuery:
      return { version, kind: 'reset-query' };
    case RtrType.CacheResponse:
      return { version, kind: 'cache-response', sessionId: field };
    case RtrType.Ipv4Prefix:
    case RtrType.Ipv6Prefix:
      return { version, kind: 'prefix', ...decodePrefix(reader, type === RtrType.Ipv4Prefix ? 1 : 2, start) };
    case RtrType.EndOfData:
      return { version, kind: 'end-of-data', sessionId: field, serial: reader.u32(), intervals: intervalsOf(reader) };
    case RtrType.CacheReset:
      return { version, kind: 'cache-reset' };
    case RtrType.ErrorReport:
      return { version, kind: 'error', code: field, ...decodeError(reader) };
    case RtrType.RouterKey:
      if (version === 0) break;
      reader.skip(reader.remaining);
      return { version, kind: 'router-key' };
    case RtrType.Aspa:
      if (version < 2) break;
      return { version, kind: 'aspa', ...decodeAspa(reader, field, start) };
  }
  throw new DecodeError('rtr-type', `Cannot read PDU type ${type} of version ${version}: it is not known`, start);
}

// | Flags | Prefix Length | Max Length | zero |  prefix, 4 or 16 octets  |  AS number |
function decodePrefix(reader: ByteReader, afi: 1 | 2, start: number): { announce: boolean; vrp: Vrp } {
  const flags = reader.u8();
  const [length, maxLength] = [reader.u8(), reader.u8()];
  reader.skip(1);
  const octets = afi === 1 ? 4 : 16;
  const at = reader.skip(octets);
  const asn = reader.u32();
  if (length > octets * 8) throw corrupt(`a prefix length of ${length}`, start);
  const prefix = Prefix.fromNlri(reader.bytes, at, length, afi);
  if (!isMaxLength(prefix, maxLength)) throw corrupt(`a maximum length of ${maxLength} for a /${length}`, start);
  return { announce: (flags & 1) === 1, vrp: { prefix, maxLength, asn, trustAnchor: null, expires: null } };
}

function intervalsOf(reader: ByteReader): RtrIntervals | null {
  if (reader.remaining === 0) return null;
  return { refresh: reader.u32(), retry: reader.u32(), expire: reader.u32() };
}

// | Length of the PDU | the erroneous PDU | Length of the text | text in UTF-8 |
function decodeError(reader: ByteReader): { pdu: Uint8Array; text: string } {
  const pdu = reader.copy(reader.u32());
  return { pdu, text: new TextDecoder().decode(reader.copy(reader.u32())) };
}

// Now:    | 2 | 11 | Flags | zero |  Length  |  Customer AS  |  Provider ASes ... |; a withdrawal has no provider
// Before: | 2 | 11 |     zero     |  Length  | Flags | AFI Flags | Count | Customer AS | Provider ASes ... |
function decodeAspa(
  reader: ByteReader,
  field: number,
  start: number,
): { announce: boolean; customer: Asn; providers: readonly Asn[] } {
  const announce = (field >>> 8) % 2 === 1;
  const customer = reader.u32();
  if (reader.remaining % 4 !== 0) throw corrupt('a list of providers that is cut', start);
  const providers: Asn[] = [];
  while (reader.remaining > 0) providers.push(reader.u32());
  if (field === 0 && isOldAspa(customer, providers.length))
    throw new DecodeError(
      'rtr-old-aspa',
      'Cannot read an ASPA by address family: it is of an old draft of version 2; the cache must be newer',
      start,
    );
  if (!announce && providers.length > 0) throw badProviders('a withdrawal with providers', start);
  if (announce && providers.length === 0) throw badProviders('an announcement without a provider', start);
  if (announce && providers.some((one, index) => index > 0 && one <= providers[index - 1]))
    throw badProviders('providers that are not in ascending order', start);
  if (providers.includes(customer)) throw badProviders(`AS${customer} as its own provider`, start);
  return { announce, customer, providers };
}

/** Where flags, AFI flags and count of the old layout stand is the customer now; the old customer stands before its `count` providers. */
function isOldAspa(first: number, rest: number): boolean {
  return rest > 0 && first >>> 24 <= 1 && ((first >>> 16) & 255) <= 3 && (first & 0xffff) === rest - 1;
}

function corrupt(what: string, at: number): DecodeError {
  return new DecodeError('rtr-corrupt', `Cannot read the PDU: it has ${what}`, at);
}

function badProviders(what: string, at: number): DecodeError {
  return new DecodeError('rtr-aspa-providers', `Cannot read the ASPA: it has ${what}`, at);
}

/** Encodes a PDU. Of an Error Report's PDU the first octets are given. */
export function encodeRtrPdu(pdu: RtrPdu): Uint8Array {
  const body = new ByteWriter();
  const [type, field] = writeBody(body, pdu);
  const bytes = body.finish();
  return new ByteWriter()
    .u8(pdu.version)
    .u8(type)
    .u16(field)
    .u32(HEADER_LENGTH + bytes.length)
    .bytes(bytes)
    .finish();
}

/** @returns the type, and octets 2 and 3. */
function writeBody(body: ByteWriter, pdu: RtrPdu): readonly [number, number] {
  switch (pdu.kind) {
    case 'serial-notify':
      body.u32(pdu.serial);
      return [RtrType.SerialNotify, pdu.sessionId];
    case 'serial-query':
      body.u32(pdu.serial);
      return [RtrType.SerialQuery, pdu.sessionId];
    case 'reset-query':
      return [RtrType.ResetQuery, 0];
    case 'cache-response':
      return [RtrType.CacheResponse, pdu.sessionId];
    case 'cache-reset':
      return [RtrType.CacheReset, 0];
    case 'prefix':
      return [writePrefix(body, pdu.vrp, pdu.announce), 0];
    case 'end-of-data':
      body.u32(pdu.serial);
      if (pdu.intervals !== null) body.u32(pdu.intervals.refresh).u32(pdu.intervals.retry).u32(pdu.intervals.expire);
      return [RtrType.EndOfData, pdu.sessionId];
    case 'router-key':
      return [RtrType.RouterKey, 0];
    case 'aspa':
      body.u32(pdu.customer);
      for (const provider of pdu.providers) body.u32(provider);
      return [RtrType.Aspa, pdu.announce ? 0x100 : 0];
    case 'error':
      body.sized(4, () => body.bytes(pdu.pdu.subarray(0, MOST_RETURNED)));
      body.sized(4, () => body.bytes(new TextEncoder().encode(pdu.text)));
      return [RtrType.ErrorReport, pdu.code];
  }
}

/** @returns the type. */
function writePrefix(body: ByteWriter, { prefix, maxLength, asn }: Vrp, announce: boolean): number {
  body
    .u8(announce ? 1 : 0)
    .u8(prefix.length)
    .u8(maxLength)
    .u8(0);
  const words = prefix.afi === 1 ? [prefix.w0] : [prefix.w0, prefix.w1, prefix.w2, prefix.w3];
  for (const word of words) body.u32(word);
  body.u32(asn);
  return prefix.afi === 1 ? RtrType.Ipv4Prefix : RtrType.Ipv6Prefix;
}
