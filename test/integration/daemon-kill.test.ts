// A daemon that is killed (SIGKILL) between two of its commits, again and again, and started anew ends with the same events, incidents
// and evidence as one that was left alone, and as a replay of the same file, which goes through other code.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openDatabase } from '../../src/registry/database.js';
import { Site } from '../support/daemon-process.js';
import { joined, longStory } from '../support/spooled-story.js';
import { until } from '../support/until.js';

const STEPS = 1500;
const story = longStory(STEPS);
const FILE = 'rrc00/updates.20260616.0700.gz';
const bytes = gzipSync(joined(...story));

/** Everything that a run leaves behind, as users and as the database see it. */
async function remains(site: Site): Promise<Readonly<Record<string, unknown>>> {
  const [events, incidents] = [await site.ok('events', 'list', '--json'), await site.ok('incidents', 'list', '--json')];
  const db = openDatabase(site.database, { readonly: true });
  const evidence = db
    .prepare(
      `SELECT incident_id, position, evidence.data, hex(raw_records.digest) AS digest FROM evidence
       JOIN raw_records ON raw_records.id = raw_record_id ORDER BY incident_id, position`,
    )
    .all();
  const routes = db
    .prepare(
      'SELECT session_id, prefix, path_id, at, as_path, incidents FROM routes ORDER BY session_id, prefix, path_id',
    )
    .all();
  db.close();
  return { events, incidents, evidence, routes };
}

/** Records of the file that are applied for good, and whether that is all. */
function applied(site: Site): { readonly records: number; readonly complete: number } | undefined {
  const db = openDatabase(site.database, { readonly: true });
  try {
    return db
      .prepare<[], { records: number; complete: number }>(
        'SELECT max(records) AS records, max(complete) AS complete FROM files',
      )
      .get();
  } finally {
    db.close();
  }
}

async function undisturbed(context: TestContext): Promise<Site> {
  const site = await new Site(context).withExample();
  site.drop(FILE, bytes);
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  assert.equal(await daemon.stop(), 0);
  return site;
}

test('a daemon killed at seeded points and started again leaves what an undisturbed one does', async (context) => {
  const expected = await remains(await undisturbed(context));
  assert.ok(String(expected['events']).split('\n').length > 100, 'the story has events');
  assert.ok(String(expected['incidents']).split('\n').length > 5, 'the story has incidents');

  const site = await new Site(context).withExample();
  site.drop(FILE, bytes);
  const points = [1, 211, 212, 640, 1100, 1499]; // records behind which it dies: right after a start, and far into the file
  let landed = 0;
  for (const point of points) {
    const daemon = await site.daemon();
    await until(`record ${point} is applied`, () => (applied(site)?.records ?? 0) >= point);
    await daemon.process.end('SIGKILL');
    if (applied(site)?.complete === 0) landed++;
  }
  assert.ok(landed >= 4, `${landed} kills hit the file while it was read`);
  const last = await site.daemon();
  await until('all is applied', () => applied(site)?.complete === 1);
  assert.equal(await last.stop(), 0);
  assert.deepEqual(await remains(site), expected);
});

test('a daemon leaves what a replay of the same file does', async (context) => {
  const site = await undisturbed(context);
  const other = await new Site(context).withExample();
  await other.ok('replay', join(site.spool, FILE));
  assert.deepEqual(await remains(other), await remains(site));
});
