// `status`: the health of every collector, the state of every registered prefix, and how many incidents are going on.

import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { observabilityOf } from '../../daemon/observability.js';
import { formatEventTime } from '../../ip/event-time.js';
import { isHeld } from '../../registry/database-lock.js';
import { type Database } from '../../registry/database.js';
import { listIncidents } from '../../registry/incidents.js';
import { sessionsThatHad, storedSessions } from '../../registry/observability.js';
import { loadPolicies } from '../../registry/policies.js';
import { readLinkStatus } from '../../registry/links.js';
import { readReferenceSummary } from '../../registry/reference-summary.js';
import { readRpkiStatus } from '../../registry/rpki-state.js';
import { collectorHealth, prefixConditions } from '../../registry/routes.js';
import { type CommandArgs, printListing, printNote, printText } from '../command-line.js';
import { configuration } from '../global-options.js';
import { withDatabase } from '../with-database.js';

const DAY = 86_400e6;

export const statusCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'status',
  describe: 'Health of every source, state of every registered prefix, reference data used, incidents going on',
  builder: (yargs) => yargs.example('$0 status', '').example('$0 status --json', 'for machines'),
  handler: status,
};

async function status(args: ArgumentsCamelCase<CommandArgs>): Promise<void> {
  await withDatabase(args.database, { readonly: true }, (db) => {
    printNote(
      isHeld(args.database)
        ? 'A daemon or a replay is running on this database.'
        : 'Nothing is running on this database.',
    );
    printSources(args, db);
    separate(args);
    printPrefixes(args, db);
    printReference(args, db);
    printRpki(args, db);
    printLinks(args, db);
    separate(args);
    printIncidentCounts(args, db);
  });
}

function separate({ json }: CommandArgs): void {
  if (!json) printText('\n');
}

function printSources(args: CommandArgs, db: Database): void {
  const health = collectorHealth(db);
  printListing(args, {
    head: ['collector', 'sessions up', 'down', 'last record', 'files', 'incomplete', 'damaged'],
    rows: health.map(({ collector, up, down, lastRecordAt, files, incomplete, damaged }) => [
      collector,
      up,
      down,
      lastRecordAt === null ? '-' : formatEventTime(lastRecordAt),
      files,
      incomplete,
      damaged,
    ]),
    records: health.map((one) => ({
      kind: 'source',
      ...one,
      lastRecordAt: one.lastRecordAt === null ? null : formatEventTime(one.lastRecordAt),
    })),
  });
}

function printPrefixes(args: CommandArgs, db: Database): void {
  const conditions = prefixConditions(db);
  const { fullFeed } = configuration(args.config).detection;
  const sessions = storedSessions(db);
  const had = sessionsThatHad(db);
  const prefixes = loadPolicies(db).map((policy) => {
    const prefix = policy.prefix.toString();
    const seen = observabilityOf(policy, { sessions, had: had(prefix) }, fullFeed);
    return {
      connection: policy.connection,
      prefix,
      state: conditions.get(prefix) ?? 'unknown',
      fullFeeds: seen?.fullFeeds ?? null,
      observable: seen?.observable ?? null,
    };
  });
  printListing(args, {
    head: ['connection', 'prefix', 'state', 'full feeds', 'visibility'],
    rows: prefixes.map(({ connection, prefix, state, fullFeeds, observable }) => [
      connection,
      prefix,
      state,
      fullFeeds ?? '-',
      observable === null ? '-' : observable ? 'observable' : 'unobservable',
    ]),
    records: prefixes.map((one) => ({ kind: 'prefix', ...one })),
  });
}

/** What the last run judged with beside the registry; nothing where that was all. */
function printReference(args: CommandArgs, db: Database): void {
  const summary = readReferenceSummary(db);
  if (summary === null) return;
  separate(args);
  const { version, vrps, aspas, relationships } = summary;
  const counts = [
    ['VRPs of registered prefixes', vrps],
    ['ASPAs', aspas],
    ['AS relationships', relationships],
  ] as const;
  printListing(args, {
    head: ['reference data', 'entries'],
    rows: [...counts.map(([name, count]) => [name, count ?? '-'] as const), ['from', version] as const],
    records: [{ kind: 'reference', ...summary }],
  });
}

/** How the sources of RPKI data were when the daemon last looked, and what came of it for registered prefixes. */
function printRpki(args: CommandArgs, db: Database): void {
  const status = readRpkiStatus(db);
  if (status === null) return;
  const { sources, expiring, changes } = status;
  separate(args);
  printListing(args, {
    head: ['RPKI source', 'state', 'VRPs', 'ASPAs', 'as of', 'valid until', 'note'],
    rows: sources.map(({ source, state, vrps, aspas, asOf, validUntil, note }) => [
      source,
      state,
      vrps ?? '-',
      aspas ?? '-',
      asOf ?? '-',
      validUntil ?? '-',
      note,
    ]),
    records: sources.map((one) => ({ kind: 'rpki-source', ...one })),
  });
  const told = [
    ...expiring.map(({ vrp, expires }) => ({ kind: 'vrp-expiring', vrp, at: expires })),
    ...changes.map(({ vrp, change, at }) => ({ kind: `vrp-${change}`, vrp, at })),
  ];
  if (told.length === 0) return;
  separate(args);
  printListing(args, {
    head: ['VRP of a registered prefix', 'what', 'at'],
    rows: told.map(({ kind, vrp, at }) => [vrp, kind.slice('vrp-'.length), at]),
    records: told,
  });
}

/** How far the history of links is learnt, on which forged-path rests. */
function printLinks(args: CommandArgs, db: Database): void {
  const status = readLinkStatus(db);
  if (status?.since === undefined || status.since === null) return;
  const { since, spans, learnFor, judging, links, sessionsWithoutRib } = status;
  const days = (micros: number): string => (Math.floor(micros / (DAY / 10)) / 10).toString();
  separate(args);
  const record = {
    kind: 'links',
    state: judging ? 'judging' : 'learning',
    since: formatEventTime(since),
    days: Number(days(spans)),
    of: Number(days(learnFor)),
    links,
    sessionsWithoutRib,
  };
  printListing(args, {
    head: ['links between ASes', 'since', 'spans days', 'of', 'links', 'sessions without a RIB'],
    rows: [[record.state, record.since, record.days, record.of, links, sessionsWithoutRib]],
    records: [record],
  });
}

function printIncidentCounts(args: CommandArgs, db: Database): void {
  const counts = new Map<string, number>();
  for (const { incident } of listIncidents(db, { states: ['suspected', 'open'] })) {
    const key = `${incident.type} ${incident.level} ${incident.state}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const rows = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, count]) => [...key.split(' '), count] as const);
  printListing(args, {
    head: ['incident type', 'level', 'state', 'going on'],
    rows,
    records: rows.map(([type, level, state, count]) => ({ kind: 'incidents', type, level, state, count })),
  });
}
