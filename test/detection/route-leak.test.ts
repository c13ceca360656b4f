// Route leaks: the four types of RFC 7908 that paths show, what is none, and every path of up to five ASes of a small Internet against
// the definition of a valley-free path.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRouteLeak } from '../../src/detection/route-leak.js';
import { readRelationships } from '../../src/relations/as-relationships.js';

/** 1 and 2 at the top; 11 buys from 1, 12 from 1 and 2, 13 from 2; 11 and 12, 12 and 13 are peers; 21 buys from 11 and 12; 14 and 13 are siblings. */
const LINES = [
  '1|2|0',
  '1|11|-1',
  '1|12|-1',
  '2|12|-1',
  '2|13|-1',
  '11|12|0',
  '12|13|0',
  '11|21|-1',
  '12|21|-1',
  '13|14|2',
  '14|22|-1',
];
const { relationships } = readRelationships(LINES);

/** Nearest AS first, origin last. */
const CASES: readonly (readonly [
  name: string,
  path: readonly (number | readonly number[])[],
  expected: string | null,
])[] = [
  ['up and down', [11, 1, 12, 21], null],
  ['up, across, down', [13, 2, 1, 11, 21], null],
  ['type 1: from a provider to a provider', [12, 21, 11], '21 from 11 to 12, type 1'],
  ['type 2: from a peer to a peer', [13, 12, 11, 21], '12 from 11 to 13, type 2'],
  ['type 3: from a provider to a peer', [11, 12, 2], '12 from 2 to 11, type 3'],
  ['type 4: from a peer to a provider', [1, 12, 13], '12 from 13 to 1, type 4'],
  ['the leak nearest to the origin is told', [13, 12, 11, 21, 12, 1], '21 from 12 to 11, type 1'],
  ['an unknown link says nothing', [1, 99, 2], '99 from 2 to 1, top'],
  ['an unknown link below says nothing', [11, 99, 12], null],
  ['siblings are one: from the peer of one to the customer of the other', [22, 14, 13, 12], null],
  ['siblings are one: from the peer of one to its provider over the other', [2, 13, 14], null],
  ['an AS_SET says nothing', [12, [21, 22], 11], null],
  ['AS_TRANS says nothing', [12, 23456, 11], null],
  ['AS_TRANS is nobody who stands between two at the top', [2, 23456, 1], null],
  ['two ASes cannot leak', [1, 12], null],
  ['none at all', [], null],
];

for (const [name, path, expected] of CASES) {
  test(`findRouteLeak: ${name}`, () => {
    const leak = findRouteLeak(path, relationships);
    const type = leak?.rfc7908 === null ? 'top' : `type ${leak?.rfc7908}`;
    assert.equal(leak === null ? null : `${leak.leaker} from ${leak.from} to ${leak.to}, ${type}`, expected);
  });
}

test('findRouteLeak of siblings names the one that passed it on', () => {
  const siblings = readRelationships(['1|10|-1', '10|11|2', '2|11|-1']).relationships;
  assert.deepEqual(findRouteLeak([2, 11, 10, 1], siblings), { leaker: 11, from: 1, to: 2, rfc7908: 1 });
});

test('findRouteLeak finds a leak exactly on paths that are not valley-free, of all that known links make', () => {
  const known = LINES.filter((line) => !line.endsWith('|2')).map((line) => line.split('|').map(Number));
  const steps = new Map<number, { to: number; step: 'up' | 'over' | 'down' }[]>();
  const add = (from: number, to: number, step: 'up' | 'over' | 'down') =>
    steps.set(from, [...(steps.get(from) ?? []), { to, step }]);
  for (const [a, b, sign] of known) {
    add(a, b, sign === 0 ? 'over' : 'down');
    add(b, a, sign === 0 ? 'over' : 'up');
  }
  let [leaks, clean] = [0, 0];
  const walk = (path: readonly number[], shape: string): void => {
    // Text of the steps from the origin on: u*, at most one o, d*.
    const isValleyFree = /^u*o?d*$/.test(shape);
    const leak = findRouteLeak(path.toReversed(), relationships);
    assert.equal(leak === null, isValleyFree, `${path.join(' ')} ${shape}`);
    if (isValleyFree) clean++;
    else leaks++;
    if (path.length === 5) return;
    for (const { to, step } of steps.get(path.at(-1)!) ?? [])
      if (!path.includes(to)) walk([...path, to], shape + step[0]);
  };
  for (const origin of steps.keys()) walk([origin], '');
  assert.ok(leaks > 50 && clean > 50, `${leaks} ${clean}`);
});

test('findRouteLeak takes the sibling of an AS at the top for that AS', () => {
  const lines = ['1|2|0', '1|11|-1', '2|12|-1', '1|15|2'];
  assert.equal(findRouteLeak([12, 2, 15, 1, 11], readRelationships(lines).relationships), null);
});
