// Bytes for tests: written as hex by hand from the RFCs' layouts, and arbitrary messages for property tests.

import fc from 'fast-check';
import { AddressText } from '../../src/bgp/address-text.js';
import { type AsPath, SegmentType } from '../../src/bgp/as-path.js';
import { ADD_PATH_NLRI, type Nlri, PLAIN_NLRI } from '../../src/bgp/nlri.js';
import { type AttributeContext, type PathAttributes } from '../../src/bgp/path-attributes.js';
import { formatIpv4, formatIpv6 } from '../../src/ip/address.js';
import { Prefix } from '../../src/ip/prefix.js';

/** `40 01 01 00` (spaces and line breaks anywhere) as bytes. */
export function hex(text: string): Uint8Array {
  const digits = text.replaceAll(/\s+/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** A context for decoding an UPDATE. */
export function updateContext(options: ContextOptions = {}): AttributeContext {
  const { asn4 = true, addPath = false, form = 'update' } = options;
  return { asn4, form, nlri: addPath ? ADD_PATH_NLRI : PLAIN_NLRI, addresses: new AddressText() };
}

/** What a test may vary of the context. */
export interface ContextOptions {
  readonly asn4?: boolean;
  readonly addPath?: boolean;
  readonly form?: 'update' | 'rib';
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

function asPath(asn: fc.Arbitrary<number>): fc.Arbitrary<AsPath> {
  const type = fc.constantFrom(...Object.values(SegmentType));
  return fc.array(fc.record({ type, asns: fc.array(asn, { minLength: 1, maxLength: 6 }) }, PLAIN_OBJECT), {
    maxLength: 4,
  });
}

const extendedCommunity = fc
  .uint8Array({ minLength: 8, maxLength: 8 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));

/** Attributes as an UPDATE holds them, each of them there or not. In two-octet messages without AS4 attributes. */
export function pathAttributes(asn4: boolean): fc.Arbitrary<PathAttributes> {
  const asn = fc.nat({ max: asn4 ? 0xffffffff : 0xffff });
  const unknown = fc.record(
    {
      type: fc.constantFrom(11, 20, 21, 26, 40, 99, 128, 255),
      flags: fc.constantFrom(0xc0, 0x80, 0xe0),
      bytes: fc.uint8Array({ maxLength: 255 }),
    },
    PLAIN_OBJECT,
  );
  const all = {
    origin: fc.nat({ max: 2 }),
    asPath: asPath(asn),
    nextHop: ipv4Text,
    med: word,
    localPref: word,
    atomicAggregate: fc.constant(true as const),
    aggregator: fc.record({ asn, address: ipv4Text }, PLAIN_OBJECT),
    communities: fc.array(word, { minLength: 1, maxLength: 70 }),
    originatorId: ipv4Text,
    clusterList: fc.array(ipv4Text, { minLength: 1, maxLength: 3 }),
    extendedCommunities: fc.array(extendedCommunity, { minLength: 1, maxLength: 3 }),
    largeCommunities: fc.array(fc.tuple(word, word, word), { minLength: 1, maxLength: 3 }),
    onlyToCustomer: word,
    unknown: fc
      .uniqueArray(unknown, { minLength: 1, maxLength: 3, selector: ({ type }) => type })
      .map((list) => list.sort((a, b) => a.type - b.type)),
  };
  return fc.record(all, { requiredKeys: [], noNullPrototype: true });
}
