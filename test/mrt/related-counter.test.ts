// RelatedCounter against decoder and filter: the same number of elements, of made UPDATEs and of the real files.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { elementFilter } from '../../src/mrt/element-filter.js';
import { Prefix } from '../../src/ip/prefix.js';
import { dumpBytes } from '../dump/dumping.js';
import { madeUpdates } from '../dump/made-updates.js';
import { anyPrefix } from '../support/prefixes.js';
import { requires, sharedData } from '../support/requires.js';
import { chunked, unpack } from './records.js';

/** `summary` by counting in place, and by decoding everything. */
async function counts(chunks: readonly Uint8Array[], prefixes: readonly Prefix[]): Promise<[string, string]> {
  const filter = elementFilter({ prefixes });
  assert.ok(filter?.isRelation);
  const fast = await dumpBytes(chunks, { format: 'none', filter, countAll: false });
  const slow = await dumpBytes(chunks, { format: 'none', filter, countAll: true });
  assert.deepEqual(fast.losses, slow.losses);
  return [fast.stats.summary, slow.stats.summary];
}

test('RelatedCounter counts what decoder and filter let through of made UPDATEs', async () => {
  await fc.assert(
    fc.asyncProperty(madeUpdates, fc.array(anyPrefix, { minLength: 1, maxLength: 5 }), async (records, prefixes) => {
      const [fast, slow] = await counts([Buffer.concat(records)], prefixes);
      assert.equal(fast, slow);
    }),
    { numRuns: 1000 },
  );
});

const files = requires('shared') === false ? readdirSync(join(sharedData, 'mrt')) : [];

test(
  'RelatedCounter counts what decoder and filter let through of every real file',
  { skip: requires('shared') },
  async () => {
    const wanted = [Prefix.ipv4(0xc0000000, 3), Prefix.ipv4(0x0a000000, 8), Prefix.ipv6([0x2a000000, 0, 0, 0], 12)];
    for (const file of files) {
      const [fast, slow] = await counts(chunked(await unpack(join(sharedData, 'mrt', file)), 1 << 20), wanted);
      assert.equal(fast, slow, file);
    }
  },
);

test('ElementFilter.isRelation is true where only related unicast prefixes are asked for', () => {
  const prefixes = [Prefix.ipv4(0x0a000000, 8)];
  assert.equal(elementFilter({ prefixes })?.isRelation, true);
  assert.equal(elementFilter({ prefixes, relation: 'related' })?.isRelation, true);
  assert.equal(elementFilter({ prefixes, relation: 'exact' })?.isRelation, false);
  assert.equal(elementFilter({ prefixes, safis: 'all' })?.isRelation, false);
  assert.equal(elementFilter({ prefixes, peerAs: [64496] })?.isRelation, false);
  assert.equal(elementFilter({ peerAs: [64496] })?.isRelation, false);
});
