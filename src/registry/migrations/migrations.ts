// The numbered migrations, forward only: the database's `user_version` is the number of the last one applied. A migration that
// has been released is never edited; a change of the schema is the next number.

import { REGISTRY_SCHEMA } from './0001-registry.js';
import { TELEMETRY_SCHEMA } from './0001-telemetry.js';
import { MONITORS_SCHEMA } from './0002-monitors.js';
import { ROUTE_LOG_SCHEMA } from './0003-route-log.js';
import { VERDICT_BASES_SCHEMA } from './0004-verdict-bases.js';
import { LINK_STANDING_SCHEMA } from './0005-link-standing.js';

/** One step of the schema: SQL that takes a database from `version - 1` to `version`. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** All steps, in order, without a gap. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, sql: REGISTRY_SCHEMA + TELEMETRY_SCHEMA },
  { version: 2, sql: MONITORS_SCHEMA },
  { version: 3, sql: ROUTE_LOG_SCHEMA },
  { version: 4, sql: VERDICT_BASES_SCHEMA },
  { version: 5, sql: LINK_STANDING_SCHEMA },
];
