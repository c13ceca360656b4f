// unroutableReason: which block decides. The cases of rule V2 are in validation.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { unroutableReason } from '../../src/registry/special-purpose-prefixes.js';

test('unroutableReason lets the longest block decide', () => {
  const reason = (text: string) => unroutableReason(parsePrefix(text))?.text ?? null;
  assert.equal(reason('192.0.0.9/32'), null); // routable inside 192.0.0.0/24, which is not
  assert.match(reason('192.0.0.8/32') ?? '', /192\.0\.0\.0\/24/);
  assert.match(reason('0.0.0.0/1') ?? '', /shorter than \/8/);
  assert.match(reason('2001:db8::/33') ?? '', /RFC 3849/);
});
