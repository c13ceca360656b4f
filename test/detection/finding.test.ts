import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEVELS, worse } from '../../src/detection/finding.js';

test('worse is the higher level, in the order Information, Warning, Error, Critical', () => {
  assert.deepEqual(LEVELS, ['Information', 'Warning', 'Error', 'Critical']);
  assert.equal(worse('Information', 'Error'), 'Error');
  assert.equal(worse('Critical', 'Warning'), 'Critical');
  assert.equal(worse('Warning', 'Warning'), 'Warning');
});
