// Which bytes may be the header of an MRT record, and which headers follow one another: what resynchronisation rests on (detection.md
// section 7). Lengths, types, subtypes and times only; nothing is decoded. Two degrees:
//
//   ordinary   a type and subtype that are decoded, a length that they can have, a time near that of the header before
//   tolerable  a type and subtype with a name, or else at least a time near the header before: unknown types are skipped, not refused
//
// Three ordinary headers in a row are found behind damage; three tolerable ones are enough where a record ends as its header says.
// The end of the input, exactly where a header is due, stands for those that cannot follow any more.

import { wordAt } from '../ip/address.js';
import { MrtType } from './codes.js';

/** Octets of the common header. */
export const MRT_HEADER_LENGTH = 12;

/** The longest record that is believed, header excluded. */
export const MAX_RECORD_LENGTH = 16 * 1024 * 1024;

/** The longest record of one BGP message: session header of two IPv6 addresses and microseconds, message of RFC 8654. */
const MAX_MESSAGE_RECORD = 4 + 44 + 65_535;

/** How far apart the times of neighbours may be, in seconds. */
const NEAR = 86_400;

/** No time to be near to. */
export const NO_TIME = -1;

/** Bytes from some record's beginning on, and whether the input ends with them. */
export interface Stretch {
  readonly bytes: Uint8Array;
  readonly ended: boolean;
}

/** What is said of a chain: it holds, it is broken, or (positive) that many bytes of the stretch are needed to say it. */
export type ChainAnswer = number;
export const HOLDS: ChainAnswer = -1;
export const BROKEN: ChainAnswer = 0;

/** True where an ordinary header stands at `at`, of a time near `near` seconds (any, for `NO_TIME`). 12 octets must be there. */
export function isOrdinary(bytes: Uint8Array, at: number, near: number): boolean {
  const subtype = (bytes[at + 6] << 8) | bytes[at + 7];
  const length = lengthAt(bytes, at);
  switch ((bytes[at + 4] << 8) | bytes[at + 5]) {
    case MrtType.BGP4MP:
      return subtype <= 11 && length >= 8 && length <= MAX_MESSAGE_RECORD && isNear(bytes, at, near);
    case MrtType.BGP4MP_ET:
      return subtype <= 11 && length >= 12 && length <= MAX_MESSAGE_RECORD && isNear(bytes, at, near);
    case MrtType.TABLE_DUMP_V2:
      return subtype >= 1 && subtype <= 12 && length >= 7 && length <= MAX_RECORD_LENGTH && isNear(bytes, at, near);
    case MrtType.TABLE_DUMP:
      return subtype >= 1 && subtype <= 4 && length >= 22 && length <= MAX_RECORD_LENGTH && isNear(bytes, at, near);
    case MrtType.BGP:
      return subtype >= 1 && subtype <= 7 && length >= 10 && length <= MAX_MESSAGE_RECORD && isNear(bytes, at, near);
    default:
      return false;
  }
}

/**
 * Whether ordinary headers follow one another from `at` on, three of them or all up to the end of the input, every record being
 * `extra` octets longer than its header says. A single one that ends the input must be near `near`.
 */
export function chainOfOrdinary(
  { bytes, ended }: Stretch,
  { at, extra, near }: { readonly at: number; readonly extra: number; readonly near: number },
): ChainAnswer {
  let [next, time] = [at, NO_TIME];
  for (let count = 0; count < 3; count++) {
    if (next + MRT_HEADER_LENGTH > bytes.length) {
      if (!ended) return next + MRT_HEADER_LENGTH;
      if (count >= 2) return HOLDS; // cut short behind two
      return count === 1 && next === bytes.length && isNear(bytes, at, near) ? HOLDS : BROKEN;
    }
    if (!isOrdinary(bytes, next, time)) return BROKEN;
    time = timeAt(bytes, next);
    next += MRT_HEADER_LENGTH + lengthAt(bytes, next) + extra;
  }
  return HOLDS;
}

