// Incident provider-bypass through a real engine (detection.md sections 3, 5, 6). The provider is 64500; peers turn to 64510.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { policy, secondsOf, Stage, Story } from '../support/event-builder.js';

const P = '203.0.113.0/24';
const R = policy(P);
const BY = (peer: number) => `${65000 + peer} 64500 64496`;
const PAST = (peer: number, instead = 64510) => `${65000 + peer} ${instead} 64496`;

function carried(...peers: readonly number[]): Story {
  const story = new Story();
  for (const peer of peers) story.announce(0, peer, P, BY(peer));
  return story;
}

const bypassed = () => carried(1, 2).announce(100, 1, P, PAST(1)).announce(101, 2, P, PAST(2));

const cases: readonly (readonly [string, () => Story, readonly string[]])[] = [
  ['two peer ASes that used the provider', () => bypassed(), ['64510']],
  ['one that used it', () => carried(1).announce(100, 1, P, PAST(1)), []],
  ['two of whom one never used it', () => carried(1).announce(100, 1, P, PAST(1)).announce(101, 2, P, PAST(2)), []],
  ['two sessions of one peer AS', () => oneAs(), []],
  [
    'two that turn to different ASes',
    () => carried(1, 2).announce(100, 1, P, PAST(1)).announce(101, 2, P, PAST(2, 64511)),
    [],
  ],
  ['two that withdrew in between', () => withdrawn(), ['64510']],
  ['two that never used it', () => new Story().announce(100, 1, P, PAST(1)).announce(101, 2, P, PAST(2)), []],
  [
    'the origin handed on by the peers themselves',
    () => carried(1, 2).announce(100, 1, P, '65001 64496').announce(101, 2, P, '65002 64496'),
    [],
  ],
  ['peers that are the origin', () => peersAreOrigin(), ['64496']],
  ['a table transfer', () => transfer(), []],
  ['a RIB dump', () => dump(), []],
  [
    'a foreign origin',
    () => carried(1, 2).announce(100, 1, P, '65001 64510 64511').announce(101, 2, P, '65002 64510 64511'),
    [],
  ],
  [
    'a change of transit behind the provider',
    () => carried(1, 2).announce(100, 1, P, '65001 64510 64500 64496').announce(101, 2, P, '65002 64510 64500 64496'),
    [],
  ],
  ['sessions that withdrew the route of the provider and then were lost', () => lostAfterwards(), []],
  ['a session that keeps its bypass under another path identifier', () => bothPaths(), ['64510']],
  ['a session that holds the provider under another path identifier', () => addPath(), []],
];

