// Keeps the reference data of a daemon current: from files, read at the start, at SIGHUP and when one of them changes; from RTR caches, as they
// say something new; and as time goes by, since VRPs expire, caches that are gone are given up, and a collapse is believed in the end. What
// was read is kept whole, so that another registry only asks for other parts of it. What is wrong is logged; a file that cannot be used
// leaves the data in force. This is the one place where the wall clock meets the data: what follows for routes is for who takes them.

import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type PolicyTable } from '../detection/policy.js';
import { noReferenceData, type ReferenceData } from '../detection/reference-data.js';
import { type RpkiStatus, type StoredPayloads } from '../registry/rpki-state.js';
import { formatVrp } from '../rpki/vrp-table.js';
import { formatCollapses, type Passed, PayloadGate } from './payload-gate.js';
import { restoredPayloads, storedPayloads } from './payload-store.js';
import { assembleReference, type NamedPayloads } from './reference-assembly.js';
import { pathsOf, type ReferenceContents, readReferenceFiles } from './reference-files.js';
import { type RpkiSettings } from './rpki-settings.js';
import { fileStatus, cacheStatus, type SourceView } from './rpki-status.js';
import { RtrCaches, type RtrCache } from './rtr-caches.js';
import { VrpNews } from './vrp-news.js';

/** What this logs with. */
export interface ReferenceLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** What is kept over a restart, and shown by `status`. */
export interface ReferenceStore {
  load(): readonly StoredPayloads[];
  save(payloads: readonly StoredPayloads[]): void;
  saveStatus(status: RpkiStatus): void;
}

export interface ReferenceKeeperOptions {
  readonly logger: ReferenceLogger;
  readonly store: ReferenceStore;
  /** The wall clock, milliseconds since the epoch. */
  readonly now?: () => number;
}

const nothingRead: ReferenceContents = {
  payloads: new Map(),
  slurms: [],
  relationships: null,
  faults: [],
  incomplete: false,
};

export class ReferenceKeeper {
  readonly #logger: ReferenceLogger;
  readonly #store: ReferenceStore;
  readonly #now: () => number;
  readonly #gate = new PayloadGate();
  readonly #caches: RtrCaches;
  readonly news: VrpNews;
  #data: ReferenceData = noReferenceData;
  #contents = nothingRead;
  /** The paths that `#contents` is of; null before the first. */
  #of: string | null = null;
  /** What the files looked like when they were read last, and when they were looked at last. */
  #read = '';
  #seen = '';
  /** When the data become others though nobody says anything, milliseconds. */
  #dueAt = Infinity;
  #views: readonly SourceView[] = [];
  #saved = '';
  #savedStatus = '';
  /** What was said of each source, so that it is said once. */
  readonly #said = new Map<string, string>();

  constructor({ logger, store, now = Date.now }: ReferenceKeeperOptions) {
    this.#logger = logger;
    this.#store = store;
    this.#now = now;
    this.#caches = new RtrCaches({ logger, now });
    this.news = new VrpNews(logger);
  }

  /** The data in force. */
  get data(): ReferenceData {
    return this.#data;
  }

  /** How every source was when it was last looked at, in the order of the configuration. */
  get views(): readonly SourceView[] {
    return this.#views;
  }

  get caches(): readonly RtrCache[] {
    return this.#caches.all;
  }

  /** True where `load` would give something else: a file changed and nobody is writing it now, a cache spoke, or something's time is over. */
  hasChanged(settings: RpkiSettings): boolean {
    const before = this.#seen;
    this.#seen = looksOf(settings);
    const isWritten = this.#seen !== this.#read && this.#seen === before;
    return this.#caches.takeNews() || isWritten || this.#now() >= this.#dueAt;
  }

