// The daemon: opens everything, runs the spool through the pipeline, keeps registry and configuration current, answers HTTP, tells
// systemd how it is, and closes everything in reverse order when it is told to stop. The composition root of `run` and `start`.

import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { type Logger } from 'pino';
import { type ListenAddress, parseListen } from '../api/listen-address.js';
import { type ApiServer, startServer } from '../api/server.js';
import { type PrefixPolicy, PolicyTable } from '../detection/policy.js';
import { type ReferenceData } from '../detection/reference-data.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { type Batch } from '../pipeline/store.js';
import { type Database, openDatabase } from '../registry/database.js';
import { lockDatabase } from '../registry/database-lock.js';
import { SqliteStore } from '../registry/pipeline-store.js';
import { loadPolicies, registryGeneration } from '../registry/policies.js';
import { openRouteLog } from '../registry/route-log.js';
import { collectorHealth } from '../registry/routes.js';
import { readRpkiPayloads, writeRpkiPayloads, writeRpkiStatus } from '../registry/rpki-state.js';
import { type ReadCounters } from '../sources/event-file.js';
import { Spool } from '../sources/spool.js';
import { Metrics } from '../telemetry/metrics.js';
import { createStats, observe, sourceStats } from '../telemetry/stats.js';
import { ActivityLog } from './activity-log.js';
import { ConfigError } from './config-error.js';
import { type LoadedConfig } from './config.js';
import { carryOutResolutions } from './operator-requests.js';
import { ReferenceKeeper } from './reference-keeper.js';
import { type RpkiSettings } from './rpki-settings.js';
import { Retention } from './retention.js';
import { SdNotify } from './sd-notify.js';
import { type Shutdown } from './shutdown.js';
import { SourceHealth } from './source-health.js';
import { SourceSilence } from './source-silence.js';
import { SpoolReader } from './spool-reader.js';
import { refreshGauges } from './stats-view.js';

export interface DaemonOptions {
  readonly database: string;
  readonly loaded: LoadedConfig;
  /** Reads the configuration again, at SIGHUP. */
  readonly reload: () => LoadedConfig;
  readonly logger: Logger;
  readonly shutdown: Shutdown;
  readonly version: string;
  /** Told of every commit: `start` prints events. */
  readonly onCommit?: (batch: Batch) => void;
}

/** What is registered, and the generation that it is of. */
interface Registry {
  readonly policies: readonly PrefixPolicy[];
  readonly generation: number;
}

/** Routes restored between two looks at what else there is to do: some 20 ms. */
const SLICE_ROUTES = 5000;

/** How often the registry, files of reference data and requests of operators are looked at. */
const POLL_MS = 2000;

/** How often the size of the database is looked at, and how often old rows are. */
const EVICT_MS = 60_000;
const PRUNE_MS = 3600_000;

/** A running daemon. */
export class Daemon {
  readonly #options: DaemonOptions;
  readonly #stats = createStats();
  readonly #health = new SourceHealth();
  readonly #silence = new SourceSilence();
  readonly #notify: SdNotify;
  readonly #db: Database;
  readonly #activity: ActivityLog;
  readonly #reference: ReferenceKeeper;
  #loaded: LoadedConfig;
  #pipeline: Pipeline;
  /** Why the daemon cannot go on: what it holds in memory is not what is stored. */
  #fault: { readonly error: unknown } | null = null;
  #restored: Promise<boolean> | null = null;
  /** What replaces registry, reference data or configuration, one after the other. */
  #changing: Promise<void> = Promise.resolve();
  #isRenewing = false;

