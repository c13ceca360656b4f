// What the collectors record: facts of sessions in any order, rendered into MRT files in order of time. A session that is down records
// nothing, and when it comes up sends its whole table, as it then stands. Each collector writes its update files by its own interval, only
// those that hold something, and RIB dumps when told to.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COLLECTORS, type Collector, type Session } from './collectors.js';
import {
  announceRecord,
  type Claim,
  dumpRecords,
  endOfRibRecords,
  ESTABLISHED,
  keepaliveRecord,
  stateRecord,
  withdrawRecord,
} from './records.js';

export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** 2026-03-01T00:00:00Z, when the RIB dumps are made that all begins with. */
export const START = 1_772_323_200 * SECOND;
const IDLE = 1;
const OPEN_CONFIRM = 5;
/** How long a table transfer takes. */
const TRANSFER = 20 * SECOND;

/** Something that a session does. */
export type Fact =
  | { readonly kind: 'route'; readonly prefix: string; readonly claim: Claim | null }
  /** A state change out of Established; where the collector has none, silence. */
  | { readonly kind: 'down' }
  /** Established, and the table; `endOfRib` behind it. Where the collector has no states, the table alone. */
  | { readonly kind: 'up'; readonly endOfRib: boolean }
  | { readonly kind: 'keepalive' }
  /** An announcement of what the session has already, with a time of its own in its header: a clock gone wild. */
  | { readonly kind: 'wild'; readonly prefix: string; readonly stamp: number };

type Timed = Fact & { readonly at: number; readonly session: Session };

/** What a session was seen to do with a prefix; `claim` null = it has no route any more. */
export interface Seen {
  readonly at: number;
  readonly session: Session;
  readonly prefix: string;
  readonly claim: Claim | null;
  readonly cause: 'update' | 'transfer' | 'down' | 'bootstrap';
}

export class Feed {
  readonly #sessions: readonly Session[];
  readonly #facts: Timed[] = [];
  readonly #dumps: number[] = [];
  readonly #tables = new Map<Session, Map<string, Claim>>();
  readonly #down = new Set<Session>();
  readonly #files = new Map<string, Uint8Array[]>();
  /** All that was seen of every prefix, in order of time. */
  readonly seen: Seen[] = [];

  constructor(sessions: readonly Session[]) {
    this.#sessions = sessions;
    for (const session of sessions) this.#tables.set(session, new Map());
  }

  /** What a session has when all begins. */
  begin(session: Session, prefix: string, claim: Claim): void {
    this.#tables.get(session)!.set(prefix, claim);
  }

  add(session: Session, at: number, fact: Fact): void {
    this.#facts.push({ ...fact, session, at: session.collector.micros ? at : at - (at % SECOND) });
  }

  /** RIB dumps of all collectors. */
  dump(at: number): void {
    this.#dumps.push(at);
  }

  /** Writes every file below `folder`, a folder a collector. @returns their paths, oldest first for each collector. */
  write(folder: string): readonly string[] {
    this.#render();
    for (const { name } of COLLECTORS) mkdirSync(join(folder, name), { recursive: true });
    const paths = [...this.#files.keys()].sort();
    for (const path of paths) writeFileSync(join(folder, path), Buffer.concat(this.#files.get(path)!));
    return paths.map((path) => join(folder, path));
  }

  #render(): void {
    const dumps = [...this.#dumps].sort((a, b) => a - b);
    for (const [session, table] of this.#tables)
      for (const [prefix, claim] of table) this.#note({ at: START, session, prefix, claim, cause: 'bootstrap' });
    for (const fact of this.#facts.sort((a, b) => a.at - b.at)) {
      while (dumps.length > 0 && dumps[0] <= fact.at) this.#dumpAll(dumps.shift()!);
      this.#apply(fact);
    }
    for (const at of dumps) this.#dumpAll(at);
  }

  #apply(fact: Timed): void {
    const { session, at } = fact;
    const table = this.#tables.get(session)!;
    switch (fact.kind) {
      case 'route':
        if (fact.claim === null) table.delete(fact.prefix);
        else table.set(fact.prefix, fact.claim);
        if (this.#down.has(session)) return;
        this.#put(session, at, routeRecord(session, at, fact.prefix, fact.claim));
        this.#note({ at, session, prefix: fact.prefix, claim: fact.claim, cause: 'update' });
        return;
      case 'down':
        this.#down.add(session);
        if (!session.collector.states) return;
        this.#put(session, at, stateRecord(session, at, [ESTABLISHED, IDLE]));
        for (const prefix of table.keys()) this.#note({ at, session, prefix, claim: null, cause: 'down' });
        return;
      case 'up':
        this.#up(session, at, fact.endOfRib);
        return;
      case 'keepalive':
        if (!this.#down.has(session)) this.#put(session, at, keepaliveRecord(session, at));
        return;
      case 'wild':
        this.#put(session, at, announceRecord(session, fact.stamp, fact.prefix, table.get(fact.prefix)!));
        return;
    }
  }

  #up(session: Session, at: number, endOfRib: boolean): void {
    this.#down.delete(session);
    const table = this.#tables.get(session)!;
    const { states, micros } = session.collector;
    if (states) this.#put(session, at, stateRecord(session, at, [OPEN_CONFIRM, ESTABLISHED]));
    let count = 0;
    for (const [prefix, claim] of table) {
      const exact = at + Math.floor((TRANSFER * ++count) / table.size);
      const when = micros ? exact : exact - (exact % SECOND);
      this.#put(session, when, announceRecord(session, when, prefix, claim));
      this.#note({ at: when, session, prefix, claim, cause: 'transfer' });
    }
    if (states && endOfRib)
      for (const record of endOfRibRecords(session, at + TRANSFER)) this.#put(session, at + TRANSFER, record);
  }

  #dumpAll(at: number): void {
    for (const collector of COLLECTORS) {
      const sessions = this.#sessions.filter((session) => session.collector === collector && !this.#down.has(session));
      const name = collector.states ? 'bview' : 'rib';
      this.#files.set(`${collector.name}/${name}.${stamp(at)}`, dumpRecords(at, sessions, this.#tables));
    }
  }

  #put({ collector }: Session, at: number, record: Uint8Array): void {
    const path = `${collector.name}/updates.${stamp(windowOf(collector, at))}`;
    const there = this.#files.get(path);
    if (there === undefined) this.#files.set(path, [record]);
    else there.push(record);
  }

  #note(seen: Seen): void {
    this.seen.push(seen);
  }
}

function routeRecord(session: Session, at: number, prefix: string, claim: Claim | null): Uint8Array {
  return claim === null ? withdrawRecord(session, at, prefix) : announceRecord(session, at, prefix, claim);
}

function windowOf({ minutes }: Collector, at: number): number {
  return at - (at % (minutes * MINUTE));
}

/** `20260301.0015`, as the archives name their files. */
function stamp(at: number): string {
  const text = new Date(at / 1000).toISOString();
  return `${text.slice(0, 10).replaceAll('-', '')}.${text.slice(11, 16).replace(':', '')}`;
}
