// Capabilities of OPEN (RFC 5492), one record each: multiprotocol (RFC 4760), route refresh (2918, 7313), extended next hop (8950),
// extended message (8654), role (9234), graceful restart (4724), four-octet AS (6793), ADD-PATH (7911), long-lived graceful restart
// (9494), FQDN (draft-walton). All others, and malformed ones, are kept as bytes.
//
//   code (1) | length (1) | value

import { type ByteReader } from '../wire/byte-reader.js';
import { type ByteWriter } from '../wire/byte-writer.js';
import { type Asn } from '../ip/asn.js';

/** Capability codes with a decoder of their own. */
export const CapabilityCode = {
  MULTIPROTOCOL: 1,
  ROUTE_REFRESH: 2,
  EXTENDED_NEXT_HOP: 5,
  EXTENDED_MESSAGE: 6,
  ROLE: 9,
  GRACEFUL_RESTART: 64,
  FOUR_OCTET_AS: 65,
  ADD_PATH: 69,
  ENHANCED_ROUTE_REFRESH: 70,
  LONG_LIVED_GRACEFUL_RESTART: 71,
  FQDN: 73,
} as const;

/** A family of ADD-PATH: `mode` 1 = can receive, 2 = can send, 3 = both. */
export interface AddPathFamily {
  readonly afi: number;
  readonly safi: number;
  readonly mode: number;
}

/** A family of graceful restart: `flags` as on the wire (0x80 = forwarding state kept). */
export interface RestartFamily {
  readonly afi: number;
  readonly safi: number;
  readonly flags: number;
  /** Long-lived stale time in seconds; absent for plain graceful restart. */
  readonly staleTime?: number;
}

/** One capability; `code` is the number on the wire, `name` tells which record it is. */
export type Capability =
  | { readonly code: number; readonly name: 'multiprotocol'; readonly afi: number; readonly safi: number }
  | { readonly code: number; readonly name: 'route-refresh' }
  | { readonly code: number; readonly name: 'extended-next-hop'; readonly families: readonly ExtendedNextHopFamily[] }
  | { readonly code: number; readonly name: 'extended-message' }
  | { readonly code: number; readonly name: 'role'; readonly role: number }
  | {
      readonly code: number;
      readonly name: 'graceful-restart';
      readonly flags: number;
      readonly restartTime: number;
      readonly families: readonly RestartFamily[];
    }
  | { readonly code: number; readonly name: 'four-octet-as'; readonly asn: Asn }
  | { readonly code: number; readonly name: 'add-path'; readonly families: readonly AddPathFamily[] }
  | { readonly code: number; readonly name: 'enhanced-route-refresh' }
  | { readonly code: number; readonly name: 'long-lived-graceful-restart'; readonly families: readonly RestartFamily[] }
  | { readonly code: number; readonly name: 'fqdn'; readonly host: string; readonly domain: string }
  | { readonly code: number; readonly name: 'unknown'; readonly bytes: Uint8Array };

/** RFC 8950: NLRI of (afi, safi) may have a next hop of `nextHopAfi`. */
export interface ExtendedNextHopFamily {
  readonly afi: number;
  readonly safi: number;
  readonly nextHopAfi: number;
}

/** Reads the value of a capability; null where it does not have the form its code asks for. The caller then keeps its bytes. */
export function decodeCapability(code: number, value: ByteReader): Capability | null {
  switch (code) {
    case CapabilityCode.MULTIPROTOCOL:
      return value.remaining === 4 ? { code, name: 'multiprotocol', ...family(value) } : null;
    case CapabilityCode.ROUTE_REFRESH:
      return value.remaining === 0 ? { code, name: 'route-refresh' } : null;
    case CapabilityCode.EXTENDED_NEXT_HOP:
      return value.remaining % 6 === 0
        ? { code, name: 'extended-next-hop', families: list(value, nextHopFamily) }
        : null;
    case CapabilityCode.EXTENDED_MESSAGE:
      return value.remaining === 0 ? { code, name: 'extended-message' } : null;
    case CapabilityCode.ROLE:
      return value.remaining === 1 ? { code, name: 'role', role: value.u8() } : null;
    case CapabilityCode.GRACEFUL_RESTART:
      return value.remaining % 4 === 2 ? gracefulRestart(code, value) : null;
    case CapabilityCode.FOUR_OCTET_AS:
      return value.remaining === 4 ? { code, name: 'four-octet-as', asn: value.u32() } : null;
    case CapabilityCode.ADD_PATH:
      return value.remaining % 4 === 0 ? { code, name: 'add-path', families: list(value, addPathFamily) } : null;
    case CapabilityCode.ENHANCED_ROUTE_REFRESH:
      return value.remaining === 0 ? { code, name: 'enhanced-route-refresh' } : null;
    case CapabilityCode.LONG_LIVED_GRACEFUL_RESTART:
      return value.remaining % 7 === 0
        ? { code, name: 'long-lived-graceful-restart', families: list(value, longLivedFamily) }
        : null;
    case CapabilityCode.FQDN:
      return fqdn(code, value);
    default:
      return { code, name: 'unknown', bytes: value.copy(value.remaining) };
  }
}

