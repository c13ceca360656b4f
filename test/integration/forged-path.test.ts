// forged-path from MRT records to incidents, through the built command: 30 days of event time. Peers 1 and 2 have the route by 64500 in a RIB dump
// on day 0 and by 64505 on day 1. On day 10 they have it over 64511, which pretends to be next to 64500: the history is being learnt.
// On day 16 over 64512-64500, which nobody has seen: an incident, until it goes. On day 18 again: another. On day 20 over 64513-64500,
// which stays: known on day 27. (Files apart, since a record an hour ahead of the one before it in its file would be clamped.)

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { SegmentType } from '../../src/bgp/as-path.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { encodeBgp4mpMessage, encodePeerIndexTable, encodeRib } from '../../src/mrt/writer.js';
import { Site } from '../support/daemon-process.js';
import { oneConnection } from '../support/one-connection.js';
import { until } from '../support/until.js';

const REGISTRY = oneConnection('{ name: hq, prefix: 203.0.113.0/24, origins: [64496], neighbors: { 64496: [64500] } }');
const HQ = parsePrefix('203.0.113.0/24');
/** 2026-06-01T00:00:00Z. */
const T0 = 1_780_272_000;
const DAY = 86_400;
const PEERS = [1, 2];

function attributes(peer: number, tail: readonly number[]) {
  const asPath = [{ type: SegmentType.AS_SEQUENCE, asns: [64600 + peer, ...tail] }];
  return { origin: 0 as const, asPath, nextHop: `192.0.2.${peer}` };
}

function update(seconds: number, peer: number, tail: readonly number[]): Uint8Array {
  const nothing = { withdrawn: [], mpReach: null, mpUnreach: null, endOfRib: null, warnings: [] };
  return encodeBgp4mpMessage({
    peerAs: 64600 + peer,
    peerAddress: `192.0.2.${peer}`,
    localAs: 64699,
    localAddress: '192.0.2.254',
    time: (T0 + seconds) * 1_000_000,
    message: {
      kind: 'update',
      update: { ...nothing, announced: [{ prefix: HQ }], attributes: attributes(peer, tail) },
    },
  });
}

function ribDump(): Uint8Array {
  const time = T0 * 1_000_000;
  const peers = PEERS.map((n) => ({ type: 2, bgpId: `10.0.0.${n}`, address: `192.0.2.${n}`, asn: 64600 + n }));
  const entries = PEERS.map((n, peerIndex) => ({
    peerIndex,
    originatedTime: time,
    attributes: attributes(n, [64500, 64496]),
  }));
  return Buffer.concat([
    encodePeerIndexTable({ time, collectorBgpId: '10.0.0.254', viewName: '', peers }),
    encodeRib({ time, sequence: 0, safi: 1, prefix: HQ, entries }),
  ]);
}

const both = (seconds: number, tail: readonly number[]): Uint8Array[] =>
  PEERS.map((peer) => update(seconds + 10 * peer, peer, tail));
/** From day `day` on over `asn` next to the provider, until 600 s later. */
const visit = (day: number, asn: number): Uint8Array[] => [
  ...both(day * DAY, [64505, asn, 64500, 64496]),
  ...both(day * DAY + 600, [64500, 64496]),
];

const FILES: Readonly<Record<string, Uint8Array>> = {
  'rib.0': ribDump(),
  'updates.01': Buffer.concat(visit(1, 64505)),
  'updates.10': Buffer.concat(visit(10, 64511)),
  'updates.15': Buffer.concat(visit(15, 64511)),
  'updates.16': Buffer.concat(visit(16, 64512)),
  'updates.18': Buffer.concat(visit(18, 64512)),
  'updates.20': Buffer.concat(both(20 * DAY, [64505, 64513, 64500, 64496])),
  'updates.30': Buffer.concat(both(30 * DAY, [64500, 64496])),
};

interface Listed {
  readonly kind: string;
  readonly type: string;
  readonly offender: string;
  readonly state: string;
  readonly openedAt: string;
  readonly notifiableAt: string | null;
  readonly resolvedAt: string;
  readonly reason: string;
  readonly score: number;
  readonly explanation: string;
}

