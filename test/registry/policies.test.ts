// loadPolicies: every default, and what was said, the empty lists too.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SECOND } from '../../src/ip/event-time.js';
import { type Database } from '../../src/registry/database.js';
import { loadPolicies } from '../../src/registry/policies.js';
import { type Registry } from '../../src/registry/registry-model.js';
import { changeRegistry } from '../../src/registry/registry-store.js';
import { connectionWith, prefixEntry, registryWith } from '../support/registries.js';
import { temporaryDatabase } from '../support/registry-database.js';

function set(db: Database, registry: Registry): void {
  changeRegistry(db, { now: 1 }, () => registry);
}

test('loadPolicies fills in the defaults: origins and aggregators, for more-specifics the origins', (context) => {
  const db = temporaryDatabase(context);
  const moreSpecifics = { minLength: 25, maxLength: 26, origins: null, neighbors: new Map([[3333, [1103]]]) };
  set(db, registryWith(connectionWith('a', prefixEntry('193.0.0.0/24', { moreSpecifics }))));
  const [policy] = loadPolicies(db);
  assert.deepEqual(
    { ...policy, prefix: policy.prefix.toString() },
    {
      id: policy.id,
      connection: 'a',
      name: '193.0.0.0-24',
      prefix: '193.0.0.0/24',
      origins: [3333],
      neighbors: new Map(),
      moreSpecifics: { minLength: 25, maxLength: 26, origins: [3333], neighbors: new Map([[3333, [1103]]]) },
      aggregators: [1103],
      providerAsns: [1103],
      allowDocumentation: false,
      visibility: null,
    },
  );
});

test('loadPolicies keeps what was said, the empty lists too, in prefix order', (context) => {
  const db = temporaryDatabase(context);
  const said = prefixEntry('193.0.1.0/24', {
    origins: [],
    neighbors: new Map([[12654, []]]),
    aggregators: [],
    visibility: { min: 0.5, for: 60 * SECOND },
  });
  set(db, registryWith(connectionWith('a', '2001:67c:2e8::/48', said, '193.0.0.0/24')));
  const policies = loadPolicies(db);
  assert.deepEqual(
    policies.map(({ prefix }) => prefix.toString()),
    ['193.0.0.0/24', '193.0.1.0/24', '2001:67c:2e8::/48'],
  );
  const { origins, neighbors, aggregators, providerAsns, visibility } = policies[1];
  assert.deepEqual([origins, neighbors, aggregators, providerAsns], [[], new Map([[12654, []]]), [], [1103]]);
  assert.deepEqual(visibility, { min: 0.5, for: 60_000_000 });
});
