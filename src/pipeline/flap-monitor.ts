// Incident flapping (detection.md section 3): penalties of every (session, prefix) that had one lately, and what too much of it on enough
// peer ASes raises. Only UPDATEs count that take away or change a route without a primary verdict: never a lost session, a table
// transfer or a RIB dump (section 6). A route that comes where none was changes nothing and costs nothing.

import { type Asn } from '../ip/asn.js';
import { type EventTime, SECOND } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { addFlap, type FlapPenalty, longestMemory, penaltyAt, underAt } from '../detection/flap-penalty.js';
import { type PrefixPolicy } from '../detection/policy.js';
import { accusedOrigin } from '../detection/route-view.js';
import { type Condition, type ConditionKey, type Sighting } from '../incidents/conditions.js';
import { isJudgedUnder } from './judged-under.js';
import { type MonitorContext, type RouteChange, type RouteMonitor } from './route-monitor.js';
import { compareSightings, rowOfSighting, type SightingRow, sightingOf, sightingOfRow } from './sightings.js';
import { type MonitorRow } from './store.js';
import { type JudgedRoute } from './stored-route.js';

/** One session's flapping of one prefix. */
interface Flapper extends FlapPenalty {
  readonly peerAs: Asn;
  /** Flaps since the penalty was last nothing. */
  readonly withdrawals: number;
  readonly changes: number;
  /** The record that took it over the limit, until it is calm again; else null. */
  readonly sighting: Sighting | null;
}

/** A prefix whose condition was raised, until every session is calm. */
interface Noisy {
  readonly registeredPrefix: string;
  readonly calmAt: EventTime;
}

const HOUR: EventTime = 3600 * SECOND;

/** Peer ASes that a clause names; the rest is counted. */
const MOST_NAMED = 10;

export class FlapMonitor implements RouteMonitor {
  readonly name = 'flapping';
  readonly #figures: DetectionFigures['flapping'];
  readonly #context: MonitorContext;
  /** By prefix, then session. */
  readonly #flappers = new Map<string, Map<number, Flapper>>();
  readonly #noisy = new Map<string, Noisy>();
  #changed = new Set<string>();
  #sweepDue = false;

  constructor(context: MonitorContext) {
    this.#context = context;
    this.#figures = context.figures.flapping;
  }

