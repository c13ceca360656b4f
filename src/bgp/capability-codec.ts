// Capabilities of OPEN on the wire: multiprotocol (RFC 4760 section 8), route refresh (2918, 7313), outbound route filtering (5291
// section 5), extended next hop (8950), extended message (8654), BGPsec (8205 section 2.1), multiple labels (8277), role (9234), graceful
// restart (4724), four-octet AS (6793), ADD-PATH (7911), long-lived graceful restart (9494), and the FQDN, software version and
// paths-limit of drafts. Others, and malformed ones, are kept as bytes.
//
//   code (1) | length (1) | value

import { type ByteReader } from '../wire/byte-reader.js';
import { type ByteWriter } from '../wire/byte-writer.js';
import { type AddPathFamily, type Capability, CapabilityCode, type ExtendedNextHopFamily } from './capabilities.js';
import { type LabelFamily, OPAQUE_CAPABILITIES, type OpaqueCapability, type PathsLimitFamily } from './capabilities.js';
import { type EmptyCapability, type RestartFamily, type RouteFilterFamily } from './capabilities.js';

/** Reads the value of a capability; null where it does not have the form its code asks for. The caller then keeps its bytes. */
export function decodeCapability(code: number, value: ByteReader): Capability | null {
  switch (code) {
    case CapabilityCode.MULTIPROTOCOL:
      return value.remaining === 4 ? { code, name: 'multiprotocol', ...family(value) } : null;
    case CapabilityCode.ROUTE_REFRESH:
      return empty(code, 'route-refresh', value);
    case CapabilityCode.OUTBOUND_ROUTE_FILTERING:
      return routeFilters(code, value);
    case CapabilityCode.EXTENDED_NEXT_HOP:
      return value.remaining % 6 === 0
        ? { code, name: 'extended-next-hop', families: list(value, nextHopFamily) }
        : null;
    case CapabilityCode.EXTENDED_MESSAGE:
      return empty(code, 'extended-message', value);
    case CapabilityCode.BGPSEC:
      return value.remaining === 3 ? { code, name: 'bgpsec', versionAndDirection: value.u8(), afi: value.u16() } : null;
    case CapabilityCode.MULTIPLE_LABELS:
      return value.remaining % 4 === 0 ? { code, name: 'multiple-labels', families: list(value, labelFamily) } : null;
    case CapabilityCode.ROLE:
      return value.remaining === 1 ? { code, name: 'role', role: value.u8() } : null;
    case CapabilityCode.GRACEFUL_RESTART:
      return value.remaining % 4 === 2 ? gracefulRestart(code, value) : null;
    case CapabilityCode.FOUR_OCTET_AS:
      return value.remaining === 4 ? { code, name: 'four-octet-as', asn: value.u32() } : null;
    case CapabilityCode.ADD_PATH:
      return value.remaining % 4 === 0 ? { code, name: 'add-path', families: list(value, addPathFamily) } : null;
    case CapabilityCode.ENHANCED_ROUTE_REFRESH:
      return empty(code, 'enhanced-route-refresh', value);
    case CapabilityCode.LONG_LIVED_GRACEFUL_RESTART:
      return value.remaining % 7 === 0
        ? { code, name: 'long-lived-graceful-restart', families: list(value, longLivedFamily) }
        : null;
    case CapabilityCode.FQDN:
      return fqdn(code, value);
    case CapabilityCode.BFD_STRICT_MODE:
      return empty(code, 'bfd-strict-mode', value);
    case CapabilityCode.SOFTWARE_VERSION:
      return softwareVersion(code, value);
    case CapabilityCode.PATHS_LIMIT:
      return value.remaining % 5 === 0 ? { code, name: 'paths-limit', families: list(value, pathsLimitFamily) } : null;
    case CapabilityCode.LINK_LOCAL_NEXT_HOP:
      return empty(code, 'link-local-next-hop', value);
    default:
      return { code, name: opaqueName(code), bytes: value.copy(value.remaining) };
  }
}

