// A file that is read while it grows: at its end the reader waits until there is more, or until somebody decides that it is complete.
// Truncated or replaced while it is read, it ends with an error, and its owner begins anew.

import { open, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { type ByteSource } from './decompress.js';

const CHUNK = 1024 * 1024;

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

  constructor(path: string, options: GrowingFileOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** The bytes from the beginning; ends when the file is complete. */
  async *open(signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const file = await open(this.#path, 'r');
    try {
      const { ino } = await file.stat();
      let position = 0;
      let changedAt = performance.now();
      for (;;) {
        const chunk = new Uint8Array(CHUNK);
        const { bytesRead } = await file.read(chunk, 0, CHUNK, position);
        if (bytesRead > 0) {
          position += bytesRead;
          changedAt = performance.now();
          yield chunk.subarray(0, bytesRead);
          continue;
        }
        this.#options.onIdle();
        if (await this.#options.isComplete(performance.now() - changedAt)) return;
        await wait(this.#options.pollMs, undefined, signal === undefined ? {} : { signal });
        const now = await stat(this.#path).catch(() => null);
        if (now?.ino !== ino || now.size < position) throw new FileReplacedError(this.#path, position);
      }
    } finally {
      await file.close();
    }
  }
}
