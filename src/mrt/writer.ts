// MRT records to bytes: the inverse of `MrtDecoder` for BGP4MP(_ET), TABLE_DUMP, TABLE_DUMP_V2 and type 5 (RFC 6396, RFC 8050). It makes
// the project's fixtures, and tests hold decoding against it. Each function gives one whole record, header included.
// A number that does not fit its field is a RangeError, an address that is none one too: the caller made them.

import { writeAddress } from '../bgp/address-writer.js';
import { encodeAttributes } from '../bgp/attributes-encoder.js';
import { type BgpMessage, MESSAGE_HEADER_LENGTH } from '../bgp/message.js';
import { encodeMessage } from '../bgp/message-encoder.js';
import { encodePrefix } from '../bgp/nlri.js';
import { type PathAttributes } from '../bgp/path-attributes.js';
import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';
import { ByteWriter } from '../wire/byte-writer.js';
import { Bgp4mpSubtype, BgpSubtype, MrtType, TableDumpSubtype, TableDumpV2Subtype } from './codes.js';
import { type GeoPeerTableRecord, type IndexedPeer, type PeerIndex, type RecordHead } from './decoded-record.js';

/** A BGP4MP record's header and form. Peer and local address are of one family. */
export interface Bgp4mpHeader {
  readonly time: EventTime;
  /** Write BGP4MP_ET, with microseconds; false by default, and microseconds are then lost. */
  readonly extendedTime?: boolean;
  /** AS numbers of four octets, the AS4 subtypes; true by default. */
  readonly asn4?: boolean;
  readonly peerAs: Asn;
  readonly localAs: Asn;
  readonly peerAddress: string;
  readonly localAddress: string;
  readonly interfaceIndex?: number;
  /** Leave out interface index, AFI and addresses, as old Zebras did with OPENs and two-octet state changes. */
  readonly withoutAddresses?: boolean;
}

/** A message as recorded: as a value, or as the very bytes that were on the wire, BGP header included. */
export interface Bgp4mpMessage extends Bgp4mpHeader {
  readonly message: BgpMessage | Uint8Array;
  /** The LOCAL subtypes: the collector sent it. */
  readonly local?: boolean;
  /** The ADDPATH subtypes: NLRI have path identifiers. */
  readonly addPath?: boolean;
}

/** A state change as recorded. */
export interface Bgp4mpStateChange extends Bgp4mpHeader {
  readonly oldState: number;
  readonly newState: number;
}

/** One whole record: the header, the microseconds of an _ET type, and what `write` writes. */
export function encodeRecord(
  header: { time: EventTime; type: number; subtype: number },
  write: (body: ByteWriter) => void,
): Uint8Array {
  const { time, type, subtype } = header;
  const seconds = Math.floor(time / 1_000_000);
  const writer = new ByteWriter().u32(seconds).u16(type).u16(subtype);
  writer.sized(4, () => {
    if (type === MrtType.BGP4MP_ET) writer.u32(time - seconds * 1_000_000);
    write(writer);
  });
  return writer.finish();
}

/** BGP4MP(_ET) MESSAGE and its variants. */
export function encodeBgp4mpMessage(options: Bgp4mpMessage): Uint8Array {
  const { message, asn4 = true, local = false, addPath = false } = options;
  return encodeRecord(bgp4mpRecord(options, messageSubtype(asn4, local, addPath)), (body) => {
    writeBgp4mpHeader(body, options);
    body.bytes(message instanceof Uint8Array ? message : encodeMessage(message, { asn4, addPath }));
  });
}

/** BGP4MP(_ET) STATE_CHANGE or STATE_CHANGE_AS4. */
export function encodeStateChange(options: Bgp4mpStateChange): Uint8Array {
  const { asn4 = true, oldState, newState } = options;
  const subtype = asn4 ? Bgp4mpSubtype.STATE_CHANGE_AS4 : Bgp4mpSubtype.STATE_CHANGE;
  return encodeRecord(bgp4mpRecord(options, subtype), (body) => {
    writeBgp4mpHeader(body, options);
    body.u16(oldState).u16(newState);
  });
}

function bgp4mpRecord(
  { time, extendedTime = false }: Bgp4mpHeader,
  subtype: number,
): { time: EventTime; type: number; subtype: number } {
  return { time, type: extendedTime ? MrtType.BGP4MP_ET : MrtType.BGP4MP, subtype };
}

function messageSubtype(asn4: boolean, local: boolean, addPath: boolean): number {
  if (addPath) {
    if (local) return asn4 ? Bgp4mpSubtype.MESSAGE_AS4_LOCAL_ADDPATH : Bgp4mpSubtype.MESSAGE_LOCAL_ADDPATH;
    return asn4 ? Bgp4mpSubtype.MESSAGE_AS4_ADDPATH : Bgp4mpSubtype.MESSAGE_ADDPATH;
  }
  if (local) return asn4 ? Bgp4mpSubtype.MESSAGE_AS4_LOCAL : Bgp4mpSubtype.MESSAGE_LOCAL;
  return asn4 ? Bgp4mpSubtype.MESSAGE_AS4 : Bgp4mpSubtype.MESSAGE;
}

