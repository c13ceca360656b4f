// `dump` as a user runs it: exit codes, what goes to stderr, inputs of every kind, pipes that close.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Update } from '../../src/bgp/update.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { encodeBgp4mpMessage, encodeRecord, encodeTableDump } from '../../src/mrt/writer.js';
import { announcement, BASE, join as joined, TIME, update } from '../dump/records.js';
import { peerwatch } from '../support/command-line.js';
import { projectRoot, requires } from '../support/requires.js';

const folder = mkdtempSync(join(tmpdir(), 'peerwatch-dump-'));
after(() => rmSync(folder, { recursive: true }));

const SESSION = { peerAs: 64496, localAs: 64500, peerAddress: '192.0.2.1', localAddress: '192.0.2.254' };

function announced(prefix: string, time = TIME, more: Partial<Update['attributes']> = {}): Uint8Array {
  return encodeBgp4mpMessage({ time, ...SESSION, message: announcement({ ...BASE, ...more }, prefix) });
}

/** A BGP4MP MESSAGE_AS4 record in which the BGP message is longer than the record. */
const BAD = encodeRecord({ time: TIME, type: 16, subtype: 4 }, (body) => {
  body.u32(64496).u32(64500).u16(0).u16(1).u32(0xc0000201).u32(0xc00002fe);
  body.bytes(new Uint8Array(16).fill(0xff)).u16(100).u8(2);
});
const UNKNOWN = encodeRecord({ time: TIME, type: 11, subtype: 0 }, (body) => body.u32(0));
const A = announced('203.0.113.0/24');
const B = announced('198.51.100.0/24', TIME + 1_000_000);
const LINE_A = 'BGP4MP|1704067200|A|192.0.2.1|64496|203.0.113.0/24|64496 64497 64511|IGP|192.0.2.1|0|0||NAG||\n';
const LINE_B = LINE_A.replace('203.0.113.0', '198.51.100.0').replace('1704067200', '1704067201');

function file(name: string, ...parts: readonly Uint8Array[]): string {
  const path = join(folder, name);
  writeFileSync(path, joined(...parts));
  return path;
}

const GOOD = file('good.mrt', A, B);

test('dump prints bgpdump lines and exits 0', async () => {
  assert.deepEqual(await peerwatch('dump', GOOD), { code: 0, stdout: LINE_A + LINE_B, stderr: '' });
});

test('dump --json prints objects, as --format json does', async () => {
  const { stdout } = await peerwatch('dump', '--json', GOOD);
  assert.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { prefix: string }).prefix),
    ['203.0.113.0/24', '198.51.100.0/24'],
  );
  assert.equal((await peerwatch('dump', '--format', 'json', GOOD)).stdout, stdout);
});

test('dump --format none --stats --json counts only, as one object on stderr', async () => {
  const { code, stdout, stderr } = await peerwatch('dump', '--format', 'none', '--stats', '--json', GOOD);
  assert.deepEqual({ code, stdout }, { code: 0, stdout: '' });
  const { records, elements, losses } = JSON.parse(stderr) as Record<string, unknown>;
  assert.deepEqual(
    { records, elements, losses },
    { records: { 'BGP4MP/MESSAGE_AS4': 2 }, elements: { announce: 2 }, losses: {} },
  );
});

test('dump counts unknown record types and exits 0', async () => {
  const { code, stdout, stderr } = await peerwatch('dump', '--stats', file('unknown.mrt', UNKNOWN, A));
  assert.deepEqual({ code, stdout }, { code: 0, stdout: LINE_A });
  assert.match(stderr, /skipped unsupported-type +1\n/);
});

test('dump names a record that it cannot interpret, takes the next one, and exits 3', async () => {
  const path = file('bad.mrt', A, BAD, B);
  const { code, stdout, stderr } = await peerwatch('dump', path);
  assert.deepEqual({ code, stdout }, { code: 3, stdout: LINE_A + LINE_B });
  const start = `peerwatch: ${path}: record 1, offset ${A.length} to ${A.length + BAD.length}: ${BAD.length} bytes not interpreted: bgp-length: `;
  assert.equal(stderr.slice(0, start.length), start);
});

