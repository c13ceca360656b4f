// The one table of metrics: name, type, help, labels, and which numbers of the stats each series reads. What `/metrics` prints, and
// what alert rules and dashboards may name, is this and nothing else (product.md section 5).
//
// Series are bounded: at most SOURCE_LIMIT sources and collectors have their own, the rest are summed under `other`; per-prefix and
// per-session series exist only for names in `metrics.watch`, at most WATCH_LIMIT, the excess is counted.

import {
  type DurationCounts,
  type PeerwatchStats,
  type RpkiSourceStats,
  type SessionState,
  type SourceStats,
  DROP_REASONS,
  ELEMENT_TYPES,
  ERROR_KINDS,
  EVENT_TYPES,
  INCIDENT_TYPES,
  LEVELS,
  PREFIX_STATES,
  RECORD_TYPES,
  SESSION_STATES,
  tally,
} from './stats.js';

/** Sources, and collectors, with series of their own. */
export const SOURCE_LIMIT = 40;
/** Names in `metrics.watch` that are heeded. */
export const WATCH_LIMIT = 200;

/** What a scrape reads: the stats, and what is known only at that moment. */
export interface ScrapeView {
  readonly stats: PeerwatchStats;
  readonly version: string;
  readonly nodeVersion: string;
  /** The wall clock, seconds since the Unix epoch. */
  readonly now: number;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface MetricHead {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export interface SampledMetric extends MetricHead {
  readonly type: 'counter' | 'gauge';
  readonly read: (view: ScrapeView) => readonly Sample[];
}

export interface DurationMetric extends MetricHead {
  readonly type: 'histogram';
  readonly read: (view: ScrapeView) => DurationCounts;
}

export type MetricDefinition = SampledMetric | DurationMetric;

/** Every metric of peerwatch's own; the process's come from the metrics library. */
export const METRICS: readonly MetricDefinition[] = [
  {
    name: 'peerwatch_build_info',
    type: 'gauge',
    help: 'Version of peerwatch and of Node.js; always 1.',
    labels: ['version', 'node'],
    read: ({ version, nodeVersion }) => [{ labels: { version, node: nodeVersion }, value: 1 }],
  },
  {
    name: 'peerwatch_records_total',
    type: 'counter',
    help: 'MRT records read, matched or not, by MRT type.',
    labels: ['source', 'type'],
    read: ({ stats }) => perSource(stats, 'type', RECORD_TYPES, (source, type) => source.records[type]),
  },
  {
    name: 'peerwatch_elements_total',
    type: 'counter',
    help: 'Elements (prefixes, state changes, messages) that the records held.',
    labels: ['source', 'type'],
    read: ({ stats }) => perSource(stats, 'type', ELEMENT_TYPES, (source, type) => source.elements[type]),
  },
  {
    name: 'peerwatch_decode_errors_total',
    type: 'counter',
    help: 'Broken input: bytes skipped, records or messages that do not decode.',
    labels: ['source', 'kind'],
    read: ({ stats }) => perSource(stats, 'kind', ERROR_KINDS, (source, kind) => source.errors[kind]),
  },
  {
    name: 'peerwatch_dropped_total',
    type: 'counter',
    help: 'Sound input that was not applied, by reason.',
    labels: ['source', 'reason'],
    read: ({ stats }) => perSource(stats, 'reason', DROP_REASONS, (source, reason) => source.dropped[reason]),
  },
  {
    name: 'peerwatch_source_up',
    type: 'gauge',
    help: '1 while the source delivers or is known to be idle, 0 while it is silent or failing; none for what was only replayed.',
    labels: ['source'],
    read: ({ stats }) =>
      liveRows(stats).map(([source, { up }]) => ({ labels: { source }, value: up === true ? 1 : 0 })),
  },
  {
    name: 'peerwatch_source_last_record_timestamp_seconds',
    type: 'gauge',
    help: 'Event time of the last record of the source, Unix seconds; 0 before the first.',
    labels: ['source'],
    read: ({ stats }) =>
      sourceRows(stats).map(([source, row]) => ({ labels: { source }, value: (row.lastRecordAt ?? 0) / 1e6 })),
  },
  {
    name: 'peerwatch_event_time_lag_seconds',
    type: 'gauge',
    help: 'Wall clock less the event time of the last record of the source; 0 before the first, none for what was only replayed.',
    labels: ['source'],
    read: ({ stats, now }) =>
      liveRows(stats).map(([source, row]) => ({ labels: { source }, value: lag(row.lastRecordAt, now) })),
  },
  {
    name: 'peerwatch_sessions',
    type: 'gauge',
    help: 'BGP sessions seen, by collector and state.',
    labels: ['collector', 'state'],
    read: ({ stats }) =>
      sessionRows(stats).flatMap(([collector, counts]) =>
        SESSION_STATES.map((state) => ({ labels: { collector, state }, value: counts[state] })),
      ),
  },
  {
    name: 'peerwatch_prefixes',
    type: 'gauge',
    help: 'Registered prefixes by state.',
    labels: ['state'],
    read: ({ stats }) => PREFIX_STATES.map((state) => ({ labels: { state }, value: stats.prefixes[state] })),
  },
  {
    name: 'peerwatch_incidents_open',
    type: 'gauge',
    help: 'Incidents that are suspected or open now.',
    labels: ['type', 'level'],
    read: ({ stats }) => perLevel(INCIDENT_TYPES, stats.incidentsOpen),
  },
  {
    name: 'peerwatch_incidents_opened_total',
    type: 'counter',
    help: 'Incidents opened, re-openings included.',
    labels: ['type'],
    read: ({ stats }) => INCIDENT_TYPES.map((type) => ({ labels: { type }, value: stats.incidentsOpened[type] })),
  },
  {
    name: 'peerwatch_events_total',
    type: 'counter',
    help: 'Events in the timelines of registered prefixes.',
    labels: ['type', 'level'],
    read: ({ stats }) => perLevel(EVENT_TYPES, stats.events),
  },
  {
    name: 'peerwatch_events_evicted_total',
    type: 'counter',
    help: 'Events deleted before their retention because the database reached database.maxBytes.',
    labels: [],
    read: ({ stats }) => [{ labels: {}, value: stats.eventsEvicted }],
  },
  rpkiGauge(
    'peerwatch_rpki_source_up',
    '1 while a file or RTR cache of RPKI data is current, 0 while it is stale, gone or not used.',
    ({ up }) => Number(up),
  ),
  rpkiGauge(
    'peerwatch_rpki_source_held',
    '1 while a source of RPKI data collapsed and the data before that are used.',
    ({ held }) => Number(held),
  ),
  rpkiGauge(
    'peerwatch_rpki_vrps',
    'VRPs in force, by source, related to registered prefixes or not.',
    ({ vrps }) => vrps,
  ),
  rpkiGauge('peerwatch_rpki_aspas', 'ASPAs in force, by source.', ({ aspas }) => aspas),
  rpkiGauge(
    'peerwatch_rpki_source_timestamp_seconds',
    'When the file was made, or the cache last answered, Unix seconds; 0 = unknown.',
    ({ asOf }) => asOf,
  ),
  {
    name: 'peerwatch_rpki_vrp_changes_total',
    type: 'counter',
    help: 'VRPs of registered prefixes that came and went.',
    labels: ['change'],
    read: ({ stats }) =>
      (['added', 'removed'] as const).map((change) => ({ labels: { change }, value: stats.vrpChanges[change] })),
  },
  {
    name: 'peerwatch_rpki_vrps_expiring',
    type: 'gauge',
    help: 'VRPs of registered prefixes that expire within detection.rpki.expiryNotice.',
    labels: [],
    read: ({ stats }) => [{ labels: {}, value: stats.vrpsExpiring }],
  },
  {
    name: 'peerwatch_rtr_faults_total',
    type: 'counter',
    help: 'RTR sessions that ended or never came about, by cache and reason.',
    labels: ['source', 'code'],
    read: ({ stats }) =>
      [...stats.rtrFaults].flatMap(([source, faults]) =>
        Object.entries(faults).map(([code, value]) => ({ labels: { source, code }, value })),
      ),
  },
  {
    name: 'peerwatch_database_bytes',
    type: 'gauge',
    help: 'Size of the database with its write-ahead log.',
    labels: [],
    read: ({ stats }) => [{ labels: {}, value: stats.databaseBytes }],
  },
  {
    name: 'peerwatch_batch_duration_seconds',
    type: 'histogram',
    help: 'Time of one batch through tables, rules, lifecycle and commit.',
    labels: [],
    read: ({ stats }) => stats.batch,
  },
  {
    name: 'peerwatch_commit_duration_seconds',
    type: 'histogram',
    help: 'Time of the database transaction of one batch.',
    labels: [],
    read: ({ stats }) => stats.commit,
  },
  {
    name: 'peerwatch_detect_duration_seconds',
    type: 'histogram',
    help: 'Time of tables, rules and lifecycle of one batch, without its commit.',
    labels: [],
    read: ({ stats }) => stats.detect,
  },
  {
    name: 'peerwatch_notify_duration_seconds',
    type: 'histogram',
    help: 'Time to deliver one notification.',
    labels: [],
    read: ({ stats }) => stats.notify,
  },
  {
    name: 'peerwatch_watched_prefix_routes',
    type: 'gauge',
    help: 'Routes held for a prefix named in metrics.watch.',
    labels: ['prefix'],
    read: ({ stats }) => watchRows(stats).prefixes.map(([prefix, value]) => ({ labels: { prefix }, value })),
  },
  {
    name: 'peerwatch_watched_session_up',
    type: 'gauge',
    help: '1 while a session named in metrics.watch is up.',
    labels: ['session'],
    read: ({ stats }) => watchRows(stats).sessions.map(([session, up]) => ({ labels: { session }, value: up ? 1 : 0 })),
  },
  {
    name: 'peerwatch_watch_excess',
    type: 'gauge',
    help: `Names in metrics.watch beyond the first ${WATCH_LIMIT}, which have no series.`,
    labels: [],
    read: ({ stats }) => [{ labels: {}, value: watchRows(stats).excess }],
  },
];

function rpkiGauge(name: string, help: string, value: (source: RpkiSourceStats) => number): SampledMetric {
  return {
    name,
    type: 'gauge',
    help,
    labels: ['source'],
    read: ({ stats }) => [...stats.rpki].map(([source, row]) => ({ labels: { source }, value: value(row) })),
  };
}

/** The sources of this daemon: those whose silence means something. */
function liveRows(stats: PeerwatchStats): ReturnType<typeof sourceRows> {
  return sourceRows(stats).filter(([, { up }]) => up !== null);
}

function lag(lastRecordAt: number | null, now: number): number {
  return lastRecordAt === null ? 0 : now - lastRecordAt / 1e6;
}

function perSource<K extends string>(
  stats: PeerwatchStats,
  label: string,
  keys: readonly K[],
  value: (source: SourceStats, key: K) => number,
): Sample[] {
  const samples: Sample[] = [];
  for (const [source, row] of sourceRows(stats)) {
    for (const key of keys) samples.push({ labels: { source, [label]: key }, value: value(row, key) });
  }
  return samples;
}

function perLevel<K extends string>(types: readonly K[], counts: Record<K, Record<string, number>>): Sample[] {
  return types.flatMap((type) => LEVELS.map((level) => ({ labels: { type, level }, value: counts[type][level] })));
}

/** The first sources one by one, the rest as one row `other`. */
function sourceRows(stats: PeerwatchStats): [string, SourceStats][] {
  return capped(stats.sources, (rows) => ({
    up: rows.every(({ up }) => up === null) ? null : rows.every(({ up }) => up !== false),
    lastRecordAt: rows.reduce<number | null>((last, row) => later(last, row.lastRecordAt), null),
    records: sum(
      RECORD_TYPES,
      rows.map((row) => row.records),
    ),
    elements: sum(
      ELEMENT_TYPES,
      rows.map((row) => row.elements),
    ),
    errors: sum(
      ERROR_KINDS,
      rows.map((row) => row.errors),
    ),
    dropped: sum(
      DROP_REASONS,
      rows.map((row) => row.dropped),
    ),
  }));
}

function sessionRows(stats: PeerwatchStats): [string, Record<SessionState, number>][] {
  return capped(stats.sessions, (rows) => sum(SESSION_STATES, rows));
}

function capped<V>(map: ReadonlyMap<string, V>, merge: (rest: readonly V[]) => V): [string, V][] {
  const rows = [...map];
  if (rows.length <= SOURCE_LIMIT) return rows;
  const rest = rows.slice(SOURCE_LIMIT - 1).map(([, row]) => row);
  return [...rows.slice(0, SOURCE_LIMIT - 1), ['other', merge(rest)]];
}

function sum<K extends string>(keys: readonly K[], rows: readonly Record<K, number>[]): Record<K, number> {
  const total = tally(keys);
  for (const row of rows) for (const key of keys) total[key] += row[key];
  return total;
}

function later(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function watchRows({ watchedPrefixes, watchedSessions }: PeerwatchStats): {
  readonly prefixes: readonly [string, number][];
  readonly sessions: readonly [string, boolean][];
  readonly excess: number;
} {
  const prefixes = [...watchedPrefixes].slice(0, WATCH_LIMIT);
  const sessions = [...watchedSessions].slice(0, WATCH_LIMIT - prefixes.length);
  const excess = watchedPrefixes.size + watchedSessions.size - prefixes.length - sessions.length;
  return { prefixes, sessions, excess };
}
