// Incident provider-bypass (detection.md section 3): sessions whose route to a registered prefix was handed off by the registered provider
// now have one that another AS hands off, the same one on enough peer ASes. Evidence are UPDATEs outside table transfers (section 6);
// used before is what the route that is replaced, or was withdrawn last, says: after a lost session nobody knows any more. A session that
// goes down with such a route is no evidence of an end (section 5), one that is back without it is. A route of another registered origin
// than the provider's is none: that origin is announced where it is, by whomever it buys from.

import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type PrefixPolicy } from '../detection/policy.js';
import { type ProviderUse, providerUse } from '../detection/provider-use.js';
import { accusedOrigin } from '../detection/route-view.js';
import { type Condition, type ConditionKey, type Sighting } from '../incidents/conditions.js';
import { type Session } from '../rib/session.js';
import { isJudgedUnder } from './judged-under.js';
import { type MonitorContext, type RouteChange, type RouteMonitor } from './route-monitor.js';
import { compareSightings, rowOfSighting, type SightingRow, sightingOf, sightingOfRow } from './sightings.js';
import { type MonitorRow } from './store.js';
import { type JudgedRoute } from './stored-route.js';

/** A session that used the provider for a prefix and does not now. */
interface Former {
  readonly peerAs: Asn;
  /** Of the route that the provider handed off. */
  readonly origin: Asn | null;
  /** Who hands its route off instead; null where it has none, or that is unknown. */
  readonly instead: Asn | null;
  readonly at: EventTime;
  /** Since when the session is down; null = it is not. */
  readonly downAt: EventTime | null;
  readonly sighting: Sighting | null;
  /** An incident was raised with it: what is raised after that one's end began later. */
  readonly told: boolean;
}

/** Why fewer sessions than before bypass the provider. */
type Ending = 'withdrawn' | 'absent-after-reset' | 'unobserved';

export class ProviderMonitor implements RouteMonitor {
  readonly name = 'provider-bypass';
  readonly #context: MonitorContext;
  /** By prefix, then session. */
  readonly #former = new Map<string, Map<number, Former>>();
  /** Registered prefix of what was raised and not cleared, by `prefix instead`. */
  readonly #raised = new Map<string, string>();
  /** Prefixes that sessions which are down bypass the provider for. */
  readonly #down = new Map<number, Set<string>>();
  #changed = new Set<string>();

  constructor(context: MonitorContext) {
    this.#context = context;
  }

  load(rows: readonly MonitorRow[]): void {
    for (const { key, data } of rows) {
      const [prefix, first, second] = key.split(' ') as [string, string, string | undefined];
      if (second !== undefined) this.#raised.set(`${prefix} ${second}`, data as string);
      else {
        const row = data as FormerRow;
        this.#set(prefix, Number(first), { ...row, sighting: sightingOfRow(row.sighting) });
      }
    }
    this.#changed.clear();
  }

