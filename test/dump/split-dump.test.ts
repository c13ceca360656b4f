// SplitDump against one thread: the same bytes and the same losses, of made UPDATEs in any chunking (undeclared path identifiers, which end
// the splitting, and damage among them), and of the real files.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { LinePool } from '../../src/dump/line-pool.js';
import { LineSlot } from '../../src/dump/line-slot.js';
import { type Nlri } from '../../src/bgp/nlri.js';
import { Prefix } from '../../src/ip/prefix.js';
import { encodeBgp4mpMessage } from '../../src/mrt/writer.js';
import { chunked, unpack } from '../mrt/records.js';
import { requires, sharedData } from '../support/requires.js';
import { dumpBytes } from './dumping.js';
import { madeUpdates } from './made-updates.js';

const pool = new LinePool({ workers: 2, from: 0 });
after(() => pool.close());

async function assertSplits(chunks: readonly Uint8Array[], name = ''): Promise<void> {
  const split = await dumpBytes(chunks, { format: 'bgpdump', countAll: false, pool });
  const alone = await dumpBytes(chunks, { format: 'bgpdump', countAll: true });
  assert.ok(split.text === alone.text, `${name} the lines differ`);
  assert.deepEqual(split.losses, alone.losses, name);
}

/** One UPDATE of many prefixes, whose text outgrows the memory that a slot begins with. */
function longUpdate(second: number, addPath: boolean): Uint8Array {
  const announced: Nlri[] = Array.from({ length: 500 }, (_, i) => ({
    prefix: Prefix.ipv4(0x0a000000 + i * 256, 24),
    ...(addPath && { pathId: 7 }),
  }));
  return encodeBgp4mpMessage({
    time: (1_700_000_000 + second) * 1_000_000,
    peerAs: 64512,
    localAs: 64496,
    peerAddress: '192.0.2.1',
    localAddress: '192.0.2.254',
    message: {
      kind: 'update',
      update: {
        withdrawn: [],
        announced,
        mpReach: null,
        mpUnreach: null,
        attributes: { origin: 0, asPath: [{ type: 2, asns: [64512, 64511] }], nextHop: '192.0.2.1' },
        endOfRib: null,
        warnings: [],
      },
    },
  });
}

test('SplitDump writes what one thread writes of made UPDATEs', async () => {
  await fc.assert(
    fc.asyncProperty(madeUpdates, fc.integer({ min: 50, max: 2000 }), async (records, size) => {
      await assertSplits(chunked(Buffer.concat(records), size));
    }),
    { numRuns: 300 },
  );
});

test('SplitDump gives up splitting where path identifiers show, and loses no line', async () => {
  const records = Array.from({ length: 60 }, (_, second) => longUpdate(second, second >= 20 && second < 40));
  await assertSplits(chunked(Buffer.concat(records), 16_384));
  await assertSplits([Buffer.concat(records)]);
});

test('SplitDump writes on behind a gap', async () => {
  const records = Array.from({ length: 30 }, (_, second) => longUpdate(second, false));
  records.splice(10, 0, new Uint8Array(1000));
  await assertSplits(chunked(Buffer.concat(records), 16_384));
});

// Gaps are found when a chunk is framed, records that cannot be decoded when a worker has answered: gaps were told first.
test('SplitDump tells of losses in the order of their places, in any chunks', async () => {
  const records = Array.from({ length: 30 }, (_, second) => longUpdate(second, false));
  for (const at of [5, 9, 17]) records[at][32] = 0; // the marker (RFC 4271 section 4.1): 12 octets of MRT header and 20 of session before it
  for (const at of [18, 12, 6]) records.splice(at, 0, new Uint8Array(1000));
  for (const size of [700, 16_384, 1 << 20]) {
    const { losses } = await dumpBytes(chunked(Buffer.concat(records), size), {
      format: 'bgpdump',
      countAll: false,
      pool,
    });
    assert.deepEqual(
      losses.map((loss) => /bgp-marker|no record header/.exec(loss)?.[0]),
      Array.from({ length: 3 }, () => ['bgp-marker', 'no record header']).flat(),
      `in chunks of ${size}`,
    );
  }
});

test('LineSlot copies records that follow one another, and those that do not, and grows', () => {
  const slot = new LineSlot(0);
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
  for (let turn = 0; turn < 2; turn++) {
    slot.begin(7);
    slot.add(bytes, 0, 10, 1000);
    slot.add(bytes, 10, 30, 1010);
    slot.add(bytes, 50, 60, 1030);
    const large = new Uint8Array(3_000_000).fill(9);
    slot.add(large, 0, large.length, 1040);
    const { count } = slot.job();
    assert.equal(count, 4);
    assert.deepEqual(slot.place(2), { start: 30, end: 40, index: 9, offset: 1030 });
    assert.deepEqual([...slot.bytes.subarray(28, 42)], [28, 29, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 9, 9]);
    assert.deepEqual(slot.place(3), { start: 40, end: 3_000_040, index: 10, offset: 1040 });
  }
});

test('LinePool rejects what is under way when it is closed', async () => {
  const closing = new LinePool({ workers: 1 });
  const slot = closing.takeSlot();
  slot.begin(0);
  const answer = closing.run(slot);
  await Promise.all([assert.rejects(answer, /a worker ended/), closing.close()]);
});

const files = requires('shared') === false ? readdirSync(join(sharedData, 'mrt')) : [];

test('SplitDump writes the lines of every real file', { skip: requires('shared') }, async () => {
  for (const file of files) await assertSplits(chunked(await unpack(join(sharedData, 'mrt', file)), 1 << 18), file);
});
