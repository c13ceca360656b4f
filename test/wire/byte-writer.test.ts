// ByteWriter: what it writes, and that ByteReader reads it back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader } from '../../src/wire/byte-reader.js';
import { ByteWriter } from '../../src/wire/byte-writer.js';

test('ByteWriter writes integers big-endian', () => {
  const bytes = new ByteWriter().u8(1).u16(0x0203).u24(0x040506).u32(0xfffefdfc).bytes([9, 8]).finish();
  assert.deepEqual([...bytes], [1, 2, 3, 4, 5, 6, 0xff, 0xfe, 0xfd, 0xfc, 9, 8]);
});

test('ByteWriter.sized fills in the length of what was written inside, also nested', () => {
  const writer = new ByteWriter();
  writer.sized(2, () => {
    writer.u8(7).sized(1, () => writer.u16(1));
  });
  assert.deepEqual([...writer.finish()], [0, 4, 7, 2, 0, 1]);
});

test('ByteWriter refuses values that do not fit their field', () => {
  const writer = new ByteWriter();
  for (const write of [
    () => writer.u8(256),
    () => writer.u16(-1),
    () => writer.u24(2 ** 24),
    () => writer.u32(2 ** 32),
    () => writer.u8(0.5),
  ]) {
    assert.throws(write, RangeError);
  }
  assert.throws(() => writer.sized(1, () => writer.bytes(new Uint8Array(256))), RangeError);
});

test('ByteWriter and ByteReader are inverse, past the initial capacity too', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 0xffffffff }), { maxLength: 200 }), (values) => {
      const writer = new ByteWriter();
      for (const value of values)
        writer
          .u32(value)
          .u16(value & 0xffff)
          .u8(value & 255);
      const reader = new ByteReader(writer.finish());
      for (const value of values)
        assert.deepEqual([reader.u32(), reader.u16(), reader.u8()], [value, value & 0xffff, value & 255]);
      assert.equal(reader.remaining, 0);
    }),
  );
});
