// Learns the history of links, and says what becomes of a link (detection.md section 3, forged-path). A link is known that was seen while the
// history was being learnt, that came with a session's first RIB dump, or `knownAfter` its first sight; it is forgotten when an incident about it
// ends before that, so that the same attack is found again. Routes with another verdict teach nothing but their own wrong.

import { type Asn } from '../ip/asn.js';
import { type EventTime, SECOND } from '../ip/event-time.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type Finding } from '../detection/finding.js';
import { linksOf } from '../detection/link-view.js';
import { type Incident } from '../incidents/incident.js';
import { type Session } from '../rib/session.js';
import { type LinkHistory } from './link-history.js';
import { type MonitorContext, type RouteChange, type RouteMonitor } from './route-monitor.js';
import { type LinkRow, type OpenDump } from './store.js';
import { type JudgedRoute, type StoredRoute } from './stored-route.js';

/** Key of the timer at which the history has been learnt. */
const LEARNT = 'learnt';
/** The verdicts beside which a path is believed. */
const HARMLESS: ReadonlySet<string> = new Set<Finding['type']>(['forged-path', 'rpki-invalid']);
/** When the table of links is full, so much of it stays. */
const KEPT_SHARE = 0.9;
/** By then every peer has the paths that a change brings. */
const CONVERGED: EventTime = 3600 * SECOND;

export class LinkMonitor implements RouteMonitor {
  readonly name = 'links';
  readonly #context: MonitorContext;
  readonly #links: LinkHistory;
  /** Sessions whose first RIB dump is over. */
  readonly #bootstrapped = new Set<number>();
  /** The routes are told anew under another registry or other data. */
  #isAnew = false;

  constructor(context: MonitorContext) {
    this.#context = context;
    this.#links = context.links;
  }

