// /metrics, /healthz and /readyz of a live daemon with data in it: what is counted is told by hand from the input, and by the lists
// of the command line, which read the database.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Daemon, Site } from '../support/daemon-process.js';
import { requires } from '../support/requires.js';
import { announce, FOREIGN, hijackStory, joined, keepalive } from '../support/spooled-story.js';
import { until } from '../support/until.js';

/** Series and their values. */
async function scrape(daemon: Daemon): Promise<ReadonlyMap<string, number>> {
  const { status, text } = await daemon.get('/metrics');
  assert.equal(status, 200);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** How many lines of a list have the same values of these keys. */
function tally(ndjson: string, ...keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of ndjson.split('\n').filter((text) => text !== '')) {
    const record = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const key = keys.map((name) => String(record[name])).join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

test('/metrics counts what was read, found and stored', async (context) => {
  const site = await new Site(context).withExample();
  mkdirSync(join(site.spool, 'rrc07'));
  const daemon = await site.daemon();
  const before = await scrape(daemon);
  for (const series of [
    'peerwatch_records_total{source="rrc07",type="BGP4MP"}',
    'peerwatch_dropped_total{source="rrc07",reason="duplicate"}',
    'peerwatch_decode_errors_total{source="rrc07",kind="gap"}',
    'peerwatch_incidents_opened_total{type="origin-hijack"}',
    'peerwatch_incidents_open{type="origin-hijack",level="Critical"}',
    'peerwatch_events_total{type="PrefixWithdrawalEvent",level="Warning"}',
    'peerwatch_sessions{collector="rrc07",state="up"}',
  ])
    assert.equal(before.get(series), 0, `${series} is 0 from the start`);

  const torn = joined(announce(300, 1, [FOREIGN]), keepalive(301).subarray(0, 20));
  site.drop('rrc07/updates', joined(...hijackStory()));
  site.drop('rrc07/copy.gz', gzipSync(joined(...hijackStory())));
  site.drop('rrc07/torn', torn);
  await daemon.hasRead(2);
  await until(
    'all three files are known',
    async () => (await daemon.metric('peerwatch_dropped_total{source="rrc07",reason="duplicate"}')) === 1,
  );
  const now = await scrape(daemon);
  const counted: Readonly<Record<string, number>> = {
    'peerwatch_records_total{source="rrc07",type="BGP4MP"}': 8 + 1,
    'peerwatch_elements_total{source="rrc07",type="announce"}': 7 + 1,
    'peerwatch_elements_total{source="rrc07",type="keepalive"}': 1,
    'peerwatch_decode_errors_total{source="rrc07",kind="truncated"}': 1,
    'peerwatch_source_up{source="rrc07"}': 1,
    'peerwatch_source_last_record_timestamp_seconds{source="rrc07"}': 1_781_593_500,
    'peerwatch_sessions{collector="rrc07",state="up"}': 3,
    'peerwatch_sessions{collector="rrc07",state="down"}': 0,
    'peerwatch_prefixes{state="active"}': 1,
    'peerwatch_prefixes{state="unknown"}': 2,
    'peerwatch_incidents_opened_total{type="origin-hijack"}': 1,
    'peerwatch_incidents_open{type="origin-hijack",level="Critical"}': 1,
  };
  for (const [series, value] of Object.entries(counted)) assert.equal(now.get(series), value, series);

  const events = tally(await site.ok('events', 'list', '--json'), 'type', 'level');
  assert.ok(events.size > 2);
  for (const [key, count] of events) {
    const [type, level] = key.split(' ');
    assert.equal(now.get(`peerwatch_events_total{type="${type}",level="${level}"}`), count, key);
  }
  const commits = now.get('peerwatch_commit_duration_seconds_count') ?? 0;
  const batches = now.get('peerwatch_batch_duration_seconds_count') ?? 0;
  assert.ok(batches > 5 && commits >= batches, `${batches} batches, ${commits} commits`);
  assert.equal(now.get('peerwatch_detect_duration_seconds_count'), batches);
  assert.ok((now.get('peerwatch_database_bytes') ?? 0) > 100_000);
  assert.equal(await daemon.stop(), 0);
});

test('/metrics has no label that the network says, and not many series, with data of several collectors in it', async (context) => {
  const site = await new Site(context).withExample();
  for (const collector of ['rrc00', 'rrc01', 'route-views2'])
    site.drop(`${collector}/updates`, joined(...hijackStory()));
  const daemon = await site.daemon();
  await daemon.hasRead(3);
  const series = [...(await scrape(daemon)).keys()];
  assert.ok(series.length <= 2000, `${series.length} series`);
  for (const name of series) assert.doesNotMatch(name, /192\.0\.2|203\.0\.113|64511|64496|6450[0-2]/);
  const sources = new Set(series.flatMap((name) => /(?:source|collector)="([^"]*)"/.exec(name)?.[1] ?? []));
  assert.deepEqual([...sources].sort(), ['route-views2', 'rrc00', 'rrc01']);
  assert.equal(await daemon.stop(), 0);
});

test(
  '/metrics of a daemon with data in it passes promtool check metrics',
  { skip: requires('promtool') },
  async (context) => {
    const site = await new Site(context).withExample();
    site.configure('metrics: { watch: [203.0.113.0/24, "rrc00|192.0.2.201|64501"] }\n');
    site.drop('rrc00/updates', joined(...hijackStory()));
    const daemon = await site.daemon();
    await daemon.hasRead(1);
    const { text } = await daemon.get('/metrics');
    assert.match(text, /^peerwatch_watched_prefix_routes\{prefix="203\.0\.113\.0\/24"\} 3$/m);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    assert.equal(stderr + stdout, '');
    assert.equal(status, 0);
    assert.equal(await daemon.stop(), 0);
  },
);

test('/healthz and /readyz are fine with an empty spool, and stay so while files come', async (context) => {
  const site = await new Site(context).withExample();
  const daemon = await site.daemon();
  await until('/readyz is 200', async () => (await daemon.get('/readyz')).status === 200);
  assert.equal((await daemon.get('/healthz')).status, 200);
  site.drop('rrc00/updates', joined(...hijackStory()));
  await daemon.hasRead(1);
  for (const path of ['/readyz', '/healthz']) assert.equal((await daemon.get(path)).status, 200, path);
  assert.equal(await daemon.stop(), 0);
});

test('/readyz is 503 while a source has files and has delivered nothing, and says which', async (context) => {
  const site = await new Site(context).withExample();
  const stub = site.program('lbzip2', 'exec sleep 600'); // a decompressor that hangs
  site.drop('rrc00/updates', joined(...hijackStory()));
  site.drop('rrc01/updates.bz2', new TextEncoder().encode('BZh91AY&SY'));
  const daemon = await site.daemon({ env: stub });
  await daemon.hasRead(1);
  const { status, text } = await daemon.get('/readyz');
  assert.equal(status, 503);
  assert.match(text, /"detail":"rrc01 has not delivered yet"/);
  assert.equal(await daemon.metric('peerwatch_source_up{source="rrc01"}'), 0);
  assert.equal(await daemon.metric('peerwatch_source_up{source="rrc00"}'), 1);
});

test('status tells of every source, of every prefix, and of what is going on', async (context) => {
  const site = await new Site(context).withExample();
  site.drop('rrc00/updates', joined(...hijackStory().slice(0, 5)));
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  const { stdout, stderr } = await site.run('status', '--json');
  assert.match(stderr, /A daemon or a replay is running/);
  const records = stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const [kind, connection] = ['prefix', 'seattle-hq'];
  assert.deepEqual(records, [
    {
      kind: 'source',
      collector: 'rrc00',
      up: 3,
      down: 0,
      lastRecordAt: '2026-06-16T07:00:12.000000Z',
      files: 1,
      incomplete: 0,
      damaged: 0,
    },
    { kind, connection, prefix: '198.51.100.0/24', state: 'unknown', fullFeeds: null, observable: null },
    { kind, connection, prefix: '203.0.113.0/24', state: 'active', fullFeeds: 0, observable: false },
    { kind, connection, prefix: '2001:db8:40::/48', state: 'unknown', fullFeeds: 0, observable: false },
    // 64500-64496 and the two other peers' links to 64500; no session has had a RIB dump
    {
      kind: 'links',
      state: 'learning',
      since: '2026-06-16T07:00:00.000000Z',
      days: 0,
      of: 14,
      links: 3,
      sessionsWithoutRib: 3,
    },
    { kind: 'incidents', type: 'origin-hijack', level: 'Critical', state: 'open', count: 1 },
  ]);
  assert.equal(await daemon.stop(), 0);
  assert.match((await site.run('status')).stderr, /Nothing is running/);
});
