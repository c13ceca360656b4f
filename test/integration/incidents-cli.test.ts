// The operator's commands on incidents, events and routes, and the registry's, with a daemon on the database and without.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Site } from '../support/daemon-process.js';
import { projectRoot } from '../support/requires.js';
import { announce, FOREIGN, hijackStory, joined, keepalive, OWN, withdraw } from '../support/spooled-story.js';
import { until } from '../support/until.js';

/** An incident of `incidents list --json`, as far as these tests look. */
interface Listed {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly ack: boolean;
  readonly muted: boolean;
  readonly openings: number;
}

async function incidents(site: Site, ...filter: readonly string[]): Promise<readonly Listed[]> {
  const lines = (await site.ok('incidents', 'list', '--json', ...filter)).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Listed);
}

/** A hijack that goes on, and one peer that still says the right thing. */
const openHijack = joined(...hijackStory().slice(0, 5));

test('incidents ack, unack, mute and unmute set and clear a mark, which the daemon leaves alone', async (context) => {
  const site = await new Site(context).withExample();
  site.drop('rrc00/a', openHijack);
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  const [{ id }] = await incidents(site);
  for (const [command, mark, value] of [
    ['ack', 'ack', true],
    ['mute', 'muted', true],
    ['unack', 'ack', false],
    ['unmute', 'muted', false],
  ] as const) {
    const [printed] = (await site.ok('incidents', command, id.slice(0, 6), '--json')).trimEnd().split('\n');
    assert.equal((JSON.parse(printed) as Listed)[mark], value, command);
    assert.equal((await incidents(site))[0][mark], value, command);
  }
  await site.ok('incidents', 'ack', id);
  site.drop('rrc00/b', joined(withdraw(60, 1), withdraw(61, 2), keepalive(200)));
  await daemon.hasRead(2);
  const [after] = await incidents(site);
  assert.deepEqual([after.state, after.ack], ['resolved', true], 'the daemon wrote the incident, not the mark');
  assert.equal(await daemon.stop(), 0);
});

test('incidents resolve is carried out by the running daemon within 5 s, and at once where none runs', async (context) => {
  const site = await new Site(context).withExample();
  site.drop('rrc00/a', openHijack);
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  const [{ id }] = await incidents(site);
  const asked = await site.run('incidents', 'resolve', id, '--json');
  assert.equal(asked.code, 0);
  assert.match(asked.stderr, /carries it out within 5 s/);
  await until('the daemon has resolved it', async () => (await incidents(site))[0].state === 'resolved');
  assert.equal((await incidents(site))[0].reason, 'manual');
  assert.equal(await daemon.metric('peerwatch_incidents_open{type="origin-hijack",level="Critical"}'), 0);
  assert.equal(await daemon.stop(), 0);

  const other = await new Site(context).withExample();
  const file = join(other.folder, 'updates');
  writeFileSync(file, openHijack);
  await other.ok('replay', file);
  const resolved = await other.run('incidents', 'resolve', (await incidents(other))[0].id.slice(0, 4), '--json');
  assert.equal(resolved.stderr, '');
  const { state, reason } = JSON.parse(resolved.stdout) as Listed;
  assert.deepEqual({ state, reason }, { state: 'resolved', reason: 'manual' });
  const again = await other.run('incidents', 'resolve', id);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /is resolved already/);
});

test('incidents show prints evidence and explanation, list takes its filters, and an unknown id is a usage error', async (context) => {
  const site = await new Site(context).withExample();
  const file = join(site.folder, 'updates');
  writeFileSync(file, joined(...hijackStory()));
  await site.ok('replay', file);
  const [{ id }] = await incidents(site);
  const shown = await site.ok('incidents', 'show', id.slice(0, 4));
  assert.match(shown, /^offender +AS64511$/m);
  assert.match(shown, /^peers +0 now, 2 ever: AS64501, AS64502$/m);
  assert.match(shown, /AS64501 +192\.0\.2\.201 +64501 64511 +updates/);
  for (const [filter, count] of [
    [['--state', 'resolved'], 1],
    [['--state', 'open', '--state', 'suspected'], 0],
    [['--type', 'origin-hijack', '--connection', 'seattle-hq'], 1],
    [['--prefix', '203.0.113.0/24'], 1],
    [['--prefix', '198.51.100.0/24'], 0],
    [['--since', '2026-06-16T07:00:40Z'], 1],
    [['--since', '2026-06-16T07:00:41Z'], 0],
  ] as const)
    assert.equal((await incidents(site, ...filter)).length, count, filter.join(' '));
  const unknown = await site.run('incidents', 'show', 'ffffffffffff');
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /^peerwatch: no incident has an id that begins with "ffffffffffff"/);
});

