// TABLE_DUMP_V2 (RFC 6396 section 4.3, RFC 8050 section 4): the peer index and the RIBs of IPv4 and IPv6, unicast and multicast, with
// and without path identifiers, those families inside RIB_GENERIC, and GEO_PEER_TABLE (RFC 6397). RIB_GENERIC of other families is skipped.
//
//   collector BGP ID (4) | view name (2 + n) | peers (2) | type (1), BGP ID (4), address (4 or 16), AS (2 or 4) each   PEER_INDEX_TABLE
//   sequence (4) | AFI (2) | SAFI (1) | [path id (4)] | length (1) | prefix | entries (2) | ...                      RIB_GENERIC
//   sequence (4) | length (1) | prefix | entries (2) | peer (2), originated (4), [path id (4)], attributes (2 + n) each      RIB_*

import { isDecodedFamily } from '../bgp/codes.js';
import { type AttributeContext } from '../bgp/path-attributes.js';
import { WarningList } from '../bgp/warnings.js';
import { type Afi, formatAddress, formatIpv4, wordAt } from '../ip/address.js';
import { Prefix } from '../ip/prefix.js';
import { ByteReader } from '../wire/byte-reader.js';
import { DecodeError } from '../wire/decode-error.js';
import { TableDumpV2Subtype } from './codes.js';
import {
  type GeoPeer,
  type IndexedPeer,
  type MrtRecord,
  type PeerIndex,
  type PeerIndexRecord,
} from './decoded-record.js';
import { recordHead, type RibEntry, skipRecord } from './decoded-record.js';
import { type RawRecord } from './record-framer.js';
import { decodeRibAttributes, ribContext, type RibOptions } from './rib-attributes.js';

const PEER_IPV6 = 1;
const PEER_AS4 = 2;

/** Reads PEER_INDEX_TABLE. */
export function decodePeerIndex(raw: RawRecord): PeerIndexRecord {
  const reader = new ByteReader(raw.bytes, raw.bodyStart);
  const collectorBgpId = formatIpv4(reader.u32());
  const viewName = new TextDecoder('utf-8', { ignoreBOM: true }).decode(reader.copy(reader.u16()));
  const count = reader.u16();
  const peers: IndexedPeer[] = [];
  while (peers.length < count) peers.push(readPeer(reader));
  const head = reader.remaining > 0 ? recordHead(raw, ['trailing-bytes']) : recordHead(raw);
  return { kind: 'peer-index', ...head, collectorBgpId, viewName, peers };
}

function readPeer(reader: ByteReader): IndexedPeer {
  const type = reader.u8();
  const bgpId = formatIpv4(reader.u32());
  const afi = (type & PEER_IPV6) !== 0 ? 2 : 1;
  const address = formatAddress(reader.bytes, reader.skip(afi === 2 ? 16 : 4), afi);
  return { bgpId, address, asn: (type & PEER_AS4) !== 0 ? reader.u32() : reader.u16(), type };
}

/** GEO_PEER_TABLE (RFC 6397 section 2): as the peer index, with a latitude and longitude of the collector and of each peer. */
function decodeGeoPeerTable(raw: RawRecord): MrtRecord {
  const reader = new ByteReader(raw.bytes, raw.bodyStart);
  const collectorBgpId = formatIpv4(reader.u32());
  const viewName = new TextDecoder('utf-8', { ignoreBOM: true }).decode(reader.copy(reader.u16()));
  const location = readLocation(reader);
  const count = reader.u16();
  const peers: GeoPeer[] = [];
  while (peers.length < count) peers.push({ ...readPeer(reader), ...readLocation(reader) });
  const head = reader.remaining > 0 ? recordHead(raw, ['trailing-bytes']) : recordHead(raw);
  return { kind: 'geo-peer-table', ...head, collectorBgpId, viewName, ...location, peers };
}

