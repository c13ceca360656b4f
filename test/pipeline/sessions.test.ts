// Sessions in the engine: coming up, going down, transfers, records that are late, AS 0 and AS_TRANS (detection.md sections 1, 2 and 6).

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { policy, secondsOf, Stage, Story } from '../support/event-builder.js';

const R = '203.0.113.0/24';
const GOOD = '65001 64500 64496';
const OTHER = '65001 65009 64500 64496';
const HIJACK = '65001 64511';

const play = (story: Story, until?: number) => new Stage([policy(R)]).play(story, until);

/** `AS address up|down routes` of every session. */
function sessionsOf({ engine }: Stage): string[] {
  return [...engine.sessions.all].map(
    (session) =>
      `${session.peerAs} ${session.peerAddress} ${session.up ? 'up' : 'down'} ${engine.routes.countOf(session)}`,
  );
}

suite('SessionLife, up and down', () => {
  test('SessionLife has a session up from its first UPDATE, without a transfer', () => {
    const stage = play(new Story().announce(10, 1, R, GOOD).announce(20, 1, R, OTHER), 100);
    assert.deepEqual(sessionsOf(stage), ['65001 192.0.2.1 up 1']);
    assert.ok(stage.told.includes('20 PathChangeEvent'));
  });

  test('SessionLife has a session up from Established, and from a withdrawal', () => {
    assert.deepEqual(sessionsOf(play(new Story().session('up', 10, 1).withdraw(20, 2, R))), [
      '65001 192.0.2.1 up 0',
      '65002 192.0.2.2 up 0',
    ]);
  });

  test('SessionLife drops the routes of all families of a session that goes down, and of no other', () => {
    const stage = new Stage([policy(R), policy('2001:db8::/32')]);
    const story = new Story().announce(10, 1, R, GOOD).announce(10, 1, '2001:db8::/32', GOOD).announce(10, 2, R, GOOD);
    stage.play(story.session('down', 20, 1));
    assert.deepEqual(sessionsOf(stage), ['65001 192.0.2.1 down 0', '65002 192.0.2.2 up 1']);
  });

  test('SessionLife applies a state change to all sessions at the address, whatever AS it names', () => {
    const story = new Story()
      .announce(10, { peerAs: 65001 }, R, GOOD)
      .announce(10, { peerAs: 65002 }, R, GOOD)
      .announce(10, { peerAs: 65001, collector: 'rrc01' }, R, GOOD)
      .session('down', 20, { peerAs: 0 });
    assert.deepEqual(sessionsOf(play(story)), [
      '65001 192.0.2.1 down 0',
      '65002 192.0.2.1 down 0',
      '65001 192.0.2.1 up 1',
    ]);
  });

  for (const peerAddress of ['0.0.0.0', '::']) {
    test(`SessionLife applies a state change with address ${peerAddress} to no session, and makes none`, () => {
      const peer = { peerAddress, peerAs: 65001 };
      const story = new Story().announce(10, 1, R, GOOD).session('down', 20, peer).session('up', 30, peer);
      assert.deepEqual(sessionsOf(play(story)), ['65001 192.0.2.1 up 1']);
    });
  }

  test('SessionLife makes no session of a state change that names AS 0 or AS_TRANS where none is known', () => {
    const story = new Story();
    for (const peerAs of [0, 23456]) story.session('up', 10, { peerAs }).session('down', 20, { peerAs });
    assert.deepEqual(sessionsOf(play(story)), []);
  });

  test('SessionLife takes Established on a session that is up for a loss that was not recorded', () => {
    const stage = play(new Story().announce(10, 1, R, HIJACK).session('up', 20, 1).endOfRib(30, 1), 100);
    assert.deepEqual(sessionsOf(stage), ['65001 192.0.2.1 up 0']);
    assert.deepEqual(stage.verdicts, [`origin-hijack ${R} 64511 10..20 absent-after-reset`]);
  });

  test('SessionLife raises nothing by a reset and a table transfer', () => {
    const story = new Story().announce(10, 1, R, GOOD).announce(10, 2, R, GOOD);
    story.session('down', 20, 1).session('up', 60, 1).announce(61, 1, R, GOOD).endOfRib(62, 1);
    const stage = play(story, 5000);
    assert.deepEqual(stage.incidents, []);
    assert.deepEqual(stage.told, ['10 PrefixActivePath', '10 PrefixAnnouncementEvent']);
  });

  test('SessionLife judges origins during a transfer', () => {
    const story = new Story().session('up', 60, 1).announce(61, 1, R, HIJACK);
    assert.deepEqual(play(story).verdicts, [`origin-hijack ${R} 64511 61..suspected`]);
  });
});

