// zstd (RFC 8878): Node's own where it has it (22.15 and later), and fzstd, in JavaScript on this thread, for where there is no program
// either. Concatenated and skippable frames are one stream. fzstd checks no content checksums, and says so nowhere.

import { Decompress } from 'fzstd';
import * as zlib from 'node:zlib';
import { CompressionError } from './compression.js';
import { UNPACKED_CHUNK, type ZlibTransform } from './zlib-stream.js';

/** Compressed bytes given to fzstd at once: it works synchronously, so this is how long the thread is taken. */
const PIECE = 64 * 1024;

type ZstdFactory = (options: { chunkSize: number }) => ZlibTransform;

/** Node's own zstd transform, or null on a Node without one. */
export function createZstdTransform(): ZlibTransform | null {
  const create = Reflect.get(zlib, 'createZstdDecompress') as ZstdFactory | undefined; // not in the types of Node 20
  return create?.({ chunkSize: UNPACKED_CHUNK }) ?? null;
}

/**
 * Unpacks `input` with fzstd.
 *
 * @throws CompressionError after everything that could be unpacked was yielded.
 */
export async function* unpackZstd(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const output: Uint8Array[] = [];
  const stream = new Decompress((chunk) => {
    if (chunk.length > 0) output.push(chunk);
  });
  let consumed = 0;
  for await (const chunk of input) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      const fault = push(stream, chunk.subarray(at, at + PIECE), false);
      yield* output.splice(0);
      if (fault !== null) throw new CompressionError('zstd', fault, consumed);
      consumed += Math.min(PIECE, chunk.length - at);
    }
  }
  const fault = push(stream, new Uint8Array(0), true);
  yield* output.splice(0);
  if (fault !== null) throw new CompressionError('zstd', fault); // told at the end, wherever it is
}

function push(stream: Decompress, piece: Uint8Array, final: boolean): string | null {
  try {
    stream.push(piece, final);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
