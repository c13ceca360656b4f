// The golden replays: one run of the lab's dumps and one of the made ones, byte for byte. The lab's is also read against the story that
// the stager wrote: every staged wrong is there once, and nothing else would notify anybody.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readStory, stagedIncidents } from '../support/lab-story.js';
import { projectRoot } from '../support/requires.js';
import { replayLines } from '../support/slow-checker/comparison.js';
import { goldenReplay, goldenReplayPath } from './replay-golden.js';

for (const name of ['lab', 'made'] as const) {
  test(`replay --json of the ${name} dumps of fixtures/ is as its golden file has it`, async () => {
    const expected = readFileSync(goldenReplayPath(name), 'utf8').split('\n');
    const actual = (await goldenReplay(name)).split('\n');
    const at = expected.findIndex((line, index) => line !== actual[index]);
    if (at >= 0) assert.equal(actual[at], expected[at], `line ${at + 1}; if it is right: npm run golden:update`);
    assert.equal(actual.length, expected.length);
  });
}

test('the golden replay of the lab notifies of every staged wrong once, and of nothing else', () => {
  const lines = replayLines(readFileSync(goldenReplayPath('lab'), 'utf8'));
  const notifying = lines.filter(({ kind, notifiableAt }) => kind === 'incident' && notifiableAt !== null);
  const told = notifying.map(({ type, level, prefix, offender, state }) =>
    [type, level, prefix, offender, state].join(' '),
  );
  const staged = stagedIncidents(readStory(join(projectRoot, 'fixtures', 'story.json')));
  assert.deepEqual(
    told.sort(),
    staged.map(({ type, level, prefix, offender, state }) => [type, level, prefix, offender, state].join(' ')).sort(),
  );
  assert.equal(lines.filter(({ kind }) => kind === 'incident').length, staged.length);
});
