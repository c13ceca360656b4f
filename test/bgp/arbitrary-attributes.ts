// Arbitrary path attributes for property tests: well-formed ones of every kind, as values.

import fc from 'fast-check';
import { type AsPath, SegmentType } from '../../src/bgp/as-path.js';
import { type PathAttributes } from '../../src/bgp/path-attributes.js';
import { encodeTypedAttribute, type TypedAttribute } from '../../src/bgp/typed-attributes.js';
import { ipv4Text, ipv6Text, PLAIN_OBJECT } from './wire-bytes.js';

const u8 = fc.nat({ max: 255 });
const u16 = fc.nat({ max: 0xffff });
const u24 = fc.nat({ max: 0xffffff });
const word = fc.nat({ max: 0xffffffff });
const octets = fc.uint8Array({ maxLength: 40 });

function record<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, PLAIN_OBJECT);
}

function list<T>(item: fc.Arbitrary<T>, minLength = 1): fc.Arbitrary<T[]> {
  return fc.array(item, { minLength, maxLength: 4 });
}

const tlv8 = record({ type: u8, value: octets });
const tlv16 = record({ type: u16, value: octets });
const named = <N extends string>(name: N): fc.Arbitrary<N> => fc.constant(name);
const label = (address: fc.Arbitrary<string>): fc.Arbitrary<{ address: string; labelField: number }> =>
  record({ address, labelField: u24 });
const otherTlv = record({ name: named('other'), type: fc.integer({ min: 7, max: 255 }), value: octets });

/** Values of every name but ATTR_SET's, with the type they have on the wire. */
export const typedValues: fc.Arbitrary<{ type: number; value: TypedAttribute }> = fc.oneof(
  of(20, record({ name: named('connector'), type: u16, address: ipv4Text })),
  of(21, record({ name: named('as-pathlimit'), limit: u8, asn: word })),
  of(22, record({ name: named('pmsi-tunnel'), flags: u8, tunnelType: u8, labelField: u24, tunnelId: octets })),
  of(23, record({ name: named('tunnel-encapsulation'), tunnels: list(record({ type: u16, subTlvs: list(tlv8, 0) })) })),
  of(
    24,
    record({
      ...{ name: named('traffic-engineering'), switchingCapability: u8, encoding: u8, reserved: u16 },
      maxLspBandwidth: fc.array(fc.float({ noNaN: true }), { minLength: 8, maxLength: 8 }),
      specific: octets,
    }),
  ),
  of(
    25,
    record({
      name: named('ipv6-extended-communities'),
      communities: list(fc.uint8Array({ minLength: 20, maxLength: 20 }).map((b) => Buffer.from(b).toString('hex'))),
    }),
  ),
  of(
    26,
    record({
      name: named('aigp'),
      tlvs: list(
        fc.oneof(record({ name: named('metric'), metric: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) }), otherTlv),
      ),
    }),
  ),
  of(
    27,
    record({ name: named('pe-distinguisher-labels'), labels: fc.oneof(list(label(ipv4Text)), list(label(ipv6Text))) }),
  ),
  of(29, record({ name: named('bgp-ls'), tlvs: list(tlv16) })),
  of(
    33,
    record({
      name: named('bgpsec-path'),
      securePath: list(record({ pCount: u8, flags: u8, asn: word })),
      signatureBlocks: list(
        record({
          algorithmSuite: u8,
          signatures: list(
            record({ subjectKeyId: fc.uint8Array({ minLength: 20, maxLength: 20 }), signature: octets }),
            0,
          ),
        }),
      ),
    }),
  ),
  of(
    36,
    record({
      name: named('d-path'),
      segments: list(list(record({ globalAdministrator: word, localAdministrator: u16, isfSafiType: u8 }))),
    }),
  ),
  of(37, record({ name: named('sfp'), tlvs: list(tlv8) })),
  of(38, record({ name: named('bfd-discriminator'), mode: u8, discriminator: word, tlvs: list(tlv8, 0) })),
  of(39, record({ name: named('next-hop-characteristics'), afi: u16, safi: u8, nextHop: octets, tlvs: list(tlv16) })),
  of(
    40,
    record({
      name: named('prefix-sid'),
      tlvs: list(
        fc.oneof(
          record({ name: named('label-index'), flags: u16, labelIndex: word }),
          record({ name: named('originator-srgb'), flags: u16, ranges: list(record({ base: u24, range: u24 })) }),
          record({
            name: named('srv6-service'),
            type: fc.constantFrom(5 as const, 6 as const),
            subTlvs: list(tlv8, 0),
          }),
          otherTlv,
        ),
      ),
    }),
  ),
  of(41, record({ name: named('bier'), tlvs: list(tlv16) })),
);

function of<T extends TypedAttribute>(
  type: number,
  value: fc.Arbitrary<T>,
): fc.Arbitrary<{ type: number; value: TypedAttribute }> {
  return value.map((typed) => ({ type, value: typed }));
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
  const asn = fc.integer({ min: 1, max: asn4 ? 0xffffffff : 0xffff }); // AS 0 is a warning
  const flags = fc.constantFrom(0xc0, 0x80, 0xe0);
  const type = fc.constantFrom(11, 20, 21, 99, 255);
  const unknown = fc.oneof(
    fc.record({ type, flags, bytes: fc.uint8Array({ maxLength: 255 }) }, PLAIN_OBJECT),
    fc
      .tuple(typedValues, flags)
      .map(([value, bits]) => encodeTypedAttribute({ ...value, flags: bits }))
      .filter(({ bytes }) => bytes.length < 256), // more take the Extended Length flag
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
