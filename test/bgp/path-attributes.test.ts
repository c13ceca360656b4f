// Path attributes: every one by hand from its RFC's layout, every tolerated defect of RFC 7606, and the AS4 merge of RFC 6793.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPath } from '../../src/bgp/as-path.js';
import { encodeAttributes } from '../../src/bgp/attributes-encoder.js';
import { decodeAttributes, type PathAttributes } from '../../src/bgp/path-attributes.js';
import { ByteWriter } from '../../src/wire/byte-writer.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { type ContextOptions, hex, updateContext } from './wire-bytes.js';
import { pathAttributes } from './arbitrary-attributes.js';

function decode(
  text: string,
  options: ContextOptions = {},
): { attributes: PathAttributes; warnings: readonly string[] } {
  const bytes = hex(text);
  const { attributes, warnings } = decodeAttributes(bytes, 0, bytes.length, updateContext(options));
  return { attributes, warnings: warnings.codes };
}

const SINGLE: readonly [string, string, PathAttributes][] = [
  ['ORIGIN IGP', '40 01 01 00', { origin: 0 }],
  ['ORIGIN INCOMPLETE', '40 01 01 02', { origin: 2 }],
  ['AS_PATH', '40 02 0a 02 02 0000fbf0 00010000', { asPath: [{ type: 2, asns: [64496, 65536] }] }],
  ['an empty AS_PATH', '40 02 00', { asPath: [] }],
  ['AS_PATH with an extended length', '50 02 0006 02 01 0000fbf0', { asPath: [{ type: 2, asns: [64496] }] }],
  ['NEXT_HOP', '40 03 04 c0000201', { nextHop: '192.0.2.1' }],
  ['MULTI_EXIT_DISC', '80 04 04 ffffffff', { med: 4294967295 }],
  ['LOCAL_PREF', '40 05 04 00000064', { localPref: 100 }],
  ['ATOMIC_AGGREGATE', '40 06 00', { atomicAggregate: true }],
  ['AGGREGATOR', 'c0 07 08 00010000 c0000201', { aggregator: { asn: 65536, address: '192.0.2.1' } }],
  ['COMMUNITIES', 'c0 08 08 fde80064 ffffff01', { communities: [0xfde80064, 0xffffff01] }],
  ['ORIGINATOR_ID', '80 09 04 0a000001', { originatorId: '10.0.0.1' }],
  ['CLUSTER_LIST', '80 0a 08 0a000001 0a000002', { clusterList: ['10.0.0.1', '10.0.0.2'] }],
  ['EXTENDED COMMUNITIES', 'c0 10 08 0002fde800000064', { extendedCommunities: ['0002fde800000064'] }],
  ['LARGE_COMMUNITY', 'c0 20 0c 0000fbf0 00000001 00000002', { largeCommunities: [[64496, 1, 2]] }],
  ['ONLY_TO_CUSTOMER', 'c0 23 04 0000fbf0', { onlyToCustomer: 64496 }],
  ['an unknown attribute', 'e0 63 02 beef', { unknown: [{ type: 99, flags: 0xe0, bytes: hex('beef') }] }],
];
for (const [name, text, attributes] of SINGLE) {
  test(`decodeAttributes reads ${name}, and encodeAttributes writes it back`, () => {
    const decoded = decode(text);
    assert.deepEqual(decoded, { attributes, warnings: [] });
    const writer = new ByteWriter();
    encodeAttributes(writer, attributes, { asn4: true, addPath: false });
    const canonical = name.includes('extended length') ? hex('40 02 06 02 01 0000fbf0') : hex(text);
    assert.deepEqual(writer.finish(), canonical);
  });
}

test('decodeAttributes reads two-octet AS_PATH and AGGREGATOR', () => {
  const { attributes, warnings } = decode('40 02 06 02 02 fbf0 5ba0  c0 07 06 fbf0 c0000201', { asn4: false });
  assert.deepEqual(attributes.asPath, [{ type: 2, asns: [64496, 23456] }]);
  assert.deepEqual(attributes.aggregator, { asn: 64496, address: '192.0.2.1' });
  assert.deepEqual(warnings, []);
});

test('decodeAttributes keeps own bytes of an unknown attribute', () => {
  const bytes = hex('c0 ff 02 0102');
  const { attributes } = decodeAttributes(bytes, 0, bytes.length, updateContext());
  bytes[3] = 99;
  assert.deepEqual(attributes.unknown, [{ type: 255, flags: 0xc0, bytes: hex('0102') }]);
});

test('decodeAttributes reads an extended length of more than 255 (RFC 4271 section 4.3)', () => {
  const { attributes, warnings } = decode(`d0 63 0102 ${'ab'.repeat(258)} 40 01 01 00`);
  assert.deepEqual(attributes, { unknown: [{ type: 99, flags: 0xd0, bytes: hex('ab'.repeat(258)) }], origin: 0 });
  assert.deepEqual(warnings, []);
});

