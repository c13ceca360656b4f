// A file counted in slices against the same read from end to end: equal totals, losses and records, whatever it holds and wherever it is
// cut: damage, undeclared path identifiers, RIBs with their peer index, records longer than a slice.

import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { dumpInput } from '../../src/dump/dump-input.js';
import { SliceCrew } from '../../src/dump/slice-crew.js';
import { isSliceable, type SliceSizes } from '../../src/dump/sliced-records.js';
import { DumpStats } from '../../src/dump/stats.js';
import { Prefix } from '../../src/ip/prefix.js';
import { PrefixUnion } from '../../src/ip/prefix-union.js';
import { elementFilter } from '../../src/mrt/element-filter.js';
import { encodePeerIndexTable, encodeRib } from '../../src/mrt/writer.js';
import { fileInput, type InputFile } from '../../src/sources/input-files.js';
import { makeUpdateStream } from '../bench/update-stream.js';
import { unpack } from '../mrt/records.js';
import { temporaryFolder } from '../support/registry-database.js';
import { requires, sharedData } from '../support/requires.js';
import { madeUpdates } from './made-updates.js';

const wanted = [Prefix.ipv4(0xc0000000, 3), Prefix.ipv4(0x0a000000, 8), Prefix.ipv6([0x20000000, 0, 0, 0], 12)];

interface Cutting extends SliceSizes {
  readonly threads: number;
}

/** All that is told of a file; `null` reads it from end to end. */
async function counted(input: InputFile, cutting: Cutting | null, countAll = false) {
  const filter = elementFilter({ prefixes: wanted });
  const [stats, losses]: [DumpStats, unknown[]] = [new DumpStats(), []];
  const crew = cutting === null ? null : new SliceCrew(cutting.threads);
  const slices = crew && { crew, wanted: PrefixUnion.of(wanted).tables, sizes: cutting! };
  try {
    await dumpInput(input, {
      ...{ format: 'none', collector: 'default', filter, countAll, stats, sink: { write: () => Promise.resolve() } },
      ...(slices && { slices }),
      onLoss: (loss) => losses.push(loss),
      onCorrected: (corrected) => losses.push(corrected),
    });
  } finally {
    await crew?.close();
  }
  return { summary: stats.summary, losses, lost: stats.toJSON().losses }; // which records are decoded depends on chunks
}

const index = encodePeerIndexTable({
  time: 1_700_000_000_000_000,
  collectorBgpId: '198.51.100.1',
  viewName: '',
  peers: [1, 2, 3].map((n) => ({ bgpId: '192.0.2.1', address: `192.0.2.${n}`, asn: 64512 + n, type: 2 })),
});

/** RIB records of that index; of the fourth peer, which it has not, cannot be decoded. */
const ribs = (peer: number): Uint8Array[] =>
  Array.from({ length: 12 }, (_, n) => {
    const attributes = { origin: 0, asPath: [{ type: 2 as const, asns: [64512, 64511] }] };
    const entry = { peerIndex: peer, originatedTime: 0, attributes, nextHop: '192.0.2.1' };
    const prefix = Prefix.ipv4((n % 3 === 0 ? 0xc6336400 : 0x20000000) + n * 256, 24);
    return encodeRib({ time: 1_700_000_000_000_000, sequence: n, prefix, safi: 1, addPath: false, entries: [entry] });
  });

const ordinary = [...makeUpdateStream(400, 7)];

/** Pieces of a file: ordinary messages mostly. */
const piece = fc.oneof(
  { weight: 8, arbitrary: fc.nat(350).map((at) => ordinary.slice(at, at + 50)) },
  { weight: 2, arbitrary: madeUpdates },
  { weight: 1, arbitrary: fc.nat(399).chain((at) => fc.nat(80).map((cut) => [ordinary[at].subarray(0, cut)])) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((noise) => [noise]) },
  { weight: 1, arbitrary: fc.constantFrom([index], ribs(0), ribs(2), [index, ...ribs(1)], ribs(3)) },
);

test('SlicedRecords counts what is counted from end to end, of any file cut anywhere', async (t) => {
  const path = join(temporaryFolder(t), 'made.mrt');
  const sizes = fc.record({
    threads: fc.constant(1),
    head: fc.integer({ min: 1, max: 3000 }),
    slice: fc.integer({ min: 200, max: 5000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 2, maxLength: 12 }), sizes, async (pieces, cutting) => {
      const bytes = Buffer.concat([...ordinary.slice(0, 2), ...pieces.flat()]);
      writeFileSync(path, bytes);
      const input = fileInput(path, bytes.length);
      assert.ok(isSliceable(input, 0));
      const expected = await counted(input, null);
      assert.deepEqual(await counted(input, cutting), expected);
      assert.equal((await counted(input, null, true)).summary, expected.summary);
    }),
    { numRuns: 150 },
  );
});

test('SlicedRecords counts the same with several threads', async (t) => {
  const path = join(temporaryFolder(t), 'made.mrt');
  const torn = [
    ...ordinary.slice(0, 150),
    ordinary[150].subarray(0, 30),
    ...ordinary.slice(151),
    ordinary[0].subarray(0, 9),
  ];
  const mixed = [index, ...ribs(0), ...ordinary, index, ...ribs(2)];
  for (const records of [ordinary, torn, mixed]) {
    writeFileSync(path, Buffer.concat(records));
    const input = fileInput(path, Buffer.concat(records).length);
    const expected = await counted(input, null);
    for (const threads of [2, 3]) assert.deepEqual(await counted(input, { threads, head: 100, slice: 2000 }), expected);
  }
});

test('isSliceable is true of large plain files that begin as MRT files do', (t) => {
  const folder = temporaryFolder(t);
  const file = (name: string, content: Uint8Array): InputFile => {
    writeFileSync(join(folder, name), content);
    return fileInput(join(folder, name), content.length);
  };
  const plain = file('plain', Buffer.concat(ordinary));
  assert.ok(isSliceable(plain, 1000));
  assert.ok(!isSliceable(plain));
  assert.ok(!isSliceable({ ...plain, size: null }, 0));
  assert.ok(!isSliceable(file('gzip', Uint8Array.of(0x1f, 0x8b, ...ordinary[0])), 0));
  assert.ok(!isSliceable(file('text', Buffer.from('no routes here, only words')), 0));
  assert.ok(!isSliceable(file('short', ordinary[0].subarray(0, 9)), 0));
  assert.ok(!isSliceable(fileInput(join(folder, 'gone'), 1000), 0));
});

const files = requires('shared') === false ? readdirSync(join(sharedData, 'mrt')) : [];

test(
  'SlicedRecords counts every real file as it is counted from end to end',
  { skip: requires('shared') },
  async (t) => {
    const path = join(temporaryFolder(t), 'real.mrt');
    for (const file of files) {
      const bytes = await unpack(join(sharedData, 'mrt', file));
      writeFileSync(path, bytes);
      const input = fileInput(path, bytes.length);
      if (!isSliceable(input, 0)) continue;
      const expected = await counted(input, null);
      const sizes = { head: 5000, slice: Math.max(3000, Math.ceil(bytes.length / 50)) };
      for (const threads of [1, 2]) assert.deepEqual(await counted(input, { ...sizes, threads }), expected, file);
    }
  },
);
