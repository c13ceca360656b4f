// Files of reference data on a real file system: their forms and compressions, what is kept, what their version says, and what a bad entry
// and a bad file cost. Digests are those of sha256sum.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { PolicyTable } from '../../src/detection/policy.js';
import { noReferenceData } from '../../src/detection/reference-data.js';
import { ReferenceKeeper } from '../../src/daemon/reference-keeper.js';
import {
  formatReferenceFault,
  loadReference,
  readReferenceFiles,
  type ReferencePaths,
} from '../../src/daemon/reference-files.js';
import { formatVrp } from '../../src/rpki/vrp-table.js';
import { parseConfig } from '../../src/daemon/config.js';
import { type RpkiSettings } from '../../src/daemon/rpki-settings.js';
import { policy } from '../support/event-builder.js';
import { temporaryFolder } from '../support/registry-database.js';

const policies = new PolicyTable([policy('203.0.113.0/24')]);

const JSON_FILE = JSON.stringify({
  metadata: { buildtime: '2026-06-16T07:00:00Z' },
  roas: [
    { asn: 64496, prefix: '203.0.112.0/23', maxLength: 24, ta: 'ripe' },
    { asn: 64497, prefix: '198.51.100.0/24', maxLength: 24, ta: 'ripe' },
  ],
  aspas: [{ customer_asid: 64496, providers: [64500] }],
});
const CSV_FILE = 'ASN,IP Prefix,Max Length,Trust Anchor\nAS64511,203.0.113.128/25,26,arin\n';
const LINKS = '# comment\n64500|64496|-1\n64500|64501|0';
const SLURM = JSON.stringify({
  slurmVersion: 1,
  validationOutputFilters: { prefixFilters: [{ asn: 64511 }], bgpsecFilters: [] },
  locallyAddedAssertions: {
    prefixAssertions: [
      { asn: 64498, prefix: '203.0.113.0/24' },
      { asn: 64498, prefix: '192.0.2.0/24' },
    ],
    bgpsecAssertions: [],
  },
});

/** Writes files into a folder of the test's own. @returns their paths. */
function written<const N extends string>(
  t: TestContext,
  files: Readonly<Record<N, string | Uint8Array>>,
): Record<N, string> {
  const folder = temporaryFolder(t);
  const paths = {} as Record<N, string>;
  for (const name of Object.keys(files) as N[]) {
    paths[name] = join(folder, name);
    writeFileSync(paths[name], files[name]);
  }
  return paths;
}

function paths(
  files: readonly string[],
  slurm: readonly string[] = [],
  relationships: string | null = null,
): ReferencePaths {
  return { rpki: { files, slurm }, relationships };
}

