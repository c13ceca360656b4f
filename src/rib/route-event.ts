// Route events: what sources tell the pipeline, one fact each, in merge order. A source scans everything and sends on only what
// touches a registered prefix, plus the few facts about sessions that tables and timers need (detection.md sections 1, 2 and 6).
// Nothing here knows MRT; the bytes of a record travel along as evidence and are never looked into.

import { type AsPath } from '../bgp/as-path.js';
import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';

/** The session an event belongs to, as the record has it: AS 0 and 23456, and addresses 0.0.0.0 and ::, occur. */
export interface PeerRef {
  readonly collector: string;
  readonly peerAddress: string;
  readonly peerAs: Asn;
}

interface EventHead extends PeerRef {
  /** Identity of the file or stream it came from, whatever it is named. */
  readonly input: string;
  /** Base name of the file. */
  readonly file: string;
  /** 0-based record number, the offset of its header in the unpacked bytes, and the event's place among those of the record. */
  readonly record: number;
  readonly offset: number;
  readonly sequence: number;
  /** The record's own time (a jump ahead already clamped). */
  readonly at: EventTime;
  /** The time of the merge order and of the watermark: the running maximum of `at`; see sources/merge. */
  readonly order: EventTime;
}

interface RouteFields extends EventHead {
  readonly prefix: Prefix;
  /** RFC 7911 path identifier, 0 where the feed has none. */
  readonly pathId: number;
  readonly evidence: RawEvidence;
}

/** The bytes an event was read from; owned by the event, shared by all events of the record. */
export interface RawEvidence {
  /** The record, MRT header included. */
  readonly record: Uint8Array;
  /** For TABLE_DUMP_V2: the PEER_INDEX_TABLE record that the entry refers to. */
  readonly peerIndex: Uint8Array | null;
  /** Families whose prefixes were found to have path identifiers that the record's type does not declare; absent = none. */
  readonly identified?: readonly number[];
}

/** A route as a session announced it, or as a RIB dump holds it. */
export interface RouteAttributes {
  readonly path: AsPath;
  /** The peer's AS where peer and collector share one (iBGP): the origin of an empty path. Never set for RIB entries. */
  readonly internalAs: Asn | null;
  /** Digest text of the other attributes; equal text = no change of attributes. */
  readonly attributes: string;
  /** RFC 7606 treat-as-withdraw: no route for visibility and paths, but still judged by origin. */
  readonly malformed: boolean;
}

export interface AnnounceEvent extends RouteFields, RouteAttributes {
  readonly kind: 'announce';
}

export interface WithdrawEvent extends RouteFields {
  readonly kind: 'withdraw';
}

/** One entry of a RIB dump, between its `rib-begin` and `rib-end`. */
export interface RibEntryEvent extends RouteFields, RouteAttributes {
  readonly kind: 'rib';
  readonly dump: string;
}

/** A session reached Established, or left it (RFC 6396 section 4.4.1). */
export interface StateEvent extends EventHead {
  readonly kind: 'up' | 'down';
}

/** The first UPDATE of a session in a file, or after a `down` in it; the first announcement there, or after an `up` or `quiet`. */
export interface ActiveEvent extends EventHead {
  readonly kind: 'active';
  /** Said where the message announces nothing. */
  readonly announces?: false;
}

/** End-of-RIB of one family (RFC 4724). */
export interface EndOfRibEvent extends EventHead {
  readonly kind: 'eor';
  readonly afi: number;
}

/**
 * No announcement from the session for 30 s: once it is up for 60 s, its table transfer is over. At the end of a file `at` may be still
 * to come: it holds if nothing is announced before.
 */
export interface QuietEvent extends EventHead {
  readonly kind: 'quiet';
}

/** A file ends: the time of the session's last record in it, matched or not. */
export interface LastRecordEvent extends EventHead {
  readonly kind: 'last-record';
}

/** A RIB dump begins; `peers` are those of its peer index, null where the format has none (TABLE_DUMP). */
export interface RibBeginEvent extends EventHead {
  readonly kind: 'rib-begin';
  /** Names the dump: the same in its entries and its end. */
  readonly dump: string;
  readonly peers: readonly PeerAddress[] | null;
}

/** One peer of a collector. */
export interface PeerAddress {
  readonly address: string;
  readonly asn: Asn;
}

/** A peer with entries in a RIB dump: how many prefixes of each family, registered or not. */
export interface HeardPeer extends PeerAddress {
  readonly routes: readonly [ipv4: number, ipv6: number];
}

/** A RIB dump ends. `complete` = nothing of it was lost; `afis` = the families it held; `heard` = the peers that had entries. */
export interface RibEndEvent extends EventHead {
  readonly kind: 'rib-end';
  readonly dump: string;
  readonly complete: boolean;
  readonly afis: readonly number[];
  readonly heard: readonly HeardPeer[];
}

export type RouteEvent =
  | AnnounceEvent
  | WithdrawEvent
  | RibEntryEvent
  | StateEvent
  | ActiveEvent
  | EndOfRibEvent
  | QuietEvent
  | LastRecordEvent
  | RibBeginEvent
  | RibEndEvent;
