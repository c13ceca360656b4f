// forged-path over time: what makes a link known, what is forgotten, and how an incident about a link ends. Days are of event time; the
// history is learnt on day 14 (detection.md section 3), a link is known after 7 days more.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { explainIncident } from '../../src/incidents/explanation.js';
import { type DetectionFigures } from '../../src/detection/figures.js';
import { at, figures, policy, reference, Stage, Story } from '../support/event-builder.js';

const R = '203.0.113.0/24';
const Q = '198.51.100.0/24';
const DAY = 86_400;
const LEARNT = 14 * DAY;
const GOOD = '64500 64496';
/** 64511 pretends to have the route of the provider. */
const FORGED = '64505 64511 64500 64496';

function dump(story: Story, seconds: number, peers: readonly number[], tail = GOOD, prefix = R): Story {
  const name = `d${seconds} ${peers.join()}`;
  story.ribBegin(seconds, name, peers);
  for (const peer of peers) story.rib(seconds, peer, name, prefix, `${65000 + peer} ${tail}`);
  return story.ribEnd(seconds, name, peers);
}

/** Peers 1 to 3 with a dump on day 0; then 65001-64505 is learnt, on day 1. */
function learnt(): Story {
  const story = dump(new Story(), 0, [1, 2, 3]);
  for (const peer of [1, 2, 3]) story.announce(DAY, peer, R, `${65000 + peer} 64505 64500 64496`);
  for (const peer of [1, 2, 3]) story.announce(DAY + 60, peer, R, `${65000 + peer} ${GOOD}`);
  return story;
}

function forge(story: Story, seconds: number, peers: readonly number[], prefix = R): Story {
  for (const peer of peers) story.announce(seconds, peer, prefix, `${65000 + peer} ${FORGED}`);
  return story;
}

function mend(story: Story, seconds: number, peers: readonly number[]): Story {
  for (const peer of peers) story.announce(seconds, peer, R, `${65000 + peer} ${GOOD}`);
  return story;
}

function stage(detection?: DetectionFigures): Stage {
  return new Stage([policy(R), policy(Q)], detection);
}

const name = (from: number, to: number | 'open', reason = 'withdrawn'): string =>
  `forged-path ${R} 64511/64500 ${from}..${to === 'open' ? 'open' : `${to} ${reason}`}`;
const forged = (played: Stage): readonly string[] => played.verdicts.filter((line) => line.startsWith('forged-path'));

