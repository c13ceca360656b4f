// `learn` through the built command: on MRT that the test writes, where the proposal is written down by hand, and on real files, where
// origins and neighbours are counted from what bgpdump prints.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { learn } from '../../src/daemon/learn.js';
import { expandInputs } from '../../src/sources/input-files.js';
import { run } from '../support/command-line.js';
import { Site } from '../support/daemon-process.js';
import { requires, sharedData } from '../support/requires.js';
import { announce, joined } from '../support/spooled-story.js';

/** Peers 64501 and 64502 see 64496's /24 behind 64500, 64501 alone sees it behind 64505 and a /25; 64511 is seen with another prefix too. */
const STORY = joined(
  announce(0, 1, [64500, 64496]),
  announce(1, 2, [64500, 64500, 64496]),
  announce(2, 1, [64505, 64496]),
  announce(3, 1, [64500, 64496], '203.0.113.128/25'),
  announce(4, 2, [64500, 64496], '203.0.113.128/25'),
  announce(5, 1, [64500, 64496], '198.51.100.0/24'),
  announce(6, 1, [64500, 64496], '192.0.2.0/24'),
  announce(7, 2, [64500, 64496], '192.0.2.0/24'),
  announce(8, 2, [64511], '192.0.2.0/24'),
);

interface Proposed {
  readonly connections: readonly { readonly prefixes: readonly unknown[]; readonly provider: string }[];
}

async function staged(context: TestContext): Promise<Site> {
  const site = await new Site(context).withExample();
  writeFileSync(join(site.folder, 'updates'), STORY);
  return site;
}

test('learn proposes what two peer ASes saw, with counts, and leaves what is doubtful as comments with why', async (context) => {
  const site = await staged(context);
  const args = ['learn', '--asn', '64496', join(site.folder, 'updates')];
  const text = await site.ok(...args);
  const { connections } = parse(text) as Proposed;
  assert.equal(connections[0].provider, 'AS64500');
  assert.deepEqual(connections[0].prefixes, [
    {
      prefix: '203.0.113.0/24',
      origins: [64496],
      neighbors: { 64496: [64500] },
      moreSpecifics: { minLength: 25, maxLength: 25 },
    },
  ]);
  assert.match(text, /- prefix: 203\.0\.113\.0\/24 # AS64496 2 peer ASes, 2 sessions\n/);
  assert.match(text, /# 64496 next to 64505: 1 peer AS, 1 session; left out: one peer AS alone saw it\n/);
  assert.match(text, /# one peer AS alone saw it\n +# - prefix: 198\.51\.100\.0\/24 /);
  assert.match(text, /# also originated by AS64511 \(1 peer AS, 1 session\)\n +# - prefix: 192\.0\.2\.0\/24 /);
  assert.equal(await site.ok(...args), text, 'deterministic');
});

test('learn writes a file that apply takes, does not overwrite it without --force, and comments out what VRPs make Invalid', async (context) => {
  const site = await staged(context);
  const out = join(site.folder, 'proposed.yaml');
  const args = ['learn', '--asn', 'AS64496', '--out', out, join(site.folder, 'updates')];
  await site.ok(...args);
  await site.ok('apply', '--dry-run', '--allow-shrink', out);
  const again = await site.run(...args);
  assert.equal(again.code, 2);
  assert.match(again.stderr, /it is there already; --force overwrites it/);
  await site.ok(...args, '--force');
  const vrps = join(site.folder, 'vrps.json');
  writeFileSync(vrps, JSON.stringify({ roas: [{ asn: 64511, prefix: '203.0.113.0/24', maxLength: 24, ta: 'x' }] }));
  const text = await site.ok('learn', '--asn', '64496', '--vrps', vrps, join(site.folder, 'updates'));
  assert.match(text, /# RPKI invalid with origin AS64496\n +# - prefix: 203\.0\.113\.0\/24 /);
  assert.deepEqual((parse(text) as Proposed).connections[0].prefixes, []);
  writeFileSync(out, text);
  await site.ok('apply', '--dry-run', '--allow-shrink', out);
});

test('learn proposes nothing of an AS that is not there, as a file that apply takes', async (context) => {
  const site = await staged(context);
  const out = join(site.folder, 'none.yaml');
  await site.ok('learn', '--asn', '64499', '--out', out, join(site.folder, 'updates'));
  await site.ok('apply', '--dry-run', '--allow-shrink', out);
});

const REAL = ['RIPE-NCC__bgpdump__bview.20020722.2337.gz', 'RIPE-NCC__bgpdump__updates.20100722.2015.gz'];

/** `prefix origin neighbour: peer ASes` of every prefix that `origin` has, from bgpdump's lines; origin null = that of most routes. */
function countedFrom(lines: readonly string[], origin: number | null): { origin: number; facts: readonly string[] } {
  const routes = lines.map((line) => line.split('|')).filter(([, , kind]) => kind === 'A' || kind === 'B');
  const ends = routes.flatMap(([, , , , peer, prefix, path]) => {
    const hops = path.split(' ').filter((hop, index, all) => hop !== all[index - 1]);
    return /^\d+$/.test(hops.at(-1) ?? '') ? [{ peer, prefix, origin: hops.at(-1)!, next: hops.at(-2) ?? 'none' }] : [];
  });
  const tally = new Map<string, number>();
  for (const { origin: asn } of ends) tally.set(asn, (tally.get(asn) ?? 0) + 1);
  const wanted = String(origin ?? [...tally].sort(([, a], [, b]) => b - a)[0][0]);
  const prefixes = new Set(ends.filter((end) => end.origin === wanted).map(({ prefix }) => prefix));
  const peers = new Map<string, Set<string>>();
  for (const end of ends.filter(({ prefix }) => prefixes.has(prefix))) {
    const key = `${end.prefix} ${end.origin} ${/^\d+$/.test(end.next) ? end.next : 'none'}`;
    peers.set(key, (peers.get(key) ?? new Set()).add(end.peer));
  }
  const facts = [...peers].filter(([key]) => !key.endsWith(' none')).map(([key, { size }]) => `${key}: ${size}`);
  return { origin: Number(wanted), facts: facts.sort() };
}

test(
  'learn counts origins, neighbours and peer ASes of real files as bgpdump prints them',
  { skip: requires('shared', 'bgpdump') },
  async () => {
    for (const name of REAL) {
      const path = join(sharedData, 'mrt', name);
      const { stdout } = await run('bgpdump', ['-m', '-v', path]);
      const expected = countedFrom(
        stdout.split('\n').filter((line) => line.includes('|')),
        null,
      );
      const learnt = await learn({
        inputs: await expandInputs([path]),
        asns: [expected.origin],
        onDamage: (input, damage) => assert.fail(`${input}: ${damage}`),
      });
      const found = learnt.prefixes.flatMap(({ prefix, origins }) =>
        [...origins].flatMap(([origin, { neighbors }]) =>
          [...neighbors].map(([asn, { peers }]) => `${prefix.toString()} ${origin} ${asn}: ${peers.size}`),
        ),
      );
      assert.deepEqual(found.sort(), expected.facts);
      assert.ok(expected.facts.length > 10, name);
    }
  },
);
