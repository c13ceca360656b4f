// visibility-loss and outage (detection.md sections 3 and 6) as the slow checker reads them: of the full-feed sessions that are up and not
// transferring, the share with a route to R that is not malformed. Only a withdrawal begins a loss; under 70 % for 300 s is
// visibility-loss, none for 60 s outage, where three full feeds had it. A session that lost it by going down withdrew it then if its
// table is complete again without; one that lacked it and went down is waited for an hour.

import { type ConditionKey, type ConditionLedger } from './conditions.js';
import { type ConditionRule, type RouteChange } from './condition-rule.js';
import { type Registered } from './policies.js';
import { type CheckedSession, type Family, familyOf, isTransferringIn } from './sessions.js';

const LOSS_FOR = 300e6;
const OUTAGE_FOR = 60e6;
const UNOBSERVED_AFTER = 3600e6;
const SHARE = 0.7;
const LEAST = 3;

interface Watched {
  readonly entry: Registered;
  /** Who had it and has not: when it lost it, and whether that is known to be a withdrawal. */
  readonly lost: Map<CheckedSession, { readonly at: number; isOpen: boolean }>;
  /** Who lacked it while it was low, and went down: when. */
  readonly gone: Map<CheckedSession, number>;
  lowSince: number | null;
  zeroSince: number | null;
}

export class Visibility implements ConditionRule {
  readonly #watched: readonly Watched[];

  constructor(
    readonly ledger: ConditionLedger,
    registry: readonly Registered[],
    readonly sessions: () => readonly CheckedSession[],
    readonly isFull: (session: CheckedSession, family: Family) => boolean,
  ) {
    this.#watched = registry
      .filter(({ origins }) => origins.length > 0)
      .map((entry) => ({ entry, lost: new Map(), gone: new Map(), lowSince: null, zeroSince: null }));
  }

  changed({ session, prefix, old, at, cause, isTransferring }: RouteChange): void {
    const watched = this.#watched.find(({ entry }) => entry.prefix === prefix);
    if (watched === undefined) return;
    if (has(session, prefix)) {
      watched.lost.delete(session);
      watched.gone.delete(session);
      this.#look(watched, at);
    } else if (old !== undefined && !old.isMalformed) {
      watched.lost.set(session, { at, isOpen: cause === 'down' || isTransferring });
      const isEvidence = !isTransferring && (cause === 'withdrawal' || cause === 'announcement');
      if (isEvidence) this.#lose(watched, at);
    }
  }

  sessionDown(session: CheckedSession, at: number): void {
    for (const watched of this.#watched) {
      if (!isLow(watched) || !this.isFull(session, familyOf(watched.entry.prefix))) continue;
      const isLostNow = watched.lost.get(session)?.isOpen === true && watched.lost.get(session)!.at === at;
      if (!isLostNow) watched.gone.set(session, at);
      this.#look(watched, at);
    }
  }

  /** It counts again from its last record on. */
  tableComplete(session: CheckedSession, family: Family | null): void {
    for (const watched of this.#watched) {
      if (family !== null && familyOf(watched.entry.prefix) !== family) continue;
      watched.gone.delete(session);
      const lost = watched.lost.get(session);
      if (lost?.isOpen === true) {
        lost.isOpen = false;
        this.#lose(watched, lost.at);
      }
      this.#look(watched, session.lastAt);
    }
  }

