// `/metrics` as text: the contract's names and labels, zeros from the start, hand-counted values, bounded series.

import assert from 'node:assert/strict';
import test from 'node:test';
import { register } from 'prom-client';
import { METRICS, SOURCE_LIMIT, WATCH_LIMIT } from '../../src/telemetry/metric-table.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { type PeerwatchStats, createStats, observe, sessionStats, sourceStats } from '../../src/telemetry/stats.js';

/** Product contract, section 5, word for word. */
const CONTRACT: readonly [name: string, labels: readonly string[]][] = [
  ['peerwatch_build_info', []],
  ['peerwatch_records_total', ['source', 'type']],
  ['peerwatch_elements_total', ['source', 'type']],
  ['peerwatch_decode_errors_total', ['source', 'kind']],
  ['peerwatch_dropped_total', ['source', 'reason']],
  ['peerwatch_source_up', ['source']],
  ['peerwatch_source_last_record_timestamp_seconds', ['source']],
  ['peerwatch_event_time_lag_seconds', ['source']],
  ['peerwatch_sessions', ['collector', 'state']],
  ['peerwatch_prefixes', ['state']],
  ['peerwatch_incidents_open', ['type', 'level']],
  ['peerwatch_incidents_opened_total', ['type']],
  ['peerwatch_events_total', ['type', 'level']],
  ['peerwatch_database_bytes', []],
];

