// peerwatch.yaml: an empty file works, every key is read in its unit, every fault has its line.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { parse } from 'yaml';
import { ConfigError, formatFault } from '../../src/daemon/config-error.js';
import { jsonSchema } from '../../src/daemon/config-schema.js';
import { commentedConfig } from '../../src/daemon/config-template.js';
import { defaultConfigPath, loadConfig, parseConfig, readToken } from '../../src/daemon/config.js';
import { figuresMatch } from '../../src/daemon/detection-schema.js';
import { defaultFigures } from '../../src/detection/figures.js';

const file = '/etc/peerwatch/peerwatch.yaml';

/** The faults of a text as `line:column key: message`. */
function faultsOf(text: string, env: Record<string, string> = {}): string[] {
  try {
    parseConfig(text, { file, env });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults.map((fault) => formatFault('', fault).slice(1));
  }
  return [];
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'peerwatch-config-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('parseConfig of an empty file gives the defaults of the product', () => {
  for (const text of ['', '\n# nothing\n', '---\n', '{}', 'http:\ndetection:\n  order:\n']) {
    const config = parseConfig(text, { file });
    assert.deepEqual(config.http, { listen: '127.0.0.1:9599', tokenFile: null, insecure: false });
    assert.deepEqual(config.sources.spool, { directory: null, collector: null, onDone: 'keep' });
    assert.equal(config.database.maxBytes, 2 * 1024 ** 3);
    const { rpki, relationships, ...figures } = config.detection;
    assert.deepEqual(figures, defaultFigures);
    assert.deepEqual([rpki, relationships], [{ files: [], slurm: [] }, null]);
    const day = 24 * 3600 * 1e6;
    assert.deepEqual(config.retention, {
      incidents: 400 * day,
      evidence: 90 * day,
      events: 90 * day,
      outbox: 30 * day,
      linkHistory: 90 * day,
      routeLog: 30 * day,
      routeLogRows: 10_000_000,
    });
    assert.deepEqual(config.notify, { minLevel: 'Information', except: ['forged-path'] });
  }
});

test('defaultFigures are the figures of the detection semantics', () => {
  const { order, lifecycle, transfer, pathChange, flapping, silence } = defaultFigures;
  assert.deepEqual([order.jumpLimit, order.jumpConfirmations, order.lateAfter], [3_600_000_000, 2, 60_000_000]);
  assert.deepEqual([lifecycle.holdDown, lifecycle.reopenWithin], [60_000_000, 600_000_000]);
  assert.deepEqual([lifecycle.unobservedAfter, lifecycle.residualAfter], [3_600_000_000, 5_400_000_000]);
  assert.deepEqual([transfer.quiet, transfer.minUp, transfer.max], [30_000_000, 60_000_000, 600_000_000]);
  assert.deepEqual([pathChange.minPeers, pathChange.share, pathChange.window], [3, 0.1, 300_000_000]);
  assert.deepEqual([flapping.suppress, flapping.reuse, flapping.ceiling], [6000, 750, 12_000]);
  assert.equal(silence.intervals * silence.risInterval, 15 * 60e6);
  assert.equal(silence.intervals * silence.routeViewsInterval, 45 * 60e6);
});

test('detectionSchema has a key for every figure and no other', () => {
  assert.ok(figuresMatch); // the compiler's verdict
});

test('parseConfig reads durations as text or seconds, into microseconds', () => {
  const cases: readonly [string, number][] = [
    ['60s', 60e6],
    ['90m', 5400e6],
    ['1.5h', 5400e6],
    ['14d', 1_209_600e6],
    ['250ms', 250e3],
    ['60', 60e6],
    ['0.5', 0.5e6],
    ['0', 0],
  ];
  for (const [text, micros] of cases) {
    const { detection } = parseConfig(`detection: { lifecycle: { holdDown: ${text} } }`, { file });
    assert.equal(detection.lifecycle.holdDown, micros, text);
  }
});

