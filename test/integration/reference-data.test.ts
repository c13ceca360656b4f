// RPKI and relationship data from file to incident, in `replay` and in the daemon: what is found, told and stored; that neither the order of
// files nor a kill changes it; and that changed files judge what is stored anew. The expectation is worked out by hand:
//
// VRPs: 203.0.113.0/24 AS64496, 203.0.113.128/25 AS64511. ASPAs: 64496 has the provider 64500, 64500 has 64505, and so has 64502.
// Relationships: 64507 buys from 64505 and from 64506.

import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Site } from '../support/daemon-process.js';
import { announce, FOREIGN, HQ, joined, keepalive, longStory, OWN, withdraw } from '../support/spooled-story.js';
import { until } from '../support/until.js';

interface Listed {
  readonly kind: string;
  readonly id: string;
  readonly type: string;
  readonly prefix: string;
  readonly offender: string;
  readonly level: string;
  readonly state: string;
  readonly reason: string | null;
  readonly alsoMatched: readonly string[];
  readonly explanation: string;
}

const ROAS = [
  { asn: OWN, prefix: HQ, maxLength: 24, ta: 'ripe' },
  { asn: FOREIGN, prefix: '203.0.113.128/25', maxLength: 25, ta: 'ripe' },
];
const ASPAS = [
  { customer_asid: OWN, providers: [64500] },
  { customer_asid: 64500, providers: [64505] },
  { customer_asid: 64502, providers: [64505] },
];
const LINKS = '64505|64507|-1\n64506|64507|-1\n';
const metadata = { buildtime: '2026-06-16T06:50:00Z' };

/** Allowed more-specifics longer than the ROA, a leak, a contradicted provider, a hijack with a ROA and one without. */
const STORY = joined(
  announce(0, 0, [OWN]),
  announce(10, 1, [64500, OWN], '203.0.113.0/25'),
  announce(12, 2, [64500, OWN], '203.0.113.0/25'),
  announce(20, 1, [64506, 64507, 64505, 64500, OWN]),
  announce(30, 2, [64508, 64500, OWN]),
  announce(40, 1, [FOREIGN], '203.0.113.128/25'),
  announce(50, 1, [64510]),
  withdraw(60, 1, '203.0.113.0/25'),
  withdraw(61, 2, '203.0.113.0/25'),
  keepalive(300),
);

/** A site with the example registry and data. */
async function siteWithData(context: TestContext): Promise<Site> {
  const site = await new Site(context).withExample();
  writeFileSync(join(site.folder, 'vrps.json'), JSON.stringify({ metadata, roas: ROAS }));
  writeFileSync(join(site.folder, 'aspas.json'), gzipSync(JSON.stringify({ metadata, aspas: ASPAS })));
  writeFileSync(join(site.folder, 'as-rel.txt'), LINKS);
  name(site);
  return site;
}

function name(site: Site, files = '[vrps.json, aspas.json]'): void {
  site.configure(`detection: { rpki: { files: ${files} }, relationships: as-rel.txt }\n`);
}

function put(site: Site, file: string, bytes: Uint8Array): string {
  const path = join(site.folder, file);
  writeFileSync(path, bytes);
  return path;
}

/** Replaces the VRPs as a validator does: a whole file under another name, renamed. */
function roas(site: Site, list: readonly object[]): void {
  const path = put(site, 'vrps.new', Buffer.from(JSON.stringify({ metadata, roas: list })));
  renameSync(path, join(site.folder, 'vrps.json'));
}

async function incidents(site: Site): Promise<readonly Listed[]> {
  return listed(await site.ok('incidents', 'list', '--json'));
}

function listed(lines: string): readonly Listed[] {
  const parsed = lines.split('\n').filter((line) => line !== '');
  return parsed.map((line) => JSON.parse(line) as Listed).filter(({ kind }) => kind === 'incident');
}

const brief = ({ type, prefix, offender, level, alsoMatched, state, reason }: Listed): string =>
  `${type} ${prefix} ${offender}: ${level} [${alsoMatched.join(' ')}] ${state} ${reason ?? ''}`.trim();

const EXPECTED = [
  'rpki-invalid 203.0.113.0/25 64496 length: Warning [] resolved withdrawn',
  'route-leak 203.0.113.0/24 64507: Error [] resolved withdrawn',
  'aspa-invalid 203.0.113.0/24 64500/64508: Error [] suspected',
  'subprefix-hijack 203.0.113.128/25 64511: Warning [] suspected',
  'origin-hijack 203.0.113.0/24 64510: Critical [rpki-invalid] suspected',
];

