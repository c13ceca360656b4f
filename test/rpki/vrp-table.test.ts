// Route origin validation against the cases of RFC 6811 and an independent check that knows no trie; differences of tables.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Prefix } from '../../src/ip/prefix.js';
import { diffVrps, formatVrp, type Vrp, VrpTable } from '../../src/rpki/vrp-table.js';
import { anyPrefix } from '../support/prefixes.js';

function vrp(text: string): Vrp {
  const [, prefix, max = '', asn] = /^(\S+?)(?:-(\d+))? AS(\d+)$/.exec(text)!;
  return {
    prefix: Prefix.of(prefix),
    maxLength: Number(max === '' ? prefix.split('/')[1] : max),
    asn: Number(asn),
    trustAnchor: null,
    expires: null,
  };
}

const table = (...vrps: readonly string[]): VrpTable => new VrpTable(vrps.map(vrp));

/** RFC 6811 section 2: covered = the VRP prefix is no longer and equal in its bits; matched = covered, short enough, and of the origin. */
const CASES: readonly (readonly [
  name: string,
  vrps: string[],
  prefix: string,
  origin: number | null,
  expected: string,
])[] = [
  ['no VRP covers it', ['198.51.100.0/24 AS64500'], '203.0.113.0/24', 64500, 'not-found'],
  ['a VRP inside it does not cover it', ['203.0.113.0/25 AS64500'], '203.0.113.0/24', 64500, 'not-found'],
  ['one matches', ['203.0.113.0/24 AS64500'], '203.0.113.0/24', 64500, 'valid'],
  ['a covering one matches up to its maxLength', ['203.0.112.0/22-24 AS64500'], '203.0.113.0/24', 64500, 'valid'],
  ['no maxLength: the prefix itself only', ['203.0.112.0/22 AS64500'], '203.0.113.0/24', 64500, 'invalid length'],
  ['too long', ['203.0.113.0/24-25 AS64500'], '203.0.113.0/26', 64500, 'invalid length'],
  ['another origin', ['203.0.113.0/24 AS64500'], '203.0.113.0/24', 64501, 'invalid origin'],
  ['one of several matches', ['203.0.113.0/24 AS64500', '203.0.113.0/24 AS64501'], '203.0.113.0/24', 64501, 'valid'],
  [
    'a shorter one matches where the longer does not',
    ['203.0.112.0/22-24 AS64500', '203.0.113.0/24 AS64501'],
    '203.0.113.0/24',
    64500,
    'valid',
  ],
  ['origin NONE matches nothing', ['203.0.113.0/24 AS64500'], '203.0.113.0/24', null, 'invalid origin'],
  ['origin NONE, nothing covers it', [], '203.0.113.0/24', null, 'not-found'],
  ['AS 0 alone', ['203.0.113.0/24-32 AS0'], '203.0.113.0/24', 64500, 'invalid as0'],
  ['AS 0 beside one that matches', ['203.0.113.0/24 AS0', '203.0.113.0/24 AS64500'], '203.0.113.0/24', 64500, 'valid'],
  [
    'AS 0 beside another one',
    ['203.0.113.0/24 AS0', '203.0.113.0/24 AS64500'],
    '203.0.113.0/24',
    64501,
    'invalid origin',
  ],
  ['origin 0 is matched by nothing (RFC 7607)', ['203.0.113.0/24 AS0'], '203.0.113.0/24', 0, 'invalid as0'],
  ['IPv6', ['2001:db8::/32-48 AS64500'], '2001:db8:1::/48', 64500, 'valid'],
  ['IPv6, too long', ['2001:db8::/32-48 AS64500'], '2001:db8:1::/49', 64500, 'invalid length'],
  ['the other family covers nothing', ['::/0-128 AS64500'], '203.0.113.0/24', 64500, 'not-found'],
  ['a default route', ['0.0.0.0/0 AS64500'], '0.0.0.0/0', 64500, 'valid'],
];

