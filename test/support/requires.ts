// What a test needs of the machine: root, a Debian program, the folder of real sample data beside the checkout. Where it is absent
// the test skips with a printed reason; with CI=true the absence is a failure, so that a green run cannot hide it.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder, from source and from `dist` alike. */
export const projectRoot = findRoot(fileURLToPath(new URL('.', import.meta.url)));

/** The folder of real sample data, which is not part of the project. */
export const sharedData = join(projectRoot, '..', 'shared', 'data');

function findRoot(start: string): string {
  let folder = start;
  while (!existsSync(join(folder, 'package.json'))) folder = join(folder, '..');
  return join(folder);
}

/**
 * The `skip` option of a test that needs something: `test(name, { skip: requires('bgpdump') }, ...)`.
 *
 * @param needs names: `root`, `shared`, or a program looked up on the PATH.
 * @returns false where all is there, else the reason.
 * @throws Error where something is missing and CI=true.
 */
export function requires(...needs: readonly string[]): false | string {
  const missing = needs.filter((need) => !has(need));
  if (missing.length === 0) return false;
  const reason = `needs ${missing.join(', ')}`;
  if (process.env['CI'] === 'true') throw new Error(`CI must have everything: ${reason}`);
  return reason;
}

function has(need: string): boolean {
  if (need === 'root') return process.getuid?.() === 0;
  if (need === 'shared') return existsSync(sharedData);
  try {
    execFileSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin:/usr/lib/frr" command -v ${need}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
