// Incident stuck-route through a real engine (detection.md sections 3, 5, 6). By hand: 9 of 10 are 90 %, 90 min are 5400 s, so what the
// ninth loses at second 109 is stuck at 5509.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { policy, secondsOf, Stage, Story } from '../support/event-builder.js';

const P = '203.0.113.0/24';
const PART = '203.0.113.0/25';
const R = policy(P);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const good = (peer: number): string => `${65000 + peer} 64500 64496`;
const bad = (peer: number): string => `${65000 + peer} 64500 64511`;

/** Peers 1 to `count` have a route; at 101, 102, ... those to `losers` withdraw it, one a second. */
function left(losers: number, { count = 10, prefix = P, path = good } = {}): Story {
  const story = new Story();
  for (const peer of range(1, count)) story.announce(0, peer, prefix, path(peer));
  for (const peer of range(1, losers)) story.withdraw(100 + peer, peer, prefix);
  return story;
}

/** The same of a collector that records UPDATEs alone. */
function updatesOnly({ events }: Story): Pick<Story, 'events'> {
  return { events: events.map((event) => ({ ...event, collector: 'route-views2' })) };
}

const stuckOf = (story: Pick<Story, 'events'>, end: number, policies = [R]) =>
  new Stage(policies)
    .play(story)
    .end(end)
    .verdicts.filter((verdict) => verdict.startsWith('stuck-route'));

function dump(story: Story, seconds: number, holders: readonly number[]): Story {
  const peers = range(1, 10);
  story.ribBegin(seconds, `d${seconds}`, peers);
  for (const peer of holders) story.rib(seconds + 1, peer, `d${seconds}`, P, good(peer));
  return story.ribEnd(seconds + 2, `d${seconds}`, peers);
}

const OPEN = [`stuck-route ${P}  109..open`];

const cases: readonly (readonly [string, () => Pick<Story, 'events'>, number, readonly string[]])[] = [
  ['nine of ten lost it, 5400 s after the ninth', () => left(9), 5509, OPEN],
  ['the same a second before', () => left(9), 5508, []],
  ['eight of ten lost it', () => left(8), 9000, []],
  ['all of them lost it', () => left(10), 9000, []],
  ['the ninth has it again', () => left(9).announce(200, 9, P, good(9)), 9000, []],
  ['a new peer AS has it, so nine of eleven lost it', () => left(9).announce(3000, 11, P, good(11)), 9000, []],
  ['nine sessions went down with it', () => sessionsDown(), 9000, []],
  ['the last one has a route of another origin', () => left(9).announce(300, 10, P, bad(10)), 9000, []],
  ['the last one has a malformed route', () => left(9).announce(300, 10, P, good(10), { malformed: true }), 9000, []],
  ['a RIB dump alone tells of the losses', () => dump(left(0), 1000, [10]), 9000, []],
  ['UPDATEs alone, no dump', () => updatesOnly(left(9)), 9000, []],
  ['UPDATEs alone, a dump before the time is over', () => updatesOnly(dump(left(9), 5000, [10])), 9000, []],
  ['UPDATEs alone, a dump afterwards that holds it', () => updatesOnly(dump(left(9), 6000, [10])), 9000, OPEN],
  ['UPDATEs alone, a dump afterwards that does not hold it', () => updatesOnly(dump(left(9), 6000, [])), 9000, []],
  ['it is withdrawn at last', () => left(9).withdraw(6000, 10, P), 7000, [`stuck-route ${P}  109..6000 withdrawn`]],
  [
    'others have it again',
    () => left(9).announce(6000, 1, P, good(1)),
    7000,
    [`stuck-route ${P}  109..6000 withdrawn`],
  ],
  ['its session goes down', () => left(9).session('down', 6000, 10), 9599, OPEN],
  [
    'its session goes down and does not come back for 3600 s',
    () => left(9).session('down', 6000, 10),
    9600,
    [`stuck-route ${P}  109..9600 unobserved`],
  ],
  [
    'its session comes back without it',
    () => left(9).session('down', 6000, 10).session('up', 6010, 10).endOfRib(6020, 10),
    7000,
    [`stuck-route ${P}  109..6000 absent-after-reset`],
  ],
  [
    'its session comes back with it',
    () => left(9).session('down', 6000, 10).session('up', 6010, 10).announce(6015, 10, P, good(10)).endOfRib(6020, 10),
    20_000,
    OPEN,
  ],
];

function sessionsDown(): Story {
  const story = left(0);
  for (const peer of range(1, 9)) story.session('down', 100 + peer, peer);
  return story;
}

suite('StuckMonitor', () => {
  for (const [name, story, end, verdicts] of cases)
    test(`StuckMonitor, where ${name}: ${verdicts.join() || 'nothing'}`, () =>
      assert.deepEqual(stuckOf(story(), end), verdicts));

  test('StuckMonitor waits anew where a new peer AS took it: 18 of 20 lost it at 118, 19 of 21 at 3000', () => {
    const story = left(19, { count: 20 }).announce(3000, 21, P, good(21));
    assert.deepEqual(stuckOf(story, 8399), []);
    assert.deepEqual(stuckOf(story, 8400), [`stuck-route ${P}  118..open`]);
  });

  test('StuckMonitor says who carries it, how many lost it and when, and shows the route', () => {
    const [incident] = new Stage([R]).play(left(9)).end(5509).incidents;
    assert.deepEqual([incident.level, incident.state, incident.offender], ['Warning', 'open', '']);
    assert.deepEqual([secondsOf(incident.openedAt), secondsOf(incident.notifiableAt)], [109, 5509]);
    assert.deepEqual(incident.clauses, [
      `${P} is still carried by AS65010 (192.0.2.10) at rrc00`,
      '9 of 10 peer ASes that carried it had lost it at 2026-06-16T07:01:49.000000Z, 90 % would do, and no new one took it for 5400 s',
      'it is over when no session carries it any more',
    ]);
    assert.deepEqual(
      incident.evidence.map(({ peerAs, record, asPath }) => [peerAs, record, asPath]),
      [[65010, 9, [65010, 64500, 64496]]],
    );
  });

  test('StuckMonitor takes over what is left of a residual incident', () => {
    const hijack = left(9, { prefix: PART, path: bad });
    const stage = new Stage([R]).play(hijack).end(5509);
    assert.deepEqual(stage.verdicts, [
      `subprefix-hijack ${PART} 64511 0..109 residual`,
      `stuck-route ${PART}  109..open`,
    ]);
    const [ended, stuck] = stage.incidents;
    assert.equal(stuck.registeredPrefix, P);
    assert.match(
      stuck.clauses[1],
      new RegExp(`^it is what is left of subprefix-hijack ${ended.id} by 64511, which ended residual$`),
    );
    const over = left(9, { prefix: PART, path: bad }).withdraw(7000, 10, PART);
    assert.deepEqual(stuckOf(over, 9000), [`stuck-route ${PART}  109..7000 withdrawn`]);
  });

  test('StuckMonitor ends it as reconfigured where what is left is registered now', () => {
    const stage = new Stage([R]).play(left(9, { prefix: PART, path: bad })).end(6000);
    stage.reconfigure([policy(P, { moreSpecifics: { minLength: 25, maxLength: 25, origins: [64511] } })]);
    assert.deepEqual(
      stage.verdicts.filter((verdict) => verdict.startsWith('stuck')),
      [`stuck-route ${PART}  109..6000 reconfigured`],
    );
  });
});
