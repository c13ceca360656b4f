// Unpacks through a transform of node:zlib (gzip, RFC 1952; zstd where Node has it), on the thread pool: while the consumer works on
// one piece's output the next is being inflated. Concatenated members are one stream. Output that came before a fault is kept, which
// a plain pipe would throw away. No magic numbers here.

import { type Transform } from 'node:stream';
import { type Compression, CompressionError, trailing } from './compression.js';

/** Compressed bytes given to zlib at once; bounds what one piece can unpack to (deflate: 1032 to 1). */
const PIECE = 128 * 1024;

/** The size of zlib's output buffers, measured against 64 KiB: 364 MB/s against 313. */
export const UNPACKED_CHUNK = 1024 * 1024;

/** A zlib stream: a transform that tells how much input it took. */
export type ZlibTransform = Transform & { readonly bytesWritten: number };

export interface ZlibStreamOptions {
  readonly compression: Compression;
  /** From this offset of the input on, it is given in small pieces: the output of the piece that holds a fault is lost. */
  readonly carefulFrom?: number;
  /** Bytes in a small piece; 1 loses nothing before the fault. */
  readonly carefulPiece?: number;
}

/**
 * Unpacks `input` with `stream`, which it closes.
 *
 * @throws CompressionError after everything that could be unpacked was yielded.
 */
export async function* unpackWithZlib(
  input: AsyncIterable<Uint8Array>,
  stream: ZlibTransform,
  { compression, carefulFrom = Infinity, carefulPiece = 1 }: ZlibStreamOptions,
): AsyncGenerator<Uint8Array> {
  const driver = new ZlibDriver(stream);
  try {
    let pending = Promise.resolve();
    for await (const piece of pieces(input, carefulFrom, carefulPiece)) {
      await pending;
      const done = driver.take();
      if (driver.stopped) {
        yield* done;
        driver.throwIfFailed(compression);
        if (piece.some((byte) => byte !== 0)) throw trailing(compression, driver.fed);
      } else {
        pending = driver.write(piece);
        yield* done;
      }
    }
    await pending;
    if (!driver.stopped) await driver.end();
    yield* driver.take();
    driver.throwIfFailed(compression);
  } finally {
    stream.destroy();
  }
}

/** The writing side of a zlib stream as promises, its output collected. */
class ZlibDriver {
  readonly #stream: ZlibTransform;
  #output: Uint8Array[] = [];
  #wake: () => void = () => undefined;
  #ended = false;
  #error: Error | null = null;
  #lastPiece: Uint8Array = new Uint8Array(0);
  /** Bytes of input given to it so far. */
  fed = 0;

  constructor(stream: ZlibTransform) {
    this.#stream = stream;
    stream.on('data', (chunk: Uint8Array) => this.#output.push(chunk));
    stream.on('error', (error) => {
      this.#error = error;
      this.#wake();
    });
    stream.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** True once it takes no more: a fault, or the end of the compressed data before the end of the input. */
  get stopped(): boolean {
    return this.#ended || this.#error !== null;
  }

  /** @throws CompressionError after a fault, or where the last piece goes on after the end of the compressed data. */
  throwIfFailed(compression: Compression): void {
    const consumed = this.fed - this.#lastPiece.length;
    if (this.#error !== null) throw new CompressionError(compression, this.#error.message, consumed);
    const rest = this.#lastPiece.subarray(this.#lastPiece.length - (this.fed - this.#stream.bytesWritten));
    if (rest.some((byte) => byte !== 0)) throw trailing(compression, consumed);
  }

  /** The output since the last call. */
  take(): Uint8Array[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  write(piece: Uint8Array): Promise<void> {
    this.#lastPiece = piece;
    this.fed += piece.length;
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#stream.write(piece, () => resolve());
    });
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#stream.end();
    });
  }
}

async function* pieces(
  input: AsyncIterable<Uint8Array>,
  carefulFrom: number,
  carefulPiece: number,
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for await (const chunk of input) {
    for (let at = 0; at < chunk.length;) {
      const size = offset < carefulFrom ? Math.min(PIECE, carefulFrom - offset) : carefulPiece;
      const piece = chunk.subarray(at, at + size);
      yield piece;
      at += piece.length;
      offset += piece.length;
    }
  }
}