  /** The history itself is loaded before. */
  load(): void {
    for (const { id, bootstrapped } of this.#context.sessions.all) if (bootstrapped) this.#bootstrapped.add(id);
    this.#awaitLearnt();
    for (const link of this.#links.all) if (link.standing === 'new') this.#awaitAge(link);
  }

  reconfigure(): void {
    this.#isAnew = true;
  }

  /** What taught nothing because of a verdict that it has no longer, was there before and is nothing new. */
  restored(judged: JudgedRoute): void {
    if (!this.#isAnew || !teaches(judged) || judged.route.carried.some(({ type }) => type === 'forged-path')) return;
    this.#learn(judged, this.#context.now(), true);
  }

  ready(): void {
    this.#isAnew = false;
  }

  changed({ fresh, session, at, cause }: RouteChange): void {
    if (fresh === undefined || !teaches(fresh)) return;
    const before = this.#links.size;
    this.#learn(fresh, at, cause === 'rib' && !session.bootstrapped);
    if (this.#links.size > before && this.#links.size > this.#context.figures.forgedPath.maxLinks) this.#makeRoom();
  }

  /** A session's first dump is there: what it has is known, but for what is accused; that it is judged of from now on. */
  dumpEnded({ beganAt }: OpenDump, _afis: readonly number[], heard: readonly Session[]): void {
    for (const session of heard) {
      if (!session.bootstrapped || this.#bootstrapped.has(session.id)) continue;
      this.#bootstrapped.add(session.id);
      for (const route of [...this.#context.routes.ofSession(session)]) {
        const judged = this.#context.judge(route);
        if (teaches(judged)) this.#learn(judged, route.at, true);
        const { judgement } = this.#context.judge(route);
        if (route.carried.length > 0 || judgement.findings.length === 0) continue;
        const unjudged = { ...judgement, findings: [], legitimate: judgement.registered };
        this.#context.judgeAnew([{ ...judged, judgement: unjudged }], Math.max(beganAt, route.at));
      }
    }
  }

  /** Ended before the link was known: it is forgotten, unless another incident about it goes on. */
  ended({ type, offender }: Incident): void {
    if (type !== 'forged-path') return;
    const [far, near] = offender.split('/').map(Number) as [Asn, Asn];
    const link = this.#links.find(far, near);
    if (link?.standing === 'new' && !this.#isAccused(link)) this.#forget(link);
  }

  fire(rest: string): void {
    if (rest === LEARNT) {
      this.#links.learnt();
      return;
    }
    const [low, high] = rest.split(' ').map(Number) as [Asn, Asn];
    const link = this.#links.find(low, high);
    if (link !== undefined) this.#age(link);
  }

  /** Forgets the links that nobody has shown since, but for those of stored routes. */
  forgetBefore(before: EventTime): void {
    const old = [...this.#links.all].filter(({ lastAt }) => lastAt < before);
    if (old.length === 0) return;
    const carried = this.#carried();
    for (const link of old) if (!carried.has(link)) this.#forget(link);
  }

  /** @param isKnown they were there before they could be seen to come. */
  #learn({ view }: JudgedRoute, at: EventTime, isKnown: boolean): void {
    const { judging, since } = this.#links.progress;
    const standing = isKnown || !judging ? 'known' : 'new';
    for (const { far, near } of linksOf(view.hops)) {
      const fresh = this.#links.see(far, near, at, standing);
      if (fresh?.standing === 'new') this.#awaitAge(fresh);
      const link = isKnown && fresh === null ? this.#links.find(far, near) : undefined;
      if (link?.standing !== 'new' || this.#isAccused(link)) continue;
      this.#links.setStanding(far, near, 'known');
      this.#context.timers.set(timerOf(link), null);
    }
    if (since === null) this.#awaitLearnt();
  }

  #awaitLearnt(): void {
    const { since, learnFor, judging } = this.#links.progress;
    if (since !== null && !judging) this.#context.timers.set(`${this.name} ${LEARNT}`, since + learnFor);
  }

  #awaitAge(link: LinkRow): void {
    this.#context.timers.set(timerOf(link), this.#knownAt(link));
  }

  #knownAt({ firstAt }: LinkRow): EventTime {
    return firstAt + this.#context.figures.forgedPath.knownAfter;
  }

  /** The link has been seen for so long that it is known, with those that came with it: the routes accused for them are judged anew. */
  #age(link: LinkRow): void {
    const at = this.#knownAt(link);
    const links = this.#cameWith(link);
    const incidents = links.flatMap((one) => this.#accusing(one));
    const carriers = incidents.flatMap((incident) => this.#carriersOf(incident)).map(this.#context.judge);
    for (const one of links) {
      this.#links.setStanding(one.low, one.high, 'aged');
      this.#context.timers.set(timerOf(one), null);
    }
    this.#context.judgeAnew(carriers, at);
    for (const { route } of carriers)
      for (const incident of route.carried) if (incident.peersNow === 0) incident.settledAt = at;
  }

  /** The link, and new ones on the paths accused for it that were first seen at that time: else each would be accused when the one before it is known. */
  #cameWith(link: LinkRow): readonly LinkRow[] {
    const links = [link];
    for (const one of links) {
      const routes = this.#accusing(one).flatMap((incident) => this.#carriersOf(incident));
      for (const { far, near } of routes.flatMap((route) => linksOf(this.#context.judge(route).view.hops))) {
        const other = this.#links.find(far, near);
        const isSoon = other !== undefined && Math.abs(other.firstAt - link.firstAt) <= CONVERGED;
        if (isSoon && other.standing === 'new' && !links.includes(other)) links.push(other);
      }
    }
    return links;
  }

  #carriersOf(incident: Incident): StoredRoute[] {
    const prefix = parsePrefix(incident.prefix);
    return [...this.#context.routes.at(prefix)].filter(({ carried }) => carried.includes(incident));
  }

  #isAccused(link: LinkRow): boolean {
    return this.#accusing(link).length > 0;
  }

  /** The incidents about a link that go on. */
  #accusing({ low, high }: LinkRow): readonly Incident[] {
    const names = [`${low}/${high}`, `${high}/${low}`];
    return [...this.#context.routeIncidents()].filter(
      ({ type, offender, state }) => type === 'forged-path' && state !== 'resolved' && names.includes(offender),
    );
  }

  #forget(link: LinkRow): void {
    this.#context.timers.set(timerOf(link), null);
    this.#links.forget(link.low, link.high);
  }

  /** First go links that are not known yet, then those shown longest ago; never what a stored route has. */
  #makeRoom(): void {
    const carried = this.#carried();
    const idle = [...this.#links.all].filter((link) => !carried.has(link));
    idle.sort((a, b) => rank(a) - rank(b) || a.lastAt - b.lastAt || a.low - b.low || a.high - b.high);
    const spare = this.#links.size - Math.floor(KEPT_SHARE * this.#context.figures.forgedPath.maxLinks);
    for (const link of idle.slice(0, spare)) this.#forget(link);
  }

  #carried(): Set<LinkRow> {
    const carried = new Set<LinkRow>();
    for (const route of this.#context.routes.all()) {
      for (const { far, near } of linksOf(this.#context.judge(route).view.hops)) {
        const link = this.#links.find(far, near);
        if (link !== undefined) carried.add(link);
      }
    }
    return carried;
  }
}

function timerOf({ low, high }: LinkRow): string {
  return `links ${low} ${high}`;
}

function rank({ standing }: LinkRow): number {
  return standing === 'new' ? 0 : 1;
}

function teaches({ route, judgement }: JudgedRoute): boolean {
  return (
    !route.malformed &&
    judgement.findings.every(
      ({ type, alsoMatched }) => HARMLESS.has(type) && alsoMatched.every((also) => HARMLESS.has(also)),
    )
  );
}