test('dump names where a file is cut short, and exits 3', async () => {
  const path = file('cut.mrt', A, B.subarray(0, -3));
  const { code, stdout, stderr } = await peerwatch('dump', path);
  assert.deepEqual({ code, stdout }, { code: 3, stdout: LINE_A });
  assert.match(
    stderr,
    new RegExp(
      `offset ${A.length} to ${A.length + B.length - 3}: ${B.length - 3} bytes not interpreted: the last record is cut short`,
    ),
  );
});

test('dump goes on behind a torn write, names its bytes, and exits 3', async () => {
  const path = file('torn.mrt', A, B.subarray(0, 40), A, B, A);
  const { code, stdout, stderr } = await peerwatch('dump', path);
  assert.deepEqual({ code, stdout }, { code: 3, stdout: LINE_A + LINE_A + LINE_B + LINE_A });
  assert.equal(
    stderr,
    `peerwatch: ${path}: offset ${A.length} to ${A.length + 40}: 40 bytes not interpreted: another record begins inside this one\n`,
  );
});

test('dump warns once of records that are 4 bytes longer than they say, and exits 0', async () => {
  const short = encodeTableDump({
    time: TIME,
    sequence: 1,
    prefix: parsePrefix('203.0.113.0/24'),
    originatedTime: TIME,
    peerAddress: '192.0.2.1',
    peerAs: 64496,
    attributes: BASE,
  });
  short[11] -= 4;
  const path = file('short.mrt', short, short, short, short);
  const { code, stdout, stderr } = await peerwatch('dump', '--stats', '--json', '--format', 'none', path);
  assert.deepEqual({ code, stdout }, { code: 0, stdout: '' });
  const [warning, stats] = stderr.split('\n');
  assert.equal(warning, `peerwatch: ${path}: corrected framing: 4 records are 4 bytes longer than their headers say`);
  const { warnings, elements } = JSON.parse(stats) as Record<string, unknown>;
  assert.deepEqual([warnings, elements], [{ 'corrected-framing': 1 }, { rib: 4 }]);
});

test('dump prints what came before torn compression, and exits 3', async () => {
  const stored = gzipSync(joined(A, B), { level: 0 });
  const { code, stdout, stderr } = await peerwatch('dump', file('torn.gz', stored.subarray(0, -10)));
  assert.deepEqual({ code, stdout }, { code: 3, stdout: LINE_A });
  assert.match(stderr, /Cannot unpack all of the gzip data/);
});

