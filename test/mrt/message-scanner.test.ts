// The scanner against the decoder: what it passes over may hold nothing that the decoder and a filter behind it would have given, no
// error, and nothing that a later block is judged by. On made streams, damaged in places, and on the real files.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyPrefix } from '../support/prefixes.js';
import { requires, sharedData } from '../support/requires.js';
import { madeMessage, recordOf } from './made-messages.js';
import { chunked, unpack } from './records.js';
import { everyHundredth, readRelated } from './scanning.js';

test('MessageScanner passes over nothing that a decoder with a filter behind it gives, and no error, on made streams', () => {
  let [records, decoded] = [0, 0];
  const cases = fc.record({
    messages: fc.array(madeMessage, { minLength: 1, maxLength: 30 }),
    wanted: fc.array(anyPrefix, { maxLength: 3 }),
    chunk: fc.integer({ min: 1, max: 5000 }),
  });
  fc.assert(
    fc.property(cases, ({ messages, wanted, chunk }) => {
      const bytes = new Uint8Array(Buffer.concat(messages.map(recordOf)));
      const all = readRelated([bytes], wanted, false);
      const scanned = readRelated(chunked(bytes, chunk), wanted, true);
      assert.deepEqual(scanned.found, all.found);
      assert.equal(scanned.records, all.records);
      records += all.records;
      decoded += scanned.decoded;
    }),
    { numRuns: 1000 },
  );
  assert.ok(decoded < 0.9 * records, `${decoded} of ${records} decoded: it does pass over some`);
});

const files = requires('shared') === false ? readdirSync(join(sharedData, 'mrt')).sort() : [];

test('MessageScanner passes over nothing that is wanted in the real files', { skip: requires('shared') }, async () => {
  let [records, decoded] = [0, 0];
  for (const file of files) {
    const chunks = chunked(await unpack(join(sharedData, 'mrt', file)), 1 << 20);
    const wanted = everyHundredth(chunks);
    const all = readRelated(chunks, wanted, false);
    const scanned = readRelated(chunks, wanted, true);
    assert.deepEqual(scanned.found, all.found, file);
    assert.equal(scanned.records, all.records, file);
    records += all.records;
    decoded += scanned.decoded;
  }
  assert.ok(files.length > 20 && decoded < records / 2, `${decoded} of ${records} decoded in ${files.length} files`);
});
