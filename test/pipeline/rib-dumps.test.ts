// RIB dumps (detection.md section 6), and the covers that a bootstrap held (section 3).

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { policy, secondsOf, Stage, Story } from '../support/event-builder.js';

const R = '203.0.113.0/24';
const COVER = '203.0.112.0/23';
const GOOD = '65001 64500 64496';
const OTHER = '65001 65009 64500 64496';
const HIJACK = '65001 64511';

const play = (story: Story, until?: number) => new Stage([policy(R)]).play(story, until);

/** `AS prefix path` of every stored route. */
function routesOf({ engine }: Stage): string[] {
  return [...engine.routes.all()].map(
    ({ session, prefix, pathText }) => `${session.peerAs} ${prefix.toString()} ${pathText}`,
  );
}

const upOf = ({ engine }: Stage): boolean[] => [...engine.sessions.all].map(({ up }) => up);

suite('RibDumps, entries', () => {
  test('RibDumps stores entries and judges their origin at the record’s time', () => {
    const stage = play(new Story().ribBegin(10, 'd', [1]).rib(12, 1, 'd', R, HIJACK).ribEnd(13, 'd', [1]));
    assert.deepEqual(stage.verdicts, [`origin-hijack ${R} 64511 12..suspected`]);
    assert.deepEqual(routesOf(stage), [`65001 ${R} ${HIJACK}`]);
  });

  test('RibDumps has a session up by its entry', () => {
    assert.deepEqual(upOf(play(new Story().ribBegin(10, 'd', [1, 2]).rib(12, 1, 'd', R, GOOD))), [true]);
  });

  test('RibDumps leaves a route alone that was updated since the dump’s first record', () => {
    const story = new Story()
      .ribBegin(10, 'd', [1])
      .announce(11, 1, R, OTHER)
      .rib(12, 1, 'd', R, GOOD)
      .ribEnd(13, 'd', [1]);
    assert.deepEqual(routesOf(play(story)), [`65001 ${R} ${OTHER}`]);
  });

  test('RibDumps takes an update of the very instant of the first record for newer', () => {
    const story = new Story()
      .announce(10, 1, R, OTHER)
      .ribBegin(10, 'd', [1])
      .rib(10, 1, 'd', R, GOOD)
      .ribEnd(10, 'd', [1]);
    assert.deepEqual(routesOf(play(story)), [`65001 ${R} ${OTHER}`]);
  });

  test('RibDumps lets the entry of a dump replace that of another that overlaps it: only an UPDATE is newer than a dump', () => {
    const story = new Story()
      .ribBegin(10, 'd', [1])
      .ribBegin(10, 'e', [1])
      .rib(11, 1, 'd', R, OTHER)
      .rib(12, 1, 'e', R, GOOD)
      .ribEnd(13, 'd', [1])
      .ribEnd(13, 'e', [1]);
    assert.deepEqual(routesOf(play(story)), [`65001 ${R} ${GOOD}`]);
  });

  test('RibDumps remembers the UPDATE whose route a dump replaced: one that began before it does not bring an older route back', () => {
    const story = new Story()
      .ribBegin(10, 'd', [1])
      .announce(11, 1, R, OTHER)
      .ribBegin(12, 'e', [1])
      .rib(13, 1, 'e', R, GOOD)
      .rib(14, 1, 'd', R, HIJACK);
    assert.deepEqual(routesOf(play(story)), [`65001 ${R} ${GOOD}`]);
  });

  test('RibDumps replaces a route whose update is older', () => {
    const story = new Story()
      .announce(9, 1, R, OTHER)
      .ribBegin(10, 'd', [1])
      .rib(10, 1, 'd', R, GOOD)
      .ribEnd(10, 'd', [1]);
    assert.deepEqual(routesOf(play(story)), [`65001 ${R} ${GOOD}`]);
  });

  test('RibDumps does not bring back what was withdrawn since the dump’s first record', () => {
    const story = new Story().announce(5, 1, R, HIJACK).ribBegin(10, 'd', [1]).withdraw(11, 1, R);
    const stage = play(story.rib(12, 1, 'd', R, HIJACK).ribEnd(13, 'd', [1]), 100);
    assert.deepEqual(routesOf(stage), []);
    assert.deepEqual(stage.verdicts, [`origin-hijack ${R} 64511 5..11 withdrawn`]);
  });

  test('RibDumps stores what was withdrawn before it', () => {
    const story = new Story().announce(5, 1, R, GOOD).withdraw(9, 1, R).ribBegin(10, 'd', [1]).rib(12, 1, 'd', R, GOOD);
    assert.deepEqual(routesOf(play(story)), [`65001 ${R} ${GOOD}`]);
  });

  test('RibDumps tells path ids apart', () => {
    const story = new Story().ribBegin(10, 'd', [1]).announce(11, 1, R, OTHER, { pathId: 1 });
    story.rib(12, 1, 'd', R, GOOD, { pathId: 1 }).rib(12, 1, 'd', R, GOOD, { pathId: 2 });
    assert.deepEqual(routesOf(play(story)), [`65001 ${R} ${OTHER}`, `65001 ${R} ${GOOD}`]);
  });

  test('RibDumps lets a route without path id give way to the first message of its session that bears one', () => {
    const dumped = () => new Story().ribBegin(10, 'd', [1]).rib(12, 1, 'd', R, HIJACK).ribEnd(13, 'd', [1]);
    const announced = play(dumped().announce(20, 1, R, GOOD, { pathId: 7 }), 100);
    assert.deepEqual(routesOf(announced), [`65001 ${R} ${GOOD}`]);
    assert.deepEqual(announced.verdicts, [`origin-hijack ${R} 64511 12..20 withdrawn`]);
    assert.deepEqual(routesOf(play(dumped().withdraw(20, 1, R, 7))), []);
    assert.deepEqual(routesOf(play(dumped().announce(20, 1, COVER, GOOD, { pathId: 7 }))).length, 2);
  });

  test('RibDumps does not apply entries of a session that went down since it began', () => {
    const story = new Story()
      .announce(5, 1, R, GOOD)
      .ribBegin(10, 'd', [1])
      .session('down', 11, 1)
      .rib(12, 1, 'd', R, GOOD);
    const stage = play(story.ribEnd(13, 'd', [1]));
    assert.deepEqual(routesOf(stage), []);
    assert.deepEqual(upOf(stage), [false]);
  });

  test('RibDumps makes no path change, withdrawal or announcement of what changed', () => {
    const story = new Story()
      .announce(5, 1, R, GOOD)
      .ribBegin(10, 'd', [1])
      .rib(12, 1, 'd', R, OTHER)
      .ribEnd(13, 'd', [1]);
    assert.deepEqual(play(story, 5000).told, ['5 PrefixActivePath', '5 PrefixAnnouncementEvent']);
  });

  test('RibDumps leaves out, as late, entries of a dump that began more than 2 h before its session’s last record', () => {
    const story = new Story().announce(8000, 1, R, OTHER).ribBegin(100, 'd', [1]).rib(100, 1, 'd', R, GOOD);
    const stage = play(story);
    assert.deepEqual(routesOf(stage), [`65001 ${R} ${OTHER}`]);
    assert.equal(stage.engine.counters.late, 1);
  });
});

