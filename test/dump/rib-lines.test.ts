// RibLines against decoder and formatter: the same lines, byte for byte, of made RIB records (update-lines.test.ts has the real files), and
// against bgpdump.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineBuffer } from '../../src/dump/line-buffer.js';
import { RibLines } from '../../src/dump/rib-lines.js';
import { encodePrefix } from '../../src/bgp/nlri.js';
import { MrtType, TableDumpV2Subtype } from '../../src/mrt/codes.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { frameRecord } from '../../src/mrt/record-framer.js';
import { encodePeerIndexTable, encodeRecord } from '../../src/mrt/writer.js';
import { type ByteWriter } from '../../src/wire/byte-writer.js';
import { chunked } from '../mrt/records.js';
import { anyPrefix } from '../support/prefixes.js';
import { requires } from '../support/requires.js';
import { dumpBytes } from './dumping.js';
import { attributes, putAttribute, putHead } from './made-updates.js';

const { RIB_IPV4_UNICAST, RIB_IPV6_UNICAST, RIB_IPV4_UNICAST_ADDPATH, RIB_IPV4_MULTICAST } = TableDumpV2Subtype;

const INDEX = encodePeerIndexTable({
  time: 1_700_000_000_000_000,
  collectorBgpId: '192.0.2.254',
  viewName: '',
  peers: [
    { type: 2, bgpId: '192.0.2.1', address: '192.0.2.1', asn: 64512 },
    { type: 3, bgpId: '192.0.2.2', address: '2001:db8::2', asn: 4_200_000_000 },
  ],
});

/** MP_REACH_NLRI of an entry: the next hop in the short form or the long one, of some length. */
const reach = fc.record({ long: fc.boolean(), hop: fc.constantFrom(16, 16, 16, 16, 32, 32, 32, 32, 4, 5, 0) });

const entry = fc.record({
  peer: fc.constantFrom(...Array<number>(12).fill(0), ...Array<number>(12).fill(1), 2),
  attributes,
  reach: fc.option(reach, { freq: 3 }),
  unreach: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

const rib = fc.record({
  prefix: anyPrefix,
  other: fc.option(fc.constantFrom(RIB_IPV4_UNICAST_ADDPATH, RIB_IPV4_MULTICAST), { freq: 9 }),
  entries: fc.array(entry, { maxLength: 2 }),
  missing: fc.oneof(
    { weight: 15, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -1, max: 1 }) },
  ),
});

type Rib = typeof rib extends fc.Arbitrary<infer T> ? T : never;

function recordOf({ prefix, other, entries, missing }: Rib, second: number): Uint8Array {
  const subtype = other ?? (prefix.afi === 1 ? RIB_IPV4_UNICAST : RIB_IPV6_UNICAST);
  const head = { time: (1_700_000_000 + second) * 1_000_000, type: MrtType.TABLE_DUMP_V2, subtype };
  return encodeRecord(head, (body) => {
    body.u32(second);
    encodePrefix(body, prefix);
    body.u16(Math.max(0, entries.length + missing));
    for (const one of entries) {
      body.u16(one.peer).u32(1_600_000_000);
      body.sized(2, () => putEntryAttributes(body, one));
    }
  });
}

function putEntryAttributes(body: ByteWriter, one: Rib['entries'][number]): void {
  for (const attribute of one.attributes) putAttribute(body, attribute, true);
  const { reach: next } = one;
  if (next !== null) {
    putHead(body, 14, () => {
      if (next.long) body.u16(2).u8(1);
      body.u8(next.hop);
      for (let i = 0; i < next.hop; i++) body.u8((i * 37 + 32) & 255);
      if (next.long) body.u8(0);
    });
  }
  if (one.unreach) putHead(body, 15, () => body.u16(2).u8(1));
}

const ribs = fc.array(rib, { minLength: 1, maxLength: 8 }).map((list) => [INDEX, ...list.map(recordOf)]);

test('RibLines writes the lines that BgpdumpFormatter writes of the decoded RIB records', async () => {
  await fc.assert(
    fc.asyncProperty(ribs, fc.integer({ min: 1, max: 700 }), async (records, size) => {
      const chunks = chunked(Buffer.concat(records), size);
      const fast = await dumpBytes(chunks, { format: 'bgpdump', countAll: false });
      const slow = await dumpBytes([Buffer.concat(records)], { format: 'bgpdump', countAll: true });
      assert.equal(fast.text, slow.text);
      assert.deepEqual(fast.losses, slow.losses);
    }),
    { numRuns: 1500 },
  );
});

test('RibLines writes one in sixteen at least of the made RIB records', () => {
  const streams = fc.sample(ribs, { numRuns: 300, seed: 1 });
  const decoder = new MrtDecoder();
  decoder.decode(frameRecord(INDEX, 0, 0));
  const lines = new RibLines(() => decoder.peerIndex, new LineBuffer());
  const records = streams.flatMap((stream) => stream.slice(1));
  const written = records.filter((record) => !lines.mayConcern(record, 0, record.length)).length;
  assert.ok(
    written > records.length / 16,
    `${written} of ${records.length}: the property compares the decoder with itself`,
  );
});

test('RibLines writes what bgpdump -m prints of a made RIB', { skip: requires('bgpdump') }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerwatch-rib-lines-'));
  try {
    const path = join(folder, 'rib.mrt');
    const plain = { attributes: [], reach: null, unreach: false };
    const [own] = fc.sample(
      anyPrefix.filter(({ afi, length }) => afi === 1 && length === 24),
      { numRuns: 1, seed: 1 },
    );
    const bytes = Buffer.concat([
      INDEX,
      recordOf(
        {
          prefix: own,
          other: null,
          missing: 0,
          entries: [
            { ...plain, peer: 0, attributes: pathOf(64512, 64511) },
            { ...plain, peer: 1, attributes: pathOf(4_200_000_000) },
          ],
        },
        1,
      ),
      recordOf(
        { prefix: own, other: null, missing: 0, entries: [{ ...plain, peer: 1, attributes: pathOf(1, 2, 3) }] },
        2,
      ),
    ]);
    writeFileSync(path, bytes);
    const theirs = execFileSync('bgpdump', ['-m', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    assert.equal((await dumpBytes([bytes], { format: 'bgpdump', countAll: false })).text, theirs);
    assert.equal(theirs.split('\n').length, 4);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** ORIGIN, AS_PATH, NEXT_HOP and two communities. */
function pathOf(...asns: number[]): Rib['entries'][number]['attributes'] {
  return [
    { kind: 'fixed', type: 1, value: Uint8Array.of(0) },
    { kind: 'path', segments: [{ type: 2, asns }] },
    { kind: 'fixed', type: 3, value: Uint8Array.of(192, 0, 2, 7) },
    { kind: 'communities', list: [0xffffff01, 0xfbf00064] },
  ];
}
