// gzip data member by member (RFC 1952 section 2.3). Where one is torn and another begins at once, inflate would read that one's header as
// more of the torn data, give what it makes of it, and err kilobytes behind or never. So no member is fed beyond the next header.

import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { CompressionError, trailing } from './compression.js';
import { UNPACKED_CHUNK, unpackWithZlib, type ZlibStreamOptions } from './zlib-stream.js';

/** ID1, ID2, CM, FLG, MTIME (4), XFL, OS. */
const HEADER_LENGTH = 10;
const MAGIC = Uint8Array.of(0x1f, 0x8b, 8);
/** Bytes behind a header that are unpacked on trial. */
const TRIAL = 100;

/**
 * Unpacks `bytes`. A fault's `consumed` is where the next member begins, if the one before it is torn there.
 *
 * @param careful as `unpackWithZlib` takes it.
 * @throws CompressionError after everything that could be unpacked was yielded.
 */
export async function* unpackGzip(
  bytes: AsyncIterable<Uint8Array>,
  careful: Omit<ZlibStreamOptions, 'compression'> = {},
): AsyncGenerator<Uint8Array> {
  const members = new Members(bytes);
  try {
    do yield* unpackMember(members, careful);
    while (!members.ended);
  } finally {
    await members.close();
  }
}

async function* unpackMember(
  members: Members,
  { carefulFrom = Infinity, ...careful }: Omit<ZlibStreamOptions, 'compression'>,
): AsyncGenerator<Uint8Array> {
  const start = members.at;
  const stream = createGunzip({ chunkSize: UNPACKED_CHUNK });
  const from = Math.max(0, carefulFrom - start);
  try {
    yield* unpackWithZlib(members.next(), stream, { ...careful, compression: 'gzip', carefulFrom: from });
  } catch (error) {
    if (!(error instanceof CompressionError) || error.consumed === null) throw error;
    const isTorn = !members.ended && error.reason === 'unexpected end of file';
    throw new CompressionError('gzip', error.reason, isTorn ? members.at : start + error.consumed);
  }
  const length = stream.bytesWritten;
  if (!members.ended && start + length < members.at) throw trailing('gzip', start + length); // zeros, which are padding only at the end
}

/** Where the first member begins in `bytes`; null where none does. */
export async function findMember(bytes: AsyncIterable<Uint8Array>): Promise<number | null> {
  const members = new Members(bytes);
  try {
    const passed = members.next(0);
    while ((await passed.next()).done !== true);
    return members.ended ? null : members.at;
  } finally {
    await members.close();
  }
}

/** Bytes in parts, to be read one after the other, each of which but the first begins with a header. */
class Members {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);
  #isRead = false;
  /** Where what is read next begins. */
  at = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#iterator = bytes[Symbol.asyncIterator]();
  }

  /** Nothing is left. */
  get ended(): boolean {
    return this.#isRead && this.#held.length === 0;
  }

  /** The bytes up to the header that stands at `first` or behind, or to the end. */
  async *next(first = this.at + 1): AsyncGenerator<Uint8Array> {
    for (;;) {
      const { at, isMember } = findHeader(this.#held, Math.max(0, first - this.at), this.#isRead);
      if (at > 0) yield this.#take(at);
      if (isMember || this.#isRead) return;
      const held = Uint8Array.from(this.#held); // the source's bytes are borrowed
      const next = await this.#iterator.next();
      this.#isRead = next.done === true;
      if (next.done !== true) this.#held = held.length === 0 ? view(next.value) : Buffer.concat([held, next.value]);
    }
  }

  #take(count: number): Uint8Array {
    const bytes = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    this.at += count;
    return bytes;
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}

function view({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

/** Where a member begins, at `from` or behind; where none does, how many bytes surely hold none. */
function findHeader(bytes: Buffer, from: number, isAll: boolean): { readonly at: number; readonly isMember: boolean } {
  for (let at = bytes.indexOf(MAGIC, from); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
    const isCut = at + HEADER_LENGTH >= bytes.length;
    if (isCut && !isAll) return { at, isMember: false };
    if (!isCut && isHeader(bytes, at) && unpacks(bytes.subarray(at, at + TRIAL))) return { at, isMember: true };
  }
  const end = bytes.length;
  for (let kept = isAll ? 0 : Math.min(2, end - from); kept > 0; kept--)
    if (MAGIC.subarray(0, kept).every((octet, i) => bytes[end - kept + i] === octet))
      return { at: end - kept, isMember: false };
  return { at: end, isMember: false };
}

/** Reserved flags are zero, XFL says best, fastest or nothing, and OS is one of RFC 1952's: so is one place in 2^38 by chance. */
function isHeader(bytes: Uint8Array, at: number): boolean {
  const [flags, xfl, os] = [bytes[at + 3], bytes[at + 8], bytes[at + 9]];
  return flags < 0x20 && (xfl === 0 || xfl === 2 || xfl === 4) && (os <= 13 || os === 255);
}

/** What is no deflated data refers to bytes in front of its beginning, or has an impossible block, very soon. */
function unpacks(bytes: Uint8Array): boolean {
  try {
    gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    return true;
  } catch {
    return false;
  }
}
