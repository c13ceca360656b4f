// The committed dumps: their checksums hold, every one of them is listed, the whole folder is small, and they tell the story that the
// stager wrote beside them. Golden lines are compared in test/golden; here a second path is asked: bgpdump, and the story.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { equalsBgpdump, mrtFiles, replayTellsTheStory, ribsAgree, showsTheSteps } from '../support/lab-check.js';
import { collectors, readStory } from '../support/lab-story.js';
import { projectRoot, requires } from '../support/requires.js';

const fixtures = join(projectRoot, 'fixtures');
const dumps = join(fixtures, 'dumps');
const story = readStory(join(fixtures, 'story.json'));

test('SHA256SUMS names every dump, and each has the sum that it says', () => {
  const sums = readFileSync(join(fixtures, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
  const listed = new Map(sums.map((line) => [line.slice(66), line.slice(0, 64)]));
  assert.deepEqual([...listed.keys()].map((name) => join(fixtures, name)).sort(), mrtFiles(dumps));
  for (const [name, sum] of listed) {
    assert.equal(
      createHash('sha256')
        .update(readFileSync(join(fixtures, name)))
        .digest('hex'),
      sum,
      name,
    );
  }
});

test('fixtures/README.md names every dump, and all of fixtures/ is under 1 MiB', () => {
  const readme = readFileSync(join(fixtures, 'README.md'), 'utf8');
  for (const file of mrtFiles(dumps))
    assert.ok(readme.includes(file.slice(dumps.length + 1)), `${file} is not in README.md`);
  const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).map((name) =>
    statSync(join(fixtures, name)),
  );
  const bytes = files.filter((stat) => stat.isFile()).reduce((sum, { size }) => sum + size, 0);
  assert.ok(bytes < 1024 * 1024, `${bytes} bytes`);
});

test('dump prints of every committed file what bgpdump prints', { skip: requires('bgpdump') }, async () => {
  for (const file of mrtFiles(dumps)) await equalsBgpdump(file);
});

test('dump shows every step of the committed story in the updates of every collector', async () => {
  await showsTheSteps(dumps, story);
});

test('dump shows in every committed RIB the peers that the updates had left with each prefix', async () => {
  await ribsAgree(dumps, story);
});

test('replay of the committed dumps gives the staged incidents and events and none of the session reset', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerwatch-fixtures-'));
  try {
    const staged = collectors.flatMap((collector) => mrtFiles(join(dumps, collector)));
    await replayTellsTheStory(staged, story, join(folder, 'registry.db'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
