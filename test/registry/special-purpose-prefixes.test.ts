// unroutableReason against IANA's registries as last updated on 2025-10-09, column "Globally Reachable", typed here a second time in a
// form of its own. The cases of rule V2 are in validation.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { SPECIAL_PURPOSE_BLOCKS, unroutableReason } from '../../src/registry/special-purpose-prefixes.js';

const GLOBALLY_REACHABLE = `
  192.0.0.9/32 192.0.0.10/32 192.31.196.0/24 192.52.193.0/24 192.175.48.0/24
  64:ff9b::/96 2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:3::/32 2001:4:112::/48 2001:20::/28 2001:30::/28 2620:4f:8000::/48`;

/** False, or N/A: TEREDO, ORCHID, 6to4. */
const NOT_REACHABLE = `
  0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.0.0/29 192.0.0.8/32
  192.0.0.170/32 192.0.0.171/32 192.0.2.0/24 192.88.99.0/24 192.88.99.2/32 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
  240.0.0.0/4 255.255.255.255/32
  ::1/128 ::/128 ::ffff:0:0/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:2::/48 2001:10::/28 2001:db8::/32
  2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10`;

/** Ours: multicast, and what is outside the space that IANA gives out. */
const OURS = ['224.0.0.0/4', 'ff00::/8', '::/0', '2000::/3'];

const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const reason = (text: string): string | null => unroutableReason(parsePrefix(text))?.text ?? null;

test('SPECIAL_PURPOSE_BLOCKS are the entries of both registries, and four of our own', () => {
  const [reachable, not] = [words(GLOBALLY_REACHABLE), words(NOT_REACHABLE)];
  assert.deepEqual([reachable.length, not.length], [14, 37]); // 26 of IPv4 and 25 of IPv6
  const expected = [...reachable, ...not, ...OURS].map((text) => parsePrefix(text).toString());
  assert.deepEqual(SPECIAL_PURPOSE_BLOCKS.map(({ prefix }) => prefix.toString()).sort(), expected.sort());
});

for (const text of words(GLOBALLY_REACHABLE)) {
  test(`unroutableReason has none for ${text}, which IANA lists as globally reachable`, () => {
    assert.equal(reason(text), null);
  });
}

test('unroutableReason has one for every entry that is not globally reachable, and names it', () => {
  for (const text of words(NOT_REACHABLE)) {
    const prefix = parsePrefix(text);
    const tooShort = prefix.length < (prefix.afi === 1 ? 8 : 12);
    const expected = tooShort ? 'shorter than /' : `inside ${prefix.toString()}, `;
    assert.equal(reason(text)?.startsWith(expected), true, `${text}: ${String(reason(text))}`);
  }
});

test('unroutableReason lets the longest block decide', () => {
  assert.equal(reason('192.0.0.9/32'), null); // routable inside 192.0.0.0/24, which is not
  assert.match(reason('192.0.0.11/32') ?? '', /192\.0\.0\.0\/24/);
  assert.match(reason('192.0.0.0/23') ?? 'null', /^null$/); // what only holds such a block is not inside it
  assert.match(reason('0.0.0.0/1') ?? '', /shorter than \/8/);
  assert.match(reason('2001:db8::/33') ?? '', /RFC 3849/);
  assert.match(reason('2001:100::/32') ?? '', /2001::\/23/);
  assert.equal(reason('2001:200::/32'), null);
  assert.match(reason('4000::/16') ?? '', /outside Global Unicast/);
  assert.match(reason('239.1.2.0/24') ?? '', /Multicast/);
});