  /** Under another registry some of it is no bypass any more: whatever is no longer so ends as reconfigured. */
  ready(): void {
    const { conditions, now } = this.#context;
    for (const [prefix, sessions] of this.#former) for (const session of sessions.keys()) this.#review(prefix, session);
    for (const [group, registeredPrefix] of this.#raised) {
      const [prefix, instead] = group.split(' ') as [string, string];
      const stands = isJudgedUnder(this.#context.policies(), prefix, registeredPrefix);
      if (stands && this.#peers(prefix, Number(instead)).size >= this.#minPeers) continue;
      const incident = conditions.ongoing(keyOf(registeredPrefix, prefix, Number(instead)));
      if (incident !== undefined) conditions.resolve(incident, now(), 'reconfigured');
      this.#setRaised(group, null);
    }
  }

  changed(change: RouteChange): void {
    const { policy, session, at, cause } = change;
    if (policy === undefined || policy.providerAsns.length === 0) return;
    const prefix = change.prefix.toString();
    const former = this.#former.get(prefix)?.get(session.id);
    const before = useOf(change.old, policy);
    if (former === undefined && before !== 'provider') return;
    const used = former ?? { peerAs: session.peerAs, origin: accusedOrigin(change.old!.view.origin) };
    const now = this.#useNow(change, policy, { origin: used.origin, before: former?.instead ?? null });
    if (now === 'provider') this.#leave(prefix, session.id, { instead: 'provider', at });
    else if (cause === 'session-loss') this.#goDown(prefix, session, at);
    else if (now !== null && former?.instead === now) this.#set(prefix, session.id, { ...former, downAt: null });
    else if (now !== null && cause === 'announce' && !change.transferring)
      this.#turn(policy, change, { instead: now, used });
    else this.#leave(prefix, session.id, { instead: null, at, used });
  }

  /** What a session used before it went down is forgotten, whether it had a route then or had withdrawn it. */
  sessionDown({ id }: Session): void {
    for (const [prefix, sessions] of this.#former) if (sessions.get(id)?.instead === null) this.#set(prefix, id, null);
  }

  /** What went down and is not back is withdrawn since then. */
  tableComplete(session: Session, afi: number | null): void {
    for (const prefix of [...(this.#down.get(session.id) ?? [])]) {
      if (afi !== null && parsePrefix(prefix).afi !== afi) continue;
      const { downAt } = this.#former.get(prefix)!.get(session.id)!;
      this.#leave(prefix, session.id, { instead: null, at: downAt!, reason: 'absent-after-reset' });
    }
  }

  /** A session did not come back in time. */
  fire(rest: string): void {
    const [prefix, text] = rest.split(' ') as [string, string];
    const former = this.#former.get(prefix)?.get(Number(text));
    if (former?.downAt === null || former === undefined) return;
    const at = former.downAt + this.#context.figures.lifecycle.unobservedAfter;
    this.#leave(prefix, Number(text), { instead: null, at, reason: 'unobserved' });
  }

  takeChanged(): readonly { readonly key: string; readonly data: unknown }[] {
    if (this.#changed.size === 0) return [];
    const keys = [...this.#changed];
    this.#changed = new Set();
    return keys.map((key) => ({ key, data: this.#rowOf(key) }));
  }

  get #minPeers(): number {
    return this.#context.figures.providerBypass.minPeers;
  }

  #rowOf(key: string): FormerRow | string | null {
    const [prefix, first, second] = key.split(' ') as [string, string, string | undefined];
    if (second !== undefined) return this.#raised.get(`${prefix} ${second}`) ?? null;
    const former = this.#former.get(prefix)?.get(Number(first));
    return former === undefined ? null : { ...former, sighting: rowOfSighting(former.sighting) };
  }

  /**
   * What the session's route says now. Of several (path identifiers, RFC 7911) the provider in any is the provider; else what changed
   * counts, and where that says nothing, who handed off `before` if a route of it is left.
   *
   * @param origin what the provider handed off: a route of another one says nothing.
   */
  #useNow(
    { fresh, session, prefix, pathId }: RouteChange,
    policy: PrefixPolicy,
    { origin, before }: { readonly origin: Asn | null; readonly before: Asn | null },
  ): ProviderUse {
    const isOther = fresh !== undefined && accusedOrigin(fresh.view.origin) !== origin;
    const use = useOf(fresh, policy);
    if (use === 'provider') return use;
    let left: ProviderUse = null;
    for (const route of this.#context.routes.at(prefix)) {
      if (route.session !== session || route.pathId === pathId) continue;
      const beside = useOf(this.#context.judge(route), policy);
      if (beside === 'provider') return beside;
      if (beside !== null && beside === before) left = beside;
    }
    return (isOther ? null : use) ?? left;
  }

  /** A session's route is handed off by another AS than before. */
  #turn(
    policy: PrefixPolicy,
    change: RouteChange,
    { instead, used }: { readonly instead: Asn; readonly used: Used },
  ): void {
    const { session, at } = change;
    const prefix = change.prefix.toString();
    this.#leave(prefix, session.id, { instead: null, at, used });
    const { peerAs, origin } = used;
    this.#set(prefix, session.id, {
      peerAs,
      origin,
      instead,
      at,
      downAt: null,
      sighting: sightingOf(change),
      told: false,
    });
    const there = this.#bypassing(prefix, instead).filter(({ downAt }) => downAt === null);
    const registered = policy.prefix.toString();
    const group = `${prefix} ${instead}`;
    const wasRaised = this.#raised.has(group);
    if (!wasRaised && new Set(there.map(({ peerAs }) => peerAs)).size < this.#minPeers) return;
    if (wasRaised && !this.#context.conditions.holds(keyOf(registered, prefix, instead))) return; // ended by hand
    this.#setRaised(group, registered);
    const first = wasRaised ? at : Math.min(...there.filter(({ told }) => !told).map((one) => one.at));
    this.#context.conditions.raise(this.#condition(policy, change, instead), {
      at: first,
      notifiableAt: Math.max(first, at),
      sightings: there.flatMap((one) => one.sighting ?? []).sort(compareSightings),
    });
    this.#markTold(prefix, instead);
  }

  /** What was told is kept as evidence by the incident: no need to hold its bytes. */
  #markTold(prefix: string, instead: Asn): void {
    for (const [session, former] of this.#former.get(prefix) ?? []) {
      if (former.instead !== instead || former.told) continue;
      const sighting = former.sighting === null ? null : { ...former.sighting, bytes: null };
      this.#set(prefix, session, { ...former, sighting, told: true });
    }
  }

  #goDown(prefix: string, session: Session, at: EventTime): void {
    const former = this.#former.get(prefix)?.get(session.id);
    if (former === undefined) return;
    if (former.instead !== null && this.#raised.has(`${prefix} ${former.instead}`)) {
      this.#set(prefix, session.id, { ...former, downAt: at });
    } else this.#leave(prefix, session.id, { instead: 'provider', at });
  }

  /** A session does not bypass the provider any more: it uses it again (or it is forgotten), or has no such route. */
  #leave(prefix: string, session: number, { instead, at, reason = 'withdrawn', used }: Leaving): void {
    const former = this.#former.get(prefix)?.get(session);
    if (instead === 'provider' || reason !== 'withdrawn') this.#set(prefix, session, null);
    else {
      const { peerAs, origin } = former ?? used!;
      this.#set(prefix, session, { peerAs, origin, instead: null, at, downAt: null, sighting: null, told: false });
    }
    if (former === undefined || former.instead === null) return;
    const group = `${prefix} ${former.instead}`;
    const registered = this.#raised.get(group);
    if (registered === undefined) return;
    const key = keyOf(registered, prefix, former.instead);
    const left = this.#peers(prefix, former.instead).size;
    if (left >= this.#minPeers) {
      this.#context.conditions.weaken(key, left);
      return;
    }
    this.#setRaised(group, null);
    const incident = this.#context.conditions.ongoing(key);
    if (reason !== 'unobserved') this.#context.conditions.clear(key, at, reason);
    else if (incident !== undefined) this.#context.conditions.resolve(incident, at, reason);
  }

  /** Under other policies: what the session's routes to the prefix say now. */
  #review(prefix: string, session: number): void {
    const former = this.#former.get(prefix)!.get(session)!;
    const parsed = parsePrefix(prefix);
    const policy = this.#context.policies().judging(parsed);
    if (policy === undefined || policy.providerAsns.length === 0) {
      this.#set(prefix, session, null);
      return;
    }
    if (former.instead === null || former.downAt !== null) return;
    const uses = [...this.#context.routes.at(parsed)]
      .filter((route) => route.session.id === session)
      .map((route) => useOf(this.#context.judge(route), policy));
    if (uses.includes('provider')) this.#set(prefix, session, null);
    else if (!uses.includes(former.instead)) this.#set(prefix, session, { ...former, instead: null, sighting: null });
  }

  #condition(policy: PrefixPolicy, change: RouteChange, instead: Asn): Condition {
    const prefix = change.prefix.toString();
    const registered = policy.prefix.toString();
    const peers = [...this.#peers(prefix, instead)].sort((a, b) => a - b);
    const { view, route } = change.fresh!;
    return {
      ...keyOf(registered, prefix, instead),
      ruleVersion: 1,
      level: 'Error',
      connection: policy.connection,
      covers: [],
      expected: { origins: policy.origins, neighbors: policy.providerAsns },
      observed: { origin: accusedOrigin(view.origin), neighbor: view.neighbor },
      clauses: [
        `AS${instead} hands ${prefix} off in place of the registered provider ${policy.providerAsns.map((asn) => `AS${asn}`).join(', ')}`,
        `${peers.length} peer ASes that used the provider before have such a route now, ${this.#minPeers} would do`,
        `the last one: ${change.old === undefined ? 'no route' : change.old.route.pathText} became ${route.pathText}`,
        `it is over when fewer than ${this.#minPeers} have one`,
      ],
      alsoMatched: [],
      reference: '',
      peers,
      counted: false,
    };
  }

  #bypassing(prefix: string, instead: Asn): readonly Former[] {
    return [...(this.#former.get(prefix)?.values() ?? [])].filter((former) => former.instead === instead);
  }

  #peers(prefix: string, instead: Asn): ReadonlySet<Asn> {
    return new Set(this.#bypassing(prefix, instead).map(({ peerAs }) => peerAs));
  }

  #setRaised(group: string, registeredPrefix: string | null): void {
    if (registeredPrefix === null) this.#raised.delete(group);
    else this.#raised.set(group, registeredPrefix);
    this.#changed.add(group.replace(' ', ` ${INSTEAD} `));
  }

  #set(prefix: string, session: number, former: Former | null): void {
    let ofPrefix = this.#former.get(prefix);
    if (ofPrefix === undefined) this.#former.set(prefix, (ofPrefix = new Map<number, Former>()));
    if (former === null) ofPrefix.delete(session);
    else ofPrefix.set(session, former);
    if (ofPrefix.size === 0) this.#former.delete(prefix);
    this.#changed.add(`${prefix} ${session}`);
    this.#await(prefix, session, former?.downAt ?? null);
  }

  /** Waits for a session that is down, or no more. */
  #await(prefix: string, session: number, downAt: EventTime | null): void {
    const due = downAt === null ? null : downAt + this.#context.figures.lifecycle.unobservedAfter;
    const prefixes = this.#down.get(session);
    if (due === null && prefixes?.has(prefix) !== true) return;
    this.#context.timers.set(`${this.name} ${prefix} ${session}`, due);
    if (due === null) {
      prefixes!.delete(prefix);
      if (prefixes!.size === 0) this.#down.delete(session);
    } else if (prefixes === undefined) this.#down.set(session, new Set([prefix]));
    else prefixes.add(prefix);
  }
}

/** Stands in the key of a row in place of a session. */
const INSTEAD = 'instead';

interface FormerRow extends Omit<Former, 'sighting'> {
  readonly sighting: SightingRow | null;
}

interface Leaving {
  readonly instead: 'provider' | null;
  readonly at: EventTime;
  readonly reason?: Ending;
  /** Where the session may be new. */
  readonly used?: Used;
}

type Used = Pick<Former, 'peerAs' | 'origin'>;

/** Routes with a primary verdict, malformed ones and those of no registered origin say nothing. */
function useOf(judged: JudgedRoute | undefined, policy: PrefixPolicy): ProviderUse {
  return judged?.judgement.legitimate === policy ? providerUse(judged.view, policy) : null;
}

function keyOf(registeredPrefix: string, prefix: string, instead: Asn): ConditionKey {
  return { type: 'provider-bypass', registeredPrefix, prefix, offender: String(instead) };
}
