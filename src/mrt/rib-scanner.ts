// Looks at RIB records of TABLE_DUMP_V2 (RFC 6396 section 4.3.2, RFC 8050 section 4) in place: is their prefix related to a wanted one?
// As `message-scanner.ts`, it says "no" only where the decoder would give nothing that is wanted and no error: the entries are walked,
// so that a record that cannot be read is told of whosever prefix it holds.

import { AttributeFlag, AttributeType } from '../bgp/codes.js';
import { type Afi } from '../ip/address.js';
import { TableDumpV2Subtype } from './codes.js';
import { type RelatedNlri } from './message-scanner.js';
import { MRT_HEADER_LENGTH } from './plausible-header.js';

/** Octets of an entry before the length of its attributes: peer index (2), originated time (4), path identifier (4). */
const ENTRY_HEAD = 6;
const ADD_PATH_ENTRY_HEAD = 10;

/** What is asked for, and the number of peers in the index in force. */
export interface RibQuestion {
  readonly related: RelatedNlri;
  readonly peers: number;
}

/** False only where decoding the record, from `start` to `end` of `bytes`, could not give anything that is wanted. */
export function ribConcerns(bytes: Uint8Array, start: number, end: number, question: RibQuestion): boolean {
  switch ((bytes[start + 6] << 8) | bytes[start + 7]) {
    case TableDumpV2Subtype.RIB_IPV4_UNICAST:
    case TableDumpV2Subtype.RIB_IPV4_MULTICAST:
      return bodyConcerns(bytes, start, end, { ...question, afi: 1, head: ENTRY_HEAD });
    case TableDumpV2Subtype.RIB_IPV6_UNICAST:
    case TableDumpV2Subtype.RIB_IPV6_MULTICAST:
      return bodyConcerns(bytes, start, end, { ...question, afi: 2, head: ENTRY_HEAD });
    case TableDumpV2Subtype.RIB_IPV4_UNICAST_ADDPATH:
    case TableDumpV2Subtype.RIB_IPV4_MULTICAST_ADDPATH:
      return bodyConcerns(bytes, start, end, { ...question, afi: 1, head: ADD_PATH_ENTRY_HEAD });
    case TableDumpV2Subtype.RIB_IPV6_UNICAST_ADDPATH:
    case TableDumpV2Subtype.RIB_IPV6_MULTICAST_ADDPATH:
      return bodyConcerns(bytes, start, end, { ...question, afi: 2, head: ADD_PATH_ENTRY_HEAD });
    default:
      return true;
  }
}

interface RibForm extends RibQuestion {
  readonly afi: Afi;
  readonly head: number;
}

function bodyConcerns(bytes: Uint8Array, start: number, end: number, form: RibForm): boolean {
  const { related, afi } = form;
  const at = start + MRT_HEADER_LENGTH + 4; // behind the sequence number
  const length = bytes[at];
  const entries = at + 1 + ((length + 7) >>> 3) + 2;
  if (at >= end || length > (afi === 1 ? 32 : 128) || entries > end) return true;
  if (related.isRelatedNlri(bytes, at + 1, length, afi)) return true;
  return !frames(bytes, entries, end, form);
}

/** Whether the entries, their count right before `start`, end with the record, each of a known peer and with sound attributes. */
function frames(bytes: Uint8Array, start: number, end: number, { head, peers }: RibForm): boolean {
  const count = (bytes[start - 2] << 8) | bytes[start - 1];
  let at = start;
  for (let i = 0; i < count; i++) {
    const attributes = at + head + 2;
    if (attributes > end || ((bytes[at] << 8) | bytes[at + 1]) >= peers) return false;
    at = attributes + ((bytes[attributes - 2] << 8) | bytes[attributes - 1]);
    if (at > end || !attributesFrame(bytes, attributes, at)) return false;
  }
  return at === end;
}

/** Whether attributes end where they should, MP_REACH_NLRI and MP_UNREACH_NLRI standing there once at most. */
function attributesFrame(bytes: Uint8Array, start: number, end: number): boolean {
  let [reached, unreached] = [false, false];
  let at = start;
  while (at < end) {
    const extended = (bytes[at] & AttributeFlag.EXTENDED_LENGTH) !== 0;
    const type = bytes[at + 1];
    const value = at + (extended ? 4 : 3);
    if (value > end) return false;
    if (type === AttributeType.MP_REACH_NLRI) {
      if (reached) return false;
      reached = true;
    } else if (type === AttributeType.MP_UNREACH_NLRI) {
      if (unreached) return false;
      unreached = true;
    }
    at = value + (extended ? (bytes[at + 2] << 8) | bytes[at + 3] : bytes[at + 2]);
  }
  return at === end;
}
