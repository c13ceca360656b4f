// listMetros and listLocations over a registry of three connections.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listLocations, listMetros } from '../../src/registry/locations.js';
import { connectionWith } from '../support/registries.js';

test('listMetros and listLocations tell who is where', () => {
  const registry = {
    providers: [
      { name: 'T1', asns: [1103], metros: ['Seattle', 'Delft'] },
      { name: 'T2', asns: [1299], metros: ['Seattle'] },
    ],
    connections: [
      { ...connectionWith('a'), provider: 'T1', country: 'US', state: 'Oregon', primary: 'Seattle', backup: 'Delft' },
      { ...connectionWith('b'), provider: 'T2', country: 'US', state: 'Oregon', primary: 'Seattle' },
      { ...connectionWith('c'), provider: 'T2', country: 'NL' },
    ],
    allowDocumentation: false,
  };
  assert.deepEqual(listMetros(registry), [
    { metro: 'Delft', providers: ['T1'], primaryOf: [], backupOf: ['a'] },
    { metro: 'Seattle', providers: ['T1', 'T2'], primaryOf: ['a', 'b'], backupOf: [] },
  ]);
  assert.deepEqual(listLocations(registry), [
    { country: 'NL', state: null, connections: ['c'] },
    { country: 'US', state: 'Oregon', connections: ['a', 'b'] },
  ]);
});
