// `npm run fuzz`: damaged records into the parser, on all cores, for 10 minutes.
//
//   npm run fuzz -- --seconds 60 --inputs 100000000 --seed 7 --workers 2
//
// Whichever of seconds and inputs is reached first ends it. The same seed, inputs and workers give the same inputs. What breaks is written
// to fuzz-failures/ as hex, to be put under test/fuzz/corpus with the mend. Exit 1 where anything broke, or a thread stood still.

import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type Tally } from './fuzz.js';

/** A thread that says nothing for so long hangs in one input. */
const HANGS_AFTER_MS = 60_000;
/** The heap of a thread: what one input may take at most, beside the corpus. More ends the thread with an error. */
const HEAP_MB = 256;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    inputs: { type: 'string', default: '1e12' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});
const workers = Number(values.workers);
const seed = Number(values.seed);
const inputs = Math.ceil(Number(values.inputs) / workers);
const began = Date.now();
const until = began + Number(values.seconds) * 1000;
const done = new Array<number>(workers).fill(0);

const seconds = (): number => (Date.now() - began) / 1000;
const total = (): number => done.reduce((a, b) => a + b, 0);

function runWorker(index: number): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const workerData = { seed: seed + index, inputs, until };
    const worker = new Worker(new URL('worker.js', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    let heard = Date.now();
    const watch = setInterval(() => {
      if (Date.now() - heard < HANGS_AFTER_MS) return;
      reject(new Error(`worker ${index}, seed ${seed + index}, hangs after ${done[index]} inputs`));
      void worker.terminate();
    }, 1000);
    worker.on('message', (message: { done?: number; tally?: Tally }) => {
      heard = Date.now();
      if (message.done !== undefined) done[index] = message.done;
      if (message.tally !== undefined) resolve(message.tally);
    });
    worker.on('error', reject);
    worker.on('exit', () => clearInterval(watch));
  });
}

const progress = setInterval(
  () => {
    const line = `${total()} inputs, ${Math.round(total() / seconds())} a second, ${process.memoryUsage.rss() >> 20} MiB`;
    process.stderr.write(process.stderr.isTTY ? `\r${line} ` : `${line}\n`);
  },
  process.stderr.isTTY ? 1000 : 30_000,
);
const tallies = await Promise.all(Array.from({ length: workers }, (_, index) => runWorker(index)));
clearInterval(progress);

const sum = (of: (tally: Tally) => number): number => tallies.reduce((all, tally) => all + of(tally), 0);
const failures = tallies.flatMap(({ failures: some }) => some);
const all = sum((tally) => tally.inputs);
console.log(
  `${all} inputs in ${seconds().toFixed(0)} s (${Math.round(all / seconds())} a second), seed ${seed}, ${workers} workers: ` +
    `${sum((tally) => tally.decoded)} decoded, ${sum((tally) => tally.refused)} refused, ` +
    `${sum((tally) => tally.streams)} streams, peak RSS ${process.resourceUsage().maxRSS >> 10} MiB, ${failures.length} failures`,
);
for (const [index, { input, error }] of failures.entries()) {
  mkdirSync('fuzz-failures', { recursive: true });
  const name = `fuzz-failures/${seed}-${index}.hex`;
  writeFileSync(name, `# ${error}\n${Buffer.from(input).toString('hex')}\n`);
  console.log(`${error}: ${name}`);
}
process.exitCode = failures.length > 0 ? 1 : 0;
