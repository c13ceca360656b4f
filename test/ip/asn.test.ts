// AS numbers as text, and the special ranges of the IANA registry of AS numbers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDocumentationAsn, isPrivateAsn, parseAsn } from '../../src/ip/asn.js';

describe('parseAsn', () => {
  const cases: readonly [string, number | null][] = [
    ['64496', 64496],
    ['AS64496', 64496],
    ['as64496', 64496],
    [' 64496 ', 64496],
    ['0', 0],
    ['4294967295', 4294967295],
    ['4294967296', null],
    ['1.10', 65546],
    ['AS1.10', 65546],
    ['0.65535', 65535],
    ['65535.65535', 4294967295],
    ['1.65536', null],
    ['65536.1', null],
    ['1.', null],
    ['.1', null],
    ['1.2.3', null],
    ['-1', null],
    ['1e3', null],
    ['0x10', null],
    ['', null],
    ['AS', null],
    ['AS 1', null],
    ['{64496}', null],
  ];
  for (const [text, expected] of cases) {
    test(`parseAsn reads "${text}" as ${String(expected)}`, () => {
      assert.equal(parseAsn(text), expected);
    });
  }
});

describe('special AS numbers', () => {
  test('isDocumentationAsn is true in the two ranges of RFC 5398, ends included', () => {
    for (const asn of [64496, 64511, 65536, 65551]) assert.ok(isDocumentationAsn(asn), String(asn));
    for (const asn of [64495, 64512, 65535, 65552]) assert.ok(!isDocumentationAsn(asn), String(asn));
  });

  test('isPrivateAsn is true in the two ranges of RFC 6996, ends included, and not for 65535 and 4294967295 (RFC 7300)', () => {
    for (const asn of [64512, 65534, 4200000000, 4294967294]) assert.ok(isPrivateAsn(asn), String(asn));
    for (const asn of [64511, 65535, 4199999999, 4294967295]) assert.ok(!isPrivateAsn(asn), String(asn));
  });
});
