// PrefixUnion in named cases, and against a naive scan of bits as text: any set, any NLRI.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Prefix } from '../../src/ip/prefix.js';
import { PrefixUnion } from '../../src/ip/prefix-union.js';
import { anyPrefix, bitsOf, nlriOctets } from '../support/prefixes.js';

const unionOf = (...texts: readonly string[]): PrefixUnion => PrefixUnion.of(texts.map((text) => Prefix.of(text)));

test('PrefixUnion.isRelated sees covers, the prefix itself and what is inside, and keeps the families apart', () => {
  const few = unionOf('10.0.0.0/16', '2001:db8::/32');
  for (const text of ['10.0.0.0/16', '10.0.0.0/8', '0.0.0.0/0', '10.0.255.0/24', '2000::/3', '2001:db8::1/128'])
    assert.ok(few.isRelated(Prefix.of(text)), text);
  for (const text of ['10.1.0.0/16', '11.0.0.0/8', '2001:db9::/32', '2001::/32'])
    assert.ok(!few.isRelated(Prefix.of(text)), text);
  assert.ok(!unionOf('0.0.0.0/0').isRelated(Prefix.of('::/0')));
});

test('PrefixUnion.isRelatedNlri ignores host bits and the octets around the NLRI', () => {
  const few = unionOf('192.0.2.0/25');
  const bytes = Uint8Array.of(192, 192, 0, 2, 255, 192);
  assert.ok(few.isRelatedNlri(bytes, 1, 24, 1));
  assert.ok(!few.isRelatedNlri(bytes, 1, 32, 1), '192.0.2.255/32 is outside');
  assert.ok(few.isRelatedNlri(bytes, 1, 0, 1), 'the default route covers it');
  assert.ok(few.isRelatedNlri(Uint8Array.of(192), 0, 2, 1));
  assert.ok(!few.isRelatedNlri(Uint8Array.of(128, 255), 0, 9, 1));
});

test('PrefixUnion finds what is inside a short prefix far behind where that begins', () => {
  const far = unionOf('223.255.255.0/24', '2c0f:ffff::/32');
  for (const text of ['192.0.0.0/3', '0.0.0.0/0', '2c00::/12', '::/0']) assert.ok(far.isRelated(Prefix.of(text)), text);
  for (const text of ['192.0.0.0/4', '2c00::/13']) assert.ok(!far.isRelated(Prefix.of(text)), text);
});

test('PrefixUnion of nothing has nothing related to it', () => {
  for (const text of ['0.0.0.0/0', '192.0.2.1/32', '::/0', '2001:db8::1/128'])
    assert.ok(!unionOf().isRelated(Prefix.of(text)), text);
});

/** Sets that are small, so that little is related, without short ones mostly: the filter says "no" only where there is none. */
const sets = fc.array(fc.oneof({ weight: 9, arbitrary: anyPrefix.filter(({ length }) => length > 15) }, anyPrefix), {
  maxLength: 40,
});

/** Prefixes before and behind others: neighbours, covers and parts of one. */
const near = fc.tuple(anyPrefix, fc.nat(128), fc.nat(0xffffffff)).map(([{ afi, w0, w1, w2, w3 }, length, change]) => {
  const bits = change % 3 === 0 ? 0 : 1 << (change % 32);
  return afi === 1 ? Prefix.ipv4((w0 ^ bits) >>> 0, length % 33) : Prefix.ipv6([w0, w1, (w2 ^ bits) >>> 0, w3], length);
});

test('PrefixUnion answers as a naive scan does, itself and given its tables as another thread is', () => {
  fc.assert(
    fc.property(
      sets,
      fc.array(fc.oneof(anyPrefix, near), { minLength: 20, maxLength: 60 }),
      fc.nat(255),
      (set, queries, noise) => {
        const union = PrefixUnion.of(set);
        const sent = new PrefixUnion(structuredClone(union.tables));
        for (const query of [...queries, ...set]) {
          const bits = bitsOf(query);
          const isRelated = (other: Prefix): boolean =>
            other.afi === query.afi && (bits.startsWith(bitsOf(other)) || bitsOf(other).startsWith(bits));
          const expected = set.some(isRelated);
          assert.equal(union.isRelated(query), expected, query.toString());
          const octets = nlriOctets(query, 3, noise);
          assert.equal(sent.isRelatedNlri(octets, 3, query.length, query.afi), expected, query.toString());
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('PrefixUnion does not depend on order and repetition', () => {
  fc.assert(
    fc.property(
      fc.array(anyPrefix, { maxLength: 60 }).chain((set) => {
        const shuffled = fc.shuffledSubarray([...set, ...set], { minLength: set.length * 2 });
        return fc.tuple(fc.constant(set), shuffled);
      }),
      ([set, other]) => assert.deepEqual(PrefixUnion.of(other).tables, PrefixUnion.of(set).tables),
    ),
  );
});