function settings(files: readonly string[], rpki: Partial<RpkiSettings['rpki']> = {}): RpkiSettings {
  return { rpki: { ...parseConfig('', { file: 'x.yaml' }).detection.rpki, files, ...rpki }, relationships: null };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

suite('loadReference', () => {
  test('loadReference gives none where nothing is named', async () => {
    const { data, faults, incomplete } = await loadReference(paths([]), policies);
    assert.deepEqual([data, faults, incomplete], [noReferenceData, [], false]);
  });

  test('loadReference joins files, in any compression, and keeps VRPs related to what is registered', async (t) => {
    const at = written(t, { a: JSON_FILE, b: gzipSync(CSV_FILE), links: gzipSync(LINKS) });
    const { data, faults } = await loadReference(paths([at.a, at.b], [], at.links), policies);
    assert.deepEqual(data.vrps?.all.map(formatVrp), ['203.0.112.0/23-24 AS64496', '203.0.113.128/25-26 AS64511']);
    assert.equal(data.aspas?.authorization(64496, 64500), 'provider');
    assert.equal(data.relationships?.of(64496, 64500), 'provider');
    assert.equal(data.relationships.of(64500, 64501), 'peer');
    assert.deepEqual(faults, []);
  });

  test('loadReference names the data by digest of the unpacked bytes and time, in whatever order files are named', async (t) => {
    const at = written(t, { a: JSON_FILE, b: gzipSync(CSV_FILE), links: LINKS });
    const version = [
      ...[`RPKI ${digest(JSON_FILE)} of 2026-06-16T07:00:00Z`, `RPKI ${digest(CSV_FILE)}`].sort(),
      `relationships ${digest(LINKS)}`,
    ].join(', ');
    for (const files of [
      [at.a, at.b],
      [at.b, at.a],
    ]) {
      const { data } = await loadReference(paths(files, [], at.links), policies);
      assert.equal(data.version, version);
      assert.deepEqual(data.vrps?.all.map(formatVrp), ['203.0.112.0/23-24 AS64496', '203.0.113.128/25-26 AS64511']);
    }
  });

  test('loadReference applies local exceptions: filters, then assertions, of registered prefixes', async (t) => {
    const at = written(t, { a: JSON_FILE, b: CSV_FILE, slurm: SLURM });
    const { data } = await loadReference(paths([at.a, at.b], [at.slurm]), policies);
    assert.deepEqual(data.vrps?.all.map(formatVrp), ['203.0.112.0/23-24 AS64496', '203.0.113.0/24 AS64498']);
    assert.ok(data.version.includes(`SLURM ${digest(SLURM)}`));
  });

  test('loadReference has no rule without its data: ASPAs and links that are not there are null', async (t) => {
    const at = written(t, { b: CSV_FILE });
    const { data } = await loadReference(paths([at.b]), policies);
    assert.deepEqual([data.aspas, data.relationships], [null, null]);
  });

  test('loadReference leaves out entries that cannot be read, and tells file, place and reason', async (t) => {
    const at = written(t, { csv: `${CSV_FILE}AS1,nonsense,24,x\n`, links: `${LINKS}\n1|1|0\n` });
    const { data, faults, incomplete } = await loadReference(paths([at.csv], [], at.links), policies);
    assert.equal(data.vrps?.size, 1);
    assert.equal(data.relationships?.size, 2);
    assert.equal(incomplete, false);
    assert.match(formatReferenceFault(faults[0]), /^csv, line 3: /);
    assert.equal(formatReferenceFault(faults[1]), 'links, line 4: AS1 has a relationship with itself');
  });

  test('loadReference uses nothing of a file that is not there, empty, cut short, torn or of no known form', async (t) => {
    const gzip = gzipSync(JSON_FILE);
    const at = written(t, {
      good: CSV_FILE,
      empty: '',
      cut: JSON_FILE.slice(0, -40),
      torn: gzip.subarray(0, gzip.length - 12),
      text: 'hello\nworld\n',
      slurm: '{}',
      links: '# nothing\n',
    });
    const all = [at.good, `${at.good}.none`, at.empty, at.cut, at.torn, at.text];
    const { data, faults, incomplete } = await loadReference(paths(all, [at.slurm], at.links), policies);
    assert.equal(incomplete, true);
    assert.deepEqual(data.vrps?.all.map(formatVrp), ['203.0.113.128/25-26 AS64511']);
    assert.deepEqual([data.aspas, data.relationships], [null, null]);
    assert.equal(data.version, `RPKI ${digest(CSV_FILE)}`);
    const told = faults.map(formatReferenceFault);
    assert.equal(told[0], 'good.none is not used: no such file or directory');
    assert.equal(told[1], 'empty is not used: it is empty');
    assert.equal(told[2], 'cut is not used: the JSON is cut short');
    assert.match(told[3], /^torn is not used: Cannot unpack all of the gzip data/);
    assert.match(told[4], /^text is not used: it is neither JSON nor CSV/);
    assert.match(told[5], /^slurm is not used: Cannot read SLURM: slurmVersion/);
    assert.equal(told[6], 'links is not used: it holds no relationship');
  });

  test('readReferenceFiles ends with the signal', async (t) => {
    const at = written(t, { a: JSON_FILE });
    await assert.rejects(readReferenceFiles(paths([at.a]), AbortSignal.abort(new Error('enough'))), /enough/);
  });
});

suite('ReferenceKeeper', () => {
  function keeper(): { readonly kept: ReferenceKeeper; readonly log: string[] } {
    const log: string[] = [];
    const note = (_: object, message: string): unknown => log.push(message);
    const logger = { info: note, warn: note, error: note };
    const store = { load: () => [], save: () => undefined, saveStatus: () => undefined };
    return { kept: new ReferenceKeeper({ logger, store }), log };
  }
  const { signal } = new AbortController();

  test('ReferenceKeeper.hasChanged is true once a file has changed and stays as it is', async (t) => {
    const at = written(t, { a: CSV_FILE });
    const { kept } = keeper();
    await kept.load(settings([at.a]), policies, { signal });
    assert.deepEqual([kept.hasChanged(settings([at.a])), kept.hasChanged(settings([at.a]))], [false, false]);
    appendFileSync(at.a, 'AS64499,203.0.113.0/24,24,arin\n');
    assert.equal(kept.hasChanged(settings([at.a])), false, 'it may still be written');
    assert.equal(kept.hasChanged(settings([at.a])), true);
    const { vrps } = await kept.load(settings([at.a]), policies, { signal });
    assert.equal(vrps?.size, 2);
    assert.equal(kept.hasChanged(settings([at.a])), false);
  });

  test('ReferenceKeeper keeps what is in force where a file cannot be used, until it changes', async (t) => {
    const at = written(t, { a: JSON_FILE, b: JSON_FILE.slice(0, -40) });
    const { kept, log } = keeper();
    const before = await kept.load(settings([at.a]), policies, { signal });
    renameSync(at.b, at.a);
    assert.equal((await kept.load(settings([at.a]), policies, { signal })).version, before.version);
    assert.deepEqual(log.slice(-2), ['the file cannot be used', 'the reference data stays as it was']);
    rmSync(at.a);
    assert.equal((await kept.load(settings([at.a]), policies, { signal })).version, before.version);
    assert.deepEqual([kept.hasChanged(settings([at.a])), kept.hasChanged(settings([at.a]))], [false, false]);
    writeFileSync(at.a, CSV_FILE);
    assert.deepEqual([kept.hasChanged(settings([at.a])), kept.hasChanged(settings([at.a]))], [false, true]);
    assert.notEqual((await kept.load(settings([at.a]), policies, { signal })).version, before.version);
  });

  test('ReferenceKeeper takes what can be read where other files are named than before', async (t) => {
    const at = written(t, { a: CSV_FILE });
    const { kept } = keeper();
    const { vrps } = await kept.load(settings([`${at.a}.none`, at.a]), policies, { signal });
    assert.equal(vrps?.size, 1);
    assert.equal(await kept.load(settings([]), policies, { signal }).then(({ version }) => version), '');
  });
});
