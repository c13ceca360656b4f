// `replay` against the slow checker (test/support/slow-checker), which computes the same incidents and events from `dump --json` by
// another code path: on made worlds always, on every real file where the sample data are. And the two real replays whose outcome is
// known from the routes themselves.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { projectRoot, requires, sharedData } from '../support/requires.js';
import { run } from '../support/command-line.js';
import { commandLine, runPeerwatch } from '../support/slow-checker/command.js';
import { compare, makeDatabase, replay } from '../support/slow-checker/comparison.js';
import { generateReference } from '../support/slow-checker/generated-reference.js';
import { generateRegistry } from '../support/slow-checker/generated-registry.js';
import { worldFullFeed, worldRegistry, writeWorld } from '../support/slow-checker/staged-world.js';

const folder = mkdtempSync(join(tmpdir(), 'peerwatch-checked-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const mrt = join(sharedData, 'mrt');
const skip = requires('shared');
/** Real files with elements; the batched bview is for `dump` alone. */
const realFiles = existsSync(mrt)
  ? readdirSync(mrt)
      .filter((name) => !name.includes('bview.20000111'))
      .sort()
      .map((name) => join(mrt, name))
  : [];

const file = (part: string): string => realFiles.find((path) => path.includes(part))!;

for (const seed of [1, 2, 3, 16]) {
  test(`replay and the slow checker agree on the made world ${seed}`, async () => {
    const world = mkdtempSync(join(folder, 'world-'));
    const files = await writeWorld(world, seed, { records: 800 });
    const differences = await compare(files, worldRegistry, world);
    assert.deepEqual([differences.onlyReplay, differences.onlyChecker], [[], []]);
    assert.ok(differences.incidents > 0 && differences.events > 0);
  });
}

for (const seed of [4, 5, 6]) {
  test(`replay and the slow checker agree on the made world ${seed} with VRPs, ASPAs and relationships`, async () => {
    const world = mkdtempSync(join(folder, 'world-'));
    const files = await writeWorld(world, seed, { records: 800 });
    const data = generateReference(worldRegistry.prefixes, worldRegistry.links, { seed, folder: world });
    const differences = await compare(files, worldRegistry, world, { data });
    assert.deepEqual([differences.onlyReplay, differences.onlyChecker], [[], []]);
    assert.ok(differences.incidents > 0 && differences.events > 0);
  });
}

test('replay and the slow checker agree on churning worlds, which raise every incident of many routes', async () => {
  const types = new Set<string>();
  for (const seed of [7, 8]) {
    const world = mkdtempSync(join(folder, 'world-'));
    const files = await writeWorld(world, seed, { records: 700, churning: true });
    const differences = await compare(files, worldRegistry, world, { fullFeed: worldFullFeed });
    assert.deepEqual([differences.onlyReplay, differences.onlyChecker], [[], []], `seed ${seed}`);
    for (const type of differences.types) types.add(type);
  }
  for (const type of ['flapping', 'path-change', 'provider-bypass', 'outage', 'visibility-loss'])
    assert.ok(types.has(type), type);
});

test(
  'replay and the slow checker agree on every real file at once, 100 prefixes taken from each',
  { skip },
  async () => {
    const registry = await generateRegistry(realFiles, 100, 1);
    const real = mkdtempSync(join(folder, 'real-'));
    const data = generateReference(registry.prefixes, registry.links, { seed: 1, folder: real });
    const differences = await compare(realFiles, registry, real, { data });
    assert.deepEqual([differences.onlyReplay, differences.onlyChecker], [[], []]);
    assert.ok(differences.incidents > 100 && differences.events > 1000);
  },
);

/** A registry of one provider of AS1103 and one connection. */
function registryOf(origins: readonly number[], prefixes: readonly string[]): string {
  const entries = prefixes.map((prefix, index) => `      - { name: p${index}, prefix: ${prefix} }\n`).join('');
  return (
    'providers:\n  - { name: X, asns: [1103] }\nconnections:\n' +
    `  - name: c\n    provider: X\n    country: NL\n    asns: [${origins.join(', ')}]\n    prefixes:\n${entries}`
  );
}

test(
  'replay of 2010-08-27 rrc01 tells the churn of 93.175.144.0/24 in buckets, and no incident but that the provider is bypassed',
  { skip },
  async () => {
    const lines = await replay([file('rrc01.updates.20100827')], registryOf([12654], ['93.175.144.0/24']), folder);
    // The routes by AS3356 in place of AS1103, the registered provider, are a bypass; none of them is a hijack.
    const found = lines.filter(({ kind }) => kind === 'incident').map(({ type, offender }) => `${type} ${offender}`);
    assert.deepEqual(found, ['provider-bypass 3356']);
    const buckets = lines.filter(({ type }) => type === 'PathChangeEvent');
    assert.ok(buckets.length > 0);
    const begins = buckets.map(({ at }) => Date.parse(at));
    for (let i = 1; i < begins.length; i++)
      assert.ok(begins[i] - begins[i - 1] >= 60_000, 'one event a minute at most');
  },
);

test('replay of Sydney 2022-06-01 finds the 94 prefixes that move between AS12722 and AS212667', { skip }, async () => {
  const sydney = file('sydney.updates.20220601');
  const prefixes = await movingPrefixes(sydney);
  assert.equal(prefixes.length, 94);
  for (const [origins, incidents, still, openings] of [
    [[12722], 94, 94, null],
    [[212667], 94, 0, 2],
    [[12722, 212667], 0, 0, null],
  ] as const) {
    const lines = await replay([sydney], registryOf(origins, prefixes), mkdtempSync(join(folder, 'sydney-')));
    const found = lines.filter(({ type }) => type === 'origin-hijack');
    assert.equal(found.length, incidents);
    assert.equal(found.filter(({ peers }) => peers.now > 0).length, still);
    if (openings !== null) assert.ok(found.every((incident) => incident.openings === openings));
  }
});

/** The prefixes that bgpdump shows announced by both ASes. */
async function movingPrefixes(path: string): Promise<string[]> {
  const { stdout } = await run('sh', ['-c', `bgpdump -m "$0" 2>/dev/null | grep -E '[ |](12722|212667)[|]'`, path]);
  const origins = new Map<string, Set<string>>();
  for (const line of stdout.split('\n')) {
    const fields = line.split('|');
    const origin = fields[2] === 'A' ? fields[6].split(' ').at(-1) : undefined;
    if (origin !== '12722' && origin !== '212667') continue;
    origins.set(fields[5], (origins.get(fields[5]) ?? new Set()).add(origin));
  }
  return [...origins].filter(([, seen]) => seen.size === 2).map(([prefix]) => prefix);
}

/** Replays into the database and kills the process (SIGKILL) once it has printed so many events. */
function replayKilled(database: string, files: readonly string[], lines: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = [...commandLine, 'replay', '--json', '--database', database, ...files];
    const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'ignore'] });
    let seen = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      seen += text.split('\n').length - 1;
      if (seen >= lines) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => resolve());
  });
}

