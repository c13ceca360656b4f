// Compression told by content: the magic numbers of gzip (RFC 1952), bzip2, zstd (RFC 8878) and of others that are named but not
// read. An MRT file begins with a time, which may be any four bytes; so where a magic number is a time of this century, the bytes
// after it must agree too. Names and extensions are never looked at. Brotli has no magic number and passes for uncompressed.

/** Compressions that `decompress` unpacks. */
export type Compression = 'gzip' | 'bzip2' | 'zstd' | 'none';

/** How many bytes `detectCompression` wants to see; fewer only where the input is shorter. */
export const MAGIC_LENGTH = 10;

/** Thrown for input in a compression that is known by name only. Nothing of it was read. */
export class UnsupportedCompressionError extends Error {
  override readonly name = 'UnsupportedCompressionError';
  readonly code = 'ERR_UNSUPPORTED_COMPRESSION';
  readonly compression: string;

  constructor(compression: string) {
    super(`Cannot unpack ${compression}: gzip, bzip2, zstd or uncompressed wanted`);
    this.compression = compression;
  }
}

/** Thrown after the last byte that could be unpacked: the compressed data are torn, corrupt, or followed by something else. */
export class CompressionError extends Error {
  override readonly name = 'CompressionError';
  readonly code = 'ERR_COMPRESSION';
  readonly compression: Compression;
  /** What is wrong, for people. */
  readonly reason: string;
  /** Bytes of compressed input that are sound: those before the piece, the block or the byte that holds the fault; null = not known. */
  readonly consumed: number | null;
  /** Bytes that were unpacked; null = not counted. */
  readonly unpacked: number | null;

  constructor(
    compression: Compression,
    reason: string,
    consumed: number | null = null,
    unpacked: number | null = null,
  ) {
    super(`Cannot unpack all of the ${compression} data: ${reason}${soundText(consumed, unpacked)}`);
    this.compression = compression;
    this.reason = reason;
    this.consumed = consumed;
    this.unpacked = unpacked;
  }
}

/** Zeros after the end are padding (gzip(1) ignores them too); anything else is input that nobody interprets. */
export function trailing(compression: Compression, consumed: number): CompressionError {
  return new CompressionError(compression, `what follows its end is no ${compression} data`, consumed);
}

function soundText(consumed: number | null, unpacked: number | null): string {
  if (unpacked === null) return '';
  const from = consumed === null ? '' : `the first ${consumed} compressed, `;
  return ` (sound bytes: ${from}${unpacked} unpacked)`;
}

const BZIP2_BLOCK = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const BZIP2_END = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];

/** Compressions that are recognised to be refused by name, with their magic numbers. */
const UNSUPPORTED: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lz4 (legacy)', [0x02, 0x21, 0x4c, 0x18]],
  ['compress (.Z)', [0x1f, 0x9d]],
  ['compress (.z, LZH)', [0x1f, 0xa0]],
  ['pack (.z)', [0x1f, 0x1e]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['lzip', [0x4c, 0x5a, 0x49, 0x50, 0x01]],
  ['lzop', [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['rar', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['snappy', [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]],
];

/**
 * The compression of input that begins with `head`.
 *
 * @throws UnsupportedCompressionError where it is a known one that is not unpacked here.
 */
export function detectCompression(head: Uint8Array): Compression {
  if (startsWith(head, [0x1f, 0x8b])) return 'gzip';
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]) || isSkippableZstdFrame(head)) return 'zstd';
  if (isBzip2(head)) return 'bzip2';
  const other = UNSUPPORTED.find(([, magic]) => startsWith(head, magic));
  if (other !== undefined) throw new UnsupportedCompressionError(other[0]);
  if (isZip(head)) throw new UnsupportedCompressionError('zip');
  return 'none';
}

/** `BZh1` to `BZh9`, then a block or the end of the stream: `BZh9` alone is a time in April 2005. */
export function isBzip2(head: Uint8Array): boolean {
  if (!startsWith(head, [0x42, 0x5a, 0x68])) return false;
  const level = head.length > 3 ? head[3] : 0;
  const rest = head.subarray(4, 10);
  return level >= 0x31 && level <= 0x39 && (prefixOf(rest, BZIP2_BLOCK) || prefixOf(rest, BZIP2_END));
}

/** `PK\3\4` is a time in September 2012; but the octet after it is a version there, and 0 in an MRT record. */
function isZip(head: Uint8Array): boolean {
  return startsWith(head, [0x50, 0x4b, 0x03, 0x04]) && head[4] !== 0;
}

/** A frame to be skipped, as pzstd begins with; its magic numbers are times in 2012 to 2020, so its length must be a small one. */
function isSkippableZstdFrame(head: Uint8Array): boolean {
  if (head.length < 8 || (head[0] & 0xf0) !== 0x50 || !prefixOf(head.subarray(1, 4), [0x2a, 0x4d, 0x18])) return false;
  return head[4] !== 0 && head[6] === 0 && head[7] === 0;
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return head.length >= magic.length && magic.every((byte, index) => head[index] === byte);
}

/** True where `bytes` agree with `magic` as far as they go: torn input is still recognised. */
function prefixOf(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.every((byte, index) => byte === magic[index]);
}
