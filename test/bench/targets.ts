// The targets that a whole program is measured for, each as a ratio of two things measured in one run on one input. Names and figures are
// those of the performance notes (ARCHITECTURE.md).

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { projectRoot, requires } from '../support/requires.js';
import { unroutableReason } from '../../src/registry/special-purpose-prefixes.js';
import { bzipped, type Corpus, gzipped, makeFeed } from './inputs.js';
import { best, type Run } from './measure.js';
import { OWNER, PROVIDER } from './update-stream.js';

const peerwatch = join(projectRoot, 'dist', 'bin', 'main.js');
const inflate = join(projectRoot, 'test', 'bench', 'inflate.mjs');

/** What the benches share. */
export interface Bench {
  readonly folder: string;
  readonly runs: number;
  readonly quick: boolean;
  /** The corpus once over, for slow yardsticks, and many times over. */
  readonly once: Corpus;
  readonly long: Corpus;
  /** 10 000 wanted prefixes, one a line. */
  readonly wanted: string;
}

/** What a bench found. */
export interface Finding {
  readonly ours: Run;
  readonly ratio: number;
  /** The ratio and what it is wanted to be, in words. */
  readonly text: string;
  readonly megabytesPerSecond: number;
}

/** One target; null where a yardstick is missing. */
export interface Target {
  readonly name: string;
  readonly work: string;
  readonly measure: (bench: Bench) => Promise<Finding | null>;
}

const ours = (bench: Bench, ...args: readonly string[]): Promise<Run> =>
  best(bench.runs, process.execPath, [peerwatch, ...args]);

const filtering = ({ wanted }: Bench): readonly string[] => ['dump', '--format', 'none', '--prefix-file', wanted];

const rate = ({ megabytes }: Corpus, { seconds }: Run): number => megabytes / seconds;

let yardstick: Promise<Run> | null = null;

/** bgpdump on the corpus once over: measured once. */
function bgpdump(bench: Bench): Promise<Run> {
  return (yardstick ??= best(Math.min(2, bench.runs), 'bgpdump', ['-m', bench.once.path]));
}

export const TARGETS: readonly Target[] = [
  {
    name: 'P1',
    work: 'dump --format none, 10 000 prefixes, raw',
    measure: async (bench) => {
      if (requires('bgpdump') !== false) return null;
      const run = await ours(bench, ...filtering(bench), bench.long.path);
      const ratio = rate(bench.long, run) / rate(bench.once, await bgpdump(bench));
      const size = bench.long.megabytes.toFixed(0);
      return finding(run, bench.long, ratio, `x bgpdump -m (wanted >= 60) of ${size} MB`);
    },
  },
  {
    name: 'P2',
    work: 'the same, one gzip file',
    measure: async (bench) => {
      const packed = await gzipped(bench.long);
      const run = await ours(bench, ...filtering(bench), packed);
      const alone = await best(bench.runs, process.execPath, [inflate, packed]);
      return finding(
        run,
        bench.long,
        run.seconds / alone.seconds,
        "x the time of Node's inflate alone (wanted <= 1.25)",
      );
    },
  },
  {
    name: 'P3',
    work: 'the same, four gzip files',
    measure: async (bench) => {
      const packed = await gzipped(bench.long);
      const many = join(bench.folder, 'many');
      mkdirSync(many, { recursive: true });
      const files = [1, 2, 3, 4].map((n) => join(many, `${n}.gz`));
      for (const file of files) cpSync(packed, file);
      const one = await ours(bench, ...filtering(bench), packed);
      const run = await ours(bench, ...filtering(bench), ...files);
      const total = { ...bench.long, megabytes: 4 * bench.long.megabytes };
      const busy = (run.cpuSeconds / run.seconds).toFixed(2);
      const ratio = rate(total, run) / rate(bench.long, one);
      return finding(run, total, ratio, `x the rate of one file (wanted >= 1.3); CPU / wall ${busy} (wanted >= 1.8)`);
    },
  },
  {
    name: 'P4',
    work: 'the same, one bzip2 file',
    measure: async (bench) => {
      if (requires('lbzip2') !== false) return null;
      const packed = bzipped(bench.long);
      const run = await ours(bench, ...filtering(bench), packed);
      const alone = await best(bench.runs, 'lbzip2', ['-dc', packed]);
      return finding(run, bench.long, alone.seconds / run.seconds, "x lbzip2's rate (wanted >= 0.9)");
    },
  },
  {
    name: 'P5',
    work: 'dump of everything as lines',
    measure: async (bench) => {
      if (requires('bgpdump') !== false) return null;
      const run = await ours(bench, 'dump', bench.long.path);
      const ratio = rate(bench.long, run) / rate(bench.once, await bgpdump(bench));
      return finding(run, bench.long, ratio, 'x bgpdump -m (wanted >= 10)');
    },
  },
  {
    name: 'P6',
    work: 'replay, 10 000 prefixes, 1 in 100 matching',
    measure: (bench) => {
      const wanted = join(bench.folder, 'watched.txt');
      const feed = makeFeed(join(bench.folder, 'feed.mrt'), wanted, bench.quick);
      return replaying({ ...bench, wanted, long: feed }, 'feed');
    },
  },
  {
    name: 'P6',
    work: 'the same on the corpus',
    measure: (bench) => replaying(bench, 'corpus'),
  },
];

/** Replay against counting what it would match, on `long`; `name` of the registry. */
async function replaying(bench: Bench, name: string): Promise<Finding> {
  const database = registered(bench, name);
  const p1 = await ours(bench, ...filtering(bench), bench.long.path);
  const run = await ours(bench, 'replay', '--dry-run', '--database', database, bench.long.path);
  return finding(run, bench.long, p1.seconds / run.seconds, "x P1's rate (wanted >= 0.7)");
}

function finding(run: Run, input: Corpus, ratio: number, words: string): Finding {
  return { ours: run, ratio, megabytesPerSecond: rate(input, run), text: `${ratio.toFixed(2)} ${words}` };
}

/** A database with the wanted prefixes registered, but for those that no one may register. */
function registered({ folder, wanted }: Bench, name: string): string {
  const database = join(folder, `${name}.db`);
  const prefixes = readFileSync(wanted, 'utf8').trim().split('\n');
  const rows = prefixes
    .filter((text) => unroutableReason(parsePrefix(text)) === null)
    .map((prefix, index) => `      - { name: p-${index}, prefix: "${prefix}" }`);
  const registry = join(folder, `${name}.yaml`);
  writeFileSync(
    registry,
    [
      `providers:\n  - { name: Transit, asns: [${PROVIDER}], metros: [] }`,
      `connections:\n  - name: bench\n    provider: Transit\n    country: NL\n    asns: [${OWNER}]\n    prefixes:`,
      ...rows,
      'options: { allowDocumentation: true }\n',
    ].join('\n'),
  );
  for (const args of [['init'], ['apply', registry]])
    execFileSync(process.execPath, [peerwatch, ...args, '--database', database], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  return database;
}
