// Elements: what MRT records say, one fact each, the public type of `peerwatch/mrt-parser`. An UPDATE yields one element a prefix,
// a RIB record one a route, a state change, OPEN, NOTIFICATION, KEEPALIVE, ROUTE-REFRESH or End-of-RIB one.
// All elements of one UPDATE share one `attributes` object; treat it as read-only.

import type { Afi } from '../ip/address.js';
import type { Asn } from '../ip/asn.js';
import type { EventTime } from '../ip/event-time.js';
import type { Prefix } from '../ip/prefix.js';
import type { Capability } from '../bgp/capabilities.js';
import type { PathAttributes } from '../bgp/path-attributes.js';
import type { WarningCode } from '../bgp/warnings.js';

interface ElementHead {
  /** Time of the record, microseconds. */
  readonly time: EventTime;
  /** The peer that sent the message. AS 0 and address 0.0.0.0 occur as written. */
  readonly peerAs: Asn;
  readonly peerAddress: string;
  /** The collector's own AS and address, where the record has them (BGP4MP, type 5). */
  readonly localAs?: Asn;
  readonly localAddress?: string;
  /** Tolerated defects of the record or message (RFC 7606), codes of `bgp/warnings`. Absent when there are none. */
  readonly warnings?: readonly WarningCode[];
  /** 0-based number of the record in its file, and the offset of its header in the unpacked bytes. */
  readonly record: number;
  readonly offset: number;
  /** The MRT type and subtype of the record (RFC 6396 section 4). */
  readonly mrtType: number;
  readonly mrtSubtype: number;
}

interface RouteHead extends ElementHead {
  readonly afi: Afi;
  /** 1 unicast, 2 multicast. Others yield no elements and are counted. */
  readonly safi: number;
  readonly prefix: Prefix;
  /** RFC 7911 path identifier; absent where the record carries none. */
  readonly pathId?: number;
}

export interface AnnounceElement extends RouteHead {
  readonly type: 'announce';
  readonly attributes: PathAttributes;
  /** NEXT_HOP, or the global address of MP_REACH_NLRI, as text. */
  readonly nextHop?: string;
}

export interface WithdrawElement extends RouteHead {
  readonly type: 'withdraw';
}

export interface RibElement extends RouteHead {
  readonly type: 'rib';
  readonly attributes: PathAttributes;
  readonly nextHop?: string;
  /** When the route was received, by the collector's clock: never filters anything. */
  readonly originatedTime: EventTime;
}

/** An FSM transition: 1 Idle .. 6 Established (RFC 6396 section 4.4.1), 7 Clearing and 8 Deleted (Quagga). */
export interface StateElement extends ElementHead {
  readonly type: 'state';
  readonly oldState: number;
  readonly newState: number;
}

/** End-of-RIB (RFC 4724 section 2). */
export interface EndOfRibElement extends ElementHead {
  readonly type: 'eor';
  readonly afi: number;
  readonly safi: number;
}

export interface OpenElement extends ElementHead {
  readonly type: 'open';
  /** The AS of the sender: the four-octet capability where present, else the two-octet field. */
  readonly asn: Asn;
  readonly holdTime: number;
  readonly capabilities: readonly Capability[];
}

export interface NotificationElement extends ElementHead {
  readonly type: 'notification';
  readonly code: number;
  readonly subcode: number;
  readonly data: Uint8Array;
}

export interface KeepaliveElement extends ElementHead {
  readonly type: 'keepalive';
}

export interface RefreshElement extends ElementHead {
  readonly type: 'refresh';
  readonly afi: number;
  readonly safi: number;
  /** 0, or 1 and 2 for begin and end of a refresh (RFC 7313 section 3.2). */
  readonly subtype: number;
}

/** One fact of a record; `type` tells which. */
export type MrtElement =
  | AnnounceElement
  | WithdrawElement
  | RibElement
  | StateElement
  | EndOfRibElement
  | OpenElement
  | NotificationElement
  | KeepaliveElement
  | RefreshElement;
