// The threads that count the slices of one large plain file (slice-worker.ts), this one among them: while it waits for a slice it counts
// others. The threads start when the crew is made, so that they are there when the filter and the beginning of the file have been read.

import { readSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type SliceAnswer, SliceCounter, type SliceJob } from './slice.js';
import { SliceTurns } from './slice-turns.js';

/** Threads and the answers they gave. To be closed by who made it. */
export class SliceCrew {
  readonly #workers: readonly Worker[];
  readonly #answers = new Map<number, SliceAnswer>();
  #turns: SliceTurns | null = null;
  #counter: SliceCounter | null = null;
  #failure: Error | null = null;
  #wake: () => void = () => undefined;

  /** @param threads how many count, this one included. */
  constructor(threads: number) {
    this.#workers = Array.from({ length: threads - 1 }, () => this.#newWorker());
  }

  /** Has the slices counted. @param file the open file, for those counted here. */
  begin(job: SliceJob, file: number): void {
    const turns = (this.#turns = SliceTurns.create(job.count));
    this.#counter = new SliceCounter(job, (buffer, at) => readSync(file, buffer, 0, buffer.length, at));
    for (const worker of this.#workers) worker.postMessage({ job, turns: turns.memory });
  }

  /** What was found of a slice, to be asked for in their order. @throws what a thread did not expect. */
  async answer(number: number): Promise<SliceAnswer> {
    this.#turns!.allow(number);
    for (;;) {
      const known = this.#answers.get(number);
      this.#answers.delete(number);
      if (known !== undefined) return known;
      if (this.#failure !== null) throw this.#failure;
      const slice = this.#turns!.take();
      if (slice === number) return this.#counter!.count(slice);
      if (slice >= 0) {
        this.#answers.set(slice, this.#counter!.count(slice));
        await turn(); // for what the others say meanwhile
      } else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** No more answers are wanted. */
  stop(): void {
    this.#turns?.close();
  }

  async close(): Promise<void> {
    this.stop();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #newWorker(): Worker {
    const worker = new Worker(new URL('slice-worker.js', import.meta.url));
    worker.on('message', (answer: SliceAnswer) => {
      this.#answers.set(answer.slice, answer);
      this.#wake();
    });
    worker.on('error', (error) => {
      this.#failure = error;
      this.#wake();
    });
    return worker;
  }
}
