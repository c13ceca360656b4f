// Decoded records back to bytes: the inverse of `MrtDecoder.decode` for every kind that it decodes. RFC 6396, 6397, 8050.
//
// Well-formed records come back byte for byte where the decoder was told to `keepForm`; without it attributes stand in ascending order of
// type with their usual flags. Not kept: what a warning tells of (host bits, trailing bytes, discarded attributes), reserved octets, view
// names that are not UTF-8, the payload of a NaN. The fields are written by `writer.ts`.

import { type PathAttributes } from '../bgp/path-attributes.js';
import { Bgp4mpSubtype, MrtType, TableDumpSubtype, TableDumpV2Subtype } from './codes.js';
import { type MessageRecord, type MrtRecord, type RibRecord, type StateChangeRecord } from './decoded-record.js';
import { type TableDumpRecord } from './decoded-record.js';
import { encodeBgp4mpMessage, encodeGeoPeerTable, encodeLegacyMessage, encodeLegacyStateChange } from './writer.js';
import { encodePeerIndexTable, encodeRib, encodeStateChange, encodeTableDumpEntries } from './writer.js';

/**
 * The bytes of a record, header included.
 *
 * @throws RangeError for a record of kind `skipped`, which was not decoded, and for numbers and texts that do not fit their fields.
 */
export function encodeMrtRecord(record: MrtRecord): Uint8Array {
  switch (record.kind) {
    case 'message':
      return record.type === MrtType.BGP ? encodeLegacyMessage(record) : encodeMessageRecord(record);
    case 'state-change':
      return encodeStateRecord(record);
    case 'table-dump':
      return encodeTableDumpRecord(record);
    case 'peer-index':
      return encodePeerIndexTable(record);
    case 'geo-peer-table':
      return encodeGeoPeerTable(record);
    case 'rib':
      return encodeRibRecord(record);
    case 'skipped':
      throw new RangeError(`Cannot encode record ${record.index}: it was not decoded (${record.reason})`);
  }
}

function encodeMessageRecord(record: MessageRecord): Uint8Array {
  const { subtype } = record;
  const addPath = subtype >= Bgp4mpSubtype.MESSAGE_ADDPATH;
  return encodeBgp4mpMessage({ ...record, extendedTime: isExtended(record), asn4: isAs4(subtype), addPath });
}

function encodeStateRecord(record: StateChangeRecord): Uint8Array {
  const { localAs, localAddress, subtype, interfaceIndex = 0 } = record;
  if (localAs === undefined || localAddress === undefined) return encodeLegacyStateChange(record);
  const form = { extendedTime: isExtended(record), asn4: isAs4(subtype) };
  return encodeStateChange({ ...record, ...form, localAs, localAddress, interfaceIndex });
}

function isExtended({ type }: MrtRecord): boolean {
  return type === MrtType.BGP4MP_ET;
}

const AS4_SUBTYPES: readonly number[] = [
  Bgp4mpSubtype.MESSAGE_AS4,
  Bgp4mpSubtype.STATE_CHANGE_AS4,
  Bgp4mpSubtype.MESSAGE_AS4_LOCAL,
  Bgp4mpSubtype.MESSAGE_AS4_ADDPATH,
  Bgp4mpSubtype.MESSAGE_AS4_LOCAL_ADDPATH,
];

function isAs4(subtype: number): boolean {
  return AS4_SUBTYPES.includes(subtype);
}

function encodeTableDumpRecord(record: TableDumpRecord): Uint8Array {
  const asn4 = record.subtype >= TableDumpSubtype.AFI_IPV4_AS4;
  return encodeTableDumpEntries({ ...record, asn4 }, record.entries.map(withOwnNextHop));
}

function encodeRibRecord(record: RibRecord): Uint8Array {
  const { subtype } = record;
  const generic = subtype === TableDumpV2Subtype.RIB_GENERIC || subtype === TableDumpV2Subtype.RIB_GENERIC_ADDPATH;
  const addPath = subtype >= TableDumpV2Subtype.RIB_IPV4_UNICAST_ADDPATH;
  return encodeRib({ ...record, generic, addPath, entries: record.entries.map(withOwnNextHop) });
}

/** The next hop of an entry is written as MP_REACH_NLRI where it is not the NEXT_HOP already, and has no form of its own. */
function withOwnNextHop<T extends { readonly attributes: PathAttributes; readonly nextHop?: string }>(
  entry: T,
): T | Omit<T, 'nextHop'> {
  const { nextHop, ...rest } = entry;
  const { form } = entry.attributes;
  return nextHop === entry.attributes.nextHop || form?.ribNextHop !== undefined ? rest : entry;
}
