// The workers that make lines (line-worker.ts), one a core, and the memory shared with them. Started when first asked for.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type LineAnswer, LineSlot } from './line-slot.js';

export interface LinePoolOptions {
  /** How many workers; by default one a core. */
  readonly workers?: number;
  /** Unpacked bytes of an input that are not worth a worker. */
  readonly from?: number;
}

/** Runs that a worker may have at once: one in hand, one waiting. */
const SLOTS_PER_WORKER = 2;

/** Workers for the lines of large inputs. To be closed by who made it. */
export class LinePool {
  readonly from: number;
  readonly #count: number;
  #workers: LineWorker[] = [];
  /** Slot n belongs to worker n modulo their number. */
  readonly #free: LineSlot[] = [];
  #made = 0;

  constructor({ workers = availableParallelism(), from = 4 << 20 }: LinePoolOptions = {}) {
    this.#count = workers;
    this.from = from;
  }

  /** How many runs should be under way at once. */
  get limit(): number {
    return this.#count * SLOTS_PER_WORKER;
  }

  /** A slot to fill, the one that has been free longest. */
  takeSlot(): LineSlot {
    return this.#free.shift() ?? new LineSlot(this.#made++);
  }

  /** Has the lines of what is in a slot made. Rejects where the worker fails. */
  run(slot: LineSlot): Promise<LineAnswer> {
    while (this.#workers.length < this.#count) this.#workers.push(new LineWorker());
    return this.#workers[slot.number % this.#count].run(slot);
  }

  /** Takes a slot back. */
  reuse(slot: LineSlot): void {
    this.#free.push(slot);
  }

  async close(): Promise<void> {
    const workers = this.#workers;
    this.#workers = [];
    await Promise.all(workers.map((worker) => worker.close()));
  }
}

/** One worker; it answers in the order in which it was asked. */
class LineWorker {
  readonly #worker = new Worker(new URL('./line-worker.js', import.meta.url));
  readonly #waiting: {
    readonly slot: LineSlot;
    readonly resolve: (answer: LineAnswer) => void;
    readonly reject: (error: Error) => void;
  }[] = [];

  constructor() {
    this.#worker.on('message', (answer: LineAnswer) => {
      const asked = this.#waiting.shift();
      asked?.slot.takeAnswer(answer);
      asked?.resolve(answer);
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`Cannot go on: a worker ended with ${code}`)));
  }

  run(slot: LineSlot): Promise<LineAnswer> {
    this.#worker.postMessage(slot.job());
    return new Promise((resolve, reject) => this.#waiting.push({ slot, resolve, reject }));
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
