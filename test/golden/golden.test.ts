import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { fixtureFiles, goldenNames, goldenPath, goldenText } from './golden-files.js';

for (const fixture of fixtureFiles()) {
  test(`dump --json of fixtures/${fixture} is as its golden file has it`, async () => {
    const path = goldenPath(fixture);
    assert.ok(existsSync(path), 'no golden file: npm run golden:update');
    const [actual, expected] = [(await goldenText(fixture)).split('\n'), readFileSync(path, 'utf8').split('\n')];
    const at = expected.findIndex((line, index) => line !== actual[index]);
    if (at >= 0) assert.equal(actual[at], expected[at], `line ${at + 1}; if it is right: npm run golden:update`);
    assert.equal(actual.length, expected.length);
  });
}

test('every golden file has its fixture', () => {
  const wanted = new Set(fixtureFiles().map((fixture) => basename(goldenPath(fixture))));
  assert.deepEqual(
    goldenNames().filter((name) => !wanted.has(name)),
    [],
  );
});
