// One output of `replay`, whatever the order of its files and however often it is killed: on the project's own dumps and on a made world,
// so that it is proved where the sample data are not (replay-checked.test.ts does the same on real files).
// A kill is SIGKILL once the process has printed a seeded number of events since its start, and events are printed after the commit that
// holds them: each kill leaves a database in the midst of the replay, and none depends on the clock of the machine.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { exampleRegistry, fixtureDumps } from '../golden/replay-golden.js';
import { projectRoot } from '../support/requires.js';
import { commandLine, runPeerwatch } from '../support/slow-checker/command.js';
import { makeDatabase } from '../support/slow-checker/comparison.js';
import { randomFrom } from '../support/slow-checker/generated-registry.js';
import { worldRegistry, writeWorld } from '../support/slow-checker/staged-world.js';

const KILLS = 6;

const folder = mkdtempSync(join(tmpdir(), 'peerwatch-determinism-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const left = [...list];
  return list.map(() => left.splice(Math.floor(random() * left.length), 1)[0]);
}

/** Replays into a database of its own; what was printed. */
async function replayed(yaml: string, files: readonly string[]): Promise<{ database: string; printed: string }> {
  const database = await makeDatabase(yaml, mkdtempSync(join(folder, 'run-')));
  const { code, stdout, stderr } = await runPeerwatch('replay', '--json', '--database', database, ...files);
  assert.equal(code, 0, stderr);
  return { database, printed: stdout };
}

/** `events list --json`, then `incidents list --json`. */
async function stored(database: string): Promise<string> {
  const lists = [];
  for (const what of ['events', 'incidents']) {
    const { code, stdout, stderr } = await runPeerwatch(what, 'list', '--json', '--database', database);
    assert.equal(code, 0, stderr);
    lists.push(stdout);
  }
  return lists.join('');
}

/** Replays, and kills the process once it has printed so many lines. @returns whether the kill came before the end. */
function killedAfter(lines: number, database: string, files: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const args = [...commandLine, 'replay', '--json', '--database', database, ...files];
    const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'ignore'] });
    let seen = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      seen += text.split('\n').length - 1;
      if (seen >= lines) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (_code, signal) => resolve(signal === 'SIGKILL'));
  });
}

const inputs = [
  { name: 'the dumps of fixtures/', read: async () => ({ yaml: await exampleRegistry(), files: allDumps() }) },
  {
    name: 'a made world',
    read: async () => ({
      yaml: worldRegistry.yaml,
      files: await writeWorld(join(folder, 'world'), 7, { records: 1200 }),
    }),
  },
];

function allDumps(): string[] {
  return [...fixtureDumps('lab'), ...fixtureDumps('made')];
}

for (const { name, read } of inputs) {
  test(`replay gives the same bytes for ${name} in any order, and prints what it stores`, async () => {
    const { yaml, files } = await read();
    const random = randomFrom(1);
    const first = await replayed(yaml, files);
    assert.equal(first.printed, await stored(first.database));
    for (let order = 0; order < 2; order++)
      assert.equal((await replayed(yaml, shuffled(files, random))).printed, first.printed);
  });

  test(`replay resumed after ${KILLS} kills ends as an undisturbed one of ${name}`, async () => {
    const { yaml, files } = await read();
    const random = randomFrom(2);
    const whole = await replayed(yaml, files);
    const database = await makeDatabase(yaml, mkdtempSync(join(folder, 'killed-')));
    let kills = 0;
    for (let kill = 0; kill < KILLS; kill++)
      if (await killedAfter(1 + Math.floor(random() * 30), database, shuffled(files, random))) kills++;
    assert.ok(kills > 0, 'no kill came before the end');
    const { code, stderr } = await runPeerwatch('replay', '--database', database, ...files);
    assert.equal(code, 0, stderr);
    assert.equal(await stored(database), await stored(whole.database));
  });
}
