// Event time as text: RFC 3339 in and out, Unix seconds in.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatEventTime, parseEventTime, SECOND } from '../../src/ip/event-time.js';

describe('formatEventTime', () => {
  test('formatEventTime always writes six decimals and Z', () => {
    assert.equal(formatEventTime(0), '1970-01-01T00:00:00.000000Z');
    assert.equal(formatEventTime(1_282_898_536 * SECOND), '2010-08-27T08:42:16.000000Z'); // date -u -d @1282898536
    assert.equal(formatEventTime(1_282_898_536 * SECOND + 42), '2010-08-27T08:42:16.000042Z');
    assert.equal(formatEventTime(4_294_967_295 * SECOND + 999_999), '2106-02-07T06:28:15.999999Z'); // the last MRT time
  });

  test('formatEventTime counts microseconds upwards before 1970 too', () => {
    assert.equal(formatEventTime(-1), '1969-12-31T23:59:59.999999Z');
  });
});

describe('parseEventTime', () => {
  const noon = 1_781_611_200 * SECOND; // date -u -d 2026-06-16T12:00:00Z +%s
  const cases: readonly [string, number | null][] = [
    ['2026-06-16T12:00:00Z', noon],
    ['2026-06-16t12:00:00z', noon],
    ['2026-06-16 12:00', noon],
    ['2026-06-16T12:00', noon],
    ['2026-06-16T14:00:00+02:00', noon],
    ['2026-06-16T14:00:00+0200', noon],
    ['2026-06-16T09:30:00-02:30', noon],
    ['2026-06-16T12:00:00.5Z', noon + 500_000],
    ['2026-06-16T12:00:00.000001Z', noon + 1],
    ['2026-06-16', noon - 43_200 * SECOND],
    ['1781611200', noon],
    ['1781611200.000042', noon + 42],
    ['1781611200.5', noon + 500_000],
    ['0', 0],
    ['2024-02-29', 1_709_164_800 * SECOND],
    ['2026-02-29', null],
    ['2026-02-30T00:00:00Z', null],
    ['2026-06-31', null],
    ['2026-13-01', null],
    ['2026-06-16T25:00:00Z', null],
    ['2026-06-16T12:60:00Z', null],
    ['2026-06-16T12:00.5Z', null],
    ['2026-06-16T12:00:00+99:00', null],
    ['2026-06-16T12:00:00.1234567Z', null],
    ['2026-06-16Z', null],
    ['-1', null],
    ['99999999999', null],
    ['yesterday', null],
    ['', null],
  ];
  for (const [text, expected] of cases) {
    test(`parseEventTime reads "${text}" as ${String(expected)}`, () => {
      assert.equal(parseEventTime(text), expected);
    });
  }

  test('parseEventTime refuses a day that its month has not, which Date.parse moves into the next month', () => {
    assert.ok(!Number.isNaN(Date.parse('2026-02-30T00:00:00Z')));
    assert.equal(parseEventTime('2026-02-30T00:00:00Z'), null);
  });

  test('parseEventTime reads back all that formatEventTime writes', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(SECOND - 1), (seconds, micros) => {
        const time = seconds * SECOND + micros;
        assert.equal(parseEventTime(formatEventTime(time)), time);
      }),
    );
  });
});
