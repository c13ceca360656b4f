// Where unpacking can go on behind a fault: at the next member of gzip data (RFC 1952 section 2.3.1), at the next block of bzip2 data, whose
// checksum guards each. What lies between is lost, and what comes behind it is sound whatever came before. zstd is not gone on with.

import { type CompressionError } from './compression.js';
import { type ByteSource } from './decompress.js';
import { findMember } from './gzip-members.js';

/** The rest of a source. */
export interface Rest {
  readonly source: ByteSource;
  /** Where it begins in the source, in bytes as stored. */
  readonly at: number;
  /** It begins inside of a bzip2 stream. */
  readonly insideBzip2: boolean;
}

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
  if (compression === 'bzip2') {
    const from = consumed + 1;
    return { source: tailOf(source, from), at: from, insideBzip2: true };
  }
  if (compression !== 'gzip') return null;
  const bytes = tailOf(source, consumed).open(signal);
  const member = bytes === null ? null : await findMember(bytes);
  return member === null
    ? null
    : { source: tailOf(source, consumed + member), at: consumed + member, insideBzip2: false };
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
