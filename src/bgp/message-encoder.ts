// BGP messages to bytes: the inverse of `message` and `update`. RFC 4271 section 4, RFC 8654 (messages of up to 65535 octets).
// A message that is too long, or a number that does not fit its field, is a RangeError: the caller made it.

import { ByteWriter } from '../wire/byte-writer.js';
import { type AttributeForm, encodeAttributes } from './attributes-encoder.js';
import { MessageType } from './codes.js';
import { type BgpMessage, MESSAGE_HEADER_LENGTH, type RouteRefresh } from './message.js';
import { encodeNlri } from './nlri.js';
import { encodeNotification } from './notification.js';
import { encodeOpen } from './open.js';
import { type Update } from './update.js';

const EMPTY = new Uint8Array(0);

/** What an UPDATE is made of; what is absent is empty. */
export type UpdateParts = Partial<Pick<Update, 'withdrawn' | 'announced' | 'mpReach' | 'mpUnreach' | 'attributes'>>;

/** The body of an UPDATE, behind the BGP header. Without any part it is the End-of-RIB of IPv4 unicast. */
export function encodeUpdate(update: UpdateParts, form: AttributeForm): Uint8Array {
  const { withdrawn = [], announced = [], mpReach = null, mpUnreach = null, attributes = {} } = update;
  const writer = new ByteWriter();
  writer.sized(2, () => {
    encodeNlri(writer, withdrawn, form.addPath);
  });
  writer.sized(2, () => {
    encodeAttributes(writer, attributes, { ...form, mpReach, mpUnreach });
  });
  encodeNlri(writer, announced, form.addPath);
  return writer.finish();
}

/** A whole message with its header. */
export function encodeMessage(message: BgpMessage, form: AttributeForm): Uint8Array {
  const body = new ByteWriter();
  const type = encodeBody(body, message, form);
  const writer = new ByteWriter();
  for (let i = 0; i < 16; i++) writer.u8(255);
  return writer
    .u16(MESSAGE_HEADER_LENGTH + body.length)
    .u8(type)
    .bytes(body.finish())
    .finish();
}

/** Writes the body and gives the type of the message. */
function encodeBody(writer: ByteWriter, message: BgpMessage, form: AttributeForm): number {
  switch (message.kind) {
    case 'open':
      encodeOpen(writer, message.open);
      return MessageType.OPEN;
    case 'update':
      writer.bytes(encodeUpdate(message.update, form));
      return MessageType.UPDATE;
    case 'notification':
      encodeNotification(writer, message.notification);
      return MessageType.NOTIFICATION;
    case 'keepalive':
      return MessageType.KEEPALIVE;
    case 'refresh':
      return encodeRefresh(writer, message.refresh);
    case 'unknown':
      writer.bytes(message.body);
      return message.type;
  }
}

function encodeRefresh(writer: ByteWriter, { afi, safi, subtype, filters = EMPTY, prestandard }: RouteRefresh): number {
  writer.u16(afi).u8(subtype).u8(safi).bytes(filters);
  return prestandard === true ? MessageType.ROUTE_REFRESH_PRESTANDARD : MessageType.ROUTE_REFRESH;
}
