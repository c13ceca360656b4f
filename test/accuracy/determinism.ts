// Three runs of one scenario: its files in order, shuffled on the command line, and with kills (SIGKILL once so many events were printed,
// which is after the commit that holds them) that are resumed. One digest of what `events list` and `incidents list` say then, and the
// same again when a file that is late was read after all.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandWords } from '../support/command-line.js';
import { Random } from './random.js';
import { type Scenario } from './scenario.js';
import { command } from './seed.js';

const KILLS = 3;

/** @returns the digests of the three runs, and of the first when the late file was read too. */
export async function proveDeterminism(
  folder: string,
  { files, late }: Pick<Scenario, 'files' | 'late'>,
  seed: number,
): Promise<string[]> {
  const random = new Random(seed + 1);
  for (const run of ['ordered', 'shuffled', 'killed'])
    copyFileSync(join(folder, 'peerwatch.db'), join(folder, `${run}.db`));
  await command(folder, 'replay', '--database', 'ordered.db', ...files);
  await command(folder, 'replay', '--database', 'shuffled.db', ...random.shuffled(files));
  for (let kill = 0; kill < KILLS; kill++)
    await killedAfter(folder, random.int(1, 400), ['--database', 'killed.db', ...random.shuffled(files)]);
  await command(folder, 'replay', '--database', 'killed.db', ...files);
  const digests = await Promise.all(['ordered', 'shuffled', 'killed'].map((run) => digestOf(folder, `${run}.db`)));
  await command(folder, 'replay', '--database', 'ordered.db', late);
  return [...digests, await digestOf(folder, 'ordered.db')];
}

async function digestOf(folder: string, database: string): Promise<string> {
  const hash = createHash('sha256');
  for (const list of ['events', 'incidents'])
    hash.update(await command(folder, list, 'list', '--json', '--database', database));
  return hash.digest('hex');
}

/** Replays, and kills the process once it has printed so many lines; the end may come first. */
function killedAfter(folder: string, lines: number, args: readonly string[]): Promise<void> {
  const [program, ...words] = commandWords();
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...words, 'replay', '--json', ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let seen = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      seen += text.split('\n').length - 1;
      if (seen >= lines) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => resolve());
  });
}
