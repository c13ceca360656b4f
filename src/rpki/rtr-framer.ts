// Cuts what a cache sends into PDUs (RFC 8210 section 5: every PDU says its length), whatever chunks it comes in. Knows lengths only.

import { wordAt } from '../ip/address.js';
import { DecodeError } from '../wire/decode-error.js';
import { HEADER_LENGTH, MAX_PDU_LENGTH } from './rtr-pdu.js';

export class RtrFramer {
  #rest = new Uint8Array(0);

  /**
   * Gives every PDU that is whole, borrowed: index of its first octet, and of the one behind its last.
   *
   * @param onPdu returns false where nothing more is wanted.
   * @throws DecodeError `rtr-length` for a length that cannot be.
   */
  push(chunk: Uint8Array, onPdu: (bytes: Uint8Array, start: number, end: number) => boolean): void {
    const bytes = this.#rest.length === 0 ? chunk : joined(this.#rest, chunk);
    let at = 0;
    while (bytes.length - at >= HEADER_LENGTH) {
      const length = wordAt(bytes, at + 4);
      if (length < HEADER_LENGTH || length > MAX_PDU_LENGTH)
        throw new DecodeError('rtr-length', `Cannot frame a PDU of ${length} octets`, at);
      if (bytes.length - at < length) break;
      if (!onPdu(bytes, at, at + length)) return;
      at += length;
    }
    this.#rest = bytes.slice(at);
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