function forgedIn(lines: string): readonly Listed[] {
  const parsed = lines.split('\n').filter((line) => line !== '');
  return parsed.map((line) => JSON.parse(line) as Listed).filter(({ type }) => type === 'forged-path');
}

const brief = ({ offender, state, openedAt, resolvedAt, reason, notifiableAt, score }: Listed): string =>
  `${offender} ${openedAt.slice(0, 19)} ${resolvedAt.slice(0, 19)} ${state} ${reason} ${notifiableAt ?? '-'} ${score}`;

// Score: 40 not known, 20 no AS next to both; 64512 has no known link, so not "both are known by other links".
const EXPECTED = [
  '64512/64500 2026-06-17T00:00:10 2026-06-17T00:10:20 resolved withdrawn - 60',
  '64512/64500 2026-06-19T00:00:10 2026-06-19T00:10:20 resolved withdrawn - 60',
  '64513/64500 2026-06-21T00:00:10 2026-06-28T00:00:10 resolved withdrawn - 60',
];

async function siteWithFiles(context: TestContext): Promise<Site> {
  const site = new Site(context);
  writeFileSync(join(site.folder, 'registry.yaml'), REGISTRY);
  await site.ok('init');
  await site.ok('apply', join(site.folder, 'registry.yaml'));
  for (const [name, bytes] of Object.entries(FILES)) writeFileSync(join(site.folder, name), bytes);
  return site;
}

const names = Object.keys(FILES);

test('replay finds forged-path over 30 days, explains it, and gives the same bytes in any order of the files', async (context) => {
  const site = await siteWithFiles(context);
  const printed = await site.ok('replay', '--json', '--dry-run', '--collector', 'rrc00', ...names);
  const found = forgedIn(printed);
  assert.deepEqual(found.map(brief), EXPECTED);
  assert.match(
    found[0].explanation,
    /AS64512 had the route from AS64500, 2 hops from the origin: a link that was not known/,
  );
  assert.match(found[0].explanation, /nor was AS64505-AS64512/);
  assert.match(
    found[2].explanation,
    /the link had been seen for so long that it counts as known\.$|counts as known\. /,
  );
  assert.equal(await site.ok('replay', '--json', '--dry-run', '--collector', 'rrc00', ...names.toReversed()), printed);
});

test('status tells of learning, and of links that are judged; incidents verify derives the verdict from its records alone', async (context) => {
  const site = await siteWithFiles(context);
  await site.ok('replay', '--collector', 'rrc00', ...names.slice(0, 3));
  assert.match(
    await site.ok('status', '--json'),
    /\{"kind":"links","state":"learning","since":"2026-06-01T00:00:00\.000000Z","days":10,"of":14,"links":\d+,"sessionsWithoutRib":0\}/,
  );
  await site.ok('replay', '--collector', 'rrc00', ...names.slice(3));
  assert.match(await site.ok('status'), /^judging +2026-06-01T00:00:00\.000000Z +30 +14 /m);
  for (const file of names) rmSync(join(site.folder, file));
  const verified = await site.ok('incidents', 'verify');
  assert.doesNotMatch(verified, /differs|not verified/, verified);
  assert.equal(verified.match(/forged-path/g)?.length, 3, verified);
});

test('run finds what replay finds, file by file, over a kill -9 after each half', async (context) => {
  const [replayed, site] = [await siteWithFiles(context), await siteWithFiles(context)];
  await replayed.ok('replay', '--collector', 'rrc00', ...names);
  const listed = (lines: string): string[] => forgedIn(lines).map(brief);
  const expected = listed(await replayed.ok('incidents', 'list', '--json'));
  assert.deepEqual(expected, EXPECTED);
  for (const half of [names.slice(0, 5), names.slice(5)]) {
    const daemon = await site.daemon();
    for (const file of half) site.drop(`rrc00/${file}`, FILES[file]);
    await daemon.hasRead(half.length);
    await daemon.process.end('SIGKILL');
  }
  const last = await site.daemon();
  await until(
    'all is stored',
    async () => listed(await site.ok('incidents', 'list', '--json')).join() === expected.join(),
  );
  assert.equal(await last.stop(), 0);
});
