// The attributes of one RIB entry, for TABLE_DUMP and TABLE_DUMP_V2 alike (RFC 6396 sections 4.2 and 4.3.4): a length, then path
// attributes in which MP_REACH_NLRI holds a next hop only. NLRI never stand here.

import { type AddressText } from '../bgp/address-text.js';
import { PLAIN_NLRI } from '../bgp/nlri.js';
import { type AttributeContext, decodeAttributes, type PathAttributes } from '../bgp/path-attributes.js';
import { type WarningCode } from '../bgp/warnings.js';
import { DecodeError } from '../wire/decode-error.js';

/** What an entry says of its route, and where it ends. */
export interface RibAttributes {
  readonly end: number;
  readonly attributes: PathAttributes;
  readonly nextHop: string | undefined;
  readonly warnings: readonly WarningCode[];
}

/** What decoding RIB entries needs of the decoder. */
export interface RibOptions {
  readonly addresses: AddressText;
  readonly keepForm: boolean;
}

/** The context of the entries of one record type. */
export function ribContext(asn4: boolean, { addresses, keepForm }: RibOptions): AttributeContext {
  return { asn4, form: 'rib', nlri: PLAIN_NLRI, addresses, keepForm };
}

/**
 * Reads the length at `start` and the attributes behind it.
 *
 * @throws DecodeError where they run over `bytes`.
 */
export function decodeRibAttributes(bytes: Uint8Array, start: number, context: AttributeContext): RibAttributes {
  const end = start + 2 + ((bytes[start] << 8) | bytes[start + 1]);
  if (!(end <= bytes.length)) {
    throw new DecodeError('rib-attributes-length', 'Cannot read a RIB entry: its attributes exceed the record', start);
  }
  const { attributes, ribNextHop, warnings } = decodeAttributes(bytes, start + 2, end, context);
  const nextHop = ribNextHop?.nextHop ?? attributes.nextHop;
  if (attributes.origin === undefined) warnings.add('missing-origin');
  if (attributes.asPath === undefined) warnings.add('missing-as-path');
  if (nextHop === undefined) warnings.add('missing-next-hop');
  return { end, attributes, nextHop, warnings: warnings.codes };
}
