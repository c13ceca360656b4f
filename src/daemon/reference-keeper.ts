// Keeps the reference data of a daemon current: reads the files at the start, at SIGHUP, when one of them changes and when the registry does,
// since only VRPs of registered prefixes are held. What is wrong with a file is logged. One that cannot be used leaves the data in force.

import { statSync } from 'node:fs';
import { type PolicyTable } from '../detection/policy.js';
import { noReferenceData, type ReferenceData } from '../detection/reference-data.js';
import { loadReference, pathsOf, type ReferencePaths } from './reference-files.js';

/** What this logs with. */
export interface ReferenceLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export class ReferenceKeeper {
  readonly #logger: ReferenceLogger;
  #data: ReferenceData = noReferenceData;
  /** The paths that `#data` is of. */
  #of = '';
  /** What the files looked like when they were read last, and when they were looked at last. */
  #read = '';
  #seen = '';

  constructor(logger: ReferenceLogger) {
    this.#logger = logger;
  }

  /** The data in force. */
  get data(): ReferenceData {
    return this.#data;
  }

  /** True where a file changed since it was read, and not since the last call: nobody is writing it now. */
  hasChanged(paths: ReferencePaths): boolean {
    const before = this.#seen;
    this.#seen = looksOf(paths);
    return this.#seen !== this.#read && this.#seen === before;
  }

  /**
   * Reads the files. Where one cannot be used, what is in force stays, or where that is of other files, what could be read is taken.
   *
   * @returns the data in force from now on.
   * @throws the signal's reason.
   */
  async load(paths: ReferencePaths, policies: PolicyTable, signal: AbortSignal): Promise<ReferenceData> {
    const of = pathsOf(paths).join('\0');
    const looks = looksOf(paths);
    const began = performance.now();
    const { data, faults, incomplete } = await loadReference(paths, policies, signal);
    this.#read = looks;
    for (const { file, place, reason } of faults) {
      if (place === null) this.#logger.error({ file, reason }, 'the file cannot be used');
      else this.#logger.warn({ file, place, reason }, 'an entry cannot be read; left out');
    }
    if (incomplete && of === this.#of) {
      this.#logger.error({ version: this.#data.version }, 'the reference data stays as it was');
      return this.#data;
    }
    [this.#of, this.#data] = [of, data];
    if (of !== '') {
      const { version, vrps, aspas, relationships } = data;
      const sizes = {
        vrps: vrps?.size ?? null,
        aspas: aspas?.size ?? null,
        relationships: relationships?.size ?? null,
      };
      this.#logger.info({ version, ...sizes, seconds: (performance.now() - began) / 1000 }, 'reference data read');
    }
    return this.#data;
  }
}

/** Place, size and times of every file; what is not there looks empty. */
function looksOf(paths: ReferencePaths): string {
  return pathsOf(paths)
    .map((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
    })
    .join('\0');
}
