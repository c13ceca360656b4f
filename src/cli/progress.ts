// Progress of long reads, on a terminal only: a bar on stderr that moves with the bytes read from the inputs as they are stored. Where
// results go to a terminal too there is none, since it would run through them.

import process from 'node:process';
import { Presets, SingleBar } from 'cli-progress';
import { type InputFile } from '../sources/input-files.js';

/** Inputs smaller than this are read before a bar could be seen. */
const WORTH_A_BAR = 4 * 1024 * 1024;

export interface Progress {
  /** The inputs, counted as they are read. */
  readonly inputs: readonly InputFile[];
  /** Counts bytes of inputs that someone else reads. */
  readonly onRead: (bytes: number) => void;
  /** Removes the bar. */
  stop(): void;
}

/** Shows how far `inputs` are read, if there is a terminal to show it on. */
export function showProgress(inputs: readonly InputFile[]): Progress {
  const total = inputs.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const pointless = !process.stderr.isTTY || process.stdout.isTTY || total < WORTH_A_BAR;
  if (pointless) return { inputs, onRead: () => undefined, stop: () => undefined };
  const format = '{bar} {percentage}% of {total} MB, {eta_formatted} left';
  const bar = new SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, hideCursor: true },
    Presets.shades_grey,
  );
  bar.start(megabytes(total), 0);
  let read = 0;
  const onRead = (bytes: number): void => bar.update(megabytes((read += bytes)));
  return { inputs: inputs.map((input) => countReads(input, onRead)), onRead, stop: () => bar.stop() };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 100_000) / 10;
}

function countReads(input: InputFile, onRead: (bytes: number) => void): InputFile {
  return {
    ...input,
    open: (signal) => {
      const bytes = input.open(signal);
      return bytes === null ? null : tap(bytes, onRead);
    },
  };
}

async function* tap(bytes: AsyncIterable<Uint8Array>, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    onRead(chunk.length);
    yield chunk;
  }
}
