// `backtest` through the built command, on MRT that the test writes: a hijack by AS64511 that two peers see, at 07:00:10 and 07:00:12, to
// 07:00:40. Expected differences are worked out from the rules by hand.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Site } from '../support/daemon-process.js';
import { projectRoot } from '../support/requires.js';
import { announce, FOREIGN, hijackStory, joined, keepalive, OWN, withdraw } from '../support/spooled-story.js';

interface Change {
  readonly differences: readonly string[];
  readonly before: { readonly type: string; readonly state: string; readonly notifiableAt: string | null } | null;
  readonly after: { readonly type: string; readonly prefix: string; readonly notifiableAt: string | null } | null;
}

async function staged(context: TestContext, records: readonly Uint8Array[] = hijackStory()): Promise<Site> {
  const site = await new Site(context).withExample();
  writeFileSync(join(site.folder, 'updates'), joined(...records));
  return site;
}

async function changes(site: Site, ...rules: readonly string[]): Promise<readonly Change[]> {
  const options = rules.flatMap((text, index) => {
    writeFileSync(join(site.folder, `rules${index}.yaml`), text);
    return ['--rules', join(site.folder, `rules${index}.yaml`)];
  });
  const printed = await site.ok('backtest', '--json', ...options, join(site.folder, 'updates'));
  const lines = printed.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Change);
}

const example = readFileSync(join(projectRoot, 'fixtures', 'registry.example.yaml'), 'utf8');

test('backtest shows no difference under the same rules, whichever form they come in', async (context) => {
  const site = await staged(context);
  assert.deepEqual(await changes(site, example), []);
  assert.deepEqual(await changes(site, 'detection: { lifecycle: { notifyPeers: 2 } }\n', example), []);
});

test('backtest of a part of a configuration: with three peer ASes needed, what two saw is never told; stored is nothing', async (context) => {
  const site = await staged(context);
  const [change, ...more] = await changes(site, 'detection: { lifecycle: { notifyPeers: 3 } }\n');
  assert.deepEqual(more, []);
  assert.deepEqual(change.differences, ['notifiable']);
  assert.equal(change.before?.notifiableAt, '2026-06-16T07:00:12.000000Z');
  assert.equal(change.after?.notifiableAt, null);
  assert.equal(await site.ok('incidents', 'list', '--json'), '');
});

test('backtest of a registry: an origin that becomes legitimate takes its incident away, one that is no more brings others', async (context) => {
  const site = await staged(context);
  const both = example.replaceAll('origins: [64496]', 'origins: [64496, 64511]');
  assert.notEqual(both, example);
  assert.deepEqual(
    (await changes(site, both)).map(({ differences, before }) => [differences, before?.type]),
    [[['removed'], 'origin-hijack']],
  );
  const other = example.replaceAll('origins: [64496]', 'origins: [64511]');
  const turned = await changes(site, other);
  assert.deepEqual(turned.map(({ differences }) => differences.join()).sort(), ['added', 'removed']);
});

test('backtest keeps what a part of a configuration does not name, and tells a later end as the end', async (context) => {
  const back = [
    announce(0, 0, [OWN]),
    announce(10, 1, [FOREIGN]),
    withdraw(20, 1),
    announce(90, 1, [FOREIGN]),
    keepalive(400),
  ];
  const site = await staged(context, [...back.slice(0, 4), withdraw(100, 1), keepalive(1000)]);
  site.configure('detection: { lifecycle: { reopenWithin: 1s } }\n');
  // Today it ends at 20 and comes back as another at 90; with a hold-down of 120 s it never ended in between.
  const found = await changes(site, 'detection: { lifecycle: { holdDown: 120s } }\n');
  assert.deepEqual(
    found.map(({ differences }) => differences.join()),
    ['end', 'removed'],
  );
});

test('backtest refuses faulty rules with their place, and standard input, exit 2', async (context) => {
  const site = await staged(context);
  writeFileSync(join(site.folder, 'bad.yaml'), 'detection: { lifecycle: { notifyPeers: many } }\n');
  const bad = await site.run('backtest', '--rules', join(site.folder, 'bad.yaml'), join(site.folder, 'updates'));
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /bad\.yaml:1:\d+: detection\.lifecycle\.notifyPeers/);
  assert.equal((await site.run('backtest', '--rules', join(site.folder, 'bad.yaml'), '-')).code, 2);
});
