// Whether a record, though another header stands behind it, hides whole records: its length is damaged so that it ends where a later
// record begins, or it was cut short and the records that follow make up for it to the octet (one in some hundred random lengths and
// cuts does). Lengths only; nothing is decoded. Most records say twice how long they are, or are counted; where lengths inside one lead
// to its end as well, it is looked at no further.

import { isSoundAttribute } from '../bgp/attribute-soundness.js';
import { AttributeFlag, AttributeType, MessageType } from '../bgp/codes.js';
import { wordAt } from '../ip/address.js';
import { MrtType } from './codes.js';
import { findOrdinary, isOrdinary, lengthAt, MRT_HEADER_LENGTH, timeAt } from './plausible-header.js';

/**
 * True where within the record from `start` to `end` records stand that end exactly with it, each `extra` octets longer than it says.
 *
 * @param near seconds that their times are near.
 */
export function swallows(
  bytes: Uint8Array,
  {
    start,
    end,
    extra,
    near,
  }: { readonly start: number; readonly end: number; readonly extra: number; readonly near: number },
): boolean {
  for (let at = start + 1; ; at++) {
    at = findOrdinary(bytes, at, end - MRT_HEADER_LENGTH + 1, near);
    if (at < 0) return false;
    if (endsAt(bytes, at, end, extra)) return true;
  }
}

function endsAt(bytes: Uint8Array, first: number, end: number, extra: number): boolean {
  let at = first;
  while (at + MRT_HEADER_LENGTH <= end && findOrdinary(bytes, at, at + 1, timeAt(bytes, first)) === at)
    at += MRT_HEADER_LENGTH + lengthAt(bytes, at) + extra;
  return at === end;
}

/** True where what the record from `start` to `end` holds is as long as it, as far as that can be told at once. */
export function isMeasured(bytes: Uint8Array, start: number, end: number): boolean {
  const subtype = bytes[start + 7];
  switch (bytes[start + 5]) {
    case MrtType.BGP4MP:
      return isMeasuredMessage(bytes, start, start + MRT_HEADER_LENGTH, end);
    case MrtType.BGP4MP_ET:
      return isMeasuredMessage(bytes, start, start + MRT_HEADER_LENGTH + 4, end);
    case MrtType.TABLE_DUMP_V2:
      return isCounted(bytes, start, end);
    case MrtType.TABLE_DUMP: {
      const attributes = attributesAt(start, subtype);
      return attributes + 2 <= end && attributes + 2 + u16(bytes, attributes) === end;
    }
    default:
      return false;
  }
}

/**
 * True where the lengths inside the record, which must be measured, lead to its end too, and no record begins in what they step over.
 * It takes longer than `isMeasured`: to be asked of records that nobody else walks through.
 */
export function isWalked(bytes: Uint8Array, start: number, end: number): boolean {
  const subtype = bytes[start + 7];
  const near = timeAt(bytes, start);
  switch (bytes[start + 5]) {
    case MrtType.BGP4MP:
      return isWalkedMessage(bytes, messageAt(bytes, start + MRT_HEADER_LENGTH, subtype), end, { subtype, near });
    case MrtType.BGP4MP_ET:
      return isWalkedMessage(bytes, messageAt(bytes, start + MRT_HEADER_LENGTH + 4, subtype), end, { subtype, near });
    case MrtType.TABLE_DUMP:
      return areWalkedAttributes(bytes, attributesAt(start, subtype) + 2, end, { asn4: false, near });
    default:
      return true;
  }
}

/** Octets of a marker (RFC 4271 section 4.1), and of the shortest and the longest STATE_CHANGE. */
const [MARKER, SHORTEST_STATE, LONGEST_STATE] = [16, 32, 64] as const;

/**
 * True where another record may begin in a value, from `start` to `end`, that is stepped over. To be asked of the last attribute by
 * whoever walks through a record in front of the framer's last look at it (`RecordTest`): where the record was cut short inside it, the
 * lengths before it are sound, and the value may end where whole records do that make up for the cut. What they cannot be without is
 * looked for: a marker, or the two states that a STATE_CHANGE ends with; so 15 in 16 octets are not read.
 *
 * @param near the seconds of the record.
 */
export function mayHide(bytes: Uint8Array, start: number, end: number, near: number): boolean {
  if (end - start < SHORTEST_STATE) return false;
  for (let at = start + MARKER - 1; at < end; at += MARKER)
    if (bytes[at] === 0xff && isInMarker(bytes, at, start, end)) return true;
  if ((wordAt(bytes, end - 4) & 0xfff0fff0) !== 0) return false;
  return findOrdinary(bytes, Math.max(start, end - LONGEST_STATE), end - SHORTEST_STATE + 1, near) >= 0;
}

function isInMarker(bytes: Uint8Array, at: number, start: number, end: number): boolean {
  let [from, to] = [at, at];
  while (from > start && bytes[from - 1] === 0xff) from--;
  while (to < end && bytes[to] === 0xff) to++;
  return to - from >= MARKER;
}

