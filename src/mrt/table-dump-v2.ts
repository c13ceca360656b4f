// TABLE_DUMP_V2 (RFC 6396 section 4.3, RFC 8050 section 4): the peer index and the RIBs of IPv4 and IPv6, unicast and multicast, with
// and without path identifiers. RIB_GENERIC and GEO_PEER_TABLE (RFC 6397) are skipped.
//
//   collector BGP ID (4) | view name (2 + n) | peers (2) | type (1), BGP ID (4), address (4 or 16), AS (2 or 4) each   PEER_INDEX_TABLE
//   sequence (4) | length (1) | prefix | entries (2) | peer (2), originated (4), [path id (4)], attributes (2 + n) each      RIB_*

import { type AddressText } from '../bgp/address-text.js';
import { type AttributeContext } from '../bgp/path-attributes.js';
import { WarningList } from '../bgp/warnings.js';
import { type Afi, formatAddress, formatIpv4, wordAt } from '../ip/address.js';
import { Prefix } from '../ip/prefix.js';
import { ByteReader } from '../wire/byte-reader.js';
import { DecodeError } from '../wire/decode-error.js';
import { TableDumpV2Subtype } from './codes.js';
import { type IndexedPeer, type MrtRecord, type PeerIndex, type PeerIndexRecord } from './decoded-record.js';
import { recordHead, type RibEntry, skipRecord } from './decoded-record.js';
import { type RawRecord } from './record-framer.js';
import { decodeRibAttributes, ribContext } from './rib-attributes.js';

const PEER_IPV6 = 1;
const PEER_AS4 = 2;

/** Reads PEER_INDEX_TABLE. */
export function decodePeerIndex(raw: RawRecord): PeerIndexRecord {
  const reader = new ByteReader(raw.bytes, raw.bodyStart);
  const collectorBgpId = formatIpv4(reader.u32());
  const viewName = new TextDecoder().decode(reader.copy(reader.u16()));
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

/** Reads a record other than the peer index; see `MrtDecoder.decode`. */
export function decodeTableDumpV2(raw: RawRecord, index: PeerIndex | null, addresses: AddressText): MrtRecord {
  switch (raw.subtype) {
    case TableDumpV2Subtype.RIB_IPV4_UNICAST:
      return decodeRib(raw, index, { afi: 1, safi: 1, addPath: false, addresses });
    case TableDumpV2Subtype.RIB_IPV4_MULTICAST:
      return decodeRib(raw, index, { afi: 1, safi: 2, addPath: false, addresses });
    case TableDumpV2Subtype.RIB_IPV6_UNICAST:
      return decodeRib(raw, index, { afi: 2, safi: 1, addPath: false, addresses });
    case TableDumpV2Subtype.RIB_IPV6_MULTICAST:
      return decodeRib(raw, index, { afi: 2, safi: 2, addPath: false, addresses });
    case TableDumpV2Subtype.RIB_IPV4_UNICAST_ADDPATH:
      return decodeRib(raw, index, { afi: 1, safi: 1, addPath: true, addresses });
    case TableDumpV2Subtype.RIB_IPV4_MULTICAST_ADDPATH:
      return decodeRib(raw, index, { afi: 1, safi: 2, addPath: true, addresses });
    case TableDumpV2Subtype.RIB_IPV6_UNICAST_ADDPATH:
      return decodeRib(raw, index, { afi: 2, safi: 1, addPath: true, addresses });
    case TableDumpV2Subtype.RIB_IPV6_MULTICAST_ADDPATH:
      return decodeRib(raw, index, { afi: 2, safi: 2, addPath: true, addresses });
    case TableDumpV2Subtype.RIB_GENERIC:
    case TableDumpV2Subtype.RIB_GENERIC_ADDPATH:
      return skipRecord(raw, 'rib-generic');
    case TableDumpV2Subtype.GEO_PEER_TABLE:
      return skipRecord(raw, 'geo-peer-table');
    default:
      return skipRecord(raw, 'unsupported-subtype');
  }
}

interface RibForm {
  readonly afi: Afi;
  readonly safi: number;
  readonly addPath: boolean;
  readonly addresses: AddressText;
}

function decodeRib(raw: RawRecord, peers: PeerIndex | null, form: RibForm): MrtRecord {
  const { bytes, bodyStart } = raw;
  const { afi, safi } = form;
  if (peers === null)
    throw new DecodeError('peer-index-missing', 'Cannot read a RIB record: no PEER_INDEX_TABLE before it', 0);
  const reader = new ByteReader(bytes, bodyStart);
  const sequence = reader.u32();
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
  const entries = decodeEntries(bytes, reader.offset, count, {
    form,
    index: peers,
    context: ribContext(true, form.addresses),
    defects,
  });
  const { time, index, offset, type, subtype } = raw;
  const [kind, warnings] = ['rib', defects.codes] as const;
  return { kind, time, index, offset, type, subtype, warnings, sequence, afi, safi, prefix, entries };
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
