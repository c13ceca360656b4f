// RPKI data over RTR in a running daemon: from a real stayrtr, and from a cache of the test's own that says what no real one says on demand.
// What is expected is worked out by hand: the route is 203.0.113.0/24 from AS64496.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Daemon, Site } from '../support/daemon-process.js';
import { requires } from '../support/requires.js';
import { answerOf, TestCache } from '../support/rtr-cache.js';
import { announce, HQ, joined, keepalive, OWN } from '../support/spooled-story.js';
import { until } from '../support/until.js';

const INVALID = `rpki-invalid ${HQ} 64496 origin open`;
const RESOLVED = `rpki-invalid ${HQ} 64496 origin resolved`;
const OTHERS = `+${HQ} 64499`;

/** A site with the example registry and a route on two peers. */
async function siteWith(context: TestContext, rtr: string, more = ''): Promise<Site> {
  const site = await new Site(context).withExample();
  site.configure(`detection: { rpki: { rtr: [${rtr}]${more} } }\n`);
  site.drop('rrc00/updates', joined(announce(0, 0, [OWN]), announce(1, 1, [64500, OWN]), keepalive(100)));
  return site;
}

async function incidents(site: Site): Promise<string> {
  const lines = (await site.ok('incidents', 'list', '--json')).split('\n').filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as Readonly<Record<string, string>>)
    .filter(({ type }) => type !== 'registry-drift') // tells the same of the registered origin, in words of its own
    .map(({ type, prefix, offender, state }) => `${type} ${prefix} ${offender} ${state}`)
    .join();
}

function becomes(site: Site, daemon: Daemon, expected: string): Promise<true> {
  return until(`${expected}; the log is:\n${daemon.process.stderr}`, async () => (await incidents(site)) === expected);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test(
  'run takes VRPs from stayrtr, and judges stored routes anew when it says something else',
  { skip: requires('stayrtr') },
  async (context) => {
    const [port, metrics] = [await freePort(), await freePort()];
    const site = await siteWith(context, `{ host: 127.0.0.1, port: ${port} }`);
    const file = join(site.folder, 'cache.json');
    const say = (asn: number): void => {
      const roas = [{ prefix: HQ, maxLength: 24, asn: `AS${asn}`, ta: 'lab', expires: 1_999_999_999 }];
      // stayrtr 0.5.1 sends ASPAs in the old layout: they are refused, and its VRPs used
      const aspas = { ipv4: [{ customer_asid: 64500, providers: [64505] }], ipv6: [] };
      const text = { metadata: { buildtime: '2026-06-16T06:50:00Z' }, roas, provider_authorizations: aspas };
      writeFileSync(`${file}.new`, JSON.stringify(text));
      renameSync(`${file}.new`, file);
    };
    say(64499);
    const cache = spawn('stayrtr', [
      '-cache',
      file,
      '-bind',
      `127.0.0.1:${port}`,
      '-metrics.addr',
      `127.0.0.1:${metrics}`,
      '-checktime=false',
      '-refresh',
      '1',
    ]);
    const ended = new Promise((resolve) => cache.on('close', resolve));
    context.after(async () => {
      cache.kill('SIGKILL');
      await ended;
    });
    const daemon = await site.daemon();
    await daemon.hasRead(1);
    await becomes(site, daemon, INVALID);
    assert.equal(await daemon.metric(`peerwatch_rpki_vrps{source="127.0.0.1:${port}"}`), 1);
    assert.equal(await daemon.metric(`peerwatch_rtr_faults_total{source="127.0.0.1:${port}",code="old-aspa"}`), 1);
    assert.match(await site.ok('status'), new RegExp(`127\\.0\\.0\\.1:${port} +current +1 +0 `));
    say(64496);
    await becomes(site, daemon, RESOLVED);
    assert.match(await site.ok('status', '--json'), /"kind":"vrp-added","vrp":"203\.0\.113\.0\/24 AS64496"/);
    const changes = daemon.process.log.filter(({ msg }) => msg.startsWith('a VRP of a registered prefix was'));
    assert.deepEqual(
      changes.map(({ change, vrp }) => `${String(change)} ${String(vrp)}`),
      ['removed 203.0.113.0/24 AS64499', 'added 203.0.113.0/24 AS64496'],
    );
    assert.equal(await daemon.stop(), 0);
  },
);

test('run keeps what a cache said over a restart of either, and drops it when it expires', async (context) => {
  const cache = await TestCache.open(context, () => answerOf({}, OTHERS));
  const rtr = `{ host: 127.0.0.1, port: ${cache.port} }`;
  const site = await siteWith(context, rtr);
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  await becomes(site, daemon, INVALID);
  const listed = await site.ok('incidents', 'list', '--json');
  assert.equal(await daemon.process.end('SIGKILL'), null);

  cache.close();
  const again = await site.daemon();
  await again.process.logged(/^the table is restored$/);
  await again.process.logged(/^the RTR cache fails$/);
  assert.equal(await site.ok('incidents', 'list', '--json'), listed, 'nothing was judged anew');
  assert.equal((await again.get('/readyz')).status, 200);
  await until('status tells of it', async () =>
    /"kind":"rpki-source"[^}]*"state":"stale"[^}]*"note":"connection: /.test(await site.ok('status', '--json')),
  );
  assert.equal(await again.stop(), 0);

  site.configure(`detection: { rpki: { rtr: [${rtr}], maxAge: 1s } }\n`);
  const late = await site.daemon();
  await late.process.logged(/^the RPKI data expired and are dropped/);
  await becomes(site, late, RESOLVED);
  assert.equal(await late.stop(), 0);
});

