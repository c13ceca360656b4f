// A real database file in a folder of its own, gone when the test ends.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext } from 'node:test';
import { type Database, openDatabase } from '../../src/registry/database.js';

/** A new folder, removed after the test. */
export function temporaryFolder(context: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'peerwatch-test-'));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A new, migrated database, closed and removed after the test. */
export function temporaryDatabase(context: Pick<TestContext, 'after'>): Database {
  const db = openDatabase(join(temporaryFolder(context), 'test.db'), { create: true });
  context.after(() => {
    db.close();
  });
  return db;
}
