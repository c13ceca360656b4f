// Where unpacking can go on behind a fault: at the next member of gzip data (RFC 1952 section 2.3.1), at the next block of bzip2 data, whose
// checksum guards each. What lies between is lost, and what comes behind it is sound whatever came before. zstd is not gone on with.

import { type CompressionError } from './compression.js';
import { type ByteSource } from './decompress.js';

/** The rest of a source. */
export interface Rest {
  readonly source: ByteSource;
  /** Where it begins in the source, in bytes as stored. */
  readonly at: number;
  /** It begins inside of a bzip2 stream. */
  readonly insideBzip2: boolean;
}

/** ID1, ID2, CM, FLG, MTIME (4), XFL, OS. */
const GZIP_HEADER_LENGTH = 10;

/**
 * What of `source` can be unpacked behind `fault`, null where there is nothing, or it cannot be read again.
 *
 * @throws what the source throws where it cannot be read.
 */
export async function behindFault(
  source: ByteSource,
  { compression, consumed }: CompressionError,
  signal?: AbortSignal,
): Promise<Rest | null> {
  if (consumed === null) return null;
  const from = consumed + 1;
  if (compression === 'bzip2') return { source: tailOf(source, from), at: from, insideBzip2: true };
  if (compression !== 'gzip') return null;
  const bytes = tailOf(source, from - 1).open(signal);
  const at = bytes === null ? null : await findGzipHeader(bytes);
  if (at === null) return null;
  return { source: tailOf(source, from - 1 + at), at: from - 1 + at, insideBzip2: false };
}

function tailOf(source: ByteSource, from: number): ByteSource {
  return {
    open: (signal) => {
      const bytes = source.open(signal);
      return bytes === null ? null : without(bytes, from);
    },
  };
}

async function* without(bytes: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of bytes) {
    if (left < chunk.length) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/** Where a header of deflated data stands that gzip programs write; null where there is none. */
async function findGzipHeader(bytes: AsyncIterable<Uint8Array>): Promise<number | null> {
  let window = Buffer.alloc(0);
  let windowAt = 0;
  for await (const chunk of bytes) {
    window = Buffer.concat([window, chunk]);
    for (let at = window.indexOf(0x1f); at >= 0 && at + GZIP_HEADER_LENGTH <= window.length;) {
      if (isGzipHeader(window, at)) return windowAt + at;
      at = window.indexOf(0x1f, at + 1);
    }
    const done = Math.max(0, window.length - GZIP_HEADER_LENGTH + 1);
    window = window.subarray(done);
    windowAt += done;
  }
  return null;
}

/** Reserved flags are zero, XFL says best, fastest or nothing, and OS is one of RFC 1952's. */
function isGzipHeader(bytes: Uint8Array, at: number): boolean {
  const [flags, xfl, os] = [bytes[at + 3], bytes[at + 8], bytes[at + 9]];
  const isDeflate = bytes[at + 1] === 0x8b && bytes[at + 2] === 8;
  return isDeflate && flags < 0x20 && (xfl === 0 || xfl === 2 || xfl === 4) && (os <= 13 || os === 255);
}
