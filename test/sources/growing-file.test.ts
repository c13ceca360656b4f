import assert from 'node:assert/strict';
import { appendFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { constants, createGzip } from 'node:zlib';
import { decompress } from '../../src/sources/decompress.js';
import { FileReplacedError, GrowingFile, type GrowingFileOptions } from '../../src/sources/growing-file.js';
import { temporaryFolder } from '../support/registry-database.js';

/** A file that is never complete unless a test says so; looked at again after a millisecond. */
function growing(context: TestContext, first: string, options: Partial<GrowingFileOptions> = {}) {
  const path = join(temporaryFolder(context), 'updates');
  writeFileSync(path, first);
  const file = new GrowingFile(path, { pollMs: 1, onIdle: () => undefined, isComplete: () => false, ...options });
  return { path, file };
}

const text = (chunks: readonly Uint8Array[]): string => Buffer.concat(chunks).toString();

/** Reads on until as many bytes have come. */
async function take(bytes: AsyncGenerator<Uint8Array>, length: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  while (text(chunks).length < length) {
    const next = await bytes.next();
    if (next.done === true) break;
    chunks.push(next.value.slice());
  }
  return text(chunks);
}

/** The next bytes; an empty chunk says only that the file waits. */
async function nextBytes(bytes: AsyncGenerator<Uint8Array>): Promise<IteratorResult<Uint8Array, void>> {
  for (;;) {
    const next = await bytes.next();
    if (next.done === true || next.value.length > 0) return next;
  }
}

test('GrowingFile gives what is there, then what is appended, and ends when it is said to be complete', async (context) => {
  let complete = false;
  const { path, file } = growing(context, 'one ', { isComplete: () => complete });
  const bytes = file.open();
  assert.equal(await take(bytes, 4), 'one ');
  appendFileSync(path, 'two ');
  assert.equal(await take(bytes, 4), 'two ');
  appendFileSync(path, 'three');
  complete = true;
  assert.equal(await take(bytes, 5), 'three');
  assert.deepEqual(await nextBytes(bytes), { value: undefined, done: true });
  assert.equal(file.position, 13);
});

test('GrowingFile reads what was appended before it was said to be complete, however many chunks that is', async (context) => {
  const size = 2 * 1024 * 1024 + 7;
  const { file } = growing(context, 'x'.repeat(size), { isComplete: () => true });
  const lengths: number[] = [];
  for await (const chunk of file.open()) lengths.push(chunk.length);
  assert.deepEqual(lengths, [1024 * 1024, 1024 * 1024, 7, 0], 'and once that it waits');
  assert.equal(file.position, size);
});

test('GrowingFile tells at every end of what is there that it is idle, and asks with how long the file was unchanged', async (context) => {
  const asked: number[] = [];
  let idle = 0;
  const { path, file } = growing(context, 'x', {
    onIdle: () => idle++,
    isComplete: (unchangedMs) => asked.push(unchangedMs) === 3,
  });
  const hourAgo = Date.now() / 1000 - 3600;
  utimesSync(path, hourAgo, hourAgo);
  assert.equal(await take(file.open(), 2), 'x');
  assert.equal(idle, 3);
  assert.ok(asked[0] >= 3_600_000 - 2000, `an hour, by the file's own time: ${asked[0]}`);
  assert.ok(asked[0] <= asked[1] && asked[1] <= asked[2]);
});

test('GrowingFile ends with FileReplacedError where the file becomes shorter than what was read', async (context) => {
  const { path, file } = growing(context, '0123456789');
  const bytes = file.open();
  await take(bytes, 10);
  truncateSync(path, 3);
  await assert.rejects(nextBytes(bytes), (error: unknown) => {
    assert.ok(error instanceof FileReplacedError);
    assert.equal(error.position, 10);
    assert.equal(error.message, `Cannot read on in ${path} at 10: it was truncated or replaced`);
    return true;
  });
});

test('GrowingFile ends with FileReplacedError where another file takes the name', async (context) => {
  const { path, file } = growing(context, '0123456789');
  const bytes = file.open();
  await take(bytes, 10);
  writeFileSync(`${path}.new`, '0123456789 and more');
  renameSync(`${path}.new`, path);
  await assert.rejects(nextBytes(bytes), FileReplacedError);
});

test('GrowingFile ends with FileReplacedError where the file was cut and written anew beyond what was read', async (context) => {
  const { path, file } = growing(context, '0123456789');
  const bytes = file.open();
  await take(bytes, 10);
  writeFileSync(path, 'abcdefghijklm'); // the same inode, longer than before
  await assert.rejects(nextBytes(bytes), FileReplacedError);
});

test('GrowingFile ends with FileReplacedError where the file is deleted', async (context) => {
  const { path, file } = growing(context, '0123456789');
  const bytes = file.open();
  await take(bytes, 10);
  rmSync(path);
  await assert.rejects(nextBytes(bytes), FileReplacedError);
});

test('GrowingFile stops waiting when its signal is aborted', async (context) => {
  const { file } = growing(context, 'x');
  const stop = new AbortController();
  const bytes = file.open(stop.signal);
  await take(bytes, 1);
  const waiting = nextBytes(bytes);
  stop.abort('SIGTERM');
  await assert.rejects(waiting, { name: 'AbortError' });
});

test('GrowingFile gives all that a gzip writer has flushed before the writer goes on', async (context) => {
  const { path, file } = growing(context, '');
  const gzip = createGzip();
  gzip.on('data', (chunk: Buffer) => appendFileSync(path, chunk));
  const write = (part: string): Promise<void> =>
    new Promise((resolve) => {
      gzip.write(part);
      gzip.flush(constants.Z_SYNC_FLUSH, () => resolve());
    });
  await write('first record, ');
  const bytes = decompress(file);
  assert.equal(await take(bytes, 14), 'first record, ');
  await write('second record');
  assert.equal(await take(bytes, 13), 'second record');
  await bytes.return(undefined);
});