test('parseConfig reads sizes as text or bytes', () => {
  const cases: readonly [string, number][] = [
    ['2GiB', 2_147_483_648],
    ['500MB', 500_000_000],
    ['1.5 KiB', 1536],
    ['4096', 4096],
  ];
  for (const [text, bytes] of cases) {
    assert.equal(parseConfig(`database: { maxBytes: ${text} }`, { file }).database.maxBytes, bytes, text);
  }
});

test('parseConfig resolves relative paths against the folder of the file', () => {
  const text =
    'sources: { spool: { directory: spool } }\ndatabase: { path: ../pw.db }\nhttp: { tokenFile: /run/token }';
  const config = parseConfig(text, { file });
  assert.equal(config.sources.spool.directory, '/etc/peerwatch/spool');
  assert.equal(config.database.path, '/etc/pw.db');
  assert.equal(config.http.tokenFile, '/run/token');
  const data = 'detection: { rpki: { files: [vrps.json, /a/b], slurm: [../s] }, relationships: as-rel.txt }';
  const { rpki, relationships } = parseConfig(data, { file }).detection;
  assert.deepEqual(rpki, { files: ['/etc/peerwatch/vrps.json', '/a/b'], slurm: ['/etc/s'] });
  assert.equal(relationships, '/etc/peerwatch/as-rel.txt');
});

test('loadConfig says which data cannot be read at its line, to whoever needs it, and a SLURM file that is none', (t) => {
  const dir = folder(t);
  writeFileSync(join(dir, 'slurm'), '{}');
  writeFileSync(join(dir, 'good'), '');
  const text = [
    'detection:', // 1
    '  rpki:', // 2
    '    files: [good, none]', // 3
    '    slurm:', // 4
    '      - slurm', // 5
    '  relationships: .', // 6
  ].join('\n');
  writeFileSync(join(dir, 'pw.yaml'), text);
  assert.equal(loadConfig(join(dir, 'pw.yaml'), {}).config.detection.rpki.files.length, 2);
  assert.throws(
    () => loadConfig(join(dir, 'pw.yaml'), {}, { readsData: true }),
    ({ message }: Error) => {
      const [, ...lines] = message.split('\n').map((line) => line.trim().replaceAll(`${dir}/`, ''));
      assert.deepEqual(lines, [
        'pw.yaml:3:19: detection.rpki.files.1: Cannot read none: no such file or directory',
        'pw.yaml:5:9: detection.rpki.slurm.0: Cannot read SLURM: slurmVersion is undefined; 1 and 2 are known',
        `pw.yaml:6:18: detection.relationships: Cannot read ${dir}: it is a directory`,
      ]);
      return true;
    },
  );
});

test('parseConfig says every fault of a file with line and column, in the order of the lines', () => {
  const text = [
    'http:', // 1
    '  listne: 127.0.0.1:9599', // 2
    '  insecure: perhaps', // 3
    'detection:', // 4
    '  lifecycle:', // 5
    '    holdDown: 60 seconds', // 6
    '    notifyPeers: 0', // 7
    '  visibilityLoss: { min: 1.5 }', // 8
    'log: { level: loud }', // 9
    'sources: []', // 10
    'metrics:', // 11
    '  watch: [203.0.113.0/24, 7]', // 12
    'colour: red', // 13
  ].join('\n');
  assert.deepEqual(faultsOf(text), [
    '2:3: http.listne: unknown key; did you mean "listen"?',
    '3:13: http.insecure: must be true or false, not "perhaps"',
    '6:15: detection.lifecycle.holdDown: must be a duration: 60s, 90m, 24h, 14d, or a number of seconds, not "60 seconds"',
    '7:18: detection.lifecycle.notifyPeers: must be a whole number from 1 to 4294967295, not 0',
    '8:26: detection.visibilityLoss.min: must be a share from 0 to 1, not 1.5',
    '9:15: log.level: must be one of trace, debug, info, warn, error, not "loud"',
    '10:10: sources: must be a mapping of keys, not []',
    '12:27: metrics.watch.1: must be a prefix such as 203.0.113.0/24, or a session such as rrc00|192.0.2.1|64500, not 7',
    '13:1: colour: unknown key; known here: http, database, sources, detection, notify, retention, metrics, log',
  ]);
});

