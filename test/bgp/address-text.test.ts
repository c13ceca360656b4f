// AddressText: the same text as formatting anew, whatever was asked before.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AddressText } from '../../src/bgp/address-text.js';
import { formatAddress } from '../../src/ip/address.js';

test('AddressText gives the text of formatAddress, also where addresses evict each other', () => {
  const texts = new AddressText();
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 16, maxLength: 16 }), { maxLength: 50 }), (addresses) => {
      for (const bytes of [...addresses, ...addresses]) {
        assert.equal(texts.ipv4(bytes, 12), formatAddress(bytes, 12, 1));
        assert.equal(texts.ipv6(bytes, 0), formatAddress(bytes, 0, 2));
      }
    }),
  );
});
