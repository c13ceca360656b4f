// The hash index against a plain set, with hashes that collide: removal must not cut the way to what stands behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SlotIndex } from '../../src/rib/slot-index.js';

test('SlotIndex finds what was added and not removed, whatever collides, before and after it grows', () => {
  const step = fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 9 }));
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1500, maxLength: 3000 }),
      fc.constantFrom(7, 1020, 4096),
      (steps, hashes) => {
        const hashOf = (slot: number): number => 1020 + (slot % hashes); // runs over the end of the first 1024 places
        const index = new SlotIndex(hashOf);
        const plain = new Set<number>();
        const find = (slot: number): number => index.find(hashOf(slot), (one) => one === slot);
        for (const [slot, kind] of steps) {
          assert.equal(find(slot), plain.has(slot) ? slot : -1);
          if (plain.has(slot) && kind < 4) {
            index.remove(slot);
            plain.delete(slot);
          } else if (!plain.has(slot)) {
            index.add(slot);
            plain.add(slot);
          }
        }
        for (let slot = 0; slot <= 2000; slot++) assert.equal(find(slot), plain.has(slot) ? slot : -1);
      },
    ),
    { seed: 9, numRuns: 20 },
  );
});