test('parseConfig says more faults than any validator reports at once', () => {
  const text = Array.from({ length: 40 }, (_, i) => `nonsense${i}: 1`).join('\n');
  assert.equal(faultsOf(text).length, 40);
});

test('parseConfig finds contradictions that no schema can say', () => {
  assert.deepEqual(faultsOf('http:\n  listen: somewhere\n'), [
    '2:11: http.listen: must be an address and port such as 127.0.0.1:9599 or [::1]:9599, not "somewhere"',
  ]);
  assert.deepEqual(faultsOf('detection:\n  flapping:\n    reuse: 6000\n'), [
    '3:12: detection.flapping.reuse: must be below suppress (6000)',
  ]);
  assert.deepEqual(faultsOf('metrics:\n  watch:\n    - 10.0.0.0/8\n    - rrc00|nowhere|1\n'), [
    '4:7: metrics.watch.1: must be a prefix or collector|address|AS, not "rrc00|nowhere|1"',
  ]);
  assert.deepEqual(faultsOf('metrics: { watch: ["2001:db8::/32", "rrc00|2001:db8::1|64500"] }'), []);
});

test('parseConfig refuses zero where time must pass, and allows it elsewhere', () => {
  assert.equal(faultsOf('detection: { flapping: { halfLife: 0s } }').length, 1);
  assert.equal(faultsOf('detection: { flapping: { halfLife: 0 } }').length, 1);
  assert.equal(faultsOf('detection: { lifecycle: { reopenWithin: 0s } }').length, 0);
});

test('parseConfig refuses a listen address beyond loopback without token or insecure', (t) => {
  for (const listen of ['0.0.0.0:9599', '192.0.2.1:9599', '"[::]:9599"', '":9599"', '"[2001:db8::1]:80"']) {
    const [fault, ...more] = faultsOf(`http:\n  listen: ${listen}\n`);
    assert.match(
      fault,
      /^2:11: http\.listen: .* can be reached from elsewhere: set http\.tokenFile, or http\.insecure: true$/,
    );
    assert.deepEqual(more, []);
    assert.deepEqual(faultsOf(`http:\n  listen: ${listen}\n  insecure: true\n`), []);
    assert.deepEqual(faultsOf(`http:\n  listen: ${listen}\n  tokenFile: token\n`), []);
  }
  for (const listen of ['127.0.0.1:9599', '127.9.9.9:1', 'localhost:9599', '"[::1]:9599"']) {
    assert.deepEqual(faultsOf(`http: { listen: ${listen} }`), []);
  }
  const credentials = folder(t);
  writeFileSync(join(credentials, 'http-token'), 'secret\n');
  assert.deepEqual(faultsOf('http: { listen: 0.0.0.0:9599 }', { CREDENTIALS_DIRECTORY: credentials }), []);
});

