// Extended communities taken apart, named and put together again: values by hand after RFC 4360, 5668 and 7153.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeExtendedCommunity, extendedCommunityParts } from '../../src/bgp/extended-communities.js';
import { type ExtendedCommunityParts, formatExtendedCommunity } from '../../src/bgp/extended-communities.js';

const CASES: readonly (readonly [hex: string, text: string, parts: ExtendedCommunityParts])[] = [
  ['0002fbf000000064', 'route-target 64496:100', { type: 0, subtype: 2, form: 'two-octet-as', asn: 64496, local: 100 }],
  ['0003fbf000000064', 'route-origin 64496:100', { type: 0, subtype: 3, form: 'two-octet-as', asn: 64496, local: 100 }],
  [
    '0102c00002010064',
    'route-target 192.0.2.1:100',
    { type: 1, subtype: 2, form: 'ipv4', address: '192.0.2.1', local: 100 },
  ],
  [
    '0202000100000064',
    'route-target 65536:100',
    { type: 2, subtype: 2, form: 'four-octet-as', asn: 65536, local: 100 },
  ],
  [
    '4004fbf04b189680',
    'link-bandwidth (non-transitive) 64496:1259902592',
    { type: 0x40, subtype: 4, form: 'two-octet-as', asn: 64496, local: 0x4b189680 },
  ],
  ['030b000000000064', 'color 000000000064', { type: 3, subtype: 11, form: 'opaque', value: '000000000064' }],
  [
    '4300000000000002',
    'origin-validation-state (non-transitive) 000000000002',
    { type: 0x43, subtype: 0, form: 'opaque', value: '000000000002' },
  ],
  ['0600010000000007', 'mac-mobility 010000000007', { type: 6, subtype: 0, form: 'opaque', value: '010000000007' }],
  [
    '8006000000000000',
    'traffic-rate-bytes 000000000000',
    { type: 0x80, subtype: 6, form: 'opaque', value: '000000000000' },
  ],
  ['0320000000000000', 'opaque/0x20 000000000000', { type: 3, subtype: 0x20, form: 'opaque', value: '000000000000' }],
  ['3f20000000000000', '0x3f/0x20 000000000000', { type: 0x3f, subtype: 0x20, form: 'opaque', value: '000000000000' }],
];

for (const [hex, text, parts] of CASES) {
  test(`extendedCommunityParts takes ${hex} apart, formatExtendedCommunity writes ${text}`, () => {
    assert.deepEqual(extendedCommunityParts(hex), parts);
    assert.equal(formatExtendedCommunity(hex), text);
    assert.equal(encodeExtendedCommunity(parts), hex);
  });
}

test('encodeExtendedCommunity is the inverse of extendedCommunityParts for all 8 octets', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
      const hex = Buffer.from(bytes).toString('hex');
      assert.equal(encodeExtendedCommunity(extendedCommunityParts(hex)), hex);
    }),
  );
});

test('encodeExtendedCommunity refuses what does not fit its fields', () => {
  const wrong: readonly ExtendedCommunityParts[] = [
    { type: 0, subtype: 2, form: 'two-octet-as', asn: 65536, local: 0 },
    { type: 1, subtype: 2, form: 'ipv4', address: '2001:db8::1', local: 0 },
    { type: 1, subtype: 2, form: 'ipv4', address: 'example', local: 0 },
    { type: 3, subtype: 2, form: 'opaque', value: '00' },
  ];
  for (const parts of wrong) assert.throws(() => encodeExtendedCommunity(parts), RangeError);
});
