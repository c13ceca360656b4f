// What is kept how long (`retention.*`), and what goes first when the database reaches `database.maxBytes`. Counted back from the
// watermark, since everything stored is dated in event time; in batches, so that no commit waits long.

import { type EventTime } from '../ip/event-time.js';
import { type Database } from '../registry/database.js';
import { evictOldestEvents, pruneOlderThan } from '../registry/retention.js';
import { pruneRouteLog } from '../registry/route-log.js';
import { type PeerwatchStats } from '../telemetry/stats.js';
import { type PeerwatchConfig } from './config-schema.js';

export interface RetentionLogger {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

export class Retention {
  readonly #db: Database;
  readonly #logger: RetentionLogger;
  /** It was said that there is nothing left to delete. */
  #saidFull = false;

  constructor(db: Database, logger: RetentionLogger) {
    this.#db = db;
    this.#logger = logger;
  }

  /** Deletes what is past its time; `watermark` null = nothing is dated yet. */
  prune(kept: PeerwatchConfig['retention'], watermark: EventTime | null): void {
    if (watermark === null) return;
    const { incidents, evidence, events, outbox, routeLog, routeLogRows } = kept;
    const old = pruneOlderThan(this.#db, {
      incidents: watermark - incidents,
      evidence: watermark - evidence,
      events: watermark - events,
      outbox: watermark - outbox,
    });
    const pruned = old + pruneRouteLog(this.#db, { before: watermark - routeLog, maxRows: routeLogRows });
    if (pruned > 0) this.#logger.info({ rows: pruned }, 'old rows pruned');
  }

  /** Makes room where the database has outgrown `maxBytes`; where that is not enough, says so once. */
  evict(maxBytes: number, stats: PeerwatchStats): void {
    const { evicted, usedBytes } = evictOldestEvents(this.#db, maxBytes);
    stats.eventsEvicted += evicted;
    if (evicted > 0)
      this.#logger.error({ events: evicted, maxBytes }, 'the database is full: the oldest events were deleted');
    const isFull = usedBytes > maxBytes;
    if (isFull && !this.#saidFull)
      this.#logger.error({ usedBytes, maxBytes }, 'the database is full and holds no more events to delete');
    this.#saidFull = isFull;
  }
}
