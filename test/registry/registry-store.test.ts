// changeRegistry and loadRegistry on a real database: all or nothing, stable row ids, the generation.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Database, openDatabase } from '../../src/registry/database.js';
import { loadPolicies, registryGeneration } from '../../src/registry/policies.js';
import { type Registry } from '../../src/registry/registry-model.js';
import {
  changeRegistry,
  loadRegistry,
  RegistryRejectedError,
  RegistryShrinkError,
} from '../../src/registry/registry-store.js';
import { anyRegistry, connectionWith, prefixEntry, registryWith } from '../support/registries.js';
import { temporaryDatabase, temporaryFolder } from '../support/registry-database.js';

function set(db: Database, registry: Registry): readonly string[] {
  return changeRegistry(db, { now: 1 }, () => registry).map(({ op, kind, name }) => `${op} ${kind} ${name}`);
}

function ids(db: Database): Readonly<Record<string, number>> {
  return Object.fromEntries(loadPolicies(db).map(({ id, prefix }) => [prefix.toString(), id]));
}

test('changeRegistry stores nothing where one row of many fails, and lists every failing rule', (context) => {
  const db = temporaryDatabase(context);
  const bad = registryWith(connectionWith('a', '193.0.0.0/24'), connectionWith('b', '10.0.0.0/8', '193.0.0.0/25'));
  assert.throws(
    () => set(db, bad),
    (error: unknown) =>
      error instanceof RegistryRejectedError && error.faults.map(({ rule }) => rule).join() === 'V2,V12',
  );
  assert.deepEqual(loadRegistry(db), { providers: [], connections: [], allowDocumentation: false });
  assert.equal(registryGeneration(db), 0);
});

test('changeRegistry adds faults of form that are known to those that it finds', (context) => {
  const db = temporaryDatabase(context);
  const known = { rule: 'V1' as const, subject: {}, message: 'prefix is invalid' };
  assert.throws(
    () => changeRegistry(db, { now: 1, knownFaults: [known] }, () => registryWith(connectionWith('a', '10.0.0.0/8'))),
    (error: unknown) =>
      error instanceof RegistryRejectedError && error.faults.map(({ rule }) => rule).join() === 'V1,V2',
  );
});

test('changeRegistry with dryRun tells the changes and stores none', (context) => {
  const db = temporaryDatabase(context);
  const changes = changeRegistry(db, { now: 1, dryRun: true }, () => registryWith(connectionWith('a', '193.0.0.0/24')));
  assert.equal(changes.length, 3);
  assert.deepEqual(loadRegistry(db).connections, []);
  assert.equal(registryGeneration(db), 0);
});

test('changeRegistry raises the generation once a change, and not where nothing changes', (context) => {
  const db = temporaryDatabase(context);
  const registry = registryWith(connectionWith('a', '193.0.0.0/24', '193.0.1.0/24'));
  set(db, registry);
  assert.equal(registryGeneration(db), 1);
  assert.deepEqual(set(db, registry), []);
  assert.equal(registryGeneration(db), 1);
  assert.deepEqual(set(db, { ...registry, allowDocumentation: true }), ['change options options']);
  assert.equal(registryGeneration(db), 2);
});

test('registryGeneration seen by another connection grows with the change', (context) => {
  const path = join(temporaryFolder(context), 'pw.db');
  const writer = openDatabase(path, { create: true });
  const reader = openDatabase(path, { readonly: true });
  set(writer, registryWith(connectionWith('a', '193.0.0.0/24')));
  assert.equal(registryGeneration(reader), 1);
  assert.equal(loadPolicies(reader).length, 1);
  writer.close();
  reader.close();
});

test('changeRegistry keeps the row id while connection and prefix stay, whatever else of the row changes', (context) => {
  const db = temporaryDatabase(context);
  set(db, registryWith(connectionWith('a', '193.0.0.0/24', '193.0.1.0/24')));
  const before = ids(db);
  const changed = prefixEntry('193.0.0.0/24', { name: 'renamed', origins: [1103] });
  const lines = set(db, registryWith({ ...connectionWith('a', changed, '193.0.1.0/24'), asns: [12654] }));
  assert.deepEqual(lines, ['change connection a', 'change prefix a 193.0.0.0/24']);
  assert.deepEqual(ids(db), before);
});

