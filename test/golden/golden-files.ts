// The golden files: for every MRT file of fixtures/, compressed or not, one JSON object an element, as `dump --json` prints them. The
// same code makes them (update.ts) and compares them (golden.test.ts); a change of them is reviewed as a diff.

import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { dumpInput } from '../../src/dump/dump-input.js';
import { type DumpSink } from '../../src/dump/record-dump.js';
import { DumpStats } from '../../src/dump/stats.js';
import { collectorName } from '../../src/sources/collector-name.js';
import { fileInput } from '../../src/sources/input-files.js';
import { projectRoot } from '../support/requires.js';

const fixtures = join(projectRoot, 'fixtures');

/** The MRT files of fixtures/, in order of path. */
export function fixtureFiles(): string[] {
  if (!existsSync(fixtures)) return [];
  const paths = readdirSync(fixtures, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => /\.mrt(\.(gz|bz2|zst))?$/.test(path)).sort();
}

/** Where the golden file of a fixture is. */
export function goldenPath(fixture: string): string {
  return join(projectRoot, 'test', 'golden', `${relative('.', fixture).replaceAll('/', '__')}.ndjson`);
}

/** Golden files that are there, by base name. */
export function goldenNames(): string[] {
  const folder = join(projectRoot, 'test', 'golden');
  return readdirSync(folder).filter((name) => name.endsWith('.ndjson'));
}

/** What the golden file of `fixture` must hold: its elements, then what was lost, one object a line. */
export async function goldenText(fixture: string): Promise<string> {
  const lines: string[] = [];
  const decoder = new TextDecoder();
  const sink: DumpSink = {
    write: (text) => {
      lines.push(decoder.decode(text));
      return Promise.resolve();
    },
  };
  const losses: string[] = [];
  await dumpInput(fileInput(join(fixtures, fixture), null), {
    format: 'json',
    collector: collectorName(fixture),
    filter: null,
    countAll: false,
    stats: new DumpStats(),
    sink,
    onCorrected: () => undefined,
    onLoss: (loss) => losses.push(`${JSON.stringify({ lost: { ...loss, input: basename(loss.input) } })}\n`),
  });
  return [...lines, ...losses].join('');
}
