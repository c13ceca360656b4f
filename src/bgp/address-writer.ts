// Addresses from text to bytes, for every encoder: attributes, OPEN, MRT headers. Reading them is `../ip/address.ts`'s work.

import { type Afi, parseAddress } from '../ip/address.js';
import { type ByteWriter } from '../wire/byte-writer.js';

/**
 * Writes an address of 4 or 16 octets from its text, and says its family.
 *
 * @throws RangeError where the text is no address.
 */
export function writeAddress(writer: ByteWriter, text: string): Afi {
  const octets = parseAddress(text);
  if (octets === null) throw new RangeError(`Cannot write "${text}": it is no IPv4 or IPv6 address`);
  writer.bytes(octets);
  return octets.length === 4 ? 1 : 2;
}
