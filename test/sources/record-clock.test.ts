// Which record times are believed (detection.md section 2): more than 1 h ahead of the record before is clamped until two more agree.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defaultFigures } from '../../src/detection/figures.js';
import { RecordClock } from '../../src/sources/record-clock.js';

const HOUR = 3600;

/** The believed times of records, in seconds, and how many were clamped. */
function read(...times: readonly number[]): { believed: number[]; jumps: number; newest: number | null } {
  const clock = new RecordClock(defaultFigures.order);
  const believed = times.map((time) => clock.read(time * 1_000_000) / 1_000_000);
  return { believed, jumps: clock.jumps, newest: clock.newest === null ? null : clock.newest / 1_000_000 };
}

const cases: readonly (readonly [string, readonly number[], readonly number[], number])[] = [
  ['believes the first record', [10 * HOUR], [10 * HOUR], 0],
  ['believes a record 1 h ahead', [0, HOUR], [0, HOUR], 0],
  ['clamps a record more than 1 h ahead to the time of the one before', [5, HOUR + 6, 7], [5, 5, 7], 1],
  [
    'believes a jump with the second record that agrees with it',
    [5, 9 * HOUR, 9 * HOUR + 1, 9 * HOUR + 2],
    [5, 5, 5, 9 * HOUR + 2],
    2,
  ],
  ['takes up to 1 h between them for agreement', [0, 9 * HOUR, 8 * HOUR, 10 * HOUR], [0, 0, 0, 10 * HOUR], 2],
  [
    'begins to count anew where a record does not agree',
    [0, 9 * HOUR, 50 * HOUR, 50 * HOUR, 50 * HOUR],
    [0, 0, 0, 0, 50 * HOUR],
    3,
  ],
  [
    'begins to count anew behind a record without a jump',
    [0, 9 * HOUR, 9 * HOUR, 1, 9 * HOUR, 9 * HOUR],
    [0, 0, 0, 1, 1, 1],
    4,
  ],
  ['believes records that run back, however far', [9 * HOUR, 0], [9 * HOUR, 0], 0],
  ['measures a jump from the record before, not from the newest', [9 * HOUR, 0, 9 * HOUR], [9 * HOUR, 0, 0], 1],
];

suite('RecordClock', () => {
  for (const [name, times, believed, jumps] of cases) {
    test(`RecordClock ${name}`, () => {
      const got = read(...times);
      assert.deepEqual(got.believed, believed);
      assert.equal(got.jumps, jumps);
    });
  }

  test('RecordClock.newest is the newest believed time, null before the first record', () => {
    assert.equal(read().newest, null);
    assert.equal(read(7, 5, 3 * HOUR).newest, 7);
  });
});
