// The spool through the pipeline: one follower a collector, each taking its files in order and deciding on arrival. What was applied
// is committed with how far each file was read, so that a restart goes on behind it; a copy of what was read before is left out.

import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type EventTime } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { type Pipeline } from '../pipeline/pipeline.js';
import { type FileProgress } from '../pipeline/store.js';
import { type RouteEvent } from '../rib/route-event.js';
import { readFileProgress } from '../registry/files.js';
import { type Database } from '../registry/database.js';
import { type EventBatch, type ReadCounters, readEvents } from '../sources/event-file.js';
import { identifyFile } from '../sources/file-identity.js';
import { FileReplacedError } from '../sources/growing-file.js';
import { fileInput } from '../sources/input-files.js';
import { Frontier } from '../sources/merge.js';
import { type Spool, type SpoolFile } from '../sources/spool.js';

/** What is logged of the spool. */
export interface SpoolLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface SpoolReaderOptions {
  readonly spool: Spool;
  readonly onDone: 'keep' | 'delete' | 'move';
  readonly db: Database;
  /** The pipeline of now; a reload of the configuration replaces it. */
  readonly pipeline: () => Pipeline;
  readonly figures: () => DetectionFigures;
  readonly counters: (collector: string) => ReadCounters;
  readonly logger: SpoolLogger;
  /** Something was read and committed. */
  readonly onProgress: (collector: string) => void;
  /** The watermark after a batch: the least event time of the sources that are not silent. */
  readonly watermark: () => EventTime | null;
}

export class SpoolReader {
  readonly #options: SpoolReaderOptions;

  constructor(options: SpoolReaderOptions) {
    this.#options = options;
  }

  /** Reads until the signal; the last batch is committed whole. */
  async run(signal: AbortSignal): Promise<void> {
    const followers: Promise<void>[] = [];
    for await (const collector of this.#options.spool.collectors(signal))
      followers.push(this.#follow(collector, signal));
    await Promise.all(followers);
  }

  async #follow(collector: string, signal: AbortSignal): Promise<void> {
    const { spool, logger } = this.#options;
    for await (const file of spool.files(collector, signal)) {
      try {
        await this.#read(file, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof FileReplacedError) {
          this.#count(collector, 'gap');
          logger.warn({ file: file.path, err: error }, 'file replaced while it was read; reading it anew');
          continue;
        }
        logger.error({ file: file.path, err: error }, 'cannot read the file; left alone until it is replaced');
        spool.finish(file);
      }
    }
  }

  async #read(file: SpoolFile, signal: AbortSignal): Promise<void> {
    const { db, spool, logger, counters } = this.#options;
    const { collector, path, baseName, input, identity } = file;
    const named = readFileProgress(db, collector, input);
    const known = readFileProgress(db, collector, identity.identity);
    if (named?.complete === true && named.storedBytes === sizeOf(path)) {
      spool.finish(file);
      return;
    }
    if (named === null && known?.complete === true) {
      const source = counters(collector);
      source.dropped['duplicate'] = (source.dropped['duplicate'] ?? 0) + 1;
      logger.info({ file: path, of: known.name }, 'read before under another name; left out');
      this.#done(file);
      return;
    }
    const begun = named ?? known ?? newProgress(file);
    const frontier = begun.frontier === null ? null : new Frontier(begun.frontier);
    let progress: FileProgress = { ...begun, identity: input, name: baseName, frontier: null, complete: false };
    const events = readEvents({
      source: file.source,
      collector,
      identity: input,
      file: baseName,
      related: { isRelated: (prefix) => this.#options.pipeline().engine.policies.isRelated(prefix) },
      figures: this.#sourceFigures(),
      counters: counters(collector),
      onDamage: (damage) => {
        progress = { ...progress, damage: progress.damage ?? damage };
        logger.warn({ file: path, damage }, 'a part of the file was not interpreted');
      },
      signal,
    });
    for await (const batch of events) {
      const isApplied = (event: RouteEvent): boolean =>
        frontier === null ? event.record < begun.records : frontier.isBehind(event);
      this.#apply(
        batch.events.filter((event) => !isApplied(event)),
        progress,
      );
      progress = { ...progress, ...positionOf(batch, progress) };
      this.#commit(collector, [progress]);
    }
    if (signal.aborted) return;
    const whole = await identifyFile(fileInput(path, null), signal);
    progress = { ...progress, complete: true, frontier: null, storedBytes: sizeOf(path) };
    this.#commit(collector, [progress, { ...progress, identity: whole.identity }]);
    logger.info({ file: path, collector, records: progress.records }, 'file read');
    this.#done(file);
  }

  /** Applies events; a full batch is committed between two records, with all before the second one applied. */
  #apply(events: readonly RouteEvent[], progress: FileProgress): void {
    let record = -1;
    for (const event of events) {
      const pipeline = this.#options.pipeline();
      if (event.record !== record && pipeline.isFull(event.order)) {
        this.#commit(event.collector, [
          { ...progress, records: Math.max(progress.records, event.record), frontier: null },
        ]);
      }
      record = event.record;
      pipeline.apply(event);
    }
  }

  #commit(collector: string, files: readonly FileProgress[]): void {
    const pipeline = this.#options.pipeline();
    const watermark = this.#options.watermark();
    if (watermark !== null) pipeline.engine.advance(watermark);
    pipeline.commit(files);
    this.#options.onProgress(collector);
  }

  #done(file: SpoolFile): void {
    const { onDone, spool } = this.#options;
    spool.finish(file);
    if (onDone === 'delete') rmSync(file.path, { force: true });
    if (onDone !== 'move') return;
    const folder = join(dirname(file.path), '.done');
    mkdirSync(folder, { recursive: true });
    renameSync(file.path, join(folder, basename(file.path)));
  }

  #count(collector: string, kind: string): void {
    const { errors } = this.#options.counters(collector);
    errors[kind] = (errors[kind] ?? 0) + 1;
  }

  #sourceFigures() {
    const { order, transfer } = this.#options.figures();
    return { ...order, quiet: transfer.quiet, minUp: transfer.minUp };
  }
}

function positionOf({ records, offset, newest }: EventBatch, { records: before }: FileProgress) {
  return records < before ? {} : { records, offset, lastTime: newest };
}

function newProgress({ collector, input, baseName, identity }: SpoolFile): FileProgress {
  return {
    collector,
    identity: input,
    name: baseName,
    firstTime: identity.firstTime,
    lastTime: null,
    records: 0,
    offset: 0,
    frontier: null,
    complete: false,
    storedBytes: null,
    damage: null,
  };
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}
