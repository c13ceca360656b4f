import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type RecordTest } from '../../src/mrt/record-framer.js';
import { type InputLoss, readMrtRecords } from '../../src/sources/mrt-records.js';
import { HABITS, join } from '../dump/records.js';
import { requires } from '../support/requires.js';

const PARTS = HABITS.slice(0, 12).map(([, bytes]) => bytes);
const FILE = join(...PARTS);
const OFFSETS = PARTS.map((_, index) => PARTS.slice(0, index).reduce((sum, part) => sum + part.length, 0));

interface Read {
  readonly records: readonly { offset: number; index: number; bytes: string }[];
  readonly losses: readonly InputLoss[];
  readonly unpacked: number;
}

async function read(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]): Promise<Read> {
  // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what is wanted
  async function* open(): AsyncGenerator<Uint8Array> {
    let at = 0;
    for (let turn = 0; at < bytes.length; turn++) {
      const size = sizes[turn % sizes.length] ?? 1;
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }
  const losses: InputLoss[] = [];
  const reading = readMrtRecords({ open }, { onLoss: (loss) => losses.push(loss) });
  const records: { offset: number; index: number; bytes: string }[] = [];
  for await (const batch of reading) {
    for (const raw of batch)
      records.push({ offset: raw.offset, index: raw.index, bytes: Buffer.from(raw.bytes).toString('hex') });
  }
  return { records, losses, unpacked: reading.unpackedBytes };
}

const WHOLE = PARTS.map((part, index) => ({
  offset: OFFSETS[index],
  index,
  bytes: Buffer.from(part).toString('hex'),
}));

test('readMrtRecords gives the same records whatever the chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
      const { records, losses, unpacked } = await read(FILE, sizes);
      assert.deepEqual(records, WHOLE);
      assert.deepEqual(losses, []);
      assert.equal(unpacked, FILE.length);
    }),
    { numRuns: 50 },
  );
});

test('readMrtRecords reads gzip as it reads plain bytes', async () => {
  assert.deepEqual((await read(new Uint8Array(gzipSync(FILE)), [100])).records, WHOLE);
});

test('readMrtRecords says where the last record is cut short', async () => {
  const { records, losses } = await read(FILE.subarray(0, FILE.length - 5), [50]);
  assert.deepEqual(records, WHOLE.slice(0, -1));
  const [offset, length] = [OFFSETS.at(-1)!, PARTS.at(-1)!.length];
  assert.deepEqual(losses, [{ kind: 'truncated', offset, bytes: length - 5, reason: 'the last record is cut short' }]);
});

test('readMrtRecords says where framing is lost', async () => {
  const broken = join(PARTS[0], new Uint8Array(40).fill(0xff));
  const { records, losses } = await read(broken);
  assert.deepEqual(records, WHOLE.slice(0, 1));
  assert.equal(losses.length, 1);
  assert.equal(losses[0].kind, 'gap');
  assert.equal(losses[0].offset, PARTS[0].length);
  assert.equal(losses[0].bytes, 40);
});

test('readMrtRecords reports torn compression after the last whole record', async () => {
  const stored = gzipSync(FILE, { level: 0 }); // stored blocks: what is cut off is cut off
  const { records, losses } = await read(new Uint8Array(stored.subarray(0, stored.length - 8 - 5)));
  assert.deepEqual(records, WHOLE.slice(0, -1));
  assert.deepEqual(
    losses.map(({ kind, offset, bytes }) => ({ kind, offset, bytes })),
    [{ kind: 'compression', offset: OFFSETS.at(-1)!, bytes: PARTS.at(-1)!.length - 5 }],
  );
  assert.match(losses[0].reason, /gzip/);
});

test('readMrtRecords gives nothing for empty input', async () => {
  assert.deepEqual(await read(new Uint8Array(0)), { records: [], losses: [], unpacked: 0 });
});

