// The life of incidents (detection.md section 5), told as stories through a real engine. Times are seconds; every expectation is that
// text's: hold-down 60 s, re-opening within 600 s, unobserved after 3600 s, residual after 90 min, two peer ASes to be open.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import { figures, policy, secondsOf, Stage, Story } from '../support/event-builder.js';

const R = '203.0.113.0/24';
const HIJACK = '64511';
const GOOD = '64500 64496';

function stage(parts: Parameters<typeof figures>[0] = {}): Stage {
  return new Stage([policy(R)], figures(parts));
}

function hijack(from: number, ...peers: readonly number[]): Story {
  const story = new Story();
  for (const peer of peers) story.announce(from, peer, R, `${65000 + peer} ${HIJACK}`);
  return story;
}

suite('Lifecycle, beginning', () => {
  test('Lifecycle records an incident from the first evidence, suspected with one peer AS', () => {
    const { incident } = stage().play(hijack(10, 1));
    assert.equal(incident.state, 'suspected');
    assert.equal(secondsOf(incident.openedAt), 10);
    assert.equal(incident.notifiableAt, null);
    assert.deepEqual([incident.peersNow, incident.peersEver], [1, [65001]]);
  });

  test('Lifecycle opens it at the second peer AS that carries it at the same time: notifiableAt', () => {
    const { incident } = stage().play(hijack(10, 1).announce(25, 2, R, '65002 64511'));
    assert.equal(incident.state, 'open');
    assert.equal(secondsOf(incident.openedAt), 10);
    assert.equal(secondsOf(incident.notifiableAt), 25);
  });

  test('Lifecycle counts peer ASes, not sessions: two addresses of one AS are one', () => {
    const story = new Story()
      .announce(10, { peerAddress: '192.0.2.1', peerAs: 65001 }, R, '65001 64511')
      .announce(11, { peerAddress: '192.0.2.2', peerAs: 65001 }, R, '65001 64511')
      .announce(12, { collector: 'rrc01', peerAs: 65001 }, R, '65001 64511');
    const { incident } = stage().play(story);
    assert.equal(incident.state, 'suspected');
    assert.deepEqual(incident.peersEver, [65001]);
    assert.equal(incident.evidence.length, 1);
  });

  test('Lifecycle stays suspected where the second peer AS came after the first had lost it', () => {
    const story = hijack(10, 1).withdraw(20, 1, R).announce(30, 2, R, '65002 64511');
    const { incident } = stage().play(story);
    assert.equal(incident.state, 'suspected');
    assert.deepEqual([incident.peersNow, incident.peersEver], [1, [65001, 65002]]);
  });

  test('Lifecycle stays open where it falls back to one peer AS', () => {
    const { incident } = stage().play(hijack(10, 1, 2).withdraw(20, 1, R));
    assert.deepEqual([incident.state, incident.peersNow], ['open', 1]);
  });

  test('Lifecycle opens at once on a feed marked own', () => {
    const { incident } = stage({ lifecycle: { ownCollectors: ['rrc00'] } }).play(hijack(10, 1));
    assert.equal(incident.state, 'open');
    assert.equal(secondsOf(incident.notifiableAt), 10);
  });

  test('Lifecycle keeps one incident for one offender, another for another', () => {
    const story = hijack(10, 1, 2).announce(12, 3, R, '65003 64510');
    assert.deepEqual(stage().play(story).verdicts, [
      `origin-hijack ${R} 64511 10..open`,
      `origin-hijack ${R} 64510 12..suspected`,
    ]);
  });

  test('Lifecycle moves lastSeenAt with every record that says so, repeats included', () => {
    const { incident } = stage().play(
      hijack(10, 1).announce(40, 1, R, '65001 64511').announce(70, 1, R, '65001 9 64511'),
    );
    assert.equal(secondsOf(incident.lastSeenAt), 70);
    assert.equal(incident.evidence.length, 1);
  });
});

