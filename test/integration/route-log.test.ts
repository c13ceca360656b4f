// The log of route changes through the built command: killed while it replays and resumed, it holds what an undisturbed run's holds,
// nothing twice; and `replay --dry-run` writes none.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '../../src/registry/database.js';
import { Site } from '../support/daemon-process.js';
import { joined, longStory } from '../support/spooled-story.js';
import { until } from '../support/until.js';

/** Every row of the log in its order, with texts in the place of numbers. */
function logOf(path: string): readonly unknown[] {
  const db = openDatabase(path, { readonly: true });
  try {
    return db
      .prepare(
        `SELECT log.id, at, session_id, prefix, path_id, cause, states.text AS state, before_at, before_from_rib, files.text AS file,
           before_record, before_offset FROM route_log AS log JOIN route_log_prefixes AS p ON p.id = prefix_id
         LEFT JOIN route_log_texts AS states ON states.id = before_id
         LEFT JOIN route_log_texts AS files ON files.id = before_file_id ORDER BY log.id`,
      )
      .raw()
      .all();
  } finally {
    db.close();
  }
}

function rows(path: string): number {
  const db = openDatabase(path, { readonly: true });
  try {
    return Number(db.prepare('SELECT count(*) FROM route_log').pluck().get());
  } finally {
    db.close();
  }
}

test('a replay killed with SIGKILL and resumed leaves the log of an undisturbed one, and a dry run leaves none', async (context) => {
  const [whole, killed] = [await new Site(context).withExample(), await new Site(context).withExample()];
  const story = joined(...longStory(6000));
  for (const { folder } of [whole, killed]) writeFileSync(join(folder, 'updates'), story);
  await whole.ok('replay', '--dry-run', join(whole.folder, 'updates'));
  assert.equal(rows(whole.database), 0);
  await whole.ok('replay', join(whole.folder, 'updates'));
  const running = killed.spawn(['replay', join(killed.folder, 'updates')]);
  await until('some of the log is committed', () => (rows(killed.database) > 100 ? true : undefined));
  await running.end('SIGKILL');
  const half = rows(killed.database);
  await killed.ok('replay', join(killed.folder, 'updates'));
  const expected = logOf(whole.database);
  assert.ok(half < expected.length, `${half} of ${expected.length} rows: it was killed too late`);
  assert.deepEqual(logOf(killed.database), expected);
});
