// Whether a record's length, though another header stands behind it, hides whole records: a length that is damaged so that it ends
// where a later record begins (one in some hundred random ones does), which would otherwise pass for a record with octets to spare.
// Lengths only; nothing is decoded. Most records say twice how long they are, or are counted, and are looked at no further.

import { wordAt } from '../ip/address.js';
import { MrtType } from './codes.js';
import { findOrdinary, lengthAt, MRT_HEADER_LENGTH, timeAt } from './plausible-header.js';

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
      return isMeasuredMessage(bytes, start + MRT_HEADER_LENGTH, end, subtype);
    case MrtType.BGP4MP_ET:
      return isMeasuredMessage(bytes, start + MRT_HEADER_LENGTH + 4, end, subtype);
    case MrtType.TABLE_DUMP_V2:
      return isCounted(bytes, start, end);
    case MrtType.TABLE_DUMP: {
      const attributes = start + ((subtype & 1) === 1 ? 32 : 56) + (subtype > 2 ? 2 : 0);
      return attributes + 2 <= end && attributes + 2 + u16(bytes, attributes) === end;
    }
    default:
      return false;
  }
}

/** BGP4MP: the length of the BGP message, or of a STATE_CHANGE, whose two states stand where the message would. */
function isMeasuredMessage(bytes: Uint8Array, body: number, end: number, subtype: number): boolean {
  const isTwoOctet = subtype < 2 || subtype === 6 || subtype === 8 || subtype === 10;
  const family = body + (isTwoOctet ? 6 : 10);
  const message = family + 2 + (bytes[family + 1] === 2 ? 32 : 8);
  if (subtype === 0 || subtype === 5) return message + 4 === end;
  return message + 18 <= end && message + u16(bytes, message + 16) === end;
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
