// The pipeline: feeds the engine and commits what it changed, batch by batch, each in one transaction with the positions of the
// inputs. A batch is at most 10 000 route changes or 1 s of event time. Used by `run` and `replay` alike.

import { type EventTime, SECOND } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { PolicyTable, type PrefixPolicy } from '../detection/policy.js';
import { type PrefixEvent } from '../incidents/prefix-event.js';
import { type RouteEvent } from '../rib/route-event.js';
import { Engine } from './engine.js';
import { type Batch, type FileProgress, type Store } from './store.js';

export interface PipelineOptions {
  readonly store: Store;
  readonly policies: readonly PrefixPolicy[];
  /** Generation of the registry that `policies` are of. */
  readonly generation: number;
  readonly figures: DetectionFigures;
  /** Most route changes in a batch. */
  readonly maxChanges?: number;
  /** Most event time in a batch, microseconds. */
  readonly maxSpan?: EventTime;
  /** Called after every commit, with what was committed. */
  readonly onCommit?: (batch: Batch) => void;
  /** Told of every event that came too late to be applied, by its collector. */
  readonly onLate?: (collector: string) => void;
}

export class Pipeline {
  readonly engine: Engine;
  readonly #store: Store;
  readonly #maxChanges: number;
  readonly #maxSpan: EventTime;
  readonly #onCommit: (batch: Batch) => void;
  #generation: number;
  #batchSince: EventTime | null = null;
  #dirty = false;

  /** Restores the state of the store; where the registry changed since, every stored route is judged anew. */
  constructor(options: PipelineOptions) {
    const {
      store,
      policies,
      generation,
      figures,
      maxChanges = 10_000,
      maxSpan = SECOND,
      onCommit = () => undefined,
    } = options;
    this.#store = store;
    this.#maxChanges = maxChanges;
    this.#maxSpan = maxSpan;
    this.#onCommit = onCommit;
    this.#generation = generation;
    const snapshot = store.load();
    this.engine = new Engine(new PolicyTable(policies), figures, options.onLate);
    this.engine.load(snapshot);
    if (snapshot.generation !== null && snapshot.generation !== generation) {
      this.engine.reconfigure(this.engine.policies);
      this.#dirty = true;
    }
  }

  get generation(): number {
    return this.#generation;
  }

  /** Takes a changed registry. */
  reconfigure(policies: readonly PrefixPolicy[], generation: number): void {
    this.#generation = generation;
    this.engine.reconfigure(new PolicyTable(policies));
    this.#dirty = true;
  }

  /** Applies one event; the caller has moved the watermark. */
  apply(event: RouteEvent): void {
    this.engine.apply(event);
    this.#dirty = true;
    this.#batchSince ??= event.order;
  }

  /** True where the batch is full at this event time: time to `commit`. */
  isFull(now: EventTime): boolean {
    if (!this.#dirty || this.#batchSince === null) return false;
    return this.engine.routeChanges >= this.#maxChanges || now >= this.#batchSince + this.#maxSpan;
  }

  /** Writes what changed, and how far the inputs are applied, in one transaction. @returns the events of the batch. */
  commit(files: readonly FileProgress[]): readonly PrefixEvent[] {
    const batch = { ...this.engine.takeBatch(), generation: this.#generation, files };
    this.#store.commit(batch);
    this.#batchSince = null;
    this.#dirty = false;
    this.#onCommit(batch);
    return batch.events;
  }
}

/** A store that keeps nothing: `replay --dry-run`. */
export const nothingStored: Store = {
  load: () => ({
    generation: null,
    watermark: null,
    sessions: [],
    routes: [],
    withdrawn: [],
    prefixes: [],
    baseline: [],
    incidents: [],
    dumps: [],
  }),
  commit: () => undefined,
};
