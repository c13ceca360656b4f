// Replays files through the pipeline: identified, duplicates left out, merged in event-time order, committed batch by batch with how
// far the merge has come, so that the same command after a kill goes on where the last commit left off.

import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline as streamPipeline } from 'node:stream/promises';
import { type EventTime } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { type PrefixEvent } from '../incidents/prefix-event.js';
import { type Pipeline } from '../pipeline/pipeline.js';
import { type FileProgress } from '../pipeline/store.js';
import { type RouteEvent } from '../rib/route-event.js';
import { collectorName } from '../sources/collector-name.js';
import { CompressionError, UnsupportedCompressionError } from '../sources/compression.js';
import { decompress } from '../sources/decompress.js';
import { type EventBatch, type ReadCounters, readEvents } from '../sources/event-file.js';
import { type FileIdentity, identifyFile } from '../sources/file-identity.js';
import { fileInput, InputError, type InputFile } from '../sources/input-files.js';
import { Frontier, frontierOf, type MergeInput, mergeFiles } from '../sources/merge.js';

export interface ReplayOptions {
  readonly inputs: readonly InputFile[];
  /** Name of the collector of every input; where absent each input's path tells it. */
  readonly collector?: string;
  readonly pipeline: Pipeline;
  readonly figures: DetectionFigures;
  /** What was read of an input before. */
  readonly known: (collector: string, identity: string) => FileProgress | null;
  /** Where reading is counted, by collector. */
  readonly counters: (collector: string) => ReadCounters;
  readonly onEvents: (events: readonly PrefixEvent[]) => void;
  readonly onDamage: (input: string, damage: string) => void;
  readonly onDuplicate: (input: string, of: string) => void;
  /** Told now and then how far the replay is: event time. */
  readonly onProgress?: (watermark: EventTime) => void;
  readonly signal?: AbortSignal;
}

/** One input of a replay, identified. */
interface ReplayFile {
  readonly input: InputFile;
  readonly collector: string;
  readonly identity: string;
  readonly firstTime: EventTime | null;
  readonly frontier: Frontier | null;
  progress: FileProgress;
}

/** Replays the inputs to their end, or until the signal: then what was applied is committed and the rest can be resumed. */
export async function replayFiles(options: ReplayOptions): Promise<void> {
  const spooled: string[] = [];
  try {
    const { files, newest } = await identifyAll(options, spooled);
    await new Replay(options, files, newest).run();
  } finally {
    for (const folder of spooled) await rm(folder, { recursive: true, force: true });
  }
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #files: readonly ReplayFile[];
  readonly #byInput: ReadonlyMap<string, ReplayFile>;
  readonly #touched = new Set<ReplayFile>();
  #last: RouteEvent | null = null;
  /** The file of the last event. */
  #lastFile: ReplayFile | null = null;
  /** The last record's time of all inputs: the watermark at their end. */
  #newest: EventTime;

  constructor(options: ReplayOptions, files: readonly ReplayFile[], newest: EventTime) {
    this.#options = options;
    this.#files = files;
    this.#newest = newest;
    this.#byInput = new Map(files.map((file) => [`${file.collector} ${file.identity}`, file]));
  }

  async run(): Promise<void> {
    const { pipeline, signal, onProgress = () => undefined } = this.#options;
    const inputs = this.#files.map((file) => this.#mergeInput(file));
    try {
      for await (const run of mergeFiles(inputs)) {
        for (const event of run) this.#apply(event);
        if (pipeline.engine.watermark !== null) onProgress(pipeline.engine.watermark);
        if (signal?.aborted === true) break;
      }
    } catch (error) {
      if (signal?.aborted !== true || error !== signal.reason) throw error; // reading ends so in the midst of a file
    }
    if (signal?.aborted !== true && this.#newest > 0) pipeline.engine.advance(this.#newest, true);
    this.#commit();
  }

  #apply(event: RouteEvent): void {
    const { pipeline } = this.#options;
    const file = this.#fileOf(event);
    if (file.frontier?.isBehind(event) === true) return;
    if (pipeline.isFull(event.order)) this.#commit();
    pipeline.engine.advance(event.order);
    pipeline.apply(event);
    this.#last = event;
  }

  #fileOf({ collector, input }: RouteEvent): ReplayFile {
    const last = this.#lastFile;
    if (last !== null && last.collector === collector && last.identity === input) return last;
    const file = this.#byInput.get(`${collector} ${input}`)!;
    this.#touched.add(file);
    return (this.#lastFile = file);
  }

  /** One transaction: what changed, and the frontier of every file that is being read. */
  #commit(): void {
    const { pipeline, onEvents } = this.#options;
    const frontier = this.#last === null ? null : frontierOf(this.#last);
    const files = [...this.#touched].map((file) => {
      if (!file.progress.complete && frontier !== null) file.progress = { ...file.progress, frontier };
      return file.progress;
    });
    for (const file of [...this.#touched]) if (file.progress.complete) this.#touched.delete(file);
    onEvents(pipeline.commit(files));
  }

  #mergeInput(file: ReplayFile): MergeInput {
    return {
      firstTime: file.firstTime ?? 0,
      open: () => this.#read(file),
      onEnd: (last) => this.#ended(file, last),
    };
  }

  #read(file: ReplayFile): AsyncGenerator<EventBatch> {
    const { pipeline, figures, counters, onDamage, signal } = this.#options;
    return readEvents({
      source: file.input,
      collector: file.collector,
      identity: file.identity,
      file: file.input.baseName,
      related: pipeline.engine.policies,
      figures: { ...figures.order, quiet: figures.transfer.quiet },
      counters: counters(file.collector),
      onDamage: (damage) => {
        file.progress = { ...file.progress, damage: file.progress.damage ?? damage };
        onDamage(file.input.name, damage);
      },
      ...(signal && { signal }),
    });
  }

  #ended(file: ReplayFile, last: EventBatch | null): void {
    const { records = 0, offset = 0, newest = null } = last ?? {};
    file.progress = { ...file.progress, records, offset, lastTime: newest, complete: true };
    this.#newest = Math.max(this.#newest, newest ?? 0);
    this.#touched.add(file);
  }
}