suite('ProviderMonitor', () => {
  for (const [name, story, offenders] of cases) {
    test(`ProviderMonitor ${offenders.length > 0 ? 'raises' : 'does not raise'} provider-bypass for ${name}`, () => {
      const found = new Stage([R]).play(story(), 900).incidents.filter(({ type }) => type === 'provider-bypass');
      assert.deepEqual(
        found.map(({ offender, level, state }) => [offender, level, state]),
        offenders.map((offender) => [offender, 'Error', 'open']),
      );
    });
  }

  // Cause: the neighbour of a second registered origin was taken for one of the provider's customer.
  const both = policy(P, { origins: [64496, 64497] });
  const OTHER = (peer: number) => `${65000 + peer} 64510 64497`;
  const other = () => carried(1, 2).announce(100, 1, P, OTHER(1)).announce(101, 2, P, OTHER(2));

  test('ProviderMonitor leaves a second registered origin that takes over to path-change, at once or after a withdrawal', () => {
    assert.deepEqual(new Stage([both]).play(other(), 900).verdicts, []);
    const later = carried(1, 2).withdraw(50, 1, P).withdraw(50, 2, P);
    later.announce(100, 1, P, OTHER(1)).announce(101, 2, P, OTHER(2));
    assert.deepEqual(new Stage([both]).play(later, 900).verdicts, []);
  });

  test("ProviderMonitor raises it where the provider's customer comes back from the second origin past the provider", () => {
    const story = other().announce(200, 1, P, PAST(1)).announce(201, 2, P, PAST(2));
    assert.deepEqual(new Stage([both]).play(story, 900).verdicts, [`provider-bypass ${P} 64510 200..open`]);
  });

  test('ProviderMonitor ends it where the second origin takes over by the same neighbour', () => {
    const story = bypassed().announce(200, 1, P, OTHER(1));
    assert.deepEqual(new Stage([both]).play(story, 900).verdicts, [`provider-bypass ${P} 64510 100..200 withdrawn`]);
  });

  test('ProviderMonitor raises nothing where no provider is registered', () => {
    assert.deepEqual(new Stage([policy(P, { providerAsns: [] })]).play(bypassed(), 900).verdicts, []);
  });

  test('ProviderMonitor leaves a neighbour that is not registered to forged-first-hop', () => {
    const strict = policy(P, { neighbors: { 64496: [64500] } });
    const { incidents } = new Stage([strict]).play(bypassed(), 900);
    assert.deepEqual(
      incidents.map(({ type }) => type),
      ['forged-first-hop'],
    );
  });

  test('ProviderMonitor opens at the first evidence, is told with the second, and says what was expected', () => {
    const stage = new Stage([R]).play(bypassed(), 200);
    const { incident } = stage;
    assert.deepEqual([secondsOf(incident.openedAt), secondsOf(incident.notifiableAt)], [100, 101]);
    assert.deepEqual(
      [incident.expected, incident.observed],
      [
        { origins: [64496], neighbors: [64500] },
        { origin: 64496, neighbor: 64510 },
      ],
    );
    assert.deepEqual([incident.evidence.length, stage.evidence.length, incident.peersNow], [2, 2, 2]);
    assert.match(
      incident.clauses.join('; '),
      /AS64510 hands 203\.0\.113\.0\/24 off in place of the registered provider AS64500/,
    );
  });

  test('ProviderMonitor ends it when fewer than two are left', () => {
    const story = bypassed().announce(200, 1, P, BY(1));
    assert.deepEqual(new Stage([R]).play(story, 900).verdicts, [`provider-bypass ${P} 64510 100..200 withdrawn`]);
  });

  test('ProviderMonitor makes a new incident, with a time and so an id of its own, where the AS of the evidence before never left', () => {
    const story = bypassed().announce(200, 1, P, BY(1));
    const stage = new Stage([R]).play(story, 900);
    const [first] = stage.incidents;
    stage.play(new Story().announce(2000, 1, P, PAST(1)), 2100);
    const second = stage.incidents[1];
    assert.deepEqual([secondsOf(first.openedAt), secondsOf(second.openedAt)], [100, 2000]);
    assert.notEqual(second.id, first.id);
  });

  test('ProviderMonitor ends nothing for a session that goes down and is back with the same route', () => {
    const story = bypassed()
      .session('down', 200, 1)
      .session('up', 210, 1)
      .announce(211, 1, P, PAST(1))
      .endOfRib(212, 1);
    assert.deepEqual(new Stage([R]).play(story, 900).verdicts, [`provider-bypass ${P} 64510 100..open`]);
  });

  test('ProviderMonitor takes a session that is back without the route as gone since it went down', () => {
    const story = bypassed().session('down', 200, 1).session('up', 210, 1).endOfRib(212, 1);
    assert.deepEqual(new Stage([R]).play(story, 900).verdicts, [
      `provider-bypass ${P} 64510 100..200 absent-after-reset`,
    ]);
  });

  test('ProviderMonitor waits an hour for a session that is down', () => {
    const story = bypassed().session('down', 200, 1);
    assert.deepEqual(new Stage([R]).play(story, 3799).verdicts, [`provider-bypass ${P} 64510 100..open`]);
    assert.deepEqual(new Stage([R]).play(story, 3900).verdicts, [`provider-bypass ${P} 64510 100..3800 unobserved`]);
  });

  test('ProviderMonitor ends it as reconfigured where the AS instead becomes a provider', () => {
    const stage = new Stage([R]).play(bypassed(), 200).reconfigure([policy(P, { providerAsns: [64500, 64510] })]);
    assert.equal(stage.incident.reason, 'reconfigured');
  });

  test('ProviderMonitor does not open again by who joins what was ended by hand', () => {
    const stage = new Stage([R]).play(bypassed().announce(150, 3, P, BY(3)));
    stage.engine.resolveByHand(stage.incident.id);
    stage.play(new Story().announce(200, 3, P, PAST(3)), 300);
    assert.equal(stage.incidents.find(({ type }) => type === 'provider-bypass')?.reason, 'manual');
  });
});

function oneAs(): Story {
  const other = { peerAddress: '192.0.2.99', peerAs: 65001 };
  return carried(1).announce(0, other, P, BY(1)).announce(100, 1, P, PAST(1)).announce(101, other, P, PAST(1));
}

function withdrawn(): Story {
  return carried(1, 2).withdraw(50, 1, P).withdraw(50, 2, P).announce(100, 1, P, PAST(1)).announce(101, 2, P, PAST(2));
}

function peersAreOrigin(): Story {
  const peer = (n: number) => ({ peerAddress: `192.0.2.${n}`, peerAs: 65000 + n });
  const story = carried(1, 2);
  for (const n of [1, 2]) story.announce(100 + n, peer(n), P, '64496');
  return story;
}

function transfer(): Story {
  const story = carried(1, 2);
  for (const peer of [1, 2])
    story.session('up', 50, peer).announce(51, peer, P, BY(peer)).announce(52, peer, P, PAST(peer));
  return story;
}

function dump(): Story {
  const story = carried(1, 2).ribBegin(100, 'd', [1, 2]);
  for (const peer of [1, 2]) story.rib(100, peer, 'd', P, PAST(peer));
  return story.ribEnd(101, 'd', [1, 2]);
}

function lostAfterwards(): Story {
  const story = carried(1, 2);
  for (const peer of [1, 2]) story.withdraw(50, peer, P).session('down', 60, peer);
  for (const peer of [1, 2]) story.session('up', 70, peer).endOfRib(71, peer);
  return story.announce(200, 1, P, PAST(1)).announce(201, 2, P, PAST(2));
}

function bothPaths(): Story {
  const story = new Story();
  const paths = [{ pathId: 1 }, { pathId: 2 }];
  for (const peer of [1, 2]) for (const path of paths) story.announce(0, peer, P, BY(peer), path);
  for (const peer of [1, 2]) for (const path of paths) story.announce(100, peer, P, PAST(peer), path);
  return story.withdraw(200, 1, P, 2);
}

function addPath(): Story {
  const story = new Story();
  for (const peer of [1, 2]) {
    story.announce(0, peer, P, BY(peer), { pathId: 1 }).announce(0, peer, P, BY(peer), { pathId: 2 });
    story.announce(100, peer, P, PAST(peer), { pathId: 2 });
  }
  return story;
}
