// Path changes in buckets (detection.md section 4) as the slow checker reads them: one event a prefix and 60 s of event time that begin
// with a change; 60 events an hour at most under one registered prefix, the rest one more event that counts them.

import { type PathItem } from './as-paths.js';
import { type CheckedEvent } from './prefix-classes.js';

const BUCKET = 60e6;
const HOUR = 3600e6;
const MOST = 60;

/** What is compared of a route's two versions. */
interface Version {
  readonly path: readonly PathItem[] | null;
  readonly attributes: string;
}

/** An hour of a registered prefix. */
interface Hour {
  readonly since: number;
  told: number;
  suppressedAt: number | null;
}

export class PathChanges {
  /** By prefix: under which registered one, and since when. */
  readonly #buckets = new Map<string, { readonly registered: string; readonly since: number }>();
  readonly #hours = new Map<string, Hour>();

  constructor(readonly emit: (event: CheckedEvent) => void) {}

  change(
    registered: string,
    prefix: string,
    { before, after, at }: { before: Version; after: Version; at: number },
  ): void {
    if (JSON.stringify(before.path) === JSON.stringify(after.path) && before.attributes === after.attributes) return;
    const open = this.#buckets.get(prefix);
    if (open !== undefined && at >= open.since + BUCKET) this.#close(prefix, open); // 60 s, the last instant left out
    if (!this.#buckets.has(prefix)) this.#buckets.set(prefix, { registered, since: at });
  }

  /** Closes what is over before `now`. */
  passTime(now: number): void {
    const due = [...this.#buckets]
      .filter(([, { since }]) => since + BUCKET < now)
      .sort(([, a], [, b]) => a.since - b.since);
    for (const [prefix, bucket] of due) this.#close(prefix, bucket);
    for (const registered of [...this.#hours.keys()]) this.#closeHour(registered, now);
  }

  #close(prefix: string, { registered, since }: { readonly registered: string; readonly since: number }): void {
    this.#buckets.delete(prefix);
    this.#closeHour(registered, since + BUCKET);
    const hour = this.#hours.get(registered) ?? { since, told: 0, suppressedAt: null };
    this.#hours.set(registered, hour);
    if (hour.told === MOST) hour.suppressedAt ??= since;
    else {
      hour.told++;
      this.#emit(registered, prefix, since);
    }
  }

  #closeHour(registered: string, now: number): void {
    const hour = this.#hours.get(registered);
    if (hour === undefined || now <= hour.since + HOUR) return;
    this.#hours.delete(registered);
    if (hour.suppressedAt !== null) this.#emit(registered, registered, hour.suppressedAt);
  }

  #emit(registeredPrefix: string, prefix: string, at: number): void {
    this.emit({ at, type: 'PathChangeEvent', level: 'Information', registeredPrefix, prefix });
  }
}