/** Whether tolerable headers follow one another from `at` on: three of them, or all up to the end of the input, cut short or not. */
export function chainOfTolerable({ bytes, ended }: Stretch, at: number, near: number): ChainAnswer {
  let [next, time] = [at, near];
  for (let count = 0; count < 3; count++) {
    if (next + MRT_HEADER_LENGTH > bytes.length) {
      if (!ended) return next + MRT_HEADER_LENGTH;
      return count > 1 || (count > 0 && (next <= bytes.length || hasKnownType(bytes, at))) ? HOLDS : BROKEN;
    }
    const length = lengthAt(bytes, next);
    if (length > MAX_RECORD_LENGTH) return BROKEN;
    const own = timeAt(bytes, next);
    // Zeros are no record, though one of no length and type 0 would look like that.
    if (!hasKnownType(bytes, next) && (own === 0 || !isNear(bytes, next, time))) return BROKEN;
    time = own;
    next += MRT_HEADER_LENGTH + length;
  }
  return HOLDS;
}

/** The first place from `from` up to before `to` where an ordinary header near `near` stands; -1 where there is none. */
export function findOrdinary(bytes: Uint8Array, from: number, to: number, near: number): number {
  const last = Math.min(to, bytes.length - MRT_HEADER_LENGTH + 1);
  if (near !== NO_TIME) return findNear(bytes, from, last, near);
  for (let at = from; at < last; at++) if (bytes[at + 4] === 0 && isOrdinary(bytes, at, near)) return at;
  return -1;
}

/** The same by the first octet of the time, which hardly any other octet is. */
function findNear(bytes: Uint8Array, from: number, to: number, near: number): number {
  const early = Math.max(0, near - NEAR) >>> 24;
  const late = Math.min(0xffffffff, near + NEAR) >>> 24;
  for (let at = from; at < to; at++) {
    const first = bytes[at];
    if ((first === early || first === late) && bytes[at + 4] === 0 && isOrdinary(bytes, at, near)) return at;
  }
  return -1;
}

/** Whether three ordinary headers of any time chain somewhere from `from` up to before `to`, each as long as it says. */
export function findChain(stretch: Stretch, from: number, to: number): ChainAnswer {
  for (let at = from; ; at++) {
    at = findOrdinary(stretch.bytes, at, to, NO_TIME);
    if (at < 0) return BROKEN;
    const answer = chainOfOrdinary(stretch, { at, extra: 0, near: timeAt(stretch.bytes, at) });
    if (answer !== BROKEN) return answer;
  }
}

/** The seconds of the header at `at`. */
export function timeAt(bytes: Uint8Array, at: number): number {
  return wordAt(bytes, at);
}

/** The length that the header at `at` says. */
export function lengthAt(bytes: Uint8Array, at: number): number {
  return wordAt(bytes, at + 8);
}

/** A type that IANA or this parser names, and a subtype that it can have. */
function hasKnownType(bytes: Uint8Array, at: number): boolean {
  const type = (bytes[at + 4] << 8) | bytes[at + 5];
  const subtype = (bytes[at + 6] << 8) | bytes[at + 7];
  switch (type) {
    case MrtType.BGP:
    case MrtType.TABLE_DUMP:
    case MrtType.TABLE_DUMP_V2:
    case MrtType.BGP4MP:
    case MrtType.BGP4MP_ET:
    case 11: // OSPFv2, the one that is still in use beside BGP; IS-IS and OSPFv3 below
    case 32:
    case 33:
    case 48:
    case 49:
      return subtype <= 16;
    default:
      return false;
  }
}

/** True where the seconds at `at` are near `near`, or that is `NO_TIME`. */
export function isNear(bytes: Uint8Array, at: number, near: number): boolean {
  return near === NO_TIME || Math.abs(wordAt(bytes, at) - near) <= NEAR;
}
