// Codepoints of MRT as IANA names them ("Multi-threaded Routing Toolkit (MRT)": RFC 6396, 6397, 8050), and those of the older writers
// that archives hold. Everything else is skipped and counted.

/** Record types. */
export const MrtType = { BGP: 5, TABLE_DUMP: 12, TABLE_DUMP_V2: 13, BGP4MP: 16, BGP4MP_ET: 17 } as const;

/** Subtypes of BGP4MP and BGP4MP_ET. 2 (ENTRY) and 3 (SNAPSHOT) are Zebra's, deprecated. */
export const Bgp4mpSubtype = {
  STATE_CHANGE: 0,
  MESSAGE: 1,
  MESSAGE_AS4: 4,
  STATE_CHANGE_AS4: 5,
  MESSAGE_LOCAL: 6,
  MESSAGE_AS4_LOCAL: 7,
  MESSAGE_ADDPATH: 8,
  MESSAGE_AS4_ADDPATH: 9,
  MESSAGE_LOCAL_ADDPATH: 10,
  MESSAGE_AS4_LOCAL_ADDPATH: 11,
} as const;

/** Subtypes of TABLE_DUMP; 3 and 4 are bgpdump's forms with four-octet AS numbers. */
export const TableDumpSubtype = { AFI_IPV4: 1, AFI_IPV6: 2, AFI_IPV4_AS4: 3, AFI_IPV6_AS4: 4 } as const;

/** Subtypes of TABLE_DUMP_V2. */
export const TableDumpV2Subtype = {
  PEER_INDEX_TABLE: 1,
  RIB_IPV4_UNICAST: 2,
  RIB_IPV4_MULTICAST: 3,
  RIB_IPV6_UNICAST: 4,
  RIB_IPV6_MULTICAST: 5,
  RIB_GENERIC: 6,
  GEO_PEER_TABLE: 7,
  RIB_IPV4_UNICAST_ADDPATH: 8,
  RIB_IPV4_MULTICAST_ADDPATH: 9,
  RIB_IPV6_UNICAST_ADDPATH: 10,
  RIB_IPV6_MULTICAST_ADDPATH: 11,
  RIB_GENERIC_ADDPATH: 12,
} as const;

/** Subtypes of the deprecated type 5, BGP. 0 NULL, 2 PREF_UPDATE and 4 SYNC hold nothing that is decoded. */
export const BgpSubtype = { UPDATE: 1, STATE_CHANGE: 3, OPEN: 5, NOTIFY: 6, KEEPALIVE: 7 } as const;

/** States of the BGP FSM (RFC 6396 section 4.4.1); CLEARING and DELETED are Quagga's. */
export const FsmState = {
  IDLE: 1,
  CONNECT: 2,
  ACTIVE: 3,
  OPEN_SENT: 4,
  OPEN_CONFIRM: 5,
  ESTABLISHED: 6,
  CLEARING: 7,
  DELETED: 8,
} as const;
