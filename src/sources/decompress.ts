// Bytes in any compression to unpacked bytes, pull by pull: the consumer's pace is the reader's. What compression it is, the content
// says. Where the data are torn or corrupt, everything before the fault is yielded first: if the fast way lost some of it, a
// second, careful pass over the same input fetches it. Nothing after a fault is guessed at; what goes on behind it, `behind-fault.ts` finds.

import { unpackBzip2Blocks } from './bzip2-blocks.js';
import { Bzip2Streams } from './bzip2-streams.js';
import { type Compression, CompressionError, detectCompression, MAGIC_LENGTH, trailing } from './compression.js';
import { unpackGzip } from './gzip-members.js';
import { startProgram, unpackWithProgram } from './unpack-program.js';
import { unpackWithZlib } from './zlib-stream.js';
import { createZstdTransform, unpackZstd } from './zstd-stream.js';

/** Bytes that can be read from their beginning; a second time only where the source can do that. */
export interface ByteSource {
  /**
   * An empty chunk says that there is nothing more for now (growing-file).
   *
   * @returns the bytes from the beginning, or null where they cannot be had again.
   */
  open(signal?: AbortSignal): AsyncIterable<Uint8Array> | null;
}

export interface DecompressOptions {
  /** Ends the reading at once; the generator then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Programs tried, in this order, before bzip2 is unpacked through WebAssembly and zstd in JavaScript. */
  readonly programs?: { readonly bzip2: readonly string[]; readonly zstd: readonly string[] };
  /** The source begins inside of a bzip2 stream: its blocks are unpacked from the first whole one on. */
  readonly insideBzip2?: boolean;
}

const PROGRAMS = { bzip2: ['lbzip2', 'bzip2'], zstd: ['zstd'] };

/**
 * The unpacked bytes of `source`. Chunks are borrowed: valid until the next is asked for.
 *
 * @throws UnsupportedCompressionError before anything was yielded.
 * @throws CompressionError after everything that could be unpacked was yielded.
 */
export async function* decompress(source: ByteSource, options: DecompressOptions = {}): AsyncGenerator<Uint8Array> {
  const { signal } = options;
  let delivered = 0;
  try {
    for await (const chunk of unpack(source, options)) {
      signal?.throwIfAborted();
      delivered += chunk.length;
      yield plain(chunk);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof CompressionError)) throw error;
    const known = { fault: error, unpacked: delivered };
    const { fault, unpacked } = options.insideBzip2 ? known : yield* recover(source, error, delivered, signal);
    throw new CompressionError(fault.compression, fault.reason, fault.consumed, unpacked);
  }
}

/** Node's streams give Buffers, whose `slice` is a view where that of Uint8Array, which the decoders rely on, is a copy. */
function plain(chunk: Uint8Array): Uint8Array {
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
}

async function* unpack(source: ByteSource, options: DecompressOptions): AsyncGenerator<Uint8Array> {
  const bytes = source.open(options.signal);
  if (bytes === null) throw new Error('Cannot read the input: it was read before and cannot be read again');
  if (options.insideBzip2) {
    yield* unpackBzip2Blocks(bytes, true);
    return;
  }
  const { compression, all } = await peek(bytes);
  yield* await fastWay(compression, all, options);
}

async function fastWay(
  compression: Compression,
  bytes: AsyncIterable<Uint8Array>,
  { programs = PROGRAMS, signal }: DecompressOptions,
): Promise<AsyncIterable<Uint8Array>> {
  switch (compression) {
    case 'none':
      return bytes;
    case 'gzip':
      return unpackGzip(bytes);
    case 'zstd': {
      const own = createZstdTransform();
      if (own !== null) return unpackWithZlib(bytes, own, { compression });
      const child = await startProgram(programs.zstd);
      return child === null ? unpackZstd(bytes) : unpackWithProgram(bytes, child, compression, signal);
    }
    case 'bzip2': {
      return unpackBzip2(bytes, programs.bzip2, signal);
    }
  }
}

/** @throws CompressionError also where something other than bzip2 data follows. */
async function* unpackBzip2(
  bytes: AsyncIterable<Uint8Array>,
  programs: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const streams = new Bzip2Streams(bytes);
  const child = await startProgram(programs);
  yield* child === null ? unpackBzip2Blocks(streams) : unpackWithProgram(streams, child, 'bzip2', signal);
  if (streams.garbageAt !== null) throw trailing('bzip2', streams.garbageAt);
}

/**
 * What lies between what was delivered and the fault, read anew the slow way; nothing where the source cannot be read again.
 *
 * @returns the fault as exactly as it could be placed, and how many bytes were unpacked in all.
 */
async function* recover(
  source: ByteSource,
  fault: CompressionError,
  delivered: number,
  signal: AbortSignal | undefined,
  piece = CAREFUL_PIECES[0],
): AsyncGenerator<Uint8Array, { readonly fault: CompressionError; readonly unpacked: number }> {
  let unpacked = 0;
  const known = (at: CompressionError): { readonly fault: CompressionError; readonly unpacked: number } => {
    return { fault: at, unpacked: Math.max(delivered, unpacked) };
  };
  try {
    const bytes = source.open(signal);
    if (bytes === null) return known(fault);
    const chunks = carefulWay(fault, bytes, piece);
    if (chunks === null) return known(fault);
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      const skip = Math.max(0, delivered - unpacked);
      unpacked += chunk.length;
      if (skip < chunk.length) yield plain(chunk).subarray(skip);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof CompressionError)) throw error; // the same fault again is where it ends
    const finer = CAREFUL_PIECES.at(CAREFUL_PIECES.indexOf(piece) + 1);
    const isZlib = error.compression !== 'bzip2' && finer !== undefined;
    if (isZlib) return yield* recover(source, error, Math.max(delivered, unpacked), signal, finer);
    return known(error);
  }
  return known(fault);
}

/** Bytes given to zlib at once behind the last sound place: first to come near the fault, then to lose nothing before it. */
const CAREFUL_PIECES: readonly number[] = [512, 1];

/** The slow way that loses nothing before the fault, or null where the fast one did not either. */
function carefulWay(
  { compression, consumed, reason }: CompressionError,
  bytes: AsyncIterable<Uint8Array>,
  carefulPiece: number,
): AsyncIterable<Uint8Array> | null {
  const careful = { compression, carefulFrom: consumed ?? 0, carefulPiece };
  switch (compression) {
    case 'gzip':
      return unpackGzip(bytes, careful);
    case 'bzip2':
      return unpackBzip2(bytes, [], undefined);
    case 'zstd': {
      const own = createZstdTransform();
      if (own !== null) return unpackWithZlib(bytes, own, careful);
      // The program keeps the last block to itself where input ends, or its checksum is wrong; in other faults fzstd would go on behind them.
      return /premature end|checksum/.test(reason) ? unpackZstd(bytes) : null;
    }
    case 'none':
      return null;
  }
}

/**
 * What the first bytes tell, and an iterable of all bytes, those included.
 *
 * @throws UnsupportedCompressionError, the bytes closed.
 */
async function peek(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ compression: Compression; all: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let length = 0;
  while (length < MAGIC_LENGTH) {
    const next = await iterator.next();
    if (next.done === true) break;
    taken.push(next.value);
    length += next.value.length;
  }
  const head = new Uint8Array(length);
  let at = 0;
  for (const chunk of taken) {
    head.set(chunk, at);
    at += chunk.length;
  }
  try {
    return { compression: detectCompression(head.subarray(0, MAGIC_LENGTH)), all: resume(taken, iterator) };
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
}

async function* resume(taken: readonly Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* taken;
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
