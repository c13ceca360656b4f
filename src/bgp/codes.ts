// Codepoints of BGP as IANA names them (registries "BGP Parameters", "Address Family Numbers", "SAFI Values"): message types,
// families, attribute types and their flags. Values that are not listed are carried as numbers, never refused.

/** Address family numbers that peerwatch decodes or names. */
export const AddressFamily = { IPV4: 1, IPV6: 2, L2VPN: 25, BGP_LS: 16388 } as const;

/** Subsequent address family identifiers (RFC 4760 and others). */
export const SubsequentFamily = {
  UNICAST: 1,
  MULTICAST: 2,
  MPLS_LABEL: 4,
  EVPN: 70,
  MPLS_VPN: 128,
  FLOWSPEC: 133,
} as const;

/** BGP message types (RFC 4271 section 4.1, RFC 2918). 128 is the pre-standard ROUTE-REFRESH. */
export const MessageType = {
  OPEN: 1,
  UPDATE: 2,
  NOTIFICATION: 3,
  KEEPALIVE: 4,
  ROUTE_REFRESH: 5,
  ROUTE_REFRESH_PRESTANDARD: 128,
} as const;

/** "BGP ROUTE-REFRESH Subcodes" (RFC 7313 section 3.2): begin and end of a route refresh. */
export const RouteRefreshSubtype = { REFRESH: 0, BEGIN: 1, END: 2 } as const;

/** ORIGIN values (RFC 4271 section 4.3 a). */
export const Origin = { IGP: 0, EGP: 1, INCOMPLETE: 2 } as const;

/** Bits of the attribute flags octet (RFC 4271 section 4.3). */
export const AttributeFlag = { OPTIONAL: 0x80, TRANSITIVE: 0x40, PARTIAL: 0x20, EXTENDED_LENGTH: 0x10 } as const;

/** Path attribute types with a field of their own, and ATTR_SET; all others are kept as bytes (`typed-attributes` names them). */
export const AttributeType = {
  ORIGIN: 1,
  AS_PATH: 2,
  NEXT_HOP: 3,
  MULTI_EXIT_DISC: 4,
  LOCAL_PREF: 5,
  ATOMIC_AGGREGATE: 6,
  AGGREGATOR: 7,
  COMMUNITIES: 8,
  ORIGINATOR_ID: 9,
  CLUSTER_LIST: 10,
  MP_REACH_NLRI: 14,
  MP_UNREACH_NLRI: 15,
  EXTENDED_COMMUNITIES: 16,
  AS4_PATH: 17,
  AS4_AGGREGATOR: 18,
  LARGE_COMMUNITY: 32,
  ONLY_TO_CUSTOMER: 35,
  ATTR_SET: 128,
} as const;

/** One number for an (AFI, SAFI) pair, for keys and comparisons. */
export function familyKey(afi: number, safi: number): number {
  return afi * 256 + safi;
}

/** True for the families whose NLRI are decoded: IPv4 and IPv6, unicast and multicast. */
export function isDecodedFamily(afi: number, safi: number): afi is 1 | 2 {
  return (afi === 1 || afi === 2) && (safi === 1 || safi === 2);
}