test('parseConfig names the line of broken YAML, of a doubled key and of a foreign tag', () => {
  assert.match(faultsOf('http:\n  listen: "127.0.0.1:9599\n')[0], /^3:1: Missing closing "quote/);
  assert.match(faultsOf('log:\n  level: info\n  level: warn\n')[0], /^3:3: Map keys must be unique/);
  assert.match(faultsOf('log: { level: !!python/name:os.system info }')[0], /^1:15: Unresolved tag/);
  assert.match(faultsOf('a: 1\n---\nb: 2\n')[0], /^2:1: Source contains multiple documents/);
  assert.match(faultsOf('- a list')[0], /^1:1: must be a mapping of keys, not \["a list"\]/);
  assert.match(faultsOf('just text')[0], /^1:1: must be a mapping of keys, not "just text"/);
});

test('parseConfig survives an alias bomb', () => {
  const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`);
  assert.ok(faultsOf(`l0: &l0 [x]\n${levels.join('\n')}\n`).length > 0);
});

test('loadConfig reads the file it is told, with its token', (t) => {
  const dir = folder(t);
  writeFileSync(join(dir, 'pw.yaml'), 'http: { tokenFile: token }');
  writeFileSync(join(dir, 'token'), ' s3cret-token\n');
  const loaded = loadConfig(join(dir, 'pw.yaml'), {});
  assert.equal(loaded.token, 's3cret-token');
  assert.equal(loaded.file, join(dir, 'pw.yaml'));
});

test('loadConfig refuses a file that is not there, a token file that is not there, and an empty token', (t) => {
  const dir = folder(t);
  assert.throws(() => loadConfig(join(dir, 'none.yaml'), {}), /Cannot read \S+none\.yaml: no such file or directory$/);
  writeFileSync(join(dir, 'pw.yaml'), 'http: { tokenFile: token }');
  assert.throws(
    () => loadConfig(join(dir, 'pw.yaml'), {}),
    /pw\.yaml:1:20: http\.tokenFile: Cannot read \S+token: no such file or directory$/,
  );
  writeFileSync(join(dir, 'token'), '\n');
  assert.throws(() => loadConfig(join(dir, 'pw.yaml'), {}), /must hold one line of visible ASCII/);
});

test('defaultConfigPath looks in the folder that systemd gives', (t) => {
  const dir = folder(t);
  assert.equal(defaultConfigPath({ CONFIGURATION_DIRECTORY: dir }), null);
  writeFileSync(join(dir, 'peerwatch.yaml'), '');
  assert.equal(defaultConfigPath({ CONFIGURATION_DIRECTORY: dir }), join(dir, 'peerwatch.yaml'));
});

test('readToken takes the systemd credential only where no token file is named', (t) => {
  const dir = folder(t);
  writeFileSync(join(dir, 'http-token'), 'credential');
  writeFileSync(join(dir, 'other'), 'named');
  assert.equal(readToken(null, { CREDENTIALS_DIRECTORY: dir }), 'credential');
  assert.equal(readToken(join(dir, 'other'), { CREDENTIALS_DIRECTORY: dir }), 'named');
  assert.equal(readToken(null, {}), null);
});

test('commentedConfig as written changes nothing', () => {
  assert.deepEqual(parseConfig(commentedConfig(), { file }), parseConfig('', { file }));
});

test('commentedConfig names every key of the schema, and uncommented equals the defaults', () => {
  const uncommented = commentedConfig().replace(/^( *)#(?=\S)/gm, '$1');
  assert.deepEqual(parseConfig(uncommented, { file }), parseConfig('', { file }));
  assert.deepEqual(keysOf(parse(uncommented)), schemaKeys(jsonSchema()));
});

test('commentedConfig has no line longer than 160 characters', () => {
  for (const line of commentedConfig().split('\n')) assert.ok(line.length <= 160, line);
});

test('jsonSchema requires nothing, allows empty sections, refuses unknown keys, and describes every key', () => {
  const visit = (node: unknown, path: string): void => {
    assert.ok(isRecord(node), path);
    assert.ok(!('required' in node), path);
    assert.ok(typeof node['description'] === 'string', path);
    assert.ok('default' in node, path);
    if (!isRecord(node['properties'])) return;
    assert.deepEqual(node['type'], ['object', 'null']);
    assert.equal(node['additionalProperties'], false);
    for (const [key, inner] of Object.entries(node['properties'])) visit(inner, `${path}.${key}`);
  };
  visit(JSON.parse(JSON.stringify(jsonSchema())), 'root');
});

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keysOf(value: unknown, path = ''): string[] {
  if (!isRecord(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, `${path}.${key}`));
}

function schemaKeys(node: unknown, path = ''): string[] {
  if (!isRecord(node) || !isRecord(node['properties'])) return [path];
  return Object.entries(node['properties']).flatMap(([key, inner]) => schemaKeys(inner, `${path}.${key}`));
}
