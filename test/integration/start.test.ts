// `npm start` as a newcomer runs it, in an empty folder: the example registry, the fixture dumps through the pipeline, the daemon;
// Ctrl-C; and a second start that continues.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '../../src/registry/database.js';
import { type PeerwatchProcess, Site } from '../support/daemon-process.js';
import { hijackStory, joined } from '../support/spooled-story.js';
import { until } from '../support/until.js';

const env = { PEERWATCH_LISTEN: '127.0.0.1:0', STATE_DIRECTORY: undefined, CONFIGURATION_DIRECTORY: undefined };

/** Starts in the folder and waits for `ready`. */
async function started(site: Site): Promise<{ readonly process: PeerwatchProcess; readonly url: string }> {
  const process = site.spawnPlain(['start'], { cwd: site.spool, env });
  const ready = (): string | undefined => /^ready (http:\/\/127\.0\.0\.1:\d+\/metrics)$/m.exec(process.stdout)?.[1];
  const url = await until(`it is ready; it said ${process.stderr}`, ready, 60);
  return { process, url };
}

function counts(folder: string): Readonly<Record<string, unknown>> {
  const db = openDatabase(join(folder, '.peerwatch', 'peerwatch.db'), { readonly: true });
  const count = (table: string): unknown => db.prepare(`SELECT COUNT(*) FROM ${table}`).pluck().get();
  const all = Object.fromEntries(
    ['events', 'incidents', 'evidence', 'sessions', 'routes'].map((table) => [table, count(table)]),
  );
  db.close();
  return all;
}

test('start makes everything in ./.peerwatch, prints events and incidents, serves until Ctrl-C, and continues the next time', async (context) => {
  const site = new Site(context);
  const folder = site.spool; // empty
  const first = await started(site);
  assert.deepEqual(readdirSync(folder), ['.peerwatch']);
  const lines = first.process.stdout.split('\n');
  assert.ok(lines.some((line) => /^\d{4}-\d\d-\d\dT\S+Z +Critical +seattle-hq +PrefixOriginAsChangeEvent /.test(line)));
  for (const type of [
    'squatting',
    'origin-hijack',
    'subprefix-hijack',
    'superprefix-hijack',
    'forged-first-hop',
    'unexpected-more-specific',
  ])
    assert.ok(
      lines.some((line) => new RegExp(`^[0-9a-f]{16} .* ${type} `).test(line)),
      type,
    );
  assert.match(lines.at(-2) ?? '', /^ready /);
  const stored = counts(folder);
  assert.equal(
    lines.filter((line) => /^\d{4}-\d\d-\d\dT/.test(line)).length,
    stored['events'],
    'every event is printed once',
  );
  assert.equal(lines.filter((line) => /^[0-9a-f]{16} /.test(line)).length, stored['incidents'], 'and every incident');
  const metrics = await (await fetch(first.url)).text();
  assert.match(metrics, /^peerwatch_records_total\{source="route-views\.lab-bird",type="BGP4MP"\} [1-9]/m);
  assert.match(metrics, /^peerwatch_source_last_record_timestamp_seconds\{source="route-views\.lab-bird"\} [1-9]/m);
  assert.doesNotMatch(metrics, /^peerwatch_(source_up|event_time_lag_seconds)\{/m, 'what was replayed is no outage');
  assert.equal(await first.process.end('SIGINT'), 0);
  assert.ok(!existsSync(join(folder, '.peerwatch', 'peerwatch.db-wal')));

  const second = await started(site);
  assert.match(second.process.stderr, /fixture dumps were read by an earlier start; continuing/);
  assert.equal(
    second.process.stdout.split('\n').filter((line) => /^\d{4}-\d\d-\d\dT/.test(line)).length,
    0,
    'no event again',
  );
  assert.deepEqual(counts(folder), stored);
  assert.equal(await second.process.end('SIGINT'), 0);
});

test('start goes on as the daemon: what is put into its spool is read', async (context) => {
  const site = new Site(context);
  const { process } = await started(site);
  const folder = join(site.spool, '.peerwatch', 'spool');
  assert.ok(existsSync(folder));
  site.drop('.peerwatch/spool/rrc00/updates', joined(...hijackStory()));
  await process.logged(/^file read$/);
  const url = /^ready (\S+)$/m.exec(process.stdout)?.[1] ?? '';
  assert.match(await (await fetch(url)).text(), /^peerwatch_source_up\{source="rrc00"\} 1$/m);
  assert.equal(await process.end('SIGTERM'), 0);
});

test('start that is interrupted while it replays ends with 0, and the next one goes on from there', async (context) => {
  const [calm, broken] = [new Site(context), new Site(context)];
  const whole = await started(calm);
  assert.equal(await whole.process.end('SIGINT'), 0);
  const first = broken.spawnPlain(['start'], { cwd: broken.spool, env });
  await until('the first event is printed', () => /^\d{4}-\d\d-\d\dT/m.test(first.stdout));
  assert.equal(await first.end('SIGINT'), 0);
  const second = await started(broken);
  assert.equal(await second.process.end('SIGINT'), 0);
  assert.deepEqual(counts(broken.spool), counts(calm.spool));
});
