// Runs `replay` and the slow checker on the same files under the same registry and says where they differ, line by line.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { check, type Checked, type FullFeed } from './check.js';
import { runPeerwatch } from './command.js';
import { type CheckedCondition } from './conditions.js';
import { type GeneratedReference } from './generated-reference.js';
import { type GeneratedRegistry } from './generated-registry.js';

/** A line of `replay --json`, as far as it is compared. */
export interface ReplayLine {
  readonly kind: 'event' | 'incident';
  readonly at: string;
  readonly type: string;
  readonly level: string;
  readonly registeredPrefix: string;
  readonly prefix: string;
  readonly offender: string | null;
  readonly state: string;
  readonly covers: readonly string[];
  readonly openedAt: string;
  readonly notifiableAt: string | null;
  readonly resolvedAt: string | null;
  readonly reason: string | null;
  readonly openings: number;
  readonly peers: { readonly now: number; readonly max: number; readonly asns: readonly number[] };
  readonly alsoMatched: readonly string[];
  readonly summary: string;
  readonly description: string;
}

/** Incident types that the checker does not compute, and why; everything else is compared. */
const NOT_COMPUTED: ReadonlyMap<string, string> = new Map([
  [
    'forged-path',
    'rests on a history of links that spans 14 days: switched off below, since what it says of a route hides path changes',
  ],
  ['stuck-route', 'rests on 90 minutes of loss: proven by its own tables'],
  ['registry-drift', 'rests on days of absence or stability'],
  ['source-silent', 'a wall-clock rule of the daemon, never in replay'],
  ['latency-shift', 'rests on probes, not on files'],
]);

/** The real files lie years apart: without this the links of 1999 judge the paths of 2010. */
const NEVER_LEARNT = { forgedPath: { learnFor: '36500d' } };

/** Those that no single route carries: compared without peers, which are told as they join, not counted from routes. */
const CONDITIONS = ['flapping', 'path-change', 'provider-bypass', 'visibility-loss', 'outage'];

/** What differs: lines that only one of the two has, each said once. */
export interface Differences {
  readonly onlyReplay: readonly string[];
  readonly onlyChecker: readonly string[];
  /** What both had. */
  readonly incidents: number;
  readonly events: number;
  /** The types of those incidents. */
  readonly types: ReadonlySet<string>;
}

/** `replay --dry-run --json` of the files under the registry, in a folder for the database. */
export async function replay(
  files: readonly string[],
  yaml: string,
  folder: string,
  config?: string,
): Promise<ReplayLine[]> {
  const database = await makeDatabase(yaml, folder);
  const { code, stdout, stderr } = await runPeerwatch(
    'replay',
    '--dry-run',
    '--json',
    '--database',
    database,
    ...(config === undefined ? [] : ['--config', config]),
    ...files,
  );
  if (code !== 0 && code !== 3) throw new Error(`replay ended with ${code}: ${stderr}`);
  return replayLines(stdout);
}

/** A database with the registry, in a folder. */
export async function makeDatabase(yaml: string, folder: string, name = 'replay.db'): Promise<string> {
  const database = join(folder, name);
  const registry = join(folder, `${name}.yaml`);
  await writeFile(registry, yaml);
  for (const args of [['init'], ['apply', registry]]) {
    const { code, stderr } = await runPeerwatch('--database', database, ...args);
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  }
  return database;
}

/** The lines of NDJSON. */
export function replayLines(text: string): ReplayLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (!isReplayLine(value)) throw new Error(`Cannot read a line of replay: ${line}`);
      return value;
    });
}

function isReplayLine(value: unknown): value is ReplayLine {
  return typeof value === 'object' && value !== null && 'kind' in value && 'registeredPrefix' in value;
}

