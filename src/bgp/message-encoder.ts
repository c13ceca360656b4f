// BGP messages to bytes: the inverse of `message` and `update`. RFC 4271 section 4, RFC 8654 (messages of up to 65535 octets).
// A message that is too long, or a number that does not fit its field, is a RangeError: the caller made it.

import { ByteWriter } from '../wire/byte-writer.js';
import { type AttributeForm, encodeAttributes } from './attributes-encoder.js';
import { MessageType } from './codes.js';
import { type BgpMessage, MESSAGE_HEADER_LENGTH } from './message.js';
import { encodeNlri } from './nlri.js';
import { encodeNotification } from './notification.js';
import { encodeOpen } from './open.js';
import { type Update } from './update.js';

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
      writer.u16(message.refresh.afi).u8(message.refresh.subtype).u8(message.refresh.safi);
      return MessageType.ROUTE_REFRESH;
    case 'unknown':
      writer.bytes(message.body);
      return message.type;
  }
}