suite('RibDumps, absent keys', () => {
  const hijacked = () => new Story().announce(5, 1, R, HIJACK);

  test('RibDumps removes a route that a complete dump of its session does not hold, as of the dump’s beginning', () => {
    const stage = play(hijacked().ribBegin(10, 'd', [1]).ribEnd(13, 'd', [1]), 200);
    assert.deepEqual(routesOf(stage), []);
    assert.deepEqual(stage.verdicts, [`origin-hijack ${R} 64511 5..10 withdrawn`]);
  });

  test('RibDumps removes nothing where the dump is incomplete', () => {
    const stage = play(hijacked().ribBegin(10, 'd', [1]).ribEnd(13, 'd', [1], { complete: false }));
    assert.deepEqual(routesOf(stage), [`65001 ${R} ${HIJACK}`]);
  });

  test('RibDumps removes nothing that was updated since it began', () => {
    const stage = play(new Story().ribBegin(10, 'd', [1]).announce(11, 1, R, HIJACK).ribEnd(13, 'd', [1]));
    assert.deepEqual(routesOf(stage), [`65001 ${R} ${HIJACK}`]);
  });

  test('RibDumps removes nothing of a family that the dump did not hold', () => {
    const stage = play(
      hijacked()
        .ribBegin(10, 'd', [1])
        .ribEnd(13, 'd', [1], { afis: [2] }),
    );
    assert.deepEqual(routesOf(stage), [`65001 ${R} ${HIJACK}`]);
  });

  test('RibDumps removes nothing of another collector', () => {
    const there = { collector: 'rrc01' };
    const story = new Story()
      .announce(5, { ...there, peerAs: 65001 }, R, HIJACK)
      .ribBegin(10, 'd', [])
      .ribEnd(13, 'd', []);
    assert.deepEqual(routesOf(play(story)), [`65001 ${R} ${HIJACK}`]);
  });

  test('RibDumps removes by a dump without a peer index what sessions with entries do not hold there', () => {
    const both = hijacked().announce(5, 2, R, HIJACK);
    // Peer 1 has entries, none of them related; peer 2 has none at all.
    const stage = play(both.ribBegin(10, 'd', null).ribEnd(13, 'd', [1]));
    assert.deepEqual(routesOf(stage), [`65002 ${R} ${HIJACK}`]);
    assert.deepEqual(upOf(stage), [true, true]);
  });

  test('RibDumps makes no event of what it removes', () => {
    const story = new Story().announce(5, 1, R, GOOD).ribBegin(10, 'd', [1]).ribEnd(13, 'd', [1]);
    const stage = play(story, 200);
    assert.deepEqual(stage.told, ['5 PrefixActivePath', '5 PrefixAnnouncementEvent']);
  });
});

