// NOTIFICATION (RFC 4271 section 4.5) and the text of an administrative shutdown or reset (RFC 8203, RFC 9003). Codes are carried as
// numbers; what follows from them is the session's business.
//
//   error code (1) | error subcode (1) | data

import { ByteReader } from '../wire/byte-reader.js';
import { type ByteWriter } from '../wire/byte-writer.js';

const CEASE = 6;
const ADMINISTRATIVE_SHUTDOWN = 2;
const ADMINISTRATIVE_RESET = 4;

/** A NOTIFICATION as received; `data` is an own copy. */
export interface Notification {
  readonly code: number;
  readonly subcode: number;
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

/** The shutdown communication of a Cease, or null where there is none or it is no UTF-8. */
export function shutdownCommunication({ code, subcode, data }: Notification): string | null {
  const length = data.length > 0 ? data[0] : 0;
  if (code !== CEASE || length === 0 || length > data.length - 1) return null;
  if (subcode !== ADMINISTRATIVE_SHUTDOWN && subcode !== ADMINISTRATIVE_RESET) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(1, 1 + length));
  } catch {
    return null;
  }
}
