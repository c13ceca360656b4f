// A file that is read while it grows: at its end the reader waits until there is more, or until somebody decides that it is complete.
// Truncated, rewritten or replaced while it is read, it ends with an error, and its owner begins anew.

import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { detectCompression, MAGIC_LENGTH } from './compression.js';
import { type ByteSource } from './decompress.js';

const CHUNK = 1024 * 1024;

/** The chunk that tells the reader of the records that it waits (mrt-records). */
const NOTHING_YET = new Uint8Array(0);

/** How many of the bytes read last are compared before more are believed: what was cut and written anew shows there. */
const COMPARED = 64;

/** Thrown where the file under the reader became another, or shorter than what was read of it. */
export class FileReplacedError extends Error {
  override readonly name = 'FileReplacedError';
  readonly code = 'ERR_FILE_REPLACED';
  /** Bytes as stored that had been read. */
  readonly position: number;

  constructor(path: string, position: number) {
    super(`Cannot read on in ${path} at ${position}: it was truncated or replaced`);
    this.position = position;
  }
}

export interface GrowingFileOptions {
  /** Asked at the end of what is there, with how long nothing was added; true ends the file. */
  readonly isComplete: (unchangedMs: number) => boolean | Promise<boolean>;
  /** Told whenever the reader stands at the end and waits. */
  readonly onIdle: () => void;
  /** How often to look whether there is more. */
  readonly pollMs: number;
}

export class GrowingFile implements ByteSource {
  readonly #path: string;
  readonly #options: GrowingFileOptions;
  #position = 0;

  constructor(path: string, options: GrowingFileOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** Bytes as stored that were read by the newest `open`. */
  get position(): number {
    return this.#position;
  }

  /** The bytes from the beginning; ends when the file is complete. */
  async *open(signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const file = await open(this.#path, 'r');
    try {
      const { ino } = await file.stat();
      const tail = new Tail();
      let told = false;
      this.#position = 0;
      for (;;) {
        const chunk = new Uint8Array(CHUNK);
        const { bytesRead } = await file.read(chunk, 0, CHUNK, this.#position);
        if (bytesRead > 0) {
          if (!(await tail.isIn(file, this.#position))) this.#throwReplaced();
          this.#position += bytesRead;
          told = false;
          const bytes = chunk.subarray(0, bytesRead);
          tail.take(bytes);
          yield* pieces(bytes, tail.isGzip);
          continue;
        }
        this.#options.onIdle();
        if (!told && tail.isPlain) yield NOTHING_YET;
        told = true;
        if (await this.#options.isComplete(await unchangedFor(file))) return;
        await wait(this.#options.pollMs, undefined, signal === undefined ? {} : { signal });
        const now = await stat(this.#path).catch(() => null);
        if (now?.ino !== ino || now.size < this.#position) this.#throwReplaced();
      }
    } finally {
      await file.close();
    }
  }

  #throwReplaced(): never {
    throw new FileReplacedError(this.#path, this.#position);
  }
}

/** Milliseconds since the file was last written to; by the wall clock, so that a file which was there long before us counts as such. */
async function unchangedFor(file: FileHandle): Promise<number> {
  return Date.now() - (await file.stat()).mtimeMs;
}

/** Inflating is always one piece behind (zlib-stream): the last byte as a piece of its own brings out all that came before it. */
function* pieces(bytes: Uint8Array, isGzip: boolean): Generator<Uint8Array> {
  const last = isGzip && bytes.length < CHUNK ? bytes.length - 1 : bytes.length;
  if (last > 0) yield bytes.subarray(0, last);
  if (last < bytes.length) yield bytes.subarray(last);
}

/** The last bytes read, and what the first ones said. */
class Tail {
  #bytes = new Uint8Array(0);
  isGzip = false;
  isPlain = false;

  take(bytes: Uint8Array): void {
    if (this.#bytes.length === 0) {
      this.isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
      this.isPlain = bytes.length >= MAGIC_LENGTH && detectCompression(bytes) === 'none';
    }
    this.#bytes = bytes.slice(-COMPARED);
  }

  /** True where the file still holds them right before `position`. */
  async isIn(file: FileHandle, position: number): Promise<boolean> {
    const { length } = this.#bytes;
    const now = new Uint8Array(length);
    const { bytesRead } = await file.read(now, 0, length, position - length);
    return bytesRead === length && now.every((byte, index) => byte === this.#bytes[index]);
  }
}
