// Opens the SQLite file: created by numbered migrations, WAL, `synchronous=FULL`, foreign keys on, a busy timeout. A file that is
// not ours, or is newer than this program, is refused with what to do about it; an older one is migrated after a copy was
// written beside it. Knows no table of its own; the copies use SQLite's VACUUM INTO and online backup.

import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { MIGRATIONS, type Migration } from './migrations/migrations.js';

/** An open database; closed by whoever opened it. */
export type Database = SqliteDatabase.Database;

/** `PRWT`: SQLite's application_id of a peerwatch database (`file` and we tell it by this). */
export const APPLICATION_ID = 0x50525754;

const BUSY_TIMEOUT_MS = 5000;

export type DatabaseErrorCode =
  | 'ERR_DATABASE_MISSING'
  | 'ERR_DATABASE_FOREIGN'
  | 'ERR_DATABASE_NEWER'
  | 'ERR_DATABASE_BUSY'
  | 'ERR_DATABASE_UNUSABLE';

/** Thrown where a file cannot serve as the database. The message says what to do; retrying helps for `ERR_DATABASE_BUSY` only. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;
  readonly path: string;

  constructor(code: DatabaseErrorCode, path: string, reason: string, options?: ErrorOptions) {
    super(`Cannot open the database ${path}: ${reason}`, options);
    this.code = code;
    this.path = path;
  }
}

export interface OpenOptions {
  /** Makes the file, and its folder, where there is none. Default false. */
  readonly create?: boolean;
  /** Refuses writes. An older database is still migrated first. Default false. */
  readonly readonly?: boolean;
  /** The schema's steps; the default is the program's own. */
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the database at `path`, migrated to the newest schema.
 *
 * @throws DatabaseError where the file is missing (without `create`), not ours, too new, locked, or unreadable.
 */
export function openDatabase(path: string, options: OpenOptions = {}): Database {
  const { create = false, readonly = false, migrations = MIGRATIONS } = options;
  if (!isPresent(path)) {
    if (!create) throw new DatabaseError('ERR_DATABASE_MISSING', path, 'there is none; "peerwatch init" creates it');
    mkdirSync(dirname(path), { recursive: true });
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new DatabaseError('ERR_DATABASE_UNUSABLE', path, 'it is a directory');
  }
  return guarded(path, () => {
    const db = new SqliteDatabase(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      prepare(db, { path, create, migrations });
      if (!readonly) return db;
    } catch (error) {
      db.close();
      throw error;
    }
    db.pragma('query_only = ON'); // the file stays writable to SQLite, which WAL readers need; our statements may not write
    return db;
  });
}

/** Online copy of the open database to `target`, consistent while others write. An existing file is not overwritten. */
export async function backupDatabase(db: Database, target: string): Promise<void> {
  if (target.trim() === '') throw new DatabaseError('ERR_DATABASE_UNUSABLE', '""', 'a backup needs the name of a file');
  if (existsSync(target))
    throw new DatabaseError('ERR_DATABASE_UNUSABLE', target, 'a backup does not overwrite a file');
  if (!existsSync(dirname(target)))
    throw new DatabaseError('ERR_DATABASE_UNUSABLE', target, 'its folder is not there; make it first');
  await db.backup(target);
}

function prepare(
  db: Database,
  { path, create, migrations }: { path: string; create: boolean; migrations: readonly Migration[] },
): void {
  const newest = migrations.at(-1)?.version ?? 0;
  const version = pragma(db, 'user_version');
  const application = pragma(db, 'application_id');
  const isEmpty = version === 0 && application === 0 && db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (isEmpty && !create)
    throw new DatabaseError('ERR_DATABASE_MISSING', path, 'it is empty; "peerwatch init" fills it');
  if (!isEmpty && application !== APPLICATION_ID) {
    throw new DatabaseError('ERR_DATABASE_FOREIGN', path, 'it is an SQLite database of another program');
  }
  refuseNewer(path, version, newest);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  if (version < newest) {
    if (!isEmpty) copyBeside(db, path, version);
    migrate(db, path, migrations);
  }
}

function refuseNewer(path: string, version: number, newest: number): void {
  if (version <= newest) return;
  const reason = `it has schema ${version}, this program knows up to ${newest}; ${newerAdvice(path, newest)}`;
  throw new DatabaseError('ERR_DATABASE_NEWER', path, reason);
}

/** What to do with a newer database; a copy from before the migration is named where one was left. */
function newerAdvice(path: string, newest: number): string {
  const copies = Array.from({ length: newest }, (_, index) => `${path}.bak-v${newest - index}`);
  const copy = copies.find((candidate) => isPresent(candidate));
  const other = copy === undefined ? 'name another one with --database' : `go back to ${copy}, from before the upgrade`;
  return `upgrade peerwatch, or ${other}`;
}

/** All missing steps in one transaction; another process may have been faster, so the version is read again inside. */
function migrate(db: Database, path: string, migrations: readonly Migration[]): void {
  db.transaction(() => {
    const version = pragma(db, 'user_version');
    refuseNewer(path, version, migrations.at(-1)?.version ?? 0);
    for (const step of migrations) {
      if (step.version <= version) continue;
      db.exec(step.sql);
      db.pragma(`user_version = ${step.version}`);
    }
    db.pragma(`application_id = ${APPLICATION_ID}`);
  }).immediate();
}

/** `<path>.bak-vN`: complete or absent, since it is written under another name first. */
function copyBeside(db: Database, path: string, version: number): void {
  const partial = `${path}.bak-v${version}.part`;
  rmSync(partial, { force: true });
  db.prepare('VACUUM INTO ?').run(partial);
  renameSync(partial, `${path}.bak-v${version}`);
}

function pragma(db: Database, name: string): number {
  return Number(db.pragma(name, { simple: true }));
}

function isPresent(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** True for what SQLite itself refuses in the middle of work: a full disk, a file that may not be written. */
export function isSqliteError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof SqliteDatabase.SqliteError;
}

/** Turns SQLite's own errors into ours. */
function guarded<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof SqliteDatabase.SqliteError)) throw error;
    const cause = { cause: error };
    if (error.code === 'SQLITE_NOTADB') {
      throw new DatabaseError('ERR_DATABASE_FOREIGN', path, 'it is not an SQLite database', cause);
    }
    if (error.code.startsWith('SQLITE_BUSY')) {
      throw new DatabaseError('ERR_DATABASE_BUSY', path, 'another process holds it locked; try again', cause);
    }
    throw new DatabaseError('ERR_DATABASE_UNUSABLE', path, `${error.message} (${error.code})`, cause);
  }
}
