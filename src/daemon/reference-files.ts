// Reads the files of reference data that the configuration names, in any compression, as they come: VRPs and ASPAs (`detection.rpki.files`)
// with their local exceptions (`detection.rpki.slurm`), and AS relationships (`detection.relationships`). What is wrong with an entry
// costs the entry; a file that cannot be read to its end, or that is cut short, is not used at all. What becomes of it: reference-assembly.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type PolicyTable } from '../detection/policy.js';
import { type ReferenceData } from '../detection/reference-data.js';
import { RelationshipReader } from '../relations/as-relationships.js';
import { PayloadReader } from '../rpki/payload-file.js';
import { parseSlurm, SlurmSyntaxError } from '../rpki/slurm.js';
import { CompressionError, UnsupportedCompressionError } from '../sources/compression.js';
import { decompress } from '../sources/decompress.js';
import { fileInput, InputError } from '../sources/input-files.js';
import { assembleReference, type NamedPayloads, payloadCounts, type ReferenceParts } from './reference-assembly.js';

/** The paths, as the configuration has them. */
export interface ReferencePaths {
  readonly rpki: { readonly files: readonly string[]; readonly slurm: readonly string[] };
  readonly relationships: string | null;
}

/** What was wrong with a file. */
export interface ReferenceFault {
  readonly file: string;
  /** `line 3`, `roas[17]`; null where the file as a whole was not used. */
  readonly place: string | null;
  readonly reason: string;
}

/** What the files hold, before anybody asks which of it is wanted. */
export interface ReferenceContents extends ReferenceParts {
  /** By path. */
  readonly payloads: ReadonlyMap<string, NamedPayloads>;
  /** Of each file the first, and one that counts those beyond. */
  readonly faults: readonly ReferenceFault[];
  /** True where a file as a whole was not used. */
  readonly incomplete: boolean;
}

export interface LoadedReference {
  readonly data: ReferenceData;
  readonly faults: readonly ReferenceFault[];
  readonly incomplete: boolean;
}

/** Every path of the configuration; the relationships last. */
export function pathsOf({ rpki, relationships }: ReferencePaths): readonly string[] {
  return [...rpki.files, ...rpki.slurm, ...(relationships === null ? [] : [relationships])];
}

/**
 * Reads all files, and makes of them the data for these policies. It is the same in whatever order the configuration names the files.
 * Says nothing of when a VRP expires: a file that is named for a replay stands for the time that is replayed.
 */
export async function loadReference(paths: ReferencePaths, policies: PolicyTable): Promise<LoadedReference> {
  const contents = await readReferenceFiles(paths);
  const { faults, incomplete } = contents;
  return { data: assembleReference(contents, contents.payloads.values(), policies), faults, incomplete };
}

/**
 * Reads all files.
 *
 * @throws the signal's reason.
 */
export async function readReferenceFiles(paths: ReferencePaths, signal?: AbortSignal): Promise<ReferenceContents> {
  const reading = new Reading(signal);
  for (const path of paths.rpki.files) await reading.payloads(path);
  for (const path of paths.rpki.slurm) await reading.slurm(path);
  if (paths.relationships !== null) await reading.relationships(paths.relationships);
  return reading.contents;
}

/** Thrown within, where a file as a whole is not used. */
class UnusableFileError extends Error {}

class Reading {
  readonly #signal: AbortSignal | undefined;
  readonly #faults: ReferenceFault[] = [];
  readonly #payloads = new Map<string, NamedPayloads>();
  readonly #slurms: ReferenceParts['slurms'][number][] = [];
  #relationships: ReferenceParts['relationships'] = null;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  payloads(path: string): Promise<void> {
    return this.#attempt(path, async () => {
      const reader = new PayloadReader();
      const digest = await this.#read(path, (text) => reader.push(text));
      const { vrps, aspas, byTrustAnchor, generated, unusable, faults, faultCount } = reader.finish();
      if (unusable !== null) throw new UnusableFileError(unusable);
      this.#tell(path, faults, faultCount);
      const time = generated === null ? '' : ` of ${new Date(generated * 1000).toISOString().replace('.000Z', 'Z')}`;
      const counts = payloadCounts(vrps.size, aspas.length, byTrustAnchor);
      this.#payloads.set(path, { version: `RPKI ${digest}${time}`, vrps, aspas, counts, generated });
    });
  }

  slurm(path: string): Promise<void> {
    return this.#attempt(path, async () => {
      let text = '';
      const digest = await this.#read(path, (piece) => (text += piece));
      this.#slurms.push({ version: `SLURM ${digest}`, slurm: parseSlurm(text) });
    });
  }

  relationships(path: string): Promise<void> {
    return this.#attempt(path, async () => {
      const reader = new RelationshipReader();
      let rest = '';
      const digest = await this.#read(path, (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop()!;
        lines.forEach((line) => reader.push(line));
      });
      if (rest !== '') reader.push(rest);
      const { relationships, faults, faultCount } = reader.finish();
      if (relationships.size === 0) throw new UnusableFileError(faults.at(0)?.reason ?? 'it holds no relationship');
      this.#tell(
        path,
        faults.map(({ line, reason }) => ({ place: `line ${line}`, reason })),
        faultCount,
      );
      this.#relationships = { version: `relationships ${digest}`, relationships };
    });
  }

  get contents(): ReferenceContents {
    return {
      payloads: this.#payloads,
      slurms: this.#slurms,
      relationships: this.#relationships,
      faults: this.#faults,
      incomplete: this.#faults.some(({ place }) => place === null),
    };
  }

  /** Gives the text of a file, piece by piece. @returns the first 12 hex digits of the SHA-256 of its unpacked bytes. */
  async #read(path: string, onText: (text: string) => void): Promise<string> {
    const hash = createHash('sha256');
    const decoder = new TextDecoder();
    const source = fileInput(path, null);
    for await (const chunk of decompress(source, this.#signal === undefined ? {} : { signal: this.#signal })) {
      hash.update(chunk);
      onText(decoder.decode(chunk, { stream: true }));
    }
    onText(decoder.decode());
    return hash.digest('hex').slice(0, 12);
  }

  async #attempt(file: string, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      this.#signal?.throwIfAborted();
      const isFault =
        error instanceof InputError ||
        error instanceof CompressionError ||
        error instanceof UnsupportedCompressionError ||
        error instanceof SlurmSyntaxError ||
        error instanceof UnusableFileError;
      if (!isFault) throw error;
      const reason = error instanceof InputError ? reasonOf(error) : error.message;
      this.#faults.push({ file, place: null, reason });
    }
  }

  #tell(file: string, faults: readonly { readonly place: string; readonly reason: string }[], count: number): void {
    this.#faults.push(...faults.map((fault) => ({ file, ...fault })));
    const more = count - faults.length;
    if (more > 0) this.#faults.push({ file, place: 'further on', reason: `${more} more entries cannot be read` });
  }
}

/** `no such file or directory`, without the path, which stands beside it. */
function reasonOf({ message, input }: InputError): string {
  return message.replace(`Cannot read ${input}: `, '');
}

/** `vrps.json, roas[17]: "x" is no AS number`, the path as its base name. */
export function formatReferenceFault({ file, place, reason }: ReferenceFault): string {
  return `${basename(file)}${place === null ? ' is not used' : `, ${place}`}: ${reason}`;
}
