// Bytes for tests: written as hex by hand from the RFCs' layouts, and arbitrary addresses and NLRI for property tests.

import fc from 'fast-check';
import { AddressText } from '../../src/bgp/address-text.js';
import { ADD_PATH_NLRI, type Nlri, PLAIN_NLRI } from '../../src/bgp/nlri.js';
import { type AttributeContext } from '../../src/bgp/path-attributes.js';
import { formatIpv4, formatIpv6 } from '../../src/ip/address.js';
import { Prefix } from '../../src/ip/prefix.js';

/** `40 01 01 00` (spaces and line breaks anywhere) as bytes. */
export function hex(text: string): Uint8Array {
  const digits = text.replaceAll(/\s+/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** A context for decoding an UPDATE. */
export function updateContext(options: ContextOptions = {}): AttributeContext {
  const { asn4 = true, addPath = false, form = 'update', external = false } = options;
  return { asn4, form, external, nlri: addPath ? ADD_PATH_NLRI : PLAIN_NLRI, addresses: new AddressText() };
}

/** What a test may vary of the context. */
export interface ContextOptions {
  readonly asn4?: boolean;
  readonly addPath?: boolean;
  readonly form?: 'update' | 'rib';
  readonly external?: boolean;
}

/** Plain objects, as the decoders make them. */
export const PLAIN_OBJECT = { noNullPrototype: true } as const;

const word = fc.nat({ max: 0xffffffff });

export const ipv4Text = word.map(formatIpv4);

export const ipv6Text = fc.tuple(word, word, word, word).map((words) => formatIpv6(...words));

export const ipv4Prefix = fc.tuple(word, fc.nat({ max: 32 })).map(([bits, length]) => Prefix.ipv4(bits, length));

export const ipv6Prefix = fc
  .tuple(fc.tuple(word, word, word, word), fc.nat({ max: 128 }))
  .map(([words, length]) => Prefix.ipv6(words, length));

/** Lists of NLRI, with path identifiers or without. */
export function nlriList(prefix: fc.Arbitrary<Prefix>, addPath: boolean): fc.Arbitrary<Nlri[]> {
  const nlri = addPath ? fc.record({ prefix, pathId: word }, PLAIN_OBJECT) : fc.record({ prefix }, PLAIN_OBJECT);
  return fc.array(nlri, { maxLength: 8 });
}
