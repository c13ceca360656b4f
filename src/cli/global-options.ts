// Options that every command takes, and what they default to.

import { join } from 'node:path';
import process from 'node:process';

export interface GlobalOptions {
  /** Path of the SQLite file. */
  readonly database: string;
  /** Path of the YAML configuration, if given. */
  readonly config?: string;
  /** Machine output, NDJSON. */
  readonly json: boolean;
  readonly logLevel: string;
  /** False with --no-color, NO_COLOR, or off a terminal. */
  readonly color: boolean;
}

/** `$STATE_DIRECTORY/peerwatch.db` (systemd), else `./peerwatch.db`. */
export function defaultDatabase(): string {
  const state = process.env['STATE_DIRECTORY']?.split(':')[0];
  return state === undefined || state === '' ? 'peerwatch.db' : join(state, 'peerwatch.db');
}
