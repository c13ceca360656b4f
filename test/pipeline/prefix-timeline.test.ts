// Prefix events as stories through a real engine: the eight of the vendor's table, PathChangeEvent and PrefixMoreSpecificEvent, their
// buckets and their hourly limit (detection.md section 4).

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { figures, policy, type PolicyParts, secondsOf, Stage, Story } from '../support/event-builder.js';

const R = '203.0.113.0/24';
const ACTIVE = '65001 64500 64496';
const BACKUP = '65001 64499 64496';
const FOREIGN = '65001 64511';

function told(story: Story, until: number, parts: PolicyParts = {}): readonly string[] {
  return new Stage([policy(R, parts)]).play(story, until).told;
}

suite('PrefixTimeline, announcements and withdrawals', () => {
  test('PrefixTimeline tells of the active route with its path, and of its withdrawal', () => {
    const story = new Story()
      .announce(10, 1, R, ACTIVE)
      .announce(20, 2, R, ACTIVE)
      .withdraw(30, 1, R)
      .withdraw(40, 2, R);
    assert.deepEqual(told(story, 100), [
      '10 PrefixActivePath',
      '10 PrefixAnnouncementEvent',
      '40 PrefixWithdrawalEvent',
    ]);
  });

  test('PrefixTimeline tells of the backup route with its path, and of its withdrawal', () => {
    const story = new Story().announce(10, 1, R, BACKUP).withdraw(40, 1, R);
    assert.deepEqual(told(story, 100), [
      '10 PrefixBackupPath',
      '10 PrefixBackupRouteAnnouncementEvent',
      '40 PrefixBackupRouteWithdrawalEvent',
    ]);
  });

  test('PrefixTimeline takes every legitimate route as active where no provider ASN is known', () => {
    assert.deepEqual(told(new Story().announce(10, 1, R, BACKUP), 100, { providerAsns: [] }), [
      '10 PrefixActivePath',
      '10 PrefixAnnouncementEvent',
    ]);
  });

  test('PrefixTimeline says nothing of a repeated update', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).announce(20, 1, R, ACTIVE).announce(30, 1, R, ACTIVE);
    assert.equal(told(story, 100).length, 2);
  });

  test('PrefixTimeline says nothing of covering routes alone', () => {
    assert.deepEqual(
      told(new Story().announce(10, 1, '203.0.112.0/23', '65001 64500').withdraw(20, 1, '203.0.112.0/23'), 100),
      [],
    );
  });

  test('PrefixTimeline says nothing where a session is lost, and tells of the announcement when it is back', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).session('down', 20, 1).announce(50, 1, R, ACTIVE);
    assert.deepEqual(told(story, 100), [
      '10 PrefixActivePath',
      '10 PrefixAnnouncementEvent',
      '50 PrefixActivePath',
      '50 PrefixAnnouncementEvent',
    ]);
  });

  test('PrefixTimeline takes a hijack in its place for a withdrawal', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).announce(20, 1, R, FOREIGN);
    assert.deepEqual(told(story, 30).slice(2), ['20 PrefixOriginAsChangeEvent', '20 PrefixWithdrawalEvent']);
  });

  test('PrefixTimeline takes a malformed announcement in its place for a withdrawal', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).announce(20, 1, R, ACTIVE, { malformed: true });
    assert.deepEqual(told(story, 30).slice(2), ['20 PrefixWithdrawalEvent']);
  });
});

suite('PrefixTimeline, current paths', () => {
  const pathOf = (story: Story): string | undefined =>
    new Stage([policy(R)]).play(story, 100).events.find(({ type }) => type === 'PrefixActivePath')?.summary;

  test('PrefixTimeline names the path of most distinct peer ASes at the end of the announcement’s instant', () => {
    const story = new Story()
      .announce(10, 1, R, '7 64500 64496')
      .announce(10, 2, R, '8 64500 64496')
      .announce(10, 3, R, '8 64500 64496');
    assert.equal(pathOf(story), `Active path to ${R}: 8 64500 64496`);
  });

  test('PrefixTimeline counts peer ASes, not sessions', () => {
    const story = new Story();
    for (const collector of ['rrc01', 'rrc02', 'rrc03'])
      story.announce(10, { collector, peerAs: 65001 }, R, '7 64500 64496');
    story.announce(10, 2, R, '8 64500 64496').announce(10, 3, R, '8 64500 64496');
    assert.equal(pathOf(story), `Active path to ${R}: 8 64500 64496`);
  });

  test('PrefixTimeline breaks a tie by the shortest path, then the lexically first', () => {
    const story = new Story()
      .announce(10, 1, R, '1 1 64500 64496')
      .announce(10, 2, R, '9 64500 64496')
      .announce(10, 3, R, '8 64500 64496');
    assert.equal(pathOf(story), `Active path to ${R}: 8 64500 64496`);
  });

  test('PrefixTimeline does not wait for later instants', () => {
    const story = new Story()
      .announce(10, 1, R, '7 64500 64496')
      .announce(11, 2, R, '64500 64496')
      .announce(11, 3, R, '64500 64496');
    assert.equal(pathOf(story), `Active path to ${R}: 7 64500 64496`);
  });
});

