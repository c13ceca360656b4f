// READY comes before the stored table is restored, and nothing is judged before it is: a daemon that is killed (SIGKILL) in the midst of
// restoring, and started again, leaves what one does that was left alone. The table is large enough to take many slices.

import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { openDatabase } from '../../src/registry/database.js';
import { Site } from '../support/daemon-process.js';
import { joined, longStory } from '../support/spooled-story.js';

const story = longStory(60);
/** Records read before the stop: the story is then in the midst of a hijack. */
const BEFORE = 20;
const MORE = 60_000;

/** Everything that a run leaves behind, but for the routes that were only there to be many. */
function remains(site: Site): Readonly<Record<string, unknown>> {
  const db = openDatabase(site.database, { readonly: true });
  const all = (sql: string): unknown[] => db.prepare(sql).all();
  const found = {
    events: all('SELECT * FROM events ORDER BY id'),
    incidents: all('SELECT * FROM incidents ORDER BY id'),
    evidence: all('SELECT incident_id, position, data FROM evidence ORDER BY incident_id, position'),
    routes: all('SELECT * FROM routes WHERE path_id = 0 ORDER BY session_id, prefix'),
    many: all('SELECT count(*) FROM routes'),
    files: all('SELECT name, records, complete FROM files ORDER BY name'),
    states: all('SELECT * FROM prefix_states ORDER BY prefix'),
  };
  db.close();
  return found;
}

/** A site whose daemon has read the beginning, with many further routes of one session to a prefix of its own. */
async function begun(context: TestContext): Promise<Site> {
  const site = await new Site(context).withExample();
  site.drop('rrc00/updates.20260616.0700', joined(...story.slice(0, BEFORE)));
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  assert.equal(await daemon.stop(), 0);
  const db = openDatabase(site.database, {});
  db.prepare(
    `INSERT INTO routes WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${MORE})
     SELECT session_id, '203.0.112.0/20', id, at, from_rib, as_path, NULL, data FROM routes, n
     WHERE path_id = 0 AND session_id = (SELECT min(session_id) FROM routes)`,
  ).run();
  db.close();
  return site;
}

test('a daemon killed while it restores its table, and started again, leaves what an undisturbed one does', async (context) => {
  const undisturbed = await begun(context);
  const killed = new Site(context);
  cpSync(undisturbed.database, killed.database);
  const rest = joined(...story.slice(BEFORE));
  for (const site of [undisturbed, killed]) site.drop('rrc00/updates.20260616.0715', rest);

  const before = remains(killed);
  for (let kill = 0; kill < 3; kill++) {
    const daemon = await killed.daemon();
    await daemon.process.end('SIGKILL');
    assert.ok(!daemon.process.log.some(({ msg }) => msg === 'the table is restored'), 'it was killed before that');
    assert.deepEqual(remains(killed), before);
  }
  for (const site of [undisturbed, killed]) {
    const daemon = await site.daemon();
    await daemon.hasRead(1);
    const order = daemon.process.log
      .map(({ msg }) => msg)
      .filter((msg) => /^(ready|the table is restored|file read)$/.test(msg));
    assert.deepEqual(order, ['ready', 'the table is restored', 'file read']);
    assert.equal(await daemon.stop(), 0);
  }
  assert.deepEqual(remains(killed), remains(undisturbed));
});

test('a scrape of a daemon that restores its table waits, and then tells the whole', async (context) => {
  const site = await begun(context);
  const daemon = await site.daemon();
  const early = await daemon.get('/metrics');
  assert.equal(early.status, 200);
  assert.ok(daemon.process.log.some(({ msg }) => msg === 'the table is restored'));
  const gauge = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('peerwatch_prefixes'));
  assert.deepEqual(gauge(early.text), gauge((await daemon.get('/metrics')).text));
  assert.equal(await daemon.stop(), 0);
});
