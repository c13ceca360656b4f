// Prefix events (detection.md section 4) as the slow checker reads them: which class of route each session holds of a registered
// prefix, and the events when the number of sessions of a class leaves or reaches zero.

import { collapsed, type Origin, originMembers, type PathItem } from './as-paths.js';
import { bitsOf, contains, isLongEnough } from './prefix-bits.js';
import { type Registered } from './policies.js';

export type RouteClass = 'active' | 'backup' | 'internet' | 'none';

/** The class of a route for a registered prefix. */
export function classOf(
  entry: Registered,
  prefix: string,
  origin: Origin,
  path: readonly PathItem[] | null,
): RouteClass {
  const bits = bitsOf(prefix);
  if (bits !== entry.bits) return contains(bits, entry.bits) && isLongEnough(bits) ? 'internet' : 'none';
  if (!originMembers(origin).some((asn) => entry.origins.includes(asn))) return 'none';
  if (entry.providers.length === 0) return 'active';
  const last = collapsed(path ?? []).slice(-2);
  const nearby = [...last.flat(), ...originMembers(origin)];
  return nearby.some((asn) => entry.providers.includes(asn)) ? 'active' : 'backup';
}

/** An event as far as it is compared. */
export interface CheckedEvent {
  readonly at: number;
  readonly type: string;
  readonly level: string;
  readonly registeredPrefix: string;
  readonly prefix: string;
}

const NAMES = {
  active: {
    up: 'PrefixAnnouncementEvent',
    path: 'PrefixActivePath',
    down: 'PrefixWithdrawalEvent',
    origin: ['PrefixOriginAsChangeEvent', 'Critical'],
  },
  backup: {
    up: 'PrefixBackupRouteAnnouncementEvent',
    path: 'PrefixBackupPath',
    down: 'PrefixBackupRouteWithdrawalEvent',
    origin: ['PrefixBackupRouteOriginAsChangeEvent', 'Error'],
  },
} as const;

/** The classes held of one registered prefix, route by route. */
export class PrefixClasses {
  readonly #held = new Map<string, { session: string; class: RouteClass }>();
  /** Announcements of this instant, whose path is told when it is over. */
  readonly #announcedAt = new Map<'active' | 'backup', number>();

  constructor(
    readonly entry: Registered,
    readonly emit: (event: CheckedEvent) => void,
  ) {}

  /** Whether any session holds a route of the class. */
  holds(wanted: RouteClass): boolean {
    return this.#count(wanted) > 0;
  }

  classOfRoute(route: string): RouteClass | null {
    return this.#held.get(route)?.class ?? null;
  }

  /** Sets or removes (null) the class of a route; events where `isEvidence`. */
  change(
    route: string,
    session: string,
    next: RouteClass | null,
    { at, isEvidence }: { at: number; isEvidence: boolean },
  ): void {
    const before = { active: this.#count('active'), backup: this.#count('backup') };
    if (next === null) this.#held.delete(route);
    else this.#held.set(route, { session, class: next });
    for (const name of ['active', 'backup'] as const) {
      const now = this.#count(name);
      if (before[name] === 0 && now > 0) {
        this.#emit(at, NAMES[name].up, 'Information');
        this.#announcedAt.set(name, at);
      }
      if (before[name] > 0 && now === 0 && isEvidence) this.#emit(at, NAMES[name].down, 'Warning');
    }
  }

  /** Tells the paths of what was announced before `now`, where it still is. */
  passTime(now: number): void {
    for (const [name, at] of this.#announcedAt) {
      if (at >= now) continue;
      this.#announcedAt.delete(name);
      if (this.holds(name)) this.#emit(at, NAMES[name].path, 'Information');
    }
  }

  /** A foreign origin opened: the form by what it replaced, or by the prefix's state where it replaced nothing. */
  originChanged(replaced: RouteClass | null, wasActive: boolean, at: number): void {
    const isActive = replaced === null ? wasActive : replaced === 'active';
    const [type, level] = NAMES[isActive ? 'active' : 'backup'].origin;
    this.#emit(at, type, level);
  }

  moreSpecific(prefix: string, level: string, at: number): void {
    this.emit({ at, type: 'PrefixMoreSpecificEvent', level, registeredPrefix: this.entry.prefix, prefix });
  }

  #emit(at: number, type: string, level: string): void {
    this.emit({ at, type, level, registeredPrefix: this.entry.prefix, prefix: this.entry.prefix });
  }

  #count(wanted: RouteClass): number {
    return new Set([...this.#held.values()].filter((held) => held.class === wanted).map(({ session }) => session)).size;
  }
}