const DEFECTS: readonly [string, string, string, PathAttributes][] = [
  ['ORIGIN of no octets', '40 01 00', 'origin-malformed', { unknown: [{ type: 1, flags: 0x40, bytes: hex('') }] }],
  ['an undefined ORIGIN', '40 01 01 03', 'origin-malformed', { origin: 3 }],
  [
    'AS_PATH with an unknown segment',
    '40 02 02 07 00',
    'as-path-malformed',
    { unknown: [{ type: 2, flags: 0x40, bytes: hex('0700') }] },
  ],
  ['AS_PATH with an empty segment', '40 02 02 02 00', 'as-path-malformed', { asPath: [] }],
  [
    'NEXT_HOP of 5 octets',
    '40 03 05 c000020100',
    'next-hop-length',
    { unknown: [{ type: 3, flags: 0x40, bytes: hex('c000020100') }] },
  ],
  ['MED of 3 octets', '80 04 03 000001', 'med-length', { unknown: [{ type: 4, flags: 0x80, bytes: hex('000001') }] }],
  [
    'LOCAL_PREF of 1 octet',
    '40 05 01 64',
    'local-pref-length',
    { unknown: [{ type: 5, flags: 0x40, bytes: hex('64') }] },
  ],
  [
    'ATOMIC_AGGREGATE with a value',
    '40 06 01 00',
    'atomic-aggregate-length',
    { unknown: [{ type: 6, flags: 0x40, bytes: hex('00') }] },
  ],
  [
    'AGGREGATOR of 6 octets among four-octet ones',
    'c0 07 06 fbf0 c0000201',
    'aggregator-length',
    { unknown: [{ type: 7, flags: 0xc0, bytes: hex('fbf0c0000201') }] },
  ],
  [
    'COMMUNITIES of 5 octets: the whole ones are read',
    'c0 08 05 fde80064 00',
    'communities-length',
    { communities: [0xfde80064] },
  ],
  ['COMMUNITIES of none', 'c0 08 00', 'communities-length', { communities: [] }],
  [
    'ORIGINATOR_ID of 3 octets',
    '80 09 03 0a0000',
    'originator-id-length',
    { unknown: [{ type: 9, flags: 0x80, bytes: hex('0a0000') }] },
  ],
  ['CLUSTER_LIST of 6 octets', '80 0a 06 0a000001 0a00', 'cluster-list-length', { clusterList: ['10.0.0.1'] }],
  ['EXTENDED COMMUNITIES of 4 octets', 'c0 10 04 00000000', 'extended-communities-length', { extendedCommunities: [] }],
  [
    'LARGE_COMMUNITY of 13 octets',
    'c0 20 0d 0000fbf0 00000001 00000002 00',
    'large-communities-length',
    { largeCommunities: [[64496, 1, 2]] },
  ],
  [
    'ONLY_TO_CUSTOMER of 2 octets',
    'c0 23 02 fbf0',
    'only-to-customer-length',
    { unknown: [{ type: 35, flags: 0xc0, bytes: hex('fbf0') }] },
  ],
  [
    'AS4_AGGREGATOR of 6 octets',
    'c0 12 06 fbf0 c0000201',
    'as4-aggregator-length',
    { unknown: [{ type: 18, flags: 0xc0, bytes: hex('fbf0c0000201') }] },
  ],
  [
    'Traffic Engineering of 4 octets (RFC 7606 section 7.13)',
    '80 18 04 01010000',
    'traffic-engineering-malformed',
    { unknown: [{ type: 24, flags: 0x80, bytes: hex('01010000') }] },
  ],
  [
    'IPv6 extended communities of 3 octets (RFC 7606 section 7.15)',
    'c0 19 03 000200',
    'ipv6-extended-communities-length',
    { unknown: [{ type: 25, flags: 0xc0, bytes: hex('000200') }] },
  ],
  [
    'ATTR_SET with MP_UNREACH_NLRI (RFC 7606 section 7.16)',
    'c0 80 07 0000fbf4 800f00',
    'attr-set-malformed',
    { unknown: [{ type: 128, flags: 0xc0, bytes: hex('0000fbf4800f00') }] },
  ],
  [
    'PMSI_TUNNEL of 1 octet (RFC 6514 section 5)',
    'c0 16 01 00',
    'optional-attribute-malformed',
    { unknown: [{ type: 22, flags: 0xc0, bytes: hex('00') }] },
  ],
  [
    'AIGP of 3 octets (RFC 7311 section 3)',
    '80 1a 03 01000b',
    'optional-attribute-discarded',
    { unknown: [{ type: 26, flags: 0x80, bytes: hex('01000b') }] },
  ],
  [
    'AS 0 in AS_PATH (RFC 7607 section 2)',
    '40 02 0a 02 02 0000fbf0 00000000',
    'as-zero',
    { asPath: [{ type: 2, asns: [64496, 0] }] },
  ],
  ['ORIGIN marked optional', 'c0 01 01 00', 'attribute-flags', { origin: 0 }],
  ['MED marked transitive', 'c0 04 04 00000001', 'attribute-flags', { med: 1 }],
  ['a repeated attribute: the first counts', '80 04 04 00000001 80 04 04 00000002', 'attribute-duplicate', { med: 1 }],
  [
    'a repeated unknown attribute',
    'c0 63 01 01 c0 63 01 02',
    'attribute-duplicate',
    { unknown: [{ type: 99, flags: 0xc0, bytes: hex('01') }] },
  ],
  [
    'a repeated attribute with a type over 31',
    'c0 23 04 00000001 c0 23 04 00000002',
    'attribute-duplicate',
    { onlyToCustomer: 1 },
  ],
  ['an attribute that overruns', '80 04 04 00000001 40 01 02 00', 'attribute-truncated', { med: 1 }],
  ['a header cut short', '80 04 04 00000001 40 01', 'attribute-truncated', { med: 1 }],
  ['an extended header cut short', '50 02 00', 'attribute-truncated', {}],
];
for (const [name, text, code, attributes] of DEFECTS) {
  test(`decodeAttributes tolerates ${name}, with warning ${code}`, () => {
    assert.deepEqual(decode(text), { attributes, warnings: [code] });
  });
}

