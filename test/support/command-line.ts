// Runs peerwatch as a user does, in a process of its own: the built command where the tests run built, the sources where they run
// through tsx. Waits for its end and gives what it printed; nothing is mocked.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { projectRoot } from './requires.js';

export interface Outcome {
  /** The exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const built = join(projectRoot, 'dist', 'bin', 'main.js');
const fromSource = ['--import', 'tsx', join(projectRoot, 'src', 'cli', 'main.ts')];

/** Runs `peerwatch ...args` in the project's root and waits for its end, whatever its exit code. */
export async function peerwatch(...args: readonly string[]): Promise<Outcome> {
  const runsBuilt = import.meta.url.includes('/dist/') && existsSync(built);
  return await run(process.execPath, [...(runsBuilt ? [built] : fromSource), ...args]);
}

/** The same in another folder. */
export async function peerwatchIn(folder: string, ...args: readonly string[]): Promise<Outcome> {
  const [program, ...words] = commandWords();
  return await run(program, [...words, ...args], 120, folder);
}

/** The program and the arguments that are the command `peerwatch`, from any folder. */
export function commandWords(): readonly [program: string, ...args: string[]] {
  const runsBuilt = import.meta.url.includes('/dist/') && existsSync(built);
  const words = runsBuilt ? [built] : ['--import', import.meta.resolve('tsx'), join(projectRoot, 'src/cli/main.ts')];
  return [process.execPath, ...words];
}

/** Runs a program, in the project's root if not told otherwise, and waits for its end; at most `seconds`, then it is terminated. */
export function run(program: string, args: readonly string[], seconds = 120, cwd = projectRoot): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: seconds * 1000,
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
}
