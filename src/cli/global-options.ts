// Options that every command takes, and what they default to.

import { join } from 'node:path';
import process from 'node:process';
import { ConfigError } from '../daemon/config-error.js';
import { loadConfig, type LoadedConfig } from '../daemon/config.js';
import { CliError, ExitCode } from './exit-code.js';

/** `$STATE_DIRECTORY/peerwatch.db` (systemd), else `./peerwatch.db`. */
export function defaultDatabase(): string {
  const state = process.env['STATE_DIRECTORY']?.split(':')[0];
  return state === undefined || state === '' ? 'peerwatch.db' : join(state, 'peerwatch.db');
}

/**
 * The database of a command where --database is not given: `database.path` of the configuration in force, else the default.
 *
 * @throws CliError where the configuration is at fault.
 */
export function configuredDatabase(config: string | undefined): string {
  return configuration(config).database.path ?? defaultDatabase();
}

/**
 * The configuration in force: `--config`, or the one that is found, or all defaults.
 *
 * @throws CliError where it is at fault.
 */
export function configuration(config: string | undefined, { readsData = false } = {}): LoadedConfig['config'] {
  try {
    return loadConfig(config, process.env, { readsData }).config;
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError(ExitCode.usage, error.message, { cause: error });
    throw error;
  }
}
