// BGP messages: the header (RFC 4271 section 4.1; up to 65535 octets, RFC 8654) and the dispatch to the decoder of each type, and
// ROUTE-REFRESH (RFC 2918, RFC 7313). What the message means to a session is not known here.
//
//   marker (16, all ones) | length (2, of the whole message) | type (1) | body

import { DecodeError } from '../wire/decode-error.js';
import { ByteReader } from '../wire/byte-reader.js';
import { MessageType } from './codes.js';
import { decodeNotification, type Notification } from './notification.js';
import { decodeOpen, type Open } from './open.js';
import { type AttributeContext } from './path-attributes.js';
import { decodeUpdate, type Update } from './update.js';
import { NO_WARNINGS, type WarningCode, WarningList } from './warnings.js';

/** Octets of the header. */
export const MESSAGE_HEADER_LENGTH = 19;
const MARKER_LENGTH = 16;

/** A ROUTE-REFRESH; `subtype` is 0, or 1 and 2 for the begin and end of RFC 7313. */
export interface RouteRefresh {
  readonly afi: number;
  readonly safi: number;
  readonly subtype: number;
  /** What follows: outbound route filters (RFC 5291), not decoded. */
  readonly filters?: Uint8Array;
  /** True for message type 128, the pre-standard code. */
  readonly prestandard?: true;
}

/** A decoded message; a type that is not known keeps its number. */
export type BgpMessage =
  | { readonly kind: 'open'; readonly open: Open }
  | { readonly kind: 'update'; readonly update: Update }
  | { readonly kind: 'notification'; readonly notification: Notification }
  | { readonly kind: 'keepalive' }
  | { readonly kind: 'refresh'; readonly refresh: RouteRefresh }
  | { readonly kind: 'unknown'; readonly type: number; readonly body: Uint8Array };

/** A message and its tolerated defects. */
export interface DecodedMessage {
  readonly message: BgpMessage;
  readonly warnings: readonly WarningCode[];
}

/**
 * Reads the message that starts at `start` and must fit in front of `end`.
 *
 * @throws DecodeError where marker or length are wrong, or the body cannot be framed.
 */
export function decodeMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: AttributeContext,
): DecodedMessage {
  if (end - start < MESSAGE_HEADER_LENGTH) {
    throw new DecodeError('bgp-length', `Cannot read a BGP header: ${end - start} bytes left`, start);
  }
  for (let i = 0; i < MARKER_LENGTH; i++) {
    if (bytes[start + i] !== 255)
      throw new DecodeError('bgp-marker', 'Cannot read a BGP message: its marker is not all ones', start);
  }
  return decodeBehindMarker(bytes, start + MARKER_LENGTH, end, context);
}

/** Reads a message from its length field on, where the marker is known to be missing or was checked. */
export function decodeBehindMarker(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: AttributeContext,
): DecodedMessage {
  if (end - start < 3)
    throw new DecodeError('bgp-length', `Cannot read a BGP header: ${end - start} bytes left`, start);
  const length = (bytes[start] << 8) | bytes[start + 1];
  const messageEnd = start - MARKER_LENGTH + length;
  if (length < MESSAGE_HEADER_LENGTH || messageEnd > end) {
    const held = end - start + MARKER_LENGTH;
    throw new DecodeError(
      'bgp-length',
      `Cannot read a BGP message of ${length} octets: the record holds ${held}`,
      start,
    );
  }
  const decoded = decodeBody(bytes[start + 2], bytes, { start: start + 3, end: messageEnd }, context);
  return messageEnd < end ? { ...decoded, warnings: [...decoded.warnings, 'trailing-bytes'] } : decoded;
}

/** Reads the body of a message of the given type: also what MRT type 5 holds, which has no BGP header. */
export function decodeBody(
  type: number,
  bytes: Uint8Array,
  span: { start: number; end: number },
  context: AttributeContext,
): DecodedMessage {
  const { start, end } = span;
  switch (type) {
    case MessageType.UPDATE: {
      const update = decodeUpdate(bytes, start, end, context);
      return { message: { kind: 'update', update }, warnings: update.warnings };
    }
    case MessageType.KEEPALIVE:
      return { message: { kind: 'keepalive' }, warnings: start < end ? ['trailing-bytes'] : NO_WARNINGS };
    case MessageType.OPEN: {
      const warnings = new WarningList();
      return { message: { kind: 'open', open: decodeOpen(bytes, start, end, warnings) }, warnings: warnings.codes };
    }
    case MessageType.NOTIFICATION:
      return {
        message: { kind: 'notification', notification: decodeNotification(bytes, start, end) },
        warnings: NO_WARNINGS,
      };
    case MessageType.ROUTE_REFRESH:
    case MessageType.ROUTE_REFRESH_PRESTANDARD: {
      const refresh = decodeRefresh(new ByteReader(bytes, start, end), type);
      return { message: { kind: 'refresh', refresh }, warnings: NO_WARNINGS };
    }
    default:
      return { message: { kind: 'unknown', type, body: bytes.slice(start, end) }, warnings: NO_WARNINGS };
  }
}

function decodeRefresh(reader: ByteReader, type: number): RouteRefresh {
  const afi = reader.u16();
  const subtype = reader.u8();
  const refresh: { -readonly [K in keyof RouteRefresh]: RouteRefresh[K] } = { afi, safi: reader.u8(), subtype };
  if (reader.remaining > 0) refresh.filters = reader.copy(reader.remaining);
  if (type === MessageType.ROUTE_REFRESH_PRESTANDARD) refresh.prestandard = true;
  return refresh;
}
