// Decoded MRT records: one discriminated union over what RFC 6396 and RFC 8050 define and peerwatch reads. Values only, with no
// reference to the bytes they came from. What is not decoded is a record too, of kind `skipped`, so that it is counted. The decoding
// itself is `record.ts` and the file of each type.

import { type BgpMessage } from '../bgp/message.js';
import { type PathAttributes } from '../bgp/path-attributes.js';
import { NO_WARNINGS, type WarningCode } from '../bgp/warnings.js';
import { type Afi } from '../ip/address.js';
import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';
import { type SessionEnds } from './peer-cache.js';
import { type RawRecord } from './record-framer.js';

/** What every record has. */
export interface RecordHead {
  /** Microseconds since 1970. */
  readonly time: EventTime;
  /** 0-based number in its file. */
  readonly index: number;
  /** Of its header in the unpacked bytes. */
  readonly offset: number;
  readonly type: number;
  readonly subtype: number;
  readonly warnings: readonly WarningCode[];
}

/** BGP4MP MESSAGE and kin, and the messages of type 5. */
export interface MessageRecord extends RecordHead, SessionEnds {
  readonly kind: 'message';
  /** 0 in type 5, which has none. */
  readonly interfaceIndex: number;
  /** True for the LOCAL subtypes: the collector sent the message (RFC 8050 section 3). */
  readonly local: boolean;
  readonly message: BgpMessage;
  /** True for an old Zebra's OPEN, written without interface index, AFI and addresses: those given here are zeros. */
  readonly withoutAddresses?: true;
}

/** BGP4MP STATE_CHANGE(_AS4), and type 5's, which names no local end. */
export interface StateChangeRecord extends RecordHead {
  readonly kind: 'state-change';
  readonly peerAs: Asn;
  readonly peerAddress: string;
  readonly localAs?: Asn;
  readonly localAddress?: string;
  readonly interfaceIndex?: number;
  readonly oldState: number;
  readonly newState: number;
  /** True for an old Zebra's, written without interface index, AFI and addresses: those given here are zeros. */
  readonly withoutAddresses?: true;
}

/** One route of a TABLE_DUMP record. */
export interface TableDumpEntry {
  readonly prefix: Prefix;
  readonly status: number;
  readonly originatedTime: EventTime;
  readonly peerAs: Asn;
  readonly peerAddress: string;
  readonly attributes: PathAttributes;
  readonly nextHop?: string;
  readonly warnings: readonly WarningCode[];
}

/** TABLE_DUMP; early writers put many routes in one record. */
export interface TableDumpRecord extends RecordHead {
  readonly kind: 'table-dump';
  readonly view: number;
  readonly sequence: number;
  readonly afi: Afi;
  readonly entries: readonly TableDumpEntry[];
}

/** A peer of PEER_INDEX_TABLE. */
export interface IndexedPeer {
  readonly bgpId: string;
  readonly address: string;
  readonly asn: Asn;
  /** The type octet: bit 0 IPv6 address, bit 1 four-octet AS. */
  readonly type: number;
}

/** PEER_INDEX_TABLE as a value. */
export interface PeerIndex {
  readonly collectorBgpId: string;
  readonly viewName: string;
  readonly peers: readonly IndexedPeer[];
}

/** TABLE_DUMP_V2 PEER_INDEX_TABLE. */
export interface PeerIndexRecord extends RecordHead, PeerIndex {
  readonly kind: 'peer-index';
}

/** A peer of GEO_PEER_TABLE: degrees as single-precision numbers, NaN where the place is private (RFC 6397 section 2). */
export interface GeoPeer extends IndexedPeer {
  readonly latitude: number;
  readonly longitude: number;
}

/** TABLE_DUMP_V2 GEO_PEER_TABLE: where the collector and its peers are. It is no peer index: RIB records do not refer to it. */
export interface GeoPeerTableRecord extends RecordHead {
  readonly kind: 'geo-peer-table';
  readonly collectorBgpId: string;
  readonly viewName: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly peers: readonly GeoPeer[];
}

/** One route of a RIB record. */
export interface RibEntry {
  readonly peer: IndexedPeer;
  /** Place in the PEER_INDEX_TABLE, 0-based. */
  readonly peerIndex: number;
  /** When the route was received, whole seconds as microseconds: never filters anything. */
  readonly originatedTime: EventTime;
  /** RFC 7911 path identifier. */
  readonly pathId?: number;
  readonly attributes: PathAttributes;
  readonly nextHop?: string;
  readonly warnings: readonly WarningCode[];
}

/** TABLE_DUMP_V2 RIB_* of one prefix. */
export interface RibRecord extends RecordHead {
  readonly kind: 'rib';
  readonly sequence: number;
  readonly afi: Afi;
  readonly safi: number;
  readonly prefix: Prefix;
  readonly entries: readonly RibEntry[];
  /** RIB_GENERIC_ADDPATH as RFC 8050 section 4.2 has it: the identifier of all entries, where it stands in the NLRI. */
  readonly nlriPathId?: number;
}

/** Why a well-framed record was not decoded. */
export type SkipReason = 'unsupported-type' | 'unsupported-subtype' | 'rib-generic' | 'bgp-type';

/** A record that is well framed but not decoded. */
export interface SkippedRecord extends RecordHead {
  readonly kind: 'skipped';
  readonly reason: SkipReason;
}

/** A decoded record; `kind` tells which. */
export type MrtRecord =
  | MessageRecord
  | StateChangeRecord
  | TableDumpRecord
  | PeerIndexRecord
  | GeoPeerTableRecord
  | RibRecord
  | SkippedRecord;

/** The fields that a decoded record takes over from the raw one. */
export function recordHead(raw: RawRecord, warnings: readonly WarningCode[] = NO_WARNINGS): RecordHead {
  const { time, index, offset, type, subtype } = raw;
  return { time, index, offset, type, subtype, warnings };
}

/** A record that is left out, and why. */
export function skipRecord(raw: RawRecord, reason: SkipReason): SkippedRecord {
  return { kind: 'skipped', ...recordHead(raw), reason };
}
