// Attributes that few routes have, from values made by hand after their RFCs, and back; and that `unknown`, what is printed and encoded,
// stays as it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type UnknownAttribute } from '../../src/bgp/path-attributes.js';
import { aigpMetric, ipv6CommunityParts } from '../../src/bgp/tlv-attributes.js';
import { mplsLabel } from '../../src/bgp/tunnel-attributes.js';
import { ATTRIBUTE_NAMES, encodeTypedAttribute } from '../../src/bgp/typed-attributes.js';
import { typedAttributes } from '../../src/bgp/typed-attributes.js';
import { pathAttributes, typedValues } from './arbitrary-attributes.js';
import { hex, PLAIN_OBJECT } from './wire-bytes.js';

const u8 = fc.nat({ max: 255 });
const u32 = fc.nat({ max: 0xffffffff });

const CASES: readonly (readonly [name: string, type: number, value: string, expected: object])[] = [
  ['CONNECTOR (deprecated)', 20, '0001 c0000201', { name: 'connector', type: 1, address: '192.0.2.1' }],
  ['AS_PATHLIMIT (deprecated)', 21, '05 0000fbf4', { name: 'as-pathlimit', limit: 5, asn: 64500 }],
  [
    'PMSI_TUNNEL (RFC 6514 section 5): ingress replication, label 100',
    22,
    '00 06 000640 c0000201',
    { name: 'pmsi-tunnel', flags: 0, tunnelType: 6, labelField: 1600, tunnelId: hex('c0000201') },
  ],
  [
    'Tunnel Encapsulation (RFC 9012 section 2): VXLAN with a colour (4) and a sub-TLV of a two-octet length (128)',
    23,
    '0008 000d 04 06 030b00000064 80 0002 beef',
    {
      name: 'tunnel-encapsulation',
      tunnels: [
        {
          type: 8,
          subTlvs: [
            { type: 4, value: hex('030b00000064') },
            { type: 128, value: hex('beef') },
          ],
        },
      ],
    },
  ],
  [
    'Traffic Engineering (RFC 5543 section 3): PSC-1, packet, 1.0 at priority 0, 2.0 at 7',
    24,
    `01 01 0000 3f800000 ${'00000000'.repeat(6)} 40000000 0000000005dc0000`,
    {
      name: 'traffic-engineering',
      switchingCapability: 1,
      encoding: 1,
      reserved: 0,
      maxLspBandwidth: [1, 0, 0, 0, 0, 0, 0, 2],
      specific: hex('0000000005dc0000'),
    },
  ],
  [
    'IPv6 extended communities (RFC 5701 section 2): route target',
    25,
    '0002 20010db8000000000000000000000001 0064',
    { name: 'ipv6-extended-communities', communities: ['000220010db80000000000000000000000010064'] },
  ],
  [
    'AIGP (RFC 7311 section 3): metric 2^32 + 5, and another TLV',
    26,
    '01 000b 0000000100000005 02 0004 ff',
    {
      name: 'aigp',
      tlvs: [
        { name: 'metric', metric: 4294967301n },
        { name: 'other', type: 2, value: hex('ff') },
      ],
    },
  ],
  [
    'PE Distinguisher Labels (RFC 6514 section 8): an IPv4 PE',
    27,
    'c0000201 000640',
    { name: 'pe-distinguisher-labels', labels: [{ address: '192.0.2.1', labelField: 1600 }] },
  ],
  [
    'PE Distinguisher Labels (RFC 6514 section 8): an IPv6 PE',
    27,
    `20010db8${'00'.repeat(11)}01 000640`,
    { name: 'pe-distinguisher-labels', labels: [{ address: '2001:db8::1', labelField: 1600 }] },
  ],
  [
    'BGP-LS (RFC 9552 section 5.3): a node name, opaque',
    29,
    '0402 0002 7231',
    { name: 'bgp-ls', tlvs: [{ type: 1026, value: hex('7231') }] },
  ],
  [
    'BGPsec_PATH (RFC 8205 section 3): one AS, one signature block of suite 1',
    33,
    `0008 01 00 0000fbf0 001b 01 ${'ab'.repeat(20)} 0002 beef`,
    {
      name: 'bgpsec-path',
      securePath: [{ pCount: 1, flags: 0, asn: 64496 }],
      signatureBlocks: [
        { algorithmSuite: 1, signatures: [{ subjectKeyId: hex('ab'.repeat(20)), signature: hex('beef') }] },
      ],
    },
  ],
  [
    'D-PATH: one segment of two domains, 64496:1 of EVPN and 64497:2 of IPv4 unicast',
    36,
    '02 0000fbf0 0001 46 0000fbf1 0002 01',
    {
      name: 'd-path',
      segments: [
        [
          { globalAdministrator: 64496, localAdministrator: 1, isfSafiType: 70 },
          { globalAdministrator: 64497, localAdministrator: 2, isfSafiType: 1 },
        ],
      ],
    },
  ],
  [
    'SFP (RFC 9015 section 3.2.1): an Association TLV',
    37,
    '01 0003 000102',
    { name: 'sfp', tlvs: [{ type: 1, value: hex('000102') }] },
  ],
  [
    'BFD Discriminator (RFC 9026 section 3.1.6): P2MP, source address',
    38,
    '01 0000002a 01 04 c0000201',
    { name: 'bfd-discriminator', mode: 1, discriminator: 42, tlvs: [{ type: 1, value: hex('c0000201') }] },
  ],
  [
    'Next Hop Dependent Characteristics: next hop 192.0.2.1, entropy label (1)',
    39,
    '0001 01 04 c0000201 0001 0000',
    {
      name: 'next-hop-characteristics',
      afi: 1,
      safi: 1,
      nextHop: hex('c0000201'),
      tlvs: [{ type: 1, value: hex('') }],
    },
  ],
  [
    'Prefix-SID (RFC 8669 section 3): label index 17, SRGB 16000 and 8000; an SRv6 L3 service (RFC 9252 section 2)',
    40,
    '01 0007 00 0000 00000011 03 0008 0000 003e80 001f40 05 0006 00 01 0002 beef 02 0001 ff',
    {
      name: 'prefix-sid',
      tlvs: [
        { name: 'label-index', flags: 0, labelIndex: 17 },
        { name: 'originator-srgb', flags: 0, ranges: [{ base: 16000, range: 8000 }] },
        { name: 'srv6-service', type: 5, subTlvs: [{ type: 1, value: hex('beef') }] },
        { name: 'other', type: 2, value: hex('ff') },
      ],
    },
  ],
  [
    'Prefix-SID with reserved octets that are set: those TLVs as bytes',
    40,
    '01 0007 01 0000 00000011 06 0001 01',
    {
      name: 'prefix-sid',
      tlvs: [
        { name: 'other', type: 1, value: hex('01000000000011') },
        { name: 'other', type: 6, value: hex('01') },
      ],
    },
  ],
  [
    'BIER (RFC 9793 section 3): a BIER TLV',
    41,
    '0001 0004 00010000',
    { name: 'bier', tlvs: [{ type: 1, value: hex('00010000') }] },
  ],
  [
    'ATTR_SET (RFC 6368 section 5): the attributes of AS 64500',
    128,
    '0000fbf4 40010100 4002060201 0000fbf4 40050400000064',
    {
      name: 'attr-set',
      originAs: 64500,
      attributes: {
        origin: 0,
        asPath: [{ type: 2, asns: [64500] }],
        localPref: 100,
        form: { order: [1, 2, 5].map((type) => ({ type, flags: 0x40 })) },
      },
      warnings: [],
    },
  ],
  ['an Entropy Label Capability (deprecated), by name', 28, '', { name: 'other', label: 'ENTROPY_LABEL_CAPABILITY' }],
  ['a Community Container (draft), by name', 34, '0001', { name: 'other', label: 'COMMUNITY_CONTAINER' }],
  ['Edge Metadata (draft), by name', 42, '0001', { name: 'other', label: 'EDGE_METADATA' }],
  ['an unassigned type', 99, 'ff', { name: 'other', label: null }],
];