  /** Opens database and pipeline, whose table `restore` or `run` restores. Whoever made it runs `run`. */
  constructor(options: DaemonOptions) {
    const { database, loaded, logger, shutdown } = options;
    this.#options = options;
    this.#loaded = loaded;
    this.#notify = new SdNotify({ env: process.env, logger });
    shutdown.add('systemd', () => this.#notify.close());
    mkdirSync(dirname(database), { recursive: true });
    const db = openDatabase(database, { create: true });
    this.#db = db;
    shutdown.add('database', () => db.close());
    const lock = lockDatabase(database);
    shutdown.add('lock', () => lock.release());
    this.#activity = new ActivityLog(logger, this.#stats);
    const store = {
      load: () => readRpkiPayloads(db),
      save: (payloads: Parameters<typeof writeRpkiPayloads>[1]) => writeRpkiPayloads(db, payloads),
      saveStatus: (status: Parameters<typeof writeRpkiStatus>[1]) => writeRpkiStatus(db, status),
    };
    this.#reference = new ReferenceKeeper({ logger, store });
    shutdown.add('rtr', () => this.#reference.close());
    this.#pipeline = this.#openPipeline(this.#registry(), { restoreLater: true });
    this.#activity.restore(this.#pipeline.engine.incidents);
    for (const { collector, lastRecordAt } of collectorHealth(db)) this.counters(collector).lastRecordAt = lastRecordAt;
    shutdown.onReload(() => logger.info({}, 'not started yet; the configuration was just read'));
  }

  get pipeline(): Pipeline {
    return this.#pipeline;
  }

  get database(): Database {
    return this.#db;
  }

  get figures(): LoadedConfig['config']['detection'] {
    return this.#loaded.config.detection;
  }

  /** Logs no events and incidents until `run`: somebody prints them. */
  quiet(on: boolean): void {
    this.#activity.quiet(on);
  }

  /** Where reading is counted. */
  counters(collector: string): ReadCounters {
    return sourceStats(this.#stats, collector);
  }

  /**
   * Restores the stored table, in slices between which the process answers. Nothing is read, judged or committed before it is whole; a kill
   * in its midst leaves the database as it was.
   *
   * @returns false where the shutdown came first.
   */
  restore(): Promise<boolean> {
    return (this.#restored ??= this.#restoreSlices());
  }

  async #restoreSlices(): Promise<boolean> {
    const { logger, shutdown } = this.#options;
    this.#health.restoring();
    if (!(await this.#readReference())) return false;
    const began = performance.now();
    while (!this.#pipeline.restore(SLICE_ROUTES)) {
      this.#health.restoring();
      await setImmediate();
      if (shutdown.signal.aborted) return false;
    }
    const { size } = this.#pipeline.engine.routes;
    logger.info({ routes: size, seconds: (performance.now() - began) / 1000 }, 'the table is restored');
    return true;
  }

  /** Reads what the stored routes will be judged under. @returns false where the shutdown came first. */
  async #readReference(): Promise<boolean> {
    const { signal } = this.#options.shutdown;
    try {
      this.#pipeline.useReference(await this.#reference.load(this.figures, this.#pipeline.engine.policies, { signal }));
      return true;
    } catch (error) {
      if (!signal.aborted) throw error;
      return false;
    }
  }

  /** Listens, tells systemd, restores the table, and reads the spool until the shutdown's signal. `announce` is given the URL. */
  async run(announce: (url: string) => void): Promise<void> {
    const { logger, shutdown, database } = this.#options;
    const { signal } = shutdown;
    const directory = this.#spoolDirectory();
    mkdirSync(directory, { recursive: true });
    this.#nameSources(directory);
    const { url, close } = serverHandle(await this.#listen());
    shutdown.add('http', close);
    const early = { reload: false };
    shutdown.onReload(() => (early.reload = true));
    this.#pingWatchdog(signal);
    const prefixes = this.#pipeline.engine.policies.size;
    logger.info({ url, spool: directory, database, prefixes }, 'ready');
    this.#notify.ready(`watching ${prefixes} ${prefixes === 1 ? 'prefix' : 'prefixes'}`);
    announce(url);
    if (await this.restore()) {
      this.#pipeline.commit([]); // what a changed registry made of the stored routes
      shutdown.add('reload', () => this.#changing);
      shutdown.onReload(() => this.#next(() => this.#reload()));
      if (early.reload) this.#next(() => this.#reload());
      this.#keepCurrent(signal);
      const reading = this.#reader(directory).run(signal);
      shutdown.add('spool', () => reading); // under the deadline: a read may hang
      await Promise.race([reading, aborted(signal)]);
    }
    this.#notify.stopping('closing');
    if (this.#fault !== null) throw this.#fault.error as Error;
  }

  /** Sources that are known before they deliver, so that their series begin at 0. */
  #nameSources(directory: string): void {
    const { collector } = this.#loaded.config.sources.spool;
    const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = folders.map(({ name }) => name).filter((name) => !name.startsWith('.'));
    for (const name of collector === null ? names : [collector, ...names]) {
      this.counters(name);
      this.#health.expect(name);
    }
  }

  /** The registry as it is stored now. */
  #registry(): Registry {
    return this.#db.transaction(() => {
      return { policies: loadPolicies(this.#db), generation: registryGeneration(this.#db) };
    })();
  }

  #openPipeline({ policies, generation }: Registry, { restoreLater = false } = {}): Pipeline {
    return new Pipeline({
      store: this.#activity.timing(new SqliteStore(this.#db)),
      policies,
      generation,
      figures: this.figures,
      reference: this.#reference.data,
      routeLog: openRouteLog(this.#db, this.#loaded.config.retention.routeLog > 0),
      restoreLater,
      onLate: (collector) => sourceStats(this.#stats, collector).dropped.late++,
      onCommit: (batch) => {
        this.#activity.note(batch);
        this.#options.onCommit?.(batch);
      },
    });
  }

  #reader(directory: string): SpoolReader {
    const { spool } = this.#loaded.config.sources;
    const { logger } = this.#options;
    return new SpoolReader({
      spool: new Spool({
        directory,
        collector: spool.collector,
        onIdle: (collector) => this.#health.idle(collector),
        onTurn: (collector) => this.#health.turn(collector),
        onUnreadable: (path, error) => logger.error({ file: path, err: error }, 'cannot read the file; left alone'),
      }),
      onDone: spool.onDone,
      db: this.#db,
      pipeline: () => this.#pipeline,
      figures: () => this.figures,
      counters: (collector) => this.counters(collector),
      logger,
      onFound: (collector) => {
        this.#health.found(collector);
        this.counters(collector);
      },
      onReached: (collector, at) => {
        this.#health.reached(collector, at);
        return this.#health.watermark(this.figures.silence);
      },
      onProgress: (collector) => this.#health.progress(collector),
      onRead: (collector) => {
        if (this.#silence.checkSessions(this.#pipeline.engine, collector, this.figures)) this.#pipeline.commit([]);
      },
      onBatch: ({ detect, batch }) => {
        observe(this.#stats.detect, detect);
        observe(this.#stats.batch, batch);
      },
    });
  }

  #spoolDirectory(): string {
    const { directory } = this.#loaded.config.sources.spool;
    const state = process.env['STATE_DIRECTORY']?.split(':')[0];
    return directory ?? (state === undefined || state === '' ? 'spool' : join(state, 'spool'));
  }

  #listen(): Promise<ApiServer> {
    const { http } = this.#loaded.config;
    const { logger, version } = this.#options;
    const refresh = (): void => {
      refreshGauges({
        stats: this.#stats,
        engine: this.#pipeline.engine,
        db: this.#db,
        isUp: (name) => this.#health.isUp(name, this.figures.silence),
        watch: this.#loaded.config.metrics.watch,
        rpki: this.#reference,
      });
    };
    const metrics = new Metrics({ stats: this.#stats, version, refresh });
    const watchdogMs = this.#notify.watchdogMs ?? 60_000;
    return startServer({
      listen: listenAddress(process.env['PEERWATCH_LISTEN'], http.listen),
      token: this.#loaded.token,
      insecure: http.insecure,
      logger,
      daemon: {
        healthy: () => this.#health.healthy(watchdogMs / 2),
        ready: () => this.#health.ready(),
        metrics: async () => {
          if (!(await this.restore())) throw new Error('Cannot tell the gauges: stopped before the table was restored');
          return metrics.text();
        },
        metricsType: metrics.contentType,
      },
    });
  }

  /** Registry changes and requests every two seconds, retention. */
  #keepCurrent(signal: AbortSignal): void {
    const retention = new Retention(this.#db, this.#options.logger);
    const prune = (): void => {
      const { config } = this.#loaded;
      const { engine } = this.#pipeline;
      retention.prune(config.retention, engine.watermark);
      if (engine.watermark !== null) engine.forgetLinks(engine.watermark - config.retention.linkHistory);
    };
    const evict = (): void => retention.evict(this.#loaded.config.database.maxBytes, this.#stats);
    this.#every(POLL_MS, signal, () => this.#poll());
    this.#every(PRUNE_MS, signal, () => this.#attempt('prune', prune));
    this.#every(EVICT_MS, signal, () => this.#attempt('make room', evict));
  }

  #pingWatchdog(signal: AbortSignal): void {
    const { watchdogIntervalMs } = this.#notify;
    if (watchdogIntervalMs === null) return;
    this.#every(watchdogIntervalMs, signal, () => {
      if (this.#health.turnedSinceLast()) this.#notify.watchdog();
    });
  }

  #every(ms: number, signal: AbortSignal, action: () => void): void {
    const timer = setInterval(action, ms);
    const stop = (): void => clearInterval(timer);
    signal.addEventListener('abort', stop, { once: true });
    this.#options.shutdown.add('timer', stop);
  }

  #poll(): void {
    this.#attempt('look at the registry', () => {
      const isOld =
        registryGeneration(this.#db) !== this.#pipeline.generation || this.#reference.hasChanged(this.figures);
      if (isOld && !this.#isRenewing) {
        this.#isRenewing = true;
        this.#next(() => this.#renew().finally(() => (this.#isRenewing = false)));
      }
      this.#guarded(() => carryOutResolutions(this.#db, this.#pipeline));
      this.#guarded(() => this.#tellSilence());
    });
  }

  #tellSilence(): void {
    const quiet = this.#health.quiet(this.figures.silence);
    if (this.#silence.checkSources(this.#pipeline.engine, quiet, Date.now() * 1000)) this.#pipeline.commit([]);
  }

  /** Carries out a change behind those that are under way. One that fails is logged. */
  #next(change: () => Promise<void>): void {
    this.#changing = this.#changing.then(change).catch((error: unknown) => {
      if (!this.#options.shutdown.signal.aborted)
        this.#options.logger.error({ err: error }, 'cannot take what changed');
    });
  }

  /** Takes a changed registry and changed reference data together: of other prefixes other VRPs are wanted. */
  async #renew(): Promise<void> {
    const { logger } = this.#options;
    const { policies, generation } = this.#registry();
    const before = this.#pipeline.generation;
    const reference = await this.#loadReference(this.figures, policies);
    if (generation === before && reference.version === this.#pipeline.engine.reference.version) return;
    this.#guarded(() => {
      this.#pipeline.reconfigure(policies, generation, reference);
      this.#pipeline.commit([]);
    });
    if (generation !== before) logger.info({ generation, prefixes: policies.length }, 'registry changed');
  }

  /** @throws the reason of the shutdown's signal, if that came. */
  async #loadReference(
    settings: RpkiSettings,
    policies: readonly PrefixPolicy[],
    trust = false,
  ): Promise<ReferenceData> {
    const { signal } = this.#options.shutdown;
    const reference = await this.#reference.load(settings, new PolicyTable(policies), { signal, trust });
    await setImmediate(); // what follows stands between two turns of the spool, as a signal does
    signal.throwIfAborted();
    return reference;
  }

