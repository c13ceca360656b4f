// What an extended community says (RFC 4360 section 3): its type and sub-type by IANA's names (RFC 7153, with the sub-types of RFC 4360,
// 4577, 4384, 5668, 6074, 6514, 7432, 8097, 8955, 9012), its administrator and local part, and as text; and the way back. Attributes keep
// communities as 16 hex digits each; this is asked on demand.
//
//   type (1) | sub-type (1) | AS (2) | local (4)           0x00, 0x40
//   type (1) | sub-type (1) | IPv4 address (4) | local (2)   0x01, 0x41
//   type (1) | sub-type (1) | AS (4) | local (2)           0x02, 0x42
//   type (1) | sub-type (1) | value (6)                   0x03, 0x43 opaque, and all others

import { formatIpv4, parseAddress, wordAt } from '../ip/address.js';
import { type Asn } from '../ip/asn.js';
import { ByteWriter } from '../wire/byte-writer.js';
import { formatHex, parseHex } from './communities.js';
import { u16 } from './tlv.js';

/** An extended community taken apart. `type` 0x40 set = not transitive across ASes, 0x80 set = not assigned first come first served. */
export type ExtendedCommunityParts = {
  readonly type: number;
  readonly subtype: number;
} & (
  | { readonly form: 'two-octet-as' | 'four-octet-as'; readonly asn: Asn; readonly local: number }
  | { readonly form: 'ipv4'; readonly address: string; readonly local: number }
  /** 12 hex digits. */
  | { readonly form: 'opaque'; readonly value: string }
);

const NON_TRANSITIVE = 0x40;

/** IANA's names of the types, transitive and not. */
export const EXTENDED_COMMUNITY_TYPES: Readonly<Record<number, string | undefined>> = {
  0x00: 'two-octet-as',
  0x01: 'ipv4-address',
  0x02: 'four-octet-as',
  0x03: 'opaque',
  0x04: 'qos-marking',
  0x05: 'cos-capability',
  0x06: 'evpn',
  0x07: 'flowspec',
  0x08: 'flowspec-redirect-to-ip',
  0x09: 'flowspec-redirect-to-indirection-id',
  0x0a: 'transport-class',
  0x0b: 'service-function-chain',
  0x40: 'non-transitive-two-octet-as',
  0x41: 'non-transitive-ipv4-address',
  0x42: 'non-transitive-four-octet-as',
  0x43: 'non-transitive-opaque',
  0x44: 'non-transitive-qos-marking',
  0x80: 'generic',
  0x81: 'generic-part-2',
  0x82: 'generic-part-3',
};

const VPN_SUBTYPES = {
  0x02: 'route-target',
  0x03: 'route-origin',
  0x05: 'ospf-domain-identifier',
  0x08: 'bgp-data-collection',
  0x09: 'source-as',
  0x10: 'cisco-vpn-distinguisher',
} as const;

/** Names of the sub-types, by type. */
export const EXTENDED_COMMUNITY_SUBTYPES: Readonly<
  Record<number, Readonly<Record<number, string | undefined>> | undefined>
> = {
  0x00: { ...VPN_SUBTYPES, 0x0a: 'l2vpn-identifier' },
  0x01: {
    0x02: 'route-target',
    0x03: 'route-origin',
    0x05: 'ospf-domain-identifier',
    0x07: 'ospf-route-id',
    0x0a: 'l2vpn-identifier',
    0x0b: 'vrf-route-import',
    0x10: 'cisco-vpn-distinguisher',
    0x12: 'inter-area-p2mp-segmented-next-hop',
  },
  0x02: { ...VPN_SUBTYPES, 0x04: 'generic' },
  0x03: {
    0x01: 'cost',
    0x03: 'cp-orf',
    0x06: 'ospf-route-type',
    0x07: 'additional-pmsi-tunnel-flags',
    0x0b: 'color',
    0x0c: 'encapsulation',
    0x0d: 'default-gateway',
  },
  0x06: { 0x00: 'mac-mobility', 0x01: 'esi-label', 0x02: 'es-import-route-target', 0x03: 'router-mac' },
  0x40: { 0x04: 'link-bandwidth' },
  0x42: { 0x04: 'generic' },
  0x43: { 0x00: 'origin-validation-state', 0x01: 'cost' },
  0x80: {
    0x06: 'traffic-rate-bytes',
    0x07: 'traffic-action',
    0x08: 'redirect',
    0x09: 'traffic-marking',
    0x0a: 'layer2-info',
    0x0c: 'traffic-rate-packets',
  },
};

/** Takes 16 hex digits apart. */
export function extendedCommunityParts(community: string): ExtendedCommunityParts {
  const bytes = parseHex(community);
  const [type, subtype] = bytes;
  switch (type & ~NON_TRANSITIVE) {
    case 0x00:
      return { type, subtype, form: 'two-octet-as', asn: u16(bytes, 2), local: wordAt(bytes, 4) };
    case 0x01:
      return { type, subtype, form: 'ipv4', address: formatIpv4(wordAt(bytes, 2)), local: u16(bytes, 6) };
    case 0x02:
      return { type, subtype, form: 'four-octet-as', asn: wordAt(bytes, 2), local: u16(bytes, 6) };
    default:
      return { type, subtype, form: 'opaque', value: formatHex(bytes, 2) };
  }
}

/**
 * The 16 hex digits of a community: the inverse of `extendedCommunityParts`.
 *
 * @throws RangeError for a number that does not fit its field, an address that is no IPv4 one, or a value of other than 6 octets.
 */
export function encodeExtendedCommunity(parts: ExtendedCommunityParts): string {
  const writer = new ByteWriter().u8(parts.type).u8(parts.subtype);
  switch (parts.form) {
    case 'two-octet-as':
      writer.u16(parts.asn).u32(parts.local);
      break;
    case 'four-octet-as':
      writer.u32(parts.asn).u16(parts.local);
      break;
    case 'ipv4':
      writer.bytes(parseAddress(parts.address) ?? []).u16(parts.local);
      break;
    case 'opaque':
      writer.bytes(parseHex(parts.value));
      break;
  }
  if (writer.length !== 8) throw new RangeError(`Cannot write a community of ${writer.length} octets: 8 are wanted`);
  return formatHex(writer.finish());
}

/** `route-target 64496:100`, `color 000000000064`; numbers where IANA has no name: `0x03/0x20 000000000000`. */
export function formatExtendedCommunity(community: string): string {
  const parts = extendedCommunityParts(community);
  return `${nameOf(parts)} ${valueOf(parts)}`;
}

function nameOf({ type, subtype }: ExtendedCommunityParts): string {
  const name = EXTENDED_COMMUNITY_SUBTYPES[type]?.[subtype];
  if (name !== undefined) return (type & NON_TRANSITIVE) !== 0 ? `${name} (non-transitive)` : name;
  return `${EXTENDED_COMMUNITY_TYPES[type] ?? octet(type)}/${octet(subtype)}`;
}

function valueOf(parts: ExtendedCommunityParts): string {
  switch (parts.form) {
    case 'two-octet-as':
    case 'four-octet-as':
      return `${parts.asn}:${parts.local}`;
    case 'ipv4':
      return `${parts.address}:${parts.local}`;
    case 'opaque':
      return parts.value;
  }
}

function octet(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
