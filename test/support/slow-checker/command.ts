// How to start peerwatch in a process of its own from here: the built command where the tests run built, else the sources.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { projectRoot } from '../requires.js';

/** Node's arguments up to and including peerwatch's main module. */
export const commandLine: readonly string[] = import.meta.url.includes('/dist/')
  ? [join(projectRoot, 'dist', 'bin', 'main.js')]
  : ['--import', 'tsx', join(projectRoot, 'src', 'cli', 'main.ts')];

/** Runs peerwatch to its end; what it printed and its exit code. */
export function runPeerwatch(
  ...args: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...commandLine, ...args], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
    child.stdout.on('data', (chunk: Buffer) => printed.stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => printed.stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({
        code,
        stdout: Buffer.concat(printed.stdout).toString(),
        stderr: Buffer.concat(printed.stderr).toString(),
      });
    });
  });
}