suite('Lifecycle, names', () => {
  const sha = (...parts: string[]): string => createHash('sha256').update(parts.join('|')).digest('hex').slice(0, 16);

  test('Lifecycle names an incident by the SHA-256 of type, registered prefix, prefix, offender and first openedAt', () => {
    const { incident } = stage().play(hijack(10, 1));
    assert.equal(incident.id, sha('origin-hijack', R, R, '64511', '2026-06-16T07:00:10.000000Z'));
    assert.equal(incident.fingerprint, sha('origin-hijack', R, R, '64511'));
  });

  test('Lifecycle keeps the id through a re-opening', () => {
    const played = stage().play(hijack(10, 1).withdraw(20, 1, R), 100);
    const { id } = played.incident;
    played.play(hijack(200, 1));
    assert.equal(played.incident.id, id);
    assert.equal(secondsOf(played.incident.openedAt), 10);
  });

  test('Lifecycle gives a new id and the same fingerprint to an incident that comes back too late', () => {
    const played = stage()
      .play(hijack(10, 1).withdraw(20, 1, R), 100)
      .play(hijack(700, 1));
    const [first, second] = played.incidents;
    assert.notEqual(first.id, second.id);
    assert.equal(first.fingerprint, second.fingerprint);
  });
});

suite('Lifecycle, evidence', () => {
  test('Lifecycle keeps the first record of each distinct peer AS, in merge order', () => {
    const story = hijack(10, 2, 1).announce(20, 2, R, '65002 9 64511');
    const { incident } = stage().play(story);
    assert.deepEqual(
      incident.evidence.map(({ peerAs, asPath, at, file, record, offset }) => [
        peerAs,
        asPath,
        secondsOf(at),
        file,
        record,
        offset,
      ]),
      [
        [65002, [65002, 64511], 10, 'updates.gz', 0, 0],
        [65001, [65001, 64511], 10, 'updates.gz', 1, 100],
      ],
    );
  });

  test('Lifecycle keeps at most 20 pieces and counts the rest; peers are all counted', () => {
    const peers = Array.from({ length: 23 }, (_, index) => index + 1);
    const played = stage().play(hijack(10, ...peers));
    const { incident } = played;
    assert.equal(incident.evidence.length, 20);
    assert.equal(incident.evidenceOmitted, 3);
    assert.equal(incident.peersEver.length, 23);
    assert.deepEqual(
      incident.evidence.map(({ peerAs }) => peerAs),
      peers.slice(0, 20).map((peer) => 65000 + peer),
    );
  });

  test('Lifecycle asks for the raw record of each piece it keeps, and of no other', () => {
    const played = stage().play(hijack(10, 1, 2).announce(20, 1, R, '65001 9 64511'));
    const { incident } = played;
    assert.deepEqual(
      played.evidence.map(({ incident: id, position, bytes }) => [
        id,
        position,
        new TextDecoder().decode(bytes.record),
      ]),
      [
        [incident.id, 0, 'input 0'],
        [incident.id, 1, 'input 1'],
      ],
    );
  });

  test('Lifecycle adds the evidence of a later opening to that of the first', () => {
    const played = stage()
      .play(hijack(10, 1).withdraw(20, 1, R), 100)
      .play(hijack(200, 1, 2));
    assert.deepEqual(
      played.incident.evidence.map(({ peerAs, at }) => [peerAs, secondsOf(at)]),
      [
        [65001, 10],
        [65002, 200],
      ],
    );
  });
});