  load(rows: readonly MonitorRow[]): void {
    for (const { key, data } of rows) {
      const [prefix, session] = key.split(' ') as [string, string | undefined];
      if (session === undefined) this.#setNoisy(prefix, data as Noisy);
      else {
        const row = data as FlapperRow;
        this.#ofPrefix(prefix).set(Number(session), { ...row, sighting: sightingOfRow(row.sighting) });
      }
    }
    this.#changed.clear();
    if (this.#flappers.size > 0) this.#scheduleSweep();
  }

  /** Prefixes that are judged under another registered one now, or under none, begin anew. */
  ready(): void {
    const policies = this.#context.policies();
    for (const [prefix, { registeredPrefix }] of this.#noisy) {
      if (isJudgedUnder(policies, prefix, registeredPrefix)) continue;
      const incident = this.#context.conditions.ongoing(keyOf(registeredPrefix, prefix));
      if (incident !== undefined) this.#context.conditions.resolve(incident, this.#context.now(), 'reconfigured');
      this.#setNoisy(prefix, null);
    }
  }

  changed(change: RouteChange): void {
    const { policy, at } = change;
    const flap = policy === undefined ? null : flapOf(change);
    if (policy === undefined || flap === null) return;
    const prefix = change.prefix.toString();
    const crossed = this.#add(change, prefix, flap);
    const noisy = this.#noisy.get(prefix);
    if (noisy === undefined) {
      if (crossed || this.#penalty(prefix, change) > this.#figures.suppress) this.#raiseIfMany(policy, change);
      return;
    }
    const calmAt = Math.max(noisy.calmAt, this.#calmAt(this.#flappers.get(prefix)!.get(change.session.id)!));
    this.#setNoisy(prefix, { ...noisy, calmAt });
    const key = keyOf(noisy.registeredPrefix, prefix);
    if (crossed && this.#context.conditions.holds(key)) this.#raise(policy, change);
    else this.#context.conditions.refresh(key, at);
  }

  fire(rest: string): void {
    if (rest === 'sweep') {
      this.#sweep();
      return;
    }
    const noisy = this.#noisy.get(rest);
    if (noisy === undefined) return;
    this.#setNoisy(rest, null);
    this.#context.conditions.clear(keyOf(noisy.registeredPrefix, rest), noisy.calmAt);
  }

  takeChanged(): readonly { readonly key: string; readonly data: unknown }[] {
    if (this.#changed.size === 0) return [];
    const keys = [...this.#changed];
    this.#changed = new Set();
    return keys.map((key) => ({ key, data: this.#rowOf(key) }));
  }

  #rowOf(key: string): FlapperRow | Noisy | null {
    const [prefix, session] = key.split(' ') as [string, string | undefined];
    if (session === undefined) return this.#noisy.get(prefix) ?? null;
    const flapper = this.#flappers.get(prefix)?.get(Number(session));
    return flapper === undefined ? null : { ...flapper, sighting: rowOfSighting(flapper.sighting) };
  }

  /** Adds a flap to its penalty. @returns true where that took it over the limit, and it was calm before. */
  #add(change: RouteChange, prefix: string, flap: Flap): boolean {
    const { session, at } = change;
    const { withdrawalPenalty, changePenalty, suppress, reuse } = this.#figures;
    const ofPrefix = this.#ofPrefix(prefix);
    const old = ofPrefix.get(session.id);
    const left = old === undefined ? 0 : penaltyAt(old, at, this.#figures);
    const penalty = flap === 'withdrawals' ? withdrawalPenalty : changePenalty;
    const after = addFlap(old, { penalty, at }, this.#figures);
    const counts = left === 0 || old === undefined ? NO_FLAPS : old;
    const known = left < reuse ? null : (old?.sighting ?? null);
    const sighting = known ?? (after.value > suppress ? sightingOf(change) : null);
    const { withdrawals, changes } = counts;
    const counted = { withdrawals, changes, [flap]: counts[flap] + 1 };
    ofPrefix.set(session.id, { ...after, peerAs: session.peerAs, ...counted, sighting });
    this.#changed.add(`${prefix} ${session.id}`);
    this.#scheduleSweep();
    return known === null && sighting !== null;
  }

  #penalty(prefix: string, { session, at }: RouteChange): number {
    return penaltyAt(this.#flappers.get(prefix)!.get(session.id)!, at, this.#figures);
  }

  #raiseIfMany(policy: PrefixPolicy, change: RouteChange): void {
    const prefix = change.prefix.toString();
    const flappers = [...this.#flappers.get(prefix)!.values()];
    const over = flappers.filter((one) => penaltyAt(one, change.at, this.#figures) > this.#figures.suppress);
    if (new Set(over.map(({ peerAs }) => peerAs)).size < this.#figures.minPeers) return;
    const calmAt = Math.max(...flappers.map((one) => this.#calmAt(one)));
    this.#setNoisy(prefix, { registeredPrefix: policy.prefix.toString(), calmAt });
    this.#raise(policy, change);
  }

  #raise(policy: PrefixPolicy, change: RouteChange): void {
    const shown = [...this.#flappers.get(change.prefix.toString())!.values()].filter(
      (one) => one.sighting !== null && penaltyAt(one, change.at, this.#figures) >= this.#figures.reuse,
    );
    const sightings = shown.map(({ sighting }) => sighting!).sort(compareSightings);
    const isOpen = this.#context.conditions.holds(keyOf(policy.prefix.toString(), change.prefix.toString()));
    const first = isOpen ? change.at : Math.min(...sightings.map(({ evidence }) => evidence.at));
    this.#context.conditions.raise(this.#condition(policy, change, shown), {
      at: first,
      notifiableAt: Math.max(first, change.at),
      sightings,
    });
  }

  #condition(policy: PrefixPolicy, change: RouteChange, shown: readonly Flapper[]): Condition {
    const { suppress, reuse, withdrawalPenalty, changePenalty, halfLife, minPeers } = this.#figures;
    const worst = new Map<Asn, Flapper>();
    const penalty = (one: Flapper) => penaltyAt(one, change.at, this.#figures);
    for (const one of shown) {
      const there = worst.get(one.peerAs);
      if (there === undefined || penalty(one) > penalty(there)) worst.set(one.peerAs, one);
    }
    const peers = [...worst.keys()].sort((a, b) => a - b);
    const named = peers.slice(0, MOST_NAMED).map((peer) => figuresOf(worst.get(peer)!, penalty(worst.get(peer)!)));
    const more = peers.length > MOST_NAMED ? ` and ${peers.length - MOST_NAMED} more` : '';
    return {
      ...keyOf(policy.prefix.toString(), change.prefix.toString()),
      ruleVersion: 1,
      level: 'Warning',
      connection: policy.connection,
      covers: [],
      expected: { origins: policy.origins, neighbors: null },
      observed: observedOf(change.fresh ?? change.old),
      clauses: [
        `${change.prefix.toString()} flaps: ${peers.length} peer ASes went over a penalty of ${suppress}, ${minPeers} would do: ` +
          `${named.join(', ')}${more}`,
        `a withdrawal counts ${withdrawalPenalty}, a change of the route ${changePenalty}, and half of it is gone after ` +
          `${halfLife / SECOND} s; repeats, session resets and table transfers count nothing`,
        `it is over when every session is under ${reuse}`,
      ],
      alsoMatched: [],
      reference: '',
      peers,
      counted: false,
    };
  }

  #calmAt(flapper: Flapper): EventTime {
    return underAt(flapper, this.#figures.reuse, this.#figures);
  }

  #setNoisy(prefix: string, noisy: Noisy | null): void {
    if (noisy === null) this.#noisy.delete(prefix);
    else this.#noisy.set(prefix, noisy);
    this.#changed.add(prefix);
    this.#context.timers.set(`${this.name} ${prefix}`, noisy?.calmAt ?? null);
  }

  #ofPrefix(prefix: string): Map<number, Flapper> {
    let ofPrefix = this.#flappers.get(prefix);
    if (ofPrefix === undefined) this.#flappers.set(prefix, (ofPrefix = new Map<number, Flapper>()));
    return ofPrefix;
  }

  /** At every full hour of event time, whoever has run until then: what is forgotten must not rest on when we were started. */
  #scheduleSweep(): void {
    if (this.#sweepDue) return;
    this.#sweepDue = true;
    this.#context.timers.set(`${this.name} sweep`, (Math.floor(this.#context.now() / HOUR) + 1) * HOUR);
  }

  /** Forgets penalties of which nothing is left. */
  #sweep(): void {
    this.#sweepDue = false;
    const before = this.#context.now() - longestMemory(this.#figures);
    for (const [prefix, ofPrefix] of this.#flappers) {
      for (const [session, flapper] of ofPrefix) {
        if (flapper.at >= before && penaltyAt(flapper, this.#context.now(), this.#figures) > 0) continue;
        ofPrefix.delete(session);
        this.#changed.add(`${prefix} ${session}`);
      }
      if (ofPrefix.size === 0) this.#flappers.delete(prefix);
    }
    if (this.#flappers.size > 0) this.#scheduleSweep();
  }
}

type Flap = 'withdrawals' | 'changes';

interface FlapperRow extends Omit<Flapper, 'sighting'> {
  readonly sighting: SightingRow | null;
}

const NO_FLAPS = { withdrawals: 0, changes: 0 };

/** What a change of a route costs: a withdrawal that takes away a stored route, or an announcement that changes it. */
function flapOf({ old, fresh, cause, transferring }: RouteChange): Flap | null {
  if (transferring || !isSound(old)) return null;
  if (cause === 'withdraw') return 'withdrawals';
  if (cause !== 'announce' || fresh === undefined) return null;
  if (fresh.route.malformed) return 'withdrawals'; // RFC 7606: treat-as-withdraw
  return isSound(fresh) ? 'changes' : null;
}

/** A route that is none to the rule: absent, malformed, or with a primary verdict. */
function isSound(judged: JudgedRoute | undefined): boolean {
  return judged !== undefined && !judged.route.malformed && judged.judgement.findings.length === 0;
}

function keyOf(registeredPrefix: string, prefix: string): ConditionKey {
  return { type: 'flapping', registeredPrefix, prefix, offender: '' };
}

function observedOf(judged: JudgedRoute | undefined): Condition['observed'] {
  if (judged === undefined) return { origin: null, neighbor: null };
  return { origin: accusedOrigin(judged.view.origin), neighbor: judged.view.neighbor };
}

function figuresOf({ peerAs, withdrawals, changes }: Flapper, penalty: number): string {
  const counts = [
    ...(withdrawals === 0 ? [] : [`${withdrawals} ${withdrawals === 1 ? 'withdrawal' : 'withdrawals'}`]),
    ...(changes === 0 ? [] : [`${changes} ${changes === 1 ? 'change' : 'changes'}`]),
  ];
  return `AS${peerAs} ${Math.round(penalty)} (${counts.join(', ')})`;
}
