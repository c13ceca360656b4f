// Runs seeds on as many threads as there are cores; the results come in order of seed.

import { cpus } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type SeedOptions, type SeedResult } from './seed.js';

type Answer = { readonly result: SeedResult } | { readonly error: string };

/** @param told is told how many seeds are done. */
export async function runSeeds(
  options: readonly SeedOptions[],
  told: (done: number) => void = () => undefined,
): Promise<SeedResult[]> {
  const waiting = [...options];
  const results: SeedResult[] = [];
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('seed-worker.js', import.meta.url));
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        results.push(await ask(worker, next));
        told(results.length);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(cpus().length, options.length) }, work));
  return results.sort((a, b) => a.seed - b.seed);
}

function ask(worker: Worker, options: SeedOptions): Promise<SeedResult> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (answer: Answer) => {
      worker.off('error', reject);
      if ('result' in answer) resolve(answer.result);
      else reject(new Error(`seed ${options.seed}: ${answer.error}`));
    });
    worker.postMessage(options);
  });
}
