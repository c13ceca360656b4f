// One writer of telemetry a database, and a lock that dies with its process.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { DatabaseHeldError, isHeld, lockDatabase } from '../../src/registry/database-lock.js';
import { projectRoot } from '../support/requires.js';
import { temporaryFolder } from '../support/registry-database.js';

test('lockDatabase refuses a second holder, with what to do, until the first lets go', (context) => {
  const path = join(temporaryFolder(context), 'peerwatch.db');
  const lock = lockDatabase(path);
  assert.throws(() => lockDatabase(path), {
    name: 'DatabaseHeldError',
    code: 'ERR_DATABASE_HELD',
    message: `Cannot write to ${path}: a running peerwatch (daemon or replay) holds it; stop that one, or use --dry-run or another --database`,
  });
  assert.equal(isHeld(path), true);
  lock.release();
  assert.equal(isHeld(path), false);
  lockDatabase(path).release();
});

test('lockDatabase locks each database by itself', (context) => {
  const folder = temporaryFolder(context);
  const locks = ['a.db', 'b.db'].map((name) => lockDatabase(join(folder, name)));
  for (const lock of locks) lock.release();
});

/** A process that takes the same lock, says so, and waits to be killed. */
const HOLDER = `
  import SqliteDatabase from 'better-sqlite3';
  const lock = new SqliteDatabase(process.argv[1] + '.lock');
  lock.exec('BEGIN EXCLUSIVE');
  console.log('held');
  process.stdin.resume();
`;

test('lockDatabase is free again when its holder is killed', async (context) => {
  const path = join(temporaryFolder(context), 'peerwatch.db');
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER, path], {
    cwd: projectRoot,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  context.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  assert.throws(() => lockDatabase(path), DatabaseHeldError);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  lockDatabase(path).release();
});
