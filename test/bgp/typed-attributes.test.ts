// Attributes that few routes have, from values made by hand after their RFCs; and that `unknown`, what is printed and encoded, stays as
// it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type UnknownAttribute } from '../../src/bgp/path-attributes.js';
import { ATTRIBUTE_NAMES, ipv6CommunityParts, typedAttributes } from '../../src/bgp/typed-attributes.js';
import { hex } from './wire-bytes.js';

const CASES: readonly (readonly [name: string, type: number, value: string, expected: object])[] = [
  [
    'AIGP (RFC 7311 section 3): metric 2^32 + 5',
    26,
    '01 000b 0000000100000005',
    { name: 'aigp', metric: 4294967301n, tlvs: [{ type: 1, value: hex('0000000100000005') }] },
  ],
  ['AIGP without an AIGP TLV', 26, '02 0004 ff', { name: 'aigp', metric: null, tlvs: [{ type: 2, value: hex('ff') }] }],
  [
    'IPv6 extended communities (RFC 5701 section 2): route target',
    25,
    '0002 20010db8000000000000000000000001 0064',
    { name: 'ipv6-extended-communities', communities: ['000220010db80000000000000000000000010064'] },
  ],
  [
    'PMSI tunnel (RFC 6514 section 5): ingress replication, label 100',
    22,
    '00 06 000640 c0000201',
    { name: 'pmsi-tunnel', flags: 0, tunnelType: 6, label: 100, tunnelId: hex('c0000201') },
  ],
  [
    'Tunnel Encapsulation (RFC 9012 section 2): VXLAN, nothing inside',
    23,
    '0008 0000',
    { name: 'tunnel-encapsulation', tunnels: [{ type: 8, value: hex('') }] },
  ],
  [
    'Prefix-SID (RFC 8669 section 3): label index 17, SRGB 16000 and 8000',
    40,
    '01 0007 00 0000 00000011 03 0008 0000 003e80 001f40',
    {
      name: 'prefix-sid',
      labelIndex: 17,
      srgb: [{ base: 16000, range: 8000 }],
      tlvs: [
        { type: 1, value: hex('00000000000011') },
        { type: 3, value: hex('0000003e80001f40') },
      ],
    },
  ],
  [
    'ATTR_SET (RFC 6368 section 5): the attributes of AS 64500',
    128,
    '0000fbf4 40010100 4002060201 0000fbf4 40050400000064',
    {
      name: 'attr-set',
      originAs: 64500,
      attributes: { origin: 0, asPath: [{ type: 2, asns: [64500] }], localPref: 100 },
      warnings: [],
    },
  ],
  [
    'BGP-LS (RFC 9552 section 5.3): a node name, opaque',
    29,
    '0402 0002 7231',
    { name: 'bgp-ls', tlvs: [{ type: 1026, value: hex('7231') }] },
  ],
  [
    'BFD discriminator (RFC 9026 section 3.1.6): P2MP, source address',
    38,
    '01 0000002a 01 04 c0000201',
    { name: 'bfd-discriminator', mode: 1, discriminator: 42, tlvs: [{ type: 1, value: hex('c0000201') }] },
  ],
  ['CONNECTOR (deprecated)', 20, '0001 c0000201', { name: 'connector', type: 1, address: '192.0.2.1' }],
  ['AS_PATHLIMIT (deprecated)', 21, '05 0000fbf4', { name: 'as-pathlimit', limit: 5, asn: 64500 }],
  ['BGPsec_PATH (RFC 8205), by name', 33, '0002', { name: 'other', label: 'BGPSEC_PATH', bytes: hex('0002') }],
  ['an unassigned type', 99, 'ff', { name: 'other', label: null, bytes: hex('ff') }],
];

for (const [name, type, value, expected] of CASES) {
  test(`typedAttributes reads ${name}`, () => {
    const attribute = { type, flags: 0xc0, bytes: hex(value) };
    assert.deepEqual(typedAttributes({ unknown: [attribute] }), [{ type, flags: 0xc0, value: expected }]);
  });
}

for (const [name, type, value] of [
  ['AIGP whose TLV overruns', 26, '01 000c 0000000100000005'],
  ['AIGP whose TLV is shorter than its head', 26, '01 0002'],
  ['AIGP with a metric of 4 octets', 26, '01 0007 00000001'],
  ['IPv6 extended communities of 19 octets', 25, '00'.repeat(19)],
  ['PMSI tunnel of 4 octets', 22, '00060000'],
  ['Prefix-SID with a Label-Index of 6 octets', 40, '01 0006 000000000011'],
  ['Prefix-SID whose TLV overruns', 40, '01 0007 00'],
  ['ATTR_SET of 3 octets', 128, '00fbf4'],
  ['ATTR_SET with MP_REACH_NLRI twice', 128, '0000fbf4 800e00 800e00'],
  ['BGP-LS whose TLV is cut short', 29, '0402 00'],
  ['BFD discriminator of 4 octets', 38, '01000000'],
] as const) {
  test(`typedAttributes keeps the bytes of ${name}`, () => {
    const [{ value: typed }] = typedAttributes({ unknown: [{ type, flags: 0xc0, bytes: hex(value) }] });
    assert.deepEqual(typed, { name: 'other', label: ATTRIBUTE_NAMES[type], bytes: hex(value) });
  });
}

test('typedAttributes never throws and never changes the bytes that are printed', () => {
  const type = fc.oneof(fc.constantFrom(20, 21, 22, 23, 25, 26, 29, 38, 40, 128), fc.nat({ max: 255 }));
  const attribute: fc.Arbitrary<UnknownAttribute> = fc.record({
    type,
    flags: fc.nat({ max: 255 }),
    bytes: fc.uint8Array({ maxLength: 60 }),
  });
  fc.assert(
    fc.property(fc.array(attribute, { maxLength: 4 }), (unknown) => {
      const before = structuredClone(unknown.map(({ bytes }) => bytes));
      assert.equal(typedAttributes({ unknown }).length, unknown.length);
      assert.deepEqual(
        unknown.map(({ bytes }) => bytes),
        before,
      );
    }),
    { numRuns: 2000 },
  );
});

test('ipv6CommunityParts takes an IPv6 extended community apart', () => {
  assert.deepEqual(ipv6CommunityParts('000220010db80000000000000000000000010064'), {
    type: 2,
    administrator: '2001:db8::1',
    local: 100,
  });
});
