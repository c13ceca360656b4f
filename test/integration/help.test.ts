// --help of every command: the options of the contract are there, and the examples, which are run as far as they need no network, no
// other program and no daemon.

import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { peerwatchIn } from '../support/command-line.js';
import { projectRoot } from '../support/requires.js';

const folder = mkdtempSync(join(tmpdir(), 'peerwatch-help-'));
after(() => rmSync(folder, { recursive: true }));

/** Every command, in an order in which their examples can be run one after the other, with the options of the contract. */
const COMMANDS: readonly (readonly [command: string, options: string])[] = [
  ['', 'database config json log-level color help version'],
  ['init', ''],
  ['catalogue', ''],
  ['catalogue import', ''],
  ['apply', 'dry-run allow-shrink'],
  ['export', ''],
  ['provider', ''],
  ['provider list', ''],
  ['provider show', ''],
  ['location', ''],
  ['location list', ''],
  ['connection', ''],
  ['connection list', ''],
  ['connection show', ''],
  ['connection validate', ''],
  ['prefix', ''],
  ['prefix list', 'connection'],
  ['prefix show', ''],
  [
    'dump',
    'format stats prefix exact more-specific less-specific related prefix-file peer-as origin-as path-as type from to family safi collector',
  ],
  ['replay', 'collector dry-run fail-on-incident'],
  ['backtest', 'rules collector'],
  ['learn', 'asn vrps out force'],
  ['run', ''],
  ['start', ''],
  ['incidents', ''],
  ['incidents list', ''],
  ['incidents show', 'svg html force'],
  ['incidents evidence', 'mrt force'],
  ['incidents verify', 'mrt'],
  ['incidents ack', ''],
  ['incidents unack', ''],
  ['incidents mute', ''],
  ['incidents resolve', ''],
  ['events', ''],
  ['events list', ''],
  ['routes', ''],
  ['why', 'at'],
  ['status', ''],
  ['bill', 'month csv'],
  ['backup', ''],
  ['check-config', ''],
  ['prefix remove', ''],
  ['prefix add', 'connection origin'],
  ['prefix import', ''],
  ['connection remove', ''],
  ['connection add', 'provider asn'],
  ['provider remove', ''],
  ['provider add', 'asn metro'],
];

/** Files that the examples name. */
function stageFiles(): void {
  const dumps = join(projectRoot, 'fixtures', 'dumps', 'route-views.made');
  copyFileSync(join(projectRoot, 'fixtures', 'registry.example.yaml'), join(folder, 'registry.yaml'));
  writeFileSync(join(folder, 'providers.yaml'), 'providers: [{ name: Other Transit, asns: [1299] }]\n');
  writeFileSync(join(folder, 'stricter.yaml'), 'detection: { lifecycle: { notifyPeers: 3 } }\n');
  writeFileSync(join(folder, 'prefixes.txt'), '193.0.0.0/24\n');
  writeFileSync(join(folder, 'mine.txt'), '203.0.113.0/24\n');
  for (const name of ['updates.20240101.0000.gz', 'updates.gz', 'updates.bz2']) {
    copyFileSync(join(dumps, '05-updates-after-rib.mrt'), join(folder, name)); // compression is told by content
  }
  copyFileSync(join(dumps, '05-rib.mrt'), join(folder, 'bview.gz'));
  cpSync(dumps, join(folder, 'rrc00'), { recursive: true });
}

/** The lines below `Examples:`, without what is said of them: each begins with the program's name. */
function examplesOf(help: string): readonly string[] {
  const lines = help.slice(help.indexOf('\nExamples:\n')).split('\n');
  return lines.map((line) => line.trim().split(/ {2,}/)[0]).filter((line) => line.startsWith('peerwatch '));
}

function wordsOf(example: string): readonly string[] {
  return [...example.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[0].replaceAll('"', '')).slice(1);
}

test('--help of every command has the options of the contract, and examples that run', async () => {
  stageFiles();
  for (const args of [['init'], ['apply', 'registry.yaml']]) {
    assert.equal((await peerwatchIn(folder, ...args)).code, 0);
  }
  let ran = 0;
  for (const [command, options] of COMMANDS) {
    const { code, stdout, stderr } = await peerwatchIn(
      folder,
      ...command.split(' ').filter((word) => word !== ''),
      '--help',
    );
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    for (const option of options.split(' ').filter((word) => word !== '')) {
      assert.match(stdout, new RegExp(`--(\\[no-\\])?${option}\\b`), `${command} --${option}`);
    }
    if (command === '') continue;
    const examples = examplesOf(stdout);
    const wrapped = /\nExamples:\n(?:.*\n)*? {2}(?!peerwatch |kill |curl )\S.*\n/.exec(stdout);
    assert.equal(wrapped, null, `${command}: an example is cut in two`);
    assert.ok(stdout.includes('\nExamples:\n'), command);
    for (const example of examples) {
      const staysAway = /[|<>*]|\/var\/|\/srv\/|\/etc\/|^peerwatch (run|start)/.test(example);
      if (staysAway) continue;
      const outcome = await peerwatchIn(folder, ...wordsOf(example));
      assert.doesNotMatch(outcome.stderr, /Try: peerwatch|Cannot read|Cannot open| is no /, example);
      assert.notEqual(outcome.code, null);
      ran++;
    }
  }
  assert.ok(ran >= 40, `only ${ran} examples were run`);
});
