// UpdateLines against decoder and formatter: the same lines, byte for byte, of made UPDATEs in any chunking and of the real files; and
// most of what real files hold is ordinary, or the comparison would compare nothing.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineBuffer } from '../../src/dump/line-buffer.js';
import { UpdateLines } from '../../src/dump/update-lines.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { RecordFramer } from '../../src/mrt/record-framer.js';
import { chunked, unpack } from '../mrt/records.js';
import { requires, sharedData } from '../support/requires.js';
import { dumpBytes } from './dumping.js';
import { madeUpdates } from './made-updates.js';

test('UpdateLines writes the lines that BgpdumpFormatter writes of the decoded UPDATEs', async () => {
  await fc.assert(
    fc.asyncProperty(madeUpdates, fc.integer({ min: 1, max: 700 }), async (records, size) => {
      const chunks = chunked(Buffer.concat(records), size);
      const fast = await dumpBytes(chunks, { format: 'bgpdump', countAll: false });
      const slow = await dumpBytes(chunks, { format: 'bgpdump', countAll: true });
      assert.equal(fast.text, slow.text);
      assert.deepEqual(fast.losses, slow.losses);
    }),
    { numRuns: 1500 },
  );
});

test('UpdateLines writes one in eight at least of the made UPDATEs', () => {
  const streams = fc.sample(madeUpdates, { numRuns: 300, seed: 1 });
  const total = streams.reduce((sum, records) => sum + records.length, 0);
  const left = streams.reduce((sum, records) => sum + leftOver(records), 0);
  assert.ok(total - left > total / 8, `${left} of ${total} left: the property would compare the decoder with itself`);
});

/** How many of the records `UpdateLines` does not write. */
function leftOver(records: readonly Uint8Array[]): number {
  const framer = new RecordFramer(new UpdateLines(new MrtDecoder().state, new LineBuffer()));
  framer.push(Buffer.concat(records));
  framer.finish();
  let left = 0;
  while (framer.next() !== null) left++;
  return left;
}

const files = requires('shared') === false ? readdirSync(join(sharedData, 'mrt')) : [];

test('UpdateLines writes the lines of every real file', { skip: requires('shared') }, async () => {
  let [records, left] = [0, 0];
  for (const file of files) {
    const bytes = await unpack(join(sharedData, 'mrt', file));
    const fast = await dumpBytes(chunked(bytes, 1 << 20), { format: 'bgpdump', countAll: false });
    const slow = await dumpBytes(chunked(bytes, 1 << 20), { format: 'bgpdump', countAll: true });
    assert.ok(fast.text === slow.text, `${file}: the lines differ`);
    assert.deepEqual(fast.losses, slow.losses, file);
    if (!file.includes('updates.20')) continue;
    left += leftOver([bytes]);
    records += Object.values(slow.stats.toJSON().records).reduce((sum, count) => sum + count, 0);
  }
  assert.ok(left < records / 10, `${left} of ${records} records were left to the decoder`);
});
