// visibility-loss and outage (detection.md sections 3 and 6), in rule order. Expected values are hand arithmetic: v < 0.7 for 300 s, v = 0
// for 60 s, three full feeds that had the prefix, full = 75 % of the largest table and that at least 50 000 (IPv4).

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isFullFeed } from '../../src/detection/full-feed.js';
import { at, figures, policy, secondsOf, Stage, Story } from '../support/event-builder.js';

const R = '203.0.113.0/24';
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const path = (peer: number): string => `${65000 + peer} 64500 64496`;

/** A dump at 0..5 that classes peers 1 to `count`, all of which hold the prefix unless `holders` says otherwise. */
function bootstrap(count: number, { holders = count, routes = 60_000, file = 'rib.gz' } = {}): Story {
  const peers = range(count);
  const story = new Story({ file }).ribBegin(0, 'd', peers);
  for (const peer of range(holders)) story.rib(1, peer, 'd', R, path(peer));
  return story.ribEnd(5, 'd', peers, { routes: peers.map(() => routes) });
}

const withdrawAll = (story: Story, seconds: number, peers: readonly number[]): Story => {
  for (const peer of peers) story.withdraw(seconds, peer, R);
  return story;
};

const stage = (story: Story, end: number, policies = [policy(R)]): Stage => new Stage(policies).play(story).end(end);

suite('isFullFeed', () => {
  const { fullFeed } = figures();
  const facts = (routes: number, largest: number, afi = 1, more = {}) => ({
    peerAs: 65001,
    tables: [{ afi, routes, largest }],
    bootstrapped: true,
    upAt: null,
    downAt: null,
    ...more,
  });
  const cases: readonly (readonly [string, Parameters<typeof isFullFeed>[0], number, boolean])[] = [
    ['75 % of the largest table', facts(750_000, 1_000_000), 1, true],
    ['one prefix less', facts(749_999, 1_000_000), 1, false],
    ['the largest table holds 50 000', facts(50_000, 50_000), 1, true],
    ['the largest table holds one less', facts(49_999, 49_999), 1, false],
    ['IPv6: the largest table holds 1 000', facts(1_000, 1_000, 2), 2, true],
    ['IPv6: one less', facts(999, 999, 2), 2, false],
    ['another family says nothing', facts(60_000, 60_000), 2, false],
  ];
  for (const [name, session, afi, full] of cases)
    test(`isFullFeed: ${name}`, () => assert.equal(isFullFeed(session, afi, fullFeed), full));

  test('isFullFeed takes a peer that is configured, once its table is known', () => {
    const named = { ...fullFeed, peers: [65001] };
    assert.equal(isFullFeed(facts(1, 100), 1, named), true);
    assert.equal(isFullFeed(facts(1, 100, 1, { bootstrapped: false }), 1, named), false);
    assert.equal(isFullFeed(facts(1, 100, 1, { bootstrapped: false, upAt: at(1) }), 1, named), true);
    // down, then back by an UPDATE alone: that begins a table transfer, too
    assert.equal(isFullFeed(facts(1, 100, 1, { bootstrapped: false, downAt: at(1) }), 1, named), true);
  });
});

suite('visibility-loss', () => {
  test('VisibilityMonitor raises it when 6 of 10 full feeds hold the prefix for 300 s', () => {
    const { incident } = stage(withdrawAll(bootstrap(10), 100, [1, 2, 3, 4]), 400);
    assert.equal(incident.type, 'visibility-loss');
    assert.deepEqual([incident.level, incident.state, incident.offender], ['Error', 'open', '']);
    assert.deepEqual([secondsOf(incident.openedAt), secondsOf(incident.notifiableAt)], [100, 400]);
    assert.deepEqual(incident.clauses, [
      '6 of 10 full-feed sessions that are up have a route to it: less than 70 %, for 300 s',
    ]);
    assert.equal(incident.peersNow, 4);
  });

  test('VisibilityMonitor keeps silent at 7 of 10, and before 300 s are over', () => {
    assert.deepEqual(stage(withdrawAll(bootstrap(10), 100, [1, 2, 3]), 4000).verdicts, []);
    assert.deepEqual(stage(withdrawAll(bootstrap(10), 100, [1, 2, 3, 4]), 399).verdicts, []);
  });

  test('VisibilityMonitor keeps silent where the routes came back within 300 s', () => {
    const story = withdrawAll(bootstrap(10), 100, [1, 2, 3, 4]).announce(399, 1, R, path(1));
    assert.deepEqual(stage(story, 4000).verdicts, []);
  });

  test('VisibilityMonitor ends it when 7 of 10 hold it again, and re-opens it within 600 s', () => {
    const story = withdrawAll(bootstrap(10), 100, [1, 2, 3, 4]).announce(1000, 1, R, path(1)).withdraw(1200, 1, R);
    const { incident } = stage(story, 1500);
    assert.deepEqual([incident.openings, incident.state, secondsOf(incident.openedAt)], [2, 'open', 100]);
    story.announce(2000, 1, R, path(1));
    assert.deepEqual(stage(story, 3000).verdicts, [`visibility-loss ${R}  100..2000 withdrawn`]);
  });

  test('VisibilityMonitor takes share and time of the prefix where it has its own', () => {
    const own = { ...policy(R), visibility: { min: 0.95, for: at(10) - at(0) } };
    assert.equal(stage(withdrawAll(bootstrap(10), 100, [1]), 110, [own]).incident.type, 'visibility-loss');
  });

  test('VisibilityMonitor gives no verdict without a RIB dump, for small tables, nor for fewer than 3 full feeds that had it', () => {
    const plain = new Story();
    for (const peer of range(10)) plain.announce(1, peer, R, path(peer));
    assert.deepEqual(stage(withdrawAll(plain, 100, range(10)), 4000).verdicts, []);
    const small = bootstrap(10, { routes: 49_999 });
    assert.deepEqual(stage(withdrawAll(small, 100, range(10)), 4000).verdicts, []);
    assert.deepEqual(stage(withdrawAll(bootstrap(10, { holders: 2 }), 100, [1]), 4000).verdicts, []);
  });

  test('VisibilityMonitor joins the campaign of a hijack beside it, whichever comes first', () => {
    const before = bootstrap(10).announce(50, 10, '203.0.113.0/25', '65010 64511');
    const campaigns = (story: Story) => new Set(stage(story, 500).incidents.map(({ campaign }) => campaign));
    assert.equal(campaigns(withdrawAll(before, 100, [1, 2, 3, 4])).size, 1);
    const after = withdrawAll(bootstrap(10), 100, [1, 2, 3, 4]).announce(450, 10, '203.0.113.0/25', '65010 64511');
    assert.equal(campaigns(after).size, 1);
  });
});

