// parseRegistryFile, allFaults and formatRegistryFile: the example of the contract, faults with their places, and the round trip
// through YAML and through the database.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { SECOND } from '../../src/ip/event-time.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { describeDiff, diffRegistries } from '../../src/registry/diff.js';
import { allFaults, formatRegistryFile, parseDuration, parseRegistryFile } from '../../src/registry/registry-file.js';
import { type Registry, sortRegistry } from '../../src/registry/registry-model.js';
import { changeRegistry, loadRegistry } from '../../src/registry/registry-store.js';
import { formatFault } from '../../src/registry/validation.js';
import { anyRegistry } from '../support/registries.js';
import { temporaryDatabase } from '../support/registry-database.js';
import { projectRoot } from '../support/requires.js';

/** `line:column rule message` of every fault. */
function faultsOf(text: string): readonly string[] {
  return allFaults(parseRegistryFile(text)).map((fault) => {
    return `${fault.line}:${fault.column} ${formatFault({ ...fault, subject: fault })}`;
  });
}

function differences(before: Registry, after: Registry): readonly unknown[] {
  return describeDiff(diffRegistries(before, after));
}

test('parseRegistryFile reads the example registry, which breaks no rule', () => {
  const file = parseRegistryFile(readFileSync(join(projectRoot, 'fixtures', 'registry.example.yaml'), 'utf8'));
  assert.deepEqual(allFaults(file), []);
  const expected: Registry = {
    providers: [{ name: 'Contoso Transit', asns: [64500], metros: ['Seattle', 'Portland'] }],
    connections: [
      {
        name: 'seattle-hq',
        provider: 'Contoso Transit',
        country: 'US',
        state: 'Washington',
        primary: 'Seattle',
        backup: 'Portland',
        asns: [64496],
        prefixes: [
          {
            name: 'hq-24',
            prefix: parsePrefix('203.0.113.0/24'),
            origins: [64496],
            neighbors: new Map([[64496, [64500]]]),
            moreSpecifics: { minLength: 25, maxLength: 25, origins: [64496], neighbors: new Map() },
            aggregators: [64500],
            visibility: { min: 0.7, for: 300 * SECOND },
          },
          {
            name: 'hq-v6',
            prefix: parsePrefix('2001:db8:40::/48'),
            origins: null,
            neighbors: new Map([[64496, [64500]]]),
            moreSpecifics: null,
            aggregators: null,
            visibility: null,
          },
          {
            name: 'parked-24',
            prefix: parsePrefix('198.51.100.0/24'),
            origins: [],
            neighbors: new Map(),
            moreSpecifics: null,
            aggregators: null,
            visibility: null,
          },
        ],
      },
    ],
    allowDocumentation: true,
  };
  assert.deepEqual(file.registry, expected);
});

test('parseRegistryFile tells what was left out from what is empty', () => {
  const text = `
providers: [{ name: X, asns: [1103] }]
connections:
  - name: c
    provider: X
    backup: none
    asns: [AS12654, 1.10]
    prefixes:
      - prefix: 93.175.144.0/24
      - prefix: 93.175.146.0/24
        origins: []
        neighbors: { 12654: [] }
        aggregators: []
`;
  const { registry, faults } = parseRegistryFile(text);
  assert.deepEqual(faults, []);
  const [connection] = registry.connections;
  assert.deepEqual(connection.asns, [12654, 65546]); // 1.10 is asdot: 1 x 65536 + 10
  assert.equal(connection.backup, null);
  const [first, second] = connection.prefixes;
  assert.deepEqual([first.origins, first.neighbors, first.aggregators], [null, new Map(), null]);
  assert.deepEqual([second.origins, second.neighbors, second.aggregators], [[], new Map([[12654, []]]), []]);
  assert.equal(first.name, '93.175.144.0-24');
});

