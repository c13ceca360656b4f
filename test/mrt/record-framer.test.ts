// RecordFramer: whatever the chunks, the same records; and what is said where the input ends badly.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_RECORD_LENGTH, RecordFramer } from '../../src/mrt/record-framer.js';
import { hex } from '../bgp/wire-bytes.js';
import { chunked, frameAll } from './records.js';

const RECORD = hex('00000001 0010 0004 00000003 0a0b0c');
const MESSAGE = hex('00000001 0010 0004 00000008 0a0b0c0d0e0f1011');
const EXTENDED = hex('00000002 0011 0004 00000006 0001e240 0d0e');

test('RecordFramer gives header fields, offsets and the whole record', () => {
  const { records, end } = frameAll([Uint8Array.from([...RECORD, ...EXTENDED])]);
  assert.deepEqual(records, [
    { index: 0, offset: 0, time: 1_000_000, type: 16, subtype: 4, bytes: RECORD, bodyStart: 12 },
    { index: 1, offset: 15, time: 2_123_456, type: 17, subtype: 4, bytes: EXTENDED, bodyStart: 16 },
  ]);
  assert.deepEqual(end, { records: 2, corrected: 0, gaps: 0, lost: 0 });
});

test('RecordFramer takes at most 999999 microseconds, of all three types that have them (RFC 6396 section 3)', () => {
  for (const [type, micros, time] of [
    ['0011', '000f423f', 2_999_999],
    ['0011', '000f4240', 2_999_999],
    ['0011', 'ffffffff', 2_999_999],
    ['0021', '0001e240', 2_123_456],
    ['0031', '0001e240', 2_123_456],
    ['0010', '0001e240', 2_000_000],
  ] as const) {
    const { records } = frameAll([hex(`00000002 ${type} 0001 0000000a ${micros} 0d0e0f101112`)]);
    assert.deepEqual([records[0].time, records[0].bodyStart], [time, type === '0010' ? 12 : 16]);
  }
});

test('RecordFramer of nothing gives nothing', () => {
  assert.deepEqual(frameAll([]), { records: [], gaps: [], end: { records: 0, corrected: 0, gaps: 0, lost: 0 } });
});

test('RecordFramer copies nothing of a record that lies inside its chunk', () => {
  const framer = new RecordFramer();
  const chunk = Uint8Array.from([...MESSAGE, ...MESSAGE]);
  framer.push(chunk);
  assert.equal(framer.next()?.bytes.buffer, chunk.buffer);
});

test('RecordFramer reports a last record that is cut short, with offset and bytes', () => {
  for (let cut = 1; cut < RECORD.length; cut++) {
    const { records, gaps } = frameAll([RECORD, RECORD.subarray(0, cut)]);
    assert.equal(records.length, 1);
    assert.deepEqual(gaps, [{ offset: 15, bytes: cut, reason: 'truncated' }]);
  }
});

test('RecordFramer takes a length over the ceiling as a gap, and allocates nothing for it', () => {
  const impossible = hex('00000001 0010 0004 ffffffff 00');
  for (const chunks of [
    [MESSAGE, impossible, RECORD],
    chunked(Uint8Array.from([...MESSAGE, ...impossible, ...RECORD]), 5),
  ]) {
    const { records, gaps } = frameAll(chunks);
    assert.equal(records.length, 1);
    const bytes = impossible.length + RECORD.length; // the last is no record that could be found: 3 octets hold no BGP4MP
    assert.deepEqual(gaps, [{ offset: 20, bytes, reason: 'impossible-length' }]);
  }
});

test('RecordFramer believes a length up to its ceiling, and 64 KiB are nothing special', () => {
  const long = new Uint8Array(12 + 70_000);
  long.set(hex('00000001 000d 0002 00011170'));
  assert.equal(frameAll(chunked(long, 4096)).records[0].bytes.length, long.length);
  const ceiling = new Uint8Array(12);
  ceiling.set(hex('00000001 000d 0002 01000000'));
  assert.equal(MAX_RECORD_LENGTH, 0x01000000);
  assert.deepEqual(frameAll([ceiling]).gaps, [{ offset: 0, bytes: 12, reason: 'truncated' }]);
});

test('RecordFramer leaves the body start of an _ET record too short for microseconds behind its header', () => {
  assert.deepEqual(frameAll([hex('00000002 0011 0004 00000002 ffff')]).records[0].bodyStart, 12);
});

test('RecordFramer leaves all records of one push intact until the next, those that straddled chunks too', () => {
  // The end of a chunk was once carried into the buffer that the chunk's first record was still lent from.
  const framer = new RecordFramer();
  framer.push(MESSAGE.subarray(0, 13));
  assert.equal(framer.next(), null);
  framer.push(Uint8Array.from([...MESSAGE.subarray(13), ...MESSAGE, ...MESSAGE, ...MESSAGE.subarray(0, 14)]));
  const lent = [framer.next(), framer.next()];
  lent.push(framer.next());
  assert.equal(framer.next(), null);
  assert.deepEqual(
    lent.map((raw) => raw?.bytes),
    [MESSAGE, MESSAGE, MESSAGE],
  );
});

test('RecordFramer can be pushed to again before it was drained', () => {
  const framer = new RecordFramer();
  framer.push(RECORD);
  framer.push(EXTENDED);
  framer.finish();
  assert.deepEqual(framer.next()?.bytes, RECORD);
  assert.deepEqual(framer.next()?.bytes, EXTENDED);
  assert.equal(framer.next(), null);
});

test('RecordFramer.flush gives a whole record without what follows it, and nothing of one that is not whole', () => {
  const framer = new RecordFramer();
  framer.push(MESSAGE.subarray(0, 19));
  assert.equal(framer.next(), null);
  assert.equal(framer.flush(), null);
  framer.push(MESSAGE.subarray(19));
  assert.equal(framer.next(), null);
  assert.deepEqual(framer.flush()?.bytes, MESSAGE);
  assert.equal(framer.flush(), null);
  framer.push(MESSAGE);
  framer.finish();
  assert.equal(framer.next()?.offset, 20);
  assert.deepEqual([framer.next(), framer.takeGap()], [null, null]);
});

test('RecordFramer gives the same records for any chunking', () => {
  const record = fc
    .tuple(fc.nat({ max: 0xffffffff }), fc.constantFrom(5, 12, 13, 16, 17), fc.uint8Array({ maxLength: 40 }))
    .map(([time, type, body]) => {
      const bytes = new Uint8Array(12 + body.length);
      const view = new DataView(bytes.buffer);
      view.setUint32(0, time);
      view.setUint16(4, type);
      view.setUint16(6, 1);
      view.setUint32(8, body.length);
      bytes.set(body, 12);
      return bytes;
    });
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 8 }),
      fc.array(fc.integer({ min: 0, max: 30 })),
      fc.nat({ max: 11 }),
      (list, sizes, torn) => {
        const whole = Uint8Array.from([...list, new Uint8Array(torn)].flatMap((bytes) => [...bytes]));
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const size of sizes) chunks.push(whole.subarray(at, (at += size)));
        chunks.push(whole.subarray(at));
        assert.deepEqual(frameAll(chunks), frameAll([whole]));
        assert.deepEqual(
          frameAll(chunks).records.map(({ bytes }) => bytes),
          list,
        );
      },
    ),
  );
});
