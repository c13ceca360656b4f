// flapping (detection.md section 3) as the slow checker reads it. Per (session, prefix) 1000 for a withdrawal that takes away a sound route
// or a malformed announcement in its place, 500 for an announcement that changes it to another sound one; half of it is gone after 15
// minutes, less than 1 is nothing. Over 6000 on two peer ASes it opens, at the record that took the first one over; it is over when
// every session is under 750.

import { type ConditionKey, type ConditionLedger } from './conditions.js';
import { type ConditionRule, isSound, type RouteChange } from './condition-rule.js';

const HALF_LIFE = 900e6;
const LIMIT = 6000;
const CALM = 750;
const CEILING = 12_000;

interface Flapper {
  readonly prefix: string;
  readonly peerAs: number;
  /** The penalty just after its last flap. */
  value: number;
  at: number;
  /** When it went over the limit, until it is calm. */
  overSince: number | null;
}

export class Flapping implements ConditionRule {
  readonly #flappers = new Map<string, Flapper>();
  /** By prefix. */
  readonly #open = new Map<string, ConditionKey>();

  constructor(readonly ledger: ConditionLedger) {}

  changed(change: RouteChange): void {
    const { session, prefix, entry, at } = change;
    const penalty = penaltyOf(change);
    if (penalty === 0) return;
    const id = `${session.id} ${prefix}`;
    const flapper = this.#flappers.get(id) ?? { prefix, peerAs: session.asn, value: 0, at, overSince: null };
    this.#flappers.set(id, flapper);
    const left = penaltyAt(flapper, at);
    if (left < CALM) flapper.overSince = null;
    flapper.value = Math.min(CEILING, left + penalty);
    flapper.at = Math.max(flapper.at, at);
    if (flapper.value > LIMIT) flapper.overSince ??= at;
    if (this.#open.has(prefix)) return;
    const all = this.#of(prefix);
    const over = all.filter((one) => penaltyAt(one, at) > LIMIT);
    if (new Set(over.map(({ peerAs }) => peerAs)).size < 2) return;
    const key = { type: 'flapping', registeredPrefix: entry.prefix, prefix, offender: '' };
    const noisy = all.filter((one) => penaltyAt(one, at) >= CALM).flatMap(({ overSince }) => overSince ?? []);
    const first = Math.min(...noisy);
    this.#open.set(prefix, key);
    this.ledger.hold(key, first, Math.max(first, at));
  }

  passTime(now: number): void {
    for (const [prefix, key] of this.#open) {
      const calmAt = Math.max(...this.#of(prefix).map(calmSince));
      if (calmAt >= now) continue;
      this.#open.delete(prefix);
      this.ledger.release(key, calmAt);
    }
  }

  #of(prefix: string): Flapper[] {
    return [...this.#flappers.values()].filter((one) => one.prefix === prefix);
  }
}

function penaltyOf({ old, fresh, cause, isTransferring }: RouteChange): number {
  if (isTransferring || !isSound(old)) return 0;
  if (cause === 'withdrawal') return 1000;
  if (cause !== 'announcement') return 0;
  if (fresh?.isMalformed === true) return 1000;
  return isSound(fresh) ? 500 : 0;
}

/** A time that runs back takes nothing away. */
function penaltyAt({ value, at }: Flapper, time: number): number {
  const left = value / 2 ** (Math.max(0, time - at) / HALF_LIFE);
  return left < 1 ? 0 : left;
}

/** The first microsecond at which it is under 750. */
function calmSince({ value, at }: Flapper): number {
  return value < CALM ? at : at + Math.floor(HALF_LIFE * Math.log2(value / CALM)) + 1;
}