function writeBgp4mpHeader(body: ByteWriter, header: Bgp4mpHeader): void {
  const { asn4 = true, peerAs, localAs, peerAddress, localAddress, interfaceIndex = 0 } = header;
  if (asn4) body.u32(peerAs).u32(localAs);
  else body.u16(peerAs).u16(localAs);
  if (header.withoutAddresses === true) return;
  body.u16(interfaceIndex).u16(peerAddress.includes(':') ? 2 : 1);
  writeAddress(body, peerAddress);
  writeAddress(body, localAddress);
}

/** TABLE_DUMP_V2 PEER_INDEX_TABLE. */
export function encodePeerIndexTable(options: PeerIndex & { readonly time: EventTime }): Uint8Array {
  const { time, collectorBgpId, viewName, peers } = options;
  const record = { time, type: MrtType.TABLE_DUMP_V2, subtype: TableDumpV2Subtype.PEER_INDEX_TABLE };
  return encodeRecord(record, (body) => {
    writeAddress(body, collectorBgpId);
    body.sized(2, () => body.bytes(new TextEncoder().encode(viewName)));
    body.u16(peers.length);
    for (const peer of peers) writePeer(body, peer);
  });
}

function writePeer(body: ByteWriter, { type, bgpId, address, asn }: IndexedPeer): void {
  body.u8(type);
  writeAddress(body, bgpId);
  writeAddress(body, address);
  if ((type & 2) !== 0) body.u32(asn);
  else body.u16(asn);
}

/** What GEO_PEER_TABLE is made of. */
export type GeoPeerTable = Omit<GeoPeerTableRecord, 'kind' | keyof RecordHead>;

/** TABLE_DUMP_V2 GEO_PEER_TABLE (RFC 6397 section 2). */
export function encodeGeoPeerTable(options: GeoPeerTable & { readonly time: EventTime }): Uint8Array {
  const { time, collectorBgpId, viewName, peers } = options;
  const record = { time, type: MrtType.TABLE_DUMP_V2, subtype: TableDumpV2Subtype.GEO_PEER_TABLE };
  return encodeRecord(record, (body) => {
    writeAddress(body, collectorBgpId);
    body.sized(2, () => body.bytes(new TextEncoder().encode(viewName)));
    writeLocation(body, options);
    body.u16(peers.length);
    for (const peer of peers) {
      writePeer(body, peer);
      writeLocation(body, peer);
    }
  });
}

function writeLocation(body: ByteWriter, { latitude, longitude }: { latitude: number; longitude: number }): void {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat32(0, latitude);
  view.setFloat32(4, longitude);
  body.bytes(new Uint8Array(view.buffer));
}

/** One route of a RIB record to write; `nextHop` is needed for IPv6, in an abbreviated MP_REACH_NLRI, and absent for IPv4. */
export interface RibEntryToWrite {
  readonly peerIndex: number;
  readonly originatedTime: EventTime;
  readonly pathId?: number;
  readonly attributes: PathAttributes;
  readonly nextHop?: string;
}

/** A RIB record to write; with `addPath` its entries have path identifiers. */
export interface RibToWrite {
  readonly time: EventTime;
  readonly sequence: number;
  readonly safi: number;
  readonly prefix: Prefix;
  readonly addPath?: boolean;
  /** RIB_GENERIC(_ADDPATH): the family stands in the record; identifiers in each entry, as GoBGP and OpenBGPD write them. */
  readonly generic?: boolean;
  /** RIB_GENERIC_ADDPATH as RFC 8050 section 4.2 has it: one identifier in the NLRI, none in the entries. */
  readonly nlriPathId?: number;
  readonly entries: readonly RibEntryToWrite[];
}

/** TABLE_DUMP_V2 RIB_IPV4/IPV6_UNICAST/MULTICAST(_ADDPATH) and RIB_GENERIC(_ADDPATH). */
export function encodeRib(options: RibToWrite): Uint8Array {
  const { time, sequence, safi, prefix, addPath = false, generic = false, nlriPathId, entries } = options;
  const plain = generic ? TableDumpV2Subtype.RIB_GENERIC : 2 * prefix.afi + (safi === 2 ? 1 : 0); // 2 to 6, RFC 6396 section 4.3
  const subtype = addPath ? plain + 6 : plain; // 8 to 12, RFC 8050 section 4
  return encodeRecord({ time, type: MrtType.TABLE_DUMP_V2, subtype }, (body) => {
    body.u32(sequence);
    if (generic) body.u16(prefix.afi).u8(safi);
    if (nlriPathId !== undefined) body.u32(nlriPathId);
    encodePrefix(body, prefix);
    body.u16(entries.length);
    for (const { peerIndex, originatedTime, pathId = 0, attributes, nextHop } of entries) {
      body.u16(peerIndex).u32(Math.floor(originatedTime / 1_000_000));
      if (addPath && nlriPathId === undefined) body.u32(pathId);
      body.sized(2, () => {
        writeRibAttributes(body, attributes, { asn4: true, nextHop });
      });
    }
  });
}