/** Both sides on the same input. */
export async function compare(
  files: readonly string[],
  registry: GeneratedRegistry,
  folder: string,
  { data, fullFeed }: { readonly data?: GeneratedReference; readonly fullFeed?: FullFeed } = {},
): Promise<Differences> {
  const config = join(folder, 'config.yaml');
  await writeFile(
    config,
    JSON.stringify({ detection: { ...data?.detection, ...NEVER_LEARNT, ...(fullFeed && { fullFeed }) } }),
  );
  const lines = await replay(files, registry.yaml, folder, config);
  const ours = textsOfReplay(lines.filter(({ type }) => !NOT_COMPUTED.has(type)));
  const theirs = textsOfChecker(await check(files, registry.prefixes, data?.reference, fullFeed));
  return {
    onlyReplay: without(ours, theirs),
    onlyChecker: without(theirs, ours),
    incidents: ours.filter((text) => text.startsWith('incident')).length,
    events: ours.filter((text) => text.startsWith('event')).length,
    types: new Set(lines.filter(({ kind }) => kind === 'incident').map(({ type }) => type)),
  };
}

/** The texts of `from` that `others` lacks, counted: a text that is twice in one and once in the other differs once. */
function without(from: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of others) counts.set(text, (counts.get(text) ?? 0) + 1);
  return from.filter((text) => {
    const count = counts.get(text) ?? 0;
    counts.set(text, count - 1);
    return count <= 0;
  });
}

function textsOfReplay(lines: readonly ReplayLine[]): string[] {
  return lines.map((line) => {
    const { type, registeredPrefix, prefix } = line;
    if (line.kind === 'event') return `event ${line.at} ${type} ${line.level} ${registeredPrefix} ${prefix}`;
    const { offender, openedAt, openings, notifiableAt, resolvedAt, reason, peers, covers, state, alsoMatched } = line;
    if (CONDITIONS.includes(type))
      return conditionText({ ...line, offender: offender ?? '' }, [openedAt, notifiableAt, resolvedAt]);
    const asns = peers.asns.join();
    return `incident ${type} ${registeredPrefix} ${prefix} ${offender} opened ${openedAt} x${openings} ${state} notifiable ${notifiableAt} resolved ${resolvedAt} ${reason} now ${peers.now} peers ${asns} covers ${covers.join()} also ${[...alsoMatched].sort().join()}`;
  });
}

function conditionText(
  {
    type,
    registeredPrefix,
    prefix,
    offender,
    openings,
    reason,
  }: Omit<CheckedCondition, 'openedAt' | 'notifiableAt' | 'resolvedAt' | 'lost'>,
  [opened, notifiable, resolved]: readonly (string | null)[],
): string {
  return `incident ${type} ${registeredPrefix} ${prefix} ${offender} opened ${opened} x${openings} notifiable ${notifiable} resolved ${resolved} ${reason}`;
}

function textsOfChecker({ incidents, events, conditions }: Checked): string[] {
  const ofIncidents = incidents.map((incident) => {
    const { type, registeredPrefix, prefix, offender, covers } = incident.verdict;
    const { openedAt, openings, notifiableAt, resolvedAt, reason, peersNow, everPeers, also } = incident;
    const asns = [...everPeers].sort((a, b) => a - b).join();
    const state = resolvedAt !== null ? 'resolved' : incident.isConfirmed ? 'open' : 'suspected';
    return `incident ${type} ${registeredPrefix} ${prefix} ${offender} opened ${timeText(openedAt)} x${openings} ${state} notifiable ${timeText(notifiableAt)} resolved ${timeText(resolvedAt)} ${reason} now ${peersNow} peers ${asns} covers ${covers.join()} also ${[...also].sort().join()}`;
  });
  return [
    ...ofIncidents,
    ...conditions.map((one) =>
      conditionText(one, [timeText(one.openedAt), timeText(one.notifiableAt), timeText(one.resolvedAt)]),
    ),
    ...events.map(
      ({ at, type, level, registeredPrefix, prefix }) =>
        `event ${timeText(at)} ${type} ${level} ${registeredPrefix} ${prefix}`,
    ),
  ];
}

function timeText(microseconds: number | null): string {
  if (microseconds === null) return 'null';
  const seconds = Math.floor(microseconds / 1e6);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(microseconds - seconds * 1e6).padStart(6, '0')}Z`;
}