test('replay finds rpki-invalid, aspa-invalid and route-leak, explains them, and gives the same bytes in any order of the data', async (context) => {
  const site = await siteWithData(context);
  const updates = put(site, 'updates', STORY);
  const printed = await site.ok('replay', '--json', '--dry-run', updates);
  const found = listed(printed);
  assert.deepEqual(found.map(brief), EXPECTED);
  for (const { explanation } of found)
    assert.match(
      explanation,
      / Data used: RPKI [0-9a-f]{12} of 2026-06-16T06:50:00Z, RPKI [0-9a-f]{12} of 2026-06-16T06:50:00Z, relationships [0-9a-f]{12}\.$/,
    );
  const [rpki, leak, aspa, hijack] = found.map(({ explanation }) => explanation);
  assert.match(rpki, /is authorised, but not for a prefix of this length; covering VRPs: 203\.0\.113\.0\/24 AS64496\./);
  assert.match(
    leak,
    /AS64507 had the route from AS64505 \(its provider\) and gave it to AS64506 \(its provider\); RFC 7908 type 1/,
  );
  assert.match(aspa, /AS64500 handed the route to AS64508, which is not among the providers that AS64500 attests/);
  assert.match(hijack, /authorised by a ROA, not by the registry/);
  name(site, '[aspas.json, vrps.json]');
  assert.equal(await site.ok('replay', '--json', '--dry-run', updates), printed);
});

test('replay without data finds none of it, and tells of the same events', async (context) => {
  const site = await siteWithData(context);
  const updates = put(site, 'updates', STORY);
  const events = (lines: string): string[] => {
    const told = lines.split('\n').filter((line) => line.startsWith('{"kind":"event"'));
    return told.map((line) => line.replace(/"description":.*/, '')); // which names all that a rule matched
  };
  const told = events(await site.ok('replay', '--json', '--dry-run', updates));
  site.configure('');
  const printed = await site.ok('replay', '--json', '--dry-run', updates);
  assert.deepEqual(
    listed(printed).map(({ type, level }) => `${type} ${level}`),
    ['subprefix-hijack Critical', 'origin-hijack Critical'],
  );
  assert.ok(listed(printed).every(({ explanation }) => explanation.endsWith('No VRP or relationship data was used.')));
  assert.deepEqual(told, events(printed));
});

test('replay tells of entries that cannot be read, and refuses a file that is not there or cut short', async (context) => {
  const site = await siteWithData(context);
  const updates = put(site, 'updates', STORY);
  put(site, 'as-rel.txt', Buffer.from(`${LINKS}nonsense\n`));
  const { code, stdout, stderr } = await site.run('replay', '--json', '--dry-run', updates);
  assert.equal(code, 0);
  assert.match(stderr, /^peerwatch: as-rel\.txt, line 3: "nonsense" is not AS\|AS\|relationship$/m);
  assert.equal(listed(stdout).length, EXPECTED.length);
  put(site, 'vrps.json', Buffer.from('{"roas":[{'));
  const cut = await site.run('replay', '--dry-run', updates);
  assert.equal(cut.code, 1);
  assert.match(cut.stderr, /^peerwatch: vrps\.json is not used: the JSON is cut short$/m);
  name(site, '[none.json]');
  const missing = await site.run('replay', '--dry-run', updates);
  assert.equal(missing.code, 2);
  assert.match(
    missing.stderr,
    /peerwatch\.yaml:3:\d+: detection\.rpki\.files\.0: Cannot read .*none\.json: no such file/,
  );
  const checked = await site.run('check-config');
  assert.equal(checked.code, 2);
  assert.match(
    checked.stdout,
    /peerwatch\.yaml:3:\d+: detection\.rpki\.files\.0: Cannot read .*none\.json: no such file/,
  );
});

test('replay with data that is killed and resumed ends as an undisturbed one', async (context) => {
  const [calm, killed] = [await siteWithData(context), await siteWithData(context)];
  const bytes = joined(STORY, ...longStory(1500));
  for (const site of [calm, killed]) put(site, 'updates', bytes);
  await calm.ok('replay', 'updates');
  const broken = killed.spawn(['replay', '--json', 'updates']);
  await until('it has printed events', () => broken.stdout.split('\n').length > 20);
  assert.equal(await broken.end('SIGKILL'), null, 'killed before its end');
  await killed.ok('replay', 'updates');
  for (const list of ['events', 'incidents'])
    assert.equal(await killed.ok(list, 'list', '--json'), await calm.ok(list, 'list', '--json'));
  assert.ok((await incidents(calm)).some(({ type }) => type === 'rpki-invalid'));
});

