// The bytes of a regular file in large chunks, the next one being read while the last one is worked on. Three buffers go round: a stream
// of its own buffers costs a garbage collection every few chunks. A small file gets small ones: archives are thousands of them, and three
// fresh megabytes each are most of what a replay of such a month costs.

import { type FileHandle, open } from 'node:fs/promises';

/** Bytes read at once. */
export const READ_SIZE = 1024 * 1024;

/** The least that is read at once: a file that was small when it was opened may grow. */
const LEAST = 64 * 1024;

/** One is worked on, one may still be on its way through a decompressor, one is being read into. */
const BUFFERS = 3;

/** The chunks of the file at `path`. BORROWED: a chunk is valid until the next but one is asked for. */
export async function* readChunks(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  const handle = await open(path);
  let reading: Promise<unknown> = Promise.resolve();
  try {
    const { size } = await handle.stat(); // 0 where that says nothing: pipes, devices
    const capacity = size === 0 ? READ_SIZE : Math.min(Math.max(size, LEAST), READ_SIZE);
    const buffers = Array.from({ length: BUFFERS }, () => new Uint8Array(capacity));
    for (let turn = 0, next = fill(handle, buffers[0]); ; turn = (turn + 1) % BUFFERS) {
      reading = next;
      const length = await next;
      signal?.throwIfAborted();
      if (length === 0) return;
      reading = next = fill(handle, buffers[(turn + 1) % BUFFERS]);
      yield buffers[turn].subarray(0, length);
    }
  } finally {
    await reading.catch(() => undefined); // which may be under way when the reader has had enough
    await handle.close();
  }
}

/** @returns how many bytes were read; 0 at the end. */
async function fill(handle: FileHandle, buffer: Uint8Array): Promise<number> {
  return (await handle.read(buffer, 0, buffer.length, null)).bytesRead;
}