test('dump names another compression, takes the next input, and exits 1', async () => {
  const path = file('other.gz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4));
  const { code, stdout, stderr } = await peerwatch('dump', path, GOOD);
  assert.deepEqual({ code, stdout }, { code: 1, stdout: LINE_A + LINE_B });
  assert.equal(stderr, `peerwatch: ${path}: Cannot unpack xz: gzip, bzip2, zstd or uncompressed wanted\n`);
});

test('dump refuses a missing file before it prints anything, and exits 1', async () => {
  const path = join(folder, 'missing.gz');
  const stderr = `peerwatch: Cannot read ${path}: no such file or directory\n`;
  assert.deepEqual(await peerwatch('dump', GOOD, path), { code: 1, stdout: '', stderr });
});

test('dump reads a directory in order of time', async () => {
  const path = join(folder, 'rrc01');
  mkdirSync(path);
  writeFileSync(join(path, 'a.gz'), gzipSync(B));
  writeFileSync(join(path, 'z'), A);
  assert.equal((await peerwatch('dump', path)).stdout, LINE_A + LINE_B);
  const { stdout } = await peerwatch('dump', '--json', path);
  assert.match(stdout, /"collector":"rrc01"/);
});

test('dump reads standard input, compressed or not', () => {
  for (const input of [joined(A, B), gzipSync(joined(A, B))]) {
    const { stdout, status } = shell('dump -', input);
    assert.deepEqual({ stdout, status }, { stdout: LINE_A + LINE_B, status: 0 });
  }
});

test('dump recovers what torn standard input held, without reading it twice', () => {
  const { stdout, status } = shell('dump -', gzipSync(joined(A, B), { level: 0 }).subarray(0, -10));
  assert.deepEqual({ stdout, status }, { stdout: LINE_A, status: 3 });
});

test('dump ends quietly when its reader goes away', () => {
  const many = file('many.mrt', ...Array.from({ length: 20_000 }, () => A));
  const { stdout, stderr } = shell(`dump ${many} | head -n 2`, Buffer.alloc(0));
  assert.deepEqual({ stdout, stderr }, { stdout: LINE_A + LINE_A, stderr: '' });
});

test('dump ends at once when its reader goes away, though its input never ends', () => {
  const program = commandLine('dump -');
  const endless = `while cat ${GOOD}; do :; done 2>/dev/null`;
  const { stdout, stderr, signal } = spawnSync('sh', ['-c', `{ ${endless}; } | ${program} | head -n 2`], {
    ...{ cwd: projectRoot, encoding: 'utf8', timeout: 60_000 }, // the timeout ends the test where it fails
  });
  assert.deepEqual({ stdout, stderr, signal }, { stdout: LINE_A + LINE_B, stderr: '', signal: null });
});

test(
  'dump shows progress of a long file on a terminal, clears it away, and shows none elsewhere',
  { skip: requires('script') },
  async () => {
    const long = file('long.mrt', ...Array.from({ length: 60_000 }, () => A));
    const onTerminal = (command: string): string =>
      execFileSync('script', ['-qec', commandLine(command), '/dev/null'], {
        ...{ cwd: projectRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      });
    const shown = onTerminal(`dump ${long} > /dev/null`);
    assert.match(shown, /\d+% of 5\.2 MB/);
    assert.match(shown, /\u001b\[\?25h/); // the cursor is back
    assert.equal(onTerminal(`dump ${GOOD} > /dev/null`), '');
    const counted = 'peerwatch: 60000 elements, 60000 records, 1 input, 5220000 bytes unpacked\n';
    assert.equal((await peerwatch('dump', '--format', 'none', long)).stderr, counted);
  },
);

test('dump filters', async () => {
  const path = file(
    'filters.mrt',
    ...[A, B, announced('203.0.113.128/25'), announced('203.0.0.0/16')],
    encodeBgp4mpMessage({
      time: TIME,
      ...SESSION,
      message: update({ withdrawn: [{ prefix: parsePrefix('203.0.113.0/24') }] }),
    }),
  );
  const list = join(folder, 'prefixes.txt');
  writeFileSync(list, '# mine\n\n203.0.113.0/24   # the office\n2001:db8::/32\n');
  const prefixes = async (...args: readonly string[]): Promise<string[]> => {
    const { stdout, stderr } = await peerwatch('dump', ...args, path);
    assert.equal(stderr, '');
    return stdout.split('\n').flatMap((line) => line.split('|')[5] ?? []);
  };
  const [exact, inside, cover] = ['203.0.113.0/24', '203.0.113.128/25', '203.0.0.0/16'];
  assert.deepEqual(await prefixes('--prefix', exact), [exact, inside, cover, exact]);
  assert.deepEqual(await prefixes('--prefix', exact, '--exact'), [exact, exact]);
  assert.deepEqual(await prefixes('--prefix', exact, '--more-specific'), [exact, inside, exact]);
  assert.deepEqual(await prefixes('--prefix', exact, '--less-specific', '--type', 'announce'), [exact, cover]);
  assert.deepEqual(await prefixes('--prefix-file', list, '--exact', '--origin-as', 'AS64511'), [exact]);
  assert.deepEqual(await prefixes('--from', '2024-01-01T00:00:01Z', '--peer-as', '64496', '--path-as', '64497'), [
    '198.51.100.0/24',
  ]);
  assert.deepEqual(await prefixes('--family', '6'), []);
  assert.deepEqual(await prefixes('--prefix', exact, '--related'), [exact, inside, cover, exact]);
  assert.deepEqual(await prefixes('--prefix', exact, '--prefix', '198.51.100.0/24', '--exact', '--family', '4'), [
    ...[exact, '198.51.100.0/24', exact],
  ]);
  assert.deepEqual(await prefixes('--to', '2024-01-01T00:00:00Z', '--type', 'withdraw'), [exact]);
  assert.deepEqual(await prefixes('--to', '1704067199'), []);
  assert.deepEqual(await prefixes('--path-as', '64999'), []);
});

test('dump sees unicast alone where anything is filtered, unless --safi says more', async () => {
  const attributes = { ...BASE };
  const multicast = encodeBgp4mpMessage({
    time: TIME,
    ...SESSION,
    message: update({
      mpReach: { afi: 1, safi: 2, nextHop: '192.0.2.1', nlri: [{ prefix: parsePrefix('203.0.113.0/25') }] },
      attributes,
    }),
  });
  const path = file('safi.mrt', A, multicast);
  const prefixes = async (...args: readonly string[]): Promise<string[]> => {
    const { stdout } = await peerwatch('dump', ...args, path);
    return stdout.split('\n').flatMap((line) => line.split('|')[5] ?? []);
  };
  const [unicast, other] = ['203.0.113.0/24', '203.0.113.0/25'];
  assert.deepEqual(await prefixes(), [unicast, other]);
  assert.deepEqual(await prefixes('--prefix', unicast), [unicast]);
  assert.deepEqual(await prefixes('--prefix', unicast, '--safi', 'multicast'), [other]);
  assert.deepEqual(await prefixes('--prefix', unicast, '--safi', 'all'), [unicast, other]);
  assert.deepEqual(await prefixes('--safi', '2'), [other]);
});

test('dump --stats prints totals for people, one aligned line each, losses with their bytes', async () => {
  const { stderr } = await peerwatch('dump', '--stats', '--format', 'none', file('stats.mrt', A, BAD, B, A));
  const lines = stderr.trimEnd().split('\n').slice(1);
  assert.deepEqual(
    lines.map((line) => line.trim().replace(/ +/g, ' ')),
    [
      'inputs 1',
      `unpacked bytes ${3 * A.length + BAD.length}`,
      'record BGP4MP/MESSAGE_AS4 4',
      'element announce 3',
      `lost message 1 (${BAD.length} bytes)`,
    ],
  );
  assert.equal(new Set(lines.map((line) => line.replace(/ {2}\(.*/, '').length)).size, 1);
});

const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [['--prefix', '203.0.113.1/24'], /did you mean 203\.0\.113\.0\/24\?/],
  [['--peer-as', 'x'], /"x" is no AS number/],
  [['--from', 'yesterday'], /"yesterday" is no time/],
  [['--prefix-file', '/nowhere/at-all'], /Cannot read \/nowhere\/at-all/],
  [['--format', 'xml'], /Invalid values/],
  [['--exact', '--more-specific'], /mutually exclusive/],
  [['--no-such-option'], /Unknown option: --no-such-option/],
];

for (const [args, message] of wrong) {
  test(`dump ${args.join(' ')} is wrong usage: exit 2`, async () => {
    const { code, stdout, stderr } = await peerwatch('dump', ...args, GOOD);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
    assert.match(stderr, message);
  });
}

test('dump --help shows examples', async () => {
  const { code, stdout } = await peerwatch('dump', '--help');
  assert.equal(code, 0);
  assert.match(stdout, /Examples:/);
});

test('dump gives the same bytes for gzip, bzip2, zstd and plain', { skip: requires('bzip2', 'zstd') }, async () => {
  const plain = joined(A, B, A);
  const packed = [
    gzipSync(plain),
    execFileSync('bzip2', { input: plain }),
    execFileSync('zstd', ['-c'], { input: plain }),
  ];
  for (const [index, bytes] of packed.entries()) {
    assert.equal((await peerwatch('dump', file(`packed-${index}`, bytes))).stdout, LINE_A + LINE_B + LINE_A);
  }
});

/** `peerwatch` in a shell, so that it has a real pipe on either side. */
function shell(command: string, input: Uint8Array): { stdout: string; stderr: string; status: number | null } {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', commandLine(command)], {
    input,
    cwd: projectRoot,
    encoding: 'utf8',
  });
  return { stdout, stderr, status };
}

/** The command with its program, built or not as the tests run. */
function commandLine(command: string): string {
  const built = import.meta.url.includes('/dist/');
  return `${process.execPath} ${built ? 'dist/bin/main.js' : '--import tsx src/cli/main.ts'} ${command}`;
}
