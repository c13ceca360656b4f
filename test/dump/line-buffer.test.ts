import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineBuffer } from '../../src/dump/line-buffer.js';
import { formatIpv4 } from '../../src/ip/address.js';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('LineBuffer.number writes any 32-bit number as String does', () => {
  const edges = [0, 9, 10, 99, 100, 999_999_999, 1_000_000_000, 4_294_967_295];
  fc.assert(
    fc.property(fc.oneof(fc.nat({ max: 4_294_967_295 }), fc.constantFrom(...edges)), (value) => {
      assert.equal(text(new LineBuffer().number(value).take()), String(value));
    }),
  );
});

test('LineBuffer.ipv4 writes any word as formatIpv4 does', () => {
  fc.assert(
    fc.property(fc.nat({ max: 4_294_967_295 }), (word) => {
      assert.equal(text(new LineBuffer().ipv4(word).take()), formatIpv4(word));
    }),
  );
});

test('LineBuffer grows, says when it is full, and is empty once taken', () => {
  const buffer = new LineBuffer();
  const line = 'x'.repeat(99_999);
  assert.equal(buffer.ascii(line).isFull, false);
  assert.equal(buffer.ascii(line).byte(0x0a).isFull, true);
  assert.equal(text(buffer.take()), `${line}${line}\n`);
  assert.equal(buffer.length, 0);
  assert.equal(text(buffer.bytes(Uint8Array.of(0x41)).take()), 'A');
});

test('LineBuffer.take and copy give bytes that later writing leaves alone', () => {
  const buffer = new LineBuffer();
  const first = buffer.ascii('first').copy();
  const second = buffer.ascii('second').take();
  buffer.ascii('third');
  assert.equal(`${text(first)} ${text(second)}`, 'first second');
});