suite('RibDumps, the peer index', () => {
  test('RibDumps takes a session that is absent from the index for down', () => {
    const story = new Story().announce(5, 1, R, HIJACK).announce(5, 2, R, HIJACK).ribBegin(10, 'd', [2]);
    const stage = play(story.rib(10, 2, 'd', R, HIJACK).ribEnd(13, 'd', [2]), 9000);
    assert.deepEqual(upOf(stage), [false, true]);
    assert.deepEqual(stage.verdicts, [`origin-hijack ${R} 64511 5..open`]);
    assert.equal(stage.incident.peersNow, 1);
  });

  test('RibDumps resolves as unobserved what only absent sessions carried', () => {
    const stage = play(new Story().announce(5, 1, R, HIJACK).ribBegin(10, 'd', [2]).ribEnd(13, 'd', [2]), 9000);
    assert.deepEqual(stage.verdicts, [`origin-hijack ${R} 64511 5..3610 unobserved`]);
  });

  test('RibDumps leaves sessions of other collectors up', () => {
    const story = new Story().announce(5, { collector: 'rrc01' }, R, GOOD).ribBegin(10, 'd', [2]);
    assert.deepEqual(upOf(play(story)), [true]);
  });

  test('RibDumps leaves up a session that was heard at the dump’s first record or later', () => {
    assert.deepEqual(upOf(play(new Story().announce(10, 1, R, GOOD).ribBegin(10, 'd', [2]))), [true]);
  });

  test('RibDumps leaves every session up where the format has no index', () => {
    assert.deepEqual(upOf(play(new Story().announce(5, 1, R, GOOD).ribBegin(10, 'd', null).ribEnd(13, 'd', []))), [
      true,
    ]);
  });
});

