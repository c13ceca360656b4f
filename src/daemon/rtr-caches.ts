// The caches of `detection.rpki.rtr`, all connected at once; the data of one are used: of the first in the order of the configuration that
// answers, or did until lately, else of the first whose data have not expired (RFC 8210 section 10). A cache that is gone is believed
// until the expire interval it gave is over, or `detection.rpki.maxAge`; then what it said is dropped.

import { type RtrIntervals, DEFAULT_INTERVALS } from '../rpki/rtr-pdu.js';
import { aspasOf, RTR_FAULTS, type RtrData, type RtrFault, type RtrFaultCode } from '../rpki/rtr-session.js';
import { RtrConnection } from '../sources/rtr-connection.js';
import { type NamedPayloads, payloadCounts } from './reference-assembly.js';
import { cacheName, type RtrCacheAddress } from './rpki-settings.js';

/** What a cache said: its version is named by who knows which of it is wanted. */
export type CachePayloads = Omit<NamedPayloads, 'version'>;

export interface RtrCachesLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** One cache. Times are milliseconds since the epoch. */
export interface RtrCache {
  readonly name: string;
  readonly isConnected: boolean;
  readonly payloads: CachePayloads | null;
  readonly confirmedAt: number | null;
  readonly expiresAt: number | null;
  /** `version 1, session 4711, serial 12`; empty before the first answer. */
  readonly session: string;
  readonly fault: RtrFault | null;
  readonly faults: Readonly<Record<RtrFaultCode, number>>;
  /** Router keys passed over. */
  readonly routerKeys: number;
}

interface Cache {
  readonly name: string;
  readonly abort: AbortController;
  readonly connection: RtrConnection;
  ended: Promise<void>;
  payloads: CachePayloads | null;
  data: RtrData | null;
  intervals: RtrIntervals;
  confirmedAt: number | null;
  /** From before a restart; else it follows from the intervals. */
  restoredUntil: number | null;
  fault: RtrFault | null;
  readonly faults: Record<RtrFaultCode, number>;
  routerKeys: number;
}

export interface RtrCachesOptions {
  readonly logger: RtrCachesLogger;
  /** The wall clock, milliseconds. */
  readonly now: () => number;
}

export class RtrCaches {
  readonly #options: RtrCachesOptions;
  #caches: readonly Cache[] = [];
  #maxAgeMs = Infinity;
  #hasNews = false;

  constructor(options: RtrCachesOptions) {
    this.#options = options;
  }

  /** Connects to these, and no longer to others. */
  configure(addresses: readonly RtrCacheAddress[], maxAgeMs: number): void {
    this.#maxAgeMs = maxAgeMs;
    const names = addresses.map(cacheName);
    for (const cache of this.#caches) if (!names.includes(cache.name)) cache.abort.abort();
    const known = new Map(this.#caches.map((cache) => [cache.name, cache]));
    this.#caches = addresses.map((address) => known.get(cacheName(address)) ?? this.#open(address));
  }

  /** What a cache said before a restart; used until it answers. */
  restore(
    name: string,
    payloads: CachePayloads,
    { confirmedAt, expiresAt }: { confirmedAt: number; expiresAt: number },
  ): void {
    const cache = this.#caches.find((one) => one.name === name);
    if (cache?.payloads === null) Object.assign(cache, { payloads, confirmedAt, restoredUntil: expiresAt });
  }

  /** True once after a cache said something new, or came or went. */
  takeNews(): boolean {
    const had = this.#hasNews;
    this.#hasNews = false;
    return had;
  }

  /** Every cache, in order of preference. */
  get all(): readonly RtrCache[] {
    return this.#caches.map((cache) => {
      const { name, payloads, confirmedAt, fault, faults, routerKeys, data } = cache;
      const session = data === null ? '' : `version ${data.version}, session ${data.sessionId}, serial ${data.serial}`;
      const isConnected = cache.connection.isSynchronised;
      return {
        name,
        isConnected,
        payloads,
        confirmedAt,
        expiresAt: this.#expiryOf(cache),
        session,
        fault,
        faults,
        routerKeys,
      };
    });
  }

  /** The cache whose data are to be used, and when to look again whether it still is; null where none has any that are not expired. */
  current(now: number): { readonly cache: RtrCache; readonly lookAgainAt: number } | null {
    const usable = this.#caches.filter((cache) => cache.payloads !== null && now < (this.#expiryOf(cache) ?? 0));
    const chosen = usable.find((cache) => now < this.#freshUntil(cache)) ?? usable.at(0);
    if (chosen === undefined) return null;
    const fresh = this.#freshUntil(chosen);
    const lookAgainAt = Math.min(this.#expiryOf(chosen)!, fresh > now ? fresh : Infinity);
    return { cache: this.all.find(({ name }) => name === chosen.name)!, lookAgainAt };
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    for (const cache of this.#caches) cache.abort.abort();
    await Promise.all(this.#caches.map(({ ended }) => ended));
  }

  /** Connected, or not for longer than one refresh and one retry. */
  #freshUntil({ connection, confirmedAt, intervals }: Cache): number {
    if (connection.isSynchronised) return Infinity;
    return (confirmedAt ?? -Infinity) + (intervals.refresh + intervals.retry) * 1000;
  }

  #expiryOf({ confirmedAt, restoredUntil, intervals }: Cache): number | null {
    if (confirmedAt === null) return null;
    return Math.min(restoredUntil ?? confirmedAt + intervals.expire * 1000, confirmedAt + this.#maxAgeMs);
  }

  #open({ host, port }: RtrCacheAddress): Cache {
    const abort = new AbortController();
    const { signal } = abort;
    const cache: Cache = {
      name: cacheName({ host, port }),
      abort,
      connection: new RtrConnection({
        host,
        port,
        signal,
        onData: (data, intervals, routerKeys) => this.#answered(cache, data, { intervals, routerKeys }),
        onFault: (fault) => this.#failed(cache, fault),
      }),
      ended: Promise.resolve(),
      payloads: null,
      data: null,
      intervals: DEFAULT_INTERVALS,
      confirmedAt: null,
      restoredUntil: null,
      fault: null,
      faults: Object.fromEntries(RTR_FAULTS.map((code) => [code, 0])) as Record<RtrFaultCode, number>,
      routerKeys: 0,
    };
    cache.ended = cache.connection.run();
    return cache;
  }

  #answered(
    cache: Cache,
    data: RtrData,
    { intervals, routerKeys }: { readonly intervals: RtrIntervals; readonly routerKeys: number },
  ): void {
    cache.confirmedAt = this.#options.now();
    cache.restoredUntil = null;
    cache.intervals = intervals;
    cache.routerKeys += routerKeys;
    this.#hasNews = true;
    const { vrps, serial, sessionId, version } = data;
    if (cache.fault !== null || cache.data === null)
      this.#options.logger.info(
        { cache: cache.name, version, sessionId, serial, vrps: vrps.size },
        'the RTR cache answers',
      );
    cache.fault = null;
    if (cache.data === data) return;
    cache.data = data;
    const aspas = aspasOf(data);
    cache.payloads = { vrps, aspas, counts: payloadCounts(vrps.size, aspas.length), generated: null };
  }

  #failed(cache: Cache, fault: RtrFault): void {
    cache.faults[fault.code]++;
    this.#hasNews = true;
    const isSame = cache.fault?.code === fault.code && cache.fault.message === fault.message;
    cache.fault = fault;
    if (!isSame)
      this.#options.logger.warn({ cache: cache.name, code: fault.code, reason: fault.message }, 'the RTR cache fails');
  }
}
