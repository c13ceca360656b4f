// The slow checker: the incidents and prefix events that detection.md asks for, computed from the text of `dump --format json` alone by
// one loop over all facts in merge order. It shares no code with src/ and is written for obviousness: whole lists in memory, every
// question answered by looking through them. It does not compute explanations, levels of incidents, campaigns or evidence.

import { originOf } from './as-paths.js';
import { type Fact, readFacts, relatedTo } from './facts.js';
import { type CheckedIncident, IncidentLedger } from './incident-ledger.js';
import { type CheckedCondition, ConditionLedger } from './conditions.js';
import { type ConditionRule, type RouteChange } from './condition-rule.js';
import { Flapping } from './flapping.js';
import { PathChanges } from './path-changes.js';
import { PathTurns } from './path-turns.js';
import { ProviderBypass } from './provider-bypass.js';
import { Visibility } from './visibility.js';
import { NO_REFERENCE, ReferenceRules } from './reference.js';
import {
  type CheckedPrefix,
  isAllowedMoreSpecific,
  judge,
  judgeBogon,
  judgedUnder,
  type Registered,
  type Verdict,
  withBits,
} from './policies.js';
import { bitsOf, contains, isLongEnough } from './prefix-bits.js';
import { type CheckedEvent, classOf, PrefixClasses, type RouteClass } from './prefix-classes.js';
import {
  beginTransfer,
  type CheckedRoute,
  type CheckedSession,
  type Family,
  familyOf,
  isLate,
  isTransferringIn,
  repeat,
  Sessions,
  transferEnd,
} from './sessions.js';

/** What was found. */
export interface Checked {
  readonly incidents: readonly CheckedIncident[];
  readonly events: readonly CheckedEvent[];
  readonly conditions: readonly CheckedCondition[];
}

/** A RIB dump that is being read. */
interface Dump {
  readonly name: string;
  readonly since: number;
  readonly keys: Set<string>;
  /** Those in the index, or who have entries; and those who have entries: an index names sessions that are down, too. */
  readonly named: Set<CheckedSession>;
  readonly heard: Set<CheckedSession>;
  readonly families: Set<Family>;
  /** How many prefixes of a family each has. */
  readonly sizes: Map<CheckedSession, Record<Family, Set<number>>>;
}

/** RFC 7606 treat-as-withdraw, by the codes of `dump`. */
const MALFORMED = [
  'missing-origin',
  'missing-as-path',
  'missing-next-hop',
  'attribute-truncated',
  'origin-malformed',
  'as-path-malformed',
  ...['next-hop', 'med', 'local-pref', 'communities', 'originator-id', 'cluster-list', 'mp-next-hop'].map(
    (name) => `${name}-length`,
  ),
  ...['extended-communities', 'large-communities', 'only-to-customer'].map((name) => `${name}-length`),
];

/** Incidents whose opening is an event of the prefix, too. */
const OWN = ['unexpected-more-specific', 'blackhole-leak'];
const TELLING = ['squatting', 'origin-hijack', 'subprefix-hijack', ...OWN];

/** Which sessions are full feeds: those of the peer ASes, and those with this share of the largest table, if that is large enough. */
export interface FullFeed {
  readonly peers: readonly number[];
  readonly minRoutes4: number;
  readonly minRoutes6: number;
}

const FULL_FEED: FullFeed = { peers: [], minRoutes4: 50_000, minRoutes6: 1000 };

/** Checks the files under the registry. */
export async function check(
  files: readonly string[],
  prefixes: readonly CheckedPrefix[],
  reference = NO_REFERENCE,
  fullFeed = FULL_FEED,
): Promise<Checked> {
  const facts = await readFacts(files, relatedTo(prefixes.map(({ prefix }) => prefix)));
  return new Checker(withBits(prefixes), new ReferenceRules(reference), fullFeed).run(facts);
}