test('run judges stored routes anew when a file of VRPs changes, while it runs and while it is stopped, and status tells of the data', async (context) => {
  const site = await siteWithData(context);
  roas(site, [{ asn: 64499, prefix: HQ, maxLength: 24, ta: 'ripe' }]);
  site.drop('rrc00/updates', joined(announce(0, 0, [OWN]), announce(1, 1, [64500, OWN]), keepalive(100)));
  const daemon = await site.daemon();
  await daemon.hasRead(1);
  assert.deepEqual((await incidents(site)).map(brief), [
    `rpki-invalid ${HQ} 64496 origin: Warning [] open`,
    `registry-drift ${HQ} null: Warning [] open`,
  ]);
  assert.equal(await daemon.metric('peerwatch_incidents_open{type="rpki-invalid",level="Warning"}'), 1);
  const status = await site.ok('status', '--json');
  assert.match(status, /"kind":"reference","version":"RPKI [^"]+","vrps":1,"aspas":3,"relationships":2\}/);
  assert.match(await site.ok('status'), /^VRPs of registered prefixes +1$/m);

  roas(site, ROAS);
  const resolved = `rpki-invalid ${HQ} 64496 origin: Warning [] resolved reconfigured`;
  await until('the change is taken', async () => (await incidents(site)).map(brief).includes(resolved));
  assert.equal(await daemon.stop(), 0);

  roas(site, [{ asn: 0, prefix: HQ, maxLength: 24, ta: 'ripe' }]);
  const again = await site.daemon();
  const as0 = `rpki-invalid ${HQ} 64496 as0: Warning [] open`;
  await until('the other data is taken', async () => (await incidents(site)).map(brief).includes(as0));
  assert.equal(await again.stop(), 0);
});

test('run reads VRPs anew for a prefix that is registered later', async (context) => {
  const site = await siteWithData(context);
  roas(site, [...ROAS, { asn: 64499, prefix: '192.0.2.0/24', maxLength: 24, ta: 'ripe' }]);
  const daemon = await site.daemon();
  await site.ok('prefix', 'add', '192.0.2.0/24', '--connection', 'seattle-hq', '--origin', String(OWN));
  await daemon.process.logged(/^registry changed$/);
  site.drop('rrc00/updates', joined(announce(0, 0, [OWN], '192.0.2.0/24'), keepalive(100)));
  await daemon.hasRead(1);
  assert.deepEqual((await incidents(site)).map(brief), [
    'rpki-invalid 192.0.2.0/24 64496 origin: Warning [] suspected',
    'registry-drift 192.0.2.0/24 null: Warning [] open',
  ]);
  assert.equal(await daemon.stop(), 0);
});

test('run starts without a file that is not there, says so, and takes it when it comes', async (context) => {
  const site = await siteWithData(context);
  name(site, '[late.json]');
  site.drop('rrc00/updates', joined(announce(0, 0, [OWN]), keepalive(100)));
  const daemon = await site.daemon();
  await daemon.process.logged(/^the file cannot be used$/);
  await daemon.hasRead(1);
  assert.deepEqual(await incidents(site), []);
  put(site, 'late.json', Buffer.from(JSON.stringify({ metadata, roas: [{ asn: 0, prefix: HQ, maxLength: 24 }] })));
  await until('it is taken', async () => (await incidents(site)).length > 0);
  assert.equal(await daemon.stop(), 0);
});

test('incidents resolve without a daemon judges nothing anew', async (context) => {
  const site = await siteWithData(context);
  await site.ok('replay', put(site, 'updates', STORY));
  const [, , aspa] = await incidents(site);
  await site.ok('incidents', 'resolve', aspa.id);
  const expected = EXPECTED.map((line) =>
    line.startsWith('aspa-invalid') ? line.replace('suspected', 'resolved manual') : line,
  );
  assert.deepEqual((await incidents(site)).map(brief), expected);
});

test('incidents verify derives verdicts that rest on VRPs, ASPAs and relationships again when the files are gone and a prefix is judged otherwise', async (context) => {
  const site = await siteWithData(context);
  await site.ok('replay', put(site, 'updates', STORY));
  for (const file of ['vrps.json', 'aspas.json', 'as-rel.txt', 'updates']) rmSync(join(site.folder, file));
  site.configure('');
  const printed = await site.ok('incidents', 'verify');
  assert.equal(printed.match(/ {2}the same \(/g)?.length, EXPECTED.length, printed);
  assert.doesNotMatch(printed, /differs|not verified/);
});
