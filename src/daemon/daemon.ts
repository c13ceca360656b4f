// The daemon: opens everything, runs the spool through the pipeline, keeps registry and configuration current, answers HTTP, tells
// systemd how it is, and closes everything in reverse order when it is told to stop. The composition root of `run` and `start`.

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { type Logger } from 'pino';
import { type ListenAddress, parseListen } from '../api/listen-address.js';
import { type ApiServer, startServer } from '../api/server.js';
import { type DetectionFigures } from '../detection/figures.js';
import { type EventTime } from '../ip/event-time.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { type Batch } from '../pipeline/store.js';
import { type Database, openDatabase } from '../registry/database.js';
import { lockDatabase } from '../registry/database-lock.js';
import { SqliteStore } from '../registry/pipeline-store.js';
import { loadPolicies, registryGeneration } from '../registry/policies.js';
import { type ReadCounters } from '../sources/event-file.js';
import { Spool } from '../sources/spool.js';
import { Metrics } from '../telemetry/metrics.js';
import { createStats, sourceStats } from '../telemetry/stats.js';
import { ActivityLog } from './activity-log.js';
import { ConfigError } from './config-error.js';
import { type LoadedConfig } from './config.js';
import { carryOutResolutions } from './operator-requests.js';
import { Retention } from './retention.js';
import { SdNotify } from './sd-notify.js';
import { type Shutdown } from './shutdown.js';
import { SourceHealth } from './source-health.js';
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

/** How often the registry and requests of operators are looked at. */
const POLL_MS = 2000;

/** A running daemon. */
export class Daemon {
  readonly #options: DaemonOptions;
  readonly #stats = createStats();
  readonly #health = new SourceHealth();
  readonly #notify: SdNotify;
  readonly #db: Database;
  readonly #activity: ActivityLog;
  #loaded: LoadedConfig;
  #pipeline: Pipeline;
  #server: ApiServer | null = null;

  /** Opens database and pipeline. Whoever made it runs `run`. */
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
    this.#pipeline = this.#openPipeline();
    this.#activity.restore(this.#pipeline.engine.lifecycle.all);
    shutdown.add('pipeline', () => this.#pipeline.commit([]));
  }

  get pipeline(): Pipeline {
    return this.#pipeline;
  }

  get database(): Database {
    return this.#db;
  }

  get figures(): DetectionFigures {
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

  /** Listens, tells systemd, and reads the spool until the shutdown's signal. `announce` is given the URL once all is ready to serve. */
  async run(announce: (url: string) => void): Promise<void> {
    const { logger, shutdown } = this.#options;
    const { signal } = shutdown;
    const directory = this.#spoolDirectory();
    mkdirSync(directory, { recursive: true });
    this.#server = await this.#listen();
    const { url, close } = serverHandle(this.#server);
    shutdown.add('http', close);
    shutdown.onReload(() => this.#reload());
    this.#keepAlive(signal);
    logger.info(
      { url, spool: directory, database: this.#options.database, prefixes: this.#pipeline.engine.policies.size },
      'ready',
    );
    this.#notify.ready(`watching ${this.#pipeline.engine.policies.size} prefixes`);
    announce(url);
    await this.#reader(directory).run(signal);
    this.#notify.stopping('closing');
  }

  #openPipeline(): Pipeline {
    return new Pipeline({
      store: this.#activity.timing(new SqliteStore(this.#db)),
      policies: loadPolicies(this.#db),
      generation: registryGeneration(this.#db),
      figures: this.figures,
      onLate: (collector) => sourceStats(this.#stats, collector).dropped.late++,
      onCommit: (batch) => {
        this.#activity.note(batch);
        this.#options.onCommit?.(batch);
      },
    });
  }

  #reader(directory: string): SpoolReader {
    const { spool } = this.#loaded.config.sources;
    return new SpoolReader({
      spool: new Spool({ directory, collector: spool.collector, onIdle: (collector) => this.#health.idle(collector) }),
      onDone: spool.onDone,
      db: this.#db,
      pipeline: () => this.#pipeline,
      figures: () => this.figures,
      counters: (collector) => this.counters(collector),
      logger: this.#options.logger,
      onProgress: (collector) => this.#health.progress(collector, sourceStats(this.#stats, collector)),
      watermark: () => this.#watermark(),
    });
  }

  /** The least event time of the collectors that are not silent. */
  #watermark(): EventTime | null {
    return this.#health.watermark(this.figures.silence);
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
        metrics: () => metrics.text(),
        metricsType: metrics.contentType,
      },
    });
  }

  /** Registry changes and requests every two seconds, pings to systemd, retention once an hour. */
  #keepAlive(signal: AbortSignal): void {
    const { logger, shutdown } = this.#options;
    const retention = new Retention(this.#db, logger);
    const timers = [setInterval(() => this.#poll(), POLL_MS)];
    timers.push(
      setInterval(() => retention.prune(this.#loaded.config, this.#pipeline.engine.watermark, this.#stats), 3600_000),
    );
    const { watchdogIntervalMs } = this.#notify;
    if (watchdogIntervalMs !== null) {
      timers.push(
        setInterval(() => {
          if (this.#health.turnedSinceLast()) this.#notify.watchdog();
        }, watchdogIntervalMs),
      );
    }
    const stop = (): void => timers.forEach((timer) => clearInterval(timer));
    signal.addEventListener('abort', stop, { once: true });
    shutdown.add('timers', stop);
  }

  #poll(): void {
    const { logger } = this.#options;
    try {
      const generation = registryGeneration(this.#db);
      if (generation !== this.#pipeline.generation) {
        this.#pipeline.reconfigure(loadPolicies(this.#db), generation);
        this.#pipeline.commit([]);
        logger.info({ generation, prefixes: this.#pipeline.engine.policies.size }, 'registry changed');
      }
      carryOutResolutions(this.#db, this.#pipeline);
    } catch (error) {
      logger.error({ err: error }, 'cannot look at the registry; trying again');
    }
  }

  /** SIGHUP: a bad file is refused whole, and what was in force stays. */
  #reload(): void {
    const { logger, reload } = this.#options;
    this.#notify.reloading();
    try {
      this.#loaded = reload();
      this.#pipeline.commit([]);
      this.#pipeline = this.#openPipeline();
      this.#poll();
      logger.info(
        { file: this.#loaded.file },
        'configuration read again; http, database and sources stay as they were',
      );
    } catch (error) {
      logger.error({ err: error }, 'the configuration is refused; the old one stays in force');
    }
    this.#notify.ready(`watching ${this.#pipeline.engine.policies.size} prefixes`);
  }
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
