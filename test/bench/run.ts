// `npm run bench`: the targets of targets.ts, one line each: rate, peak memory, and the ratio to what it is measured against in the same run.
//
//   npm run bench                     all, best of 5, on the real files beside the checkout (or a made stream), unpacked, >= 200 MB
//   npm run bench -- P1 P5            those alone
//   npm run bench -- --quick          once each on a small made stream: does it run
//
// It never fails for speed.

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { drawPrefixes, makeCorpus } from './inputs.js';
import { TABLE_TARGETS } from './table-targets.js';
import { TARGETS } from './targets.js';

const quick = process.argv.includes('--quick');
const names = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
const runs = quick ? 1 : 5;

const isAsked = ({ name }: { readonly name: string }): boolean => names.length === 0 || names.includes(name);
const folder = mkdtempSync(join(tmpdir(), 'peerwatch-bench-'));
try {
  const machine = `${cpus()[0]?.model ?? 'unknown'} x ${cpus().length}, Node ${process.version}`;
  console.log(`${machine}; best of ${runs}; npm run bench -- ${process.argv.slice(2).join(' ')}`);
  if (TARGETS.some(isAsked)) await measureCorpus();
  for (const { name, work, measure } of TABLE_TARGETS.filter(isAsked))
    console.log(`${name.padEnd(3)} ${work.padEnd(42)} ${await measure({ folder, runs, quick })}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The targets that read one corpus of updates. */
async function measureCorpus(): Promise<void> {
  const { once, long } = await makeCorpus(folder, { quick, times: quick ? 2 : 4 });
  const wanted = drawPrefixes(once, join(folder, 'wanted.txt'), { count: 10_000, seed: 1 });
  console.log(`${long.megabytes.toFixed(0)} MB of updates`);
  for (const { name, work, measure } of TARGETS.filter(isAsked)) {
    const found = await measure({ folder, runs, quick, once, long, wanted });
    const memory = found === null ? '' : `${(found.ours.peakKilobytes / 1024).toFixed(0)} MiB`;
    const speed = found === null ? '' : `${found.megabytesPerSecond.toFixed(1)} MB/s`;
    console.log(
      `${name.padEnd(3)} ${work.padEnd(42)} ${speed.padStart(11)} ${memory.padStart(8)}  ${found?.text ?? 'its yardstick is not installed'}`,
    );
  }
}