suite('Lifecycle, withdrawn', () => {
  test('Lifecycle resolves it 60 s after the last one lost it, as of that loss', () => {
    const played = stage().play(hijack(10, 1, 2).withdraw(30, 1, R).withdraw(50, 2, R), 110);
    assert.equal(played.incident.state, 'open');
    played.play({ events: [] }, 111);
    const { incident } = played;
    assert.equal(incident.state, 'resolved');
    assert.equal(secondsOf(incident.resolvedAt), 50);
    assert.equal(incident.reason, 'withdrawn');
    assert.equal(incident.peersNow, 0);
  });

  test('Lifecycle takes a replacement for a withdrawal', () => {
    const played = stage().play(hijack(10, 1).announce(50, 1, R, GOOD), 200);
    assert.deepEqual(played.verdicts, [`origin-hijack ${R} 64511 10..50 withdrawn`]);
  });

  test('Lifecycle goes on where one session still carries it', () => {
    const played = stage().play(hijack(10, 1, 2).withdraw(30, 1, R), 4000);
    assert.deepEqual(played.verdicts, [`origin-hijack ${R} 64511 10..open`]);
  });

  test('Lifecycle goes on where another path id of the session still carries it', () => {
    const story = new Story()
      .announce(10, 1, R, '65001 64511', { pathId: 1 })
      .announce(10, 1, R, '65001 9 64511', { pathId: 2 })
      .withdraw(20, 1, R, 1);
    const played = stage().play(story, 200);
    assert.equal(played.incident.state, 'suspected');
    played.play(new Story().withdraw(300, 1, R, 2), 400);
    assert.deepEqual(played.verdicts, [`origin-hijack ${R} 64511 10..300 withdrawn`]);
  });

  test('Lifecycle goes on without a new opening where it is back within the hold-down', () => {
    const played = stage().play(hijack(10, 1).withdraw(30, 1, R).announce(90, 1, R, '65001 64511'), 1000);
    const { incident } = played;
    assert.deepEqual([incident.state, incident.openings, incident.resolvedAt], ['suspected', 1, null]);
  });

  test('Lifecycle does not fire what has not expired at the end of the input, and fires what is due at it', () => {
    const early = stage()
      .play(hijack(10, 1).withdraw(30, 1, R))
      .end(89);
    assert.equal(early.incident.state, 'suspected');
    const due = stage()
      .play(hijack(10, 1).withdraw(30, 1, R))
      .end(90);
    assert.equal(due.incident.state, 'resolved');
  });
});

suite('Lifecycle, re-opening', () => {
  const over = () => stage().play(hijack(10, 1).withdraw(30, 1, R), 100);

  test('Lifecycle re-opens the same incident within 600 s of resolvedAt, and counts it', () => {
    const played = over().play(hijack(630, 1));
    const { incident } = played;
    assert.deepEqual([incident.state, incident.openings], ['suspected', 2]);
    assert.deepEqual([incident.resolvedAt, incident.reason], [null, null]);
  });

  test('Lifecycle re-opens by the record’s own time, though the merge is ahead of it', () => {
    const played = stage().play(hijack(10, 1).withdraw(100, 1, R), 720);
    assert.equal(played.play(hijack(700, 1)).incident.openings, 2);
  });

  test('Lifecycle opens a new one after that', () => {
    const played = over().play(hijack(631, 1));
    assert.deepEqual(played.verdicts, [
      `origin-hijack ${R} 64511 10..30 withdrawn`,
      `origin-hijack ${R} 64511 631..suspected`,
    ]);
    assert.deepEqual(
      played.incidents.map(({ openings }) => openings),
      [1, 1],
    );
  });

  test('Lifecycle resolves a re-opened incident anew', () => {
    const played = over().play(hijack(200, 1).withdraw(250, 1, R), 400);
    assert.deepEqual(played.verdicts, [`origin-hijack ${R} 64511 10..250 withdrawn`]);
    assert.equal(played.incident.openings, 2);
  });
});

