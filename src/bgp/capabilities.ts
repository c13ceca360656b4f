// Capabilities of OPEN (RFC 5492) as values, one record each: all of IANA's "Capability Codes" (registry of 2026-04-03), those without a
// published layout and the deprecated ones by name with their bytes. `capability-codec` reads and writes them; what two speakers agree
// on is not worked out here.

import { type Asn } from '../ip/asn.js';

/** Capability codes with a decoder of their own. */
export const CapabilityCode = {
  MULTIPROTOCOL: 1,
  ROUTE_REFRESH: 2,
  OUTBOUND_ROUTE_FILTERING: 3,
  EXTENDED_NEXT_HOP: 5,
  EXTENDED_MESSAGE: 6,
  BGPSEC: 7,
  MULTIPLE_LABELS: 8,
  ROLE: 9,
  GRACEFUL_RESTART: 64,
  FOUR_OCTET_AS: 65,
  ADD_PATH: 69,
  ENHANCED_ROUTE_REFRESH: 70,
  LONG_LIVED_GRACEFUL_RESTART: 71,
  FQDN: 73,
  BFD_STRICT_MODE: 74,
  SOFTWARE_VERSION: 75,
  PATHS_LIMIT: 76,
  LINK_LOCAL_NEXT_HOP: 77,
} as const;

/** Capability codes that are known by name; the value is kept as bytes (`prestandard`: deprecated by RFC 8810). */
export const OPAQUE_CAPABILITIES = {
  4: 'multiple-routes',
  67: 'dynamic',
  68: 'multisession',
  72: 'routing-policy-distribution',
  128: 'prestandard-route-refresh',
  129: 'prestandard-outbound-route-filtering',
  130: 'prestandard-outbound-route-filtering',
  131: 'prestandard-multisession',
  184: 'prestandard-fqdn',
  185: 'operational',
} as const;

/** BGP roles (RFC 9234 section 4.1). */
export const BgpRole = { PROVIDER: 0, ROUTE_SERVER: 1, ROUTE_SERVER_CLIENT: 2, CUSTOMER: 3, PEER: 4 } as const;

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
  | {
      readonly code: number;
      readonly name: 'multiprotocol';
      readonly afi: number;
      readonly safi: number;
      /** The octet between them, where it is not 0. */
      readonly reserved?: number;
    }
  | { readonly code: number; readonly name: EmptyCapability }
  | {
      readonly code: number;
      readonly name: 'outbound-route-filtering';
      readonly families: readonly RouteFilterFamily[];
    }
  | { readonly code: number; readonly name: 'extended-next-hop'; readonly families: readonly ExtendedNextHopFamily[] }
  | {
      readonly code: number;
      readonly name: 'bgpsec';
      /** The first octet: version (4 bits), direction (0x08 = can send), unassigned (3 bits). */
      readonly versionAndDirection: number;
      readonly afi: number;
    }
  | { readonly code: number; readonly name: 'multiple-labels'; readonly families: readonly LabelFamily[] }
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
  | { readonly code: number; readonly name: 'long-lived-graceful-restart'; readonly families: readonly RestartFamily[] }
  | { readonly code: number; readonly name: 'fqdn'; readonly host: string; readonly domain: string }
  | {
      readonly code: number;
      readonly name: 'software-version';
      readonly version: string;
      /** True where a length octet stands in front, as early drafts had it. */
      readonly lengthOctet?: true;
    }
  | { readonly code: number; readonly name: 'paths-limit'; readonly families: readonly PathsLimitFamily[] }
  | { readonly code: number; readonly name: OpaqueCapability | 'unknown'; readonly bytes: Uint8Array };

/** Capabilities without a value. */
export type EmptyCapability =
  'route-refresh' | 'extended-message' | 'enhanced-route-refresh' | 'bfd-strict-mode' | 'link-local-next-hop';

/** Capabilities known by name alone. */
export type OpaqueCapability = (typeof OPAQUE_CAPABILITIES)[keyof typeof OPAQUE_CAPABILITIES];

/** A family of RFC 5291: filter types, and whether they can be received (1), sent (2) or both (3). */
export interface RouteFilterFamily {
  readonly afi: number;
  readonly safi: number;
  readonly filters: readonly { readonly type: number; readonly mode: number }[];
}

/** A family of RFC 8277: how many labels an NLRI may have. */
export interface LabelFamily {
  readonly afi: number;
  readonly safi: number;
  readonly labels: number;
}

/** A family of draft-abraitis-idr-addpath-paths-limit: how many paths of a prefix are wanted. */
export interface PathsLimitFamily {
  readonly afi: number;
  readonly safi: number;
  readonly limit: number;
}

/** RFC 8950: NLRI of (afi, safi) may have a next hop of `nextHopAfi`. */
export interface ExtendedNextHopFamily {
  readonly afi: number;
  readonly safi: number;
  readonly nextHopAfi: number;
}
