import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEEP_WITHDRAWALS, Withdrawals } from '../../src/pipeline/withdrawals.js';

const row = (at: number, prefix = '203.0.113.0/24') => ({ session: 1, prefix, pathId: 0, at });
const HOUR = 3_600_000_000;

test('Withdrawals remembers the last withdrawal of each route', () => {
  const withdrawals = new Withdrawals();
  withdrawals.add(row(10));
  withdrawals.add(row(20));
  assert.equal(withdrawals.withdrawnAt(1, '203.0.113.0/24', 0), 20);
  assert.equal(withdrawals.withdrawnAt(1, '203.0.113.0/24', 1), null);
  assert.equal(withdrawals.withdrawnAt(2, '203.0.113.0/24', 0), null);
});

test('Withdrawals hands each change over once, with what may be forgotten', () => {
  const withdrawals = new Withdrawals();
  withdrawals.add(row(3 * HOUR));
  assert.deepEqual(withdrawals.takeChanged(), { rows: [row(3 * HOUR)], forgetBefore: 3 * HOUR - KEEP_WITHDRAWALS });
  assert.deepEqual(withdrawals.takeChanged(), { rows: [], forgetBefore: null });
});

test('Withdrawals forgets after 2 h whether it was loaded again or not', () => {
  const live = new Withdrawals();
  live.add(row(HOUR, '198.51.100.0/24'));
  live.add(row(4 * HOUR));
  const loaded = new Withdrawals();
  loaded.load([row(4 * HOUR)]); // what a store keeps after `forgetBefore`
  for (const withdrawals of [live, loaded]) {
    assert.equal(withdrawals.withdrawnAt(1, '198.51.100.0/24', 0), null);
    assert.equal(withdrawals.withdrawnAt(1, '203.0.113.0/24', 0), 4 * HOUR);
  }
});
