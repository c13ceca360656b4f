// provider-bypass (detection.md section 3) as the slow checker reads it: a session that used the registered provider for a prefix has, by
// an UPDATE outside a table transfer, a route that another AS hands off; the same AS on two peer ASes is an incident. A session that
// goes down forgets what it used; with a bypass that was told it counts for an hour more, or until its table is complete without. A route of
// another origin than the provider handed off says nothing.

import { collapsed, originMembers } from './as-paths.js';
import { type ConditionKey, type ConditionLedger } from './conditions.js';
import { type ConditionRule, isSound, type RouteChange } from './condition-rule.js';
import { type Registered } from './policies.js';
import { type CheckedRoute, type CheckedSession, familyOf, type Family } from './sessions.js';

const UNOBSERVED_AFTER = 3600e6;
const LEAST = 2;
const AS_TRANS = 23456;

interface User {
  readonly session: string;
  readonly peerAs: number;
  readonly entry: Registered;
  readonly prefix: string;
  /** It used the provider since it came up. */
  used: boolean;
  /** Of the route that the provider handed off, and whether that is gone. */
  origin: number | null;
  isGone: boolean;
  /** Who hands off in its place, and since when; null = nobody does. */
  instead: number | null;
  at: number;
  /** That was evidence of an incident. */
  isTold: boolean;
  downAt: number | null;
}

export class ProviderBypass implements ConditionRule {
  readonly #users = new Map<string, User>();

  constructor(readonly ledger: ConditionLedger) {}

  changed({ session, prefix, entry, old, fresh, at, cause, isTransferring }: RouteChange): void {
    if (entry.providers.length === 0 || cause === 'down') return;
    const user = this.#user(session, prefix, entry);
    const routes = [...session.routes.values()].filter((route) => route.prefix === prefix);
    if (!user.isGone && old !== undefined && handOff(old, entry) === 'provider') user.origin = originOf(old);
    const ofOrigin = (route: CheckedRoute): ReturnType<typeof handOff> => {
      const use = handOff(route, entry);
      return use === 'provider' || originOf(route) === user.origin ? use : null;
    };
    const uses = routes.map(ofOrigin);
    const said = fresh === undefined ? null : ofOrigin(fresh);
    const kept = user.instead !== null && uses.includes(user.instead) ? user.instead : null;
    const now = uses.includes('provider') ? 'provider' : (said ?? kept);
    user.isGone = user.used && now !== 'provider';
    if (now === 'provider') {
      user.used = true;
      this.#leave(user, at);
    } else if (now === null) this.#leave(user, at);
    else if (now === user.instead) user.downAt = null;
    else {
      this.#leave(user, at);
      if (user.used && cause === 'announcement' && !isTransferring) this.#bypass(user, now, at);
    }
  }

  sessionDown({ id }: CheckedSession, at: number): void {
    for (const [name, user] of this.#users) {
      if (user.session !== id) continue;
      if (user.instead !== null && this.ledger.holds(keyOf(user, user.instead))) user.downAt = at;
      else this.#users.delete(name);
    }
  }

  tableComplete({ id }: CheckedSession, family: Family | null): void {
    for (const user of this.#users.values()) {
      if (user.session !== id || user.downAt === null) continue;
      if (family === null || familyOf(user.prefix) === family) this.#leave(user, user.downAt, 'absent-after-reset');
    }
  }

  passTime(now: number): void {
    const due = [...this.#users.values()].filter(({ downAt }) => downAt !== null && downAt + UNOBSERVED_AFTER < now);
    for (const user of due.sort((a, b) => a.downAt! - b.downAt!))
      this.#leave(user, user.downAt! + UNOBSERVED_AFTER, 'unobserved');
  }

  #user(session: CheckedSession, prefix: string, entry: Registered): User {
    const name = `${session.id} ${prefix}`;
    const known = this.#users.get(name);
    if (known !== undefined) return known;
    const made = { used: false, origin: null, isGone: false, instead: null, at: 0, isTold: false, downAt: null };
    const user: User = { session: session.id, peerAs: session.asn, entry, prefix, ...made };
    this.#users.set(name, user);
    return user;
  }

  #bypass(user: User, instead: number, at: number): void {
    Object.assign(user, { instead, at, isTold: false });
    const key = keyOf(user, instead);
    const there = this.#bypassing(key).filter(({ downAt }) => downAt === null);
    if (!this.ledger.holds(key) && new Set(there.map(({ peerAs }) => peerAs)).size < LEAST) return;
    const first = Math.min(...there.filter(({ isTold }) => !isTold).map((one) => one.at));
    this.ledger.hold(key, first, Math.max(first, at));
    for (const one of there) one.isTold = true;
  }

  #leave(user: User, at: number, reason = 'withdrawn'): void {
    if (user.instead === null) return;
    const key = keyOf(user, user.instead);
    Object.assign(user, { instead: null, downAt: null });
    if (reason !== 'withdrawn') user.used = false; // it was lost
    if (!this.ledger.holds(key)) return;
    if (new Set(this.#bypassing(key).map(({ peerAs }) => peerAs)).size >= LEAST) return;
    if (reason === 'unobserved') this.ledger.end(key, at, reason);
    else this.ledger.release(key, at, reason);
  }

  #bypassing({ prefix, offender }: ConditionKey): User[] {
    return [...this.#users.values()].filter((user) => user.prefix === prefix && String(user.instead) === offender);
  }
}

function keyOf({ entry, prefix }: User, instead: number): ConditionKey {
  return { type: 'provider-bypass', registeredPrefix: entry.prefix, prefix, offender: String(instead) };
}

/** The origin that an incident would name. */
function originOf({ origin }: CheckedRoute): number | null {
  const members = originMembers(origin);
  return members.length === 0 ? null : Math.min(...members);
}

/** Who hands a legitimate route off: the registered provider, another AS, or null: nobody can say. */
function handOff(route: CheckedRoute, { providers }: Registered): 'provider' | number | null {
  if (!isSound(route) || !route.isLegitimate) return null;
  const origins = originMembers(route.origin);
  if (origins.length === 0) return null;
  if (origins.some((asn) => providers.includes(asn))) return 'provider';
  const hops = collapsed(route.path ?? []);
  if (hops.length < 2) return Math.min(...origins);
  const next = hops[hops.length - 2];
  if (typeof next !== 'number' || next === AS_TRANS) return null;
  return providers.includes(next) ? 'provider' : next;
}
