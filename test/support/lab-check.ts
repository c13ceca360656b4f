// Compares dumps of the lab with the story that its stager wrote: routes by `dump`, incidents and events by `replay`. Used on the
// committed dumps and on a story staged anew alike, so nothing here knows bytes, addresses or times.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { peerwatch, run } from './command-line.js';
import { CollectorRoutes } from './lab-routes.js';
import {
  collectors,
  labRegistry,
  registered,
  stagedIncidents,
  within,
  type StagedIncident,
  type Step,
  type Story,
} from './lab-story.js';

/** The attacker's AS; transit and other believe it. */
const attacker = 64511;
const believers = [64501, 65550];
const peers = [64500, 64501, 65550];

/** Every MRT file below `folder`, sorted. */
export function mrtFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mrt'))
    .map((name) => join(folder, name))
    .sort();
}

/** `dump` prints of `file` what Debian's bgpdump prints, line for line. */
export async function equalsBgpdump(file: string): Promise<void> {
  const ours = await peerwatch('dump', file);
  const theirs = await run('bgpdump', ['-m', file]);
  assert.equal(ours.code, 0, ours.stderr);
  assert.notEqual(theirs.stdout, '', `bgpdump prints nothing of ${file}`);
  assert.deepEqual(ours.stdout.split('\n'), theirs.stdout.split('\n'), file);
}

/** After each step of the story the peers of every collector announce what the step left them with. */
export async function showsTheSteps(dumps: string, story: Story): Promise<void> {
  for (const collector of collectors) {
    const { code, stdout, stderr } = await peerwatch('dump', '--json', join(dumps, collector, 'updates.mrt'));
    assert.equal(code, 0, stderr);
    const routes = new CollectorRoutes(stdout);
    for (const step of story.steps) {
      routes.playTo(step.seen);
      showsTheStep(routes, step, `${collector}: ${step.act} of ${step.prefix ?? 'all'} by ${step.by} at ${step.at}`);
    }
  }
}

function showsTheStep(routes: CollectorRoutes, { act, by, path, prefix }: Step, what: string): void {
  if (prefix === null) return;
  const carriers = routes.peersWith(prefix, path);
  switch (act) {
    case 'announce':
      if (by === attacker)
        assert.ok(
          believers.every((asn) => carriers.includes(asn)),
          `${what}: by ${carriers.join()}`,
        );
      else assert.deepEqual(carriers, peers, what);
      return;
    case 'withdraw':
      assert.deepEqual(carriers, [], what);
      return;
    case 'path-change':
      assert.ok(carriers.includes(by), `${what}: by ${carriers.join()}`);
      return;
    case 'session-reset':
      return;
  }
}

/**
 * Each collector's RIB dump holds what its updates had left at that time. It is dated to the second, and a loaded router is late: what
 * changed within a second of it may be in it or not.
 */
export async function ribsAgree(dumps: string, story: Story): Promise<void> {
  for (const collector of collectors) {
    const updates = await peerwatch('dump', '--json', join(dumps, collector, 'updates.mrt'));
    const rib = await peerwatch('dump', join(dumps, collector, 'rib.mrt'));
    const routes = new CollectorRoutes(updates.stdout);
    const entries = rib.stdout.split('\n').filter((line) => line !== '');
    const [, seconds] = entries[0].split('|');
    const prefixes = [...new Set(story.steps.flatMap((step) => step.prefix ?? []))];
    const peersAt = (second: number): ReadonlyMap<string, readonly number[]> => {
      routes.playTo(new Date(second * 1000).toISOString());
      return new Map(prefixes.map((prefix) => [prefix, routes.peersWith(prefix, [])]));
    };
    const moments = [-1, 0, 1, 2].map((later) => peersAt(Number(seconds) + later));
    for (const prefix of prefixes) {
      const inRib = entries.map((line) => line.split('|')).filter((fields) => fields[5] === prefix);
      const asns = [...new Set(inRib.map((fields) => Number(fields[4])))].sort((a, b) => a - b);
      const possible = moments.map((moment) => moment.get(prefix)!.join());
      assert.ok(
        possible.includes(asns.join()),
        `${collector}: peers with ${prefix}: ${asns.join()}, not ${possible.join(' or ')}`,
      );
    }
  }
}

/** A line of `replay --json`, as far as it is compared. */
export interface ReplayLine {
  readonly kind: string;
  readonly type: string;
  readonly level: string;
  readonly prefix: string;
  readonly registeredPrefix: string;
  readonly offender: string;
  readonly state: string;
  readonly reason: string | null;
  readonly openings: number;
  readonly openedAt: string;
  readonly notifiableAt: string | null;
  readonly resolvedAt: string | null;
  readonly covers: readonly string[];
  readonly peers: { readonly now: number; readonly max: number; readonly asns: readonly number[] };
  readonly at: string;
}

