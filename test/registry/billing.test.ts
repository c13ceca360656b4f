// billLine with the reference product's worked cases (peering-service.md, Billing), and bill over months with a history.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type EventTime, parseEventTime } from '../../src/ip/event-time.js';
import { Prefix } from '../../src/ip/prefix.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import {
  bill,
  billLine,
  billTotal,
  formatAmount,
  monthOf,
  parseAmount,
  parseMonth,
} from '../../src/registry/billing.js';
import { changeRegistry } from '../../src/registry/registry-store.js';
import { type Database } from '../../src/registry/database.js';
import { temporaryDatabase } from '../support/registry-database.js';
import { connectionWith, registryWith } from '../support/registries.js';

/** Prefixes of one connection, and the bill in whole units of currency at the rate of 15. */
const worked: readonly (readonly [name: string, prefixes: readonly string[], amount: number])[] = [
  ['one /27', ['193.0.0.0/27'], 15],
  ['one /24', ['193.0.0.0/24'], 15],
  ['one /22', ['193.0.0.0/22'], 60],
  ['one /16', ['193.0.0.0/16'], 3840],
  ['two /25s of one /24', ['193.0.0.0/25', '193.0.0.128/25'], 15],
  ['two /25s of two /24s', ['193.0.0.0/25', '193.0.1.0/25'], 30],
  ['a /22 with a nested /24', ['193.0.0.0/22', '193.0.1.0/24'], 60],
  ['a /22 after the nested /24', ['193.0.1.0/24', '193.0.0.0/22'], 60],
  ['a host', ['193.0.0.1/32'], 15],
  ['one /48', ['2001:67c:2e8::/48'], 15],
  ['one /64', ['2001:67c:2e8:1::/64'], 15],
  ['two /64s of one /48', ['2001:67c:2e8:1::/64', '2001:67c:2e8:2::/64'], 15],
  ['one /32: 65536 /48s', ['2001:67c::/32'], 983040],
  ['both families', ['193.0.0.0/24', '2001:67c:2e8::/48'], 30],
  ['nothing', [], 0],
];

for (const [name, prefixes, amount] of worked) {
  test(`billLine: ${name} costs ${amount}`, () => {
    assert.equal(
      billLine(
        'a',
        prefixes.map((text) => parsePrefix(text)),
      ).amount,
      amount * 100,
    );
  });
}

test('billLine counts the distinct /24s that a naive list of them counts', () => {
  const prefix = fc
    .tuple(fc.nat(0xffff), fc.integer({ min: 16, max: 32 }))
    .map(([low, length]) => Prefix.ipv4((0xc1000000 | (low << 4)) >>> 0, length));
  fc.assert(
    fc.property(fc.array(prefix, { maxLength: 8 }), (prefixes) => {
      const touched = new Set<number>();
      for (const { w0, length } of prefixes) {
        const last = w0 + 2 ** (32 - length) - 1;
        for (let block = Math.floor(w0 / 256); block <= Math.floor(last / 256); block++) touched.add(block);
      }
      assert.equal(billLine('a', prefixes, 1).amount, touched.size);
    }),
  );
});

const at = (text: string): EventTime => parseEventTime(text)!;
const month = (text: string) => parseMonth(text)!;

function setPrefixes(db: Database, now: string, prefixes: Readonly<Record<string, readonly string[]>>): void {
  const connections = Object.entries(prefixes).map(([name, list]) => connectionWith(name, ...list));
  changeRegistry(db, { now: at(now) }, () => registryWith(...connections));
}

function amounts(db: Database, text: string): Readonly<Record<string, number>> {
  return Object.fromEntries(bill(db, month(text)).map(({ connection, amount }) => [connection, amount]));
}

test('bill: four connections with one /25 each cost 60 together', (context) => {
  const db = temporaryDatabase(context);
  setPrefixes(db, '2026-06-10', {
    a: ['193.0.0.0/25'],
    b: ['193.0.0.128/25'],
    c: ['193.0.1.0/25'],
    d: ['193.0.1.128/25'],
  });
  assert.deepEqual(amounts(db, '2026-06'), { a: 1500, b: 1500, c: 1500, d: 1500 });
  assert.equal(billTotal(bill(db, month('2026-06'))), 6000);
});

test('bill counts a prefix for every month with an instant of its registration, removed or not', (context) => {
  const db = temporaryDatabase(context);
  setPrefixes(db, '2026-05-31T23:59:59.999999Z', { a: ['193.0.0.0/24'] });
  setPrefixes(db, '2026-07-01T00:00:00.000001Z', { a: [] });
  assert.deepEqual(
    ['2026-04', '2026-05', '2026-06', '2026-07', '2026-08'].map((text) => amounts(db, text)),
    [{}, { a: 1500 }, { a: 1500 }, { a: 1500 }, {}],
  );
});

test('bill: a month that a prefix was removed at the very start of is not charged', (context) => {
  const db = temporaryDatabase(context);
  setPrefixes(db, '2026-05-10', { a: ['193.0.0.0/24'] });
  setPrefixes(db, '2026-06-01T00:00:00Z', { a: [] });
  assert.deepEqual(amounts(db, '2026-06'), {});
});

test('bill: registered and removed in one instant is charged; removed and added again is charged once', (context) => {
  const db = temporaryDatabase(context);
  setPrefixes(db, '2026-06-05', { a: ['193.0.0.0/24'] });
  setPrefixes(db, '2026-06-05', { a: [] });
  assert.deepEqual(amounts(db, '2026-06'), { a: 1500 });
  setPrefixes(db, '2026-06-07', { a: ['193.0.0.0/24'] });
  assert.deepEqual(amounts(db, '2026-06'), { a: 1500 });
});

test('bill: a prefix that moved charges both connections in that month', (context) => {
  const db = temporaryDatabase(context);
  setPrefixes(db, '2026-06-05', { a: ['193.0.0.0/24'], b: [] });
  setPrefixes(db, '2026-06-20', { a: [], b: ['193.0.0.0/24'] });
  assert.deepEqual(amounts(db, '2026-06'), { a: 1500, b: 1500 });
  assert.deepEqual(amounts(db, '2026-07'), { b: 1500 });
});

test('parseMonth takes a calendar month and nothing else', () => {
  assert.deepEqual(parseMonth('2024-02'), { text: '2024-02', start: at('2024-02-01'), end: at('2024-03-01') });
  assert.deepEqual(parseMonth('2026-12')?.end, at('2027-01-01'));
  for (const text of ['2026-13', '2026-00', '2026-6', '2026', '2026-06-01', '']) assert.equal(parseMonth(text), null);
  assert.equal(monthOf(at('2026-06-30T23:59:59.999999Z')), '2026-06');
});

test('parseAmount and formatAmount are exact in minor units', () => {
  assert.deepEqual(['15', '15.5', '15.05', '0.10', '19.99'].map(parseAmount), [1500, 1550, 1505, 10, 1999]);
  for (const text of ['-1', '1.234', '1,5', 'x', '']) assert.equal(parseAmount(text), null);
  assert.deepEqual([0, 5, 1500, 384000, 1999].map(formatAmount), ['0.00', '0.05', '15.00', '3840.00', '19.99']);
});
