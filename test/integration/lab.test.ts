// The lab staged anew: BIRD, FRR and GoBGP play the story of test/lab/stage.sh in a namespace of their own, and what their dumps
// give is compared with what the stager did: routes, incidents and events, never bytes. Takes two minutes; needs root.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { equalsBgpdump, mrtFiles, replayTellsTheStory, ribsAgree, showsTheSteps } from '../support/lab-check.js';
import { readStory, stage, type Story } from '../support/lab-story.js';
import { requires } from '../support/requires.js';

const needs = ['root', 'bird', 'birdc', 'bgpd', 'vtysh', 'gobgpd', 'gobgp', 'ip', 'bgpdump'];

suite('the lab, staged anew', { skip: requires(...needs) }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerwatch-story-'));
  const dumps = join(folder, 'dumps');
  let story: Story;

  before(async () => {
    await stage(folder);
    story = readStory(join(folder, 'story.json'));
  });
  after(() => rmSync(folder, { recursive: true }));

  test('dump prints of every staged file what bgpdump prints, declared ADD-PATH and two-octet sessions included', async () => {
    for (const file of [...mrtFiles(dumps), join(folder, 'extra', 'provider-updates.mrt')]) await equalsBgpdump(file);
  });

  test('dump shows every step of the story in the updates of every collector', async () => {
    await showsTheSteps(dumps, story);
  });

  test('dump shows in every RIB the peers that the updates had left with each prefix', async () => {
    await ribsAgree(dumps, story);
  });

  test('replay gives the staged incidents and events and none of the session reset', async () => {
    await replayTellsTheStory(mrtFiles(dumps), story, join(folder, 'registry.db'));
  });
});