suite('Lifecycle, sessions that go down', () => {
  test('Lifecycle takes a lost session for no end: 3600 s later it resolves as unobserved, at that time', () => {
    const played = stage().play(hijack(10, 1).session('down', 100, 1), 3700);
    assert.equal(played.incident.state, 'suspected');
    played.play({ events: [] }, 3701);
    assert.deepEqual(played.verdicts, [`origin-hijack ${R} 64511 10..3700 unobserved`]);
  });

  test('Lifecycle counts from the last of the carriers that went down', () => {
    const played = stage().play(hijack(10, 1, 2).session('down', 100, 1).session('down', 200, 2), 9000);
    assert.deepEqual(played.verdicts, [`origin-hijack ${R} 64511 10..3800 unobserved`]);
  });

  test('Lifecycle takes a table transfer without the route for a withdrawal at the down time: absent-after-reset', () => {
    const story = hijack(10, 1)
      .session('down', 100, 1)
      .session('up', 300, 1)
      .announce(310, 1, R, '64500 64496')
      .endOfRib(320, 1);
    assert.deepEqual(stage().play(story, 400).verdicts, [`origin-hijack ${R} 64511 10..100 absent-after-reset`]);
  });

  test('Lifecycle waits for the end of that transfer', () => {
    const story = hijack(10, 1).session('down', 100, 1).session('up', 300, 1).announce(310, 1, R, GOOD);
    assert.equal(stage().play(story, 500).incident.state, 'suspected');
  });

  test('Lifecycle takes an End-of-RIB of the other family for nothing', () => {
    const story = hijack(10, 1).session('down', 100, 1).session('up', 300, 1).endOfRib(320, 1, 2);
    assert.equal(stage().play(story, 350).incident.state, 'suspected');
  });

  test('Lifecycle takes the quiet gap after a transfer for its end', () => {
    const story = hijack(10, 1).session('down', 100, 1).session('up', 300, 1).session('quiet', 370, 1);
    assert.deepEqual(stage().play(story, 500).verdicts, [`origin-hijack ${R} 64511 10..100 absent-after-reset`]);
  });

  test('Lifecycle takes 60 s without any announcement for a whole transfer', () => {
    const story = hijack(10, 1).session('down', 100, 1).session('up', 300, 1);
    assert.equal(stage().play(story, 360).incident.state, 'suspected');
    assert.deepEqual(stage().play(story, 361).verdicts, [`origin-hijack ${R} 64511 10..100 absent-after-reset`]);
  });

  test('Lifecycle takes 10 min for the longest transfer', () => {
    const story = hijack(10, 1).session('down', 100, 1).session('up', 300, 1).session('active', 310, 1);
    const played = stage().play(story, 900);
    assert.equal(played.incident.state, 'suspected');
    assert.deepEqual(played.play({ events: [] }, 1000).verdicts, [
      `origin-hijack ${R} 64511 10..100 absent-after-reset`,
    ]);
  });

  test('Lifecycle goes on with the same opening where the session comes back with the route', () => {
    const story = hijack(10, 1)
      .session('down', 100, 1)
      .session('up', 300, 1)
      .announce(310, 1, R, '65001 64511')
      .endOfRib(320, 1);
    const { incident } = stage().play(story, 9000);
    assert.deepEqual([incident.state, incident.openings, incident.peersNow], ['suspected', 1, 1]);
  });

  test('Lifecycle ends with the later of a loss and a withdrawal', () => {
    const story = hijack(10, 1, 2).session('down', 100, 1).withdraw(150, 2, R).session('up', 300, 1).endOfRib(310, 1);
    assert.deepEqual(stage().play(story, 500).verdicts, [`origin-hijack ${R} 64511 10..150 withdrawn`]);
  });

  test('Lifecycle ends with the withdrawal of the last carrier, whatever became of a session that went down before', () => {
    const story = hijack(10, 1, 2).session('down', 100, 1).withdraw(150, 2, R);
    assert.deepEqual(stage().play(story, 300).verdicts, [`origin-hijack ${R} 64511 10..150 withdrawn`]);
  });

  test('Lifecycle holds down after a loss, however long ago another session went down', () => {
    const story = hijack(10, 1, 2)
      .session('down', 100, 1)
      .withdraw(4000, 2, R)
      .announce(4030, 2, R, '65002 64511')
      .session('down', 5000, 2)
      .session('up', 5010, 2)
      .endOfRib(5015, 2)
      .announce(5030, 2, R, '65002 64511');
    const { incident } = stage().play(story, 6000);
    assert.deepEqual([incident.state, incident.openings], ['open', 1]);
  });

  test('Lifecycle ends with the last carrier’s withdrawal, though another went down before and is not back', () => {
    const story = hijack(10, 1, 2).session('down', 100, 1).withdraw(150, 2, R);
    assert.deepEqual(stage().play(story, 300).verdicts, [`origin-hijack ${R} 64511 10..150 withdrawn`]);
  });

  test('Lifecycle waits for the one that went down where it was the last carrier', () => {
    const story = hijack(10, 1, 2).withdraw(100, 2, R).session('down', 150, 1);
    assert.deepEqual(stage().play(story, 9000).verdicts, [`origin-hijack ${R} 64511 10..3750 unobserved`]);
  });

  test('Lifecycle takes a RIB dump of the session without the route for a withdrawal at the down time', () => {
    const story = hijack(10, 1)
      .session('down', 100, 1)
      .ribBegin(1000, 'd', [1])
      .rib(1000, 1, 'd', R, GOOD)
      .ribEnd(1001, 'd', [1]);
    assert.deepEqual(stage().play(story, 2000).verdicts, [`origin-hijack ${R} 64511 10..100 absent-after-reset`]);
  });

  test('Lifecycle takes an incomplete dump for nothing', () => {
    const story = hijack(10, 1)
      .session('down', 100, 1)
      .ribBegin(1000, 'd', [1])
      .rib(1000, 1, 'd', R, GOOD)
      .ribEnd(1001, 'd', [1], { complete: false });
    assert.deepEqual(stage().play(story, 9000).verdicts, [`origin-hijack ${R} 64511 10..3700 unobserved`]);
  });

  test('Lifecycle re-opens an unobserved incident within 600 s of its end', () => {
    const played = stage()
      .play(hijack(10, 1).session('down', 100, 1), 3701)
      .play(hijack(4300, 1));
    assert.deepEqual([played.incident.openings, played.incident.state], [2, 'suspected']);
  });
});