/** `events list --json` and `incidents list --json` of a database. */
async function stored(database: string): Promise<string> {
  const events = await runPeerwatch('events', 'list', '--json', '--database', database);
  const incidents = await runPeerwatch('incidents', 'list', '--json', '--database', database);
  return events.stdout + incidents.stdout;
}

test('replay of all real files gives one output in any order, also after 20 kills', { skip }, async () => {
  const { yaml } = await generateRegistry(realFiles, 20, 2);
  const orders = [realFiles, [...realFiles].reverse(), [...realFiles.slice(9), ...realFiles.slice(0, 9)]];
  const outputs = new Set<string>();
  for (const order of orders) {
    const database = await makeDatabase(yaml, mkdtempSync(join(folder, 'order-')));
    const { stdout } = await runPeerwatch('replay', '--json', '--database', database, ...order);
    assert.equal(stdout, await stored(database)); // a new database: what was printed is what is stored
    outputs.add(stdout);
  }
  assert.equal(outputs.size, 1);
  const killed = await makeDatabase(yaml, mkdtempSync(join(folder, 'killed-')));
  for (let kill = 0; kill < 20; kill++) await replayKilled(killed, orders[kill % orders.length], 1 + kill * 5);
  await runPeerwatch('replay', '--database', killed, ...realFiles);
  assert.equal(await stored(killed), [...outputs][0]);
});
