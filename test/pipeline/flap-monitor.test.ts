// Incident flapping through a real engine (detection.md sections 3, 4, 6): what costs a penalty, what opens it and what ends it. By hand:
// seven withdrawals at one instant are 7000; 7000 is under 750 after 15 min x log2(7000 / 750) = 2900.27 s.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { figures, policy, secondsOf, Stage, Story } from '../support/event-builder.js';

const P = '203.0.113.0/24';
const R = policy(P);
const GOOD = (peer: number) => `${65000 + peer} 64500 64496`;

/** `n` withdrawals of one peer within a second, from `since`; the route is there before and after each. */
function withdrawals(story: Story, peer: number, n: number, since = 0): Story {
  for (let i = 0; i < n; i++) {
    story.announce(since, peer, P, GOOD(peer)).withdraw(since, peer, P);
  }
  return story;
}

/** `n` changes of attributes of one peer at one instant. */
function changes(story: Story, peer: number, n: number, since = 0): Story {
  for (let i = 0; i <= n; i++) story.announce(since, peer, P, GOOD(peer), { attributes: `med ${i}` });
  return story;
}

const flapsOf = (story: Story, until = 1) =>
  new Stage([R]).play(story, until).incidents.filter(({ type }) => type === 'flapping');

const cases: readonly (readonly [string, () => Story, number])[] = [
  ['two peer ASes over 6000 by withdrawals', () => withdrawals(withdrawals(new Story(), 1, 7), 2, 7), 1],
  ['two peer ASes over 6000 by changes (13 x 500)', () => changes(changes(new Story(), 1, 13), 2, 13), 1],
  ['one noisy session alone', () => withdrawals(new Story(), 1, 100), 0],
  ['one peer AS on two sessions', () => twoSessions(), 0],
  ['6000 itself, which is not over it', () => withdrawals(withdrawals(new Story(), 1, 6), 2, 6), 0],
  ['twelve changes, which are 6000', () => changes(changes(new Story(), 1, 12), 2, 12), 0],
  ['a second peer AS that is late: 7000 of the first is 5557 after 5 min', () => late(300), 0],
  ['a second peer AS in time: 7000 of the first is 6382 after 2 min', () => late(120), 1],
  ['repeats, which cost nothing', () => repeats(), 0],
  ['lost sessions, which cost nothing', () => resets(), 0],
  ['changes in a table transfer', () => transfer(), 0],
  ['entries of RIB dumps', () => dumps(), 0],
  ['routes with a primary verdict', () => hijacks(), 0],
  ['withdrawals of nothing', () => nothing(), 0],
  ['announcements that are malformed: treated as withdrawals', () => malformed(), 1],
];

suite('FlapMonitor', () => {
  for (const [name, story, count] of cases) {
    test(`FlapMonitor ${count === 1 ? 'raises' : 'does not raise'} flapping for ${name}`, () => {
      assert.equal(flapsOf(story(), 3600).length, count);
    });
  }

  test('FlapMonitor opens at the first evidence, is told with the second peer AS, and ends when all are under 750', () => {
    const story = withdrawals(withdrawals(new Story(), 1, 7, 10), 2, 7, 20);
    const [incident] = flapsOf(story, 4000);
    assert.deepEqual(
      [incident.level, incident.offender, incident.prefix, incident.registeredPrefix, incident.state, incident.reason],
      ['Warning', '', P, P, 'resolved', 'withdrawn'],
    );
    assert.deepEqual([secondsOf(incident.openedAt), secondsOf(incident.notifiableAt)], [10, 20]);
    assert.ok(Math.abs(secondsOf(incident.resolvedAt)! - (20 + 900 * Math.log2(7000 / 750))) < 0.00001);
    assert.deepEqual(incident.peersEver, [65001, 65002]);
    // The seventh withdrawal of each took it over: records 13 and 27 of the story, one a record.
    assert.deepEqual(
      incident.evidence.map(({ peerAs, record }) => [peerAs, record]),
      [
        [65001, 13],
        [65002, 27],
      ],
    );
    assert.match(incident.clauses.join('; '), /2 peer ASes went over a penalty of 6000, 2 would do: AS65001 6946 \(7 /);
  });

  test('FlapMonitor waits for every session, also those that were never over', () => {
    const story = withdrawals(withdrawals(new Story(), 1, 7), 2, 7);
    withdrawals(story, 3, 1, 2890);
    const [incident] = flapsOf(story, 4000);
    assert.ok(Math.abs(secondsOf(incident.resolvedAt)! - (2890 + 900 * Math.log2(1000 / 750))) < 0.00001);
  });

  test('FlapMonitor keeps the evidence of the first peer AS with its bytes until the second one comes', () => {
    const stage = new Stage([R]).play(withdrawals(withdrawals(new Story(), 1, 7), 2, 7));
    assert.equal(stage.incident.evidence.length, 2);
    assert.equal(stage.evidence.length, 2);
  });

  test('FlapMonitor ends what it raised as reconfigured where the prefix is registered no more', () => {
    const stage = new Stage([R]).play(withdrawals(withdrawals(new Story(), 1, 7), 2, 7));
    assert.equal(stage.reconfigure([policy('198.51.100.0/24')]).incident.reason, 'reconfigured');
  });

  test('FlapMonitor takes its figures from the configuration', () => {
    const own = figures({ flapping: { suppress: 1500, minPeers: 1 } });
    const stage = new Stage([R], own).play(withdrawals(new Story(), 1, 2));
    assert.equal(stage.incident.type, 'flapping');
  });
});

function twoSessions(): Story {
  const story = withdrawals(new Story(), 1, 7);
  const other = { peerAddress: '192.0.2.99', peerAs: 65001 };
  for (let i = 0; i < 7; i++) story.announce(0, other, P, GOOD(1)).withdraw(0, other, P);
  return story;
}

function late(seconds: number): Story {
  return withdrawals(withdrawals(new Story(), 1, 7), 2, 7, seconds);
}

function repeats(): Story {
  const story = new Story();
  for (let i = 0; i < 40; i++) story.announce(i, 1, P, GOOD(1)).announce(i, 2, P, GOOD(2));
  return story;
}

function resets(): Story {
  const story = new Story();
  for (let i = 0; i < 20; i++)
    for (const peer of [1, 2]) story.announce(i, peer, P, GOOD(peer)).session('down', i, peer).session('up', i, peer);
  return story;
}

function transfer(): Story {
  const story = new Story();
  for (const peer of [1, 2]) changes(story.session('up', 0, peer), peer, 20);
  return story;
}

function dumps(): Story {
  const story = new Story();
  for (let i = 0; i < 20; i++) {
    story.ribBegin(i, `d${i}`, [1, 2]);
    for (const peer of [1, 2]) story.rib(i, peer, `d${i}`, P, GOOD(peer), { attributes: `med ${i}` });
    story.ribEnd(i, `d${i}`, [1, 2]);
  }
  return story;
}

function hijacks(): Story {
  const story = new Story();
  for (let i = 0; i < 20; i++)
    for (const peer of [1, 2]) story.announce(0, peer, P, `${65000 + peer} 64511`).withdraw(0, peer, P);
  return story;
}

function nothing(): Story {
  const story = new Story();
  for (let i = 0; i < 20; i++) story.withdraw(0, 1, P).withdraw(0, 2, P);
  return story;
}

function malformed(): Story {
  const story = new Story();
  for (let i = 0; i < 7; i++)
    for (const peer of [1, 2])
      story.announce(0, peer, P, GOOD(peer)).announce(0, peer, P, GOOD(peer), { malformed: true });
  return story;
}
