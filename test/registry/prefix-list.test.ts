// parsePrefixList: bare lists, CSV, and every faulty line.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePrefixList } from '../../src/registry/prefix-list.js';

test('parsePrefixList reads a bare list, with comments and empty lines', () => {
  const { prefixes, faults } = parsePrefixList('193.0.0.0/24\r\n\n# a comment\n2001:67c::/32 # mine\n');
  assert.deepEqual(faults, []);
  assert.deepEqual(
    prefixes.map(({ entry }) => entry.prefix.toString()),
    ['193.0.0.0/24', '2001:67c::/32'],
  );
});

test('parsePrefixList reads CSV by the names of its columns', () => {
  const { prefixes, faults } = parsePrefixList(
    'name,origins,prefix,connection\nx,3333 AS1103,193.0.0.0/24,a\n,none,193.0.1.0/24,b\n',
  );
  assert.deepEqual(faults, []);
  const rows = prefixes.map(({ connection, entry }) => [connection, entry.name, entry.origins]);
  assert.deepEqual(rows, [
    ['a', 'x', [1103, 3333]],
    ['b', '193.0.1.0-24', []],
  ]);
});

test('parsePrefixList names every faulty line', () => {
  const { faults } = parsePrefixList(
    'prefix,nmae,origins\n193.0.0.1/24,,\nhello,,\n193.0.0.0/24,,AS\n193.0.1.0/24,,,4\n',
  );
  assert.deepEqual(
    faults.map(({ line, rule }) => `${line} ${rule ?? 'form'}`),
    ['1 form', '2 V1', '3 V1', '4 form', '5 form'],
  );
});

test('parsePrefixList takes cells quoted as spreadsheets write them: names of connections may hold commas', () => {
  const { prefixes, faults } = parsePrefixList(
    '"prefix","connection","origins"\n"193.0.0.0/24","Delft, ""old"" #2","3333 1103" # moved\n193.0.1.0/24,a,\n',
  );
  assert.deepEqual(faults, []);
  const rows = prefixes.map(({ connection, entry }) => [connection, entry.prefix.toString(), entry.origins]);
  assert.deepEqual(rows, [
    ['Delft, "old" #2', '193.0.0.0/24', [1103, 3333]],
    ['a', '193.0.1.0/24', null],
  ]);
});