  passTime(now: number): void {
    for (const watched of this.#watched) this.#passTime(watched, now);
  }

  #passTime(watched: Watched, now: number): void {
    const { zeroSince, lowSince } = watched;
    if (zeroSince !== null && zeroSince + OUTAGE_FOR < now) this.#settle(watched, zeroSince + OUTAGE_FOR);
    if (lowSince !== null && lowSince + LOSS_FOR < now) this.#settle(watched, lowSince + LOSS_FOR);
    const due = Math.max(...watched.gone.values()) + UNOBSERVED_AFTER;
    if (watched.gone.size === 0 || due >= now || this.#share(watched).isLow) return;
    for (const type of ['outage', 'visibility-loss']) this.ledger.end(keyOf(watched, type), due, 'unobserved');
    forget(watched);
  }

  /** A withdrawal: it may be low since then. */
  #lose(watched: Watched, at: number): void {
    const { isLow: isLowNow, isZero, had } = this.#share(watched);
    if (had < LEAST) return;
    if (isZero) watched.zeroSince ??= at;
    if (isLowNow) watched.lowSince ??= at;
    for (const [type, isSo] of [
      ['outage', isZero],
      ['visibility-loss', isLowNow],
    ] as const)
      if (isSo && this.ledger.isGoingOn(keyOf(watched, type))) this.#settle(watched, at); // back within its hold-down
  }

  /** Whether what is low is so still. */
  #look(watched: Watched, at: number): void {
    if (!isLow(watched)) return;
    const { up, have, isLow: isLowNow } = this.#share(watched);
    const [outage, loss] = [keyOf(watched, 'outage'), keyOf(watched, 'visibility-loss')];
    const goesOn = this.ledger.holds(outage) || this.ledger.holds(loss);
    if (have > 0 && watched.zeroSince !== null) {
      watched.zeroSince = null;
      if (this.ledger.holds(outage)) watched.lowSince = at; // until now it was told as an outage
      this.ledger.release(outage, at);
    }
    const known = up + watched.gone.size;
    const isOver = known > 0 && have >= SHARE * known;
    if (isOver) this.ledger.release(loss, at);
    if (isOver || (!goesOn && !isLowNow)) forget(watched);
  }

  /** Opens what has lasted long enough at `now`. */
  #settle(watched: Watched, now: number): void {
    const { isLow: isLowNow, isZero } = this.#share(watched);
    const [outage, loss] = [keyOf(watched, 'outage'), keyOf(watched, 'visibility-loss')];
    const { zeroSince, lowSince } = watched;
    const isDue = (since: number, wait: number, key: ConditionKey): boolean =>
      !this.ledger.holds(key) && (since + wait <= now || this.ledger.isGoingOn(key));
    if (zeroSince !== null && isDue(zeroSince, OUTAGE_FOR, outage)) {
      if (isZero) this.ledger.hold(outage, zeroSince, zeroSince + OUTAGE_FOR);
      else if (zeroSince + OUTAGE_FOR <= now) watched.zeroSince = null;
    }
    if (lowSince === null || this.ledger.holds(outage) || !isDue(lowSince, LOSS_FOR, loss)) return;
    if (isLowNow) this.ledger.hold(loss, lowSince, lowSince + LOSS_FOR);
    else if (lowSince + LOSS_FOR <= now) watched.lowSince = null;
  }

  #share({ entry: { prefix }, lost }: Watched) {
    const family = familyOf(prefix);
    const full = this.sessions().filter((session) => this.isFull(session, family));
    const had = full.filter((session) => has(session, prefix) || lost.has(session)).length;
    const counted = full.filter((session) => session.isUp && !isTransferringIn(session, family));
    const [up, have] = [counted.length, counted.filter((session) => has(session, prefix)).length];
    return { up, have, had, isLow: up > 0 && have < SHARE * up, isZero: up > 0 && have === 0 };
  }
}

function isLow({ lowSince, zeroSince }: Watched): boolean {
  return lowSince !== null || zeroSince !== null;
}

function forget(watched: Watched): void {
  Object.assign(watched, { lowSince: null, zeroSince: null });
  watched.gone.clear();
}

function keyOf({ entry: { prefix } }: Watched, type: string): ConditionKey {
  return { type, registeredPrefix: prefix, prefix, offender: '' };
}

function has(session: CheckedSession, prefix: string): boolean {
  return [...session.routes.values()].some((route) => route.prefix === prefix && !route.isMalformed);
}