/** Two IEEE 754 single-precision numbers; not-a-number where the place is private. */
function readLocation(reader: ByteReader): { latitude: number; longitude: number } {
  const at = reader.skip(8);
  const view = new DataView(reader.bytes.buffer, reader.bytes.byteOffset + at, 8);
  return { latitude: view.getFloat32(0), longitude: view.getFloat32(4) };
}

/** Reads a record other than the peer index; see `MrtDecoder.decode`. */
export function decodeTableDumpV2(raw: RawRecord, index: PeerIndex | null, options: RibOptions): MrtRecord {
  switch (raw.subtype) {
    case TableDumpV2Subtype.RIB_IPV4_UNICAST:
      return decodeRib(raw, index, { afi: 1, safi: 1, addPath: false, options });
    case TableDumpV2Subtype.RIB_IPV4_MULTICAST:
      return decodeRib(raw, index, { afi: 1, safi: 2, addPath: false, options });
    case TableDumpV2Subtype.RIB_IPV6_UNICAST:
      return decodeRib(raw, index, { afi: 2, safi: 1, addPath: false, options });
    case TableDumpV2Subtype.RIB_IPV6_MULTICAST:
      return decodeRib(raw, index, { afi: 2, safi: 2, addPath: false, options });
    case TableDumpV2Subtype.RIB_IPV4_UNICAST_ADDPATH:
      return decodeRib(raw, index, { afi: 1, safi: 1, addPath: true, options });
    case TableDumpV2Subtype.RIB_IPV4_MULTICAST_ADDPATH:
      return decodeRib(raw, index, { afi: 1, safi: 2, addPath: true, options });
    case TableDumpV2Subtype.RIB_IPV6_UNICAST_ADDPATH:
      return decodeRib(raw, index, { afi: 2, safi: 1, addPath: true, options });
    case TableDumpV2Subtype.RIB_IPV6_MULTICAST_ADDPATH:
      return decodeRib(raw, index, { afi: 2, safi: 2, addPath: true, options });
    case TableDumpV2Subtype.RIB_GENERIC:
      return decodeGeneric(raw, index, { addPath: false, options });
    case TableDumpV2Subtype.RIB_GENERIC_ADDPATH:
      return decodeGeneric(raw, index, { addPath: true, options });
    case TableDumpV2Subtype.GEO_PEER_TABLE:
      return decodeGeoPeerTable(raw);
    default:
      return skipRecord(raw, 'unsupported-subtype');
  }
}

interface RibForm {
  readonly afi: Afi;
  readonly safi: number;
  readonly addPath: boolean;
  readonly options: RibOptions;
}

/** RIB_GENERIC(_ADDPATH): the family stands in the record. Of families that are not decoded the end of the NLRI is not known. */
function decodeGeneric(raw: RawRecord, peers: PeerIndex | null, form: Omit<RibForm, 'afi' | 'safi'>): MrtRecord {
  const reader = new ByteReader(raw.bytes, raw.bodyStart);
  const sequence = reader.u32();
  const [afi, safi] = [reader.u16(), reader.u8()];
  if (!isDecodedFamily(afi, safi)) return skipRecord(raw, 'rib-generic');
  const head = { sequence, peers };
  if (!form.addPath || framesGeneric(raw.bytes, reader.offset, 10))
    return decodeRibBody(raw, reader, { ...head, form: { ...form, afi, safi } });
  if (!framesGeneric(raw.bytes, reader.offset + 4, 6)) {
    const message =
      'Cannot read RIB_GENERIC_ADDPATH: it ends neither with identifiers in the entries nor with one in the NLRI';
    throw new DecodeError('rib-generic-framing', message, reader.offset);
  }
  const pathId = reader.u32();
  return decodeRibBody(raw, reader, { ...head, pathId, form: { ...form, afi, safi, addPath: false } });
}

/**
 * RFC 8050 section 4.2 puts the path identifier of RIB_GENERIC_ADDPATH into the NLRI; GoBGP and OpenBGPD, the only ones that write such,
 * put one into each entry. True where prefix and entries, with `head` octets before the attributes' length, end with the record.
 */
