// BGP4MP and BGP4MP_ET (RFC 6396 section 4.4, RFC 8050 section 3): messages with their session header, and state changes.
// Two damages of old Zebra are understood as bgpdump does: OPENs without interface and addresses, and 8-octet state changes.
// Subtypes 2 and 3 (ENTRY, SNAPSHOT) and unknown ones are skipped.

import { decodeBehindMarker, type DecodedMessage, decodeMessage } from '../bgp/message.js';
import { NO_WARNINGS, type WarningCode } from '../bgp/warnings.js';
import { ByteReader } from '../wire/byte-reader.js';
import { Bgp4mpSubtype } from './codes.js';
import { type MrtRecord, recordHead, skipRecord } from './decoded-record.js';
import { type PeerCache, type PeerHeader } from './peer-cache.js';
import { type RawRecord } from './record-framer.js';

/** Reads one record; see `MrtDecoder.decode`. */
export function decodeBgp4mp(raw: RawRecord, peers: PeerCache): MrtRecord {
  switch (raw.subtype) {
    case Bgp4mpSubtype.MESSAGE:
      return decodeMessageRecord(raw, peers, { asn4: false, addPath: false, local: false });
    case Bgp4mpSubtype.MESSAGE_AS4:
      return decodeMessageRecord(raw, peers, { asn4: true, addPath: false, local: false });
    case Bgp4mpSubtype.MESSAGE_LOCAL:
      return decodeMessageRecord(raw, peers, { asn4: false, addPath: false, local: true });
    case Bgp4mpSubtype.MESSAGE_AS4_LOCAL:
      return decodeMessageRecord(raw, peers, { asn4: true, addPath: false, local: true });
    case Bgp4mpSubtype.MESSAGE_ADDPATH:
      return decodeMessageRecord(raw, peers, { asn4: false, addPath: true, local: false });
    case Bgp4mpSubtype.MESSAGE_AS4_ADDPATH:
      return decodeMessageRecord(raw, peers, { asn4: true, addPath: true, local: false });
    case Bgp4mpSubtype.MESSAGE_LOCAL_ADDPATH:
      return decodeMessageRecord(raw, peers, { asn4: false, addPath: true, local: true });
    case Bgp4mpSubtype.MESSAGE_AS4_LOCAL_ADDPATH:
      return decodeMessageRecord(raw, peers, { asn4: true, addPath: true, local: true });
    case Bgp4mpSubtype.STATE_CHANGE:
      return decodeStateChange(raw, peers, false);
    case Bgp4mpSubtype.STATE_CHANGE_AS4:
      return decodeStateChange(raw, peers, true);
    default:
      return skipRecord(raw, 'unsupported-subtype');
  }
}

interface MessageForm {
  readonly asn4: boolean;
  readonly addPath: boolean;
  readonly local: boolean;
}

function decodeMessageRecord(raw: RawRecord, peers: PeerCache, form: MessageForm): MrtRecord {
  const { bytes, bodyStart } = raw;
  const { asn4, addPath, local } = form;
  if (lacksAddresses(bytes, bodyStart, asn4)) return decodeZebraOpen(raw, peers, form);
  const header = peers.lookup(bytes, bodyStart, asn4);
  const context = addPath ? header.addPath : header.plain;
  const decoded = decodeMessage(bytes, bodyStart + header.bytes.length, bytes.length, context);
  if (decoded.message.kind === 'open' && !addPath && !local) noteOpen(header, decoded);
  return messageRecord(raw, header, decoded, local);
}

/** An OPEN counts for its session only where it is the peer's own beyond doubt: some writers record the collector's too. */
function noteOpen(header: PeerHeader, { message }: DecodedMessage): void {
  if (message.kind !== 'open' || header.peerAs === header.localAs) return;
  if (message.open.asn === header.peerAs || message.open.twoOctetAs === header.peerAs)
    header.modes.noteOpen(message.open);
}

function messageRecord(raw: RawRecord, header: PeerHeader, decoded: DecodedMessage, local: boolean): MrtRecord {
  const { message, warnings } = decoded;
  if (message.kind === 'unknown') return skipRecord(raw, 'bgp-type');
  const { time, index, offset, type, subtype } = raw;
  const { peerAs, peerAddress, localAs, localAddress, interfaceIndex } = header;
  const kind = 'message';
  return {
    kind,
    time,
    index,
    offset,
    type,
    subtype,
    warnings,
    peerAs,
    peerAddress,
    localAs,
    localAddress,
    interfaceIndex,
    local,
    message,
  };
}

/** Zebra's OPEN: the marker's first four octets stand where interface index and AFI belong. */
function lacksAddresses(bytes: Uint8Array, start: number, asn4: boolean): boolean {
  const at = start + (asn4 ? 8 : 4);
  if (at + 4 > bytes.length) return false;
  return (bytes[at] & bytes[at + 1] & bytes[at + 2] & bytes[at + 3]) === 255;
}

function decodeZebraOpen(raw: RawRecord, peers: PeerCache, { asn4, local }: MessageForm): MrtRecord {
  const reader = new ByteReader(raw.bytes, raw.bodyStart);
  const peerAs = asn4 ? reader.u32() : reader.u16();
  const localAs = asn4 ? reader.u32() : reader.u16();
  reader.skip(16);
  const header = peers.compose({ peerAs, localAs, peerAddress: '0.0.0.0', localAddress: '0.0.0.0' }, asn4);
  const decoded = decodeBehindMarker(raw.bytes, reader.offset, raw.bytes.length, header.plain);
  const record = messageRecord(raw, header, decoded, local);
  return record.kind === 'message' ? { ...record, withoutAddresses: true } : record;
}

function decodeStateChange(raw: RawRecord, peers: PeerCache, asn4: boolean): MrtRecord {
  const { bytes, bodyStart } = raw;
  if (!asn4 && bytes.length - bodyStart === 8) return decodeZebraStateChange(raw);
  const {
    peerAs,
    peerAddress,
    localAs,
    localAddress,
    interfaceIndex,
    bytes: header,
  } = peers.lookup(bytes, bodyStart, asn4);
  const reader = new ByteReader(bytes, bodyStart + header.length);
  const states = { oldState: reader.u16(), newState: reader.u16() };
  const ends = { peerAs, peerAddress, localAs, localAddress, interfaceIndex };
  return { kind: 'state-change', ...recordHead(raw, trailing(reader)), ...ends, ...states };
}

/** Zebra's state change without interface and addresses. */
function decodeZebraStateChange(raw: RawRecord): MrtRecord {
  const reader = new ByteReader(raw.bytes, raw.bodyStart);
  const peerAs = reader.u16();
  const localAs = reader.u16();
  const ends = { peerAs, localAs, peerAddress: '0.0.0.0', localAddress: '0.0.0.0' };
  const states = { oldState: reader.u16(), newState: reader.u16() };
  return { kind: 'state-change', ...recordHead(raw), ...ends, ...states, withoutAddresses: true };
}

function trailing(reader: ByteReader): readonly WarningCode[] {
  return reader.remaining > 0 ? ['trailing-bytes'] : NO_WARNINGS;
}