class Checker {
  readonly #sessions = new Sessions();
  readonly #ledger = new IncidentLedger();
  readonly #conditions = new ConditionLedger();
  readonly #rules: readonly ConditionRule[];
  readonly #events: CheckedEvent[] = [];
  readonly #classes: Map<string, PrefixClasses>;
  readonly #changes: PathChanges;
  /** Where a class began in this instant. */
  readonly #announcing = new Set<PrefixClasses>();
  /** Covering routes of RIB dumps: prefix and origin. */
  readonly #baseline = new Set<string>();
  readonly #seenMoreSpecifics = new Set<string>();
  readonly #dumps = new Map<string, Dump>();
  readonly #insideOf = new Map<string, readonly Registered[]>();

  constructor(
    readonly registry: readonly Registered[],
    readonly reference: ReferenceRules,
    readonly fullFeed: FullFeed,
  ) {
    const emit = (event: CheckedEvent): void => void this.#events.push(event);
    this.#classes = new Map(registry.map((entry) => [entry.prefix, new PrefixClasses(entry, emit)]));
    this.#changes = new PathChanges(emit);
    this.#rules = [
      new Flapping(this.#conditions),
      new PathTurns(this.#conditions, (prefix) => this.#carriers(prefix)),
      new ProviderBypass(this.#conditions),
      new Visibility(
        this.#conditions,
        registry,
        () => this.#sessions.all,
        (session, family) => this.#isFull(session, family),
      ),
    ];
  }

  run(facts: readonly Fact[]): Checked {
    let now = -Infinity;
    for (const [index, fact] of facts.entries()) {
      if (fact.order > now) this.#passTime((now = fact.order));
      this.#apply(fact, index, facts);
    }
    this.#passTime(now + 1); // the end of the input: what is due at the last record's time
    return { incidents: this.#ledger.incidents, events: this.#events, conditions: this.#conditions.incidents };
  }

  #passTime(now: number): void {
    const ends = this.#sessions.all.map((session) => ({ session, end: transferEnd(session, now) }));
    for (const { session, end } of ends.sort((a, b) => (a.end ?? 0) - (b.end ?? 0))) {
      if (end === null) continue;
      this.#passConditions(end);
      session.transfer = null;
      this.#ledger.account(session.id, end);
      this.#tellComplete(session, null);
    }
    this.#passConditions(now);
    this.#ledger.passTime(now);
    this.#changes.passTime(now);
    for (const classes of this.#announcing) classes.passTime(now);
    this.#announcing.clear();
  }

  #passConditions(now: number): void {
    for (const rule of this.#rules) rule.passTime?.(now);
    this.#conditions.passTime(now);
  }

  #tellComplete(session: CheckedSession, family: Family | null): void {
    for (const rule of this.#rules) rule.tableComplete?.(session, family);
  }

  #tellChange(change: Omit<RouteChange, 'entry' | 'prefix' | 'isTransferring'>): void {
    const { prefix } = (change.fresh ?? change.old)!;
    const entry = judgedUnder(this.registry, bitsOf(prefix));
    if (entry === null) return;
    const isTransferring = isTransferringIn(change.session, familyOf(prefix));
    for (const rule of this.#rules) rule.changed?.({ ...change, entry, prefix, isTransferring });
  }

  /** The peer ASes with a route to the prefix that is not malformed. */
  #carriers(prefix: string): number {
    const routes = this.#sessions.all.flatMap((session) => [...session.routes.values()]);
    const there = routes.filter((route) => route.prefix === prefix && !route.isMalformed);
    return new Set(there.map(({ peerAs }) => peerAs)).size;
  }

  #isFull({ asn, isBootstrapped, cameUp, tables }: CheckedSession, family: Family): boolean {
    const { peers, minRoutes4, minRoutes6 } = this.fullFeed;
    if (peers.includes(asn)) return isBootstrapped || cameUp;
    const { routes, largest } = tables.get(family) ?? { routes: 0, largest: 0 };
    return largest >= (family === '4' ? minRoutes4 : minRoutes6) && routes >= 0.75 * largest;
  }

  #apply(fact: Fact, index: number, facts: readonly Fact[]): void {
    switch (fact.kind) {
      case 'announce':
      case 'withdraw':
        this.#update(fact, index, facts);
        return;
      case 'rib':
        this.#ribEntry(fact);
        return;
      case 'state':
        this.#stateChange(fact);
        return;
      case 'eor':
        this.#endOfRib(fact);
        return;
      case 'index':
        this.#ribBegin(fact);
        return;
      case 'end-of-rib-dump':
        this.#ribEnd(fact);
        return;
      case 'other':
        return;
    }
  }