function opaqueName(code: number): OpaqueCapability | 'unknown' {
  const names: Readonly<Record<number, OpaqueCapability | undefined>> = OPAQUE_CAPABILITIES;
  return names[code] ?? 'unknown';
}

function empty(code: number, name: EmptyCapability, value: ByteReader): Capability | null {
  return value.remaining === 0 ? { code, name } : null;
}

function list<T>(value: ByteReader, read: (value: ByteReader) => T): T[] {
  const items: T[] = [];
  while (value.remaining > 0) items.push(read(value));
  return items;
}

function family(value: ByteReader): { afi: number; safi: number; reserved?: number } {
  const [afi, reserved, safi] = [value.u16(), value.u8(), value.u8()];
  return reserved === 0 ? { afi, safi } : { afi, safi, reserved };
}

/** RFC 5291 section 5: AFI (2) | reserved (1) | SAFI (1) | filters (1) | type (1), mode (1) each; a reserved octet that is set is refused. */
function routeFilters(code: number, value: ByteReader): Capability | null {
  const families: RouteFilterFamily[] = [];
  while (value.remaining >= 5) {
    const { afi, safi, reserved } = family(value);
    const count = value.u8();
    if (reserved !== undefined || count * 2 > value.remaining) return null;
    const filters = Array.from({ length: count }, () => ({ type: value.u8(), mode: value.u8() }));
    families.push({ afi, safi, filters });
  }
  return value.remaining > 0 ? null : { code, name: 'outbound-route-filtering', families };
}

function labelFamily(value: ByteReader): LabelFamily {
  return { afi: value.u16(), safi: value.u8(), labels: value.u8() };
}

function pathsLimitFamily(value: ByteReader): PathsLimitFamily {
  return { afi: value.u16(), safi: value.u8(), limit: value.u16() };
}

/** The text alone, or with its length in front, as early drafts (and FRR by default) have it. */
function softwareVersion(code: number, value: ByteReader): Capability | null {
  const prefixed = value.remaining > 0 && value.bytes[value.offset] === value.remaining - 1;
  const version = decodeText(value.copy(value.remaining).subarray(prefixed ? 1 : 0));
  if (version === null) return null;
  return prefixed
    ? { code, name: 'software-version', version, lengthOctet: true }
    : { code, name: 'software-version', version };
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
  return length > value.remaining ? null : decodeText(value.copy(length));
}

/** Null where the bytes are no UTF-8. */
function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
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
      writer
        .u16(capability.afi)
        .u8(capability.reserved ?? 0)
        .u8(capability.safi);
      return;
    case 'outbound-route-filtering':
      for (const { afi, safi, filters } of capability.families) {
        writer.u16(afi).u8(0).u8(safi).u8(filters.length);
        for (const { type, mode } of filters) writer.u8(type).u8(mode);
      }
      return;
    case 'bgpsec':
      writer.u8(capability.versionAndDirection).u16(capability.afi);
      return;
    case 'multiple-labels':
      for (const { afi, safi, labels } of capability.families) writer.u16(afi).u8(safi).u8(labels);
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
        writer.u16(afi).u8(safi).u8(flags).u24(staleTime);
      }
      return;
    case 'fqdn':
      for (const part of [capability.host, capability.domain]) {
        writer.sized(1, () => writer.bytes(new TextEncoder().encode(part)));
      }
      return;
    case 'software-version': {
      const version = new TextEncoder().encode(capability.version);
      if (capability.lengthOctet === true) writer.u8(version.length);
      writer.bytes(version);
      return;
    }
    case 'paths-limit':
      for (const { afi, safi, limit } of capability.families) writer.u16(afi).u8(safi).u16(limit);
      return;
    case 'route-refresh':
    case 'extended-message':
    case 'enhanced-route-refresh':
    case 'bfd-strict-mode':
    case 'link-local-next-hop':
      return;
    default:
      writer.bytes(capability.bytes);
      return;
  }
}