test('parseRegistryFile names line and column of every fault at once, and what a misspelt key was meant to be', () => {
  const text = `providers:
  - { name: X, asns: [x1103] }
conections: []
connections:
  - name: c
    provder: X
    provider: X
    prefixes:
      - prefix: 93.175.144.1/24
      - name: no-prefix
      - prefix: 93.175.146.0/24
        moreSpecifics: { minLength: 25 }
        visibility: { min: high, for: soon }
options: { allowDocumentation: maybe }
`;
  assert.deepEqual(
    parseRegistryFile(text).faults.map(
      ({ line, column, rule, message }) => `${line}:${column} ${rule ?? '-'} ${message}`,
    ),
    [
      '2:23 - asns must be an AS number (0 to 4294967295), not "x1103"',
      '3:1 - a registry file has no key "conections"; did you mean "connections"?',
      '6:5 - a connection has no key "provder"; did you mean "provider"?',
      '9:17 V1 prefix is invalid: Cannot read prefix "93.175.144.1/24": it has host bits set; did you mean 93.175.144.0/24?',
      '10:9 - a prefix needs a prefix',
      '12:24 - moreSpecifics needs maxLength',
      '13:28 - min must be a number',
      '13:39 - "soon" is no duration such as 300s, 5m, 1h or 1d',
      '14:32 - allowDocumentation must be true or false',
    ],
  );
});

test('parseRegistryFile puts syntax errors of YAML at their place', () => {
  const [fault] = parseRegistryFile('providers: [\n  { name: X }\n').faults;
  assert.equal(fault.line, 3);
  assert.match(parseRegistryFile('providers: []\nproviders: []\n').faults[0]?.message ?? '', /unique/);
});

test('parseRegistryFile takes an empty file for an empty registry, and a list for a fault', () => {
  assert.deepEqual(parseRegistryFile('').faults, []);
  assert.deepEqual(parseRegistryFile('# nothing\n').registry.connections, []);
  assert.equal(parseRegistryFile('- a\n').faults.length, 1);
});

test('parseRegistryFile follows aliases', () => {
  const text = 'providers:\n  - { name: X, asns: &asns [1103] }\n  - { name: Y, asns: *asns }\n';
  const { registry, faults } = parseRegistryFile(text);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    registry.providers.map(({ asns }) => asns),
    [[1103], [1103]],
  );
});

test('allFaults lists every rule that a row breaks at the line of the row', () => {
  const text = `connections:
  - name: a
    provider: Nobody
    asns: [3333]
    prefixes:
      - { prefix: 10.0.0.1/8 }
  - name: b
    provider: Nobody
    asns: [3333]
    prefixes:
      - { prefix: 10.1.0.0/16 }
`;
  const rules = faultsOf(text).map((fault) => /^\d+:\d+ V\d+/.exec(fault)?.[0]);
  assert.deepEqual(rules, ['2:5 V13', '6:9 V2', '6:19 V1', '7:5 V13', '11:9 V2', '11:9 V12']);
});

test('parseDuration reads whole seconds, minutes, hours and days', () => {
  assert.deepEqual(
    ['300s', '300', '5m', '1h', '1d'].map(parseDuration),
    [300, 300, 300, 3600, 86400].map((s) => s * SECOND),
  );
  for (const text of ['', 's', '1.5s', '-1s', '5 m', '1w']) assert.equal(parseDuration(text), null);
});

test('formatRegistryFile then parseRegistryFile is identity, and the rules hold before and after', () => {
  fc.assert(
    fc.property(anyRegistry, (registry) => {
      const file = parseRegistryFile(formatRegistryFile(registry));
      assert.deepEqual(allFaults(file), []);
      assert.deepEqual(file.registry, sortRegistry(registry));
    }),
  );
});

test('formatRegistryFile of the stored registry applies back to the same registry: no differences', (context) => {
  const db = temporaryDatabase(context);
  fc.assert(
    fc.property(anyRegistry, (registry) => {
      changeRegistry(db, { now: 1 }, () => registry);
      const stored = loadRegistry(db);
      assert.deepEqual(differences(registry, stored), []);
      const { registry: again } = parseRegistryFile(formatRegistryFile(stored));
      assert.deepEqual(
        changeRegistry(db, { now: 2 }, () => again),
        [],
      );
    }),
    { numRuns: 40 },
  );
});
