// The spool through the pipeline: one follower a collector, each taking its files in order and deciding on arrival. What was applied
// is committed with how far each file was read, so that a restart goes on behind it; a copy of what was read before is left out.
// A fault of a file costs that file; a fault of the pipeline or of a commit ends the daemon, since what it holds in memory is then no
// longer what is stored, and the next start reads what is.

import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type EventTime } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { type Pipeline } from '../pipeline/pipeline.js';
import { type FileProgress } from '../pipeline/store.js';
import { type RouteEvent } from '../rib/route-event.js';
import { hasTwin, readFileProgress } from '../registry/files.js';
import { type Database } from '../registry/database.js';
import { type EventBatch, type ReadCounters, readEvents } from '../sources/event-file.js';
import { type FileIdentity, identifyFile } from '../sources/file-identity.js';
import { FileReplacedError } from '../sources/growing-file.js';
import { fileInput, InputError } from '../sources/input-files.js';
import { routeEventsOf } from '../sources/rib-record-events.js';
import { Frontier } from '../sources/merge.js';
import { type Spool, type SpoolFile } from '../sources/spool.js';

/** What is logged of the spool. */
export interface SpoolLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Thrown where events could not be applied or committed: state in memory and on disk differ from then on. */
export class PipelineFaultError extends Error {
  override readonly name = 'PipelineFaultError';

