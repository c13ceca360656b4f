// Reads the files of reference data that the configuration names, in any compression, as they come: VRPs and ASPAs (`detection.rpki.files`)
// with their local exceptions (`detection.rpki.slurm`), and AS relationships (`detection.relationships`). Of VRPs only those are kept that
// are related to a registered prefix, so that another registry may need them read again. What is wrong with an entry costs the entry;
// a file that cannot be read to its end, or that is cut short, is not used at all.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type PolicyTable } from '../detection/policy.js';
import { type ReferenceData } from '../detection/reference-data.js';
import { RelationshipReader } from '../relations/as-relationships.js';
import { type Aspa, AspaTable } from '../rpki/aspa-table.js';
import { PayloadReader } from '../rpki/payload-file.js';
import { exceptAspas, exceptVrps, parseSlurm, type Slurm, SlurmSyntaxError } from '../rpki/slurm.js';
import { type Vrp, VrpTable } from '../rpki/vrp-table.js';
import { CompressionError, UnsupportedCompressionError } from '../sources/compression.js';
import { decompress } from '../sources/decompress.js';
import { fileInput, InputError } from '../sources/input-files.js';

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

export interface LoadedReference {
  readonly data: ReferenceData;
  /** Of each file the first, and one that counts those beyond. */
  readonly faults: readonly ReferenceFault[];
  /** True where a file as a whole was not used. */
  readonly incomplete: boolean;
}

/** Every path of the configuration; the relationships last. */
export function pathsOf({ rpki, relationships }: ReferencePaths): readonly string[] {
  return [...rpki.files, ...rpki.slurm, ...(relationships === null ? [] : [relationships])];
}

/**
 * Reads all files. The result is the same in whatever order the configuration names them.
 *
 * @throws the signal's reason.
 */
export async function loadReference(
  paths: ReferencePaths,
  policies: PolicyTable,
  signal?: AbortSignal,
): Promise<LoadedReference> {
  const loading = new Loading(policies, signal);
  for (const path of paths.rpki.files) await loading.payloads(path);
  for (const path of paths.rpki.slurm) await loading.slurm(path);
  if (paths.relationships !== null) await loading.relationships(paths.relationships);
  return loading.finish();
}

/** Thrown within, where a file as a whole is not used. */
class UnusableFileError extends Error {}

class Loading {
  readonly #policies: PolicyTable;
  readonly #signal: AbortSignal | undefined;
  readonly #faults: ReferenceFault[] = [];
  readonly #versions: string[] = [];
  #vrps: Vrp[] | null = null;
  #aspas: Aspa[] = [];
  readonly #slurms: { readonly digest: string; readonly slurm: Slurm }[] = [];
  #relationships: ReferenceData['relationships'] = null;

  constructor(policies: PolicyTable, signal: AbortSignal | undefined) {
    this.#policies = policies;
    this.#signal = signal;
  }

  payloads(path: string): Promise<void> {
    return this.#attempt(path, async () => {
      const reader = new PayloadReader((prefix) => this.#policies.isRelated(prefix));
      const digest = await this.#read(path, (text) => reader.push(text));
      const { vrps, aspas, generated, unusable, faults, faultCount } = reader.finish();
      if (unusable !== null) throw new UnusableFileError(unusable);
      this.#tell(path, faults, faultCount);
      this.#vrps = [...(this.#vrps ?? []), ...vrps];
      this.#aspas = [...this.#aspas, ...aspas];
      const time = generated === null ? '' : ` of ${new Date(generated * 1000).toISOString().replace('.000Z', 'Z')}`;
      this.#versions.push(`RPKI ${digest}${time}`);
    });
  }

  slurm(path: string): Promise<void> {
    return this.#attempt(path, async () => {
      let text = '';
      const digest = await this.#read(path, (piece) => (text += piece));
      this.#slurms.push({ digest, slurm: parseSlurm(text) });
      this.#versions.push(`SLURM ${digest}`);
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
      this.#relationships = relationships;
      this.#versions.push(`relationships ${digest}`);
    });
  }

  finish(): LoadedReference {
    const slurms = this.#slurms.map(({ slurm }) => slurm);
    const isWanted = ({ prefix }: Vrp): boolean => this.#policies.isRelated(prefix);
    const all = joined(slurms);
    const vrps = this.#vrps === null && all.vrps.length === 0 ? null : [...exceptVrps(this.#vrps ?? [], all)];
    const aspas = [...exceptAspas(this.#aspas, all)];
    return {
      data: {
        vrps: vrps === null ? null : new VrpTable(vrps.filter(isWanted)),
        aspas: aspas.length === 0 ? null : new AspaTable(aspas),
        relationships: this.#relationships,
        version: this.#versions.sort().join(', '),
      },
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

/** Several files of local exceptions as one: all filters, then all assertions. */
function joined(slurms: readonly Slurm[]): Slurm {
  return {
    prefixFilters: slurms.flatMap(({ prefixFilters }) => prefixFilters),
    aspaFilters: slurms.flatMap(({ aspaFilters }) => aspaFilters),
    vrps: slurms.flatMap(({ vrps }) => vrps),
    aspas: slurms.flatMap(({ aspas }) => aspas),
  };
}

/** `vrps.json, roas[17]: "x" is no AS number`, the path as its base name. */
export function formatReferenceFault({ file, place, reason }: ReferenceFault): string {
  return `${basename(file)}${place === null ? ' is not used' : `, ${place}`}: ${reason}`;
}
