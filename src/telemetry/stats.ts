// What peerwatch counts, as plain objects: hot code adds to numbers here and nothing else, `/metrics` reads them when it is asked.
// The label values that exist are the lists below, so every series is there, at 0, from the start, and none comes from the network.
// No imports, no clock, no metrics library; src/telemetry/metrics turns this into what Prometheus reads.

/** MRT types as RFC 6396 names them; `BGP` is the deprecated type 5, everything else is `other`. */
export const RECORD_TYPES = ['BGP', 'TABLE_DUMP', 'TABLE_DUMP_V2', 'BGP4MP', 'BGP4MP_ET', 'other'] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

/** The types of `dump --format json`. */
export const ELEMENT_TYPES = [
  'announce',
  'withdraw',
  'rib',
  'state',
  'open',
  'notification',
  'keepalive',
  'refresh',
  'eor',
] as const;
export type ElementType = (typeof ELEMENT_TYPES)[number];

/**
 * Broken input: `gap` bytes that were skipped, `truncated` an input that ends inside a record, `compression` an unpacking error,
 * `message` a record or message dropped for its framing, `malformed` RFC 7606 treat-as-withdraw, `time-jump` a clamped record time.
 */
export const ERROR_KINDS = ['gap', 'truncated', 'compression', 'message', 'malformed', 'time-jump'] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/**
 * Sound input that was not applied: `duplicate` content seen before, `late` older than what its session already said, `undecided`
 * a block that may be ADD-PATH, `unsupported` record types, AFIs or SAFIs, `unknown-origin` a route that ends in AS 23456 (kept, not judged).
 */
