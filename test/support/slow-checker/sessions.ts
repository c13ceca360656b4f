// Sessions as the slow checker knows them: who they are, whether they are up, and when a table transfer ends (detection.md sections 1
// and 6).

import { type Origin, type PathItem } from './as-paths.js';
import { type Fact } from './facts.js';
import { type Verdict } from './policies.js';

const SECOND = 1e6;
const QUIET = 30 * SECOND;
const MIN_UP = 60 * SECOND;
const MAX_TRANSFER = 600 * SECOND;
const BURST_WINDOW = 60 * SECOND;
const BURST_ROUTES = 20;
const LATE = 60 * SECOND;

export type Family = '4' | '6';

/** A route in a session's table. */
export interface CheckedRoute {
  readonly id: string;
  readonly prefix: string;
  readonly pathId: number;
  readonly peerAs: number;
  readonly path: readonly PathItem[] | null;
  readonly origin: Origin;
  readonly attributes: string;
  /** What is wrong with it: by the registry, else by other data. */
  readonly verdicts: readonly Verdict[];
  /** Whether the registry has nothing against it. */
  readonly isRegistered: boolean;
  readonly isMalformed: boolean;
  /** Of the registered prefix or an allowed more-specific, as registered. */
  readonly isLegitimate: boolean;
  /** The dump it is of, null where an UPDATE brought it; when; and the last dump that named its key. */
  readonly fromDump: string | null;
  readonly at: number;
}

export interface CheckedSession {
  readonly id: string;
  readonly collector: string;
  readonly address: string;
  readonly asn: number;
  readonly routes: Map<string, CheckedRoute>;
  /** When each key was last announced or withdrawn by an UPDATE. */
  readonly updated: Map<string, number>;
  isUp: boolean;
  downAt: number | null;
  /** The newest record, and its file. */
  lastAt: number;
  lastFile: string;
  /** The last announcement, of any prefix. */
  announcedAt: number;
  /** The table transfer that goes on: since when, and the families whose End-of-RIB came. */
  transfer: { readonly since: number; readonly done: Set<Family> } | null;
  burst: { readonly since: number; count: number };
  isBootstrapped: boolean;
  /** It came up before our eyes, or again: a transfer has told its table, or is about to. */
  cameUp: boolean;
  /** What the last RIB dump of a family held of it, and the largest table beside it. */
  readonly tables: Map<Family, { readonly routes: number; readonly largest: number }>;
}

export class Sessions {
  readonly #all = new Map<string, CheckedSession>();

  get all(): CheckedSession[] {
    return [...this.#all.values()];
  }

  /** The session of a record, made where it is new; peer AS 0 and 23456 mean the one heard last at the address. */
  of({ collector, peerAddress, peerAs }: Pick<Fact, 'collector' | 'peerAddress' | 'peerAs'>): CheckedSession {
    const known = this.find(collector, peerAddress, peerAs);
    if (known !== undefined) return known;
    const session: CheckedSession = {
      id: `${collector} ${peerAddress} ${peerAs}`,
      collector,
      address: peerAddress,
      asn: peerAs,
      routes: new Map(),
      updated: new Map(),
      isUp: false,
      downAt: null,
      lastAt: 0,
      lastFile: '',
      announcedAt: 0,
      transfer: null,
      burst: { since: -Infinity, count: 0 },
      isBootstrapped: false,
      cameUp: false,
      tables: new Map(),
    };
    this.#all.set(session.id, session);
    return session;
  }

  find(collector: string, address: string, asn: number): CheckedSession | undefined {
    const exact = this.#all.get(`${collector} ${address} ${asn}`);
    if (exact !== undefined || (asn !== 0 && asn !== 23456)) return exact;
    return this.at(collector, address).sort((a, b) => b.lastAt - a.lastAt)[0];
  }

  at(collector: string, address: string): CheckedSession[] {
    return this.all.filter((session) => session.collector === collector && session.address === address);
  }
}

/** Whether a record is too old for its session: of another file, and a minute behind what was applied. */
export function isLate({ lastFile, lastAt }: CheckedSession, { file, time }: Fact): boolean {
  return lastFile !== '' && lastFile !== file && time < lastAt - LATE;
}

/** When the transfer was over without End-of-RIB, if by `now`: 30 s of quiet after 60 s up, or 10 min; a burst is long up. */
export function transferEnd({ transfer, announcedAt, burst }: CheckedSession, now: number): number | null {
  if (transfer === null) return null;
  const up = burst.since === transfer.since ? transfer.since : transfer.since + MIN_UP;
  const quiet = Math.max(announcedAt + QUIET, up);
  const longest = transfer.since + MAX_TRANSFER;
  return now >= quiet || now > longest ? Math.min(quiet, longest) : null;
}

export function beginTransfer(session: CheckedSession, since: number): void {
  session.transfer = { since, done: new Set() };
}

/**
 * A route that was said at `before` is announced again as it was: half of the table so within a minute, 20 routes at least, is a
 * transfer. A route counts once.
 */
export function repeat(session: CheckedSession, before: number, at: number): void {
  if (at > session.burst.since + BURST_WINDOW) session.burst = { since: at, count: 0 };
  else if (before >= session.burst.since) return;
  session.burst.count++;
  const isBurst = session.burst.count >= Math.max(BURST_ROUTES, session.routes.size / 2);
  if (isBurst && session.transfer === null) beginTransfer(session, session.burst.since);
}

/** Whether a table transfer of the session goes on in the family. */
export function isTransferringIn({ transfer }: CheckedSession, family: Family): boolean {
  return transfer !== null && !transfer.done.has(family);
}

export function familyOf(prefix: string): Family {
  return prefix.includes(':') ? '6' : '4';
}