for (const [name, type, text, expected] of CASES) {
  test(`typedAttributes reads ${name}, and encodeTypedAttribute writes it back`, () => {
    const attribute = { type, flags: 0xc0, bytes: hex(text) };
    const [typed] = typedAttributes({ unknown: [attribute] });
    const value = 'label' in expected ? { ...expected, bytes: hex(text) } : expected;
    assert.deepEqual(typed, { type, flags: 0xc0, value });
    assert.deepEqual(encodeTypedAttribute(typed), attribute);
  });
}

for (const [name, type, value] of [
  ['CONNECTOR of 5 octets', 20, '0001c00002'],
  ['AS_PATHLIMIT of 4 octets', 21, '050000fb'],
  ['PMSI_TUNNEL of 4 octets', 22, '00060000'],
  ['Tunnel Encapsulation without a tunnel', 23, ''],
  ['Tunnel Encapsulation whose tunnel overruns', 23, '0008 0001'],
  ['Tunnel Encapsulation whose sub-TLV overruns', 23, '0008 0003 04 06 03'],
  ['Tunnel Encapsulation whose sub-TLV has half a head', 23, '0008 0002 80 00'],
  ['Traffic Engineering of 35 octets', 24, '00'.repeat(35)],
  ['Traffic Engineering with a bandwidth that is no number', 24, `01010000 7fc00001 ${'00000000'.repeat(7)}`],
  ['IPv6 extended communities of 19 octets', 25, '00'.repeat(19)],
  ['AIGP whose TLV overruns', 26, '01 000c 0000000100000005'],
  ['AIGP whose TLV is shorter than its head', 26, '01 0002'],
  ['AIGP with a metric of 4 octets', 26, '01 0007 00000001'],
  ['PE Distinguisher Labels of 133 octets, which are 19 of IPv4 or 7 of IPv6', 27, '00'.repeat(133)],
  ['PE Distinguisher Labels of 8 octets', 27, '00'.repeat(8)],
  ['BGP-LS whose TLV is cut short', 29, '0402 00'],
  ['BGPsec_PATH of one octet', 33, '00'],
  ['BGPsec_PATH without a signature block', 33, '0008 01 00 0000fbf0'],
  ['BGPsec_PATH whose secure path is cut short', 33, '0009 01 00 0000fbf0 0003 01'],
  ['BGPsec_PATH whose signature block overruns', 33, '0008 01 00 0000fbf0 0004 01'],
  ['BGPsec_PATH with half a signature block', 33, '0008 01 00 0000fbf0 0003'],
  ['BGPsec_PATH whose signature overruns', 33, `0008 01 00 0000fbf0 0019 01 ${'ab'.repeat(20)} 0001`],
  ['BGPsec_PATH with half a key identifier', 33, `0008 01 00 0000fbf0 0008 01 ${'ab'.repeat(5)}`],
  ['D-PATH with a segment of no domain', 36, '00'],
  ['D-PATH whose segment overruns', 36, '02 0000fbf0 0001 46'],
  ['SFP without a TLV', 37, ''],
  ['BFD Discriminator of 4 octets', 38, '01000000'],
  ['BFD Discriminator whose TLV overruns', 38, '01 0000002a 01 04 c00002'],
  ['Next Hop Dependent Characteristics of 3 octets', 39, '000101'],
  ['Next Hop Dependent Characteristics without any', 39, '0001 01 04 c0000201'],
  ['Next Hop Dependent Characteristics whose next hop overruns', 39, '0001 01 04 c00002'],
  ['Prefix-SID with a Label-Index of 6 octets', 40, '01 0006 000000000011'],
  ['Prefix-SID whose TLV overruns', 40, '01 0007 00'],
  ['Prefix-SID with an SRGB of 9 octets', 40, '03 0009 0000003e80001f4000'],
  ['Prefix-SID with an SRv6 service of no octet', 40, '05 0000'],
  ['Prefix-SID with an SRv6 service whose sub-TLV overruns', 40, '05 0004 00 01 0001'],
  ['BIER whose TLV is cut short', 41, '0001'],
  ['ATTR_SET of 3 octets', 128, '00fbf4'],
  ['ATTR_SET with MP_REACH_NLRI', 128, '0000fbf4 800e00'],
  ['ATTR_SET whose attribute overruns', 128, '0000fbf4 400102 00'],
  ['ATTR_SET that ends within an attribute', 128, '0000fbf4 4001'],
] as const) {
  test(`typedAttributes keeps the bytes of ${name}`, () => {
    const [{ value: typed }] = typedAttributes({ unknown: [{ type, flags: 0xc0, bytes: hex(value) }] });
    assert.deepEqual(typed, { name: 'other', label: ATTRIBUTE_NAMES[type], bytes: hex(value) });
  });
}

