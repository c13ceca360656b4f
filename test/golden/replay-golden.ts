// The golden replays: what `replay --json` prints of the dumps of fixtures/ under the example registry: the lab's three collectors in one
// run, the made dumps in another. Made and compared by the same code, as the golden dumps are; what the first must say stands in
// fixtures/story.json, and a test of its own holds it to that.

import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../support/requires.js';
import { runPeerwatch } from '../support/slow-checker/command.js';
import { makeDatabase } from '../support/slow-checker/comparison.js';

const fixtures = join(projectRoot, 'fixtures');

/** The runs: which folders of fixtures/dumps each takes. */
export const goldenReplays = { lab: 'route-views.lab-', made: 'route-views.made' } as const;
export type GoldenReplay = keyof typeof goldenReplays;

/** Where a golden replay is: beside the golden dumps, in a folder of its own. */
export function goldenReplayPath(name: GoldenReplay): string {
  return join(projectRoot, 'test', 'golden', 'replay', `${name}.ndjson`);
}

/** The dumps of fixtures/ that a run takes, sorted. */
export function fixtureDumps(name: GoldenReplay): string[] {
  const names = readdirSync(join(fixtures, 'dumps'), { recursive: true, encoding: 'utf8' });
  return names
    .filter((path) => path.startsWith(goldenReplays[name]) && path.endsWith('.mrt'))
    .sort()
    .map((path) => join(fixtures, 'dumps', path));
}

/** The text of the example registry. */
export function exampleRegistry(): Promise<string> {
  return readFile(join(fixtures, 'registry.example.yaml'), 'utf8');
}

/** What the golden file must hold. */
export async function goldenReplay(name: GoldenReplay): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'peerwatch-golden-'));
  try {
    const database = await makeDatabase(await exampleRegistry(), folder);
    const replay = await runPeerwatch('replay', '--dry-run', '--json', '--database', database, ...fixtureDumps(name));
    if (replay.code !== 0) throw new Error(`replay ended with ${replay.code}: ${replay.stderr}`);
    return replay.stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
