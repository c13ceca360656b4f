// The shipped unit, judged by systemd itself without running: its exposure score, and that it understands every line. Only the
// program's path is replaced for `verify`, which wants it to exist.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import test from 'node:test';
import { run } from '../support/command-line.js';
import { projectRoot, requires } from '../support/requires.js';

const unit = join(projectRoot, 'systemd', 'peerwatch.service');
const skip = requires('systemd-analyze');

/** The last value of each key of [Service]. */
function settings(): Map<string, string> {
  const lines = readFileSync(unit, 'utf8').split('\n');
  const pairs = lines.map((line) => /^([A-Za-z]+)=(.*)$/.exec(line)).filter((match) => match !== null);
  return new Map(pairs.map(([, key, value]) => [key, value]));
}

test('peerwatch.service scores 2.0 or less in systemd-analyze security', { skip }, async () => {
  const { stdout } = await run('systemd-analyze', ['security', '--offline=true', '--no-pager', unit]);
  const score = /Overall exposure level for peerwatch\.service: ([\d.]+)/.exec(stdout)?.[1];
  assert.ok(score !== undefined, stdout);
  assert.ok(Number(score) <= 2, score);
});

test('peerwatch.service passes systemd-analyze verify without a word', { skip }, async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'peerwatch-unit-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const text = readFileSync(unit, 'utf8');
  assert.match(text, /^ExecStart=\/usr\/bin\/peerwatch run$/m);
  const copy = join(dir, 'peerwatch.service');
  writeFileSync(copy, text.replace('ExecStart=/usr/bin/peerwatch', `ExecStart=${process.execPath}`));
  const { code, stdout, stderr } = await run('systemd-analyze', ['verify', copy]);
  assert.equal(stderr + stdout, '');
  assert.equal(code, 0);
});

test('peerwatch.service forbids nothing that Node.js cannot live without', () => {
  const service = settings();
  assert.ok(!service.has('MemoryDenyWriteExecute'), 'V8 compiles at run time');
  assert.doesNotMatch(readFileSync(unit, 'utf8'), /^SystemCallFilter=~.*@resources/m);
  assert.match(
    service.get('RestrictAddressFamilies') ?? '',
    /AF_NETLINK/,
    'os.networkInterfaces, asked when listening on 0.0.0.0',
  );
});

test('peerwatch.service is watched, restarted and reloaded as the daemon expects', () => {
  const service = settings();
  assert.equal(service.get('Type'), 'notify');
  assert.equal(service.get('NotifyAccess'), 'all', 'messages come from systemd-notify, a child');
  assert.ok(Number(service.get('WatchdogSec')) > 0);
  assert.equal(service.get('Restart'), 'on-failure');
  assert.equal(service.get('RestartPreventExitStatus'), '2', 'the exit code of a wrong configuration');
  assert.equal(service.get('DynamicUser'), 'yes');
  assert.equal(service.get('StateDirectory'), 'peerwatch');
  assert.match(service.get('ExecReload') ?? '', /-HUP \$MAINPID$/);
  assert.ok(Number(service.get('TimeoutStopSec')) > 10, 'longer than the deadline of the shutdown');
});