for (const [name, vrps, prefix, origin, expected] of CASES) {
  test(`VrpTable.validate: ${name}`, () => {
    const { validity, reason, covering } = table(...vrps).validate(Prefix.of(prefix), origin);
    assert.equal(reason === null ? validity : `${validity} ${reason}`, expected);
    assert.ok(covering.every((one) => one.prefix.covers(Prefix.of(prefix))));
    assert.equal(covering.length === 0, validity === 'not-found');
  });
}

const anyVrp = fc
  .record({ prefix: anyPrefix, more: fc.nat(8), asn: fc.constantFrom(0, 64500, 64501, 64502) })
  .map(({ prefix, more, asn }) => {
    const maxLength = Math.min(prefix.length + more, prefix.afi === 1 ? 32 : 128);
    return { prefix, maxLength, asn, trustAnchor: null, expires: null };
  });

test('VrpTable.validate says what a walk over all VRPs says', () => {
  fc.assert(
    fc.property(
      fc.array(anyVrp, { maxLength: 30 }),
      anyPrefix,
      fc.constantFrom(null, 0, 64500, 64501),
      (vrps, prefix, origin) => {
        const covering = vrps.filter((one) => one.prefix.afi === prefix.afi && isInside(prefix, one.prefix));
        const isMatched = covering.some(
          ({ asn, maxLength }) => asn === origin && asn !== 0 && maxLength >= prefix.length,
        );
        const expected = covering.length === 0 ? 'not-found' : isMatched ? 'valid' : 'invalid';
        assert.equal(new VrpTable(vrps).validate(prefix, origin).validity, expected);
      },
    ),
    { numRuns: 2000 },
  );
});

/** By the bits as text. */
function isInside(inner: Prefix, outer: Prefix): boolean {
  const bits = ({ w0, w1, w2, w3 }: Prefix): string =>
    [w0, w1, w2, w3].map((word) => word.toString(2).padStart(32, '0')).join('');
  return inner.length >= outer.length && bits(inner).startsWith(bits(outer).slice(0, outer.length));
}

test('VrpTable holds equal VRPs once, in order', () => {
  const of = table(
    '203.0.113.0/24-25 AS64501',
    '10.0.0.0/8 AS2',
    '203.0.113.0/24 AS64501',
    '10.0.0.0/8 AS2',
    '10.0.0.0/8 AS1',
  );
  assert.deepEqual(of.all.map(formatVrp), [
    '10.0.0.0/8 AS1',
    '10.0.0.0/8 AS2',
    '203.0.113.0/24 AS64501',
    '203.0.113.0/24-25 AS64501',
  ]);
  assert.equal(of.size, 4);
});

test('VrpTable keeps of equal VRPs that which expires last; one without an end expires never', () => {
  const until = (expires: number | null): Vrp => ({ ...vrp('203.0.113.0/24 AS64501'), expires });
  assert.equal(new VrpTable([until(20), until(30), until(10)]).all[0].expires, 30);
  assert.equal(new VrpTable([until(20), until(null)]).all[0].expires, null);
  assert.equal(new VrpTable([until(null), until(20)]).all[0].expires, null);
});

test('diffVrps tells what was added and removed', () => {
  const { added, removed } = diffVrps(
    table('10.0.0.0/8 AS1', '192.0.2.0/24 AS1', '2001:db8::/32 AS1'),
    table('192.0.2.0/24 AS1', '192.0.2.0/24-25 AS1', '203.0.113.0/24 AS1'),
  );
  assert.deepEqual(added.map(formatVrp), ['192.0.2.0/24-25 AS1', '203.0.113.0/24 AS1']);
  assert.deepEqual(removed.map(formatVrp), ['10.0.0.0/8 AS1', '2001:db8::/32 AS1']);
  assert.deepEqual(diffVrps(table(), table()), { added: [], removed: [] });
});