test('events list and routes show what the daemon stores while it runs', async (context) => {
  const site = await new Site(context).withExample();
  site.drop('rrc00/a', openHijack);
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  const events = (await site.ok('events', 'list', '--json', '--to', '2026-06-16T07:00:11Z')).trimEnd().split('\n');
  const types = events.map((line) => (JSON.parse(line) as { type: string }).type);
  assert.deepEqual(types, ['PrefixActivePath', 'PrefixAnnouncementEvent', 'PrefixOriginAsChangeEvent']);
  const routes = (await site.ok('routes', '203.0.113.7', '--json')).trimEnd().split('\n');
  const paths = routes.map(
    (line) => JSON.parse(line) as { match: string; asPath: readonly number[]; incidents: readonly string[] },
  );
  assert.deepEqual(
    paths.map(({ match, asPath, incidents: carried }) => [match, asPath, carried.length]),
    [
      ['longest', [64500, OWN], 0],
      ['longest', [64501, FOREIGN], 1],
      ['longest', [64502, FOREIGN], 1],
    ],
  );
  assert.equal(await daemon.stop(), 0);
});

test('a change of the registry by the command line reaches a running daemon within 5 s', async (context) => {
  const site = await new Site(context).withExample();
  site.drop('rrc00/a', openHijack);
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  assert.equal((await incidents(site))[0].state, 'open');
  const example = readFileSync(join(projectRoot, 'fixtures', 'registry.example.yaml'), 'utf8');
  const file = join(site.folder, 'registry.yaml');
  const changed = example.replace('origins: [64496] # default', 'origins: [64496, 64511] # default');
  assert.notEqual(changed, example);
  writeFileSync(file, changed.replace('neighbors: { 64496: [64500] } # optional', 'neighbors: {} # optional'));
  await site.ok('apply', file);
  await until('the daemon has taken it', async () => (await incidents(site))[0].reason === 'reconfigured');
  await site.ok('prefix', 'add', '192.0.2.0/24', '--connection', 'seattle-hq');
  await until(
    'the new prefix is there',
    async () => (await daemon.metric('peerwatch_prefixes{state="unknown"}')) === 3,
    5,
  );
  site.drop('rrc00/b', joined(announce(300, 1, [FOREIGN], '192.0.2.0/24'), keepalive(301)));
  await daemon.hasRead(2);
  assert.equal((await incidents(site, '--prefix', '192.0.2.0/24')).length, 1, 'it is watched from then on');
  assert.equal(await daemon.stop(), 0);
});

test('replay into a database that a daemon holds is refused with 2; --dry-run reads beside it', async (context) => {
  const site = await new Site(context).withExample();
  const daemon = await site.daemon();
  const file = join(site.folder, 'updates');
  writeFileSync(file, joined(...hijackStory()));
  const refused = await site.run('replay', file);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /a running peerwatch \(daemon or replay\) holds it/);
  assert.equal(refused.stdout, '');
  const dry = await site.run('replay', '--dry-run', '--json', file);
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /"kind":"incident".*"origin-hijack"/);
  assert.deepEqual(await incidents(site), []);
  assert.equal(await daemon.stop(), 0);
  assert.equal((await site.run('replay', file)).code, 0, 'once the daemon has gone it is free');
});

test('what a replay has read, the daemon leaves out, and the other way round', async (context) => {
  const site = await new Site(context).withExample();
  const file = join(site.folder, 'rrc00.updates');
  writeFileSync(file, joined(...hijackStory()));
  await site.ok('replay', file);
  const before = await site.ok('events', 'list', '--json');
  site.drop('rrc00/under-another-name', joined(...hijackStory()));
  const daemon = await site.daemon();
  await daemon.process.logged(/^read before under another name; left out$/);
  assert.equal(await daemon.stop(), 0);
  assert.equal(await site.ok('events', 'list', '--json'), before);
  const later = joined(announce(600, 1, [FOREIGN]), keepalive(700));
  site.drop('rrc00/later', later);
  const second = await site.daemon();
  await second.hasRead(1);
  assert.equal(await second.stop(), 0);
  const file2 = join(site.folder, 'rrc00.later');
  writeFileSync(file2, later);
  const replayed = await site.run('replay', '--json', file2);
  assert.match(replayed.stderr, /was read before \(as later\); left out/);
  assert.equal(replayed.stdout, '');
});

test('backup while the daemon works copies a whole database that opens by itself', async (context) => {
  const site = await new Site(context).withExample();
  site.drop('rrc00/a', openHijack);
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  const copy = join(site.folder, 'copy.db');
  await site.ok('backup', copy);
  const listed = site.spawnPlain(['incidents', 'list', '--json', '--database', copy]);
  assert.equal(await listed.ended, 0);
  assert.equal(listed.stdout, await site.ok('incidents', 'list', '--json'));
  assert.notEqual(listed.stdout, '');
  assert.equal(await daemon.stop(), 0);
});
