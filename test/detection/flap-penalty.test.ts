// Flap penalties: 1000 a withdrawal, 500 a change, halved every 15 minutes, 12 000 at most (detection.md section 3). Expected values by
// hand: after n minutes 2^(-n/15) is left.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defaultFigures } from '../../src/detection/figures.js';
import { addFlap, type FlapPenalty, longestMemory, penaltyAt, underAt } from '../../src/detection/flap-penalty.js';
import { at } from '../support/event-builder.js';

const F = defaultFigures.flapping;
const MINUTE = 60;

function flaps(...list: readonly (readonly [seconds: number, penalty: number])[]): FlapPenalty {
  let made: FlapPenalty | undefined;
  for (const [seconds, penalty] of list) made = addFlap(made, { penalty, at: at(seconds) }, F);
  return made!;
}

function times(n: number, every: number, penalty: number): FlapPenalty {
  return flaps(...Array.from({ length: n }, (_, i) => [i * every, penalty] as const));
}

suite('penaltyAt', () => {
  const cases: readonly (readonly [string, FlapPenalty, number, number])[] = [
    ['all of it at the instant of the flap', flaps([0, 1000]), 0, 1000],
    ['half after one half-life', flaps([0, 1000]), 15 * MINUTE, 500],
    ['an eighth after three', flaps([0, 1000]), 45 * MINUTE, 125],
    ['2^(-1/15) after a minute', flaps([0, 1000]), MINUTE, 954.841603910417],
    ['what was left and the new one', flaps([0, 1000], [15 * 60, 500]), 15 * MINUTE, 1000],
    ['six withdrawals of one instant', times(6, 0, 1000), 0, 6000],
    ['thirteen changes of one instant', times(13, 0, 500), 0, 6500],
    ['the ceiling and no more', times(20, 0, 1000), 0, 12_000],
    ['half the ceiling after a half-life: what is above it is not owed', times(20, 0, 1000), 15 * MINUTE, 6000],
    ['nothing once less than 1 is left (1000 / 2^10)', flaps([0, 1000]), 150 * MINUTE, 0],
    ['1.95 one half-life before that', flaps([0, 1000]), 135 * MINUTE, 1.953125],
    ['all of it at a time before the flap: records run back', flaps([10, 1000]), 5, 1000],
  ];
  for (const [name, penalty, seconds, expected] of cases) {
    test(`penaltyAt gives ${name}`, () => {
      assert.ok(Math.abs(penaltyAt(penalty, at(seconds), F) - expected) < 1e-9 * Math.max(1, expected));
    });
  }
});

test('addFlap of a record that runs back adds to the newer penalty whole and keeps its time', () => {
  assert.deepEqual(flaps([10, 1000], [4, 500]), { value: 1500, at: at(10) });
});

test('addFlap keeps a steady withdrawal every 4 minutes under 6000 for ever, one every 3 minutes not', () => {
  // A geometric series: 1000 / (1 - 2^(-T/15)) is 5928 for T = 4 and 7725 for T = 3.
  assert.ok(times(500, 4 * MINUTE, 1000).value < 6000);
  assert.ok(times(500, 3 * MINUTE, 1000).value > 7700);
});

suite('underAt', () => {
  const cases: readonly (readonly [string, number, number])[] = [
    ['a penalty that is under it already: at once', 749, 0],
    ['the limit itself: a microsecond later', 750, 0.000001],
    ['6000, three half-lives and a microsecond', 6000, 45 * 60 + 0.000001],
    ['12 000, four half-lives and a microsecond', 12_000, 60 * 60 + 0.000001],
  ];
  for (const [name, value, seconds] of cases) {
    test(`underAt gives for ${name}`, () => {
      const penalty = { value, at: at(0) };
      const under = underAt(penalty, F.reuse, F);
      assert.equal(under, at(seconds));
      assert.ok(penaltyAt(penalty, under, F) < 750);
      if (under > at(0)) assert.ok(penaltyAt(penalty, under - 1, F) >= 750);
    });
  }
});

test('longestMemory is when nothing is left of the ceiling', () => {
  const ceiling = { value: 12_000, at: at(0) };
  assert.equal(penaltyAt(ceiling, at(0) + longestMemory(F) + 1, F), 0);
  assert.ok(penaltyAt(ceiling, at(0) + longestMemory(F) - 1_000_000, F) >= 1);
});
