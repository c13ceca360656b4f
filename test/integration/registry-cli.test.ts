// The registry's commands as a user runs them, in processes of their own, on real database files: what is printed, what is stored,
// and the exit codes.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openDatabase } from '../../src/registry/database.js';
import { loadPolicies } from '../../src/registry/policies.js';
import { commandWords, type Outcome, peerwatch } from '../support/command-line.js';
import { temporaryFolder } from '../support/registry-database.js';
import { until } from '../support/until.js';

const EXAMPLE = 'fixtures/registry.example.yaml';

interface Site {
  readonly folder: string;
  readonly database: string;
  /** Runs peerwatch on the database. */
  readonly run: (...args: readonly string[]) => Promise<Outcome>;
}

/** True where the process has made its standard input non-blocking, as Node does with pipes that it opens (proc(5), fdinfo). */
function isNonBlocking(pid: number): boolean {
  const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/0`, 'utf8'));
  return (Number.parseInt(flags?.[1] ?? '0', 8) & constants.O_NONBLOCK) !== 0;
}

/** A folder with a database that `init` made. */
async function newSite(context: TestContext): Promise<Site> {
  const folder = temporaryFolder(context);
  const database = join(folder, 'pw.db');
  const run = (...args: readonly string[]): Promise<Outcome> => peerwatch(...args, '--database', database);
  assert.equal((await run('init')).code, 0);
  return { folder, database, run };
}

async function ok(outcome: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await outcome;
  assert.equal(code, 0, stderr);
  return stdout;
}

async function refused(outcome: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await outcome;
  assert.equal(code, 2, `${stdout}${stderr}`);
  assert.doesNotMatch(stderr, /\n\s+at /); // no stack for what the person did
  return stderr;
}

function records(stdout: string): readonly unknown[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

test('init makes a database and a configuration, and a second time leaves both as they are', async (context) => {
  const { folder, database, run } = await newSite(context);
  const config = join(folder, 'peerwatch.yaml');
  assert.ok(existsSync(database));
  writeFileSync(config, '# mine\n');
  await ok(run('apply', EXAMPLE));
  await ok(run('init'));
  assert.equal(readFileSync(config, 'utf8'), '# mine\n');
  assert.match(await ok(run('prefix', 'list')), /203\.0\.113\.0\/24/);
});

test('a command without a database says to run init, and exits 2', async (context) => {
  const database = join(temporaryFolder(context), 'none.db');
  assert.match(await refused(peerwatch('export', '--database', database)), /peerwatch init/);
  assert.equal(existsSync(database), false);
});

test('a newer database is refused, exit 2', async (context) => {
  const { database, run } = await newSite(context);
  const db = openDatabase(database);
  db.pragma('user_version = 999');
  db.close();
  assert.match(await refused(run('provider', 'list')), /schema 999/);
});

test('apply --json begins every line with "kind", export --json is one object that apply takes', async (context) => {
  const { folder, run } = await newSite(context);
  const applied = await ok(run('apply', EXAMPLE, '--json'));
  assert.match(applied, /^(\{"kind":"change","op":"(add|change)","of":"[a-z]+","name":.*\}\n)+$/);
  const exported = await ok(run('export', '--json'));
  assert.match(exported, /^\{"providers":.*\}\n$/);
  const file = join(folder, 'exported.json');
  writeFileSync(file, exported);
  const other = await newSite(context);
  await ok(other.run('apply', file));
  assert.equal(await ok(other.run('export')), await ok(run('export')));
});

test('init --json says in objects what it made', async (context) => {
  const { database, run } = await newSite(context);
  const made = records(await ok(run('init', '--json')));
  assert.deepEqual(made, [
    { kind: 'file', path: database, created: false },
    { kind: 'file', path: join(dirname(database), 'peerwatch.yaml'), created: false },
  ]);
});

test('check-config counts one of a thing in the singular', async (context) => {
  const { folder, run } = await newSite(context);
  const file = join(folder, 'one.yaml');
  writeFileSync(
    file,
    'providers: [{ name: X, asns: [1103] }]\nconnections: [{ name: a, provider: X, asns: [3333], prefixes: [{ prefix: 193.0.0.0/24 }] }]\n',
  );
  const { stderr } = await run('check-config', file);
  assert.match(stderr, /: 1 provider, 1 connection, 1 prefix\n$/);
});

test('apply takes the example, again without a change, and export gives what applies to another database', async (context) => {
  const { folder, run } = await newSite(context);
  const preview = await run('apply', EXAMPLE, '--dry-run');
  assert.match(preview.stdout, /^\+ prefix seattle-hq 203\.0\.113\.0\/24/m);
  assert.equal(await ok(run('prefix', 'list', '--json')), '');
  assert.equal(await ok(run('apply', EXAMPLE)), preview.stdout);
  assert.equal(await ok(run('apply', EXAMPLE)), '');
  const exported = await ok(run('export'));
  const file = join(folder, 'exported.yaml');
  writeFileSync(file, exported);
  const other = await newSite(context);
  await ok(other.run('apply', file));
  assert.equal(await ok(other.run('export')), exported);
  assert.equal(await ok(other.run('apply', EXAMPLE)), '');
});

test('apply names line, column and every rule that fails, stores nothing, exits 2', async (context) => {
  const { folder, run } = await newSite(context);
  await ok(run('apply', EXAMPLE));
  const before = await ok(run('export'));
  const file = join(folder, 'bad.yaml');
  writeFileSync(
    file,
    `providers:
  - { name: X, asns: [1103] }
connections:
  - { name: a, provider: X, asns: [3333], prefixes: [{ prefix: 193.0.0.0/21 }] }
  - { name: b, provider: Y, asns: [3333], prefixes: [{ prefix: 193.0.4.1/24, orgins: [1] }] }
`,
  );
  const stderr = await refused(run('apply', file));
  assert.match(stderr, /bad\.yaml:5:5: V13: provider not found: "Y"/);
  assert.match(stderr, /bad\.yaml:5:64: V1: prefix is invalid/);
  assert.match(stderr, /bad\.yaml:5:54: V12: overlaps with an existing prefix: 193\.0\.4\.0\/24 /);
  assert.match(stderr, /has no key "orgins"; did you mean "origins"\?/);
  assert.equal(await ok(run('export')), before);
});

test('apply refuses to shrink by half or more without --allow-shrink, and keeps row ids over a change of policy', async (context) => {
  const { folder, database, run } = await newSite(context);
  const file = join(folder, 'registry.yaml');
  const write = (...rows: readonly string[]): void => {
    const prefixes = rows.map((row) => `      - ${row}\n`).join('');
    writeFileSync(
      file,
      `providers: [{ name: X, asns: [1103] }]\nconnections:\n  - name: a\n    provider: X\n    asns: [3333]\n    prefixes:\n${prefixes}`,
    );
  };
  const idOf = (prefix: string): number | undefined => {
    const db = openDatabase(database, { readonly: true });
    const policy = loadPolicies(db).find((candidate) => candidate.prefix.toString() === prefix);
    db.close();
    return policy?.id;
  };
  write('prefix: 193.0.0.0/24', 'prefix: 193.0.1.0/24');
  await ok(run('apply', file));
  const id = idOf('193.0.1.0/24');
  assert.notEqual(id, undefined);
  write('{ prefix: 193.0.1.0/24, origins: [12654] }');
  assert.match(await refused(run('apply', file)), /--allow-shrink/);
  assert.match(await ok(run('apply', file, '--allow-shrink')), /origins: default -> \[12654\]/);
  assert.equal(idOf('193.0.1.0/24'), id);
  assert.equal(idOf('193.0.0.0/24'), undefined);
});

test('provider, connection and prefix commands build up, show and take down a registry', async (context) => {
  const { run } = await newSite(context);
  await ok(run('provider', 'add', 'Transit X', '--asn', '1103', '--metro', 'Delft', '--metro', 'Seattle'));
  await ok(
    run(
      'connection',
      'add',
      'hq',
      '--provider',
      'Transit X',
      '--asn',
      '12654',
      '--country',
      'NL',
      '--primary',
      'Delft',
    ),
  );
  await ok(run('prefix', 'add', '93.175.144.0/24', '--connection', 'hq', '--neighbor', '12654:1103'));
  assert.deepEqual(records(await ok(run('provider', 'show', 'Transit X', '--json'))), [
    { kind: 'provider', name: 'Transit X', asns: [1103], metros: ['Delft', 'Seattle'] },
  ]);
  assert.deepEqual(records(await ok(run('prefix', 'list', '--json'))), [
    {
      kind: 'prefix',
      connection: 'hq',
      name: '93.175.144.0-24',
      prefix: '93.175.144.0/24',
      neighbors: { '12654': [1103] },
      validationState: 'Warning',
    },
  ]);
  assert.match(await ok(run('location', 'list')), /NL +Netherlands +- +hq/);
  assert.match(await refused(run('provider', 'remove', 'Transit X')), /V13: provider not found/);
  await ok(run('prefix', 'remove', '93.175.144.0/24'));
  await ok(run('connection', 'remove', 'hq'));
  await ok(run('provider', 'remove', 'Transit X'));
  assert.equal(await ok(run('export')), 'providers: []\nconnections: []\noptions: { allowDocumentation: false }\n');
});

test('prefix add lists every rule that fails, stores nothing, exits 2', async (context) => {
  const { run } = await newSite(context);
  await ok(run('provider', 'add', 'X', '--asn', '1103'));
  await ok(run('connection', 'add', 'a', '--provider', 'X', '--asn', '3333', '--prefix', '193.0.0.0/21'));
  await ok(run('connection', 'add', 'b', '--provider', 'X', '--asn', '3333'));
  const stderr = await refused(run('prefix', 'add', '193.0.4.1/24', '--connection', 'b', '--origin', '64496'));
  const rules = [...stderr.matchAll(/^ {2}(V\d+):/gm)].map((match) => match[1]);
  assert.deepEqual(rules, ['V1', 'V2', 'V12']);
  assert.match(await refused(run('prefix', 'add', '192.0.2.0/24', '--connection', 'b')), /V2: .*TEST-NET-1/);
  await ok(run('prefix', 'add', '192.0.2.0/24', '--connection', 'b', '--allow-documentation'));
  assert.equal(records(await ok(run('prefix', 'list', '--connection', 'b', '--json'))).length, 1);
});

test('prefix import registers all lines or none, with the lines of the faults', async (context) => {
  const { folder, run } = await newSite(context);
  await ok(run('provider', 'add', 'X', '--asn', '1103'));
  await ok(run('connection', 'add', 'a', '--provider', 'X', '--asn', '3333'));
  const file = join(folder, 'list.txt');
  writeFileSync(file, '193.0.0.0/24\n10.0.0.0/8\n');
  assert.match(await refused(run('prefix', 'import', file, '--connection', 'a')), /list\.txt:2:1: V2:/);
  writeFileSync(file, '193.0.0.0/24\n193.0.1.0/24\n');
  assert.match(await refused(run('prefix', 'import', file)), /--connection/);
  await ok(run('prefix', 'import', file, '--connection', 'a'));
  assert.equal(records(await ok(run('prefix', 'list', '--json'))).length, 2);
});

test('catalogue import adds and changes providers and removes none', async (context) => {
  const { folder, run } = await newSite(context);
  await ok(run('provider', 'add', 'X', '--asn', '1103'));
  await ok(run('provider', 'add', 'Y', '--asn', '1299'));
  const file = join(folder, 'catalogue.yaml');
  writeFileSync(
    file,
    'providers:\n  - { name: X, asns: [1103, 1104], metros: [Delft] }\n  - { name: Z, asns: [3356] }\n',
  );
  await ok(run('catalogue', 'import', file));
  const names = records(await ok(run('provider', 'list', '--json'))).map((record) => JSON.stringify(record));
  assert.deepEqual(names, [
    '{"kind":"provider","name":"X","asns":[1103,1104],"metros":["Delft"]}',
    '{"kind":"provider","name":"Y","asns":[1299],"metros":[]}',
    '{"kind":"provider","name":"Z","asns":[3356],"metros":[]}',
  ]);
});

test('connection validate shows the table V1 to V14', async (context) => {
  const { run } = await newSite(context);
  await ok(run('apply', EXAMPLE));
  const rows = records(await ok(run('connection', 'validate', 'seattle-hq', '--json')));
  assert.equal(rows.length, 3 * 14);
  const text = await ok(run('connection', 'validate'));
  assert.match(text, /^V3 .* warning /m);
  assert.match(text, /^V14 .* not-evaluated /m);
  assert.doesNotMatch(text, /failed/);
});

test('bill prints a table, NDJSON and CSV of the current month', async (context) => {
  const { run } = await newSite(context);
  await ok(run('apply', EXAMPLE));
  const [line, total] = records(await ok(run('bill', '--json')));
  assert.match(
    JSON.stringify(line),
    /"connection":"seattle-hq","ipv4Units":2,"ipv6Units":1,"rateMinor":1500,"amountMinor":4500/, // two /24s and a /48
  );
  assert.match(JSON.stringify(total), /"kind":"total".*"amountMinor":4500/);
  assert.match(await ok(run('bill', '--csv', '--rate', '9.5')), /^\d{4}-\d{2},seattle-hq,2,1,9\.50,28\.50$/m);
  assert.equal(
    await ok(run('bill', '--month', '2001-01', '--csv')),
    'month,connection,ipv4_units,ipv6_units,rate,amount\n',
  );
  assert.match(await refused(run('bill', '--month', '2026-13')), /no month/);
});

test('backup copies the database and overwrites nothing', async (context) => {
  const { folder, run } = await newSite(context);
  await ok(run('apply', EXAMPLE));
  const target = join(folder, 'copy.db');
  await ok(run('backup', target));
  assert.equal(await ok(peerwatch('export', '--database', target)), await ok(run('export')));
  assert.match(await refused(run('backup', target)), /does not overwrite/);
  assert.match(await refused(run('backup', '')), /a backup needs the name of a file/);
});

test('apply - and prefix import - wait for a standard input that has nothing yet: a non-blocking pipe read at once was EAGAIN', async (context) => {
  const { database } = await newSite(context);
  const [program, ...words] = commandWords();
  const piped = async (text: string, ...args: readonly string[]): Promise<Outcome> => {
    const child = spawn(program, [...words, ...args, '--database', database], { stdio: 'pipe' });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
    const closed = once(child, 'close');
    await until('standard input is opened', () => child.exitCode !== null || isNonBlocking(child.pid ?? 0));
    child.stdin.on('error', () => undefined).end(text);
    const [code] = (await closed) as [number | null];
    return { code, ...output };
  };
  await ok(piped(readFileSync(EXAMPLE, 'utf8'), 'apply', '-'));
  await ok(piped('\uFEFF203.0.113.128/26\n', 'prefix', 'import', '-', '--connection', 'seattle-hq'));
});
