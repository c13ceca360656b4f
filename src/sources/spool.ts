// The spool: a folder that MRT files are dropped into, one sub-folder a collector (product.md section 5). Files come in the order of
// their first records. A file renamed into place is complete at once; one written in place is read as it grows, and complete when it
// ends cleanly and was unchanged for 30 s, or when a later one of its collector is there. Names that start with `.` or end in
// `.tmp` or `.part` are not looked at. Which files were read before, and what becomes of them, is for the owner to say.

import { type BigIntStats, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type EventTime } from '../ip/event-time.js';
import { ArrivalWatch } from './arrival-watch.js';
import { collectorName } from './collector-name.js';
import { UnsupportedCompressionError } from './compression.js';
import { type FileIdentity, identifyFile } from './file-identity.js';
import { GrowingFile } from './growing-file.js';
import { fileInput, InputError } from './input-files.js';
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
  /** Told while a collector's files are looked at: not idle, and not stuck. */
  readonly onTurn?: (collector: string) => void;
  /** Told once of a file that is not read, and why; again when the file has changed. */
  readonly onUnreadable?: (path: string, error: Error) => void;
}

/** A file of the spool, as it is found. */
export interface SpoolFile {
  readonly path: string;
  readonly baseName: string;
  readonly collector: string;
  /** Of what is there now; a file of less than a MiB may still become another's copy. */
  readonly identity: FileIdentity;
  /** Names the file while it may still grow, and its events: the base name and the time of its first record. */
  readonly input: string;
  readonly source: GrowingFile;
}

/** A version of a file that was not finished when it was found. */
interface Candidate {
  readonly path: string;
  readonly baseName: string;
  readonly collector: string;
  readonly ino: bigint;
  /** What tells this content from another: inode, size, and the time of the last change. */
  readonly version: string;
  identity: FileIdentity | null;
  /** The stored size that was found to end cleanly, or not: looked at once. */
  judged: { readonly size: number; readonly clean: boolean } | null;
}

type Identified = Candidate & { readonly identity: FileIdentity & { readonly firstTime: EventTime } };

/** A rename sets a file's ctime and leaves its mtime, as `cp -p` and `rsync -t` do at their end; a chmod right after a write does too. */
const RENAMED_AFTER_NS = 1_000_000_000n;

export class Spool {
  readonly #options: Required<Omit<SpoolOptions, 'collector'>> & { readonly collector: string | null };
  readonly #arrivals = new ArrivalWatch();
  /** Files that were read, by path: inode and how many bytes, so that one that grows on is read on. */
  readonly #finished = new Map<string, string>();
  /** Files that cannot be read, by path: which version. */
  readonly #unreadable = new Map<string, string>();
  /** Inodes seen under a name of an unfinished file. */
  #unfinished = new Set<bigint>();
  readonly #candidates = new Map<string, Candidate>();

