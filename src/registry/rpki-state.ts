// What a daemon keeps of RPKI data over a restart: the payloads in force, so that it goes on judging as it did until a cache answers again,
// and how its sources are, for `status`.

import { type Database } from './database.js';

/** A VRP: prefix, maximum length, AS, trust anchor, expiry in seconds since the epoch. */
export type StoredVrp = readonly [string, number, number, string | null, number | null];

/** What one source said, as far as it is related to a registered prefix. */
export interface StoredPayloads {
  /** The path of a file, or `host:port`. */
  readonly source: string;
  readonly version: string;
  readonly vrps: readonly StoredVrp[];
  readonly aspas: readonly (readonly [number, readonly number[]])[];
  /** How many it had in all, by kind and trust anchor. */
  readonly counts: readonly (readonly [string, number])[];
  /** Seconds since the epoch. */
  readonly generated: number | null;
  /** Of a cache: when it last answered, and until when that is believed, milliseconds since the epoch. */
  readonly confirmedAt: number | null;
  readonly expiresAt: number | null;
  /** Since when a source that collapsed is not believed, milliseconds since the epoch. */
  readonly heldSince: number | null;
}

/** `current` used; `held` the data before a collapse are used; `stale` used, but old; `standby` another cache is used; `waiting` nothing yet. */
export type RpkiSourceState = 'current' | 'held' | 'stale' | 'standby' | 'waiting' | 'expired' | 'unreadable';

export interface RpkiSourceStatus {
  readonly source: string;
  readonly state: RpkiSourceState;
  /** Of all that it says; null where it says nothing yet. */
  readonly vrps: number | null;
  readonly aspas: number | null;
  /** When a file was made or a cache last answered, and until when a cache's data are used; RFC 3339. */
  readonly asOf: string | null;
  readonly validUntil: string | null;
  readonly note: string;
}

export interface RpkiStatus {
  readonly sources: readonly RpkiSourceStatus[];
  /** VRPs of registered prefixes that expire soon. */
  readonly expiring: readonly { readonly vrp: string; readonly expires: string }[];
  /** VRPs of registered prefixes that came and went, the last first. */
  readonly changes: readonly { readonly at: string; readonly change: 'added' | 'removed'; readonly vrp: string }[];
}

const PAYLOADS = 'rpki-payloads';
const STATUS = 'rpki-status';

export function readRpkiPayloads(db: Database): readonly StoredPayloads[] {
  return (read(db, PAYLOADS) as readonly StoredPayloads[] | null) ?? [];
}

export function writeRpkiPayloads(db: Database, payloads: readonly StoredPayloads[]): void {
  write(db, PAYLOADS, payloads);
}

/** Null where no daemon had any. */
export function readRpkiStatus(db: Database): RpkiStatus | null {
  const status = read(db, STATUS) as RpkiStatus | null;
  return status === null || status.sources.length === 0 ? null : status;
}

export function writeRpkiStatus(db: Database, status: RpkiStatus): void {
  write(db, STATUS, status);
}

function read(db: Database, key: string): unknown {
  const row = db.prepare<[string], { value: string }>('SELECT value FROM engine_state WHERE key = ?').get(key);
  return row === undefined ? null : (JSON.parse(row.value) as unknown);
}

function write(db: Database, key: string, value: unknown): void {
  db.prepare('INSERT INTO engine_state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value').run(
    key,
    JSON.stringify(value),
  );
}