test('readMrtRecords tells a gap between the records before and behind it', async () => {
  const bytes = join(...PARTS.slice(0, 4), PARTS[4].subarray(0, 20), ...PARTS.slice(5));
  const seen: string[] = [];
  // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what is wanted
  async function* open(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const reading = readMrtRecords(
    { open },
    { onLoss: ({ kind, offset, bytes: lost }) => seen.push(`${kind} ${offset} ${lost}`) },
  );
  for await (const batch of reading) for (const { offset } of batch) seen.push(String(offset));
  const behind = OFFSETS.slice(5).map((offset) => offset - PARTS[4].length + 20);
  assert.deepEqual(seen, [...OFFSETS.slice(0, 4).map(String), `gap ${OFFSETS[4]} 20`, ...behind.map(String)]);
  assert.equal(reading.losses, 1);
});

test('readMrtRecords gives a whole last record at once where its source waits for more', async () => {
  const seen: (number | string)[] = [];
  // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what is wanted
  async function* open(): AsyncGenerator<Uint8Array> {
    yield join(PARTS[0], PARTS[1]);
    seen.push('waits');
    yield new Uint8Array(0);
    seen.push('goes on');
    yield join(PARTS[2], PARTS[3]);
  }
  for await (const batch of readMrtRecords({ open })) for (const { index } of batch) seen.push(index);
  assert.deepEqual(seen, [0, 'waits', 1, 'goes on', 2, 3]);
});

/** The records of two members with something between them, which costs nothing but itself. */
const TWICE = [
  ...WHOLE,
  ...WHOLE.map((record, at) => ({ ...record, index: WHOLE.length + at, offset: FILE.length + record.offset })),
];

/** As much as a bzip2 block of the smallest kind holds, and which does not compress. */
const RANDOM_BLOCK = Uint8Array.from(
  { length: 99_981 },
  (
    (seed) => () =>
      (seed = (seed * 48271) % 0x7fffffff) & 0xff
  )(1),
);

const GARBAGE = Uint8Array.from({ length: 100 }, (_, at) => (at * 37 + 31) & 0xff);

/** Bytes of a member, `FILE` packed. */
const members: readonly (readonly [name: string, needs: readonly string[], pack: () => Uint8Array])[] = [
  ['gzip members', [], () => new Uint8Array(gzipSync(FILE))],
  ['bzip2 streams', ['bzip2'], () => new Uint8Array(execFileSync('bzip2', ['-c'], { input: FILE }))],
];

for (const [name, needs, pack] of members) {
  // Reading ended at whatever followed the first member, and what came behind it was lost though nothing was wrong with it.
  test(
    `readMrtRecords reads both of two ${name} with garbage or zeros between them`,
    { skip: requires(...needs) },
    async () => {
      const member = pack();
      for (const between of [GARBAGE, new Uint8Array(512)]) {
        for (const size of [1, 50, 100_000]) {
          const { records, losses, unpacked } = await read(join(member, between, member), [size]);
          assert.deepEqual(records, TWICE);
          assert.deepEqual(
            losses.map(({ kind, offset, bytes }) => [kind, offset, bytes]),
            [['compression', FILE.length, 0]],
          );
          assert.equal(unpacked, 2 * FILE.length);
        }
      }
    },
  );
}

test('readMrtRecords reads a gzip member behind one whose checksum is wrong', async () => {
  const damaged = new Uint8Array(gzipSync(FILE));
  damaged[damaged.length - 6] ^= 1;
  const { records, losses } = await read(join(damaged, new Uint8Array(gzipSync(FILE))));
  assert.deepEqual(records, TWICE);
  assert.deepEqual(
    losses.map(({ kind }) => kind),
    ['compression'],
  );
});

// Inflate takes the header of the member behind a torn one for deflated data and errs behind it, where that member was looked for in vain.
test('readMrtRecords reads a gzip member that begins where another is torn, wherever that is', async () => {
  const member = new Uint8Array(gzipSync(FILE));
  const behind = WHOLE.map(({ bytes }) => bytes);
  for (let torn = 12; torn < member.length; torn += 5) {
    for (const size of [60, 100_000]) {
      // One whole member in front, whose own header is no sign of a torn one.
      const { records, losses } = await read(join(member, member.subarray(0, torn), member), [size]);
      const found = records.map(({ bytes }) => bytes);
      assert.deepEqual(found.slice(0, behind.length), behind);
      assert.deepEqual(found.slice(-behind.length), behind);
      const between = found.slice(behind.length, -behind.length);
      assert.deepEqual(between, behind.slice(0, between.length)); // none is invented of the header or what follows it
      const faults = losses.filter(({ kind }) => kind === 'compression');
      assert.equal(faults.length, 1);
      assert.match(faults[0].reason, new RegExp(`first ${member.length + torn} compressed`));
    }
  }
});

// As much as a fault is looked for behind may be swallowed, and more: the second member as a whole, with nothing behind it.
test('readMrtRecords reads a gzip member that another, torn one swallows whole', async () => {
  const blocks = Uint8Array.from({ length: 400_000 }, (_, at) => (at * at * 48_271) >>> 9);
  const torn = new Uint8Array(gzipSync(blocks, { level: 1 })).subarray(0, 300_001);
  const { records } = await read(join(torn, new Uint8Array(gzipSync(FILE))), [100_000]);
  assert.deepEqual(
    records.slice(-WHOLE.length).map(({ bytes }) => bytes),
    WHOLE.map(({ bytes }) => bytes),
  );
});

test('readMrtRecords reads the bzip2 blocks behind a damaged one', { skip: requires('bzip2') }, async () => {
  const copies = 100;
  const many = join(...Array.from({ length: copies }, () => PARTS).flat());
  const packed = new Uint8Array(execFileSync('bzip2', ['-c', '-1'], { input: join(RANDOM_BLOCK, many) }));
  const damaged = packed.slice();
  damaged[1000] ^= 0x10; // within the first block, which holds nothing but octets that are no records
  const { records, losses } = await read(damaged, [777]);
  assert.deepEqual(losses.map(({ kind }) => kind)[0], 'compression');
  // All records but those in the first block, and what the seam cuts in two.
  assert.ok(records.length >= copies * PARTS.length - PARTS.length, String(records.length));
});

test('readMrtRecords asks its test of a record when those before it have been walked: what it says may rest on them', async () => {
  const order: string[] = [];
  // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what is wanted
  async function* open(): AsyncGenerator<Uint8Array> {
    yield join(...PARTS);
  }
  const mayConcern = (...[, , , index, offset]: Parameters<RecordTest['mayConcern']>): boolean => {
    order.push(`asked ${index} ${offset}`);
    return index % 2 === 0;
  };
  const reading = readMrtRecords({ open }, { test: { mayConcern } });
  for await (const batch of reading) for (const { index } of batch) order.push(`walked ${index}`);
  // The first record, and the last, which no header follows, are given unasked.
  const last = PARTS.length - 1;
  const between = OFFSETS.slice(1, last).flatMap((offset, i) => [
    `asked ${i + 1} ${offset}`,
    ...((i + 1) % 2 === 0 ? [`walked ${i + 1}`] : []),
  ]);
  assert.deepEqual(order, ['walked 0', ...between, `walked ${last}`]);
});