  constructor(options: SpoolOptions) {
    const nothing = (): void => undefined;
    this.#options = {
      pollMs: 1000,
      settleMs: 30_000,
      onIdle: nothing,
      onTurn: nothing,
      onUnreadable: nothing,
      ...options,
    };
  }

  /** Every collector once, as soon as a file of it is there. Ends with the signal. */
  async *collectors(signal: AbortSignal): AsyncGenerator<string> {
    const seen = new Set<string>();
    try {
      while (!signal.aborted) {
        for (const { collector } of this.#scan(null)) {
          if (seen.has(collector)) continue;
          seen.add(collector);
          yield collector;
        }
        if (seen.size === 0) this.#options.onIdle('');
        await this.#pause(signal);
      }
    } finally {
      this.#arrivals.close();
    }
  }

  /** The files of a collector, in the order of their first records, as they come. Each is asked for when the one before is done. */
  async *files(collector: string, signal: AbortSignal): AsyncGenerator<SpoolFile> {
    while (!signal.aborted) {
      const first = (await this.#pending(collector, signal)).at(0);
      if (first !== undefined) {
        yield this.#opened(first, signal);
        continue;
      }
      this.#options.onIdle(collector);
      await this.#pause(signal);
    }
  }

  /** Not to be yielded again, unless it holds more than was read, or another file takes its name. */
  finish({ path, source }: SpoolFile): void {
    const stat = statOf(path);
    const ino = this.#candidates.get(path)?.ino ?? stat?.ino;
    if (stat !== undefined) this.#finished.set(path, readVersion(ino, source.position || stat.size));
    this.#candidates.delete(path);
  }

  /** To be looked at anew: it is not what it was. */
  forget({ path }: SpoolFile): void {
    this.#candidates.delete(path);
  }

  #pause(signal: AbortSignal): Promise<void> {
    return wait(this.#options.pollMs, undefined, { signal }).catch(() => undefined);
  }

  #opened(candidate: Identified, signal: AbortSignal): SpoolFile {
    const { path, baseName, collector, identity } = candidate;
    const { pollMs, onIdle } = this.#options;
    const source: GrowingFile = new GrowingFile(path, {
      pollMs,
      onIdle: () => onIdle(collector),
      isComplete: (unchangedMs) => this.#isComplete(candidate, source.position, { unchangedMs, signal }),
    });
    const seconds = Math.floor(identity.firstTime / 1_000_000);
    return { path, baseName, collector, identity, input: `${baseName}@${seconds}`, source };
  }

  /** The collector's unfinished files that hold a record, by the time of the first, then by name. */
  async #pending(collector: string, signal: AbortSignal): Promise<Identified[]> {
    const pending: Identified[] = [];
    for (const found of this.#scan(collector)) {
      const known = this.#candidates.get(found.path);
      const candidate = known?.ino === found.ino ? known : found;
      this.#candidates.set(found.path, candidate);
      if (!isIdentified(candidate)) await this.#identify(candidate, found, signal);
      if (isIdentified(candidate)) pending.push(candidate);
    }
    return pending.sort((a, b) => a.identity.firstTime - b.identity.firstTime || (a.baseName < b.baseName ? -1 : 1));
  }

  async #identify(candidate: Candidate, { path, collector, version }: Candidate, signal: AbortSignal): Promise<void> {
    this.#options.onTurn(collector);
    if (this.#unreadable.get(path) === version) return;
    let fault: Error | null = null;
    try {
      candidate.identity = await identifyFile(fileInput(path, null), signal);
      const { firstTime, bytes } = candidate.identity;
      if (firstTime === null && bytes > 0 && this.#isStill(candidate))
        fault = new InputError(path, 'it begins with no MRT record');
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof InputError || error instanceof UnsupportedCompressionError)) throw error;
      if (statOf(path) !== undefined) fault = error;
    }
    if (fault === null) return;
    this.#unreadable.set(path, version);
    this.#options.onUnreadable(path, fault);
  }

  async #isComplete(
    candidate: Identified,
    size: number,
    { unchangedMs, signal }: { readonly unchangedMs: number; readonly signal: AbortSignal },
  ): Promise<boolean> {
    if (this.#isRenamedIn(candidate)) return true;
    const { path, collector, identity } = candidate;
    const pending = await this.#pending(collector, signal);
    if (pending.some((other) => other.path !== path && other.identity.firstTime >= identity.firstTime)) return true;
    if (unchangedMs < this.#options.settleMs) return false;
    if (candidate.judged?.size !== size) candidate.judged = { size, clean: await this.#endsCleanly(candidate, signal) };
    return candidate.judged.clean;
  }

  #isRenamedIn({ path, ino }: Candidate): boolean {
    const stat = statOf(path);
    if (stat?.ino !== ino) return false;
    const apart = stat.ctimeNs - stat.mtimeNs > RENAMED_AFTER_NS;
    return apart || this.#unfinished.has(ino) || this.#arrivals.isMovedIn(path);
  }

  /** True where nobody writes to it: renamed in, or unchanged for long. */
  #isStill(candidate: Candidate): boolean {
    const stat = statOf(candidate.path);
    const isOld = stat !== undefined && Date.now() - Number(stat.mtimeMs) >= this.#options.settleMs;
    return isOld || this.#isRenamedIn(candidate);
  }

  /** True where the file, as it is now, ends on a record and on the end of its compression. */
  async #endsCleanly({ path, collector }: Candidate, signal: AbortSignal): Promise<boolean> {
    const records = readMrtRecords(fileInput(path, null), { signal });
    for await (const batch of records) if ([...batch].length > 0) this.#options.onTurn(collector);
    return records.losses === 0;
  }

  /** The files of a collector, or of all, that are there now and not finished. */
  #scan(only: string | null): Candidate[] {
    const { directory, collector } = this.#options;
    this.#arrivals.add(directory);
    const found: Candidate[] = [];
    const unfinished = only === null ? new Set<bigint>() : this.#unfinished;
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (!entry.isDirectory()) this.#look(path, collector ?? collectorName(path), { only, found, unfinished });
      else if (!entry.name.startsWith('.')) {
        this.#arrivals.add(path);
        if (only !== null && entry.name !== only) continue;
        for (const inner of namesIn(path)) this.#look(join(path, inner), entry.name, { only, found, unfinished });
      }
    }
    this.#unfinished = unfinished;
    return found;
  }

  /** Adds the file to `found` where it is to be read. */
  #look(
    path: string,
    collector: string,
    { only, found, unfinished }: { only: string | null; found: Candidate[]; unfinished: Set<bigint> },
  ): void {
    if (only !== null && collector !== only) return;
    const baseName = basename(path);
    const isUnfinished = baseName.startsWith('.') || baseName.endsWith('.tmp') || baseName.endsWith('.part');
    const stat = statOf(path);
    if (stat?.isFile() !== true) return;
    const { ino, size, ctimeNs } = stat;
    if (isUnfinished || this.#unfinished.has(ino)) unfinished.add(ino);
    if (isUnfinished || this.#finished.get(path) === readVersion(ino, size)) return;
    const version = `${readVersion(ino, size)} ${ctimeNs}`;
    found.push({ path, baseName, collector, ino, version, identity: null, judged: null });
  }
}

function readVersion(ino: bigint | undefined, size: number | bigint): string {
  return `${ino ?? 0n} ${size}`;
}

function statOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

/** What is in a folder; nothing where it has just gone. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isIdentified(candidate: Candidate): candidate is Identified {
  return typeof candidate.identity?.firstTime === 'number';
}
