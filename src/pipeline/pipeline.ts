// The pipeline: feeds the engine and commits what it changed, batch by batch, each in one transaction with the positions of the
// inputs. A batch is at most 10 000 route changes or 1 s of event time. Used by `run` and `replay` alike.

import { type EventTime, SECOND } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { PolicyTable, type PrefixPolicy } from '../detection/policy.js';
import { noReferenceData, type ReferenceData } from '../detection/reference-data.js';
import { type PrefixEvent } from '../incidents/prefix-event.js';
import { type RouteEvent } from '../rib/route-event.js';
import { Engine } from './engine.js';
import { type SessionBootstrap } from './route-log.js';
import { type Batch, type FileProgress, type ReferenceSummary, type RouteRow, type Store } from './store.js';

export interface PipelineOptions {
  readonly store: Store;
  readonly policies: readonly PrefixPolicy[];
  /** Generation of the registry that `policies` are of. */
  readonly generation: number;
  readonly figures: DetectionFigures;
  /** What rules rest on beside the registry. Default none. */
  readonly reference?: ReferenceData;
  /** Most route changes in a batch. */
  readonly maxChanges?: number;
  /** Most event time in a batch, microseconds. */
  readonly maxSpan?: EventTime;
  /** Leave the stored routes to `restore`; else the pipeline is whole when it is made. */
  readonly restoreLater?: boolean;
  /** A log of route changes is kept; these bootstraps are in it. Default null: none is. */
  readonly routeLog?: Iterable<SessionBootstrap> | null;
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
  /** The reference data that is stored. */
  #storedReference: ReferenceSummary;
  /** The stored routes still to be restored, and whether the registry changed since they were stored; null once that is done. */
  #restoring: { readonly routes: Iterator<RouteRow>; readonly changed: boolean } | null;

  /** Restores the state of the store; where registry or reference data changed since, every stored route is judged anew. */
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
    this.engine.useReference(options.reference ?? noReferenceData);
    this.engine.load(snapshot);
    if (options.routeLog) this.engine.log.keep(options.routeLog);
    this.#storedReference = snapshot.reference ?? summaryOf(noReferenceData);
    const changed = snapshot.generation !== null && snapshot.generation !== generation;
    this.#restoring = { routes: snapshot.routes[Symbol.iterator](), changed };
    if (options.restoreLater !== true) this.restore(Infinity);
  }

  /**
   * Restores up to `most` stored routes. Until all are there nothing may be applied or committed: a verdict on half a table is none.
   *
   * @returns true where all are restored.
   */
  restore(most: number): boolean {
    if (this.#restoring === null) return true;
    const { routes, changed } = this.#restoring;
    for (let i = 0; i < most; i++) {
      const next = routes.next();
      if (next.done !== true) {
        this.engine.restoreRoute(next.value);
        continue;
      }
      this.#restoring = null;
      this.engine.restored();
      this.#dirty = changed || this.engine.reference.version !== this.#storedReference.version;
      if (this.#dirty) this.engine.reconfigure(this.engine.policies);
      return true;
    }
    return false;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Takes reference data before the stored routes are whole: they are judged under it when they are. */
  useReference(reference: ReferenceData): void {
    if (this.#restoring === null) throw new Error('Cannot take reference data so late: the stored routes are judged');
    this.engine.useReference(reference);
  }

  /** Takes a changed registry, or changed reference data. */
  reconfigure(
    policies: readonly PrefixPolicy[],
    generation: number,
    reference: ReferenceData = this.engine.reference,
  ): void {
    this.#mustBeWhole();
    this.#generation = generation;
    this.engine.reconfigure(new PolicyTable(policies), reference);
    this.#dirty = true;
  }

  /** Applies one event; the caller has moved the watermark. */
  apply(event: RouteEvent): void {
    this.#mustBeWhole();
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
    this.#mustBeWhole();
    const summary = summaryOf(this.engine.reference);
    const reference = isSameSummary(summary, this.#storedReference) ? null : summary;
    const batch = { ...this.engine.takeBatch(), generation: this.#generation, reference, files };
    this.#store.commit(batch);
    this.#storedReference = summary;
    this.#batchSince = null;
    this.#dirty = false;
    this.#onCommit(batch);
    return batch.events;
  }

  #mustBeWhole(): void {
    if (this.#restoring !== null) throw new Error('Cannot go on: the stored routes are still being restored');
  }
}

function summaryOf({ version, vrps, aspas, relationships }: ReferenceData): ReferenceSummary {
  return {
    version,
    vrps: vrps?.size ?? null,
    aspas: aspas?.size ?? null,
    relationships: relationships?.size ?? null,
  };
}

/** The VRPs of one version are others where the registry is another. */
function isSameSummary(a: ReferenceSummary, b: ReferenceSummary): boolean {
  return a.version === b.version && a.vrps === b.vrps;
}

/** A store that keeps nothing: `replay --dry-run`. */
export const nothingStored: Store = {
  load: () => ({
    generation: null,
    reference: null,
    watermark: null,
    sessions: [],
    routes: [],
    withdrawn: [],
    prefixes: [],
    baseline: [],
    incidents: [],
    dumps: [],
    monitors: [],
    links: [],
    linkProgress: null,
  }),
  commit: () => undefined,
};