/** BGP4MP: the length of the BGP message, or of a STATE_CHANGE, whose two states stand where the message would. */
function isMeasuredMessage(bytes: Uint8Array, start: number, body: number, end: number): boolean {
  const subtype = bytes[start + 7];
  const message = messageAt(bytes, body, subtype);
  if (message - body > 24 && areNoAddresses(bytes, message, start)) return false;
  if (isStateChange(subtype)) return message + 4 === end;
  return message + 18 <= end && message + u16(bytes, message + 16) === end;
}

/**
 * Whether IPv6 addresses, with the message at `message` behind them, are a record's in truth: where a record was cut short in front
 * of them, a whole one between IPv4 addresses has its message in the same place, and what is measured is that one's.
 */
function areNoAddresses(bytes: Uint8Array, message: number, start: number): boolean {
  const first = bytes[start]; // of the time: hardly any address has it there
  if (bytes[message - 32] === first && isOrdinary(bytes, message - 32, timeAt(bytes, start))) return true;
  return bytes[message - 28] === first && isOrdinary(bytes, message - 28, timeAt(bytes, start));
}

/** Where the session header that begins at `body` ends. */
function messageAt(bytes: Uint8Array, body: number, subtype: number): number {
  const family = body + (isTwoOctet(subtype) ? 6 : 10);
  return family + 2 + (bytes[family + 1] === 2 ? 32 : 8);
}

function isTwoOctet(subtype: number): boolean {
  return subtype < 2 || subtype === 6 || subtype === 8 || subtype === 10;
}

function isStateChange(subtype: number): boolean {
  return subtype === 0 || subtype === 5;
}

/** TABLE_DUMP: where the length of the attributes stands. */
function attributesAt(start: number, subtype: number): number {
  return start + ((subtype & 1) === 1 ? 32 : 56) + (subtype > 2 ? 2 : 0);
}

/** The shortest record that is ordinary: header and two addresses. */
const SHORTEST = MRT_HEADER_LENGTH + 7;

function isWalkedMessage(
  bytes: Uint8Array,
  message: number,
  end: number,
  { subtype, near }: { readonly subtype: number; readonly near: number },
): boolean {
  if (isStateChange(subtype) || end - message < SHORTEST + 4) return true;
  if (bytes[message + 18] !== MessageType.UPDATE) return false;
  const withdrawn = message + 21;
  const attributes = withdrawn + u16(bytes, withdrawn - 2) + 2;
  if (attributes > end) return false;
  const nlri = attributes + u16(bytes, attributes - 2);
  return (
    nlri <= end &&
    areWalkedPrefixes(bytes, withdrawn, attributes - 2) &&
    areWalkedPrefixes(bytes, nlri, end) &&
    areWalkedAttributes(bytes, attributes, nlri, { asn4: !isTwoOctet(subtype), near })
  );
}

/** IPv4 prefixes without path identifiers; the first octet of a time is none of their lengths. */
function areWalkedPrefixes(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const length = bytes[at];
    if (length === 0 || length > 32) return false;
    at += 1 + ((length + 7) >>> 3);
  }
  return at === end;
}

function areWalkedAttributes(
  bytes: Uint8Array,
  start: number,
  end: number,
  { asn4, near }: { readonly asn4: boolean; readonly near: number },
): boolean {
  let at = start;
  while (at + 3 <= end) {
    const flags = bytes[at];
    const type = bytes[at + 1];
    const extended = (flags & AttributeFlag.EXTENDED_LENGTH) !== 0;
    const value = at + (extended ? 4 : 3);
    const next = value + (extended ? u16(bytes, at + 2) : bytes[at + 2]);
    if (next > end || (flags & 15) !== 0 || !isWalkedAttribute(type, bytes, value, next, asn4)) return false;
    if (next - value >= MRT_HEADER_LENGTH && findOrdinary(bytes, at, next, near) >= 0) return false;
    at = next;
  }
  return at === end;
}

function isWalkedAttribute(type: number, bytes: Uint8Array, value: number, end: number, asn4: boolean): boolean {
  if (type === AttributeType.MP_REACH_NLRI || type === AttributeType.MP_UNREACH_NLRI) return end - value >= 3;
  return isSoundAttribute(type, bytes, value, end, asn4);
}

/** TABLE_DUMP_V2: sequence numbers, which in RIB records count up: what is swallowed is missing there. */
function isCounted(bytes: Uint8Array, start: number, end: number): boolean {
  if (end + MRT_HEADER_LENGTH + 4 > bytes.length || bytes[start + 7] < 2 || bytes[end + 5] !== MrtType.TABLE_DUMP_V2)
    return false;
  return wordAt(bytes, start + MRT_HEADER_LENGTH) + 1 === wordAt(bytes, end + MRT_HEADER_LENGTH);
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}
