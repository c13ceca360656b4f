// The FILE arguments of a command as inputs that can be opened: a path, a directory (its files and those of its sub-folders, ordered by
// the time of their first record, then by name), an http or https URL (streamed), or `-` for standard input. Names never tell what a file
// holds; but names that a spool's writers give to unfinished files (`.x`, `x.tmp`, `x.part`) are passed over in directories.

import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import process from 'node:process';
import { CompressionError, UnsupportedCompressionError } from './compression.js';
import { type ByteSource, decompress } from './decompress.js';
import { READ_SIZE, readChunks } from './file-chunks.js';
import { fileErrorReason } from './file-error.js';

/** What of an input that can be read only once is kept, so that a fault in its compression can be looked at twice. */
const REMEMBERED = 16 * 1024 * 1024;

/** One input of a command. */
export interface InputFile extends ByteSource {
  /** As the user named it; a file of a directory has the directory in front. */
  readonly name: string;
  /** The last part of the name: what evidence carries. */
  readonly baseName: string;
  /** The absolute path or the URL: what tells the collector. `-` for standard input. */
  readonly location: string;
  /** Bytes as stored, null where that is not known beforehand. */
  readonly size: number | null;
}

/** Thrown where an input cannot be read at all. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly code = 'ERR_INPUT';
  readonly input: string;

  constructor(input: string, reason: string, options?: ErrorOptions) {
    super(`Cannot read ${input}: ${reason}`, options);
    this.input = input;
  }
}

/**
 * The inputs that `names` stand for, in their order; a directory's files come in its place. Nothing but the beginnings of the files of
 * directories is read.
 *
 * @throws InputError where a path is not there, is neither file nor directory, or `-` is given twice.
 */
export async function expandInputs(names: readonly string[], signal?: AbortSignal): Promise<InputFile[]> {
  if (names.filter((name) => name === '-').length > 1) throw new InputError('-', 'standard input is named twice');
  const inputs: InputFile[] = [];
  for (const name of names) inputs.push(...(await expandOne(name, signal)));
  return inputs;
}

async function expandOne(name: string, signal: AbortSignal | undefined): Promise<InputFile[]> {
  if (name === '-') return [standardInput()];
  if (/^https?:\/\//i.test(name)) return [urlInput(name)];
  if (name === '') throw new InputError('""', 'it is an empty name');
  const found = await stat(name).catch((error: unknown) => {
    throw new InputError(name, fileErrorReason(error), { cause: error });
  });
  if (found.isDirectory()) return directoryInputs(name, signal);
  return [found.isFile() ? fileInput(name, found.size) : pipeInput(name)];
}

async function directoryInputs(folder: string, signal: AbortSignal | undefined): Promise<InputFile[]> {
  const dated: { input: InputFile; time: number }[] = [];
  for await (const { path, size } of filesBelow(folder)) {
    const input = fileInput(path, size);
    dated.push({ input, time: await firstRecordTime(input, signal) });
  }
  dated.sort((a, b) => a.time - b.time || (a.input.baseName < b.input.baseName ? -1 : 1));
  return dated.map(({ input }) => input);
}

/** The files of a folder and of its sub-folders. */
async function* filesBelow(folder: string): AsyncGenerator<{ readonly path: string; readonly size: number }> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('.') || name.endsWith('.tmp') || name.endsWith('.part')) continue;
    const path = join(folder, name);
    const found = await stat(path);
    if (found.isDirectory()) yield* filesBelow(path);
    else if (found.isFile()) yield { path, size: found.size };
  }
}

/** Seconds of the first record; infinity where there is none, so that what cannot be read is said last. */
async function firstRecordTime(input: InputFile, signal: AbortSignal | undefined): Promise<number> {
  try {
    for await (const chunk of decompress(input, signal === undefined ? {} : { signal })) {
      if (chunk.length < 4) break;
      return new DataView(chunk.buffer, chunk.byteOffset, 4).getUint32(0);
    }
  } catch (error) {
    if (!(error instanceof CompressionError || error instanceof UnsupportedCompressionError)) throw error;
  }
  return Infinity;
}

/** A file by its path. */
export function fileInput(path: string, size: number | null): InputFile {
  const open = (signal?: AbortSignal): AsyncIterable<Uint8Array> => readOrExplain(path, readChunks(path, signal));
  return { name: path, baseName: basename(path), location: resolve(path), size, open };
}

function urlInput(url: string): InputFile {
  const open = (signal?: AbortSignal): AsyncIterable<Uint8Array> => readOrExplain(url, fetchBytes(url, signal));
  return { name: url, baseName: basename(new URL(url).pathname), location: url, size: null, open };
}

async function* fetchBytes(url: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const response = await fetch(url, signal === undefined ? {} : { signal });
  if (!response.ok) throw new InputError(url, `the server answers ${response.status} ${response.statusText}`.trim());
  if (response.body !== null) yield* response.body as AsyncIterable<Uint8Array>;
}

/** A FIFO, a device or a `<(command)`: what was read of it is gone, and opening it again waits for a writer that never comes. */
function pipeInput(path: string): InputFile {
  const bytes = new Remembered((signal) =>
    createReadStream(path, { highWaterMark: READ_SIZE, ...(signal && { signal }) }),
  );
  const open = (signal?: AbortSignal): AsyncIterable<Uint8Array> | null => bytes.open(path, signal);
  return { name: path, baseName: basename(path), location: resolve(path), size: null, open };
}

function standardInput(): InputFile {
  const bytes = new Remembered(() => process.stdin);
  return { name: '-', baseName: '-', location: '-', size: null, open: () => bytes.open('standard input') };
}

/** A stream that can be read once, of which the beginning is kept for further looks. */
class Remembered {
  readonly #start: (signal?: AbortSignal) => AsyncIterable<Uint8Array>;
  #stream: AsyncIterator<Uint8Array> | null = null;
  #chunks: Uint8Array[] | null = [];
  #length = 0;

  /** @param start begins to read, at the first `open`, whose signal ends it. */
  constructor(start: (signal?: AbortSignal) => AsyncIterable<Uint8Array>) {
    this.#start = start;
  }

  /** The bytes from the beginning, those not read yet included; null where too many were read to be kept. */
  open(name: string, signal?: AbortSignal): AsyncIterable<Uint8Array> | null {
    return this.#chunks === null ? null : readOrExplain(name, this.#read(this.#chunks, signal));
  }

  async *#read(kept: readonly Uint8Array[], signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    yield* [...kept];
    this.#stream ??= this.#start(signal)[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.#stream.next();
      if (next.done === true) return;
      this.#length += next.value.length;
      if (this.#length > REMEMBERED) this.#chunks = null;
      this.#chunks?.push(next.value);
      yield next.value;
    }
  }
}

async function* readOrExplain(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    if (error instanceof InputError || (error instanceof Error && error.name === 'AbortError')) throw error;
    throw new InputError(name, fileErrorReason(error), { cause: error });
  }
}
