// Which input is which: the SHA-256 of the first MiB unpacked with the first record's time, whatever the compression or the chunks.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { identifyFile } from '../../src/sources/file-identity.js';

const MIB = 1024 * 1024;
const SECONDS = 1_781_593_200;

/** One MRT record of an unknown type: the header of RFC 6396 section 2 and a body of `length` octets. */
function record(length: number, fill = 0): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32BE(SECONDS, 0);
  header.writeUInt16BE(999, 4);
  header.writeUInt32BE(length, 8);
  return Buffer.concat([header, Buffer.alloc(length, fill)]);
}

function source(bytes: Uint8Array, chunk = bytes.length) {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) {
      await Promise.resolve();
      yield bytes.subarray(at, at + chunk);
    }
  }
  return { open: () => chunks() };
}

const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

suite('identifyFile', () => {
  test('identifyFile is the SHA-256 of a small file, and its first record’s time', async () => {
    const bytes = record(100);
    const found = await identifyFile(source(bytes));
    assert.deepEqual(found, { identity: `${sha(bytes)}-${SECONDS}`, firstTime: SECONDS * 1_000_000, bytes: 112 });
  });

  test('identifyFile looks at the first MiB alone', async () => {
    const long = Buffer.concat([record(100), record(MIB), record(50, 1)]);
    const other = Buffer.concat([record(100), record(MIB), record(50, 2)]);
    const { identity, bytes } = await identifyFile(source(long));
    assert.equal(identity, `${sha(long.subarray(0, MIB))}-${SECONDS}`);
    assert.equal(bytes, MIB);
    assert.equal((await identifyFile(source(other))).identity, identity);
  });

  test('identifyFile gives a recompressed copy the same identity', async () => {
    const bytes = Buffer.concat([record(5000), record(300_000, 7)]);
    const { identity } = await identifyFile(source(bytes));
    for (const level of [1, 9])
      assert.equal((await identifyFile(source(gzipSync(bytes, { level })))).identity, identity);
  });

  test('identifyFile does not depend on chunks', async () => {
    const bytes = Buffer.concat([record(700), record(700, 3)]);
    const whole = await identifyFile(source(bytes));
    for (const chunk of [1, 7, 711, 1000]) assert.deepEqual(await identifyFile(source(bytes, chunk)), whole);
  });

  test('identifyFile knows no first time of an empty input', async () => {
    const found = await identifyFile(source(new Uint8Array()));
    assert.deepEqual(found, { identity: `${sha(new Uint8Array())}-empty`, firstTime: null, bytes: 0 });
  });

  test('identifyFile identifies a torn compressed file by what could be unpacked', async () => {
    const torn = gzipSync(record(100_000, 5)).subarray(0, 60);
    assert.match((await identifyFile(source(torn))).identity, /^[0-9a-f]{64}-/);
  });
});
