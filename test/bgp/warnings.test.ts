// The table of tolerated defects, and the list that collects them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTreatAsWithdraw, NO_WARNINGS, WarningList, WARNINGS } from '../../src/bgp/warnings.js';

test('WARNINGS: every code is kebab-case and has a meaning', () => {
  for (const [code, { meaning }] of Object.entries(WARNINGS)) {
    assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok(meaning.length > 10);
  }
});

test('isTreatAsWithdraw follows the effect of RFC 7606', () => {
  assert.equal(isTreatAsWithdraw([]), false);
  assert.equal(isTreatAsWithdraw(['nlri-host-bits', 'aggregator-length', 'atomic-aggregate-length']), false);
  assert.equal(isTreatAsWithdraw(['nlri-host-bits', 'med-length']), true);
});

test('WarningList keeps each code once, in the order found, and shares the empty list', () => {
  const list = new WarningList();
  assert.equal(list.codes, NO_WARNINGS);
  list.add('med-length');
  list.add('missing-origin');
  list.add('med-length');
  assert.deepEqual(list.codes, ['med-length', 'missing-origin']);
});
