import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyTable } from '../../src/detection/policy.js';
import { type Prefix } from '../../src/ip/prefix.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { policy } from '../support/event-builder.js';

const table = new PolicyTable(
  ['203.0.113.0/24', '203.0.112.0/22', '203.0.113.128/25', '2001:db8::/32'].map((prefix) => policy(prefix)),
);
const judging = (prefix: string) => table.judging(parsePrefix(prefix))?.prefix.toString();
const texts = (found: readonly { prefix: Prefix }[]) => found.map(({ prefix }) => prefix.toString());

test('PolicyTable.judging is the equal prefix, else the longest around it, else none', () => {
  assert.equal(judging('203.0.113.0/24'), '203.0.113.0/24');
  assert.equal(judging('203.0.113.192/26'), '203.0.113.128/25');
  assert.equal(judging('203.0.113.64/26'), '203.0.113.0/24');
  assert.equal(judging('203.0.112.0/23'), '203.0.112.0/22');
  assert.equal(judging('203.0.0.0/16'), undefined);
});

test('PolicyTable.coveredBy is what lies strictly inside, in prefix order', () => {
  assert.deepEqual(texts(table.coveredBy(parsePrefix('203.0.112.0/22'))), ['203.0.113.0/24', '203.0.113.128/25']);
  assert.deepEqual(texts(table.coveredBy(parsePrefix('203.0.113.128/25'))), []);
});

test('PolicyTable.covering is what is equal or around, shortest first', () => {
  assert.deepEqual(texts(table.covering(parsePrefix('203.0.113.128/25'))), [
    '203.0.112.0/22',
    '203.0.113.0/24',
    '203.0.113.128/25',
  ]);
});

test('PolicyTable.isRelated is true of equal, inner and outer prefixes, false of neighbours', () => {
  const related = (prefix: string) => table.isRelated(parsePrefix(prefix));
  assert.deepEqual(
    ['203.0.113.0/24', '203.0.113.7/32', '0.0.0.0/0', '203.0.116.0/24', '2001:db8:1::/48', '2001:db9::/32'].map(
      related,
    ),
    [true, true, true, false, true, false],
  );
});

test('PolicyTable.all is every policy in prefix order', () => {
  assert.deepEqual(texts(table.all), ['203.0.112.0/22', '203.0.113.0/24', '203.0.113.128/25', '2001:db8::/32']);
  assert.equal(table.size, 4);
});