/** The lines of a `replay --json` that stores nothing, with the registry of `database`. */
export async function replay(database: string, files: readonly string[]): Promise<ReplayLine[]> {
  const { code, stdout, stderr } = await peerwatch('replay', '--dry-run', '--json', '--database', database, ...files);
  assert.equal(code, 0, stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(parseReplayLine);
}

/** One replay of all files with the lab's registry gives the story's incidents and events, and none else. */
export async function replayTellsTheStory(files: readonly string[], story: Story, database: string): Promise<void> {
  const made = await peerwatch('init', '--database', database);
  assert.equal(made.code, 0, made.stderr);
  const applied = await peerwatch('apply', labRegistry, '--database', database);
  assert.equal(applied.code, 0, applied.stderr);
  const lines = await replay(database, files);
  incidentsAre(
    lines.filter(({ kind }) => kind === 'incident'),
    stagedIncidents(story),
  );
  eventsAre(
    lines.filter(({ kind }) => kind === 'event'),
    story,
  );
}

function incidentsAre(found: readonly ReplayLine[], staged: readonly StagedIncident[]): void {
  const summary = (of: ReplayLine | StagedIncident): string =>
    `${of.level} ${of.type} ${of.prefix} under ${of.registeredPrefix} by ${of.offender}: ${of.state}, openings ${of.openings}`;
  assert.deepEqual(found.map(summary).sort(), staged.map(summary).sort());
  for (const { type, prefix, state, first, last } of staged) {
    const incident = found.find((line) => line.type === type && line.prefix === prefix)!;
    const what = `${type} ${prefix}: ${JSON.stringify(incident)}`;
    assert.ok(within(incident.openedAt, first), `${what} opened at ${first.at}`);
    assert.ok(incident.notifiableAt !== null, `${what} has two peer ASes`);
    assert.ok(
      believers.every((asn) => type === 'unexpected-more-specific' || incident.peers.asns.includes(asn)),
      what,
    );
    assert.equal(incident.peers.now === 0, state === 'resolved', what);
    if (state === 'resolved') assert.ok(within(incident.resolvedAt, last), `${what} ended at ${last.at}`);
    assert.equal(incident.reason, state === 'resolved' ? 'withdrawn' : null, what);
    assert.deepEqual(incident.covers, type === 'superprefix-hijack' ? [incident.registeredPrefix] : [], what);
  }
}

/** The customer's own steps as prefix events; the session reset is none. */
function eventsAre(found: readonly ReplayLine[], story: Story): void {
  for (const prefix of ['203.0.113.0/24', '2001:db8:40::/48']) {
    const own = story.steps.filter((step) => step.prefix === prefix && step.by === 64496);
    const times = (type: string): string[] =>
      found.filter((line) => line.type === type && line.registeredPrefix === prefix).map(({ at }) => at);
    const changes = own.filter((step, i) => i === 0 || step.act !== own[i - 1].act); // the tagged announcement changes no state
    const withdrawn = changes.filter(({ act }) => act === 'withdraw');
    assertWithin(times('PrefixWithdrawalEvent'), withdrawn, `withdrawals of ${prefix}`);
    const announced = changes.filter(({ act }) => act === 'announce');
    assertWithin(times('PrefixAnnouncementEvent'), announced, `announcements of ${prefix}`);
    const hijacked = story.steps.filter((step) => step.prefix === prefix && step.intent === 'origin-hijack');
    const begun = hijacked.filter(({ act }) => act === 'announce');
    assertWithin(times('PrefixOriginAsChangeEvent'), begun, `origin changes of ${prefix}`);
  }
  const inside = story.steps.filter(({ act, prefix, intent }) => {
    return act === 'announce' && prefix !== null && intent !== 'superprefix-hijack' && !registered.includes(prefix);
  });
  for (const [level, isOwn] of [
    ['Information', true],
    ['Critical', false],
  ] as const) {
    const seen = found.filter((line) => line.type === 'PrefixMoreSpecificEvent' && line.level === level);
    const times = seen.map(({ at }) => at);
    const steps = inside.filter(({ by }) => (by !== attacker) === isOwn);
    assertWithin(times, steps, `more-specifics, ${level}`);
  }
  assert.ok(
    found.some((line) => line.type === 'PathChangeEvent'),
    'the path change is an event',
  );
}

function assertWithin(times: readonly string[], steps: readonly Step[], what: string): void {
  assert.equal(times.length, steps.length, `${what}: ${times.join()}`);
  for (const [i, step] of steps.entries())
    assert.ok(within(times[i], step), `${what}: ${times[i]} is not of ${step.at}`);
}

function parseReplayLine(text: string): ReplayLine {
  const value: unknown = JSON.parse(text);
  if (!isReplayLine(value)) throw new Error(`Cannot read a line of replay: ${text}`);
  return value;
}

function isReplayLine(value: unknown): value is ReplayLine {
  return typeof value === 'object' && value !== null && 'kind' in value && 'registeredPrefix' in value;
}