for (const [name, text] of [
  ['LOCAL_PREF', '40 05 01 64'],
  ['ORIGINATOR_ID', '80 09 03 0a0000'],
  ['CLUSTER_LIST', '80 0a 06 0a000001 0a00'],
] as const) {
  test(`decodeAttributes discards a malformed ${name} of a neighbour in another AS (RFC 7606 sections 7.5, 7.9, 7.10)`, () => {
    const [flags, type, , ...value] = hex(text);
    assert.deepEqual(decode(text, { external: true }), {
      attributes: { unknown: [{ type, flags, bytes: Uint8Array.from(value) }] },
      warnings: ['internal-attribute-discarded'],
    });
  });
}

test('decodeAttributes warns of AS 0 in AS4_PATH too, and not in AGGREGATOR: hundreds of old routes have it', () => {
  const { warnings } = decode('40 02 04 02 01 5ba0 c0 11 06 02 01 00000000', { asn4: false });
  assert.deepEqual(warnings, ['as-zero']);
  const aggregator = decode('c0 07 08 00000000 c0000201');
  assert.deepEqual(aggregator, { attributes: { aggregator: { asn: 0, address: '192.0.2.1' } }, warnings: [] });
});

test('decodeAttributes keeps an MP_UNREACH_NLRI of a RIB entry, where it has no place, as bytes', () => {
  const unknown = [{ type: 15, flags: 0x80, bytes: hex('000101') }];
  assert.deepEqual(decode('80 0f 03 0001 01', { form: 'rib' }), { attributes: { unknown }, warnings: [] });
});

test('decodeAttributes leaves the Partial bit and unused flag bits alone', () => {
  assert.deepEqual(decode('e0 08 04 00000001 4f 01 01 00').warnings, []);
});

for (const [name, text] of [
  ['MP_REACH_NLRI', '80 0e 05 0001 01 00 00'],
  ['MP_UNREACH_NLRI', '80 0f 03 0001 01'],
] as const) {
  test(`decodeAttributes throws mp-duplicate for a repeated ${name}`, () => {
    assert.throws(
      () => decode(text + text),
      (error) => error instanceof DecodeError && error.code === 'mp-duplicate',
    );
  });
}

const PATH_2 = '40 02 08 02 03 0064 5ba0 5ba0'; // 100 23456 23456
const PATH_4 = 'c0 11 0a 02 02 00010000 00010001'; // 65536 65537
const AGGREGATOR_TRANS = 'c0 07 06 5ba0 c0000201';
const AGGREGATOR_OTHER = 'c0 07 06 0064 c0000201';
const AGGREGATOR_4 = 'c0 12 08 00010001 c0000202';

