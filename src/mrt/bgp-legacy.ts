// Type 5, BGP (RFC 6396 appendix B.2.1), as archives of 1999 and 2000 hold it: messages without a BGP header, two-octet AS numbers, IPv4
// peers only. Subtypes 1 UPDATE, 3 STATE_CHANGE, 5 OPEN, 6 NOTIFY, 7 KEEPALIVE; the others hold nothing that is decoded.
//
//   peer AS (2) | peer address (4) | local AS (2) | local address (4) | body of the message
//   peer AS (2) | peer address (4) | old state (2) | new state (2)                                STATE_CHANGE

import { MessageType } from '../bgp/codes.js';
import { decodeBody } from '../bgp/message.js';
import { NO_WARNINGS } from '../bgp/warnings.js';
import { formatIpv4 } from '../ip/address.js';
import { ByteReader } from '../wire/byte-reader.js';
import { BgpSubtype } from './codes.js';
import { type MrtRecord, recordHead, skipRecord } from './decoded-record.js';
import { type PeerCache } from './peer-cache.js';
import { type RawRecord } from './record-framer.js';

/** Reads one record; see `MrtDecoder.decode`. */
export function decodeBgp(raw: RawRecord, peers: PeerCache): MrtRecord {
  switch (raw.subtype) {
    case BgpSubtype.UPDATE:
      return decodeBgpMessage(raw, peers, MessageType.UPDATE);
    case BgpSubtype.OPEN:
      return decodeBgpMessage(raw, peers, MessageType.OPEN);
    case BgpSubtype.NOTIFY:
      return decodeBgpMessage(raw, peers, MessageType.NOTIFICATION);
    case BgpSubtype.KEEPALIVE:
      return decodeBgpMessage(raw, peers, MessageType.KEEPALIVE);
    case BgpSubtype.STATE_CHANGE:
      return decodeBgpState(raw);
    default:
      return skipRecord(raw, 'unsupported-subtype');
  }
}

function decodeBgpMessage(raw: RawRecord, peers: PeerCache, messageType: number): MrtRecord {
  const { bytes, bodyStart, time, index, offset, type, subtype } = raw;
  const { peerAs, peerAddress, localAs, localAddress, plain, bytes: header } = peers.lookupLegacy(bytes, bodyStart);
  const span = { start: bodyStart + header.length, end: bytes.length };
  const { message, warnings } = decodeBody(messageType, bytes, span, plain);
  const [kind, local] = ['message', false] as const;
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
    interfaceIndex: 0,
    local,
    message,
  };
}

function decodeBgpState(raw: RawRecord): MrtRecord {
  const reader = new ByteReader(raw.bytes, raw.bodyStart);
  const peerAs = reader.u16();
  const peerAddress = formatIpv4(reader.u32());
  const states = { oldState: reader.u16(), newState: reader.u16() };
  return {
    kind: 'state-change',
    ...recordHead(raw, reader.remaining > 0 ? ['trailing-bytes'] : NO_WARNINGS),
    peerAs,
    peerAddress,
    ...states,
  };
}
