// Runs a command's work on the open database and closes it. What goes wrong with the file, or breaks the registry's rules, becomes
// an error for the person at the terminal, exit code 2; a lock that does not go away is 1.

import { type Database, DatabaseError, isSqliteError, openDatabase, type OpenOptions } from '../registry/database.js';
import { RegistryRejectedError } from '../registry/registry-store.js';
import { formatFault } from '../registry/validation.js';
import { CliError, ExitCode } from './exit-code.js';

/** The result of `use` on the database at `path`. */
export async function withDatabase<T>(
  path: string,
  options: OpenOptions,
  use: (db: Database) => T | Promise<T>,
): Promise<T> {
  let db: Database | null = null;
  try {
    db = openDatabase(path, options);
    return await use(db);
  } catch (error) {
    throw forTerminal(path, error);
  } finally {
    db?.close();
  }
}

/** The error to print for what went wrong; others stay as they are. */
function forTerminal(path: string, error: unknown): unknown {
  if (error instanceof DatabaseError) {
    const exitCode = error.code === 'ERR_DATABASE_BUSY' ? ExitCode.failed : ExitCode.usage;
    return new CliError(exitCode, error.message, { cause: error });
  }
  if (error instanceof RegistryRejectedError) {
    const lines = error.faults.map((fault) => `  ${formatFault(fault)}`).join('\n');
    return new CliError(ExitCode.usage, `the registry refuses this, nothing was stored:\n${lines}`, { cause: error });
  }
  if (isSqliteError(error)) {
    const what = `Cannot go on with the database ${path}: ${error.message} (${error.code})`;
    return new CliError(ExitCode.failed, what, { cause: error });
  }
  return error;
}