test('run takes the data of a cache that was restarted with another session, and verifies paths with its ASPAs', async (context) => {
  const cache = await TestCache.open(context, () => answerOf({}, OTHERS));
  const site = await siteWith(context, `{ host: 127.0.0.1, port: ${cache.port} }`);
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  await becomes(site, daemon, INVALID);
  cache.answer = (query) =>
    query.kind === 'serial-query'
      ? answerOf({ sessionId: 8 })
      : answerOf({ sessionId: 8 }, '+ASPA 64496 64502', '+ASPA 64501 64505');
  cache.send({ version: 2, kind: 'serial-notify', sessionId: 7, serial: 2 });
  // of 64501 64500 64496 neither end attests its neighbour: it goes up for one AS, and down for one
  await until(`an aspa-invalid; the log is:\n${daemon.process.stderr}`, async () =>
    (await incidents(site)).includes('aspa-invalid 203.0.113.0/24 64496/64500'),
  );
  assert.ok(cache.queries.some((query) => query.kind === 'error' && query.code === 0));
  assert.equal(await daemon.stop(), 0);
});

test('run uses the first cache that has an answer, and the files beside it', async (context) => {
  const cache = await TestCache.open(context, () => answerOf({}, OTHERS));
  const site = await siteWith(
    context,
    `{ host: 127.0.0.1, port: ${await freePort()} }, { host: 127.0.0.1, port: ${cache.port} }`,
    ', files: [vrps.json]',
  );
  writeFileSync(join(site.folder, 'vrps.json'), JSON.stringify({ roas: [{ asn: 64498, prefix: HQ, maxLength: 24 }] }));
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  await becomes(site, daemon, INVALID);
  const status = await site.ok('status', '--json');
  assert.match(status, /"kind":"reference","version":"RPKI [0-9a-f]{12}, RTR 127\.0\.0\.1:\d+ [0-9a-f]{12}","vrps":2/);
  assert.match(status, /"state":"waiting"/);
  const { stderr } = await site.run('replay', '--dry-run', join(site.spool, 'rrc00', 'updates'));
  assert.match(stderr, /RTR caches are asked by run only/);
  assert.equal(await daemon.stop(), 0);
});

test('run does not believe a trust anchor that is gone, says so, and does at SIGHUP', async (context) => {
  const site = await siteWith(context, '', ', files: [vrps.json]');
  const file = (roas: readonly object[]): void => {
    writeFileSync(join(site.folder, 'vrps.new'), JSON.stringify({ roas }));
    renameSync(join(site.folder, 'vrps.new'), join(site.folder, 'vrps.json'));
  };
  const many = Array.from({ length: 200 }, (_, i) => ({
    asn: 64500,
    prefix: `198.51.${i}.0/24`,
    maxLength: 24,
    ta: 'arin',
  }));
  file([...many, { asn: 64499, prefix: HQ, maxLength: 24, ta: 'ripe' }]);
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  await becomes(site, daemon, INVALID);
  file([]);
  const said = await daemon.process.logged(/^RPKI data fell too far/);
  assert.match(String(said['reason']), /all VRPs fell from 201 to 0, VRPs of arin fell from 200 to 0/);
  assert.equal(await incidents(site), INVALID);
  assert.match(await site.ok('status', '--json'), /"kind":"rpki-source"[^}]*"state":"held"/);
  assert.equal(await daemon.metric('peerwatch_rpki_source_held{source="vrps.json"}'), 1);
  assert.equal(await daemon.process.end('SIGKILL'), null);

  const again = await site.daemon();
  await again.process.logged(/^RPKI data fell too far/);
  assert.equal(await incidents(site), INVALID);
  await again.process.logged(/^the table is restored$/);
  again.process.child.kill('SIGHUP');
  await becomes(site, again, RESOLVED);
  assert.equal(await again.stop(), 0);
});

test('run tells of VRPs that expire soon, and judges without those that have', async (context) => {
  const site = await siteWith(context, '', ', files: [vrps.json]');
  const now = Math.floor(Date.now() / 1000);
  const roas = [
    { asn: 64499, prefix: HQ, maxLength: 24, ta: 'ripe', expires: now + 3600 },
    { asn: 64496, prefix: HQ, maxLength: 24, ta: 'ripe', expires: now - 1 },
  ];
  writeFileSync(join(site.folder, 'vrps.json'), JSON.stringify({ roas }));
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  await becomes(site, daemon, INVALID);
  const told = await daemon.process.logged(/^a VRP of a registered prefix expires soon/);
  assert.equal(told['vrp'], '203.0.113.0/24 AS64499');
  assert.equal(await daemon.metric('peerwatch_rpki_vrps_expiring'), 1);
  assert.match(await site.ok('status', '--json'), /"version":"RPKI [0-9a-f]{12}, without 1 expired VRPs"/);
  assert.equal(await daemon.stop(), 0);
});
