// bzip2 without a program: splits the stream at its 48-bit block marks, which stand at any bit, and unpacks one block at a time
// through WebAssembly, each rewrapped as a stream of its own. A block's checksum guards it, so a damaged or torn one costs
// itself alone up to the first fault; nothing after it is guessed at.
//
//   "BZh" level | { 0x314159265359 | CRC (32) | block data }* | 0x177245385090 | combined CRC (32) | padding to a byte

import type Bzip2 from '@foxglove/wasm-bz2';
import { CompressionError } from './compression.js';

const BLOCK_MARK = 0x314159265359;
const END_MARK = 0x177245385090;
const TWO_32 = 0x1_0000_0000;
/** Blocks hold at most 900 000 bytes after the first run-length step, which shortens up to 259 bytes to 5. */
const BLOCK_CEILING = 900_000 * 52;

/**
 * Unpacks `input` block by block.
 *
 * @param isTail says that it begins anywhere in a stream, and may hold no block at all.
 * @throws CompressionError after the last whole block was yielded.
 */
export async function* unpackBzip2Blocks(input: AsyncIterable<Uint8Array>, isTail = false): AsyncGenerator<Uint8Array> {
  const { default: bzip2 } = await import('@foxglove/wasm-bz2'); // of no use to most runs
  const engine = await bzip2.init();
  const splitter = new BlockSplitter();
  for await (const chunk of input) {
    for (const block of splitter.push(chunk)) yield unpackBlock(engine, block, splitter.blockAt);
  }
  if (splitter.complete || (isTail && !splitter.hasBegun)) return;
  throw new CompressionError('bzip2', 'it ends before its end mark', splitter.blockAt);
}

function unpackBlock(engine: Bzip2, block: Uint8Array, at: number): Uint8Array {
  for (let size = 1 << 20; ; size = Math.min(size * 8, BLOCK_CEILING)) {
    try {
      return engine.decompress(block, size);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!/outbuff|full/i.test(reason) || size === BLOCK_CEILING) {
        throw new CompressionError('bzip2', 'a block is damaged', at);
      }
    }
  }
}

/** Finds the blocks in chunks of a bzip2 stream and yields each as a one-block stream. Holds at most one block of input. */
class BlockSplitter {
  /** The last 48 bits seen, as two halves, and where in the held bytes the current block's mark begins, in bits. */
  #high = 0;
  #low = 0;
  #held = new Uint8Array(1 << 20);
  #bits = 0;
  #blockStart = -1;
  #ended = false;
  /** Where the held bytes begin in the input. */
  #heldAt = 0;

  /** Offset of the byte in which the block begins that is being collected or was just given; of what is held where there is none. */
  get blockAt(): number {
    return this.#heldAt + (Math.max(this.#blockStart, 0) >>> 3);
  }

  /** True where a block's mark was found, and no end mark behind it. */
  get hasBegun(): boolean {
    return this.#blockStart >= 0;
  }

  /** True after an end mark, until another stream begins. */
  get complete(): boolean {
    return this.#ended;
  }

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    for (const byte of chunk) {
      this.#append(byte);
      for (let bit = 7; bit >= 0; bit--) {
        this.#high = ((this.#high << 1) | (this.#low >>> 31)) & 0xffff;
        this.#low = ((this.#low << 1) | ((byte >>> bit) & 1)) >>> 0;
        this.#bits++;
        if (this.#high === 0x3141 || this.#high === 0x1772) {
          const mark = this.#high * TWO_32 + this.#low;
          if (mark === BLOCK_MARK || mark === END_MARK) yield* this.#atMark(mark === END_MARK);
        }
      }
    }
  }

  #append(byte: number): void {
    const at = this.#bits >>> 3;
    if (at === this.#held.length) {
      const wider = new Uint8Array(this.#held.length * 2);
      wider.set(this.#held);
      this.#held = wider;
    }
    this.#held[at] = byte;
  }

  *#atMark(isEnd: boolean): Generator<Uint8Array> {
    const markStart = this.#bits - 48;
    if (this.#blockStart >= 0) yield wrapBlock(this.#held, this.#blockStart, markStart);
    this.#ended = isEnd;
    // Keep the bytes from the mark on; between an end mark and the next stream's first block nothing is needed.
    const keepFrom = markStart >>> 3;
    this.#held.copyWithin(0, keepFrom, (this.#bits + 7) >>> 3);
    this.#bits -= keepFrom * 8;
    this.#heldAt += keepFrom;
    this.#blockStart = isEnd ? -1 : markStart - keepFrom * 8;
  }
}

/** The bits of one block, mark included, as a bzip2 stream: header, block, end mark, and the block's CRC as the combined one. */
function wrapBlock(held: Uint8Array, start: number, end: number): Uint8Array {
  const crc = start + 48;
  const out = new Uint8Array(4 + Math.ceil((end - start + 48 + 32) / 8));
  out.set([0x42, 0x5a, 0x68, 0x39]);
  const bitsAt = (at: number): number => (held[at >>> 3] >>> (7 - (at & 7))) & 1;
  let written = 32;
  const put = (bit: number): void => {
    out[written >>> 3] |= bit << (7 - (written & 7));
    written++;
  };
  for (let at = start; at < end; at++) put(bitsAt(at));
  for (let bit = 47; bit >= 0; bit--) put(Math.floor(END_MARK / 2 ** bit) & 1);
  for (let at = crc; at < crc + 32; at++) put(bitsAt(at));
  return out;
}
