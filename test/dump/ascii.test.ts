// Numbers and addresses as bytes against the functions that make strings of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LONGEST, putIpv4, putIpv6, putNumber } from '../../src/dump/ascii.js';
import { bgpdumpAddress } from '../../src/dump/bgpdump-line.js';
import { formatAddress } from '../../src/ip/address.js';

const written = (put: (out: Uint8Array, at: number) => number): string => {
  const out = new Uint8Array(LONGEST + 3);
  return new TextDecoder().decode(out.subarray(3, put(out, 3)));
};

test('putNumber writes any 32-bit number as String does', () => {
  const edges = [0, 9, 10, 99, 100, 999, 1000, 999_999, 1_000_000, 999_999_999, 1_000_000_000, 4_294_967_295];
  fc.assert(
    fc.property(fc.oneof(fc.nat(0xffffffff), fc.nat(100_000), fc.constantFrom(...edges)), (value) => {
      assert.equal(
        written((out, at) => putNumber(out, at, value)),
        String(value),
      );
    }),
    { numRuns: 2000 },
  );
});

/** An address with many zero groups, and how many of its octets are given. */
const partOfAddress = fc.record({
  groups: fc.array(fc.oneof(fc.constantFrom(0, 0, 0, 1, 0xffff, 0x10, 0x100), fc.nat(0xffff)), {
    minLength: 8,
    maxLength: 8,
  }),
  octets: fc.oneof(fc.constant(16), fc.nat(16)),
});

test('putIpv6 writes any address as bgpdumpAddress does of its RFC 5952 text', () => {
  fc.assert(
    fc.property(partOfAddress, ({ groups, octets }) => {
      const bytes = Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 255]));
      const whole = bytes.slice().fill(0, octets);
      assert.equal(
        written((out, at) => putIpv6(out, at, bytes, 0, octets)),
        bgpdumpAddress(formatAddress(whole, 0, 2)),
      );
    }),
    { numRuns: 5000 },
  );
});

for (const [text, groups] of [
  ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
  ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
  ['::0.0.0.2', [0, 0, 0, 0, 0, 0, 0, 2]],
  ['::1.2.3.4', [0, 0, 0, 0, 0, 0, 0x102, 0x304]],
  ['::ffff:1.2.3.4', [0, 0, 0, 0, 0, 0xffff, 0x102, 0x304]],
  ['2001:db8::1:2:3:4:5', [0x2001, 0xdb8, 0, 1, 2, 3, 4, 5]],
  ['2001:db8:1::', [0x2001, 0xdb8, 1, 0, 0, 0, 0, 0]],
  ['1::2:0:0:3:4', [1, 0, 0, 2, 0, 0, 3, 4]],
] as const) {
  test(`putIpv6 writes ${text}`, () => {
    const bytes = Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 255]));
    assert.equal(
      written((out, at) => putIpv6(out, at, bytes, 0)),
      text,
    );
  });
}

test('putIpv4 writes the octets given, and zeros', () => {
  const bytes = Uint8Array.of(203, 0, 113, 9);
  const texts = [0, 1, 2, 3, 4].map((octets) => written((out, at) => putIpv4(out, at, bytes, 0, octets)));
  assert.deepEqual(texts, ['0.0.0.0', '203.0.0.0', '203.0.0.0', '203.0.113.0', '203.0.113.9']);
});
