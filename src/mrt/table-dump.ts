// TABLE_DUMP (RFC 6396 section 4.2): one route a record; writers of 2000 put many behind one view and sequence. Also bgpdump's
// subtypes 3 and 4, with four-octet AS numbers.
//
//   view (2) | sequence (2) | then, once or many times:
//   prefix (4 or 16) | length (1) | status (1) | originated (4) | peer address (4 or 16) | peer AS (2 or 4) | attributes (2 + n)

import { type AttributeContext } from '../bgp/path-attributes.js';
import { type WarningCode, WarningList } from '../bgp/warnings.js';
import { type Afi, wordAt } from '../ip/address.js';
import { Prefix } from '../ip/prefix.js';
import { DecodeError } from '../wire/decode-error.js';
import { TableDumpSubtype } from './codes.js';
import { type MrtRecord, skipRecord, type TableDumpEntry } from './decoded-record.js';
import { type RawRecord } from './record-framer.js';
import { decodeRibAttributes, ribContext, type RibOptions } from './rib-attributes.js';

/** Reads one record; see `MrtDecoder.decode`. */
export function decodeTableDump(raw: RawRecord, options: RibOptions): MrtRecord {
  switch (raw.subtype) {
    case TableDumpSubtype.AFI_IPV4:
      return decodeEntries(raw, 1, ribContext(false, options));
    case TableDumpSubtype.AFI_IPV6:
      return decodeEntries(raw, 2, ribContext(false, options));
    case TableDumpSubtype.AFI_IPV4_AS4:
      return decodeEntries(raw, 1, ribContext(true, options));
    case TableDumpSubtype.AFI_IPV6_AS4:
      return decodeEntries(raw, 2, ribContext(true, options));
    default:
      return skipRecord(raw, 'unsupported-subtype');
  }
}

function decodeEntries(raw: RawRecord, afi: Afi, context: AttributeContext): MrtRecord {
  const { bytes, bodyStart } = raw;
  const shortest = (afi === 1 ? 8 : 32) + (context.asn4 ? 10 : 8) + 2;
  if (bytes.length - bodyStart < 4 + shortest - 2) {
    throw new DecodeError('truncated', 'Cannot read TABLE_DUMP: the record ends inside its first entry', bodyStart);
  }
  const entries: TableDumpEntry[] = [];
  const defects = new WarningList();
  let at = bodyStart + 4;
  while (bytes.length - at >= shortest - 2) {
    const { entry, end } = decodeEntry(bytes, at, afi, context);
    entries.push(entry);
    at = end;
  }
  if (at < bytes.length) defects.add('trailing-bytes');
  for (const entry of entries) for (const code of entry.warnings) defects.add(code);
  const view = (bytes[bodyStart] << 8) | bytes[bodyStart + 1];
  const sequence = (bytes[bodyStart + 2] << 8) | bytes[bodyStart + 3];
  const { time, index, offset, type, subtype } = raw;
  const [kind, warnings] = ['table-dump', defects.codes] as const;
  return { kind, time, index, offset, type, subtype, warnings, view, sequence, afi, entries };
}

function decodeEntry(
  bytes: Uint8Array,
  start: number,
  afi: Afi,
  context: AttributeContext,
): { entry: TableDumpEntry; end: number } {
  const octets = afi === 1 ? 4 : 16;
  const fields = start + octets;
  const peer = fields + 6;
  const asField = peer + octets;
  const length = bytes[fields];
  if (length > octets * 8) {
    throw new DecodeError('nlri-length', `Cannot read a prefix of ${length} bits: at most ${octets * 8}`, fields);
  }
  const prefix = Prefix.fromNlri(bytes, start, length, afi);
  const { asn4, addresses } = context;
  const { end, attributes, nextHop, warnings } = decodeRibAttributes(bytes, asField + (asn4 ? 4 : 2), context);
  const entry: { -readonly [K in keyof TableDumpEntry]: TableDumpEntry[K] } = {
    prefix,
    status: bytes[fields + 1],
    originatedTime: wordAt(bytes, fields + 2) * 1_000_000,
    peerAs: asn4 ? wordAt(bytes, asField) : (bytes[asField] << 8) | bytes[asField + 1],
    peerAddress: afi === 1 ? addresses.ipv4(bytes, peer) : addresses.ipv6(bytes, peer),
    attributes,
    warnings: withHostBits(bytes, start, length, warnings),
  };
  if (nextHop !== undefined) entry.nextHop = nextHop;
  return { entry, end };
}

/** The prefix stands there in full: bits past its length, in the octet it ends in, are host bits. */
function withHostBits(
  bytes: Uint8Array,
  start: number,
  length: number,
  warnings: readonly WarningCode[],
): readonly WarningCode[] {
  const set = (length & 7) !== 0 && (bytes[start + (length >>> 3)] & (0xff >>> (length & 7))) !== 0;
  return set ? [...warnings, 'nlri-host-bits'] : warnings;
}