/**
 * Identifies every input; what was read before, or is given twice, is left out. `newest` is the last record's time of what was read
 * before: a resumed replay must end where an undisturbed one does.
 */
async function identifyAll(
  options: ReplayOptions,
  spooled: string[],
): Promise<{ files: readonly ReplayFile[]; newest: EventTime }> {
  const found = new Map<string, ReplayFile>();
  let newest: EventTime = 0;
  for (const given of options.inputs) {
    const input = given.size === null ? await spoolInput(given, spooled, options.signal) : given;
    const { identity, firstTime } = await identified(input, options.signal);
    const collector = options.collector ?? collectorName(given.location);
    const known = options.known(collector, identity);
    if (known?.complete === true) {
      newest = Math.max(newest, known.lastTime ?? 0);
      options.onDuplicate(given.name, known.name);
      continue;
    }
    const progress = known ?? newProgress(collector, identity, input.baseName, firstTime);
    const frontierText = known?.frontier ?? null;
    const frontier = frontierText === null ? null : new Frontier(frontierText);
    const file: ReplayFile = { input, collector, identity, firstTime, frontier, progress };
    const key = `${collector} ${identity}`;
    const twin = found.get(key);
    const chosen = twin === undefined ? file : await longer(twin, file, options.signal);
    if (twin !== undefined) options.onDuplicate((chosen === twin ? file : twin).input.name, chosen.input.name);
    found.set(key, chosen);
  }
  return { files: [...found.values()], newest };
}

/** @throws InputError, with its name, where an input is in a compression that is not unpacked here. */
async function identified(input: InputFile, signal: AbortSignal | undefined): Promise<FileIdentity> {
  try {
    return await identifyFile(input, signal);
  } catch (error) {
    if (!(error instanceof UnsupportedCompressionError)) throw error;
    throw new InputError(input.name, error.message, { cause: error });
  }
}

function newProgress(collector: string, identity: string, name: string, firstTime: EventTime | null): FileProgress {
  return {
    collector,
    identity,
    name,
    firstTime,
    lastTime: null,
    records: 0,
    offset: 0,
    frontier: null,
    complete: false,
    storedBytes: null,
    damage: null,
  };
}

/** Standard input, a URL or a FIFO can be read once only: it is copied to a file first, since it is looked at twice. */
async function spoolInput(given: InputFile, spooled: string[], signal: AbortSignal | undefined): Promise<InputFile> {
  const folder = await mkdtemp(join(tmpdir(), 'peerwatch-'));
  spooled.push(folder);
  const path = join(folder, 'input');
  await streamPipeline(given.open(signal) ?? [], createWriteStream(path));
  return {
    ...fileInput(path, (await stat(path)).size),
    name: given.name,
    baseName: given.baseName,
    location: given.location,
  };
}

async function unpackedLength(input: InputFile, signal: AbortSignal | undefined): Promise<number> {
  let length = 0;
  try {
    for await (const chunk of decompress(input, signal === undefined ? {} : { signal })) length += chunk.length;
  } catch (error) {
    if (!(error instanceof CompressionError)) throw error;
  }
  return length;
}

/** Of two inputs that begin alike the longer one; of two of one length the first by name. */
async function longer(a: ReplayFile, b: ReplayFile, signal: AbortSignal | undefined): Promise<ReplayFile> {
  const [lengthA, lengthB] = [await unpackedLength(a.input, signal), await unpackedLength(b.input, signal)];
  if (lengthA !== lengthB) return lengthA > lengthB ? a : b;
  return a.input.baseName <= b.input.baseName ? a : b;
}