test('changeRegistry never uses a row id again', (context) => {
  const db = temporaryDatabase(context);
  set(db, registryWith(connectionWith('a', '193.0.0.0/24')));
  const [first] = Object.values(ids(db));
  set(db, registryWith(connectionWith('a')));
  set(db, registryWith(connectionWith('a', '193.0.0.0/24')));
  assert.notEqual(Object.values(ids(db))[0], first);
});

test('changeRegistry lets two prefixes swap their names, and a third take one that is given up', (context) => {
  const db = temporaryDatabase(context);
  const row = (text: string, name: string) => prefixEntry(text, { name });
  set(
    db,
    registryWith(connectionWith('a', row('193.0.0.0/24', 'x'), row('193.0.1.0/24', 'y'), row('193.0.2.0/24', 'z'))),
  );
  set(
    db,
    registryWith(connectionWith('a', row('193.0.0.0/24', 'y'), row('193.0.1.0/24', 'x'), row('193.0.3.0/24', 'z'))),
  );
  assert.deepEqual(
    loadPolicies(db).map(({ prefix, name }) => `${prefix.toString()} ${name}`),
    ['193.0.0.0/24 y', '193.0.1.0/24 x', '193.0.3.0/24 z'],
  );
});

test('changeRegistry moves a connection to a new provider while the old one goes', (context) => {
  const db = temporaryDatabase(context);
  set(db, registryWith(connectionWith('a', '193.0.0.0/24')));
  const other = { name: 'Other', asns: [1299], metros: [] };
  set(db, {
    providers: [other],
    connections: [{ ...connectionWith('a', '193.0.0.0/24'), provider: 'Other' }],
    allowDocumentation: false,
  });
  assert.deepEqual(loadRegistry(db).providers, [other]);
  assert.deepEqual(loadPolicies(db)[0]?.providerAsns, [1299]);
});

test('changeRegistry with refuseShrink refuses to lose half, and takes less than half', (context) => {
  const db = temporaryDatabase(context);
  const many = ['193.0.0.0/24', '193.0.1.0/24', '193.0.2.0/24', '193.0.3.0/24'];
  const reduceTo = (count: number) =>
    changeRegistry(db, { now: 1, refuseShrink: true }, () =>
      registryWith(connectionWith('a', ...many.slice(0, count))),
    );
  reduceTo(4);
  assert.throws(() => reduceTo(2), RegistryShrinkError);
  assert.equal(loadPolicies(db).length, 4);
  reduceTo(3);
  assert.equal(loadPolicies(db).length, 3);
  assert.throws(() => changeRegistry(db, { now: 1, refuseShrink: true }, () => registryWith()), RegistryShrinkError);
});

test('changeRegistry from any registry to any other gives the other', (context) => {
  const db = temporaryDatabase(context);
  fc.assert(
    fc.property(anyRegistry, (registry) => {
      set(db, registry);
      const stored = loadRegistry(db);
      const entries = stored.connections.flatMap(({ name, prefixes }) => prefixes.map((entry) => ({ name, entry })));
      const wanted = registry.connections.flatMap(({ name, prefixes }) => prefixes.map((entry) => ({ name, entry })));
      assert.equal(entries.length, wanted.length);
      for (const { name, entry } of wanted) {
        const found = entries.find((other) => other.name === name && other.entry.prefix.equals(entry.prefix));
        assert.deepEqual({ ...found?.entry, prefix: null }, { ...entry, prefix: null });
      }
      const open = db.prepare('SELECT count(*) FROM registration_periods WHERE removed_at IS NULL').pluck().get();
      assert.equal(open, wanted.length);
    }),
    { numRuns: 40 },
  );
});
