// What the command line says where it is used wrongly: the fault by name, what to do, exit code 2, and nothing on stdout.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openDatabase } from '../../src/registry/database.js';
import { commandWords, peerwatch, run } from '../support/command-line.js';
import { requires } from '../support/requires.js';

const folder = mkdtempSync(join(tmpdir(), 'peerwatch-usage-'));
after(() => rmSync(folder, { recursive: true }));
const nowhere = join(folder, 'none.db');
const aFile = join(folder, 'file');
writeFileSync(aFile, '');

/** Every command that takes a positional, with an unknown option in front of it. */
const WITH_POSITIONALS = [
  'dump',
  'replay',
  'apply',
  'backup',
  'routes',
  'check-config',
  'provider add',
  'provider show',
  'provider remove',
  'catalogue import',
  'connection add',
  'connection show',
  'connection remove',
  'connection validate',
  'prefix add',
  'prefix show',
  'prefix remove',
  'prefix import',
  'incidents show',
  'incidents ack',
  'incidents resolve',
];

test('runProgram names an unknown option, not the positional that it swallows', async () => {
  for (const command of WITH_POSITIONALS) {
    const { code, stdout, stderr } = await peerwatch(...command.split(' '), '--bogus', 'x', '--database', nowhere);
    const expected = `peerwatch: Unknown option: --bogus\nTry: peerwatch ${command} --help\n`;
    assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: '', stderr: expected });
  }
});

const CASES: readonly (readonly [line: string, message: RegExp])[] = [
  ['dump --prefx 192.0.2.0/24 FILE', /Unknown option: --prefx; did you mean --prefix\?/],
  ['dump --no-such FILE', /Unknown option: --no-such\n/],
  ['dump --databse x FILE', /Unknown option: --databse; did you mean --database\?/],
  ['dump --from=1 --from=2 FILE', /--from is given more than once; it takes one value/],
  ['dump', /Something is missing after "dump"\nTry: peerwatch dump --help/],
  ['export surplus', /Unexpected argument: surplus/],
  ['start --database x.db', /start keeps its own database, in \.\/\.peerwatch/],
  ['replya FILE', /Unknown command "replya"; did you mean "replay"\?/],
  ['incidents shw 9f3c', /Unknown command "shw"; did you mean "show"\?/],
  ['incidents lst', /Unknown command "lst"; did you mean "list"\?\nTry: peerwatch incidents --help/],
  ['dump --exact FILE', /--exact says how to match a prefix: give one with --prefix or --prefix-file/],
  ['dump --more-specific FILE', /--more-specific says how/],
  ['dump --less-specific FILE', /--less-specific says how/],
  ['dump --related FILE', /--related says how/],
  ['dump --from 2024-01-02 --to 2024-01-01 FILE', /--from 2024-01-02 is later than --to 2024-01-01: .*swap/],
  ['events list --from 2 --to 1', /--from 2 is later than --to 1/],
  ['dump --json --format bgpdump FILE', /give --json or --format bgpdump, not both/],
  ['incidents list --type hijack', /Invalid values:[^]*"origin-hijack"/],
  ['bill --json --csv', /give --json or --csv, not both/],
  ['apply NONE', /^peerwatch: Cannot read \S+none: no such file or directory\n$/],
  ['apply FOLDER', /^peerwatch: Cannot read \S+: it is a directory\n$/],
  ['catalogue import NONE', /^peerwatch: Cannot read \S+none: no such file or directory\n$/],
  ['prefix import NONE', /^peerwatch: Cannot read \S+none: no such file or directory\n$/],
  ['check-config NONE', /^peerwatch: Cannot read \S+none: no such file or directory\n$/],
  ['dump --prefix-file NONE FILE', /^peerwatch: Cannot read \S+none: no such file or directory\n$/],
  ['run --config NONE', /^peerwatch: Cannot read \S+none: no such file or directory\n$/],
  ['incidents resolve 9f3c --config NONE', /^peerwatch: Cannot read \S+none: no such file or directory\n$/],
  ['replay --config NONE FILE', /^peerwatch: Cannot read \S+none: no such file or directory\n$/],
];

for (const [line, message] of CASES) {
  test(`runProgram says what is wrong with "${line}"`, async () => {
    const words = line.split(' ').map((word) => {
      return { FILE: aFile, FOLDER: folder, NONE: join(folder, 'none') }[word] ?? word;
    });
    const { code, stdout, stderr } = await peerwatch(...words);
    assert.match(stderr, message);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
  });
}

test('runProgram reads what follows -- as names, whatever they look like', async () => {
  const { code, stderr } = await peerwatch('dump', '--', '--bogus', '-');
  assert.deepEqual(
    { code, stderr },
    { code: 1, stderr: 'peerwatch: Cannot read --bogus: no such file or directory\n' },
  );
  assert.equal((await peerwatch('dump', '--', aFile)).code, 0);
});

test('runProgram takes "help COMMAND" for "COMMAND --help"', async () => {
  assert.deepEqual(await peerwatch('help', 'dump'), await peerwatch('dump', '--help'));
});

test('dump refuses an empty name instead of reading standard input', async () => {
  const { code, stderr } = await peerwatch('dump', '');
  assert.deepEqual({ code, stderr }, { code: 1, stderr: 'peerwatch: Cannot read "": it is an empty name\n' });
});

test('replay names the input whose compression it does not unpack', async () => {
  const database = join(folder, 'xz.db');
  assert.equal((await peerwatch('init', '--database', database, '--config', join(folder, 'xz.yaml'))).code, 0);
  const path = join(folder, 'updates.gz');
  writeFileSync(path, Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4));
  const { code, stderr } = await peerwatch('replay', aFile, path, '--database', database);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^peerwatch: Cannot read \S+updates\.gz: Cannot unpack xz: gzip, bzip2, zstd or uncompressed wanted$/m,
  );
});

test('--log-level names its levels once in the help of every command', async () => {
  const { stdout } = await peerwatch('run', '--help');
  assert.equal(stdout.match(/"trace"/g)?.length, 1);
});

test('withDatabase says in one line what the disk refuses', { skip: requires('sh') }, async () => {
  const database = join(folder, 'disk.db');
  assert.equal((await peerwatch('init', '--database', database, '--config', join(folder, 'disk.yaml'))).code, 0);
  const words = [...commandWords(), 'backup', join(folder, 'copy.db'), '--database', database];
  const { code, stderr } = await run('sh', ['-c', 'ulimit -f 100; exec "$@"', 'sh', ...words]);
  assert.match(stderr, /^peerwatch: Cannot [^\n]*disk[^\n]*\n$/);
  assert.equal(code, 1);
});

test('openDatabase names a copy from before the upgrade only where there is one', async () => {
  const database = join(folder, 'newer.db');
  const db = openDatabase(database, { create: true });
  const schema = Number(db.pragma('user_version', { simple: true }));
  db.pragma('user_version = 999');
  db.close();
  const without = await peerwatch('export', '--database', database);
  assert.match(without.stderr, /upgrade peerwatch, or name another one with --database\n$/);
  writeFileSync(`${database}.bak-v${schema}`, '');
  const beside = await peerwatch('export', '--database', database);
  assert.match(beside.stderr, new RegExp(`or go back to ${database}\\.bak-v${schema}, from before the upgrade\\n$`));
  assert.deepEqual([without.code, beside.code], [2, 2]);
});
