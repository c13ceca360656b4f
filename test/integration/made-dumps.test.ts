// The dumps that the MRT writer made: the generator gives the committed bytes, and a replay of each says what the text of detection.md
// says of it. The expectations were written down from that text, beside the generator's comments; none was taken from an output.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { peerwatch } from '../support/command-line.js';
import { replay } from '../support/lab-check.js';
import { labRegistry } from '../support/lab-story.js';
import { madeDumps } from '../support/made-dumps.js';
import { madeFolder, fixtures, sha256Sums } from '../support/make-fixtures.js';

test('madeDumps gives the committed files, byte for byte, and SHA256SUMS is what the committed dumps give', () => {
  const made = madeDumps();
  assert.deepEqual(readdirSync(madeFolder).sort(), [...made.keys()].sort());
  for (const [name, bytes] of made) assert.deepEqual(new Uint8Array(readFileSync(join(madeFolder, name))), bytes, name);
  assert.equal(readFileSync(join(fixtures, 'SHA256SUMS'), 'utf8'), sha256Sums());
});

/** `TYPE OFFENDER OPENED..RESOLVED REASON PEERS`; all of 203.0.113.0/24, of January 2026, and of one opening. */
const cases: readonly {
  readonly files: readonly string[];
  readonly why: string;
  readonly incidents: readonly string[];
}[] = [
  {
    files: ['05-rib.mrt', '05-updates-after-rib.mrt'],
    why: 'a cover of the RIB bootstrap is baseline; a session that goes down does not end a hijack, its withdrawal later does',
    incidents: ['origin-hijack 64511 05T12:00:20.000000..05T12:01:00.000000 withdrawn 64501,65550'],
  },
  { files: ['06-table-dump.mrt'], why: 'a RIB of legitimate routes is nothing', incidents: [] },
  {
    files: ['07-two-octet.mrt'],
    why: 'AS4_PATH is merged, with AS4_AGGREGATOR where AGGREGATOR is AS_TRANS; a 23456 left over is no origin',
    incidents: ['origin-hijack 65551 07T12:00:10.000000..07T12:00:20.000000 withdrawn 64501'],
  },
  {
    files: ['08-extended-time.mrt'],
    why: 'microseconds of BGP4MP_ET are event time',
    incidents: ['origin-hijack 64511 08T12:00:10.250000..08T12:00:10.750000 withdrawn 64501'],
  },
  { files: ['09-multicast.mrt'], why: 'SAFI 2 never mixes in', incidents: [] },
  {
    files: ['10-as-set.mrt'],
    why: 'an AS_SET with a registered member is nothing, one without fires with its lowest member',
    incidents: ['origin-hijack 64510 10T12:00:10.000000..10T12:00:20.000000 withdrawn 64501'],
  },
  {
    files: ['11-empty-path.mrt'],
    why: 'an empty path is of the peer AS on iBGP, elsewhere without origin',
    incidents: ['origin-hijack 64508 11T12:00:10.000000..11T12:00:20.000000 withdrawn 64508'],
  },
  {
    files: ['12-peer-as-zero.mrt'],
    why: 'peer AS 0 is the session at that address, in updates and state changes',
    incidents: ['origin-hijack 64511 12T12:00:01.000000..12T12:00:40.000000 withdrawn 64501'],
  },
];

suite('replay of made dumps', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerwatch-made-'));
  const database = join(folder, 'registry.db');

  before(async () => {
    assert.equal((await peerwatch('init', '--database', database)).code, 0);
    assert.equal((await peerwatch('apply', labRegistry, '--database', database)).code, 0);
  });
  after(() => rmSync(folder, { recursive: true }));

  const incidentsOf = async (files: readonly string[]): Promise<string[]> => {
    const lines = await replay(
      database,
      files.map((name) => join(madeFolder, name)),
    );
    const incidents = lines.filter(({ kind }) => kind === 'incident');
    for (const { prefix, openings } of incidents)
      assert.deepEqual({ prefix, openings }, { prefix: '203.0.113.0/24', openings: 1 });
    const day = (time: string | null): string => (time === null ? 'never' : time.replace(/^2026-01-|Z$/g, ''));
    return incidents.map(({ type, offender, openedAt, resolvedAt, reason, peers }) => {
      return `${type} ${offender} ${day(openedAt)}..${day(resolvedAt)} ${reason ?? 'none'} ${peers.asns.join()}`;
    });
  };

  for (const { files, why, incidents } of cases) {
    test(`replay of ${files.join(' and ')}: ${why}`, async () => {
      assert.deepEqual(await incidentsOf(files), incidents);
    });
  }

  test('replay of all made dumps at once gives the incidents of each', async () => {
    const all = cases.flatMap(({ files }) => files);
    assert.deepEqual(
      await incidentsOf(all.toReversed()),
      cases.flatMap(({ incidents }) => incidents),
    );
  });
});
