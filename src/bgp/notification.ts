// NOTIFICATION (RFC 4271 section 4.5), IANA's names of its codes and subcodes (RFC 4271, 4486, 5492, 6608, 7313, 8538, 9234, 9384, 9687),
// the text of an administrative shutdown or reset (RFC 8203, RFC 9003), and what a Hard Reset carries (RFC 8538 section 3.1). What
// follows from a code is the session's business.
//
//   error code (1) | error subcode (1) | data

import { ByteReader } from '../wire/byte-reader.js';
import { type ByteWriter } from '../wire/byte-writer.js';

/** "BGP Error (Notification) Codes". */
export const ERROR_CODES: Readonly<Record<number, string | undefined>> = {
  1: 'Message Header Error',
  2: 'OPEN Message Error',
  3: 'UPDATE Message Error',
  4: 'Hold Timer Expired',
  5: 'Finite State Machine Error',
  6: 'Cease',
  7: 'ROUTE-REFRESH Message Error',
  8: 'Send Hold Timer Expired',
};

/** The subcodes of each code that has some; 0 is Unspecific in all of them. Those that RFC 4271 withdrew are marked deprecated. */
export const ERROR_SUBCODES: Readonly<Record<number, Readonly<Record<number, string | undefined>> | undefined>> = {
  1: { 1: 'Connection Not Synchronized', 2: 'Bad Message Length', 3: 'Bad Message Type' },
  2: {
    1: 'Unsupported Version Number',
    2: 'Bad Peer AS',
    3: 'Bad BGP Identifier',
    4: 'Unsupported Optional Parameter',
    5: 'Authentication Failure (deprecated)',
    6: 'Unacceptable Hold Time',
    7: 'Unsupported Capability',
    11: 'Role Mismatch',
  },
  3: {
    1: 'Malformed Attribute List',
    2: 'Unrecognized Well-known Attribute',
    3: 'Missing Well-known Attribute',
    4: 'Attribute Flags Error',
    5: 'Attribute Length Error',
    6: 'Invalid ORIGIN Attribute',
    7: 'AS Routing Loop (deprecated)',
    8: 'Invalid NEXT_HOP Attribute',
    9: 'Optional Attribute Error',
    10: 'Invalid Network Field',
    11: 'Malformed AS_PATH',
  },
  5: {
    1: 'Receive Unexpected Message in OpenSent State',
    2: 'Receive Unexpected Message in OpenConfirm State',
    3: 'Receive Unexpected Message in Established State',
  },
  6: {
    1: 'Maximum Number of Prefixes Reached',
    2: 'Administrative Shutdown',
    3: 'Peer De-configured',
    4: 'Administrative Reset',
    5: 'Connection Rejected',
    6: 'Other Configuration Change',
    7: 'Connection Collision Resolution',
    8: 'Out of Resources',
    9: 'Hard Reset',
    10: 'BFD Down',
  },
  7: { 1: 'Invalid Message Length' },
};

const CEASE = 6;
const ADMINISTRATIVE_SHUTDOWN = 2;
const ADMINISTRATIVE_RESET = 4;
const HARD_RESET = 9;

/** A NOTIFICATION as received; `data` is an own copy. */
export interface Notification {
  /** RFC 4271 section 4.5; `notificationName` names it and its subcode. */
  readonly code: number;
  readonly subcode: number;
  /** What follows, an own copy. */
  readonly data: Uint8Array;
}

/** @throws DecodeError `truncated` where code or subcode are missing. */
export function decodeNotification(bytes: Uint8Array, start: number, end: number): Notification {
  const reader = new ByteReader(bytes, start, end);
  return { code: reader.u8(), subcode: reader.u8(), data: reader.copy(reader.remaining) };
}

/** Writes the body of a NOTIFICATION. */
export function encodeNotification(writer: ByteWriter, notification: Notification): void {
  writer.u8(notification.code).u8(notification.subcode).bytes(notification.data);
}

/** `Cease/Administrative Shutdown`: the names of code and subcode, numbers where IANA lists none, the code alone for subcode 0. */
export function notificationName({ code, subcode }: Pick<Notification, 'code' | 'subcode'>): string {
  const name = ERROR_CODES[code] ?? String(code);
  return subcode === 0 ? name : `${name}/${ERROR_SUBCODES[code]?.[subcode] ?? subcode}`;
}

/** The NOTIFICATION that a Hard Reset carries; null for any other, and where it carries none (RFC 8538 section 3.1). */
export function hardResetReason({ code, subcode, data }: Notification): Notification | null {
  if (code !== CEASE || subcode !== HARD_RESET || data.length < 2) return null;
  return { code: data[0], subcode: data[1], data: data.slice(2) };
}

/** The shutdown communication of a Cease, or of the Cease in a Hard Reset; null where there is none or it is no UTF-8. */
export function shutdownCommunication(notification: Notification): string | null {
  const { code, subcode, data } = hardResetReason(notification) ?? notification;
  const length = data.length > 0 ? data[0] : 0;
  if (code !== CEASE || length === 0 || length > data.length - 1) return null;
  if (subcode !== ADMINISTRATIVE_SHUTDOWN && subcode !== ADMINISTRATIVE_RESET) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(1, 1 + length));
  } catch {
    return null;
  }
}

/**
 * A Cease with a text: the inverse of `shutdownCommunication`.
 *
 * @throws RangeError for a text of more than 255 octets (RFC 9003 section 2).
 */
export function shutdownNotification(reason: 'shutdown' | 'reset', text: string): Notification {
  const octets = new TextEncoder().encode(text);
  if (octets.length > 255) throw new RangeError(`Cannot write a text of ${octets.length} octets: at most 255 fit`);
  const subcode = reason === 'shutdown' ? ADMINISTRATIVE_SHUTDOWN : ADMINISTRATIVE_RESET;
  return { code: CEASE, subcode, data: Uint8Array.from([octets.length, ...octets]) };
}