test('typedAttributes never throws, never changes the bytes that are printed, and loses none', () => {
  const type = fc.oneof(fc.integer({ min: 20, max: 42 }), fc.constant(128), fc.nat({ max: 255 }));
  const attribute: fc.Arbitrary<UnknownAttribute> = fc.record(
    { type, flags: fc.nat({ max: 255 }), bytes: fc.uint8Array({ maxLength: 60 }) },
    PLAIN_OBJECT,
  );
  fc.assert(
    fc.property(fc.array(attribute, { maxLength: 4 }), (unknown) => {
      const before = structuredClone(unknown);
      const typed = typedAttributes({ unknown });
      assert.deepEqual(unknown, before);
      for (const [i, each] of typed.entries()) {
        if (each.value.name === 'attr-set' && each.value.warnings.length > 0) continue; // what a warning tells of is lost
        assert.deepEqual(encodeTypedAttribute(each), unknown[i]);
      }
    }),
    { numRuns: 2000 },
  );
});

test('typedAttributes gives back what encodeTypedAttribute wrote, of every type', () => {
  fc.assert(
    fc.property(typedValues, u8, ({ type, value }, flags) => {
      const attribute = encodeTypedAttribute({ type, flags, value });
      assert.equal(attribute.type, type);
      const [again] = typedAttributes({ unknown: [attribute] });
      // 19 PE labels of IPv4 are as long as 7 of IPv6; the lists here are shorter.
      assert.deepEqual(again, { type, flags, value });
    }),
    { numRuns: 2000 },
  );
});

