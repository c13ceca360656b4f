// The targets about tables: a full-table RIB as bootstrap, what a million stored routes take, /metrics, look-ups, restarts. Each makes its
// own input. Figures are of whole programs, but for P9 and P11, which are of a process that does nothing else.

import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { unroutableReason } from '../../src/registry/special-purpose-prefixes.js';
import { projectRoot } from '../support/requires.js';
import { type DaemonFigures, startDaemon } from './daemon-start.js';
import { type Originated, writeFullTable } from './full-table.js';
import { best } from './measure.js';
import { registry } from './bench-registry.js';
import { memoryByLength } from './memory-by-length.js';
import { originOf, PREFIXES, prefixOf } from './stored-table.js';
import { randomWords } from './update-stream.js';

/** Where and how hard. */
export interface TableBench {
  readonly folder: string;
  readonly runs: number;
  /** A small input: does it run. */
  readonly quick: boolean;
}

export interface TableTarget {
  readonly name: string;
  readonly work: string;
  /** What was found, in words. */
  readonly measure: (bench: TableBench) => Promise<string>;
}

const built = join(projectRoot, 'dist');
const peerwatch = join(built, 'bin', 'main.js');
const script = (name: string): string => join(built, 'test', 'bench', name);

const run = (...args: readonly string[]): string => execFileSync(process.execPath, args, { encoding: 'utf8' });

export const TABLE_TARGETS: readonly TableTarget[] = [
  { name: 'P7', work: 'replay of a full-table RIB, 30 peers', measure: bootstrap },
  { name: 'P9', work: 'a million stored routes', measure: memory },
  { name: 'P9', work: 'memory by the length of the input, x 10', measure: memoryByLength },
  { name: 'P10', work: '/metrics', measure: metrics },
  { name: 'P11', work: 'covering + covered, a million entries', measure: lookups },
  { name: 'P12', work: 'restart with a million stored routes', measure: restart },
];

async function bootstrap({ folder, runs, quick }: TableBench): Promise<string> {
  const path = join(folder, 'rib.mrt');
  const table = { prefixes: quick ? 5000 : 1_000_000, peers: 30, seed: 1 };
  const own = (await writeFullTable(path, table)).filter(({ prefix }) => unroutableReason(prefix) === null);
  const wanted = draw(own, quick ? 100 : 10_000);
  const registered = await registry(folder, 'rib', wanted);
  const megabytes = statSync(path).size / 1e6;
  const args = [peerwatch, 'replay', '--dry-run', '--database', registered, path];
  const fastest = await best(Math.min(runs, 3), process.execPath, args);
  const peak = fastest.peakKilobytes / 1024;
  const read = await best(Math.min(runs, 3), 'cat', [path]);
  return (
    `${(megabytes / fastest.seconds).toFixed(0)} MB/s of ${megabytes.toFixed(0)} MB (wanted >= 300), peak ${peak.toFixed(0)} MiB ` +
    `(wanted <= 256); ${(read.seconds / fastest.seconds).toFixed(2)} x cat`
  );
}

function memory({ quick }: TableBench): Promise<string> {
  const routes = quick ? 10_000 : 1_000_000;
  const text = run('--expose-gc', script('table-memory.js'), String(routes), String(routes / 2));
  const { empty, stored, again, more, peak, held, heldMore } = JSON.parse(text) as Record<string, number>;
  const mib = (octets: number): string => (octets / 2 ** 20).toFixed(0);
  const further = (heldMore - held) / (routes / 2);
  return Promise.resolve(
    `${mib(empty)} MiB empty, ${mib(stored)} with ${routes} routes (wanted <= 256), ${mib(again)} when all changed (flat), ` +
      `${mib(more)} with half as many more; ${further.toFixed(0)} octets a further route (wanted <= 64); peak ${mib(peak)}`,
  );
}

async function metrics(bench: TableBench): Promise<string> {
  const { scrapeMilliseconds, series, routes } = await daemon(bench);
  return `${scrapeMilliseconds.toFixed(1)} ms (wanted <= 10), ${series} series (wanted <= 2000), ${routes} routes stored`;
}

async function restart(bench: TableBench): Promise<string> {
  const { readySeconds, restoredSeconds, routes, megabytes, peakMegabytes } = await daemon(bench);
  return (
    `READY after ${readySeconds.toFixed(2)} s (wanted <= 2), ${routes} routes restored after ${restoredSeconds.toFixed(2)} s, ` +
    `${megabytes.toFixed(0)} MiB, peak ${peakMegabytes.toFixed(0)}`
  );
}

function lookups({ quick }: TableBench): Promise<string> {
  const lines = run(script('prefix-trie.bench.js'), quick ? '1000' : '1000000')
    .trim()
    .split('\n');
  return Promise.resolve(lines.filter((line) => line.includes('covering')).join('; '));
}

/** The best start of some, on a database with the made table; it is made once. */
async function daemon({ folder, runs, quick }: TableBench): Promise<DaemonFigures> {
  const rows = Array.from({ length: PREFIXES }, (_, n) => ({ prefix: prefixOf(n), origin: originOf(n) }));
  const made = existsSync(join(folder, 'table.db'));
  const database = await registry(folder, 'table', rows);
  if (!made) run(script('make-stored-table.js'), database, String(quick ? 10_000 : 1_000_000));
  let fastest: DaemonFigures | null = null;
  for (let i = 0; i < Math.min(runs, 3); i++) {
    const one = await startDaemon(peerwatch, database, folder);
    if (fastest === null || one.readySeconds < fastest.readySeconds) fastest = one;
  }
  return fastest!;
}

/** `count` of the prefixes, by a seed. */
function draw(prefixes: Originated[], count: number): Originated[] {
  const next = randomWords(1);
  for (let i = prefixes.length - 1; i > 0; i--) {
    const other = next() % (i + 1);
    [prefixes[i], prefixes[other]] = [prefixes[other], prefixes[i]];
  }
  return prefixes.slice(0, count);
}
