// Unpacks by a program: lbzip2 (all cores), bzip2 or zstd, found on the PATH and fed through its standard input, so that the work is
// done beside this thread and checksums are checked. The child never outlives the generator: a consumer that stops early, an abort
// or a fault kills it. No unpacking of our own; see bzip2-blocks and zstd-stream for that.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Compression, CompressionError } from './compression.js';

/** One of `programs` running as `program -dc`, or null where none is on the PATH. */
export async function startProgram(programs: readonly string[]): Promise<ChildProcessWithoutNullStreams | null> {
  for (const program of programs) {
    const child = spawn(program, ['-dc'], { stdio: 'pipe' });
    try {
      await once(child, 'spawn');
      return child;
    } catch {
      // Not there: the next one.
    }
  }
  return null;
}

/**
 * Unpacks `input` through `child`, which it ends.
 *
 * @throws CompressionError where the program says the data are bad, after its output, as far as it is proven, was yielded.
 */
export async function* unpackWithProgram(
  input: AsyncIterable<Uint8Array>,
  child: ChildProcessWithoutNullStreams,
  compression: Compression,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const kill = (): boolean => child.kill('SIGKILL'); // a program that hangs must not keep the process alive
  signal?.addEventListener('abort', kill, { once: true });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(0, 500)));
  let inputError: unknown = null;
  const feeding = feed(input, child).catch((error: unknown) => {
    inputError = error;
    child.kill('SIGKILL');
  });
  const unproven = new Held(compression === 'bzip2' ? BZIP2_BLOCK : 0);
  try {
    for await (const chunk of child.stdout) yield* unproven.add(chunk as Uint8Array);
    await feeding;
    if (inputError !== null) throw inputError as Error;
    const code = await closed;
    if (code !== 0) throw new CompressionError(compression, reasonOf(complaint));
    yield* unproven.rest();
  } finally {
    signal?.removeEventListener('abort', kill);
    child.kill('SIGKILL');
    child.stdin.destroy();
    await closed;
  }
}

/** bzip2 writes a block before it looks at the block's checksum; this much is held back until more has come. */
const BZIP2_BLOCK = 1024 * 1024;

/** The last bytes of a stream, held back until as many have come behind them. */
class Held {
  readonly #wanted: number;
  #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  /** Takes a chunk, and gives those that need no longer be held. */
  *add(chunk: Uint8Array): Generator<Uint8Array> {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    while (this.#chunks.length > 0 && this.#length - this.#chunks[0].length >= this.#wanted) {
      const first = this.#chunks.shift()!;
      this.#length -= first.length;
      yield first;
    }
  }

  /** What was held to the end. */
  rest(): readonly Uint8Array[] {
    return this.#chunks;
  }
}

/** Writes the input at the program's pace. A program that closes its input early has said why on its standard error. */
async function feed(input: AsyncIterable<Uint8Array>, child: ChildProcessWithoutNullStreams): Promise<void> {
  const { stdin } = child;
  let wake = (): void => undefined;
  stdin.on('error', () => undefined); // EPIPE
  stdin.on('close', () => wake());
  stdin.on('drain', () => wake());
  for await (const chunk of input) {
    if (!stdin.write(chunk) && !stdin.destroyed) await new Promise<void>((resolve) => (wake = resolve));
    if (stdin.destroyed) return;
  }
  stdin.end();
}

function reasonOf(complaint: string): string {
  const line = complaint.split('\n').find((text) => text.trim() !== '');
  return line?.replace(/^(?:(?:l?bzip2|zstd): )?(?:stdin: |\/\*stdin\*\\ *: )?/, '').trim() ?? 'it is damaged';
}
