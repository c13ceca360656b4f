// Incident registry-drift through a real engine (detection.md section 3). By hand: a day is 86 400 s, a week 604 800 s.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { policy, reference, secondsOf, Stage, Story } from '../support/event-builder.js';

const P = '203.0.113.0/24';
const COVER = '203.0.112.0/23';
const R = policy(P, { neighbors: { 64496: [64500] } });
const DAY = 86_400;
const WEEK = 604_800;
const good = (peer: number): string => `${65000 + peer} 64500 64496`;
const foreign = (peer: number): string => `${65000 + peer} 64500 64511`;

/** A dump of three full feeds at 0; `holders` have the prefix. */
function dump(holders: readonly number[], routes = 60_000): Story {
  const story = new Story().ribBegin(0, 'd', [1, 2, 3]);
  for (const peer of holders) story.rib(1, peer, 'd', P, good(peer));
  return story.ribEnd(5, 'd', [1, 2, 3], { routes: [routes, routes, routes] });
}

/** Peers 1 and 2 announce it at 0 and 10: enough of them since 10. */
function two(prefix: string, path: (peer: number) => string): Story {
  return new Story().announce(0, 1, prefix, path(1)).announce(10, 2, prefix, path(2));
}

const driftsOf = (story: Story, end: number, policies = [R]) =>
  new Stage(policies)
    .play(story)
    .end(end)
    .verdicts.filter((verdict) => verdict.startsWith('registry-drift'));

const AT_0 = [`registry-drift ${P}  0..open`];
const AT_10 = [`registry-drift ${P}  10..open`];

const absence: readonly (readonly [string, () => Story, number, readonly string[]])[] = [
  ['no full feed ever had it', () => dump([]), DAY, AT_0],
  ['the same a second before a day is over', () => dump([]), DAY - 1, []],
  ['one full feed has it', () => dump([2]), 2 * DAY, []],
  ['no session is a full feed', () => dump([], 49_999), 2 * DAY, []],
  ['a session that is no full feed has it', () => dump([]).announce(10, 4, P, good(4)), DAY, AT_0],
  ['a full feed has it in time', () => dump([]).announce(DAY - 1, 1, P, good(1)), 2 * DAY, []],
  [
    'the last full feed withdrew it',
    () => dump([2]).withdraw(100, 2, P),
    DAY + 100,
    [`registry-drift ${P}  100..open`],
  ],
  ['the last full feed went down with it', () => dump([2]).session('down', 100, 2), 2 * DAY, []],
  [
    'it comes at last',
    () => dump([]).announce(2 * DAY, 1, P, good(1)),
    3 * DAY,
    [`registry-drift ${P}  0..${2 * DAY} withdrawn`],
  ],
];

const standing: readonly (readonly [string, () => Story, number, readonly string[]])[] = [
  ['a foreign origin on two peer ASes', () => two(P, foreign), WEEK + 10, AT_10],
  ['the same a second before a week is over', () => two(P, foreign), WEEK + 9, []],
  ['a foreign origin on one peer AS', () => new Story().announce(0, 1, P, foreign(1)), 2 * WEEK, []],
  ['a foreign origin inside', () => two('203.0.113.0/25', foreign), WEEK + 10, AT_10],
  ['another neighbour', () => two(P, (peer) => `${65000 + peer} 64510 64496`), WEEK + 10, AT_10],
  ['a cover of somebody else', () => two(COVER, foreign), WEEK + 10, AT_10],
  ['a cover of an aggregator', () => two(COVER, (peer) => `${65000 + peer} 64500`), 2 * WEEK, []],
  ['what is registered', () => two(P, good), 2 * WEEK, []],
  ['malformed announcements', () => malformed(), 2 * WEEK, []],
  ['a foreign origin that is gone after six days', () => two(P, foreign).withdraw(6 * DAY, 1, P), 2 * WEEK, []],
  ['one that is back after 600 s', () => back(600), WEEK + 10, AT_10],
  ['one that is back after 601 s', () => back(601), WEEK + 10, []],
  ['one whose session is back after an hour', () => reset(3600), WEEK + 10, AT_10],
  ['one whose session is back after more than an hour', () => reset(3601), WEEK + 10, []],
  [
    'it goes at last',
    () =>
      two(P, foreign)
        .withdraw(WEEK + 1000, 1, P)
        .withdraw(WEEK + 2000, 2, P),
    2 * WEEK,
    [`registry-drift ${P}  10..${WEEK + 1000} withdrawn`],
  ],
];

function back(gap: number): Story {
  return two(P, foreign)
    .withdraw(DAY, 1, P)
    .announce(DAY + gap, 1, P, foreign(1));
}