suite('Lifecycle, residual', () => {
  const tenPeers = Array.from({ length: 10 }, (_, index) => index + 1);
  /** Ten peer ASes at 10, peers 1 to 8 lose it at 100, peer 9 at 200: 90 % at 200. */
  const nearlyGone = (): Story => {
    const story = hijack(10, ...tenPeers);
    for (const peer of tenPeers.slice(0, 8)) story.withdraw(100, peer, R);
    return story.withdraw(200, 9, R);
  };
  const AFTER = 90 * 60;
  /** What is left is a stuck-route, which test/pipeline/stuck-monitor is about. */
  const hijacks = ({ incidents }: Stage) => incidents.filter(({ type }) => type === 'origin-hijack');

  test('Lifecycle ends it 90 min after 90 % of its peer ASes lost it, as of the loss that crossed 90 %', () => {
    const played = stage().play(nearlyGone(), 200 + AFTER);
    assert.equal(played.incident.state, 'open');
    const [incident] = hijacks(played.play({ events: [] }, 201 + AFTER));
    assert.equal(incident.state, 'resolved');
    assert.deepEqual([secondsOf(incident.resolvedAt), incident.reason], [200, 'residual']);
    assert.deepEqual([incident.residual, incident.peersNow], [1, 1]);
  });

  test('Lifecycle does not below 90 %', () => {
    const story = hijack(10, ...tenPeers);
    for (const peer of tenPeers.slice(0, 8)) story.withdraw(100, peer, R);
    assert.equal(stage().play(story, 50_000).incident.state, 'open');
  });

  test('Lifecycle begins the 90 min anew where a new peer AS takes it', () => {
    const story = nearlyGone().announce(3000, 11, R, '65011 64511').withdraw(3010, 11, R);
    const played = stage().play(story, 3000 + AFTER);
    assert.equal(played.incident.state, 'open');
    assert.equal(hijacks(played.play({ events: [] }, 3011 + AFTER))[0].reason, 'residual');
  });

  test('Lifecycle leaves a residual incident where the remaining carrier says it again', () => {
    const played = stage()
      .play(nearlyGone(), 201 + AFTER)
      .play(new Story().announce(6000, 10, R, '65010 9 64511'), 6001);
    assert.deepEqual(
      hijacks(played).map(({ state }) => state),
      ['resolved'],
    );
  });

  test('Lifecycle leaves it so though another incident of the same kind came and was forgotten since', () => {
    const later = new Story().announce(7000, 11, R, '65011 64511').withdraw(7010, 11, R);
    const played = stage()
      .play(nearlyGone(), 201 + AFTER)
      .play(later, 9000);
    assert.equal(hijacks(played).length, 2);
    played.play(new Story().announce(9000, 10, R, '65010 9 64511'), 9001);
    assert.deepEqual(
      hijacks(played).map(({ reason }) => reason),
      ['residual', 'withdrawn'],
    );
  });

  test('Lifecycle forgets a residual incident whose last carrier goes down, and counts no peer any more', () => {
    const played = stage()
      .play(nearlyGone(), 201 + AFTER)
      .play(new Story().session('down', 6000, 10), 7000);
    const [incident] = hijacks(played);
    assert.equal(incident.peersNow, 0);
    assert.equal(played.engine.lifecycle.isActive(incident), false);
  });

  test('Lifecycle ends it as withdrawn where the last ones lose it too within the 90 min', () => {
    const played = stage().play(nearlyGone().withdraw(300, 10, R), 1000);
    assert.deepEqual(played.verdicts, [`origin-hijack ${R} 64511 10..300 withdrawn`]);
  });

  test('Lifecycle takes sessions that went down for no loss', () => {
    const story = hijack(10, ...tenPeers);
    for (const peer of tenPeers.slice(0, 9)) story.session('down', 100, peer);
    assert.equal(stage().play(story, 50_000).incident.state, 'open');
  });
});