suite('SessionLife, AS 0 and AS_TRANS', () => {
  for (const peerAs of [0, 23456]) {
    test(`SessionLife resolves peer AS ${peerAs} to the session known at the address`, () => {
      const story = new Story().announce(10, { peerAs: 65001 }, R, HIJACK).withdraw(20, { peerAs }, R);
      const stage = play(story, 100);
      assert.deepEqual(sessionsOf(stage), ['65001 192.0.2.1 up 0']);
      assert.deepEqual(stage.verdicts, [`origin-hijack ${R} 64511 10..20 withdrawn`]);
    });
  }
});

suite('SessionLife, the end of a transfer', () => {
  const begun = () =>
    new Story().announce(10, 1, R, GOOD).session('down', 20, 1).session('up', 100, 1).announce(101, 1, R, GOOD);
  const changes = (story: Story) => play(story, 2000).told.filter((line) => line.includes('PathChange'));

  test('SessionLife ends it by End-of-RIB, for that family', () => {
    assert.deepEqual(changes(begun().endOfRib(110, 1).announce(120, 1, R, OTHER)), ['120 PathChangeEvent']);
    assert.deepEqual(changes(begun().endOfRib(110, 1, 2).announce(120, 1, R, OTHER)), []);
  });

  test('SessionLife ends it by a quiet gap at least 60 s after it began', () => {
    assert.deepEqual(changes(begun().session('quiet', 160, 1).announce(170, 1, R, OTHER)), ['170 PathChangeEvent']);
    assert.deepEqual(changes(begun().session('quiet', 140, 1).announce(170, 1, R, OTHER)), ['170 PathChangeEvent']);
    assert.deepEqual(changes(begun().session('quiet', 140, 1).announce(159, 1, R, OTHER)), []);
    assert.deepEqual(
      changes(begun().session('quiet', 140, 1).session('active', 150, 1).announce(170, 1, R, OTHER)),
      [],
      'an announcement of something else broke the gap',
    );
  });

  test('SessionLife has it over at the very instant at which the session goes down again', () => {
    // Down at 20 with the hijack, back without it from 100 to 160: it was withdrawn at 20, whatever happens at 160.
    const story = new Story().announce(10, 1, R, HIJACK).session('down', 20, 1).session('up', 100, 1);
    const stage = play(story.session('quiet', 130, 1).session('down', 160, 1), 2000);
    assert.deepEqual(stage.verdicts, [`origin-hijack ${R} 64511 10..20 absent-after-reset`]);
  });

  test('SessionLife takes no gap for quiet in which an announcement stands that the file tells of behind it', () => {
    const ranBack = begun().announce(150, 1, R, OTHER).session('quiet', 160, 1);
    assert.deepEqual(changes(ranBack.announce(175, 1, R, GOOD)), []);
  });

  test('SessionLife ends it after 10 min', () => {
    assert.deepEqual(changes(begun().announce(700, 1, R, OTHER)), []);
    assert.deepEqual(changes(begun().announce(701, 1, R, OTHER)), ['701 PathChangeEvent']);
  });

  test('SessionLife takes an UPDATE on a down session for up, and for the beginning of a transfer', () => {
    const story = new Story().announce(10, 1, R, GOOD).session('down', 20, 1).announce(100, 1, R, GOOD);
    assert.deepEqual(changes(story.announce(120, 1, R, OTHER)), []);
  });
});

