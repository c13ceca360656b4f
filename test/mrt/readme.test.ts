// src/mrt/README.md: its examples run, as a program of a user would; its conformance table names tests that exist; its table of warnings
// is the one of src/bgp/warnings.ts. `UPDATE_README=1` writes that table anew.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { WARNINGS } from '../../src/bgp/warnings.js';
import { projectRoot } from '../support/requires.js';

const path = join(projectRoot, 'src', 'mrt', 'README.md');
const readme = readFileSync(path, 'utf8');

/** The parser as this test run has it: built beside the built test, or source. */
const parser = import.meta.url.endsWith('.ts')
  ? pathToFileURL(join(projectRoot, 'src', 'mrt', 'mrt-parser.ts')).href
  : new URL('../../src/mrt/mrt-parser.js', import.meta.url).href;

const examples = [...readme.matchAll(/^## ([^\n]+)\n(?:(?!^## )[\s\S])*?```ts\n([\s\S]*?)```/gm)];

test('README.md of mrt-parser has an example for each of its five uses', () => {
  assert.equal(examples.length, 5);
});

for (const [, title, code] of examples) {
  test(`README.md of mrt-parser: the example of "${title}" runs and prints what it says`, () => {
    const program = code.replaceAll("'peerwatch/mrt-parser'", `'${parser}'`);
    const loader = parser.endsWith('.ts') ? ['--import', 'tsx'] : [];
    const printed = execFileSync(process.execPath, [...loader, '--input-type=module', '-e', program], {
      cwd: projectRoot,
      encoding: 'utf8',
    });
    const expected = [...code.matchAll(/^ *\/\/ (.*)$/gm)].map(([, line]) => line);
    if (expected.length > 0) assert.deepEqual(printed.trimEnd().split('\n'), expected);
    assert.ok(printed.length > 0);
    assert.doesNotMatch(printed, /false/);
  });
}

/** RFC, file and beginning of a test's name (or of a case's, in the test's table). */
const rows = [...readme.matchAll(/^\| (\d{4})(?:, \d{4})* \| [^|]+ \| [^|]+ \| `([^`]+)`: ([^|]+) \|$/gm)];

/** What may begin a test's name there: all that stands behind a quote. */
function namesOf(file: string): string[] {
  return readFileSync(join(projectRoot, file), 'utf8').split(/['`"]/);
}

test('README.md of mrt-parser names for every RFC a test that exists', () => {
  assert.equal(rows.length, [...readme.matchAll(/^\| \d{4}/gm)].length, 'a row without a test');
  const missing = rows
    .filter(([, , file = '', title]) => !namesOf(file).some((name) => name.startsWith(title)))
    .map(([line]) => line);
  assert.deepEqual(missing, []);
  const wanted = [4271, 4360, 4456, 4760, 5492, 5701, 6396, 6397, 6793, 7606, 7607, 7911, 8050, 8092, 8654, 9072, 9234];
  assert.deepEqual(
    wanted.filter((rfc) => !rows.some(([, number]) => Number(number) === rfc)),
    [],
  );
});

test('README.md of mrt-parser holds the table of warnings as src/bgp/warnings.ts has it', () => {
  const lines = Object.entries(WARNINGS).map(
    ([code, { effect, meaning }]) => `| \`${code}\` | ${effect} | ${meaning} |`,
  );
  const table = ['', '| code | effect | meaning |', '|---|---|---|', ...lines, '', ''].join('\n');
  const current = readme.replace(/(<!-- warnings[^\n]*-->)[\s\S]*(<!-- end of warnings -->)/, `$1\n${table}$2`);
  if (process.env['UPDATE_README'] === '1') writeFileSync(path, current);
  else assert.equal(readme, current);
});