test('typedAttributes gives back the attributes that encodeTypedAttribute put into an ATTR_SET', () => {
  fc.assert(
    fc.property(pathAttributes(true), u32, (attributes, originAs) => {
      const value = { name: 'attr-set', originAs, attributes, warnings: [] } as const;
      const [{ value: again }] = typedAttributes({
        unknown: [encodeTypedAttribute({ type: 128, flags: 0xc0, value })],
      });
      assert.ok(again.name === 'attr-set');
      const { form, ...rest } = again.attributes;
      assert.deepEqual({ ...again, attributes: rest }, value);
      assert.equal(form?.order.length, Object.keys(rest).length + (rest.unknown?.length ?? 1) - 1);
    }),
  );
});

for (const [what, value] of [
  [
    '7 bandwidths',
    {
      name: 'traffic-engineering',
      switchingCapability: 1,
      encoding: 1,
      reserved: 0,
      maxLspBandwidth: [0, 0, 0, 0, 0, 0, 0],
      specific: hex(''),
    },
  ],
  [
    'a key identifier of 2 octets',
    {
      name: 'bgpsec-path',
      securePath: [],
      signatureBlocks: [{ algorithmSuite: 1, signatures: [{ subjectKeyId: hex('abab'), signature: hex('') }] }],
    },
  ],
  ['a metric of 2^64', { name: 'aigp', tlvs: [{ name: 'metric', metric: 1n << 64n }] }],
  [
    'a label field of 25 bits',
    { name: 'pmsi-tunnel', flags: 0, tunnelType: 0, labelField: 1 << 24, tunnelId: hex('') },
  ],
] as const) {
  test(`encodeTypedAttribute refuses ${what}`, () => {
    assert.throws(() => encodeTypedAttribute({ type: 0, flags: 0, value }), RangeError);
  });
}

test('aigpMetric is the first metric, null without one (RFC 7311 section 3)', () => {
  const other = { name: 'other', type: 2, value: hex('') } as const;
  const metrics = [5n, 6n].map((metric) => ({ name: 'metric', metric }) as const);
  assert.equal(aigpMetric({ name: 'aigp', tlvs: [other, ...metrics] }), 5n);
  assert.equal(aigpMetric({ name: 'aigp', tlvs: [other] }), null);
});

test('mplsLabel is the upper 20 bits of a label field (RFC 3032 section 2.1)', () => {
  assert.equal(mplsLabel(0x000641), 100);
});

test('ATTRIBUTE_NAMES names all that IANA lists as assigned, 1 to 42, 128 and 255, save the deprecated numbers without a name', () => {
  const numbers = [...Array.from({ length: 42 }, (_, i) => i + 1), 128, 255];
  assert.deepEqual(
    numbers.filter((type) => ATTRIBUTE_NAMES[type] === undefined),
    [30, 31],
  );
});

test('ipv6CommunityParts takes an IPv6 extended community apart', () => {
  assert.deepEqual(ipv6CommunityParts('000220010db80000000000000000000000010064'), {
    type: 2,
    administrator: '2001:db8::1',
    local: 100,
  });
});
