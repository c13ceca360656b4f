// stuck-route and registry-drift from MRT records to incidents, through the built command: the same whatever the order of the files, in one
// run or in two. source-silent in the daemon. Worked out by hand, with figures of minutes in place of hours and days: nine of ten peers lose
// a prefix, the ninth at second 109, and the tenth keeps it until 1520; AS64511 originates another one on two peers from 6 to 1500.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Site } from '../support/daemon-process.js';
import { oneConnection, update } from '../support/one-connection.js';
import { until } from '../support/until.js';

const REGISTRY = oneConnection(
  '{ name: stuck, prefix: 203.0.113.0/24, origins: [64496] }',
  '{ name: drifts, prefix: 198.51.100.0/24, origins: [64496] }',
);

const FIGURES = `
detection:
  stuckRoute: { after: 600s }
  registryDrift: { stableFor: 600s }
  lifecycle: { reopenWithin: 100s }
`;

const STUCK = '203.0.113.0/24';
const DRIFTS = '198.51.100.0/24';

const peers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

const FIRST = [
  ...[1, 2].map((peer) => update(4 + peer, peer, DRIFTS, [64500, 64511])),
  ...peers(10).map((peer) => update(10 + peer, peer, STUCK, [64500, 64496])),
  ...peers(9).map((peer) => update(100 + peer, peer, STUCK)),
  update(1000, 3, DRIFTS, [64500, 64496]),
];
const SECOND = [
  ...[1, 2].map((peer) => update(1490 + 10 * peer, peer, DRIFTS)),
  update(1520, 10, STUCK),
  update(1700, 3, STUCK, [64500, 64496]),
];

interface Listed {
  readonly id: string;
  readonly kind: string;
  readonly type: string;
  readonly prefix: string | null;
  readonly offender: string | null;
  readonly state: string;
  readonly openedAt: string;
  readonly resolvedAt: string | null;
  readonly reason: string | null;
  readonly explanation: string;
}

function incidentsIn(lines: string): readonly Listed[] {
  const parsed = lines.split('\n').filter((line) => line !== '');
  return parsed.map((line) => JSON.parse(line) as Listed).filter(({ kind }) => kind === 'incident');
}

async function siteWith(context: ConstructorParameters<typeof Site>[0], figures: string): Promise<Site> {
  const site = new Site(context);
  site.configure(figures);
  writeFileSync(join(site.folder, 'registry.yaml'), REGISTRY);
  await site.ok('init');
  await site.ok('apply', join(site.folder, 'registry.yaml'));
  return site;
}

test('replay finds stuck-route and registry-drift, explains them, and gives the same bytes in any order of the files, in one run or two', async (context) => {
  const site = await siteWith(context, FIGURES);
  const [a, b] = [join(site.folder, 'rrc00.first'), join(site.folder, 'rrc00.second')];
  writeFileSync(a, Buffer.concat(FIRST));
  writeFileSync(b, Buffer.concat(SECOND));
  const printed = await site.ok('replay', '--json', '--dry-run', a, b);
  assert.equal(await site.ok('replay', '--json', '--dry-run', b, a), printed);
  const found = incidentsIn(printed);
  assert.deepEqual(
    found.map(({ type, prefix, openedAt, resolvedAt, reason }) =>
      [type, prefix, openedAt.slice(11, 19), resolvedAt?.slice(11, 19), reason].join(' '),
    ),
    [
      `origin-hijack ${DRIFTS} 07:00:05 07:25:10 withdrawn`,
      `registry-drift ${DRIFTS} 07:00:06 07:25:00 withdrawn`,
      `stuck-route ${STUCK} 07:01:49 07:25:20 withdrawn`,
    ],
  );
  assert.match(
    found[1].explanation,
    /AS64511 originates 198\.51\.100\.0\/24 since .* registry, ROAs and routes agree again/,
  );
  assert.match(found[2].explanation, /still carried by AS64610 \(192\.0\.2\.10\) at rrc00; 9 of 10 peer ASes/);
  assert.match(found[2].explanation, /the last session that carried it withdrew or replaced it/);
  await site.ok('replay', a);
  await site.ok('replay', b);
  assert.deepEqual(incidentsIn(await site.ok('incidents', 'list', '--json')), found);

  const { code, stderr } = await site.run('incidents', 'evidence', found[2].id, '--mrt', join(site.folder, 'x'));
  assert.deepEqual([code, /file, record and offset say where they are/.test(stderr)], [1, true]);
  assert.match((await site.run('incidents', 'verify', found[2].id)).stdout, /cannot be verified: no record is kept/);
  assert.match(await site.ok('status'), /unobservable/);
  assert.match(await site.ok('why', STUCK), /unobservable: 0 full-feed sessions have or had it, 3 are needed/);
});

test('the daemon tells of a source that delivers nothing, and when it does again', async (context) => {
  const site = await siteWith(context, 'detection: { silence: { intervals: 1, risInterval: 1s } }\n');
  const daemon = await site.daemon();
  site.drop('rrc00/first', Buffer.concat(FIRST));
  await daemon.hasRead(1);
  const silent = async (state: string): Promise<Listed | undefined> => {
    const listed = incidentsIn(await site.ok('incidents', 'list', '--json'));
    return listed.find((one) => one.type === 'source-silent' && one.state === state);
  };
  const open = await until('it is silent', () => silent('open'));
  assert.deepEqual([open.offender, open.prefix], ['rrc00', null]);
  assert.match(open.explanation, /rrc00 has delivered nothing since/);
  assert.match(await site.ok('incidents', 'list'), /source-silent/);
  site.drop('rrc00/second', Buffer.concat(SECOND));
  await until('it is over', () => silent('resolved'));
  assert.equal(await daemon.stop(), 0);
});
