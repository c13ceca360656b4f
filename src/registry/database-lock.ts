// One writer of telemetry a database: the daemon or one replay holds a lock for as long as it lives, and the operating system lets
// go of it when the process dies, however it dies. It is an exclusive SQLite transaction on a file of its own beside the database.

import SqliteDatabase from 'better-sqlite3';

/** Thrown where another process holds the lock. */
export class DatabaseHeldError extends Error {
  override readonly name = 'DatabaseHeldError';
  readonly code = 'ERR_DATABASE_HELD';

  constructor(path: string) {
    super(
      `Cannot write to ${path}: a running peerwatch (daemon or replay) holds it; stop that one, or use --dry-run or another --database`,
    );
  }
}

/** A held lock. */
export interface DatabaseLock {
  release(): void;
}

/**
 * Takes the lock of the database at `path`.
 *
 * @throws DatabaseHeldError where another process has it.
 */
export function lockDatabase(path: string): DatabaseLock {
  const lock = new SqliteDatabase(`${path}.lock`, { timeout: 0 });
  try {
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY'))
      throw new DatabaseHeldError(path);
    throw error;
  }
  return { release: () => lock.close() };
}

/** True while another process holds the lock. */
export function isHeld(path: string): boolean {
  try {
    lockDatabase(path).release();
    return false;
  } catch (error) {
    if (error instanceof DatabaseHeldError) return true;
    throw error;
  }
}
