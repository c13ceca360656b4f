// openDatabase: creation, pragmas, migrations with a copy, and every refusal; backupDatabase.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import SqliteDatabase from 'better-sqlite3';
import { APPLICATION_ID, backupDatabase, DatabaseError, openDatabase } from '../../src/registry/database.js';
import { MIGRATIONS } from '../../src/registry/migrations/migrations.js';
import { temporaryFolder } from '../support/registry-database.js';

const FIRST = { version: 1, sql: 'CREATE TABLE things (name TEXT) STRICT' };
const SECOND = { version: 2, sql: 'ALTER TABLE things ADD COLUMN size INTEGER' };

function fileIn(context: TestContext): string {
  return join(temporaryFolder(context), 'pw.db');
}

function refuses(code: string, words: RegExp) {
  return (error: unknown): boolean =>
    error instanceof DatabaseError && error.code === code && words.test(error.message);
}

test('openDatabase creates the folder and a database with the pragmas that the contract names', (context) => {
  const path = join(temporaryFolder(context), 'a', 'b', 'pw.db');
  const db = openDatabase(path, { create: true });
  const pragmas = ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout', 'user_version', 'application_id'];
  const values = pragmas.map((name): unknown => db.pragma(name, { simple: true }));
  assert.deepEqual(values, ['wal', 2, 1, 5000, MIGRATIONS.length, 0x50525754]);
  db.close();
});

test('openDatabase without create refuses a missing and an empty file, and says how to make one', (context) => {
  const path = fileIn(context);
  assert.throws(() => openDatabase(path), refuses('ERR_DATABASE_MISSING', /peerwatch init/));
  assert.equal(existsSync(path), false);
  writeFileSync(path, '');
  assert.throws(() => openDatabase(path), refuses('ERR_DATABASE_MISSING', /peerwatch init/));
});

test('openDatabase refuses what is no database of ours', (context) => {
  const text = fileIn(context);
  writeFileSync(text, 'this is a text file, long enough to have what would be a header of SQLite in it'.repeat(20));
  assert.throws(() => openDatabase(text), refuses('ERR_DATABASE_FOREIGN', /not an SQLite database/));
  const foreign = fileIn(context);
  new SqliteDatabase(foreign).exec('CREATE TABLE theirs (x)').close();
  assert.throws(() => openDatabase(foreign, { create: true }), refuses('ERR_DATABASE_FOREIGN', /another program/));
  const folder = join(temporaryFolder(context), 'folder.db');
  mkdirSync(folder);
  assert.throws(() => openDatabase(folder), refuses('ERR_DATABASE_UNUSABLE', /it is a directory/));
});

test('openDatabase migrates an older database and leaves a copy of it as it was', (context) => {
  const path = fileIn(context);
  const old = openDatabase(path, { create: true, migrations: [FIRST] });
  old.exec("INSERT INTO things VALUES ('kept')");
  old.close();
  const db = openDatabase(path, { migrations: [FIRST, SECOND] });
  assert.equal(db.pragma('user_version', { simple: true }), 2);
  assert.deepEqual(db.prepare('SELECT name, size FROM things').all(), [{ name: 'kept', size: null }]);
  db.close();
  const copy = openDatabase(`${path}.bak-v1`, { migrations: [FIRST] });
  assert.equal(copy.pragma('application_id', { simple: true }), APPLICATION_ID);
  assert.deepEqual(copy.prepare('SELECT * FROM things').all(), [{ name: 'kept' }]);
  copy.close();
});

test('openDatabase makes no copy where nothing is migrated', (context) => {
  const path = fileIn(context);
  openDatabase(path, { create: true }).close();
  openDatabase(path).close();
  assert.equal(existsSync(`${path}.bak-v0`), false);
  assert.equal(existsSync(`${path}.bak-v1`), false);
});

test('openDatabase leaves the database at its version when a migration fails half-way', (context) => {
  const path = fileIn(context);
  openDatabase(path, { create: true, migrations: [FIRST] }).close();
  const broken = { version: 2, sql: 'CREATE TABLE more (x); CREATE TABLE things (y);' };
  assert.throws(() => openDatabase(path, { migrations: [FIRST, broken] }), refuses('ERR_DATABASE_UNUSABLE', /things/));
  const db = openDatabase(path, { migrations: [FIRST] });
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  assert.deepEqual(tables, ['things']);
  db.close();
});

test('openDatabase refuses a newer database and leaves it alone', (context) => {
  const path = fileIn(context);
  openDatabase(path, { create: true, migrations: [FIRST, SECOND] }).close();
  const before = fileIn(context);
  copyFileSync(path, before);
  assert.throws(
    () => openDatabase(path, { migrations: [FIRST] }),
    refuses('ERR_DATABASE_NEWER', /schema 2, this program knows up to 1/),
  );
  const db = openDatabase(path, { migrations: [FIRST, SECOND] });
  assert.equal(db.pragma('user_version', { simple: true }), 2);
  db.close();
});

test('openDatabase with readonly reads and does not write', (context) => {
  const path = fileIn(context);
  openDatabase(path, { create: true, migrations: [FIRST] }).close();
  const db = openDatabase(path, { readonly: true, migrations: [FIRST] });
  assert.deepEqual(db.prepare('SELECT * FROM things').all(), []);
  assert.throws(() => db.exec("INSERT INTO things VALUES ('x')"), /readonly/);
  db.close();
});

test('backupDatabase copies what another connection has committed, and overwrites nothing', async (context) => {
  const folder = temporaryFolder(context);
  const [path, target] = [join(folder, 'pw.db'), join(folder, 'copy.db')];
  const writer = openDatabase(path, { create: true, migrations: [FIRST] });
  writer.exec("INSERT INTO things VALUES ('in the WAL')");
  const reader = openDatabase(path, { readonly: true, migrations: [FIRST] });
  await backupDatabase(reader, target);
  await assert.rejects(backupDatabase(reader, target), refuses('ERR_DATABASE_UNUSABLE', /does not overwrite/));
  reader.close();
  writer.close();
  const copy = openDatabase(target, { migrations: [FIRST] });
  assert.deepEqual(copy.prepare('SELECT name FROM things').pluck().all(), ['in the WAL']);
  copy.close();
});

test('MIGRATIONS are numbered from 1 without a gap', () => {
  assert.deepEqual(
    MIGRATIONS.map(({ version }) => version),
    MIGRATIONS.map((_, index) => index + 1),
  );
});