suite('PrefixTimeline, changes of origin', () => {
  const CHANGE = 'PrefixOriginAsChangeEvent';
  const BACKUP_CHANGE = 'PrefixBackupRouteOriginAsChangeEvent';
  const changes = (story: Story, until = 100, parts: PolicyParts = {}) =>
    told(story, until, parts).filter((line) => line.includes('OriginAsChange'));

  test('PrefixTimeline gives the active form where the replaced route was active', () => {
    assert.deepEqual(changes(new Story().announce(10, 1, R, ACTIVE).announce(20, 1, R, FOREIGN)), [`20 ${CHANGE}`]);
  });

  test('PrefixTimeline gives the active form where no route was replaced and the prefix was active', () => {
    assert.deepEqual(changes(new Story().announce(10, 1, R, ACTIVE).announce(20, 2, R, FOREIGN)), [`20 ${CHANGE}`]);
  });

  test('PrefixTimeline gives the backup form where the replaced route was a backup, though the prefix was active', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).announce(11, 2, R, BACKUP).announce(20, 2, R, FOREIGN);
    assert.deepEqual(changes(story), [`20 ${BACKUP_CHANGE}`]);
  });

  test('PrefixTimeline gives the backup form where no route was replaced and the prefix was not active', () => {
    assert.deepEqual(changes(new Story().announce(20, 1, R, FOREIGN)), [`20 ${BACKUP_CHANGE}`]);
  });

  test('PrefixTimeline tells it once an opening of (P, origin), whoever else carries it', () => {
    const story = new Story()
      .announce(20, 1, R, FOREIGN)
      .announce(21, 2, R, FOREIGN)
      .announce(22, 1, R, `9 ${FOREIGN}`);
    assert.deepEqual(changes(story), [`20 ${BACKUP_CHANGE}`]);
  });

  test('PrefixTimeline tells it again for another origin and for another opening', () => {
    const story = new Story()
      .announce(20, 1, R, FOREIGN)
      .announce(30, 2, R, '65002 64510')
      .withdraw(40, 1, R)
      .announce(200, 1, R, FOREIGN);
    assert.deepEqual(changes(story, 300), [`20 ${BACKUP_CHANGE}`, `30 ${BACKUP_CHANGE}`, `200 ${BACKUP_CHANGE}`]);
  });

  test('PrefixTimeline takes one registered origin after another for a PathChangeEvent', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).announce(20, 1, R, '65001 64500 64497');
    assert.deepEqual(told(story, 200, { origins: [64496, 64497] }), [
      '10 PrefixActivePath',
      '10 PrefixAnnouncementEvent',
      '20 PathChangeEvent',
    ]);
  });

  test('PrefixTimeline tells of no change of origin for a forged first hop, whose origin is registered', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).announce(20, 2, R, '65002 64511 64496');
    assert.deepEqual(changes(story, 100, { neighbors: { 64496: [64500] } }), []);
  });
});

suite('PrefixTimeline, more-specifics', () => {
  const more = { moreSpecifics: { minLength: 25, maxLength: 25 } };
  const P = '203.0.113.128/25';

  test('PrefixTimeline tells of a first-seen allowed more-specific once, as Information', () => {
    const story = new Story()
      .announce(10, 1, P, ACTIVE)
      .announce(20, 2, P, ACTIVE)
      .withdraw(30, 1, P)
      .withdraw(30, 2, P);
    story.announce(900, 1, P, ACTIVE);
    assert.deepEqual(told(story, 1000, more), [`10 PrefixMoreSpecificEvent ${P} Information`]);
  });

  test('PrefixTimeline tells of one that is not allowed, from an own origin, as Information', () => {
    assert.deepEqual(told(new Story().announce(10, 1, P, ACTIVE), 20), [`10 PrefixMoreSpecificEvent ${P} Information`]);
  });

  test('PrefixTimeline tells of one from a foreign origin as Critical', () => {
    assert.deepEqual(told(new Story().announce(10, 1, P, FOREIGN), 20), [`10 PrefixMoreSpecificEvent ${P} Critical`]);
  });
});

