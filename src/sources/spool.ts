// The spool: a folder that MRT files are dropped into, one sub-folder a collector (product.md section 5). Files come in the order of
// their first records. A file renamed into place is complete at once; one written in place is read as it grows, and complete when it
// ends cleanly and was unchanged for 30 s, or when a later one of its collector is there. Names that start with `.` or end in
// `.tmp` or `.part` are not looked at. Which files were read before, and what becomes of them, is for the owner to say.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type EventTime } from '../ip/event-time.js';
import { collectorName } from './collector-name.js';
import { type FileIdentity, identifyFile } from './file-identity.js';
import { GrowingFile } from './growing-file.js';
import { fileInput } from './input-files.js';
import { readMrtRecords } from './mrt-records.js';

export interface SpoolOptions {
  readonly directory: string;
  /** Collector of the files directly in the folder; null = told by their names. */
  readonly collector: string | null;
  readonly pollMs?: number;
  /** How long a file written in place must be unchanged. */
  readonly settleMs?: number;
  /** Told when a collector has nothing to read. */
  readonly onIdle?: (collector: string) => void;
}

/** A file of the spool, as it is found. */
export interface SpoolFile {
  readonly path: string;
  readonly baseName: string;
  readonly collector: string;
  readonly identity: FileIdentity;
  /** Names the file while it may still grow, and its events: the base name and the time of its first record. */
  readonly input: string;
  readonly source: GrowingFile;
}

/** What tells one version of a file from another. */
interface Candidate {
  readonly path: string;
  readonly baseName: string;
  readonly collector: string;
  readonly ino: number;
  readonly renamedIn: boolean;
  identity: FileIdentity | null;
}

const RENAMED_AFTER_MS = 1000;

export class Spool {
  readonly #options: Required<Omit<SpoolOptions, 'collector'>> & { readonly collector: string | null };
  /** Files that were read, by path: which version, so that one that grows on is read on. */
  readonly #finished = new Map<string, string>();
  readonly #unfinishedNames = new Set<number>();
  readonly #candidates = new Map<string, Candidate>();

  constructor(options: SpoolOptions) {
    this.#options = { pollMs: 1000, settleMs: 30_000, onIdle: () => undefined, ...options };
  }

  /** Every collector once, as soon as a file of it is there. Ends with the signal. */
  async *collectors(signal: AbortSignal): AsyncGenerator<string> {
    const seen = new Set<string>();
    while (!signal.aborted) {
      for (const { collector } of this.#scan()) {
        if (seen.has(collector)) continue;
        seen.add(collector);
        yield collector;
      }
      if (seen.size === 0) this.#options.onIdle('');
      await wait(this.#options.pollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The files of a collector, in the order of their first records, as they come. Each is asked for when the one before is done. */
  async *files(collector: string, signal: AbortSignal): AsyncGenerator<SpoolFile> {
    while (!signal.aborted) {
      const next = await this.#next(collector, signal);
      if (next !== null) {
        yield next;
        continue;
      }
      this.#options.onIdle(collector);
      await wait(this.#options.pollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Not to be yielded again, unless it grows, or another file takes its name. */
  finish({ path }: SpoolFile): void {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined) this.#finished.set(path, versionOf(stat));
    this.#candidates.delete(path);
  }

  async #next(collector: string, signal: AbortSignal): Promise<SpoolFile | null> {
    const pending = await this.#pending(collector, signal);
    const first = pending.at(0);
    if (first === undefined) return null;
    const { path, baseName } = first;
    const { identity } = first;
    const seconds = Math.floor(identity.firstTime / 1_000_000);
    const source = new GrowingFile(path, {
      pollMs: this.#options.pollMs,
      onIdle: () => this.#options.onIdle(collector),
      isComplete: (unchangedMs) => this.#isComplete(first, unchangedMs, signal),
    });
    return { path, baseName, collector, identity, input: `${baseName}@${seconds}`, source };
  }

  /** The collector's unfinished files that hold a record, by the time of the first, then by name. */
  async #pending(collector: string, signal: AbortSignal): Promise<Identified[]> {
    const pending: Identified[] = [];
    for (const found of this.#scan()) {
      if (found.collector !== collector) continue;
      const known = this.#candidates.get(found.path);
      const candidate = known?.ino === found.ino ? known : found;
      this.#candidates.set(found.path, candidate);
      if (!isIdentified(candidate)) candidate.identity = await identifyFile(fileInput(found.path, null), signal);
      if (isIdentified(candidate)) pending.push(candidate);
    }
    return pending.sort((a, b) => a.identity.firstTime - b.identity.firstTime || (a.baseName < b.baseName ? -1 : 1));
  }

  async #isComplete(candidate: Identified, unchangedMs: number, signal: AbortSignal): Promise<boolean> {
    if (candidate.renamedIn) return true;
    const pending = await this.#pending(candidate.collector, signal);
    if (
      pending.some((other) => other.path !== candidate.path && other.identity.firstTime >= candidate.identity.firstTime)
    )
      return true;
    return unchangedMs >= this.#options.settleMs && endsCleanly(candidate.path, signal);
  }

  /** The files that are there now and not finished. */
  #scan(): Candidate[] {
    const { directory, collector } = this.#options;
    const found: Candidate[] = [];
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.')) {
        for (const inner of readdirSync(path)) this.#add(found, join(path, inner), inner, entry.name);
      } else {
        this.#add(found, path, entry.name, collector ?? collectorName(path));
      }
    }
    return found;
  }

  #add(found: Candidate[], path: string, baseName: string, collector: string): void {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return;
    if (baseName.startsWith('.') || baseName.endsWith('.tmp') || baseName.endsWith('.part')) {
      this.#unfinishedNames.add(stat.ino);
      return;
    }
    if (this.#finished.get(path) === versionOf(stat)) return;
    const renamedIn = this.#unfinishedNames.has(stat.ino) || stat.ctimeMs - stat.mtimeMs > RENAMED_AFTER_MS;
    found.push({ path, baseName, collector, ino: stat.ino, renamedIn, identity: null });
  }
}

function versionOf({ ino, size }: { readonly ino: number; readonly size: number }): string {
  return `${ino} ${size}`;
}

type Identified = Candidate & { readonly identity: FileIdentity & { readonly firstTime: EventTime } };

function isIdentified(candidate: Candidate): candidate is Identified {
  return typeof candidate.identity?.firstTime === 'number';
}

/** True where the file, as it is now, ends on a record and on the end of its compression. */
async function endsCleanly(path: string, signal: AbortSignal): Promise<boolean> {
  const records = readMrtRecords(fileInput(path, null), { signal });
  for await (const batch of records) if (batch.length < 0) break;
  return records.losses.length === 0;
}