export const DROP_REASONS = ['duplicate', 'late', 'undecided', 'unsupported', 'unknown-origin'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export const SESSION_STATES = ['up', 'down'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** The state of a registered prefix over all sessions. */
export const PREFIX_STATES = ['active', 'backup', 'internet', 'down', 'unknown'] as const;
export type PrefixState = (typeof PREFIX_STATES)[number];

export const LEVELS = ['Information', 'Warning', 'Error', 'Critical'] as const;
export type Level = (typeof LEVELS)[number];

export const INCIDENT_TYPES = [
  'origin-hijack',
  'subprefix-hijack',
  'superprefix-hijack',
  'squatting',
  'forged-first-hop',
  'forged-path',
  'unexpected-more-specific',
  'route-leak',
  'rpki-invalid',
  'aspa-invalid',
  'path-change',
  'provider-bypass',
  'visibility-loss',
  'outage',
  'flapping',
  'blackhole-leak',
  'bogon-path',
  'stuck-route',
  'latency-shift',
  'source-silent',
  'registry-drift',
] as const;
export type IncidentType = (typeof INCIDENT_TYPES)[number];

export const EVENT_TYPES = [
  'PrefixAnnouncementEvent',
  'PrefixWithdrawalEvent',
  'PrefixBackupRouteAnnouncementEvent',
  'PrefixBackupRouteWithdrawalEvent',
  'PrefixActivePath',
  'PrefixBackupPath',
  'PrefixOriginAsChangeEvent',
  'PrefixBackupRouteOriginAsChangeEvent',
  'PrefixMoreSpecificEvent',
  'PathChangeEvent',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** One feed: a collector's files or a stream, under the name that the configuration or its folder gives it. */
export interface SourceStats {
  /** Null for a collector that was replayed and is no source of this daemon: its silence is no outage. */
  up: boolean | null;
  /** Event time of its last record in microseconds; null before the first. */
  lastRecordAt: number | null;
  readonly records: Record<RecordType, number>;
  readonly elements: Record<ElementType, number>;
  readonly errors: Record<ErrorKind, number>;
  readonly dropped: Record<DropReason, number>;
}

/** A histogram of fixed buckets: `counts[i]` values were at most `bounds[i]` and above the bound before; the last is the rest. */
export interface DurationCounts {
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum: number;
}

/** One source of RPKI data, a file or a cache. Times are Unix seconds, 0 = unknown. */
export interface RpkiSourceStats {
  /** Current or held. */
  readonly up: boolean;
  readonly held: boolean;
  readonly vrps: number;
  readonly aspas: number;
  readonly asOf: number;
}

/** Everything that is counted. Sources and collectors appear when they are configured or found, never from what a peer says. */
export interface PeerwatchStats {
  readonly sources: Map<string, SourceStats>;
  /** Sessions per collector. */
  readonly sessions: Map<string, Record<SessionState, number>>;
  readonly prefixes: Record<PrefixState, number>;
  readonly incidentsOpen: Record<IncidentType, Record<Level, number>>;
  readonly incidentsOpened: Record<IncidentType, number>;
  readonly events: Record<EventType, Record<Level, number>>;
  /** By the name of the file or `host:port`. */
  readonly rpki: Map<string, RpkiSourceStats>;
  /** Ends of RTR sessions by reason, and router keys passed over, by cache. */
  readonly rtrFaults: Map<string, Readonly<Record<string, number>>>;
  /** VRPs of registered prefixes that came and went. */
  readonly vrpChanges: { added: number; removed: number };
  vrpsExpiring: number;
  databaseBytes: number;
  /** Events deleted early because the database reached `database.maxBytes`. */
  eventsEvicted: number;
  /** Seconds: a whole batch, its commit, the rules in it, one delivered notification. */
  readonly batch: DurationCounts;
  readonly commit: DurationCounts;
  readonly detect: DurationCounts;
  readonly notify: DurationCounts;
  /** `metrics.watch`: routes held for a named prefix, and named sessions `collector|address|AS` with whether they are up. */
  readonly watchedPrefixes: Map<string, number>;
  readonly watchedSessions: Map<string, boolean>;
}

/** 0.1 ms to 10 s: from one small batch to a RIB dump's commit on a slow disk. */
const SECONDS = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10];

/** Stats with every known series at 0. */
export function createStats(): PeerwatchStats {
  return {
    sources: new Map(),
    sessions: new Map(),
    prefixes: tally(PREFIX_STATES),
    incidentsOpen: tallies(INCIDENT_TYPES),
    incidentsOpened: tally(INCIDENT_TYPES),
    events: tallies(EVENT_TYPES),
    rpki: new Map(),
    rtrFaults: new Map(),
    vrpChanges: { added: 0, removed: 0 },
    vrpsExpiring: 0,
    databaseBytes: 0,
    eventsEvicted: 0,
    batch: durations(),
    commit: durations(),
    detect: durations(),
    notify: durations(),
    watchedPrefixes: new Map(),
    watchedSessions: new Map(),
  };
}

/** The stats of one source, made at 0 when it is first named. Ask once and keep the object. */
export function sourceStats(stats: PeerwatchStats, name: string): SourceStats {
  let source = stats.sources.get(name);
  if (source === undefined) {
    source = {
      up: null,
      lastRecordAt: null,
      records: tally(RECORD_TYPES),
      elements: tally(ELEMENT_TYPES),
      errors: tally(ERROR_KINDS),
      dropped: tally(DROP_REASONS),
    };
    stats.sources.set(name, source);
    if (!stats.sessions.has(name)) stats.sessions.set(name, tally(SESSION_STATES));
  }
  return source;
}

/** The session counts of one collector, made at 0 when it is first named. */
export function sessionStats(stats: PeerwatchStats, collector: string): Record<SessionState, number> {
  let sessions = stats.sessions.get(collector);
  if (sessions === undefined) {
    sessions = tally(SESSION_STATES);
    stats.sessions.set(collector, sessions);
  }
  return sessions;
}

/** Counts one duration in seconds. */
export function observe(durations: DurationCounts, seconds: number): void {
  const { bounds, counts } = durations;
  let bucket = 0;
  while (bucket < bounds.length && seconds > bounds[bucket]) bucket++;
  counts[bucket] += 1;
  durations.sum += seconds;
}

/** A counter at 0 for every key. */
export function tally<K extends string>(keys: readonly K[]): Record<K, number> {
  const counts: Partial<Record<K, number>> = {};
  for (const key of keys) counts[key] = 0;
  return complete(counts, keys);
}

function tallies<K extends string>(keys: readonly K[]): Record<K, Record<Level, number>> {
  const rows: Partial<Record<K, Record<Level, number>>> = {};
  for (const key of keys) rows[key] = tally(LEVELS);
  return complete(rows, keys);
}

function complete<K extends string, V>(record: Partial<Record<K, V>>, keys: readonly K[]): Record<K, V> {
  if (!isComplete(record, keys)) throw new Error('Cannot make counters: a key is missing');
  return record;
}

function isComplete<K extends string, V>(record: Partial<Record<K, V>>, keys: readonly K[]): record is Record<K, V> {
  return keys.every((key) => record[key] !== undefined);
}

function durations(): DurationCounts {
  return { bounds: SECONDS, counts: new Array<number>(SECONDS.length + 1).fill(0), sum: 0 };
}