async function scrape(stats: PeerwatchStats, now = 0, processDefaults = false): Promise<Map<string, number>> {
  const text = await new Metrics({ stats, version: '1.2.3', now: () => now, processDefaults }).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

test('METRICS holds every metric of the contract with its labels', () => {
  for (const [name, labels] of CONTRACT) {
    const metric = METRICS.find((one) => one.name === name);
    assert.ok(metric !== undefined, name);
    if (name !== 'peerwatch_build_info') assert.deepEqual(metric.labels, labels, name);
  }
});

test('METRICS samples carry exactly the labels that the table declares', () => {
  const stats = busyStats(3, 2);
  for (const metric of METRICS) {
    if (metric.type === 'histogram') continue;
    const samples = metric.read({ stats, version: '1', nodeVersion: 'v20', now: 0 });
    assert.ok(samples.length > 0, metric.name);
    for (const { labels } of samples) assert.deepEqual(Object.keys(labels), metric.labels, metric.name);
  }
});

test('Metrics shows every known series at 0 before anything happened', async () => {
  const stats = createStats();
  sourceStats(stats, 'rrc00').up = false;
  const series = await scrape(stats, 1_700_000_000_000);
  for (const [name, value] of series) assert.equal(value, name.startsWith('peerwatch_build_info') ? 1 : 0, name);
  const names = [...series.keys()];
  assert.equal(names.filter((name) => name.startsWith('peerwatch_incidents_open{')).length, 21 * 4);
  assert.equal(names.filter((name) => name.startsWith('peerwatch_incidents_opened_total{')).length, 21);
  assert.equal(names.filter((name) => name.startsWith('peerwatch_events_total{')).length, 10 * 4);
  assert.equal(names.filter((name) => name.startsWith('peerwatch_elements_total{source="rrc00"')).length, 9);
  assert.equal(series.get('peerwatch_incidents_open{type="source-silent",level="Error"}'), 0);
  assert.equal(series.get('peerwatch_prefixes{state="unknown"}'), 0);
  assert.equal(series.get('peerwatch_sessions{collector="rrc00",state="down"}'), 0);
});

test('Metrics reads the stats at each scrape, not when it is made', async () => {
  const stats = createStats();
  const metrics = new Metrics({ stats, version: '1', processDefaults: false });
  await metrics.text();
  stats.events.PathChangeEvent.Information += 7;
  stats.incidentsOpen['origin-hijack'].Critical = 2;
  assert.match(await metrics.text(), /^peerwatch_events_total\{type="PathChangeEvent",level="Information"\} 7$/m);
  stats.incidentsOpen['origin-hijack'].Critical = 0;
  assert.match(await metrics.text(), /^peerwatch_incidents_open\{type="origin-hijack",level="Critical"\} 0$/m);
});

test('Metrics calls refresh before it reads', async () => {
  const stats = createStats();
  const refresh = (): void => {
    stats.databaseBytes = 4096;
  };
  const text = await new Metrics({ stats, version: '1', refresh, processDefaults: false }).text();
  assert.match(text, /^peerwatch_database_bytes 4096$/m);
});

test('Metrics turns event time into seconds, and lag into wall clock less event time', async () => {
  const stats = createStats();
  const source = sourceStats(stats, 'rrc01');
  source.lastRecordAt = 1_282_898_537_250_000; // 2010-08-27T08:42:17.25Z
  source.up = true;
  const series = await scrape(stats, 1_282_898_600_000);
  assert.equal(series.get('peerwatch_source_last_record_timestamp_seconds{source="rrc01"}'), 1_282_898_537.25);
  assert.equal(series.get('peerwatch_event_time_lag_seconds{source="rrc01"}'), 62.75);
  assert.equal(series.get('peerwatch_source_up{source="rrc01"}'), 1);
});

test('Metrics prints histograms with cumulative buckets, sum and count', async () => {
  const stats = createStats();
  for (const seconds of [0.0004, 0.002, 0.002, 30]) observe(stats.commit, seconds);
  const series = await scrape(stats);
  assert.equal(series.get('peerwatch_commit_duration_seconds_bucket{le="0.0001"}'), 0);
  assert.equal(series.get('peerwatch_commit_duration_seconds_bucket{le="0.0005"}'), 1);
  assert.equal(series.get('peerwatch_commit_duration_seconds_bucket{le="0.0025"}'), 3);
  assert.equal(series.get('peerwatch_commit_duration_seconds_bucket{le="10"}'), 3);
  assert.equal(series.get('peerwatch_commit_duration_seconds_bucket{le="+Inf"}'), 4);
  assert.equal(series.get('peerwatch_commit_duration_seconds_count'), 4);
  assert.ok(Math.abs((series.get('peerwatch_commit_duration_seconds_sum') ?? 0) - 30.0044) < 1e-9);
});

test('Metrics sums the sources beyond the limit under "other" and loses no count', async () => {
  const stats = createStats();
  for (let i = 0; i < SOURCE_LIMIT + 5; i++) sourceStats(stats, `rrc${i}`).records.BGP4MP = i + 1;
  const series = await scrape(stats);
  const rows = [...series].filter(([name]) => name.startsWith('peerwatch_records_total') && name.includes('"BGP4MP"'));
  assert.equal(rows.length, SOURCE_LIMIT);
  assert.equal(
    rows.reduce((sum, [, value]) => sum + value, 0),
    (45 * 46) / 2,
  );
  assert.equal(series.get('peerwatch_records_total{source="other",type="BGP4MP"}'), 40 + 41 + 42 + 43 + 44 + 45);
});

test('Metrics gives watched names series up to the limit and counts the excess', async () => {
  const series = await scrape(busyStats(1, WATCH_LIMIT + 30));
  assert.equal([...series.keys()].filter((name) => name.startsWith('peerwatch_watched_')).length, WATCH_LIMIT);
  assert.equal(series.get('peerwatch_watch_excess'), 30);
});

test('Metrics stays within 2000 series with more sources, watched names and process defaults than fit', async () => {
  const series = await scrape(busyStats(100, 1000), 0, true);
  assert.ok(series.size <= 2000, `${series.size} series`);
  assert.ok(series.has('process_resident_memory_bytes'));
  assert.ok(series.has('process_open_fds'));
});

test('Metrics leaves the global registry of the library empty', async () => {
  await scrape(createStats(), 0, true);
  assert.deepEqual(register.getMetricsAsArray(), []);
});

/** Stats of a busy instance: so many sources, so many watched names. */
function busyStats(sources: number, watched: number): PeerwatchStats {
  const stats = createStats();
  for (let i = 0; i < sources; i++) {
    const source = sourceStats(stats, `rrc${i}`);
    source.up = true;
    sessionStats(stats, `rrc${i}`).up = source.records.BGP4MP = i;
  }
  for (let i = 0; i < watched - 1; i++) stats.watchedPrefixes.set(`10.${i >> 8}.${i & 255}.0/24`, i);
  stats.watchedSessions.set('rrc00|192.0.2.1|64500', true);
  stats.rpki.set('vrps.json', { up: true, held: false, vrps: 3, aspas: 1, asOf: 1_700_000_000 });
  stats.rtrFaults.set('192.0.2.1:323', { connection: 2 });
  return stats;
}