function reset(gap: number): Story {
  return two(P, foreign)
    .session('down', DAY, 1)
    .session('up', DAY + gap - 1, 1)
    .announce(DAY + gap, 1, P, foreign(1));
}

function malformed(): Story {
  return new Story()
    .announce(0, 1, P, foreign(1), { malformed: true })
    .announce(10, 2, P, foreign(2), { malformed: true });
}

function baseline(): Story {
  const story = new Story().ribBegin(0, 'd', [1, 2]);
  for (const peer of [1, 2]) story.rib(1, peer, 'd', COVER, foreign(peer));
  return story.ribEnd(5, 'd', [1, 2]);
}

suite('DriftMonitor', () => {
  for (const [name, story, end, verdicts] of [...absence, ...standing])
    test(`DriftMonitor, ${name}: ${verdicts.join() || 'nothing'}`, () =>
      assert.deepEqual(driftsOf(story(), end), verdicts));

  test('DriftMonitor tells of a cover that RIB bootstraps held, which is no incident otherwise', () => {
    const stage = new Stage([R]).play(baseline()).end(WEEK + 1);
    assert.deepEqual(stage.verdicts, [`registry-drift ${P}  1..open`]);
    assert.match(stage.incident.clauses[0], /^AS64511 announces 203\.0\.112\.0\/23, which covers 203\.0\.113\.0\/24, /);
  });

  test('DriftMonitor tells of nothing that is registered as not to be announced and is not', () => {
    assert.deepEqual(driftsOf(dump([]), 2 * DAY, [policy(P, { origins: [] })]), []);
  });

  test('DriftMonitor says what does not agree, with its figures and evidence', () => {
    const stage = new Stage([R]).play(two(P, foreign)).end(WEEK + 10);
    const incident = stage.incidents.find(({ type }) => type === 'registry-drift')!;
    assert.deepEqual([incident.level, incident.state, incident.offender], ['Warning', 'open', '']);
    assert.deepEqual(incident.observed, { origin: 64511, neighbor: null });
    assert.equal(secondsOf(incident.notifiableAt), WEEK + 10);
    assert.deepEqual(incident.clauses, [
      `AS64511 originates ${P} since 2026-06-16T07:00:10.000000Z, for 604800 s or more, and is not registered for ${P}`,
      'it is over when registry, ROAs and routes agree',
    ]);
    assert.deepEqual(incident.peersEver, [65001, 65002]);
  });

  test('DriftMonitor raises one incident of a prefix, whatever does not agree, which ends with the last of it', () => {
    const story = dump([]).announce(6, 1, COVER, foreign(1)).announce(10, 2, COVER, foreign(2));
    const stage = new Stage([R]).play(story).end(WEEK + 10);
    const drift = () => stage.incidents.find(({ type }) => type === 'registry-drift')!;
    assert.equal(drift().clauses.length, 3);
    stage.play(new Story({ input: 'more' }).announce(WEEK + 20, 3, P, good(3)), WEEK + 100);
    assert.deepEqual([drift().clauses.length, drift().resolvedAt], [2, null]);
    stage.play(new Story({ input: 'last' }).withdraw(WEEK + 200, 1, COVER), WEEK + 2000);
    assert.deepEqual([secondsOf(drift().resolvedAt), drift().reason], [WEEK + 200, 'withdrawn']);
  });

  test('DriftMonitor tells of a registered origin that is RPKI invalid with the first record, and ends it with the ROA', () => {
    const wrong = reference({ vrps: [`${P} 64511`], version: 'wrong' });
    const stage = new Stage([R], undefined, wrong);
    stage.engine.restored();
    stage.play(new Story().announce(50, 1, P, good(1)));
    const drift = () => stage.incidents.find(({ type }) => type === 'registry-drift')!;
    assert.deepEqual([secondsOf(drift().openedAt), drift().state, drift().reference], [50, 'open', 'wrong']);
    assert.equal(
      drift().clauses[0],
      `${P} with the registered origin AS64496 is RPKI invalid (origin); covering VRPs: ${P}-24 AS64511`,
    );
    stage.refer(reference({ vrps: [`${P} 64511`, `${P} 64496`], version: 'right' }));
    assert.deepEqual([secondsOf(drift().resolvedAt), drift().reason], [50, 'reconfigured']);
  });

  test('DriftMonitor ends it as reconfigured where the origin is registered now', () => {
    const stage = new Stage([R]).play(two(P, foreign)).end(WEEK + 100);
    stage.reconfigure([policy(P, { origins: [64496, 64511] })]);
    const drift = stage.incidents.find(({ type }) => type === 'registry-drift')!;
    assert.deepEqual([drift.reason, secondsOf(drift.resolvedAt)], ['reconfigured', WEEK + 100]);
  });
});
