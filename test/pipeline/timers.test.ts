// Timers against a naive list: order by (due, key), one timer a key, and the inclusive end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Timers } from '../../src/pipeline/timers.js';

function drain(timers: Timers, limit: number, inclusive: boolean): string[] {
  const taken: string[] = [];
  for (let key = timers.take(limit, inclusive); key !== null; key = timers.take(limit, inclusive)) taken.push(key);
  return taken;
}

test('Timers.take gives keys by due time, then by key, whatever order they were set in', () => {
  const timers = new Timers();
  for (const [key, due] of [
    ['c', 5],
    ['b', 3],
    ['a', 5],
    ['d', 9],
  ] as const)
    timers.set(key, due);
  assert.deepEqual(drain(timers, 9, false), ['b', 'a', 'c']);
});

test('Timers.take leaves what is due at the limit, unless it is inclusive', () => {
  const timers = new Timers();
  timers.set('a', 5);
  assert.equal(timers.take(5, false), null);
  assert.equal(timers.take(5, true), 'a');
  assert.equal(timers.take(5, true), null);
});

test('Timers.set moves a timer, later or earlier, and clears it', () => {
  const timers = new Timers();
  timers.set('a', 5);
  timers.set('a', 8);
  assert.deepEqual(drain(timers, 8, false), []);
  timers.set('a', 2);
  timers.set('b', 3);
  timers.set('b', null);
  assert.deepEqual(drain(timers, 100, false), ['a']);
});

test('Timers fires a key once, though it was set to the same time twice over', () => {
  const timers = new Timers();
  timers.set('a', 5);
  timers.set('a', 6);
  timers.set('a', 5);
  assert.deepEqual(drain(timers, 100, true), ['a']);
});

test('Timers equals a naive list under any sets and takes', () => {
  const step = fc.oneof(
    fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), due: fc.option(fc.nat(20)) }),
    fc.record({ limit: fc.nat(20), inclusive: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const timers = new Timers();
      const naive = new Map<string, number>();
      for (const one of steps) {
        if ('key' in one) {
          timers.set(one.key, one.due);
          if (one.due === null) naive.delete(one.key);
          else naive.set(one.key, one.due);
          continue;
        }
        const due = [...naive].filter(([, time]) => time < one.limit || (one.inclusive && time === one.limit));
        const expected = due.sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1)).map(([key]) => key);
        for (const key of expected) naive.delete(key);
        assert.deepEqual(drain(timers, one.limit, one.inclusive), expected);
      }
    }),
    { seed: 11 },
  );
});
