// Text of addresses: IPv4, and IPv6 by the rules and examples of RFC 5952.

import assert from 'node:assert/strict';
import { isIP, isIPv6 } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatAddress, formatIpv4, formatIpv6, parseAddress, wordAt } from '../../src/ip/address.js';

const word = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 1, 0xffff, 0x10000, 0xffffffff));

describe('formatIpv4', () => {
  test('formatIpv4 writes dotted quads of unsigned words', () => {
    assert.equal(formatIpv4(0), '0.0.0.0');
    assert.equal(formatIpv4(0xc0000201), '192.0.2.1');
    assert.equal(formatIpv4(0xffffffff), '255.255.255.255');
  });
});

describe('formatIpv6', () => {
  const cases: readonly [string, readonly [number, number, number, number], string][] = [
    ['RFC 5952 4.1: no leading zeros', [0x20010db8, 0, 0, 0x00010001], '2001:db8::1:1'],
    ['RFC 5952 4.2.1: shortened as much as possible', [0x20010db8, 0, 0, 0x00020001], '2001:db8::2:1'],
    [
      'RFC 5952 4.2.2: one zero group is not shortened',
      [0x20010db8, 0x00000001, 0x00010001, 0x00010001],
      '2001:db8:0:1:1:1:1:1',
    ],
    ['RFC 5952 4.2.3: the longest run', [0x20010000, 0x00000001, 0x00000000, 0x00000001], '2001:0:0:1::1'],
    [
      'RFC 5952 4.2.3: the first of two equal runs',
      [0x20010db8, 0x00000000, 0x00010000, 0x00000001],
      '2001:db8::1:0:0:1',
    ],
    [
      'RFC 5952 4.3: lower case',
      [0x2001aaaa, 0xbbbbcccc, 0xddddeeee, 0xffffaaaa],
      '2001:aaaa:bbbb:cccc:dddd:eeee:ffff:aaaa',
    ],
    ['RFC 5952 5: IPv4-mapped', [0, 0, 0xffff, 0xc0000201], '::ffff:192.0.2.1'],
    ['a run at the end', [0x20010db8, 0, 0, 0], '2001:db8::'],
    ['a run at the end of two groups', [0x20010db8, 0x00010002, 0x00030004, 0], '2001:db8:1:2:3:4::'],
    ['all zero', [0, 0, 0, 0], '::'],
    ['loopback', [0, 0, 0, 1], '::1'],
  ];
  for (const [name, words, text] of cases) {
    test(`formatIpv6: ${name}`, () => {
      assert.equal(formatIpv6(...words), text);
    });
  }

  test('formatIpv6 writes what the URL parser of Node writes, but for IPv4-mapped addresses', () => {
    fc.assert(
      fc.property(word, word, word, word, (w0, w1, w2, w3) => {
        fc.pre(w0 !== 0 || w1 !== 0 || w2 !== 0xffff);
        const text = formatIpv6(w0, w1, w2, w3);
        assert.ok(isIPv6(text));
        const groups = [w0, w1, w2, w3].map((w) => `${(w >>> 16).toString(16)}:${(w & 0xffff).toString(16)}`);
        assert.equal(`[${text}]`, new URL(`http://[${groups.join(':')}]`).hostname);
      }),
    );
  });
});

describe('formatAddress and wordAt', () => {
  test('wordAt reads big-endian and unsigned', () => {
    assert.equal(wordAt(Uint8Array.of(0, 0xff, 0, 0, 1), 1), 0xff000001);
  });

  test('formatAddress reads 4 or 16 octets at an offset', () => {
    const bytes = Uint8Array.of(9, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5);
    assert.equal(formatAddress(bytes, 1, 1), '32.1.13.184');
    assert.equal(formatAddress(bytes, 1, 2), '2001:db8::5');
  });
});

describe('parseAddress', () => {
  const cases: readonly [string, string | null][] = [
    ['192.0.2.1', 'c0000201'],
    ['0.0.0.0', '00000000'],
    ['::', '0'.repeat(32)],
    ['::1', `${'0'.repeat(30)}01`],
    ['2001:db8::', `20010db8${'0'.repeat(24)}`],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['2001:DB8:0:0:8:800:200C:417A', '20010db80000000000080800200c417a'],
    ['::ffff:129.144.52.38', '00000000000000000000ffff81903426'],
    ['', null],
    ['1.2.3', null],
    ['1.2.3.256', null],
    ['1.2.3.04', null],
    ['1::2::3', null],
    [':::', null],
    ['1:2:3:4:5:6:7', null],
    ['1:2:3:4:5:6:7:8:9', null],
    ['::1.2.3.4:5', null],
    ['fe80::1%eth0', null],
    ['2001:db8::12345', null],
  ];
  for (const [text, octets] of cases) {
    test(`parseAddress of "${text}" is ${octets ?? 'nothing'}`, () => {
      const parsed = parseAddress(text);
      assert.equal(parsed === null ? null : Buffer.from(parsed).toString('hex'), octets);
    });
  }

  test('parseAddress takes what node:net takes, and refuses what it refuses', () => {
    const character = fc.constantFrom(...'01289afF:.'.split(''), '::', ':', '255', 'ffff');
    fc.assert(
      fc.property(fc.array(character, { maxLength: 18 }), (parts) => {
        const text = parts.join('');
        assert.equal(parseAddress(text)?.length ?? 0, { 0: 0, 4: 4, 6: 16 }[isIP(text)]);
      }),
      { numRuns: 2000 },
    );
  });

  test('parseAddress and formatAddress are inverse', () => {
    const octets = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.array(fc.constantFrom(0, 0, 0, 255), { minLength: 16, maxLength: 16 }).map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(octets, (bytes) => {
        assert.deepEqual(parseAddress(formatAddress(bytes, 0, bytes.length === 4 ? 1 : 2)), bytes);
      }),
    );
  });
});
