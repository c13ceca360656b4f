// How each source of RPKI data is: what is used of it, and what `status` and metrics say of it.

import { type RpkiSourceState, type RpkiSourceStatus } from '../registry/rpki-state.js';
import { formatCollapses, type Passed } from './payload-gate.js';
import { type NamedPayloads } from './reference-assembly.js';
import { type RtrCache } from './rtr-caches.js';

/** Times are milliseconds since the epoch. */
export interface SourceView {
  readonly source: string;
  /** Null where nothing of it is. */
  readonly used: NamedPayloads | null;
  readonly confirmedAt: number | null;
  readonly expiresAt: number | null;
  readonly heldSince: number | null;
  /** When it becomes another by itself. */
  readonly dueAt: number;
  readonly status: RpkiSourceStatus;
}

export function fileStatus(
  source: string,
  pass: Passed | null,
  { now, staleAfterMs }: { readonly now: number; readonly staleAfterMs: number },
): SourceView {
  const used = pass?.payloads ?? null;
  const madeAt = used === null || used.generated === null ? null : used.generated * 1000;
  const staleAt = madeAt === null ? Infinity : madeAt + staleAfterMs;
  const state = pass === null ? 'unreadable' : pass.held !== null ? 'held' : now >= staleAt ? 'stale' : 'current';
  return view(source, pass, {
    state,
    times: { asOf: madeAt, confirmedAt: null, expiresAt: null },
    dueAt: staleAt > now ? staleAt : Infinity,
    note: state === 'stale' ? 'nobody made it anew' : '',
  });
}

export function cacheStatus(cache: RtrCache, pass: Passed | null, now: number): SourceView {
  const { name, confirmedAt, expiresAt, fault, isConnected, session } = cache;
  const hasExpired = expiresAt !== null && now >= expiresAt;
  const said = [session, fault === null ? '' : `${fault.code}: ${fault.message}`].filter((one) => one !== '');
  const used = (): RpkiSourceState => (pass!.held !== null ? 'held' : isConnected ? 'current' : 'stale');
  const unused = (): RpkiSourceState => (cache.payloads === null ? 'waiting' : hasExpired ? 'expired' : 'standby');
  return view(name, pass, {
    state: pass === null ? unused() : used(),
    times: { asOf: confirmedAt, confirmedAt, expiresAt },
    dueAt: Infinity,
    note: said.join('; '),
  });
}

function view(
  source: string,
  pass: Passed | null,
  {
    state,
    times: { asOf, confirmedAt, expiresAt },
    dueAt,
    note,
  }: {
    readonly state: RpkiSourceState;
    readonly times: {
      readonly asOf: number | null;
      readonly confirmedAt: number | null;
      readonly expiresAt: number | null;
    };
    readonly dueAt: number;
    readonly note: string;
  },
): SourceView {
  const held = pass?.held ?? null;
  const used = pass?.payloads ?? null;
  const why = held === null ? '' : `${formatCollapses(held.collapses)}; not believed before ${text(held.until)}`;
  const status = {
    source,
    state,
    vrps: used?.counts.get('all VRPs') ?? null,
    aspas: used?.counts.get('ASPAs') ?? null,
    asOf: asOf === null ? null : text(asOf),
    validUntil: expiresAt === null ? null : text(expiresAt),
    note: [why, note].filter((one) => one !== '').join('; '),
  };
  return {
    source,
    used,
    confirmedAt,
    expiresAt,
    heldSince: held?.since ?? null,
    dueAt: Math.min(dueAt, held?.until ?? Infinity),
    status,
  };
}

function text(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