  /**
   * Reads what changed, and makes the data of it. Where a file cannot be used, what is in force stays, or where that is of other files, what
   * could be read is taken.
   *
   * @param options.trust an operator asks: every file is read, and taken as it is, a collapse too.
   * @returns the data in force from now on.
   * @throws the signal's reason.
   */
  async load(
    settings: RpkiSettings,
    policies: PolicyTable,
    { signal, trust = false }: { readonly signal: AbortSignal; readonly trust?: boolean },
  ): Promise<ReferenceData> {
    const isFirst = this.#of === null;
    this.#caches.configure(settings.rpki.rtr, settings.rpki.maxAge / 1000);
    const of = pathsOf(settings).join('\0');
    if (trust || of !== this.#of || looksOf(settings) !== this.#read) await this.#readFiles(settings, of, signal);
    if (isFirst) this.#restore(settings, policies);
    return this.#settle(settings, policies, trust);
  }

  /** Ends the connections. */
  close(): Promise<void> {
    return this.#caches.close();
  }

  async #readFiles(settings: RpkiSettings, of: string, signal: AbortSignal): Promise<void> {
    const looks = looksOf(settings);
    const began = performance.now();
    const contents = await readReferenceFiles(settings, signal);
    this.#read = looks;
    for (const { file, place, reason } of contents.faults) {
      if (place === null) this.#logger.error({ file, reason }, 'the file cannot be used');
      else this.#logger.warn({ file, place, reason }, 'an entry cannot be read; left out');
    }
    if (contents.incomplete && of === this.#of) {
      this.#logger.error({ version: this.#data.version }, 'the reference data stays as it was');
      return;
    }
    [this.#of, this.#contents] = [of, contents];
    if (of !== '') this.#logger.info({ seconds: (performance.now() - began) / 1000 }, 'reference files read');
  }

  /** What was in force before a restart: caches go on from there, a collapse meanwhile is one, and what came and went is told. */
  #restore(settings: RpkiSettings, policies: PolicyTable): void {
    const known = new Set([...settings.rpki.files, ...this.#caches.all.map(({ name }) => name)]);
    const stored = this.#store.load().filter(({ source }) => known.has(source));
    for (const one of stored) {
      const payloads = restoredPayloads(one);
      this.#gate.restore(one.source, payloads, one.heldSince);
      const { confirmedAt, expiresAt } = one;
      if (confirmedAt !== null && expiresAt !== null)
        this.#caches.restore(one.source, payloads, { confirmedAt, expiresAt });
    }
    if (stored.length === 0) return;
    const before = assembleReference(this.#contents, stored.map(restoredPayloads), policies, this.#now() / 1000);
    this.news.restore(before.vrps, policies);
  }

  /** Makes the data of what is there now. */
  #settle(settings: RpkiSettings, policies: PolicyTable, trust: boolean): ReferenceData {
    const now = this.#now();
    const context = { now, settings: settings.rpki.collapse, trust };
    const current = this.#caches.current(now);
    const isRelated = policies.isRelated.bind(policies);
    const views: SourceView[] = [];
    const passed = (source: string, offered: NamedPayloads): Passed => {
      const pass = this.#gate.pass(source, offered, context);
      this.#sayHeld(source, pass);
      return pass;
    };
    for (const path of settings.rpki.files) {
      const offered = this.#contents.payloads.get(path) ?? null;
      const pass = offered === null ? null : passed(path, offered);
      views.push(fileStatus(path, pass, { now, staleAfterMs: settings.rpki.staleAfter / 1000 }));
    }
    for (const cache of this.#caches.all) {
      const isUsed = cache.name === current?.cache.name;
      const pass = isUsed ? passed(cache.name, namedOf(cache, isRelated)) : null;
      views.push(cacheStatus(cache, pass, now));
    }
    this.#views = views;
    this.#gate.keep(new Set(views.map(({ source }) => source)));
    const used = views.flatMap(({ used: payloads }) => payloads ?? []);
    const data = assembleReference(this.#contents, used, policies, now / 1000);
    this.#sayStates(views);
    const expiry = this.news.tell(data.vrps, policies, { now, notice: settings.rpki.expiryNotice / 1000 });
    this.#dueAt = Math.min(expiry, current?.lookAgainAt ?? Infinity, ...views.map(({ dueAt }) => dueAt));
    if (data.version !== this.#data.version) this.#log(data);
    this.#data = data;
    this.#save(policies);
    return data;
  }

  #log({ version, vrps, aspas, relationships }: ReferenceData): void {
    const sizes = { vrps: vrps?.size ?? null, aspas: aspas?.size ?? null, relationships: relationships?.size ?? null };
    this.#logger.info({ version, ...sizes }, version === '' ? 'no reference data any more' : 'reference data read');
  }

  #sayHeld(source: string, { held, believed }: Passed): void {
    const what = held === null ? '' : formatCollapses(held.collapses);
    if (believed.length > 0)
      this.#logger.warn({ source, reason: formatCollapses(believed) }, 'the RPKI data that fell are believed now');
    if (this.#said.get(`held ${source}`) === what) return;
    this.#said.set(`held ${source}`, what);
    if (held !== null)
      this.#logger.error(
        { source, reason: what, until: new Date(held.until).toISOString() },
        'RPKI data fell too far to be believed; those from before stay in force until it recovers, the hold is over, or SIGHUP',
      );
  }

  /** Says once that a source went stale or expired, and what follows. */
  #sayStates(views: readonly SourceView[]): void {
    for (const { source, status } of views) {
      const before = this.#said.get(source);
      this.#said.set(source, status.state);
      if (before === status.state) continue;
      const details = { source, asOf: status.asOf, reason: status.note };
      if (status.state === 'expired')
        this.#logger.error(details, 'the RPKI data expired and are dropped: routes are judged without them');
      else if (status.state === 'stale') this.#logger.warn(details, 'the RPKI data are stale');
    }
  }

  #save(policies: PolicyTable): void {
    const isRelated = policies.isRelated.bind(policies);
    const payloads = this.#views.flatMap((view) => storedPayloads(view, isRelated) ?? []);
    const text = JSON.stringify(payloads);
    if (text !== this.#saved) this.#store.save(payloads);
    this.#saved = text;
    const status: RpkiStatus = { sources: this.#views.map((view) => view.status), ...this.news.status };
    const shown = JSON.stringify(status);
    if (shown !== this.#savedStatus) this.#store.saveStatus(status);
    this.#savedStatus = shown;
  }
}

/** What a cache said, named by the part of it that is wanted: another serial without other VRPs judges nothing anew. */
function namedOf({ name, payloads }: RtrCache, isRelated: PolicyTable['isRelated']): NamedPayloads {
  const { vrps, aspas } = payloads!;
  const hash = createHash('sha256');
  for (const vrp of [...vrps.related(isRelated)].map(formatVrp).sort()) hash.update(`${vrp}\n`);
  for (const { customer, providers } of aspas) hash.update(`${customer}: ${providers.join(' ')}\n`);
  return { ...payloads!, version: `RTR ${name} ${hash.digest('hex').slice(0, 12)}` };
}

/** Place, size and times of every file; what is not there looks empty. */
function looksOf(settings: RpkiSettings): string {
  return pathsOf(settings)
    .map((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
    })
    .join('\0');
}

/** The name of a source as metrics have it. */
export function sourceLabel(source: string): string {
  return source.startsWith('/') ? basename(source) : source;
}