suite('Engine on covers', () => {
  const FOREIGN_COVER = '65001 64511';
  const bootstrap = (...peers: number[]) => {
    const story = new Story().ribBegin(10, 'd', peers);
    for (const peer of peers) story.rib(10, peer, 'd', COVER, `${65000 + peer} 64511`);
    return story.ribEnd(13, 'd', peers);
  };

  test('Engine takes a cover that a RIB bootstrap held for baseline, by whomever it is announced later', () => {
    const stage = play(bootstrap(1).announce(20, 1, COVER, `65001 9 64511`).announce(20, 2, COVER, '65002 64511'));
    assert.deepEqual(stage.incidents, []);
  });

  test('Engine judges the same cover from another origin', () => {
    assert.deepEqual(play(bootstrap(1).announce(20, 1, COVER, '65001 64510')).verdicts, [
      `superprefix-hijack ${COVER} 64510 20..suspected`,
    ]);
  });

  test('Engine takes no member of an AS_SET for baseline where another is an aggregator: nobody is accused of that cover', () => {
    const story = new Story().ribBegin(10, 'd', [1]).rib(10, 1, 'd', COVER, '65001 {64499,64500}').ribEnd(13, 'd', [1]);
    assert.deepEqual(play(story.announce(20, 1, COVER, '65001 64499')).verdicts, [
      `superprefix-hijack ${COVER} 64499 20..suspected`,
    ]);
  });

  test('Engine judges a cover that a later dump of the session holds', () => {
    const story = new Story().ribBegin(10, 'd', [1]).ribEnd(11, 'd', [1]);
    story.ribBegin(7200, 'e', [1]).rib(7200, 1, 'e', COVER, FOREIGN_COVER).ribEnd(7201, 'e', [1]);
    assert.deepEqual(play(story).verdicts, [`superprefix-hijack ${COVER} 64511 7200..suspected`]);
  });

  test('Engine keeps an incident going where a later bootstrap holds what it already accuses', () => {
    const story = new Story().announce(5, 1, COVER, FOREIGN_COVER).ribBegin(10, 'd', [1, 2]);
    story.rib(10, 1, 'd', COVER, FOREIGN_COVER).rib(10, 2, 'd', COVER, '65002 64511').ribEnd(11, 'd', [1, 2]);
    const stage = play(story, 200);
    assert.deepEqual(stage.verdicts, [`superprefix-hijack ${COVER} 64511 5..open`]);
  });

  test('Engine raises a cover to Error where the prefix loses its last legitimate route', () => {
    const story = new Story().announce(5, 2, R, '65002 64500 64496').announce(10, 1, COVER, FOREIGN_COVER);
    const stage = play(story);
    assert.equal(stage.incident.level, 'Information');
    stage.play(new Story().withdraw(20, 2, R));
    assert.equal(stage.incident.level, 'Error');
    stage.play(new Story().announce(30, 2, R, '65002 64500 64496').announce(40, 1, COVER, `9 ${FOREIGN_COVER}`));
    assert.equal(stage.incident.level, 'Error');
  });

  test('Engine opens one incident a connection, under the lowest prefix it covered then, all of them in covers', () => {
    const both = [policy('203.0.112.0/24'), policy(R), policy('203.0.114.0/24', { connection: 'branch' })];
    const stage = new Stage(both).play(new Story().announce(10, 1, '203.0.112.0/22', FOREIGN_COVER));
    assert.deepEqual(
      stage.incidents.map(({ connection, registeredPrefix, covers }) => [connection, registeredPrefix, covers]).sort(),
      [
        ['branch', '203.0.114.0/24', ['203.0.114.0/24']],
        ['hq', '203.0.112.0/24', ['203.0.112.0/24', R]],
      ],
    );
  });

  test('Engine never takes a default route for a cover', () => {
    const story = new Story().announce(10, 1, '0.0.0.0/0', FOREIGN_COVER).announce(10, 1, '202.0.0.0/7', FOREIGN_COVER);
    const stage = play(story);
    assert.deepEqual(stage.incidents, []);
    assert.equal(secondsOf(stage.engine.watermark), 10);
  });
});
