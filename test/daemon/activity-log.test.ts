import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActivityLog } from '../../src/daemon/activity-log.js';
import { createStats } from '../../src/telemetry/stats.js';
import { policy, Stage, Story } from '../support/event-builder.js';

/** What a real engine makes of a story, batch by batch, as the log is given it, and the lines that the log writes. */
function logged() {
  const stats = createStats();
  const lines: string[] = [];
  const write =
    (level: string) =>
    (_: object, message: string): void =>
      void lines.push(`${level} ${message}`);
  const log = new ActivityLog({ debug: write('debug'), info: write('info'), warn: write('warn') }, stats);
  const stage = new Stage([policy('203.0.113.0/24')]);
  const play = (story: Story, until?: number): readonly string[] => {
    lines.length = 0;
    for (const event of story.events) {
      stage.engine.advance(event.order);
      stage.engine.apply(event);
      log.note({ ...stage.engine.takeBatch(), generation: 1, reference: null, files: [] });
    }
    if (until !== undefined) stage.play({ events: [] }, until);
    log.note({ ...stage.engine.takeBatch(), generation: 1, reference: null, files: [] });
    return lines.filter((line) => !line.startsWith('debug'));
  };
  return { stats, log, stage, play, lines };
}

const HIJACK = '203.0.113.0/24';

test('ActivityLog tells of an incident when it opens, escalates, is over and is back, and not of more of the same', () => {
  const { stats, play } = logged();
  const first = play(new Story().announce(0, 1, HIJACK, '65001 64511'));
  assert.deepEqual(first, ['warn origin-hijack of 203.0.113.0/24 by 64511']);
  const more = play(new Story().announce(1, 2, HIJACK, '65002 64511').announce(2, 3, HIJACK, '65003 64511'));
  assert.deepEqual(
    more,
    ['warn origin-hijack of 203.0.113.0/24 by 64511'],
    'suspected is open now; a third peer is no news',
  );
  const end = play(new Story().withdraw(10, 1, HIJACK).withdraw(10, 2, HIJACK).withdraw(10, 3, HIJACK), 100);
  assert.deepEqual(end, ['info origin-hijack of 203.0.113.0/24 is over']);
  const back = play(new Story().announce(200, 1, HIJACK, '65001 64511'));
  assert.equal(back.length, 1);
  assert.match(back[0], /^warn origin-hijack .* is back$/);
  assert.equal(stats.incidentsOpened['origin-hijack'], 1, 're-opened is the same incident');
});

test('ActivityLog tells how many peers an incident had, also where they lost it within the batch', () => {
  const told: object[] = [];
  const log = new ActivityLog(
    { debug: () => undefined, info: () => undefined, warn: (details) => void told.push(details) },
    createStats(),
  );
  const stage = new Stage([policy(HIJACK)]);
  const story = new Story().announce(0, 1, HIJACK, '65001 64511').announce(0, 2, HIJACK, '65002 64511');
  for (const event of story.withdraw(0, 1, HIJACK).withdraw(0, 2, HIJACK).events) {
    stage.engine.advance(event.order);
    stage.engine.apply(event);
  }
  log.note({ ...stage.engine.takeBatch(), generation: 1, reference: null, files: [] });
  assert.deepEqual(
    told.map((details) => Reflect.get(details, 'peers') as unknown),
    [{ now: 0, max: 2 }],
  );
});

test('ActivityLog counts events by type and level, and logs them at debug', () => {
  const { stats, play, lines } = logged();
  play(new Story().announce(0, 1, HIJACK, '65001 64500 64496'));
  assert.equal(stats.events.PrefixAnnouncementEvent.Information, 1);
  assert.ok(lines.some((line) => line.startsWith('debug ')));
});

test('ActivityLog that is quiet counts and logs nothing', () => {
  const { stats, log, play, lines } = logged();
  log.quiet(true);
  play(new Story().announce(0, 1, HIJACK, '65001 64511'));
  assert.deepEqual(lines, []);
  assert.equal(stats.incidentsOpened['origin-hijack'], 1);
});

test('ActivityLog does not tell again of incidents that went on before it', () => {
  const { stage, play } = logged();
  play(new Story().announce(0, 1, HIJACK, '65001 64511').announce(1, 2, HIJACK, '65002 64511'));
  const second = logged();
  second.log.restore(stage.engine.lifecycle.all);
  second.log.note({
    ...stage.play(new Story().announce(2, 3, HIJACK, '65003 64511')).engine.takeBatch(),
    generation: 1,
    reference: null,
    files: [],
  });
  assert.deepEqual(second.lines, []);
  assert.equal(second.stats.incidentsOpened['origin-hijack'], 0);
});

test('ActivityLog.timing passes commits on and counts how long each took', () => {
  const { stats, log } = logged();
  const committed: unknown[] = [];
  const empty = {
    generation: null,
    reference: null,
    watermark: null,
    sessions: [],
    routes: [],
    withdrawn: [],
    prefixes: [],
    baseline: [],
    incidents: [],
    dumps: [],
    monitors: [],
    links: [],
    linkProgress: null,
  };
  const store = log.timing({ load: () => empty, commit: (batch) => void committed.push(batch) });
  assert.equal(store.load(), empty);
  const batch = { ...new Stage([]).engine.takeBatch(), generation: 1, reference: null, files: [] };
  store.commit(batch);
  assert.deepEqual(committed, [batch]);
  assert.equal(
    stats.commit.counts.reduce((sum, count) => sum + count, 0),
    1,
  );
});
