// `npm run bench`: whole programs side by side on one file, as a user runs them: `dump --format none`, `dump`, `dump --json`, `replay`
// with detection on, and `bgpdump -m` as the yardstick. Prints MB/s of unpacked MRT, the ratio to bgpdump, peak memory, and the machine.
// `npm run bench -- --quick` runs each once on a small file; `npm run bench -- FILE` takes a file of yours. It never fails for speed.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { projectRoot, requires } from '../support/requires.js';
import { makeUpdateStream } from './update-stream.js';

const peerwatch = join(projectRoot, 'dist', 'src', 'cli', 'main.js');
const quick = process.argv.includes('--quick');
const given = process.argv.slice(2).find((arg) => !arg.startsWith('-'));
const runs = quick ? 1 : 5;

interface Run {
  readonly seconds: number;
  readonly peakKilobytes: number;
}

/** Runs a command once, its output thrown away. */
function once(program: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore'] });
    let peakKilobytes = 0;
    const look = setInterval(() => {
      peakKilobytes = Math.max(peakKilobytes, residentKilobytes(child.pid));
    }, 20);
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(look);
      resolve({ seconds: (performance.now() - began) / 1000, peakKilobytes });
    });
  });
}

function residentKilobytes(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

async function best(program: string, args: readonly string[]): Promise<Run> {
  const all: Run[] = [];
  for (let i = 0; i < runs; i++) all.push(await once(program, args));
  return {
    seconds: Math.min(...all.map(({ seconds }) => seconds)),
    peakKilobytes: Math.max(...all.map(({ peakKilobytes: peak }) => peak)),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'peerwatch-bench-'));
try {
  const file = given ?? join(folder, 'updates.mrt');
  if (given === undefined) writeFileSync(file, Buffer.concat(makeUpdateStream(quick ? 20_000 : 600_000, 1)));
  const database = join(folder, 'peerwatch.db');
  const registry = join(projectRoot, 'fixtures', 'registry.example.yaml');
  for (const args of [['init'], ['apply', registry]]) {
    execFileSync(process.execPath, [peerwatch, ...args, '--database', database], { stdio: 'ignore', cwd: folder });
  }
  const ours: readonly (readonly [string, readonly string[]])[] = [
    ['dump --format none', ['dump', '--format', 'none', file]],
    ['dump', ['dump', file]],
    ['dump --json', ['dump', '--json', file]],
    ['replay --dry-run', ['replay', '--dry-run', '--database', database, file]],
  ];
  const megabytes = statSync(file).size / 1e6;
  console.log(
    `${cpus()[0]?.model ?? 'unknown'} x ${cpus().length}, Node ${process.version}, ${megabytes.toFixed(1)} MB, best of ${runs}`,
  );
  const missing = requires('bgpdump');
  const yardstick = missing === false ? await best('bgpdump', ['-m', file]) : null;
  if (yardstick !== null) print('bgpdump -m', yardstick, megabytes, yardstick);
  for (const [name, args] of ours)
    print(name, await best(process.execPath, [peerwatch, ...args]), megabytes, yardstick);
  if (missing !== false) console.log(`no yardstick: ${missing}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function print(name: string, { seconds, peakKilobytes }: Run, megabytes: number, yardstick: Run | null): void {
  const ratio = yardstick === null ? '' : `${(yardstick.seconds / seconds).toFixed(2)} x bgpdump`;
  const memory = `${(peakKilobytes / 1024).toFixed(0)} MiB`;
  console.log(
    `${name.padEnd(20)} ${(megabytes / seconds).toFixed(1).padStart(7)} MB/s  ${memory.padStart(8)}  ${ratio}`,
  );
}
