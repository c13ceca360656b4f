// Writes the made dumps into fixtures/dumps/route-views.made, and the checksums of every committed dump into fixtures/SHA256SUMS:
// `npm run build && node dist/test/support/make-fixtures.js`. A test holds both against what is committed. The staged dumps are
// not made here: see test/lab.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { madeDumps } from './made-dumps.js';
import { projectRoot } from './requires.js';

export const fixtures = join(projectRoot, 'fixtures');
export const madeFolder = join(fixtures, 'dumps', 'route-views.made');

/** The text of SHA256SUMS, as `sha256sum` prints it: one line a dump, in order of path. */
export function sha256Sums(): string {
  const names = readdirSync(join(fixtures, 'dumps'), { recursive: true, encoding: 'utf8' });
  const paths = names.filter((name) => name.endsWith('.mrt')).map((name) => `dumps/${name.replaceAll('\\', '/')}`);
  return paths
    .sort()
    .map(
      (path) =>
        `${createHash('sha256')
          .update(readFileSync(join(fixtures, path)))
          .digest('hex')}  ${path}\n`,
    )
    .join('');
}

function writeFixtures(): void {
  mkdirSync(madeFolder, { recursive: true });
  for (const [name, bytes] of madeDumps()) writeFileSync(join(madeFolder, name), bytes);
  writeFileSync(join(fixtures, 'SHA256SUMS'), sha256Sums());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFixtures();
