// The pool of attributes: what goes in comes out, equal ones are one, and what nobody uses makes room.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type SegmentType } from '../../src/bgp/as-path.js';
import { AttributePool } from '../../src/rib/attribute-pool.js';
import { type RouteAttributes } from '../../src/rib/route-event.js';

const asn = fc.oneof(fc.nat(3), fc.constant(0xffff_ffff));
const plain = { noNullPrototype: true } as const;
const segment = fc.record(
  {
    type: fc.integer({ min: 1, max: 4 }) as fc.Arbitrary<SegmentType>,
    asns: fc.array(asn, { maxLength: 3 }),
  },
  plain,
);
const attributes: fc.Arbitrary<RouteAttributes> = fc.record(
  {
    path: fc.array(segment, { maxLength: 3 }),
    internalAs: fc.option(asn, { nil: null }),
    attributes: fc.oneof(
      fc.constantFrom('', 'med', '00000000ffffffff', '0123456789abcdef', '0123456789ABCDEF'),
      fc.string(),
    ),
    malformed: fc.boolean(),
    marks: fc.constantFrom(
      { blackhole: true, onlyToCustomer: null },
      { blackhole: false, onlyToCustomer: 0 },
      { blackhole: true, onlyToCustomer: 4294967295 },
    ),
  },
  { ...plain, requiredKeys: ['path', 'internalAs', 'attributes', 'malformed'] },
);

test('AttributePool.get gives what AttributePool.intern was given, one number for equal attributes alone', () => {
  fc.assert(
    fc.property(fc.array(attributes, { maxLength: 30 }), (sets) => {
      const pool = new AttributePool();
      const numbers = sets.map((set) => pool.intern(set));
      sets.forEach((set, i) => {
        assert.deepEqual(pool.get(numbers[i]), set);
        sets.forEach((other, j) =>
          assert.equal(numbers[i] === numbers[j], JSON.stringify(set) === JSON.stringify(other)),
        );
      });
    }),
    { seed: 7 },
  );
});

test('AttributePool.release forgets a set with its last use, and its room is used again', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(9), fc.boolean()), { maxLength: 200 }), (steps) => {
      const pool = new AttributePool();
      const set = (n: number): RouteAttributes => ({
        path: [{ type: 2, asns: [n, n] }],
        internalAs: null,
        attributes: '0123456789abcdef',
        malformed: false,
      });
      const uses = new Map<number, number[]>();
      for (const [n, more] of steps) {
        const held = uses.get(n) ?? [];
        uses.set(n, held);
        if (more) held.push(pool.intern(set(n)));
        else if (held.length > 0) pool.release(held.pop()!);
        for (const [other, numbers] of uses)
          for (const number of numbers) assert.deepEqual(pool.get(number), set(other));
        assert.ok(
          held.every((number) => number < 10 * 7),
          'ten sets of seven words at most',
        );
      }
    }),
    { seed: 8 },
  );
});