  /** The session of an UPDATE, brought up where it was down; null where the record is late. */
  #hear(fact: Fact): CheckedSession | null {
    const session = this.#sessions.of(fact);
    if (isLate(session, fact)) return null;
    session.lastAt = Math.max(session.lastAt, fact.time);
    session.lastFile = fact.file;
    if (session.isUp) return session;
    session.isUp = true;
    if (session.downAt === null) return session;
    session.cameUp = true;
    beginTransfer(session, fact.time);
    return session;
  }

  #update(fact: Fact, index: number, facts: readonly Fact[]): void {
    const session = this.#hear(fact);
    if (session === null) return;
    if (fact.kind === 'announce') session.announcedAt = fact.time;
    if (fact.prefix === null) return;
    const id = routeId(session, fact);
    if (fact.kind === 'announce') this.#announce(session, id, fact);
    else if (isAnnouncedToo(fact, index, facts)) return;
    else this.#removeRoute(session, id, fact.time, 'withdrawal');
    session.updated.set(id, fact.time);
    this.#supersede(session, fact);
  }

  #announce(session: CheckedSession, id: string, fact: Fact): void {
    const route = this.#routeOf(session, fact, null);
    const old = session.routes.get(id);
    const [said, before] = [route, old].map((one) =>
      JSON.stringify([one?.path, one?.attributes, one?.isMalformed, one?.origin]),
    );
    if (old !== undefined && said === before) {
      repeat(session, old.at, fact.time);
      session.routes.set(id, { ...old, at: fact.time, fromDump: null });
    } else this.#setRoute(session, route, fact.time);
  }

  /** A RIB dump's route without a path id gives way to the first message of its prefix that bears one. */
  #supersede(session: CheckedSession, { prefix, pathId, time, kind }: Fact): void {
    const plain = [...session.routes.values()].find((route) => route.prefix === prefix && route.pathId === 0);
    if (pathId !== 0 && plain !== undefined && plain.fromDump !== null)
      this.#removeRoute(session, plain.id, time, kind === 'withdraw' ? 'withdrawal' : 'absent');
  }

  #routeOf(session: CheckedSession, fact: Fact, dump: string | null): CheckedRoute {
    const { path: said, attributes, pathId, time: at } = fact;
    const prefix = fact.prefix!;
    const path = fact.warnings.includes('as-path-malformed') ? null : said;
    const isInternal = dump === null && fact.localAs === fact.peerAs;
    const origin = originOf(path, isInternal ? fact.peerAs : null);
    const isMalformed = fact.warnings.some((code) => MALFORMED.includes(code));
    const byRegistry = judge(this.registry, prefix, origin, fact).filter(
      ({ type, offender }) => type !== 'superprefix-hijack' || !this.#baseline.has(`${prefix} ${offender}`),
    );
    const entry = judgedUnder(this.registry, bitsOf(prefix));
    const isWithoutPath = path === null || (path.length === 0 && isMalformed);
    const later =
      entry === null || isWithoutPath
        ? []
        : [
            ...this.reference.judge(entry, prefix, { path, origin, otc: fact.onlyToCustomer }),
            ...judgeBogon(this.registry, prefix, path),
          ];
    const { asn: peerAs } = session;
    const isRegistered = byRegistry.length === 0;
    const isLegitimate = !isMalformed && isRegistered && this.#legitimateFor({ prefix, origin, path }) !== null;
    return {
      id: routeId(session, fact),
      prefix,
      pathId,
      peerAs,
      path,
      origin,
      attributes,
      verdicts: primary(byRegistry, later),
      isRegistered,
      isLegitimate,
      isMalformed,
      fromDump: dump,
      at,
    };
  }

  /** Stores a route in place of what was there, and draws the consequences. */
  #setRoute(session: CheckedSession, route: CheckedRoute, at: number): void {
    const old = session.routes.get(route.id);
    session.routes.set(route.id, route);
    const exact = this.#classes.get(route.prefix);
    const replaced = old === undefined ? null : (exact?.classOfRoute(route.id) ?? 'none');
    const wasActive = exact?.holds('active') ?? false;
    for (const verdict of route.verdicts)
      if (this.#ledger.gain(verdict, route.id, route.peerAs, at) !== null)
        this.#tellOpening(verdict, replaced, wasActive, at);
    for (const verdict of old?.verdicts ?? [])
      if (!route.verdicts.some((other) => isSame(other, verdict))) this.#ledger.lose(verdict, route.id, at, null);
    this.#setClasses(session, route, at);
    this.#noteChange(route, old, session, at);
    this.#tellChange({ session, old, fresh: route, at, cause: route.fromDump === null ? 'announcement' : 'dump' });
  }

  /** Its prefix seen for the first time, its path changed. */
  #noteChange(route: CheckedRoute, old: CheckedRoute | undefined, session: CheckedSession, at: number): void {
    if (route.isMalformed || !route.isRegistered) return;
    const entry = this.#legitimateFor(route);
    if (entry === null) return;
    this.#seeMoreSpecific(entry, route, at);
    if (!isGood(route)) return;
    const isTransferring = isTransferringIn(session, familyOf(route.prefix));
    if (route.fromDump !== null || old === undefined || isTransferring || !isGood(old)) return;
    if (this.#legitimateFor(old) === entry)
      this.#changes.change(entry.prefix, route.prefix, { before: old, after: route, at });
  }

  #tellOpening(
    { type, registeredPrefix, prefix }: Verdict,
    replaced: RouteClass | null,
    wasActive: boolean,
    at: number,
  ): void {
    const classes = this.#classes.get(registeredPrefix)!;
    if (!TELLING.includes(type)) return;
    if (prefix === registeredPrefix) classes.originChanged(replaced, wasActive, at);
    else classes.moreSpecific(prefix, OWN.includes(type) ? 'Information' : 'Critical', at);
  }

  #setClasses(session: CheckedSession, route: CheckedRoute, at: number): void {
    for (const entry of this.#inside(route.prefix)) {
      const isExact = route.prefix === entry.prefix;
      const isUseful = !route.isMalformed && (!isExact || route.isRegistered);
      const next = isUseful ? classOf(entry, route.prefix, route.origin, route.path) : 'none';
      const classes = this.#classes.get(entry.prefix)!;
      classes.change(route.id, session.id, next, { at, isEvidence: route.fromDump === null });
      this.#announcing.add(classes);
    }
  }

  /** The registered prefix that the route is, or whose allowed more-specific it is, by a registered origin. */
  #legitimateFor({ prefix, origin, path }: Pick<CheckedRoute, 'prefix' | 'origin' | 'path'>): Registered | null {
    const bits = bitsOf(prefix);
    const entry = judgedUnder(this.registry, bits);
    if (entry === null) return null;
    const isRegistered =
      entry.bits === bits
        ? classOf(entry, prefix, origin, path) !== 'none'
        : isAllowedMoreSpecific(entry, bits, origin);
    return isRegistered ? entry : null;
  }

  #seeMoreSpecific(entry: Registered, { prefix }: CheckedRoute, at: number): void {
    if (entry.prefix === prefix || this.#seenMoreSpecifics.has(prefix)) return;
    this.#seenMoreSpecifics.add(prefix);
    this.#classes.get(entry.prefix)!.moreSpecific(prefix, 'Information', at);
  }

  /** The registered prefixes that are `prefix` or lie inside it; answers are remembered. */
  #inside(prefix: string): readonly Registered[] {
    let found = this.#insideOf.get(prefix);
    if (found === undefined) {
      const bits = bitsOf(prefix);
      found = this.registry.filter((entry) => contains(bits, entry.bits));
      this.#insideOf.set(prefix, found);
    }
    return found;
  }

  #removeRoute(session: CheckedSession, id: string, at: number, why: 'withdrawal' | 'down' | 'absent'): void {
    const route = session.routes.get(id);
    if (route === undefined) return;
    session.routes.delete(id);
    for (const verdict of route.verdicts) this.#ledger.lose(verdict, id, at, why === 'down' ? session.id : null);
    for (const { prefix } of this.#inside(route.prefix))
      this.#classes.get(prefix)!.change(id, session.id, null, { at, isEvidence: why === 'withdrawal' });
    const cause = why === 'absent' ? 'dump' : why;
    this.#tellChange({ session, old: route, fresh: undefined, at, cause });
  }

  /** A STATE_CHANGE speaks of every session at its address, and of none at 0.0.0.0 or ::. */
  #stateChange(fact: Fact): void {
    const isUp = fact.newState === 6 && fact.oldState !== 6;
    const isDown = fact.oldState === 6 && fact.newState !== 6;
    if (/^[0.:]+$/.test(fact.peerAddress) || (!isUp && !isDown)) return;
    const there = this.#sessions.at(fact.collector, fact.peerAddress);
    if (there.some((session) => isLate(session, fact))) return;
    const meant = there.length === 0 && isUp && fact.peerAs !== 0 ? [this.#sessions.of(fact)] : there;
    for (const session of meant) {
      session.lastAt = Math.max(session.lastAt, fact.time);
      session.lastFile = fact.file;
      if (session.isUp) this.#down(session, fact.time);
      if (!isUp) continue;
      session.isUp = session.cameUp = true;
      session.announcedAt = fact.time;
      beginTransfer(session, fact.time);
    }
  }

  #down(session: CheckedSession, at: number): void {
    session.isUp = false;
    session.downAt = at;
    session.transfer = null;
    session.burst = { since: -Infinity, count: 0 };
    for (const id of [...session.routes.keys()]) this.#removeRoute(session, id, at, 'down');
    for (const rule of this.#rules) rule.sessionDown?.(session, at);
  }

  #endOfRib(fact: Fact): void {
    const session = this.#hear(fact);
    if (session === null || session.transfer === null || fact.family === null) return;
    const { family } = fact;
    session.transfer.done.add(family);
    this.#ledger.account(session.id, fact.time, (route) => familyOf(route.split(' ')[3]) === family);
    this.#tellComplete(session, family);
  }

  #ribBegin(fact: Fact): void {
    const dump = {
      name: `${fact.file} ${fact.dump}`,
      since: fact.time,
      keys: new Set<string>(),
      families: new Set<Family>(),
      sizes: new Map<CheckedSession, Record<Family, Set<number>>>(),
    };
    const named = new Set<CheckedSession>();
    this.#dumps.set(dumpKey(fact), { ...dump, named, heard: new Set() });
    if (fact.peers === null) return;
    for (const { address, asn } of fact.peers) {
      const session = this.#sessions.find(fact.collector, address, asn);
      if (session !== undefined) named.add(session);
    }
    for (const session of this.#sessions.all)
      if (session.collector === fact.collector && session.isUp && !named.has(session) && session.lastAt < fact.time)
        this.#down(session, fact.time);
  }

  #ribEntry(fact: Fact): void {
    const dump = this.#dumps.get(dumpKey(fact))!;
    const session = this.#sessions.of(fact);
    if (fact.family !== null) dump.families.add(fact.family);
    if (session.downAt !== null && session.downAt >= dump.since) return;
    dump.named.add(session);
    dump.heard.add(session);
    const sizes = dump.sizes.get(session) ?? { '4': new Set(), '6': new Set() };
    dump.sizes.set(session, sizes);
    if (fact.family !== null) sizes[fact.family].add(fact.record);
    session.isUp = true;
    if (fact.prefix === null) return;
    const id = routeId(session, fact);
    dump.keys.add(id);
    if ((session.updated.get(id) ?? -1) >= dump.since) return;
    const route = this.#routeOf(session, fact, dump.name);
    if (!session.isBootstrapped && isLongEnough(bitsOf(route.prefix)))
      for (const { type, offender } of route.verdicts)
        if (type === 'superprefix-hijack' && !this.#ledger.isGoingOn(type, route.prefix, offender))
          this.#baseline.add(`${route.prefix} ${offender}`);
    this.#setRoute(session, this.#routeOf(session, fact, dump.name), fact.time);
  }

  #ribEnd(fact: Fact): void {
    const { since, keys, named, heard, families, sizes } = this.#dumps.get(dumpKey(fact))!;
    for (const session of named) {
      if (!session.isUp || (session.downAt !== null && session.downAt >= since)) continue;
      for (const { id, prefix, fromDump, at } of [...session.routes.values()])
        if (
          !keys.has(id) &&
          families.has(familyOf(prefix)) &&
          (session.updated.get(id) ?? -1) < since &&
          (fromDump === null || at < since) // another dump, which overlaps this one, has it since
        )
          this.#removeRoute(session, id, since, 'absent');
      if (!heard.has(session)) continue;
      session.isBootstrapped = true;
      for (const family of families) {
        const largest = Math.max(...[...sizes.values()].map((one) => one[family].size));
        session.tables.set(family, { routes: sizes.get(session)![family].size, largest });
        this.#ledger.account(session.id, fact.time, (route) => familyOf(route.split(' ')[3]) === family);
        this.#tellComplete(session, family);
      }
    }
  }
}