suite('outage', () => {
  test('VisibilityMonitor raises it after 60 s without any, and no visibility-loss beside it', () => {
    const { incident } = stage(withdrawAll(bootstrap(3), 100, [1, 2, 3]), 4000);
    assert.deepEqual([incident.type, incident.level, secondsOf(incident.openedAt)], ['outage', 'Critical', 100]);
    assert.equal(secondsOf(incident.notifiableAt), 160);
    assert.deepEqual(incident.peersEver, [65001, 65002, 65003].slice(0, incident.peersEver.length));
    assert.deepEqual(stage(withdrawAll(bootstrap(3), 100, [1, 2, 3]), 159).verdicts, []);
  });

  test('VisibilityMonitor ends it with the first route that comes back', () => {
    const story = withdrawAll(bootstrap(3), 100, [1, 2, 3]);
    for (const peer of range(3)) story.announce(500, peer, R, path(peer));
    assert.deepEqual(stage(story, 4000).verdicts, [`outage ${R}  100..500 withdrawn`]);
  });

  test('VisibilityMonitor does not wait for 60 s again where one route came for a moment', () => {
    const story = withdrawAll(bootstrap(3), 100, [1, 2, 3]).announce(500, 1, R, path(1)).withdraw(520, 1, R);
    assert.deepEqual(stage(story, 4000).verdicts, [`outage ${R}  100..open`]);
  });
});

suite('what is no loss of visibility', () => {
  test('VisibilityMonitor takes sessions that go down out of both sides', () => {
    const story = bootstrap(10);
    for (const peer of range(9)) story.session('down', 100, peer);
    assert.deepEqual(stage(story, 4000).verdicts, []);
  });

  test('VisibilityMonitor waits for the end of a table transfer, then counts what did not come back since the session went down', () => {
    const back = bootstrap(10);
    for (const peer of [1, 2, 3, 4]) back.session('down', 100, peer).session('up', 110, peer);
    assert.deepEqual(stage(back, 4000).verdicts.length, 1); // nothing came back: transfers end after 60 s
    const whole = bootstrap(10);
    for (const peer of [1, 2, 3, 4])
      whole.session('down', 100, peer).session('up', 110, peer).announce(120, peer, R, path(peer)).endOfRib(130, peer);
    assert.deepEqual(stage(whole, 4000).verdicts, []);
  });

  test('VisibilityMonitor ends it when sessions that transferred their table count again', () => {
    const story = withdrawAll(bootstrap(10), 100, [1, 2, 3, 4]); // 6 of 10
    for (const peer of [5, 6]) story.session('down', 500, peer); // 4 of 8
    story.announce(510, 1, R, path(1)); // 5 of 8
    for (const peer of [5, 6]) story.session('up', 520, peer).announce(530, peer, R, path(peer));
    for (const peer of [5, 6]) story.session('active', 540, peer).endOfRib(540, peer); // 7 of 10
    assert.deepEqual(stage(story, 900).verdicts, [`visibility-loss ${R}  100..540 withdrawn`]);
  });

  test('VisibilityMonitor takes no withdrawal from a RIB dump', () => {
    const story = bootstrap(10).ribBegin(1000, 'e', range(10)).rib(1001, 1, 'e', R, path(1));
    story.ribEnd(1002, 'e', range(10), { routes: range(10).map(() => 60_000) });
    assert.deepEqual(stage(story, 9000).verdicts, []);
  });

  test('VisibilityMonitor keeps it open when those that lack the route go down, and ends it unobserved 3600 s later', () => {
    const story = withdrawAll(bootstrap(10), 100, [1, 2, 3, 4]).session('active', 450, 10);
    for (const peer of [1, 2, 3, 4]) story.session('down', 500, peer);
    assert.deepEqual(stage(story, 4099).verdicts, [`visibility-loss ${R}  100..open`]);
    assert.deepEqual(stage(story, 4100).verdicts, [`visibility-loss ${R}  100..4100 unobserved`]);
  });

  test('VisibilityMonitor ends it as reconfigured when the prefix is to be announced no more', () => {
    const played = stage(withdrawAll(bootstrap(10), 100, [1, 2, 3, 4]), 500);
    played.reconfigure([policy(R, { origins: [] })]);
    assert.equal(played.incidents.find(({ type }) => type === 'visibility-loss')?.reason, 'reconfigured');
  });
});
