// The prefix value: text in and out, NLRI octets in, coverage, order.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Prefix } from '../../src/ip/prefix.js';
import { parseMaskedPrefix, parsePrefix, PrefixSyntaxError } from '../../src/ip/prefix-text.js';
import { anyPrefix, bitsOf } from '../support/prefixes.js';

describe('parsePrefix', () => {
  const good: readonly [string, string][] = [
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['128.0.0.0/1', '128.0.0.0/1'],
    ['192.0.2.1', '192.0.2.1/32'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['::/0', '::/0'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['2001:0db8:0000::0/32', '2001:db8::/32'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['ffff::/16', 'ffff::/16'],
    ['::ffff:192.0.2.0/120', '::ffff:192.0.2.0/120'],
    ['2001:db8:0:0:0:0:0:0/33', '2001:db8::/33'],
  ];
  for (const [text, canonical] of good) {
    test(`parsePrefix reads ${text} as ${canonical}`, () => {
      assert.equal(parsePrefix(text).toString(), canonical);
    });
  }

  const bad: readonly [string, RegExp][] = [
    ['192.0.2.1/24', /host bits set; did you mean 192\.0\.2\.0\/24/],
    ['2001:db8::1/64', /host bits set; did you mean 2001:db8::\/64/],
    ['192.0.2.0/33', /at most 32/],
    ['2001:db8::/129', /at most 128/],
    ['192.0.2.0/', /no prefix length/],
    ['192.0.2.0/x', /no prefix length/],
    ['192.0.2.0/-1', /no prefix length/],
    ['192.0.2.0/24/24', /no prefix length/],
    ['/24', /no prefix length/],
    ['10/8', /neither/],
    ['010.0.0.0/8', /neither/],
    ['256.0.0.0/8', /neither/],
    ['[2001:db8::]/32', /neither/],
    ['fe80::1%eth0', /neither/],
    ['2001:db8:::/32', /neither/],
    [' 192.0.2.0/24', /neither/],
    ['', /neither/],
    ['hq', /neither/],
  ];
  for (const [text, reason] of bad) {
    test(`parsePrefix refuses "${text}" and says why`, () => {
      assert.throws(
        () => parsePrefix(text),
        (error) => {
          assert.ok(error instanceof PrefixSyntaxError);
          assert.equal(error.code, 'ERR_PREFIX_SYNTAX');
          assert.equal(error.text, text);
          assert.match(error.message, reason);
          return true;
        },
      );
    });
  }

  test('parseMaskedPrefix masks host bits instead of refusing them', () => {
    assert.equal(parseMaskedPrefix('192.0.2.77/24').toString(), '192.0.2.0/24');
    assert.equal(parseMaskedPrefix('2001:db8::77/64').toString(), '2001:db8::/64');
  });

  test('parsePrefix reads back what toString writes', () => {
    fc.assert(fc.property(anyPrefix, (prefix) => parsePrefix(prefix.toString()).equals(prefix)));
  });
});

describe('Prefix.fromNlri', () => {
  test('Prefix.fromNlri masks host bits and reads no octet past the last significant one', () => {
    const bytes = Uint8Array.of(0xff, 192, 0, 2, 255, 255);
    assert.equal(Prefix.fromNlri(bytes, 1, 24, 1).toString(), '192.0.2.0/24');
    assert.equal(Prefix.fromNlri(bytes, 1, 23, 1).toString(), '192.0.2.0/23');
    assert.equal(Prefix.fromNlri(bytes, 1, 9, 1).toString(), '192.0.0.0/9');
    assert.equal(Prefix.fromNlri(bytes, 1, 0, 1).toString(), '0.0.0.0/0');
    assert.equal(Prefix.fromNlri(Uint8Array.of(0x20, 0x01, 0x0d, 0xbf), 0, 29, 2).toString(), '2001:db8::/29');
    assert.equal(Prefix.fromNlri(Uint8Array.of(), 0, 0, 2).toString(), '::/0');
  });

  test('Prefix.fromNlri gives back a prefix from its octets, whatever host bits are set', () => {
    fc.assert(
      fc.property(anyPrefix, fc.nat(255), (prefix, noise) => {
        const bits = bitsOf(prefix).padEnd(128, '0').match(/.{8}/g)!;
        const octets = bits.slice(0, Math.ceil(prefix.length / 8)).map((octet) => parseInt(octet, 2));
        if (prefix.length % 8 !== 0) octets[octets.length - 1] |= noise & (0xff >>> (prefix.length % 8));
        const read = Prefix.fromNlri(Uint8Array.from([1, 2, ...octets]), 2, prefix.length, prefix.afi);
        assert.ok(read.equals(prefix));
        assert.equal(read.toString(), prefix.toString());
      }),
    );
  });
});

describe('Prefix.covers, equals, compare', () => {
  test('Prefix.covers is "the bits begin with my bits, in my family"', () => {
    fc.assert(
      fc.property(anyPrefix, anyPrefix, (a, b) => {
        assert.equal(a.covers(b), a.afi === b.afi && bitsOf(b).startsWith(bitsOf(a)));
        assert.equal(a.equals(b), a.afi === b.afi && bitsOf(a) === bitsOf(b));
      }),
      { numRuns: 500 },
    );
  });

  test('Prefix.covers keeps the families apart', () => {
    assert.ok(!parsePrefix('0.0.0.0/0').covers(parsePrefix('::/0')));
    assert.ok(!parsePrefix('::/0').covers(parsePrefix('192.0.2.0/24')));
  });

  test('Prefix.compare orders by family, address, length: a cover comes before what it covers', () => {
    const inOrder = [
      '0.0.0.0/0',
      '10.0.0.0/8',
      '10.0.0.0/24',
      '10.0.1.0/24',
      '192.0.2.0/24',
      '::/0',
      '::/128',
      '2001:db8::/32',
      '2001:db8::/48',
      'ff00::/8',
    ];
    const shuffled = [...inOrder].reverse().map((text) => parsePrefix(text));
    assert.deepEqual(shuffled.sort((a, b) => Prefix.compare(a, b)).map(String), inOrder);
  });

  test('Prefix.compare is 0 for equal prefixes only, and turns its sign with its arguments', () => {
    fc.assert(
      fc.property(anyPrefix, anyPrefix, (a, b) => {
        assert.equal(Prefix.compare(a, b) === 0, a.equals(b));
        assert.equal(Math.sign(Prefix.compare(a, b)) + Math.sign(Prefix.compare(b, a)), 0);
      }),
    );
  });
});

describe('Prefix.of', () => {
  test('Prefix.of reads what toString writes, as parsePrefix does', () => {
    fc.assert(
      fc.property(anyPrefix, (prefix) => {
        assert.ok(Prefix.of(prefix.toString()).equals(prefix));
        assert.ok(parsePrefix(prefix.toString()).equals(Prefix.of(prefix.toString())));
      }),
    );
  });

  for (const text of [
    '192.0.2.0',
    '192.0.2.1/24',
    '192.0.2.0/33',
    '2001:db8::/129',
    '192.0.2.0/024',
    '/24',
    '',
    'x/8',
  ]) {
    test(`Prefix.of refuses "${text}"`, () => {
      assert.throws(() => Prefix.of(text), RangeError);
    });
  }
});