/** Base names are not unique: each collector has its `updates` and `bview`. */
function dumpKey({ collector, file }: Fact): string {
  return `${collector} ${file}`;
}

function isOneRecord(a: Fact | undefined, b: Fact): boolean {
  return a?.collector === b.collector && a.file === b.file && a.record === b.record;
}

/** The first verdict, of a superprefix one a connection; what comes behind is told with it. */
function primary(byRegistry: readonly Verdict[], later: readonly Verdict[]): readonly Verdict[] {
  const all = [...byRegistry, ...later];
  const count = byRegistry[0]?.type === 'superprefix-hijack' ? byRegistry.length : 1;
  const [first, rest] = [all.slice(0, count), all.slice(count)];
  return first.map((verdict) => ({ ...verdict, also: rest.map(({ type }) => type) }));
}

/** Neither malformed nor wrong. */
function isGood({ isMalformed, verdicts }: CheckedRoute): boolean {
  return !isMalformed && verdicts.length === 0;
}

/** RFC 4271 section 4.3: a prefix that one UPDATE withdraws and announces is announced. */
function isAnnouncedToo(fact: Fact, index: number, facts: readonly Fact[]): boolean {
  return [-1, 1].some((step) => {
    for (let at = index + step; isOneRecord(facts[at], fact); at += step) {
      const other = facts[at];
      if (other.kind === 'announce' && other.prefix === fact.prefix && other.pathId === fact.pathId) return true;
    }
    return false;
  });
}

function routeId(session: CheckedSession, { prefix, pathId }: Fact): string {
  return `${session.id} ${prefix!} ${pathId}`;
}

function isSame(a: Verdict, b: Verdict): boolean {
  return a.type === b.type && a.scope === b.scope && a.prefix === b.prefix && a.offender === b.offender;
}
