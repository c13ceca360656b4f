// The streaming API: async iteration of records and elements over any chunks, what it says of losses, and the scan of a buffer. The
// expected values are the arguments of the writer, or hand-made bytes; the writer itself is held against RFC text elsewhere.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { Prefix } from '../../src/ip/prefix.js';
import { type MrtElement } from '../../src/mrt/element.js';
import { readElements, type ReadLoss, readRecords, scanRecords } from '../../src/mrt/read-records.js';
import { encodeBgp4mpMessage, encodeStateChange } from '../../src/mrt/writer.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { hex } from '../bgp/wire-bytes.js';
import { projectRoot } from '../support/requires.js';
import { chunked, frameAll } from './records.js';

const ends = { time: 1_000_000, peerAs: 64496, localAs: 64497, peerAddress: '192.0.2.1', localAddress: '192.0.2.2' };
const stateChange = encodeStateChange({ ...ends, oldState: 1, newState: 6 });
const keepalive = encodeBgp4mpMessage({ ...ends, message: { kind: 'keepalive' }, extendedTime: true });
/** A BGP4MP MESSAGE_AS4 whose BGP marker is not all ones. */
const badMarker = encodeBgp4mpMessage({ ...ends, message: new Uint8Array(19) });
const withdrawal = encodeBgp4mpMessage({
  ...ends,
  message: {
    kind: 'update',
    update: {
      withdrawn: [{ prefix: Prefix.of('198.51.100.0/24') }, { prefix: Prefix.of('203.0.113.0/24') }],
      announced: [],
      mpReach: null,
      mpUnreach: null,
      attributes: {},
      endOfRib: null,
      warnings: [],
    },
  },
});
const file = Uint8Array.from([...stateChange, ...keepalive, ...withdrawal]);

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('readRecords gives the bytes, offset and number of every record, whatever the chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: file.length }), async (size) => {
      const seen: [number, number, string][] = [];
      for await (const { index, offset, bytes } of readRecords(chunked(file, size)))
        seen.push([index, offset, Buffer.from(bytes).toString('hex')]);
      const expected = [stateChange, keepalive, withdrawal].map((bytes) => Buffer.from(bytes).toString('hex'));
      assert.deepEqual(seen, [
        [0, 0, expected[0]],
        [1, stateChange.length, expected[1]],
        [2, stateChange.length + keepalive.length, expected[2]],
      ]);
    }),
  );
});

test('readElements reads a Node stream and a web stream alike', async () => {
  const chunks = chunked(file, 17);
  const types = (elements: readonly MrtElement[]): string[] => elements.map(({ type }) => type);
  const expected = ['state', 'keepalive', 'withdraw', 'withdraw'];
  assert.deepEqual(types(await collect(readElements(Readable.from(chunks) as AsyncIterable<Uint8Array>))), expected);
  assert.deepEqual(types(await collect(readElements(new Blob(chunks).stream()))), expected);
});

test('readElements filters by conditions and by a test', async () => {
  const wanted = { prefixes: [Prefix.of('203.0.113.0/25')], relation: 'less-specific' } as const;
  const byPrefix = await collect(readElements([file], { filter: { prefixes: [Prefix.of('203.0.113.0/25')] } }));
  assert.deepEqual(
    byPrefix.map((element) => ('prefix' in element ? element.prefix.toString() : '')),
    ['203.0.113.0/24'],
  );
  assert.equal((await collect(readElements([file], { filter: wanted }))).length, 1);
  const byTest = await collect(readElements([file], { filter: ({ type }) => type === 'state' }));
  assert.deepEqual(
    byTest.map(({ type, record }) => [type, record]),
    [['state', 0]],
  );
});

