import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readChunks } from '../../src/sources/file-chunks.js';

const folder = mkdtempSync(join(tmpdir(), 'peerwatch-chunks-'));
after(() => rmSync(folder, { recursive: true }));

/** Octets that differ from one another wherever chunks may meet. */
function someBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  for (let i = 0; i < count; i++) bytes[i] = (i ^ (i >>> 8) ^ (i >>> 16)) & 255;
  return bytes;
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readChunks(path)) hash.update(chunk);
  return hash.digest('hex');
}

for (const size of [0, 1, 1024 * 1024, 5 * 1024 * 1024 + 7]) {
  test(`readChunks gives the ${size} bytes of a file`, async () => {
    const path = join(folder, String(size));
    writeFileSync(path, someBytes(size));
    assert.equal(await digest(path), createHash('sha256').update(someBytes(size)).digest('hex'));
  });
}

test('readChunks takes little memory for a small file', async () => {
  // Cause: three fresh megabytes a file were most of what a replay of thousands of small files cost.
  const path = join(folder, 'small');
  writeFileSync(path, someBytes(100));
  const chunks = readChunks(path);
  const first = (await chunks.next()).value as Uint8Array;
  assert.equal(first.buffer.byteLength, 64 * 1024);
  await chunks.return(undefined);
});

test('readChunks leaves a chunk alone until the next but one is asked for', async () => {
  const path = join(folder, 'kept');
  writeFileSync(path, someBytes(4 * 1024 * 1024));
  const chunks = readChunks(path);
  const first = (await chunks.next()).value as Uint8Array;
  await chunks.next();
  assert.deepEqual(Buffer.from(first), someBytes(first.length));
  await chunks.return(undefined);
});

test('readChunks throws the reason of a signal that is aborted', async () => {
  const path = join(folder, 'aborted');
  writeFileSync(path, someBytes(3 * 1024 * 1024));
  const stop = new AbortController();
  const chunks = readChunks(path, stop.signal);
  await chunks.next();
  stop.abort(new Error('enough'));
  await assert.rejects(chunks.next(), /enough/);
});
