// ByteReader: big-endian reads, and the bound that every one of them checks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteReader } from '../../src/wire/byte-reader.js';
import { DecodeError } from '../../src/wire/decode-error.js';

const BYTES = Uint8Array.of(0x01, 0x02, 0x03, 0xff, 0xfe, 0xfd, 0xfc, 0x09);

test('ByteReader reads integers of 1, 2 and 4 octets, unsigned and big-endian', () => {
  const reader = new ByteReader(BYTES);
  assert.equal(reader.u8(), 1);
  assert.equal(reader.u16(), 0x0203);
  assert.equal(reader.u32(), 0xfffefdfc);
  assert.equal(reader.remaining, 1);
  assert.equal(reader.offset, 7);
});

test('ByteReader.copy gives bytes of its own', () => {
  const source = BYTES.slice();
  const copy = new ByteReader(source, 1).copy(2);
  source[1] = 99;
  assert.deepEqual([...copy], [2, 3]);
});

test('ByteReader.sub ends where its length says, and its parent stands behind it', () => {
  const parent = new ByteReader(BYTES);
  const child = parent.sub(2);
  assert.equal(child.remaining, 2);
  assert.equal(child.u16(), 0x0102);
  assert.throws(() => child.u8(), DecodeError);
  assert.equal(parent.u8(), 3);
});

test('ByteReader.skip gives the index of the first byte stepped over', () => {
  const reader = new ByteReader(BYTES, 2);
  assert.equal(reader.skip(3), 2);
  assert.equal(reader.u8(), 0xfd);
});

test('ByteReader throws DecodeError truncated with the offset where a read runs over the end', () => {
  const reader = new ByteReader(BYTES, 6, 7);
  const reads = [
    () => reader.u16(),
    () => reader.u32(),
    () => reader.copy(2),
    () => reader.skip(2),
    () => reader.sub(2),
  ];
  for (const read of reads) {
    assert.throws(read, (error) => error instanceof DecodeError && error.code === 'truncated' && error.offset === 6);
  }
  assert.equal(reader.u8(), 0xfc, 'a failed read consumes nothing');
});

test('ByteReader refuses a span outside of its bytes', () => {
  assert.throws(() => new ByteReader(BYTES, 5, 4), DecodeError);
  assert.throws(() => new ByteReader(BYTES, 0, 9), DecodeError);
});
