// The life of incidents that no single route carries (detection.md section 5), as the slow checker reads it: a rule holds or does not;
// 60 s after it held last its incident is over, and one that holds again within 600 s of its end goes on. Times are microseconds.

const HOLD_DOWN = 60e6;
const REOPEN_WITHIN = 600e6;

/** What makes an incident that one; `offender` is empty where the rule names none. */
export interface ConditionKey {
  readonly type: string;
  readonly registeredPrefix: string;
  readonly prefix: string;
  readonly offender: string;
}

/** An incident of the checker; the fields of `replay --json` that it vouches for. */
export interface CheckedCondition extends ConditionKey {
  readonly openedAt: number;
  readonly notifiableAt: number;
  openings: number;
  resolvedAt: number | null;
  reason: string | null;
  /** Since when the rule does not hold, while that may still be undone; and why it does not. */
  lost: { readonly at: number; readonly reason: string } | null;
}

export class ConditionLedger {
  readonly incidents: CheckedCondition[] = [];

  /** The rule holds since `at`, and may be told since `notifiableAt`. */
  hold(key: ConditionKey, at: number, notifiableAt: number): void {
    const last = this.#lastOf(key);
    if (last !== undefined && last.resolvedAt === null) last.lost = null;
    else if (last !== undefined && notifiableAt <= last.resolvedAt! + REOPEN_WITHIN) {
      last.openings++;
      Object.assign(last, { resolvedAt: null, reason: null, lost: null });
    } else
      this.incidents.push({
        ...key,
        openedAt: at,
        notifiableAt,
        openings: 1,
        resolvedAt: null,
        reason: null,
        lost: null,
      });
  }

  /** The rule holds no more since `at`. */
  release(key: ConditionKey, at: number, reason = 'withdrawn'): void {
    const last = this.#lastOf(key);
    if (last !== undefined && this.holds(key)) last.lost = { at: Math.max(at, last.openedAt), reason };
  }

  /** It is over, without a hold-down. */
  end(key: ConditionKey, at: number, reason: string): void {
    const last = this.#lastOf(key);
    if (last?.resolvedAt === null) Object.assign(last, { resolvedAt: Math.max(at, last.openedAt), reason, lost: null });
  }

  /** Whether the rule holds, as far as it was said. */
  holds(key: ConditionKey): boolean {
    const last = this.#lastOf(key);
    return last?.resolvedAt === null && last.lost === null;
  }

  /** The same, or its hold-down goes on. */
  isGoingOn(key: ConditionKey): boolean {
    return this.#lastOf(key)?.resolvedAt === null;
  }

  /** Ends what has not held for the hold-down by `now`. */
  passTime(now: number): void {
    for (const incident of this.incidents) {
      if (incident.lost === null || now <= incident.lost.at + HOLD_DOWN) continue;
      this.end(incident, incident.lost.at, incident.lost.reason);
    }
  }

  #lastOf({ type, registeredPrefix, prefix, offender }: ConditionKey): CheckedCondition | undefined {
    return this.incidents.findLast(
      (one) =>
        one.type === type &&
        one.registeredPrefix === registeredPrefix &&
        one.prefix === prefix &&
        one.offender === offender,
    );
  }
}
