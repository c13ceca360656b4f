// `dump` against bgpdump 1.6.2: its output for real files, kept beside the checkout, and the program itself on records written here.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { HABITS } from '../dump/records.js';
import { peerwatch, run } from '../support/command-line.js';
import { requires, sharedData } from '../support/requires.js';

/** How `dump` must stand to bgpdump's output for a real file. `withdrawals`: without the address of W lines, which is wrong there. */
type Agreement = 'all' | 'withdrawals';

const FILES: Readonly<Record<string, Agreement>> = {
  'CAIDA__libbgpstream__ris.rrc06.updates.1427846400.gz': 'all',
  'DevQps__bgp-rs__updates.20190101.0000.gz': 'all',
  'RIPE-NCC__bgpdump__bview.20020722.2337.gz': 'all',
  'RIPE-NCC__bgpdump__bview.ipv4_unicast_add_path.gz': 'all',
  'RIPE-NCC__bgpdump__updates.20020722.2238.gz': 'all',
  'RIPE-NCC__bgpdump__updates.20070211.0141.gz': 'all',
  'RIPE-NCC__bgpdump__updates.20100722.2015.gz': 'all',
  'RIPE-NCC__bgpdump__updates.et-header.2015.gz': 'all',
  'RIPE-NCC__bgpdump__updates.long_withdrawal.gz': 'all',
  'bgpkit__bgpkit-parser__rrc00__1999.09__updates.19990903.1041.gz': 'withdrawals',
  'bgpkit__bgpkit-parser__rrc00__2000.01__updates.20000102.2014.gz': 'withdrawals',
  'bgpkit__bgpkit-parser__rrc03__2010.02__updates.20100227.1600.first-796-records.gz': 'all',
  'bgpkit__bgpkit-parser__rrc15__2010.02__updates.20100227.1600.gz': 'all',
  'bgpkit__bgpkit-parser__updates.bz2': 'all',
  'jwbensley__dfz_name_and_shame__rrc01.updates.20100827.0840.gz': 'all',
  'jwbensley__dfz_name_and_shame__rrc01.updates.20241001.0055.gz': 'all',
  'jwbensley__dfz_name_and_shame__rrc23.updates.20220421.0200.gz': 'all',
  'jwbensley__dfz_name_and_shame__sydney.updates.20220601.0415.bz2': 'all',
  'morrowc__mrtparser__updates.20260222.1530.bz2': 'all',
  't2mune__mrtparse__bird-mrtdump_bgp': 'all',
  't2mune__mrtparse__bird-mrtdump_rib': 'all',
  t2mune__mrtparse__openbgpd_bgp: 'all',
  t2mune__mrtparse__openbgpd_rib_table: 'all',
  t2mune__mrtparse__quagga_bgp: 'all',
  t2mune__mrtparse__quagga_bgp_large_communities: 'all',
  t2mune__mrtparse__quagga_rib: 'all',
};

for (const [name, agreement] of Object.entries(FILES)) {
  test(`dump prints ${name} as bgpdump -m does`, { skip: requires('shared') }, async () => {
    const expected = join(sharedData, 'expected', `${name}.bgpdump-m.txt.gz`);
    assert.ok(existsSync(expected), expected);
    const { code, stdout, stderr } = await peerwatch('dump', join(sharedData, 'mrt', name));
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assertSameLines(stdout, gunzipSync(readFileSync(expected)).toString(), agreement);
  });
}

test('dump reads the ADD-PATH routes that bgpdump -m takes for plain ones', { skip: requires('shared') }, async () => {
  const { stdout } = await peerwatch('dump', join(sharedData, 'mrt', 't2mune__mrtparse__bird_bgp'));
  const prefixes = stdout.split('\n').flatMap((line) => (line.includes('|A|') ? [line.split('|')[5]] : []));
  assert.ok(prefixes.length > 0);
  assert.deepEqual(
    prefixes.filter((prefix) => prefix === '0.0.0.0/0' || prefix === '24.0.0.0/2'),
    [],
  );
});

/** Files whose entries others have counted: bgpkit, as the README of the samples says. */
const COUNTED = [
  ['bgpkit__bgpkit-parser__rrc00__2000.01__bview.20000111.0032.gz', 452_018, { 'corrected-framing': 1 }],
  ['bgpkit__bgpkit-parser__rrc00__1999.09__updates.19990903.1041.gz', 65_311, {}],
  ['bgpkit__bgpkit-parser__rrc00__2000.01__updates.20000102.2014.gz', 6_343, {}],
] as const;

for (const [name, entries, warnings] of COUNTED) {
  test(
    `dump finds the ${entries} routes of ${name}, loses nothing, and exits 0`,
    { skip: requires('shared') },
    async () => {
      const path = join(sharedData, 'mrt', name);
      const { code, stderr } = await peerwatch('dump', '--format', 'none', '--stats', '--json', path);
      const said = stderr.trimEnd().split('\n');
      const stats = JSON.parse(said.at(-1) ?? '') as Record<string, Record<string, number | undefined>>;
      const { announce = 0, withdraw = 0, rib = 0 } = stats['elements'];
      assert.deepEqual(
        [code, announce + withdraw + rib, stats['warnings'], stats['losses']],
        [0, entries, warnings, {}],
      );
      assert.equal(said.length - 1, Object.keys(warnings).length);
    },
  );
}

for (const [name, bytes] of HABITS) {
  test(`dump and bgpdump -m agree on ${name}`, { skip: requires('bgpdump') }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'peerwatch-dump-'));
    try {
      const file = join(folder, 'records.mrt');
      writeFileSync(file, bytes);
      const [ours, theirs] = [await peerwatch('dump', file), await run('bgpdump', ['-m', file])];
      assert.equal(theirs.code, 0);
      assert.equal(ours.stderr, '');
      assert.equal(ours.stdout, theirs.stdout);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** Says the first line that differs, rather than a diff of half a million. */
function assertSameLines(actual: string, expected: string, agreement: Agreement): void {
  const form = (text: string): string[] => {
    const lines = text.split('\n');
    return agreement === 'all' ? lines : lines.map((line) => line.replace(/^(.*\|W\|.*\|)[^|/]*(\/\d+)$/, '$1$2'));
  };
  const [ours, theirs] = [form(actual), form(expected)];
  const at = theirs.findIndex((line, index) => line !== ours[index]);
  if (at >= 0) assert.equal(ours[at], theirs[at], `line ${at + 1}`);
  assert.equal(ours.length, theirs.length);
}