  constructor(action: string, cause: unknown) {
    super(`Cannot ${action}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
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
  /** A collector has files. */
  readonly onFound: (collector: string) => void;
  /** A collector has come to this event time. @returns the watermark: the least event time of the sources that are not silent. */
  readonly onReached: (collector: string, at: EventTime) => EventTime | null;
  /** Something was read and committed. */
  readonly onProgress: (collector: string) => void;
  /** A file of a collector was read to its end, and that is committed. */
  readonly onRead?: (collector: string) => void;
  /** Told of every commit of read files: seconds in the rules, and in all. */
  readonly onBatch?: (seconds: { readonly detect: number; readonly batch: number }) => void;
}

/** An identity of as many unpacked bytes is that of a file however much it grows. */
const SETTLED_IDENTITY = 1024 * 1024;

/** How long one file is worked on before everybody else gets a turn. */
const TURN_MS = 50;

/** How many damaged places of one file are logged one by one; all are counted. */
const SAID_DAMAGE = 20;

export class SpoolReader {
  readonly #options: SpoolReaderOptions;

  constructor(options: SpoolReaderOptions) {
    this.#options = options;
  }

  /**
   * Reads until the signal; the last batch is committed whole.
   *
   * @throws PipelineFaultError where what was read cannot be applied or committed.
   */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const followers: Promise<void>[] = [];
    let fault: { readonly error: unknown } | null = null;
    for await (const collector of this.#options.spool.collectors(both)) {
      this.#options.onFound(collector);
      const follower = this.#follow(collector, both).catch((error: unknown) => {
        if (both.aborted && !(error instanceof PipelineFaultError)) return; // it was looking at files when it was told to stop
        fault ??= { error };
        stop.abort('a follower failed');
      });
      followers.push(follower);
    }
    await Promise.all(followers);
    rethrow(fault);
  }

  async #follow(collector: string, signal: AbortSignal): Promise<void> {
    const { spool, logger } = this.#options;
    for await (const file of spool.files(collector, signal)) {
      try {
        await this.#read(file, signal);
      } catch (error) {
        if (error instanceof PipelineFaultError) throw error;
        if (signal.aborted) return;
        if (error instanceof FileReplacedError) {
          this.#count(collector, 'gap');
          logger.warn({ file: file.path, err: error }, 'file replaced while it was read; reading it anew');
          spool.forget(file);
          continue;
        }
        logger.error({ file: file.path, err: error }, 'cannot read the file; left alone until it is replaced');
        spool.finish(file);
      }
    }
  }

  async #read(file: SpoolFile, signal: AbortSignal): Promise<void> {
    const { db, logger, counters } = this.#options;
    const { collector, path, baseName, input } = file;
    const named = readFileProgress(db, collector, input);
    if (named?.complete === true && named.storedBytes === sizeOf(path)) {
      this.#done(file);
      return;
    }
    const known = named ?? (await this.#knownByContent(file, signal));
    if (named === null && known?.complete === true) {
      const source = counters(collector);
      source.dropped['duplicate'] = (source.dropped['duplicate'] ?? 0) + 1;
      logger.info({ file: path, of: known.name }, 'read before under another name; left out');
      this.#done(file);
      return;
    }
    const begun = known ?? newProgress(file);
    const progress = { ...begun, identity: input, name: baseName, frontier: null, complete: false };
    await new FileReading(this.#options, { file, begun, progress }).run(signal);
    this.#done(file);
  }

  /** What was read of the same content under another name; waits until the content tells, where one may be a copy of the other. */
  async #knownByContent(file: SpoolFile, signal: AbortSignal): Promise<FileProgress | null> {
    const { db } = this.#options;
    const { collector, baseName, identity, source } = file;
    const known = readFileProgress(db, collector, identity.identity);
    if (known !== null || identity.bytes >= SETTLED_IDENTITY) return known;
    if (!hasTwin(db, { collector, firstTime: identity.firstTime, otherThan: baseName })) return null;
    return readFileProgress(db, collector, (await identifyFile(source, signal)).identity);
  }

  #done(file: SpoolFile): void {
    const { onDone, spool } = this.#options;
    spool.finish(file);
    if (onDone === 'delete') rmSync(file.path, { force: true });
    if (onDone !== 'move') return;
    const folder = join(dirname(file.path), '.done');
    mkdirSync(folder, { recursive: true });
    renameSync(file.path, freeName(join(folder, basename(file.path))));
  }

  #count(collector: string, kind: string): void {
    const { errors } = this.#options.counters(collector);
    errors[kind] = (errors[kind] ?? 0) + 1;
  }
}

interface FileTask {
  readonly file: SpoolFile;
  /** What an earlier run applied of it. */
  readonly begun: FileProgress;
  readonly progress: FileProgress;
}

/** One file being read. */
class FileReading {
  readonly #options: SpoolReaderOptions;
  readonly #file: SpoolFile;
  readonly #begun: FileProgress;
  readonly #frontier: Frontier | null;
  #progress: FileProgress;
  #damaged = 0;
  /** Process clock, milliseconds: when the batch began, and how long its events took so far. */
  #batchSince = performance.now();
  #applying = 0;
  /** When this file's turn began. */
  #tookOver = performance.now();

  constructor(options: SpoolReaderOptions, { file, begun, progress }: FileTask) {
    this.#options = options;
    this.#file = file;
    this.#begun = begun;
    this.#progress = progress;
    this.#frontier = begun.frontier === null ? null : new Frontier(begun.frontier);
  }

  /** Reads to the end of the file. The events of its end and that it is complete are one commit: they are applied once. */
  async run(signal: AbortSignal): Promise<void> {
    const { logger } = this.#options;
    const { path, collector } = this.#file;
    for await (const batch of this.#events(signal)) {
      const isEnd = batch.floor === Infinity;
      const identity = isEnd ? await this.#wholeIdentity(signal) : null;
      this.#batchSince = this.#tookOver = performance.now();
      await this.#apply(batch, signal, () => this.#commitRead(batch, isEnd, identity));
    }
    if (this.#damaged > SAID_DAMAGE)
      logger.warn({ file: path, places: this.#damaged - SAID_DAMAGE }, 'and further places that were not interpreted');
    this.#guarded('look at its sessions', () => this.#options.onRead?.(collector));
    logger.info({ file: path, collector, records: this.#progress.records }, 'file read');
  }

  #events(signal: AbortSignal): AsyncGenerator<EventBatch> {
    const { pipeline, figures, counters } = this.#options;
    const { source, collector, input, baseName } = this.#file;
    const { order, transfer } = figures();
    return readEvents({
      source,
      collector,
      identity: input,
      file: baseName,
      related: {
        isRelated: (prefix) => pipeline().engine.policies.isRelated(prefix),
        isRelatedNlri: (bytes, offset, length, afi) =>
          pipeline().engine.policies.isRelatedNlri(bytes, offset, length, afi),
      },
      figures: { ...order, quiet: transfer.quiet },
      counters: counters(collector),
      countFrom: this.#begun.records,
      onDamage: (damage) => this.#noteDamage(damage),
      signal,
    });
  }

  #noteDamage(damage: string): void {
    this.#progress = { ...this.#progress, damage: this.#progress.damage ?? damage };
    if (++this.#damaged > SAID_DAMAGE) return;
    this.#options.logger.warn({ file: this.#file.path, damage }, 'a part of the file was not interpreted');
  }

  #isApplied(event: RouteEvent): boolean {
    return this.#frontier === null ? event.record < this.#begun.records : this.#frontier.isBehind(event);
  }

  /** The identity of all that was read, under which a copy is known; null where the file has gone meanwhile. */
  async #wholeIdentity(signal: AbortSignal): Promise<FileIdentity | null> {
    const { identity, path } = this.#file;
    if (identity.bytes >= SETTLED_IDENTITY) return identity;
    return identifyFile(fileInput(path, null), signal).catch((error: unknown) => {
      if (error instanceof InputError) return null;
      throw error;
    });
  }

  /**
   * Applies what is new of a batch, then runs `commit`. A full batch of the pipeline is committed between two records, with all before
   * the second one applied. Nobody else gets a turn but right behind a commit: whenever what was applied here is committed, where this
   * file stands is committed with it.
   */
  async #apply({ events, floor }: EventBatch, signal: AbortSignal, commit: () => void): Promise<void> {
    const { pipeline, counters } = this.#options;
    const { dropped } = counters(this.#file.collector);
    let began = performance.now();
    let unknown = 0;
    let record = -1;
    for (const event of routeEventsOf(events)) {
      if (floor !== Infinity && this.#isApplied(event)) continue;
      if (event.record !== record && pipeline().isFull(event.order)) {
        this.#applying += performance.now() - began;
        this.#commit([{ ...this.#progress, records: Math.max(this.#progress.records, event.record) }]);
        await this.#letOthers(signal);
        began = performance.now();
      }
      record = event.record;
      this.#reached(event.order);
      unknown -= pipeline().engine.counters.unknownOrigin;
      this.#guarded('apply a record', () => pipeline().apply(event));
      unknown += pipeline().engine.counters.unknownOrigin;
    }
    dropped['unknown-origin'] = (dropped['unknown-origin'] ?? 0) + unknown;
    this.#applying += performance.now() - began;
    commit();
  }

  #commitRead(batch: EventBatch, isEnd: boolean, identity: FileIdentity | null): void {
    if (batch.newest !== null) this.#reached(batch.newest);
    this.#progress = { ...this.#progress, ...positionOf(batch, this.#progress) };
    if (isEnd) this.#commitEnd(identity);
    else this.#commit([this.#progress]);
  }

  /** After a while of work: signals, pings and requests are looked at, other collectors go on. */
  async #letOthers(signal: AbortSignal): Promise<void> {
    if (performance.now() - this.#tookOver < TURN_MS) return;
    await setImmediate();
    signal.throwIfAborted();
    this.#tookOver = performance.now();
    this.#batchSince = this.#tookOver;
  }

  #reached(at: EventTime): void {
    const { onReached, pipeline } = this.#options;
    const watermark = onReached(this.#file.collector, at);
    if (watermark !== null) this.#guarded('move the watermark', () => pipeline().engine.advance(watermark));
  }

  #commitEnd(identity: FileIdentity | null): void {
    const { path, source } = this.#file;
    const end = { ...this.#progress, complete: true, storedBytes: source.position || sizeOf(path) };
    this.#progress = end;
    this.#commit(identity === null ? [end] : [end, { ...end, identity: identity.identity }]);
  }

  #commit(files: readonly FileProgress[]): void {
    const { pipeline, onProgress, onBatch = () => undefined } = this.#options;
    this.#guarded('commit a batch', () => pipeline().commit(files));
    const now = performance.now();
    onBatch({ detect: this.#applying / 1000, batch: (now - this.#batchSince) / 1000 });
    this.#applying = 0;
    this.#batchSince = now;
    onProgress(this.#file.collector);
  }

  #guarded(action: string, act: () => unknown): void {
    try {
      act();
    } catch (error) {
      throw new PipelineFaultError(action, error);
    }
  }
}

function rethrow(fault: { readonly error: unknown } | null): void {
  if (fault !== null) throw fault.error as Error;
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

/** The path, with a number behind it where there is such a file already: writers that rename in use one name again and again. */
function freeName(path: string): string {
  let free = path;
  for (let number = 1; existsSync(free); number++) free = `${path}.${number}`;
  return free;
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}
