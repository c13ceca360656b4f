// Incident path-change through a real engine (detection.md sections 3 and 6). Origin 64496 behind 64500; peers turn from transit 64510 to
// 64520, so the pivot is 64520.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { figures, policy, secondsOf, Stage, Story } from '../support/event-builder.js';

const P = '203.0.113.0/24';
const R = policy(P);
const OLD = (peer: number) => `${65000 + peer} 64510 64500 64496`;
const NEW = (peer: number) => `${65000 + peer} 64520 64500 64496`;
const NEVER = figures({ pathChange: { settledAfter: 1e15 } });

/** Peers 1 to n carry the prefix by the old path. */
function carried(n: number): Story {
  const story = new Story();
  for (let peer = 1; peer <= n; peer++) story.announce(0, peer, P, OLD(peer));
  return story;
}

/** Peers turn one after the other, `every` seconds apart. */
function turned(story: Story, peers: readonly number[], since = 100, every = 1): Story {
  peers.forEach((peer, i) => story.announce(since + i * every, peer, P, NEW(peer)));
  return story;
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

const cases: readonly (readonly [string, () => Story, readonly string[]])[] = [
  ['three peer ASes of three', () => turned(carried(3), [1, 2, 3]), ['64520']],
  ['two peer ASes', () => turned(carried(3), [1, 2]), []],
  ['three of thirty: 10 %', () => turned(carried(30), [1, 2, 3]), ['64520']],
  ['three of thirty-one: 10 % are 3.1', () => turned(carried(31), [1, 2, 3]), []],
  ['four of thirty-one', () => turned(carried(31), [1, 2, 3, 4]), ['64520']],
  ['seven of seventy, though 0.1 x 70 is more than 7 in binary', () => turned(carried(70), upTo(7)), ['64520']],
  ['three, of which some carriers left before', () => leftBefore(), ['64520']],
  ['three within 300 s', () => turned(carried(3), [1, 2, 3], 100, 150), ['64520']],
  ['three within 302 s', () => turned(carried(3), [1, 2, 3], 100, 151), []],
  ['three sessions of two peer ASes', () => twoOfOne(), []],
  ['three of whom one was back before', () => backBefore(), []],
  ['three of whom one withdrew before', () => turned(turned(carried(3), [1]).withdraw(100.5, 1, P), [2, 3], 101), []],
  [
    'three of whom one went down before',
    () => turned(turned(carried(3), [1]).session('down', 100.5, 1), [2, 3], 101),
    [],
  ],
  ['three that turn to different ASes', () => different(), []],
  ['three that change attributes alone', () => attributes(), []],
  ['an origin that prepends itself', () => prepends(), ['64496']],
  ['three whose new route came after a withdrawal: not both were there', () => withdrawnBefore(), []],
  ['a table transfer', () => transfer(), []],
  ['a RIB dump', () => dump(), []],
  ['routes of a foreign origin', () => foreign(), []],
];

suite('PathMonitor', () => {
  for (const [name, story, offenders] of cases) {
    test(`PathMonitor ${offenders.length > 0 ? 'raises' : 'does not raise'} path-change for ${name}`, () => {
      const found = new Stage([R], NEVER).play(story(), 900).incidents.filter(({ type }) => type === 'path-change');
      assert.deepEqual(
        found.map(({ offender, level, state }) => [offender, level, state]),
        offenders.map((offender) => [offender, 'Information', 'open']),
      );
    });
  }

  test('PathMonitor opens at the first change, is told with the one that made it enough, and counts who joins', () => {
    const stage = new Stage([R]).play(turned(carried(5), [1, 2, 3, 4]), 200);
    const { incident } = stage;
    assert.deepEqual([secondsOf(incident.openedAt), secondsOf(incident.notifiableAt)], [100, 102]);
    assert.deepEqual([incident.peersNow, incident.peersEver], [4, [65001, 65002, 65003, 65004]]);
    assert.deepEqual([incident.evidence.length, stage.evidence.length], [4, 4]);
    assert.match(
      incident.clauses.join('; '),
      /4 peer ASes changed .* at AS64520, .*; 5 carry it, so 3 within 300 s would do/,
    );
    assert.match(incident.clauses.join('; '), /classes of change: transit 4/);
  });

  test('PathMonitor ends it when fewer than three are left on the new path, and their return is no change of its own', () => {
    const story = turned(carried(4), [1, 2, 3, 4]);
    [1, 2, 3, 4].forEach((peer) => story.announce(500 + peer, peer, P, OLD(peer)));
    assert.deepEqual(new Stage([R]).play(story, 1000).verdicts, [`path-change ${P} 64520 100..502 withdrawn`]);
  });

  test('PathMonitor takes the last two that return, after the end was told, for no change beside one that comes there anew', () => {
    // Cause: with the end of the incident it forgot where those came from who were still to return.
    const story = turned(carried(4), [1, 2, 3, 4]).announce(0, 5, P, '65005 64530 64500 64496');
    [1, 2, 3, 4, 5].forEach((peer) => story.announce(500 + peer, peer, P, OLD(peer)));
    assert.deepEqual(new Stage([R]).play(story, 1000).verdicts, [`path-change ${P} 64520 100..502 withdrawn`]);
  });

  test('PathMonitor knows who turned an hour before, while others joined later, as returning too', () => {
    // Cause: how long a way back is known was counted from the session's own turn, not from the last one's that joined.
    const story = turned(carried(4), [1, 2, 3]).announce(0, 5, P, '65005 64530 64500 64496');
    story.announce(2000, 4, P, NEW(4));
    [3, 4, 1, 2, 5].forEach((peer, n) => story.announce(4000 + n, peer, P, OLD(peer)));
    assert.deepEqual(new Stage([R]).play(story, 5000).verdicts, [`path-change ${P} 64520 100..4001 withdrawn`]);
  });

  test('PathMonitor ends it an hour after the last one joined, where they stay', () => {
    const story = turned(carried(4), [1, 2, 3, 4]);
    assert.deepEqual(new Stage([R]).play(story, 4000).verdicts, [`path-change ${P} 64520 100..3703 withdrawn`]);
  });

  test('PathMonitor ends nothing for sessions that go down and come back on the new path', () => {
    const story = turned(carried(3), [1, 2, 3]);
    for (const peer of [1, 2, 3]) story.session('down', 200, peer);
    for (const peer of [1, 2, 3]) story.session('up', 210, peer).announce(211, peer, P, NEW(peer));
    assert.deepEqual(new Stage([R]).play(story, 1000).verdicts, [`path-change ${P} 64520 100..open`]);
  });

  test('PathMonitor takes a session that is back without the route as gone since it went down', () => {
    const story = turned(carried(3), [1, 2, 3]).session('down', 200, 1).session('up', 210, 1).endOfRib(212, 1);
    assert.deepEqual(new Stage([R]).play(story, 900).verdicts, [`path-change ${P} 64520 100..200 absent-after-reset`]);
  });

  test('PathMonitor does not open again by who joins what was ended by hand', () => {
    const stage = new Stage([R]).play(turned(carried(5), [1, 2, 3]));
    stage.engine.resolveByHand(stage.incident.id);
    stage.play(turned(new Story(), [4, 5], 200), 300);
    assert.equal(stage.incident.reason, 'manual');
  });

  test('PathMonitor gives changes of many prefixes at one AS one campaign', () => {
    const other = '198.51.100.0/24';
    const story = turned(carried(3), [1, 2, 3]);
    for (const peer of [1, 2, 3]) story.announce(110, peer, other, OLD(peer));
    for (const peer of [1, 2, 3]) story.announce(120, peer, other, NEW(peer));
    const { incidents } = new Stage([R, policy(other)]).play(story, 200);
    assert.deepEqual([incidents.length, new Set(incidents.map(({ campaign }) => campaign)).size], [2, 1]);
  });
});

function leftBefore(): Story {
  const story = carried(31);
  turned(story, [1, 2, 3]); // too few of 31
  return turned(story.withdraw(110, 31, P).withdraw(111, 1, P).announce(112, 1, P, OLD(1)), [1], 120);
}

function twoOfOne(): Story {
  const other = { peerAddress: '192.0.2.99', peerAs: 65001 };
  const story = carried(3).announce(0, other, P, OLD(1));
  return turned(story, [1, 2]).announce(103, other, P, NEW(1));
}

function backBefore(): Story {
  return turned(turned(carried(3), [1]).announce(100.5, 1, P, OLD(1)), [2, 3], 101);
}

function different(): Story {
  const story = carried(3);
  for (const peer of [1, 2, 3]) story.announce(100, peer, P, `${65000 + peer} ${64520 + peer} 64500 64496`);
  return story;
}

function attributes(): Story {
  const story = carried(3);
  for (const peer of [1, 2, 3]) story.announce(100, peer, P, OLD(peer), { attributes: 'med 1' });
  return story;
}

function prepends(): Story {
  const story = carried(3);
  for (const peer of [1, 2, 3]) story.announce(100, peer, P, `${OLD(peer)} 64496 64496`);
  return story;
}

function withdrawnBefore(): Story {
  const story = carried(3);
  for (const peer of [1, 2, 3]) story.withdraw(100, peer, P).announce(101, peer, P, NEW(peer));
  return story;
}

function transfer(): Story {
  const story = carried(3);
  for (const peer of [1, 2, 3])
    story.session('up', 50, peer).announce(51, peer, P, OLD(peer)).announce(52, peer, P, NEW(peer));
  return story;
}

function dump(): Story {
  const story = carried(3).ribBegin(100, 'd', [1, 2, 3]);
  for (const peer of [1, 2, 3]) story.rib(100, peer, 'd', P, NEW(peer));
  return story.ribEnd(101, 'd', [1, 2, 3]);
}

function foreign(): Story {
  const story = carried(3);
  for (const peer of [1, 2, 3]) story.announce(100, peer, P, `${65000 + peer} 64520 64511`);
  return story;
}
