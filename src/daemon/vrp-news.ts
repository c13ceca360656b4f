// What is told of the VRPs of registered prefixes: those that came and went, and those that expire soon. Said in the log, counted, and kept
// for `status`. No events: those are facts of records, at the records' times.

import { type PolicyTable } from '../detection/policy.js';
import { type RpkiStatus } from '../registry/rpki-state.js';
import { diffVrps, formatVrp, type Vrp, type VrpTable } from '../rpki/vrp-table.js';

export interface VrpNewsLogger {
  warn(details: object, message: string): void;
}

/** Changes kept for `status`, and changes of one moment that are logged one by one. */
const MOST_KEPT = 20;
const MOST_LOGGED = 50;

export class VrpNews {
  readonly counts = { added: 0, removed: 0 };
  readonly #logger: VrpNewsLogger;
  #last: { readonly vrps: VrpTable; readonly policies: PolicyTable } | null = null;
  #changes: RpkiStatus['changes'] = [];
  #expiring: readonly Vrp[] = [];
  /** Those whose end was told. */
  #told: ReadonlySet<string> = new Set();

  constructor(logger: VrpNewsLogger) {
    this.#logger = logger;
  }

  get status(): Omit<RpkiStatus, 'sources'> {
    const expiring = this.#expiring.map((vrp) => ({ vrp: formatVrp(vrp), expires: seconds(vrp.expires!) }));
    return { expiring, changes: this.#changes };
  }

  get expiring(): number {
    return this.#expiring.length;
  }

  /** What there was before a restart. */
  restore(vrps: VrpTable | null, policies: PolicyTable): void {
    if (vrps !== null) this.#last = { vrps, policies };
  }

  /**
   * Tells what changed since the last call, of prefixes that were registered then and are now, and what expires within `notice`. Data that
   * come for the first time, or are gone as a whole, are told by their source and not one by one.
   *
   * @param times milliseconds; `now` since the epoch.
   * @returns when the first VRP comes within the notice, or expires.
   */
  tell(
    vrps: VrpTable | null,
    policies: PolicyTable,
    { now, notice }: { readonly now: number; readonly notice: number },
  ): number {
    if (vrps !== null && this.#last !== null && this.#last.vrps !== vrps) this.#tellChanges(vrps, policies, now);
    if (vrps !== null) this.#last = { vrps, policies };
    return this.#tellExpiring(vrps?.all ?? [], { now, notice });
  }

  #tellChanges(vrps: VrpTable, policies: PolicyTable, now: number): void {
    const before = this.#last!;
    const { added, removed } = diffVrps(before.vrps, vrps);
    const changes = [
      ...removed.filter(({ prefix }) => policies.isRelated(prefix)).map((vrp) => ['removed', vrp] as const),
      ...added.filter(({ prefix }) => before.policies.isRelated(prefix)).map((vrp) => ['added', vrp] as const),
    ];
    changes.forEach(([change, vrp], index) => {
      this.counts[change]++;
      if (index >= MOST_LOGGED) return;
      const { prefix, trustAnchor } = vrp;
      const registered = [...policies.covering(prefix), ...policies.coveredBy(prefix)].slice(0, 10);
      const prefixes = registered.map((policy) => policy.prefix.toString());
      this.#logger.warn(
        { change, vrp: formatVrp(vrp), trustAnchor, prefixes },
        `a VRP of a registered prefix was ${change}`,
      );
    });
    if (changes.length > MOST_LOGGED)
      this.#logger.warn({ changes: changes.length - MOST_LOGGED }, 'further VRPs of registered prefixes changed');
    const at = seconds(now / 1000);
    const kept = changes.slice(0, MOST_KEPT).map(([change, vrp]) => ({ at, change, vrp: formatVrp(vrp) }));
    this.#changes = [...kept, ...this.#changes].slice(0, MOST_KEPT);
  }

  #tellExpiring(vrps: readonly Vrp[], { now, notice }: { readonly now: number; readonly notice: number }): number {
    let next = Infinity;
    const soon: Vrp[] = [];
    for (const vrp of vrps) {
      if (vrp.expires === null) continue;
      const end = vrp.expires * 1000;
      if (end - notice <= now) soon.push(vrp);
      next = Math.min(next, end - notice > now ? end - notice : end);
    }
    for (const vrp of soon.slice(0, MOST_LOGGED)) {
      if (this.#told.has(keyOf(vrp))) continue;
      const expires = seconds(vrp.expires!);
      this.#logger.warn(
        { vrp: formatVrp(vrp), expires },
        'a VRP of a registered prefix expires soon, and nobody renewed it',
      );
    }
    this.#told = new Set(soon.map(keyOf));
    this.#expiring = soon;
    return next;
  }
}

function keyOf(vrp: Vrp): string {
  return `${formatVrp(vrp)} ${vrp.expires ?? ''}`;
}

/** RFC 3339 of seconds since the epoch. */
function seconds(time: number): string {
  return new Date(Math.floor(time) * 1000).toISOString().replace('.000Z', 'Z');
}