function framesGeneric(bytes: Uint8Array, at: number, head: number): boolean {
  let next = at + 1 + ((bytes[at] + 7) >>> 3);
  const count = (bytes[next] << 8) | bytes[next + 1];
  next += 2;
  for (let i = 0; i < count && next < bytes.length; i++)
    next += head + 2 + ((bytes[next + head] << 8) | bytes[next + head + 1]);
  return next === bytes.length;
}

function decodeRib(raw: RawRecord, peers: PeerIndex | null, form: RibForm): MrtRecord {
  const reader = new ByteReader(raw.bytes, raw.bodyStart);
  return decodeRibBody(raw, reader, { sequence: reader.u32(), peers, form });
}

interface RibHead {
  readonly sequence: number;
  readonly peers: PeerIndex | null;
  readonly form: RibForm;
  /** The identifier of all entries, where it stands in the NLRI. */
  readonly pathId?: number;
}

/** The prefix, where `reader` stands, and the entries behind it. */
function decodeRibBody(raw: RawRecord, reader: ByteReader, { sequence, peers, form, pathId }: RibHead): MrtRecord {
  const { bytes } = raw;
  const { afi, safi } = form;
  if (peers === null)
    throw new DecodeError('peer-index-missing', 'Cannot read a RIB record: no PEER_INDEX_TABLE before it', 0);
  const length = reader.u8();
  if (length > (afi === 1 ? 32 : 128)) {
    throw new DecodeError(
      'nlri-length',
      `Cannot read a prefix of ${length} bits: too many for AFI ${afi}`,
      reader.offset,
    );
  }
  const octets = (length + 7) >>> 3;
  const at = reader.skip(octets);
  const prefix = Prefix.fromNlri(bytes, at, length, afi);
  const defects = new WarningList();
  if ((length & 7) !== 0 && (bytes[at + octets - 1] & (0xff >>> (length & 7))) !== 0) defects.add('nlri-host-bits');
  const count = reader.u16();
  const decoded = decodeEntries(bytes, reader.offset, count, {
    form,
    index: peers,
    context: ribContext(true, form.options),
    defects,
  });
  const entries = pathId === undefined ? decoded : decoded.map((entry) => ({ ...entry, pathId }));
  const { time, index, offset, type, subtype } = raw;
  const [kind, warnings] = ['rib', defects.codes] as const;
  const record = { kind, time, index, offset, type, subtype, warnings, sequence, afi, safi, prefix, entries };
  return pathId === undefined ? record : { ...record, nlriPathId: pathId };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface EntriesContext {
  readonly form: RibForm;
  readonly index: PeerIndex;
  readonly context: AttributeContext;
  readonly defects: WarningList;
}

function decodeEntries(bytes: Uint8Array, start: number, count: number, entriesContext: EntriesContext): RibEntry[] {
  const { form, index, context, defects } = entriesContext;
  const head = form.addPath ? 10 : 6;
  const entries: RibEntry[] = [];
  let at = start;
  while (entries.length < count) {
    if (at + head + 2 > bytes.length)
      throw new DecodeError('truncated', 'Cannot read a RIB entry: the record ends inside it', at);
    const peerIndex = (bytes[at] << 8) | bytes[at + 1];
    if (peerIndex >= index.peers.length) {
      throw new DecodeError(
        'peer-index-range',
        `Cannot find peer ${peerIndex}: the index holds ${index.peers.length}`,
        at,
      );
    }
    const { end, attributes, nextHop, warnings } = decodeRibAttributes(bytes, at + head, context);
    const originatedTime = wordAt(bytes, at + 2) * 1_000_000;
    const peer = index.peers[peerIndex];
    const entry: Mutable<RibEntry> = { peer, peerIndex, originatedTime, attributes, warnings };
    if (form.addPath) entry.pathId = wordAt(bytes, at + 6);
    if (nextHop !== undefined) entry.nextHop = nextHop;
    entries.push(entry);
    for (const code of warnings) defects.add(code);
    at = end;
  }
  if (at < bytes.length) defects.add('trailing-bytes');
  return entries;
}
