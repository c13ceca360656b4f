// Many files counted at once (`--format none`): each is read, unpacked and scanned by one of as many threads as there are cores. A thread
// asks for its next file when it is done with one; what it found is told in the order of the inputs, so that nothing of the output depends on the
// number of threads. One input, small ones, and what can be read once only are the caller's own work.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type FilterOptions } from '../mrt/element-filter.js';
import { type InputFile } from '../sources/input-files.js';
import { type LossReport } from './record-dump.js';
import { type DumpCounts } from './stats.js';

/** Files of fewer bytes than this together are counted before a second thread would have started. */
const WORTH_THREADS = 4 * 1024 * 1024;

/** How to count: plain data, since it goes to other threads. */
export interface CountOptions {
  /** Prefixes as text. */
  readonly filter: Omit<FilterOptions, 'prefixes'> & { readonly prefixes: readonly string[] };
  readonly countAll: boolean;
  /** Losses told one by one; the others are counted. */
  readonly maxLosses: number;
}

/** One file to count. */
export interface CountTask {
  readonly number: number;
  readonly path: string;
  readonly size: number;
  readonly collector: string;
}

/** What was found of one input. */
export interface CountReport {
  readonly number: number;
  readonly counts: DumpCounts;
  readonly losses: readonly LossReport[];
  /** Losses that are not among these. */
  readonly moreLosses: number;
  /** Records whose framing was corrected. */
  readonly corrected: number;
  /** Why it could not be read (to its end), in words; null where it could. */
  readonly failure: string | null;
}

/** What a thread says: bytes read of its file as stored, or that it is done with it. */
export type CountMessage = { readonly read: number } | { readonly report: CountReport };

export interface CountListener {
  /** The name of the collector of an input. */
  readonly collectorOf: (input: InputFile) => string;
  readonly onRead: (bytes: number) => void;
  /** Told of each input, in their order. */
  readonly onReport: (input: InputFile, report: CountReport) => void;
}

/** How many threads would count `inputs`; 1 = not worth any. */
export function countThreads(inputs: readonly InputFile[], cores = availableParallelism()): number {
  const files = inputs.every(({ size }) => size !== null);
  const bytes = inputs.reduce((sum, { size }) => sum + (size ?? 0), 0);
  return files && bytes >= WORTH_THREADS ? Math.min(cores, inputs.length) : 1;
}

/** Counts files with so many threads. @throws what a thread did not expect. */
export async function countInputs(
  inputs: readonly InputFile[],
  threads: number,
  options: CountOptions,
  listener: CountListener,
): Promise<void> {
  const waiting = inputs.map(({ name: path, size }, number) => {
    return { number, path, size: size ?? 0, collector: listener.collectorOf(inputs[number]) };
  });
  const done = new Map<number, CountReport>();
  let told = 0;
  const tell = (report: CountReport): void => {
    done.set(report.number, report);
    for (let next = done.get(told); next !== undefined; next = done.get(++told)) {
      done.delete(told);
      listener.onReport(inputs[told], next);
    }
  };
  const workers = Array.from({ length: threads }, () => newWorker(options));
  try {
    await Promise.all(workers.map((worker) => serve(worker, waiting, { tell, onRead: listener.onRead })));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function newWorker(workerData: CountOptions): Worker {
  return new Worker(new URL('count-worker.js', import.meta.url), { workerData });
}

/** Gives a thread file after file until none is waiting. */
function serve(
  worker: Worker,
  waiting: CountTask[],
  { tell, onRead }: { readonly tell: (report: CountReport) => void; readonly onRead: (bytes: number) => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const task = waiting.shift();
      if (task === undefined) resolve();
      else worker.postMessage(task);
    };
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`Cannot count: a thread ended with ${code}`)));
    worker.on('message', (message: CountMessage) => {
      if ('read' in message) onRead(message.read);
      else {
        tell(message.report);
        next();
      }
    });
    next();
  });
}