test('readElements tells onLoss of a bad record and of a cut end, and reads what is between', async () => {
  const damaged = Uint8Array.from([...badMarker, ...stateChange, ...keepalive.subarray(0, 20)]);
  const losses: ReadLoss[] = [];
  const elements = await collect(readElements([damaged], { onLoss: (loss) => losses.push(loss) }));
  assert.deepEqual(
    elements.map(({ type, record }) => [type, record]),
    [['state', 1]],
  );
  assert.deepEqual(
    losses.map(({ kind, record, offset, bytes, error }) => [kind, record, offset, bytes, error.code]),
    [
      ['record', 0, 0, badMarker.length, 'bgp-marker'],
      ['end', 2, badMarker.length + stateChange.length, 20, 'record-truncated'],
    ],
  );
});

test('readElements throws the DecodeError of the first loss where nobody listens', async () => {
  await assert.rejects(collect(readElements([badMarker])), { name: 'DecodeError', code: 'bgp-marker' });
  await assert.rejects(collect(readElements([file.subarray(0, 50)])), { code: 'record-truncated' });
  const endless = hex('00000000 0010 0004 ffffffff 00');
  await assert.rejects(collect(readRecords([endless])), DecodeError);
});

test('readElements gives bytes of their own, though its chunks are Buffers that are used again', async () => {
  const message = { kind: 'notification', notification: { code: 6, subcode: 2, data: hex('03627965') } } as const;
  const chunk = Buffer.from(encodeBgp4mpMessage({ ...ends, message }));
  const [element] = await collect(readElements([chunk]));
  chunk.fill(0);
  assert.equal(element.type, 'notification');
  assert.deepEqual(element.data, hex('03627965'));
});

test('readElements of nothing gives nothing', async () => {
  assert.deepEqual(await collect(readElements([])), []);
  assert.deepEqual(await collect(readElements([new Uint8Array(0)])), []);
});

test('readElements closes its input when the reader leaves early', async () => {
  let closed = false;
  function* chunks(): Generator<Uint8Array> {
    try {
      while (true) yield file;
    } finally {
      closed = true;
    }
  }
  for await (const element of readElements(chunks())) if (element.type === 'withdraw') break;
  assert.ok(closed);
});

test('scanRecords visits the records that RecordFramer frames, and says where the rest begins', () => {
  const bytes = new Uint8Array(readFileSync(join(projectRoot, 'fixtures', fixture())));
  const framed = frameAll([bytes]).records.map((raw) => [raw.offset, raw.offset + raw.bodyStart, raw.bytes.length]);
  const seen: number[][] = [];
  const visit = (_: Uint8Array, start: number, bodyStart: number, end: number): undefined => {
    seen.push([start, bodyStart, end - start]);
  };
  assert.equal(scanRecords(bytes, visit), bytes.length);
  assert.deepEqual(seen, framed);
  assert.equal(scanRecords(file.subarray(0, file.length - 1), visit), stateChange.length + keepalive.length);
});

/** An uncompressed fixture of many records. */
function fixture(): string {
  return join('dumps', 'route-views.made', '05-updates-after-rib.mrt');
}

test('scanRecords starts where it is told and stops when the visitor says so', () => {
  const starts: number[] = [];
  const end = scanRecords(
    file,
    (_, start) => {
      starts.push(start);
      return false;
    },
    stateChange.length,
  );
  assert.deepEqual([starts, end], [[stateChange.length], stateChange.length + keepalive.length]);
});

test('scanRecords says where the body begins: behind the microseconds of types that have them (RFC 6396 section 3)', () => {
  for (const [type, body] of [
    ['0010', 12],
    ['0011', 16],
    ['0021', 16],
    ['0031', 16],
  ] as const) {
    const seen: number[] = [];
    scanRecords(hex(`00000002 ${type} 0001 00000006 0001e240 0d0e`), (_, __, bodyStart) => {
      seen.push(bodyStart);
      return undefined;
    });
    assert.deepEqual(seen, [body]);
  }
});

test('scanRecords refuses a record of more than 16 MiB', () => {
  const bytes = hex('00000000 0010 0004 01000001 00');
  assert.throws(() => scanRecords(bytes, () => undefined), { name: 'DecodeError', code: 'record-length', offset: 0 });
});
