// The timeline as the registry keeps it.

import { type PrefixEvent } from '../incidents/prefix-event.js';
import { type Database } from './database.js';

export interface EventFilter {
  /** Registered or announced prefix, by its text. */
  readonly prefix?: string;
  readonly connection?: string;
  readonly type?: string;
  readonly from?: number;
  readonly to?: number;
}

/** Events in order of time, then registeredPrefix, type, prefix. */
export function* listEvents(db: Database, filter: EventFilter = {}): IterableIterator<PrefixEvent> {
  const { prefix = null, connection = null, type = null, from = null, to = null } = filter;
  yield* db
    .prepare<[Record<string, unknown>], PrefixEvent>(
      `SELECT at, type, level, connection, registered_prefix AS registeredPrefix, prefix, summary, description FROM events
       WHERE (@prefix IS NULL OR prefix = @prefix OR registered_prefix = @prefix)
         AND (@connection IS NULL OR connection = @connection) AND (@type IS NULL OR type = @type)
         AND (@from IS NULL OR at >= @from) AND (@to IS NULL OR at < @to)
       ORDER BY at, registered_prefix, type, prefix, summary, description`,
    )
    .iterate({ prefix, connection, type, from, to });
}
