// Inputs counted by several threads against the same counted one after the other: equal totals, losses and failures, told in the order of
// the inputs.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { makeUpdateStream } from '../bench/update-stream.js';
import { temporaryFolder } from '../support/registry-database.js';
import { countInputs, type CountReport, countThreads } from '../../src/dump/count-inputs.js';
import { dumpInput, failureOf } from '../../src/dump/dump-input.js';
import { type LossReport } from '../../src/dump/record-dump.js';
import { DumpStats } from '../../src/dump/stats.js';
import { elementFilter } from '../../src/mrt/element-filter.js';
import { fileInput, type InputFile } from '../../src/sources/input-files.js';

/** Plain, compressed, damaged twice, empty, no MRT at all, an unknown compression, and one that is not there. */
function makeInputs(t: Parameters<typeof temporaryFolder>[0]): readonly InputFile[] {
  const folder = temporaryFolder(t);
  const records = [...makeUpdateStream(600, 7)];
  const whole = Buffer.concat(records);
  const torn = Buffer.concat([
    ...records.slice(0, 10),
    records[10].subarray(0, 20),
    ...records.slice(11),
    records[0].subarray(0, 9),
  ]);
  const contents = [
    whole,
    gzipSync(torn),
    Buffer.alloc(0),
    Buffer.from('no routes here, only words and more words'),
    Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    gzipSync(whole).subarray(0, 900),
    gzipSync(whole),
  ];
  const paths = contents.map((content, i) => {
    const path = join(folder, `updates.${i}`);
    writeFileSync(path, content);
    return path;
  });
  return [...paths, join(folder, 'gone')].map((path) => fileInput(path, 1));
}

type Told = Omit<CountReport, 'number' | 'counts'>;

async function inTurn(inputs: readonly InputFile[], countAll: boolean) {
  const stats = new DumpStats();
  const filter = elementFilter({ families: [1] });
  const told: Told[] = [];
  for (const input of inputs) {
    const losses: LossReport[] = [];
    let corrected = 0;
    const options = {
      format: 'none' as const,
      collector: 'rrc00',
      filter,
      stats,
      countAll,
      sink: { write: () => Promise.resolve() },
    };
    const onLoss = (loss: LossReport): void => void losses.push(loss);
    const onCorrected = ({ records }: { readonly records: number }): void => void (corrected = records);
    const failure = await dumpInput(input, { ...options, onLoss, onCorrected }).then(
      () => null,
      (error: unknown) => failureOf(input, error),
    );
    told.push({ losses: losses.slice(0, 1), moreLosses: Math.max(0, losses.length - 1), corrected, failure });
  }
  return { told, stats: stats.toJSON() };
}

for (const countAll of [true, false]) {
  test(`countInputs finds with any number of threads what is found without, countAll ${countAll}`, async (t) => {
    const inputs = makeInputs(t);
    const expected = await inTurn(inputs, countAll);
    assert.ok(expected.told.some(({ moreLosses }) => moreLosses > 0));
    assert.ok(expected.told.some(({ failure }) => failure !== null));
    for (const threads of [1, 2, 5]) {
      const stats = new DumpStats();
      const told: Told[] = [];
      const order: InputFile[] = [];
      let read = 0;
      const options = { filter: { prefixes: [], families: [1] }, countAll, maxLosses: 1 };
      await countInputs(inputs, threads, options, {
        collectorOf: () => 'rrc00',
        onRead: (bytes) => (read += bytes),
        onReport: (input, { counts, losses, moreLosses, corrected, failure }) => {
          order.push(input);
          stats.add(counts);
          told.push({ losses, moreLosses, corrected, failure });
        },
      });
      assert.deepEqual(order, inputs);
      assert.deepEqual(told, expected.told);
      assert.deepEqual(stats.toJSON(), expected.stats);
      assert.ok(read > 0);
    }
  });
}

test('countInputs fails as its thread does where that meets what it did not expect', async (t) => {
  const options = { filter: { prefixes: ['no prefix'] }, countAll: true, maxLosses: 1 };
  const listener = { collectorOf: () => 'rrc00', onRead: () => undefined, onReport: () => undefined };
  await assert.rejects(countInputs(makeInputs(t), 2, options, listener), { name: 'PrefixSyntaxError' });
});

test('countThreads gives a thread a file and a core, and none to one file, to small ones, or to what can be read once only', () => {
  const file = (size: number | null): InputFile => fileInput('updates', size);
  const large = 8 * 1024 * 1024;
  const cases: readonly [readonly (number | null)[], cores: number, threads: number][] = [
    [[large, large, large], 2, 2],
    [[large, large, large], 8, 3],
    [[large, large], 1, 1],
    [[large], 8, 1],
    [[1000, 1000], 8, 1],
    [[large, null], 8, 1],
    [[], 8, 1],
  ];
  for (const [sizes, cores, threads] of cases)
    assert.equal(Math.max(1, countThreads(sizes.map(file), cores)), threads, `${sizes.join()} ${cores}`);
});
