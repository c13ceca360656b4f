// `check-config` and `init` as a user runs them: exit codes, lines, machine output; and that a start with the file `init` wrote
// is a start with all defaults.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { parseConfig } from '../../src/daemon/config.js';
import { peerwatch } from '../support/command-line.js';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'peerwatch-check-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const REGISTRY = `
providers:
  - { name: Transit, asns: [1103], metros: [] }
connections:
  - name: hq
    provider: Transat
    country: NL
    asns: [3333]
    prefixes:
      - { name: a, prefix: 193.0.0.0/21 }
      - { name: b, prefix: 193.0.0.0/21 }
`;

test('check-config says every fault of the configuration with its line, and exits 2', async (t) => {
  const config = join(folder(t), 'pw.yaml');
  writeFileSync(config, 'http:\n  listne: x\nlog: { level: loud }\n');
  const { code, stdout, stderr } = await peerwatch('check-config', '--config', config, '--database', '/nonexistent.db');
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    `${config}:2:3: http.listne: unknown key; did you mean "listen"?`,
    `${config}:3:15: log.level: must be one of trace, debug, info, warn, error, not "loud"`,
  ]);
  assert.equal(stderr, 'peerwatch: 2 faults\n');
  assert.equal(code, 2);
});

test('check-config --json prints one object a fault', async (t) => {
  const config = join(folder(t), 'pw.yaml');
  writeFileSync(config, 'detection:\n  lifecycle: { holdDown: soon }\n');
  const { code, stdout } = await peerwatch(
    'check-config',
    '--json',
    '--config',
    config,
    '--database',
    '/nonexistent.db',
  );
  assert.deepEqual(JSON.parse(stdout), {
    kind: 'fault',
    file: config,
    line: 2,
    column: 26,
    key: 'detection.lifecycle.holdDown',
    message: 'must be a duration: 60s, 90m, 24h, 14d, or a number of seconds, not "soon"',
  });
  assert.equal(code, 2);
});

test('check-config reads a registry file beside the configuration and says where it breaks which rule', async (t) => {
  const registry = join(folder(t), 'registry.yaml');
  writeFileSync(registry, REGISTRY);
  const { code, stdout } = await peerwatch('check-config', registry);
  assert.equal(code, 2);
  assert.match(stdout, new RegExp(`^${registry}:\\d+:\\d+: V13: .*Transat`, 'm'));
  assert.match(stdout, new RegExp(`^${registry}:\\d+:\\d+: V12: `, 'm'));
});

test('check-config finds no fault in what init made, and says what it looked at', async (t) => {
  const dir = folder(t);
  const [database, config] = [join(dir, 'pw.db'), join(dir, 'peerwatch.yaml')];
  assert.equal((await peerwatch('init', '--database', database)).code, 0);
  const { code, stdout, stderr } = await peerwatch('check-config', '--database', database, '--config', config);
  assert.deepEqual([code, stdout], [0, '']);
  assert.equal(stderr, `${config}: fine; ${database}: 0 providers, 0 connections, 0 prefixes\n`);
  assert.deepEqual(parseConfig(readFileSync(config, 'utf8'), { file: config }), parseConfig('', { file: config }));
});

test('check-config refuses a configuration that is not there', async () => {
  const { code, stdout } = await peerwatch('check-config', '--config', '/nonexistent/pw.yaml');
  assert.equal(code, 2);
  assert.match(stdout, /^\/nonexistent\/pw\.yaml: cannot be read: no such file or directory\n/);
});

test('check-config --schema prints a JSON schema that knows every section', async () => {
  const { code, stdout } = await peerwatch('check-config', '--schema');
  assert.equal(code, 0);
  const schema: unknown = JSON.parse(stdout);
  assert.ok(
    typeof schema === 'object' && schema !== null && 'properties' in schema && typeof schema.properties === 'object',
  );
  const sections = Object.keys(schema.properties ?? {});
  assert.deepEqual(sections, ['http', 'database', 'sources', 'detection', 'notify', 'retention', 'metrics', 'log']);
});