const MERGES: readonly [string, string, string, PathAttributes['aggregator']][] = [
  ['AS4_PATH alone is merged', PATH_2 + PATH_4, '100 65536 65537', undefined],
  [
    'AS4_PATH is merged where AGGREGATOR stands alone',
    PATH_2 + PATH_4 + AGGREGATOR_OTHER,
    '100 65536 65537',
    { asn: 100, address: '192.0.2.1' },
  ],
  [
    'both AGGREGATORs, the old one 23456: both are merged',
    PATH_2 + AGGREGATOR_TRANS + PATH_4 + AGGREGATOR_4,
    '100 65536 65537',
    { asn: 65537, address: '192.0.2.2' },
  ],
  [
    'both AGGREGATORs, the old one not 23456: AS4_PATH and AS4_AGGREGATOR are ignored',
    PATH_2 + AGGREGATOR_OTHER + PATH_4 + AGGREGATOR_4,
    '100 23456 23456',
    { asn: 100, address: '192.0.2.1' },
  ],
  [
    'AS4_AGGREGATOR without AGGREGATOR: AS4_PATH is merged, no aggregator',
    PATH_2 + PATH_4 + AGGREGATOR_4,
    '100 65536 65537',
    undefined,
  ],
  ['an AS4_PATH that is longer is ignored', '40 02 04 02 01 5ba0' + PATH_4, '23456', undefined],
  [
    'an AS_SET of AS4_PATH is merged, and counts one',
    '40 02 0c 02 02 0064 5ba0 01 02 00c8 012c' + 'c0 11 10 02 01 00010000 01 02 000000c8 0000012c',
    '100 65536 {200,300}',
    undefined,
  ],
];
for (const [name, text, path, aggregator] of MERGES) {
  test(`decodeAttributes, AS4 merge: ${name}`, () => {
    const { attributes, warnings } = decode(text, { asn4: false });
    assert.equal(formatPath(attributes.asPath ?? []), path);
    assert.deepEqual(attributes.aggregator, aggregator);
    assert.deepEqual(warnings, []);
    const writer = new ByteWriter();
    encodeAttributes(writer, attributes, { asn4: false, addPath: false });
    assert.deepEqual(
      decodeAttributes(writer.finish(), 0, writer.length, updateContext({ asn4: false })).attributes,
      attributes,
    );
  });
}

test('decodeAttributes does not merge AS4 attributes in four-octet messages, and says so', () => {
  const { attributes, warnings } = decode('40 02 06 02 01 0000fbf0' + PATH_4 + AGGREGATOR_4);
  assert.equal(formatPath(attributes.asPath ?? []), '64496');
  assert.equal(formatPath(attributes.as4Path ?? []), '65536 65537');
  assert.deepEqual(warnings, ['as4-in-four-octet']);
});

test('decodeAttributes leaves confederation segments of AS4_PATH out (RFC 6793 section 6)', () => {
  const { attributes, warnings } = decode(PATH_2 + 'c0 11 0c 03 01 0000fde9 02 01 00010001', { asn4: false });
  assert.equal(formatPath(attributes.asPath ?? []), '100 23456 65537');
  assert.deepEqual(warnings, ['as4-path-confederation']);
});

// It passed for a path of no ASes.
test('decodeAttributes discards an AS4_PATH too short for one AS number (RFC 6793 section 6)', () => {
  const { attributes, warnings } = decode(PATH_2 + 'c0 11 00', { asn4: false });
  assert.equal(formatPath(attributes.asPath ?? []), '100 23456 23456');
  assert.equal(attributes.as4Path, undefined);
  assert.deepEqual(warnings, ['as4-path-malformed']);
});

test('decodeAttributes discards an AS4_PATH with an empty segment (RFC 6793 section 6)', () => {
  const { attributes, warnings } = decode(PATH_2 + 'c0 11 08 02 00 02 01 00010000', { asn4: false });
  assert.equal(formatPath(attributes.asPath ?? []), '100 23456 23456');
  assert.deepEqual(warnings, ['as4-path-malformed']);
});

test('decodeAttributes discards an AS4_PATH that does not decode', () => {
  const { attributes, warnings } = decode(PATH_2 + 'c0 11 04 02 02 0001', { asn4: false });
  assert.equal(formatPath(attributes.asPath ?? []), '100 23456 23456');
  assert.deepEqual(warnings, ['as4-path-malformed']);
});

for (const asn4 of [true, false]) {
  test(`decodeAttributes gives back what encodeAttributes wrote, AS numbers of ${asn4 ? 'four' : 'two'} octets`, () => {
    fc.assert(
      fc.property(pathAttributes(asn4), (attributes) => {
        const writer = new ByteWriter();
        encodeAttributes(writer, attributes, { asn4, addPath: false });
        const decoded = decodeAttributes(writer.finish(), 0, writer.length, updateContext({ asn4 }));
        assert.deepEqual(decoded.attributes, attributes);
        assert.deepEqual(decoded.warnings.codes, []);
      }),
    );
  });
}

test('decodeAttributes of any bytes gives attributes or a DecodeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, asn4) => {
      try {
        decodeAttributes(bytes, 0, bytes.length, updateContext({ asn4 }));
      } catch (error) {
        assert.ok(error instanceof DecodeError);
      }
    }),
  );
});
