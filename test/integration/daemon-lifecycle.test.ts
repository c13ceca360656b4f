// The daemon as an operator starts, reloads and stops it: signals, exit codes, who may have the database and the port.

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openDatabase } from '../../src/registry/database.js';
import { Site } from '../support/daemon-process.js';
import { announce, FOREIGN, hijackStory, joined, keepalive, longStory } from '../support/spooled-story.js';
import { until } from '../support/until.js';

/** Rows of a query on the database of a running or ended daemon. */
function rows(site: Site, sql: string): readonly unknown[] {
  const db = openDatabase(site.database, { readonly: true });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

test('run on SIGTERM in the midst of a file ends with 0, its last batch committed whole and the database closed', async (context) => {
  const site = await new Site(context).withExample();
  site.drop('rrc00/updates.gz', gzipSync(joined(...longStory(8000))));
  const daemon = await site.daemon();
  await until('it has begun to read', () => rows(site, 'SELECT 1 FROM files WHERE records > 100').length > 0);
  assert.equal(await daemon.stop(), 0);
  assert.deepEqual(rows(site, 'SELECT complete FROM files'), [{ complete: 0 }], 'it did not read on to the end');
  const messages = daemon.process.log.map(({ msg }) => msg);
  assert.ok(messages.includes('stopping'));
  assert.ok(daemon.process.log.every(({ level }) => level !== 'error'));
  for (const suffix of ['-wal', '-shm']) assert.ok(!existsSync(`${site.database}${suffix}`), suffix);
  const db = openDatabase(site.database, { readonly: true });
  assert.equal(db.pragma('integrity_check', { simple: true }), 'ok');
  assert.deepEqual(db.pragma('foreign_key_check'), []);
  db.close();
});

test('run ends on SIGINT as on SIGTERM', async (context) => {
  const site = await new Site(context).withExample();
  const daemon = await site.daemon();
  assert.equal(await daemon.process.end('SIGINT'), 0);
});

test('run makes the database and the spool where there are none, in $STATE_DIRECTORY under systemd', async (context) => {
  const site = new Site(context);
  writeFileSync(site.config, `http: { listen: '127.0.0.1:0' }\n`);
  const state = join(site.folder, 'state');
  const started = site.spawnPlain(['run', '--config', site.config], { env: { STATE_DIRECTORY: state } });
  await started.logged(/^ready$/);
  assert.ok(existsSync(join(state, 'peerwatch.db')));
  assert.ok(existsSync(join(state, 'spool')));
  assert.equal(await started.end('SIGTERM'), 0);
});

test('run on a database that another daemon has is refused with 2, and the first one goes on', async (context) => {
  const site = await new Site(context).withExample();
  const daemon = await site.daemon();
  const { code, stderr } = await site.run('run');
  assert.equal(code, 2);
  assert.match(stderr, /^peerwatch: Cannot write to .*pw\.db: a running peerwatch \(daemon or replay\) holds it/m);
  assert.doesNotMatch(stderr, /\n\s+at /);
  assert.equal((await daemon.get('/healthz')).status, 200);
  assert.equal(await daemon.stop(), 0);
});

test('run on a port that is taken says so and what to change, and ends with 2', async (context) => {
  const other = createServer().listen(0, '127.0.0.1');
  context.after(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const site = await new Site(context).withExample();
  const env = { PEERWATCH_LISTEN: `127.0.0.1:${port ?? 0}` };
  const busy = site.spawn(['run'], { env });
  assert.equal(await busy.ended, 2);
  assert.match(
    busy.stderr,
    new RegExp(`^peerwatch: Cannot listen on 127\\.0\\.0\\.1:${port ?? 0}: another process .*http\\.listen`, 'm'),
  );
  assert.doesNotMatch(busy.stderr, /\n\s+at /);
});

test('PEERWATCH_LISTEN chooses where run listens, is refused where it is no address, and beyond loopback without a token', async (context) => {
  const site = await new Site(context).withExample();
  site.configure('');
  const six = await site.daemon({ env: { PEERWATCH_LISTEN: '[::1]:0' } });
  assert.match(six.url, /^http:\/\/\[::1\]:\d+$/);
  assert.equal((await six.get('/healthz')).status, 200);
  assert.equal(await six.stop(), 0);
  for (const [value, why] of [
    ['nowhere', /"nowhere" is no address and port/],
    ['0.0.0.0:0', /Cannot listen on 0\.0\.0\.0:0: it can be reached from elsewhere; set http\.tokenFile/],
  ] as const) {
    const refused = site.spawn(['run'], { env: { PEERWATCH_LISTEN: value } });
    assert.equal(await refused.ended, 2);
    assert.match(refused.stderr, why);
  }
});

test('run with a faulty configuration ends with 2 and says every fault with its line', async (context) => {
  const site = new Site(context);
  site.configure('log: { level: loud }\nretention: { events: soon }\n');
  const { code, stderr } = await site.run('run');
  assert.equal(code, 2);
  assert.match(stderr, /peerwatch\.yaml:3:\d+: log\.level: .*"loud"/);
  assert.match(stderr, /peerwatch\.yaml:4:\d+: retention\.events: .*"soon"/);
  assert.ok(!existsSync(site.database));
});

test('SIGHUP takes a good configuration and refuses a bad one whole', async (context) => {
  const site = await new Site(context).withExample();
  const daemon = await site.daemon();
  const watched = 'peerwatch_watched_prefix_routes{prefix="203.0.113.0/24"}';
  assert.equal(await daemon.metric(watched), null);
  site.configure('metrics: { watch: [203.0.113.0/24, "rrc00|192.0.2.201|64501"] }\n');
  daemon.process.child.kill('SIGHUP');
  await daemon.process.logged(/^configuration read again/);
  assert.equal(await daemon.metric(watched), 0);
  site.drop('rrc00/updates', joined(...hijackStory()));
  await daemon.hasRead(1);
  assert.equal(await daemon.metric(watched), 3);
  assert.equal(await daemon.metric('peerwatch_watched_session_up{session="rrc00|192.0.2.201|64501"}'), 1);
  site.configure('metrics: { watch: [] }\ndetection: { lifecycle: { holdDown: soon } }\n');
  daemon.process.child.kill('SIGHUP');
  const refused = await daemon.process.logged(/^the configuration is refused; the old one stays in force$/);
  assert.match(JSON.stringify(refused), /holdDown/);
  assert.equal(await daemon.metric(watched), 3);
  assert.equal((await daemon.get('/healthz')).status, 200);
  assert.equal(await daemon.stop(), 0);
});

test('SIGHUP in the midst of a file loses and repeats nothing', async (context) => {
  const bytes = gzipSync(joined(...longStory(1500)));
  const [calm, reloaded] = [await new Site(context).withExample(), await new Site(context).withExample()];
  for (const site of [calm, reloaded]) site.drop('rrc00/updates.gz', bytes);
  const daemons = [await calm.daemon(), await reloaded.daemon()] as const;
  for (let reloads = 0; reloads < 3; reloads++) {
    const lines = daemons[1].process.log.length;
    daemons[1].process.child.kill('SIGHUP');
    await daemons[1].process.logged(/^configuration read again/, lines);
  }
  for (const daemon of daemons) {
    await daemon.hasRead(1);
    assert.equal(await daemon.stop(), 0);
  }
  for (const list of ['events', 'incidents'])
    assert.equal(await reloaded.ok(list, 'list', '--json'), await calm.ok(list, 'list', '--json'));
});

test('run survives what is dropped on it: a file of another compression, a text, a folder that goes', async (context) => {
  const site = await new Site(context).withExample();
  site.drop('rrc00/a.xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4, 0, 0));
  site.drop('rrc01/README', new TextEncoder().encode('no MRT file, but a text that somebody left here'));
  const daemon = await site.daemon();
  const refusal = await daemon.process.logged(/^cannot read the file; left alone$/);
  assert.match(JSON.stringify(refusal), /xz/);
  site.drop('rrc00/updates', joined(announce(0, 1, [FOREIGN]), keepalive(60)));
  await daemon.hasRead(1);
  assert.equal(rows(site, 'SELECT 1 FROM incidents').length, 1);
  assert.equal((await daemon.get('/readyz')).status, 200);
  assert.equal(await daemon.stop(), 0);
});
