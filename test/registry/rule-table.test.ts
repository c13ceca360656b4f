// validateConnections: the whole table V1 to V14 of a good and of a bad prefix.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateConnections } from '../../src/registry/rule-table.js';
import { connectionWith, registryWith } from '../support/registries.js';

test('validateConnections shows V1 to V14: passed, warning and not-evaluated, state Warning', () => {
  const [validation, ...rest] = validateConnections(registryWith(connectionWith('a', '193.0.0.0/24')));
  assert.deepEqual(rest, []);
  const verdicts = validation.results.map(({ rule, verdict }) => `${rule} ${verdict}`);
  assert.deepEqual(verdicts, [
    'V1 passed',
    'V2 passed',
    'V3 warning',
    ...['V4', 'V5', 'V6', 'V7', 'V8', 'V9', 'V10', 'V11'].map((rule) => `${rule} not-evaluated`),
    'V12 passed',
    'V13 passed',
    'V14 not-evaluated',
  ]);
  assert.equal(validation.state, 'Warning');
});

test('validateConnections shows a failing rule of the prefix and of its connection as Failed', () => {
  const registry = registryWith({ ...connectionWith('a', '10.0.0.0/8'), provider: 'Nobody' });
  const [validation] = validateConnections(registry);
  const failed = validation.results.filter(({ verdict }) => verdict === 'failed').map(({ rule }) => rule);
  assert.deepEqual(failed, ['V2', 'V13']);
  assert.equal(validation.state, 'Failed');
});
