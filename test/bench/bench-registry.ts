// Databases for benches: one connection, its prefixes with their origins.

import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { type Prefix } from '../../src/ip/prefix.js';
import { projectRoot } from '../support/requires.js';
import { OWNER, PROVIDER } from './update-stream.js';

const peerwatch = join(projectRoot, 'dist', 'bin', 'main.js');

/** A database with these prefixes registered: `name`.db in the folder, made once. */
export function registry(
  folder: string,
  name: string,
  rows: readonly { readonly prefix: Prefix; readonly origin: number }[],
): Promise<string> {
  const database = join(folder, `${name}.db`);
  if (existsSync(database)) return Promise.resolve(database);
  const file = join(folder, `${name}.yaml`);
  const lines = rows.map(
    ({ prefix, origin }, n) => `      - { name: p-${n}, prefix: "${prefix.toString()}", origins: [${origin}] }`,
  );
  const head = [
    `providers:\n  - { name: Transit, asns: [${PROVIDER}], metros: [] }`,
    `connections:\n  - name: bench\n    provider: Transit\n    country: NL\n    asns: [${OWNER}]\n    prefixes:`,
  ];
  writeFileSync(file, [...head, ...lines, 'options: { allowDocumentation: true }\n'].join('\n'));
  for (const args of [['init'], ['apply', file]])
    execFileSync(process.execPath, [peerwatch, ...args, '--database', database], {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: folder,
    });
  return Promise.resolve(database);
}