suite('forged-path', () => {
  test('a link that was never seen opens it, of two peer ASes open, and nobody is notified by default', () => {
    const played = stage().play(forge(learnt(), LEARNT + DAY, [1, 2]), LEARNT + DAY + 100);
    const [incident] = played.incidents.filter(({ type }) => type === 'forged-path');
    assert.deepEqual(forged(played), [name(LEARNT + DAY, 'open')]);
    assert.deepEqual([incident.state, incident.level, incident.notifiableAt], ['open', 'Warning', null]);
    assert.equal(incident.score, 60, '64505 and 64500 are next to each other, 64511 to nobody: 40 + 20');
    assert.match(explainIncident(incident), /Nobody is notified of this type \(detection\.lifecycle\.notNotified\)/);
  });

  test('somebody is where the configuration says so', () => {
    const played = stage(figures({ lifecycle: { notNotified: [] } })).play(forge(learnt(), LEARNT + DAY, [1, 2]));
    assert.equal(played.incidents.find(({ type }) => type === 'forged-path')?.notifiableAt, at(LEARNT + DAY));
  });

  test('nothing is found before the history spans 14 days, and what was seen by then is known', () => {
    const story = mend(forge(learnt(), LEARNT - 100, [1, 2]), LEARNT - 50, [1, 2]);
    assert.deepEqual(forged(stage().play(forge(story, LEARNT + DAY, [1, 2]), LEARNT + 2 * DAY)), []);
  });

  test('it ends as withdrawn when the route goes, the link is forgotten, and the same attack is found again', () => {
    const story = mend(forge(learnt(), LEARNT + DAY, [1, 2]), LEARNT + DAY + 300, [1, 2]);
    const played = stage().play(forge(story, LEARNT + 10 * DAY, [1, 2]), LEARNT + 11 * DAY);
    assert.deepEqual(forged(played), [name(LEARNT + DAY, LEARNT + DAY + 300), name(LEARNT + 10 * DAY, 'open')]);
  });

  test('a link that stays for 7 days becomes known, which ends it then, in words of its own', () => {
    const played = stage().play(forge(learnt(), LEARNT + DAY, [1, 2]), LEARNT + 9 * DAY);
    assert.deepEqual(forged(played), [name(LEARNT + DAY, LEARNT + 8 * DAY)]);
    const incident = played.incidents.find(({ type }) => type === 'forged-path')!;
    assert.match(explainIncident(incident), /the link had been seen for so long that it counts as known\./);
    assert.equal(forged(played.play(forge(new Story(), LEARNT + 10 * DAY, [3]), LEARNT + 11 * DAY)).length, 1);
  });

  test('one that an ASPA denies does not', () => {
    const data = reference({ aspas: { 64500: [64505] } });
    const played = new Stage([policy(R)], figures(), data).play(
      forge(learnt(), LEARNT + DAY, [1, 2]),
      LEARNT + 9 * DAY,
    );
    assert.deepEqual(forged(played), [name(LEARNT + DAY, 'open')]);
  });

  test('a session without a RIB dump is not judged; its first dump makes known what it has', () => {
    const story = forge(learnt(), LEARNT + DAY, [4]);
    assert.deepEqual(forged(stage().play(story, LEARNT + DAY + 100)), []);
    dump(story, LEARNT + DAY + 200, [4], FORGED);
    assert.deepEqual(forged(stage().play(forge(story, LEARNT + DAY + 300, [1, 2]), LEARNT + 2 * DAY)), []);
  });

  test('its first dump does not make known what is accused, and is judged itself', () => {
    const story = forge(learnt(), LEARNT + DAY, [1, 2]);
    dump(story, LEARNT + DAY + 200, [4], FORGED);
    const played = stage().play(story, LEARNT + 2 * DAY);
    assert.deepEqual(forged(played), [name(LEARNT + DAY, 'open')]);
    assert.deepEqual(played.incidents.find(({ type }) => type === 'forged-path')?.peersEver, [65001, 65002, 65004]);
  });

  test('a hijack teaches no link, while the history is learnt either', () => {
    const story = learnt();
    const hijack = (seconds: number, tail: string): Story => story.announce(seconds, 1, R, `65001 64505 64511 ${tail}`);
    hijack(2 * DAY, '64500 64497');
    mend(story, 2 * DAY + 60, [1]);
    const played = stage().play(forge(story, LEARNT + DAY, [1, 2]), LEARNT + 2 * DAY);
    assert.deepEqual(forged(played), [name(LEARNT + DAY, 'open')]);
  });

  test('a link of two prefixes is forgotten when the last of its incidents ends', () => {
    const story = forge(forge(learnt(), LEARNT + DAY, [1, 2]), LEARNT + DAY + 10, [1, 2], Q);
    mend(story, LEARNT + DAY + 300, [1, 2]);
    const played = stage().play(story, LEARNT + DAY + 2000);
    assert.equal(played.engine.links.find(64511, 64500)?.standing, 'new');
    const last = new Story().withdraw(LEARNT + DAY + 3000, 1, Q).withdraw(LEARNT + DAY + 3000, 2, Q);
    assert.equal(played.play(last, LEARNT + DAY + 4000).engine.links.find(64511, 64500), undefined);
  });

  test('what a changed registry makes legitimate brings no new links', () => {
    const story = learnt().announce(LEARNT + DAY, 1, R, '65001 64505 64511 64500 64497');
    const played = stage().play(story, LEARNT + DAY + 100);
    played.reconfigure([policy(R, { origins: [64496, 64497] }), policy(Q)]);
    const again = new Story().announce(LEARNT + DAY + 900, 2, R, '65002 64505 64511 64500 64497');
    assert.deepEqual(forged(played.play(again, LEARNT + 2 * DAY)), []);
  });

  test('retention forgets links that nobody shows, and none of a stored route', () => {
    const played = stage().play(learnt(), LEARNT + DAY);
    assert.notEqual(played.engine.links.find(64505, 64500), undefined);
    played.engine.forgetLinks(at(LEARNT));
    assert.equal(played.engine.links.find(64505, 64500), undefined);
    assert.notEqual(played.engine.links.find(65001, 64500), undefined);
  });

  test('a full table of links gives up new ones first, then those shown longest ago, and none of a stored route', () => {
    const full = figures({ forgedPath: { maxLinks: 9 } });
    // Known: 64500-64496, three peers at 64500 and at 64505, 64505-64500: eight. Two more come: 64505-64511 and 64511-64500.
    const played = stage(full).play(forge(learnt(), LEARNT + DAY, [1]), LEARNT + DAY + 100);
    const left = [...played.engine.links.all].map(({ low, high }) => `${low}-${high}`).sort();
    // Two of those that no route has go, to be at nine tenths, 8: 64505-64500 and 64505-65002, the lowest of one day.
    assert.deepEqual(
      left,
      [
        '64496-64500',
        '64500-64511',
        '64500-65002',
        '64500-65003',
        '64505-64511',
        '64505-65001',
        '64505-65003',
        '64500-65001',
      ].sort(),
    );
  });
});