function list<T>(value: ByteReader, read: (value: ByteReader) => T): T[] {
  const items: T[] = [];
  while (value.remaining > 0) items.push(read(value));
  return items;
}

function family(value: ByteReader): { afi: number; safi: number } {
  const afi = value.u16();
  value.skip(1);
  return { afi, safi: value.u8() };
}

function nextHopFamily(value: ByteReader): ExtendedNextHopFamily {
  return { afi: value.u16(), safi: value.u16(), nextHopAfi: value.u16() };
}

function addPathFamily(value: ByteReader): AddPathFamily {
  return { afi: value.u16(), safi: value.u8(), mode: value.u8() };
}

function restartFamily(value: ByteReader): RestartFamily {
  return { afi: value.u16(), safi: value.u8(), flags: value.u8() };
}

function longLivedFamily(value: ByteReader): RestartFamily {
  return { ...restartFamily(value), staleTime: (value.u8() << 16) | value.u16() };
}

function gracefulRestart(code: number, value: ByteReader): Capability {
  const field = value.u16();
  return {
    code,
    name: 'graceful-restart',
    flags: field >>> 12,
    restartTime: field & 0xfff,
    families: list(value, restartFamily),
  };
}

function fqdn(code: number, value: ByteReader): Capability | null {
  const host = text(value);
  const domain = host === null ? null : text(value);
  return host === null || domain === null || value.remaining > 0 ? null : { code, name: 'fqdn', host, domain };
}

/** A text with a length octet in front; null where it overruns or is not UTF-8 that would encode back to the same bytes. */
function text(value: ByteReader): string | null {
  if (value.remaining < 1) return null;
  const length = value.u8();
  if (length > value.remaining) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value.copy(length));
  } catch {
    return null;
  }
}

/** Writes one capability: code, length, value. */
export function encodeCapability(writer: ByteWriter, capability: Capability): void {
  writer.u8(capability.code).sized(1, () => {
    encodeValue(writer, capability);
  });
}

function encodeValue(writer: ByteWriter, capability: Capability): void {
  switch (capability.name) {
    case 'multiprotocol':
      writer.u16(capability.afi).u8(0).u8(capability.safi);
      return;
    case 'extended-next-hop':
      for (const { afi, safi, nextHopAfi } of capability.families) writer.u16(afi).u16(safi).u16(nextHopAfi);
      return;
    case 'role':
      writer.u8(capability.role);
      return;
    case 'graceful-restart':
      writer.u16((capability.flags << 12) | capability.restartTime);
      for (const { afi, safi, flags } of capability.families) writer.u16(afi).u8(safi).u8(flags);
      return;
    case 'four-octet-as':
      writer.u32(capability.asn);
      return;
    case 'add-path':
      for (const { afi, safi, mode } of capability.families) writer.u16(afi).u8(safi).u8(mode);
      return;
    case 'long-lived-graceful-restart':
      for (const { afi, safi, flags, staleTime = 0 } of capability.families) {
        writer
          .u16(afi)
          .u8(safi)
          .u8(flags)
          .u8(staleTime >>> 16)
          .u16(staleTime & 0xffff);
      }
      return;
    case 'fqdn':
      for (const part of [capability.host, capability.domain]) {
        writer.sized(1, () => writer.bytes(new TextEncoder().encode(part)));
      }
      return;
    case 'unknown':
      writer.bytes(capability.bytes);
      return;
    case 'route-refresh':
    case 'extended-message':
    case 'enhanced-route-refresh':
      return;
  }
}