suite('SessionLife, bursts without state records', () => {
  /** 25 registered prefixes announced at 0, then the first `repeated` of them again at 100, then a path change of the last at 120. */
  function burst(repeated: number, registered = 25): readonly string[] {
    const prefixes = Array.from({ length: registered }, (_, n) => `10.0.${n}.0/24`);
    const story = new Story();
    for (const prefix of prefixes) story.announce(0, 1, prefix, GOOD);
    for (const prefix of prefixes.slice(0, repeated)) story.announce(100, 1, prefix, GOOD);
    story.announce(120, 1, prefixes[registered - 1], OTHER);
    const stage = new Stage(prefixes.map((prefix) => policy(prefix))).play(story, 500);
    return stage.told.filter((line) => line.includes('PathChange'));
  }

  test('SessionLife takes 20 unchanged re-announcements within 60 s for a transfer', () => {
    assert.deepEqual(burst(20), []);
  });

  test('SessionLife takes 19 for none', () => {
    assert.deepEqual(burst(19), ['120 PathChangeEvent']);
  });

  test('SessionLife needs half of the stored routes', () => {
    assert.deepEqual(burst(29, 60), ['120 PathChangeEvent']);
    assert.deepEqual(burst(30, 60), []);
  });

  test('SessionLife ends a burst with the next quiet gap', () => {
    const prefixes = Array.from({ length: 20 }, (_, n) => `10.0.${n}.0/24`);
    const story = new Story();
    for (const time of [0, 100]) for (const prefix of prefixes) story.announce(time, 1, prefix, GOOD);
    story.session('quiet', 130, 1).announce(140, 1, prefixes[0], OTHER);
    const stage = new Stage(prefixes.map((prefix) => policy(prefix))).play(story, 500);
    assert.ok(stage.told.includes('140 PathChangeEvent'));
  });

  test('SessionLife takes one noisy route for none, however often it is announced again', () => {
    const story = new Story().announce(0, 1, R, GOOD);
    for (let n = 0; n < 30; n++) story.announce(100 + n, 1, R, GOOD);
    story.announce(140, 1, R, OTHER);
    assert.ok(play(story, 500).told.includes('140 PathChangeEvent'));
  });
});

suite('SessionLife, records that are late', () => {
  const newer = () => new Story({ input: 'b', file: 'b.gz' }).announce(200, 1, R, GOOD);
  const older = (seconds: number, input = 'a') => new Story({ input }).announce(seconds, 1, R, HIJACK);

  test('SessionLife leaves out a record of another file older than the session’s last by more than 60 s, and counts it', () => {
    const stage = play(newer()).play(older(139));
    assert.deepEqual(stage.incidents, []);
    assert.equal(stage.engine.counters.late, 1);
  });

  test('SessionLife applies one that is 60 s older', () => {
    assert.deepEqual(play(newer()).play(older(140)).verdicts, [`origin-hijack ${R} 64511 140..suspected`]);
  });

  test('SessionLife applies an older record of the same file', () => {
    assert.deepEqual(play(newer()).play(older(20, 'b')).verdicts, [`origin-hijack ${R} 64511 20..suspected`]);
  });

  test('SessionLife leaves out late state changes too', () => {
    const stage = play(newer()).play(new Story({ input: 'a' }).session('down', 100, 1));
    assert.deepEqual(sessionsOf(stage), ['65001 192.0.2.1 up 1']);
    assert.equal(stage.engine.counters.late, 1);
  });

  test('SessionLife counts from the last record of the session, matched or not', () => {
    const stage = play(new Story({ input: 'b' }).announce(10, 1, R, GOOD).session('last-record', 200, 1)).play(
      older(100),
    );
    assert.deepEqual(stage.incidents, []);
  });

  test('SessionLife takes each session by itself', () => {
    const stage = play(new Story({ input: 'b' }).announce(200, 2, R, GOOD)).play(older(20));
    assert.equal(stage.incidents.length, 1);
  });
});

test('Engine counts announcements of unknown origin', () => {
  const stage = play(new Story().announce(10, 1, R, '65001 23456').announce(20, 2, R, ''));
  assert.equal(stage.engine.counters.unknownOrigin, 2);
  assert.deepEqual(stage.incidents, []);
});

test('Engine.advance never goes back, and leaves what is due at its instant until the end', () => {
  const stage = play(new Story().announce(10, 1, R, GOOD));
  stage.engine.advance(0);
  assert.equal(secondsOf(stage.engine.watermark), 10);
  assert.deepEqual(stage.told, ['10 PrefixAnnouncementEvent']);
  assert.deepEqual(stage.end(10).told, ['10 PrefixActivePath', '10 PrefixAnnouncementEvent']);
});