function writeRibAttributes(
  body: ByteWriter,
  attributes: PathAttributes,
  form: { asn4: boolean; nextHop: string | undefined },
): void {
  const { asn4, nextHop } = form;
  const options = { asn4, addPath: false };
  encodeAttributes(body, attributes, nextHop === undefined ? options : { ...options, ribNextHop: nextHop });
}

/** One route of a TABLE_DUMP record to write; `status` is 1 where absent, as RFC 6396 section 4.2 wants it. */
export interface TableDumpEntryToWrite {
  readonly prefix: Prefix;
  readonly status?: number;
  readonly originatedTime: EventTime;
  readonly peerAs: Asn;
  readonly peerAddress: string;
  readonly attributes: PathAttributes;
  readonly nextHop?: string;
}

/** What a TABLE_DUMP record has beside its routes; `asn4` = bgpdump's subtypes with four-octet AS numbers. */
export interface TableDumpHeader {
  readonly time: EventTime;
  readonly view?: number;
  readonly sequence: number;
  readonly asn4?: boolean;
}

/** TABLE_DUMP AFI_IPv4 or AFI_IPv6 with one route. The peer's address is of the prefix's family. */
export function encodeTableDump(options: TableDumpHeader & TableDumpEntryToWrite): Uint8Array {
  return encodeTableDumpEntries(options, [options]);
}

/** TABLE_DUMP with any number of routes of one family, as early writers put them into one record. At least one is needed. */
export function encodeTableDumpEntries(header: TableDumpHeader, entries: readonly TableDumpEntryToWrite[]): Uint8Array {
  const { time, view = 0, sequence, asn4 = false } = header;
  const { afi } = entries[0].prefix;
  const plain = afi === 1 ? TableDumpSubtype.AFI_IPV4 : TableDumpSubtype.AFI_IPV6;
  return encodeRecord({ time, type: MrtType.TABLE_DUMP, subtype: asn4 ? plain + 2 : plain }, (body) => {
    body.u16(view).u16(sequence);
    for (const entry of entries) writeTableDumpEntry(body, entry, asn4);
  });
}

function writeTableDumpEntry(body: ByteWriter, entry: TableDumpEntryToWrite, asn4: boolean): void {
  const { prefix, status = 1, originatedTime, peerAs, peerAddress, attributes, nextHop } = entry;
  writeAddress(body, prefix.address());
  body
    .u8(prefix.length)
    .u8(status)
    .u32(Math.floor(originatedTime / 1_000_000));
  writeAddress(body, peerAddress);
  if (asn4) body.u32(peerAs);
  else body.u16(peerAs);
  body.sized(2, () => {
    writeRibAttributes(body, attributes, { asn4, nextHop });
  });
}

/** Type 5 (BGP) STATE_CHANGE, which names no local end. */
export function encodeLegacyStateChange(
  options: Pick<Bgp4mpStateChange, 'time' | 'peerAs' | 'peerAddress' | 'oldState' | 'newState'>,
): Uint8Array {
  const { time, peerAs, peerAddress, oldState, newState } = options;
  return encodeRecord({ time, type: MrtType.BGP, subtype: BgpSubtype.STATE_CHANGE }, (body) => {
    body.u16(peerAs);
    writeAddress(body, peerAddress);
    body.u16(oldState).u16(newState);
  });
}

/** Type 5 (BGP) with a message; two-octet AS numbers, IPv4 peers, no BGP header. ROUTE-REFRESH has no subtype. */
export function encodeLegacyMessage(
  options: Pick<Bgp4mpMessage, 'time' | 'peerAs' | 'localAs' | 'peerAddress' | 'localAddress'> & {
    readonly message: BgpMessage;
  },
): Uint8Array {
  const { time, peerAs, localAs, peerAddress, localAddress, message } = options;
  return encodeRecord({ time, type: MrtType.BGP, subtype: legacySubtype(message) }, (body) => {
    body.u16(peerAs);
    writeAddress(body, peerAddress);
    body.u16(localAs);
    writeAddress(body, localAddress);
    body.bytes(encodeMessage(message, { asn4: false, addPath: false }).subarray(MESSAGE_HEADER_LENGTH));
  });
}

function legacySubtype(message: BgpMessage): number {
  switch (message.kind) {
    case 'update':
      return BgpSubtype.UPDATE;
    case 'open':
      return BgpSubtype.OPEN;
    case 'notification':
      return BgpSubtype.NOTIFY;
    case 'keepalive':
      return BgpSubtype.KEEPALIVE;
    case 'refresh':
    case 'unknown':
      throw new RangeError(`Cannot write a message of kind ${message.kind}: type 5 has no subtype for it`);
  }
}
