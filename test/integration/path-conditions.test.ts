// provider-bypass, path-change and flapping from MRT records to incidents, through the built command: the same whatever the order of the
// files, with a database or without. (The last record is less than an hour behind the one before it: else it would be clamped.) Worked out by hand: four peers turn from AS64510 to AS64520; two of them from the provider AS64500 to
// AS64505; two withdraw another prefix seven times within two minutes (7 x 1000, less than an eighth decayed: over 6000).

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Site } from '../support/daemon-process.js';
import { oneConnection, update } from '../support/one-connection.js';

const REGISTRY = oneConnection(
  '{ name: turns, prefix: 203.0.113.0/24, origins: [64496] }',
  '{ name: flaps, prefix: 198.51.100.0/24, origins: [64496] }',
);

const TURNS = '203.0.113.0/24';
const FLAPS = '198.51.100.0/24';

/** Peers 1 to 4 turn in transit, then 1 and 2 past the provider; all is as before again at second 900. */
function turns(): Uint8Array[] {
  const all = [1, 2, 3, 4];
  return [
    ...all.map((peer) => update(peer, peer, TURNS, [64510, 64500, 64496])),
    ...all.map((peer) => update(100 + peer, peer, TURNS, [64520, 64500, 64496])),
    ...all.map((peer) => update(300 + peer, peer, TURNS, [64510, 64500, 64496])),
    ...[1, 2].map((peer) => update(600 + peer, peer, TURNS, [64505, 64496])),
    ...[1, 2].map((peer) => update(900 + peer, peer, TURNS, [64510, 64500, 64496])),
  ];
}

function flaps(): Uint8Array[] {
  const rounds = Array.from({ length: 7 }, (_, i) => 20 * i);
  return rounds.flatMap((s) => [
    ...[5, 6].map((peer) => update(s, peer, FLAPS, [64500, 64496])),
    ...[5, 6].map((peer) => update(s + 5, peer, FLAPS)),
  ]);
}

interface Listed {
  readonly kind: string;
  readonly type: string;
  readonly prefix: string;
  readonly offender: string | null;
  readonly level: string;
  readonly state: string;
  readonly openedAt: string;
  readonly notifiableAt: string;
  readonly peers: { readonly max: number };
  readonly explanation: string;
}

function incidentsIn(lines: string): readonly Listed[] {
  const parsed = lines.split('\n').filter((line) => line !== '');
  return parsed.map((line) => JSON.parse(line) as Listed).filter(({ kind }) => kind === 'incident');
}

test('replay finds provider-bypass, path-change and flapping, explains them, and gives the same bytes in any order of the files', async (context) => {
  const site = new Site(context);
  writeFileSync(join(site.folder, 'registry.yaml'), REGISTRY);
  await site.ok('init');
  await site.ok('apply', join(site.folder, 'registry.yaml'));
  const [a, b] = [join(site.folder, 'turns'), join(site.folder, 'flaps')];
  writeFileSync(a, Buffer.concat([...turns(), update(4400, 1, TURNS, [64510, 64500, 64496])]));
  writeFileSync(b, Buffer.concat(flaps()));
  const printed = await site.ok('replay', '--json', '--dry-run', a, b);
  assert.equal(await site.ok('replay', '--json', '--dry-run', b, a), printed);
  const found = incidentsIn(printed);
  assert.deepEqual(
    found.map(({ type, prefix, offender, level, state, openedAt, peers }) =>
      [type, prefix, offender ?? '-', level, state, openedAt.slice(11, 19), peers.max].join(' '),
    ),
    [
      `path-change ${TURNS} 64520 Information resolved 07:01:41 4`,
      `flapping ${FLAPS} - Warning resolved 07:02:05 2`,
      `provider-bypass ${TURNS} 64505 Error resolved 07:10:01 2`,
    ],
  );
  const [change, flapping, bypass] = found.map(({ explanation }) => explanation);
  assert.match(change, /4 peer ASes changed their path to 203\.0\.113\.0\/24 at AS64520/);
  assert.match(flapping, /2 peer ASes went over a penalty of 6000, 2 would do: AS64605 \d+ \(7 withdrawals\)/);
  assert.match(bypass, /AS64505 hands 203\.0\.113\.0\/24 off in place of the registered provider AS64500/);
  assert.equal(await site.ok('replay', '--json', a, b), printed);
  assert.deepEqual(incidentsIn(await site.ok('incidents', 'list', '--json')), found);
});