suite('PrefixTimeline, path changes', () => {
  const other = '65001 65009 64500 64496';

  test('PrefixTimeline gathers the path changes of 60 s in one event at the first', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).announce(10, 2, R, ACTIVE);
    story.announce(20, 1, R, other).announce(30, 2, R, other).announce(79, 1, R, ACTIVE).announce(81, 1, R, other);
    const { events } = new Stage([policy(R)]).play(story, 200);
    const changes = events.filter(({ type }) => type === 'PathChangeEvent');
    assert.deepEqual(
      changes.map(({ at, summary }) => [secondsOf(at), summary]),
      [
        [20, `2 sessions changed path to ${R}`],
        [81, `1 session changed path to ${R}`],
      ],
    );
    assert.match(changes[0].description, new RegExp(`3 path changes .*transit 3; commonest new path: ${other}\\.`));
  });

  test('PrefixTimeline tells nothing of a bucket that is still open', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).announce(20, 1, R, other);
    assert.equal(told(story, 80).includes('20 PathChangeEvent'), false);
    assert.equal(told(story, 81).includes('20 PathChangeEvent'), true);
  });

  test('PrefixTimeline takes a change of attributes alone for a path change of that class', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).announce(20, 1, R, ACTIVE, { attributes: 'med' });
    const { events } = new Stage([policy(R)]).play(story, 200);
    assert.match(events.find(({ type }) => type === 'PathChangeEvent')?.description ?? '', /attributes 1/);
  });

  test('PrefixTimeline needs old and new route of one session: a withdrawal between makes it none', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).withdraw(20, 1, R).announce(30, 1, R, other);
    assert.equal(
      told(story, 200).some((line) => line.includes('PathChange')),
      false,
    );
  });

  test('PrefixTimeline takes no hijack, and no return from one, for a path change', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).announce(20, 1, R, FOREIGN).announce(30, 1, R, other);
    assert.equal(
      told(story, 200).some((line) => line.includes('PathChange')),
      false,
    );
  });

  test('PrefixTimeline tells of no path change during a table transfer, and of one after it', () => {
    const story = new Story().announce(10, 1, R, ACTIVE).session('down', 20, 1).session('up', 30, 1);
    story.announce(31, 1, R, ACTIVE).announce(32, 1, R, other).endOfRib(40, 1).announce(50, 1, R, ACTIVE);
    assert.deepEqual(
      told(story, 200).filter((line) => line.includes('PathChange')),
      ['50 PathChangeEvent'],
    );
  });

  test('PrefixTimeline keeps a bucket for each announced prefix', () => {
    const P = '203.0.113.0/25';
    const story = new Story().announce(10, 1, R, ACTIVE).announce(10, 1, P, ACTIVE);
    story.announce(20, 1, R, other).announce(25, 1, P, other);
    assert.deepEqual(
      told(story, 200, { moreSpecifics: { minLength: 25, maxLength: 25 } }).filter((line) =>
        line.includes('PathChange'),
      ),
      ['20 PathChangeEvent', `25 PathChangeEvent ${P}`],
    );
  });

  test('PrefixTimeline tells at most so many an hour of a registered prefix, and the rest as one suppressed: n', () => {
    const limited = figures({ pathEvents: { maxPerHour: 2 } });
    const story = new Story().announce(0, 1, R, ACTIVE);
    for (let bucket = 0; bucket < 5; bucket++)
      story.announce(100 + bucket * 100, 1, R, bucket % 2 === 0 ? other : ACTIVE);
    story.announce(3800, 1, R, ACTIVE);
    const { events } = new Stage([policy(R)], limited).play(story, 4000);
    assert.deepEqual(
      events.filter(({ type }) => type === 'PathChangeEvent').map(({ at, summary }) => [secondsOf(at), summary]),
      [
        [100, `1 session changed path to ${R}`],
        [200, `1 session changed path to ${R}`],
        [300, 'suppressed: 3'],
        [3800, `1 session changed path to ${R}`],
      ],
    );
  });

  test('PrefixTimeline.openSince is the oldest thing that may still make an event', () => {
    const stage = new Stage([policy(R)]).play(new Story().announce(10, 1, R, ACTIVE));
    assert.equal(secondsOf(stage.engine.timeline.openSince()), 10);
    stage.play(new Story().announce(20, 1, R, other));
    assert.equal(secondsOf(stage.engine.timeline.openSince()), 20);
    stage.play({ events: [] }, 5000);
    assert.equal(stage.engine.timeline.openSince(), null);
  });
});