suite('Lifecycle, by registry and by hand', () => {
  test('Lifecycle resolves as reconfigured what a changed registry makes legitimate', () => {
    const played = stage()
      .play(hijack(10, 1, 2), 100)
      .reconfigure([policy(R, { origins: [64496, 64511] })]);
    const { incident } = played;
    assert.deepEqual([incident.state, incident.reason], ['resolved', 'reconfigured']);
    assert.equal(secondsOf(incident.resolvedAt), 100);
  });

  test('Lifecycle resolves as reconfigured what is no longer registered', () => {
    const played = stage()
      .play(hijack(10, 1), 100)
      .reconfigure([policy('198.51.100.0/24')]);
    assert.deepEqual([played.incident.state, played.incident.reason], ['resolved', 'reconfigured']);
  });

  test('Lifecycle keeps what a changed registry does not touch', () => {
    const played = stage()
      .play(hijack(10, 1, 2), 100)
      .reconfigure([policy(R), policy('198.51.100.0/24')]);
    assert.deepEqual(played.verdicts, [`origin-hijack ${R} 64511 10..open`]);
    assert.deepEqual(played.incident.peersNow, 2);
    played.play(new Story().withdraw(200, 1, R).withdraw(200, 2, R), 300);
    assert.deepEqual(played.verdicts, [`origin-hijack ${R} 64511 10..200 withdrawn`]);
  });

  test('Lifecycle opens what a changed registry makes illegitimate', () => {
    const played = stage()
      .play(new Story().announce(10, 1, R, GOOD), 100)
      .reconfigure([policy(R, { origins: [64499] })]);
    assert.deepEqual(played.verdicts, [`origin-hijack ${R} 64496 100..suspected`]);
  });

  test('Lifecycle keeps a superprefix incident whose lowest prefix left the registry while it covers another', () => {
    const both = [policy('203.0.112.0/24'), policy(R)];
    const played = new Stage(both).play(new Story().announce(10, 1, '203.0.112.0/23', '65001 64511'), 100);
    played.reconfigure([policy(R)]);
    assert.equal(played.incident.state, 'suspected');
    assert.deepEqual(played.incident.covers, [R]);
    played.reconfigure([policy('198.51.100.0/24')]);
    assert.equal(played.incident.reason, 'reconfigured');
  });

  test('Engine.resolveByHand resolves as manual, once', () => {
    const played = stage().play(hijack(10, 1, 2), 100);
    const { id } = played.incident;
    assert.equal(played.engine.resolveByHand(id), true);
    assert.deepEqual([played.incident.state, played.incident.reason], ['resolved', 'manual']);
    assert.equal(secondsOf(played.incident.resolvedAt), 100);
    assert.equal(played.engine.resolveByHand(id), false);
    assert.equal(played.engine.resolveByHand('0000000000000000'), false);
  });

  test('Engine.resolveByHand holds against repeats by those who carried it', () => {
    const played = stage().play(hijack(10, 1), 100);
    played.engine.resolveByHand(played.incident.id);
    played.play(hijack(150, 1), 5000);
    assert.deepEqual([played.incident.state, played.incident.openings], ['resolved', 1]);
  });
});

suite('Lifecycle, campaigns', () => {
  test('Lifecycle gives incidents of one offender that overlap in time one campaign, the first one’s id', () => {
    const two = new Stage([policy(R), policy('198.51.100.0/24')]);
    two.play(hijack(10, 1).announce(20, 1, '198.51.100.0/24', '65001 64511').announce(30, 2, R, '65002 64510'));
    const [first, second, other] = two.incidents;
    assert.equal(first.campaign, first.id);
    assert.equal(second.campaign, first.id);
    assert.equal(other.campaign, other.id);
  });

  test('Lifecycle gives one that began after the other was over a campaign of its own', () => {
    const two = new Stage([policy(R), policy('198.51.100.0/24')]);
    two.play(hijack(10, 1).withdraw(20, 1, R).announce(200, 1, '198.51.100.0/24', '65001 64511'));
    const [, second] = two.incidents;
    assert.equal(second.campaign, second.id);
  });
});