  /** What may fail and is tried again later. */
  #attempt(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#options.logger.error({ err: error }, `cannot ${what}; trying again`);
    }
  }

  /** What must not fail: the daemon ends, and its next start goes on from what is stored. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#fault ??= { error };
      this.#options.shutdown.stop('a commit failed');
    }
  }

  /** SIGHUP: a bad file is refused whole, and what was in force stays. */
  async #reload(): Promise<void> {
    const { logger, reload, shutdown } = this.#options;
    this.#notify.reloading();
    try {
      const loaded = reload();
      const registry = this.#registry();
      await this.#loadReference(loaded.config.detection, registry.policies, true);
      this.#guarded(() => {
        this.#pipeline.commit([]);
        this.#loaded = loaded;
        this.#pipeline = this.#openPipeline(registry);
        this.#pipeline.commit([]);
      });
      logger.info({ file: loaded.file }, 'configuration read again; http, database, sources and log stay as they were');
    } catch (error) {
      if (shutdown.signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      logger.error({ reason }, 'the configuration is refused; the old one stays in force');
    }
    this.#notify.ready(`watching ${this.#pipeline.engine.policies.size} prefixes`);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** `PEERWATCH_LISTEN`, else the configured address, which was checked when it was read. */
function listenAddress(fromEnvironment: string | undefined, configured: string): ListenAddress {
  const listen = parseListen(fromEnvironment ?? configured);
  if (listen !== null) return listen;
  throw new ConfigError('PEERWATCH_LISTEN', [
    {
      line: 0,
      column: 0,
      key: '',
      message: `"${fromEnvironment ?? configured}" is no address and port such as 127.0.0.1:9599`,
    },
  ]);
}

function serverHandle(server: ApiServer): { readonly url: string; readonly close: () => Promise<void> } {
  return { url: server.url, close: () => server.close() };
}
