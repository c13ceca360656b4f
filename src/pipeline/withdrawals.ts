// Routes withdrawn lately, or replaced by the entry of a RIB dump, so that an entry of a dump that began before that UPDATE does not
// bring an old route back (detection.md section 6). Bounded in time: a dump older than KEEP is not applied to a session that moved on.

import { type EventTime, SECOND } from '../ip/event-time.js';
import { type WithdrawnRow } from './store.js';

/** How long a withdrawal is remembered, and how late a RIB dump may come. */
export const KEEP_WITHDRAWALS: EventTime = 2 * 3600 * SECOND;

const PRUNE_EVERY = 4096;

export class Withdrawals {
  #rows = new Map<string, WithdrawnRow>();
  #changed = new Map<string, WithdrawnRow>();
  #newest: EventTime = 0;
  #added = 0;

  load(rows: Iterable<WithdrawnRow>): void {
    for (const row of rows) {
      this.#rows.set(keyOf(row), row);
      this.#newest = Math.max(this.#newest, row.at);
    }
  }

  add(row: WithdrawnRow): void {
    this.#rows.set(keyOf(row), row);
    this.#changed.set(keyOf(row), row);
    this.#newest = Math.max(this.#newest, row.at);
    if (++this.#added % PRUNE_EVERY === 0) this.#prune();
  }

  /** When the session withdrew this route last, if that is remembered. */
  withdrawnAt(session: number, prefix: string, pathId: number): EventTime | null {
    if (this.#rows.size === 0) return null; // asked of every entry of a full table
    const at = this.#rows.get(keyOf({ session, prefix, pathId }))?.at;
    return at === undefined || at < this.#newest - KEEP_WITHDRAWALS ? null : at; // the store forgets at once, we now and then
  }

  takeChanged(): { rows: WithdrawnRow[]; forgetBefore: EventTime | null } {
    const rows = [...this.#changed.values()];
    this.#changed = new Map();
    return { rows, forgetBefore: rows.length > 0 ? this.#newest - KEEP_WITHDRAWALS : null };
  }

  #prune(): void {
    for (const [key, row] of this.#rows) if (row.at < this.#newest - KEEP_WITHDRAWALS) this.#rows.delete(key);
  }
}

function keyOf({ session, prefix, pathId }: { session: number; prefix: string; pathId: number }): string {
  return `${session} ${prefix} ${pathId}`;
}
