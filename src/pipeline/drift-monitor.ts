// Incident registry-drift (detection.md section 3), one of a registered prefix: no full feed has it for a day, something that is not
// registered stays for a week on enough peer ASes, or ROAs do not authorise a registered origin. Which of these hold, its clauses say.
//
// What goes is waited for as incidents are (section 5): back within `reopenWithin`, or within `unobservedAfter` where sessions went down
// with it, it was never gone.

import { type EventTime } from '../ip/event-time.js';
import { isFullFeed } from '../detection/full-feed.js';
import { type PrefixPolicy } from '../detection/policy.js';
import { type Unregistered, unregisteredKey } from '../detection/unregistered.js';
import { type Sighting } from '../incidents/conditions.js';
import { MAX_EVIDENCE } from '../incidents/incident.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type Session } from '../rib/session.js';
import {
  type Absence,
  absenceClause,
  driftCondition,
  driftKey,
  invalidOrigins,
  type Standing,
  standingClause,
} from './drift-facts.js';
import { type MonitorContext, type RouteChange, type RouteMonitor } from './route-monitor.js';
import { type MonitorRow, type OpenDump } from './store.js';
import { byAge, evidenceOf, type JudgedRoute } from './stored-route.js';
import { UnregisteredPeers } from './unregistered-peers.js';

/** First words of the keys of rows and timers; a standing's begins with its kind. */
const ABSENT = 'absent';
const INVALID = 'invalid';
const CHECK = 'check';

/** What was told of a prefix changes: from when on, whether something was added, and how it ends where nothing is left. */
interface Telling {
  readonly at: EventTime;
  readonly notifiableAt?: EventTime;
  readonly isNew: boolean;
  readonly reason?: 'withdrawn' | 'unobserved' | 'reconfigured';
}

export class DriftMonitor implements RouteMonitor {
  readonly name = 'drift';
  readonly #context: MonitorContext;
  readonly #shown: UnregisteredPeers;
  readonly #standing = new Map<string, Standing>();
  readonly #absent = new Map<string, Absence>();
  /** Clauses about registered origins that are RPKI invalid, by prefix. */
  readonly #invalid = new Map<string, readonly string[]>();
  #changed = new Set<string>();

  constructor(context: MonitorContext) {
    this.#context = context;
    this.#shown = new UnregisteredPeers(context);
  }

  load(rows: readonly MonitorRow[]): void {
    for (const { key, data } of rows) {
      const [kind, prefix] = key.split(' ') as [string, string];
      if (kind === ABSENT) this.#setAbsent(prefix, data as Absence);
      else if (kind === INVALID) this.#setInvalid(prefix, data as readonly string[]);
      else this.#setStanding(key, data as Standing);
    }
    this.#changed.clear();
  }

  restored(route: JudgedRoute): void {
    this.#shown.add(route);
  }

  reconfigure(): void {
    this.#shown.clear();
  }

  /** Whatever is registered now is no drift any more; what is not begins to be, as of now. */
  ready(): void {
    const now = this.#context.now();
    for (const [key, standing] of this.#standing) {
      const stands = this.#policy(standing.registeredPrefix, true) !== undefined;
      if (stands && (standing.gone !== null || this.#shown.isShown(key))) continue;
      this.#setStanding(key, null);
      if (standing.told) this.#tell(standing.registeredPrefix, { at: now, isNew: false, reason: 'reconfigured' });
    }
    for (const what of this.#shown.all) this.#begin(what, now);
    for (const [prefix, { told }] of this.#absent) {
      if (this.#policy(prefix) !== undefined) continue;
      this.#setAbsent(prefix, null);
      if (told) this.#tell(prefix, { at: now, isNew: false, reason: 'reconfigured' });
    }
    if (now > 0) this.#checkOrigins(now);
    else this.#context.timers.set(`${this.name} ${CHECK}`, 1); // with the first record: there is no time before it
  }

  changed(change: RouteChange): void {
    const { old, fresh, at, cause, policy, prefix } = change;
    if (policy?.prefix.length === prefix.length && policy.origins.length > 0) this.#watchPresence(policy, change);
    const before = old === undefined ? [] : this.#shown.remove(old);
    const after = fresh === undefined ? [] : this.#shown.add(fresh);
    for (const what of after) this.#begin(what, at);
    for (const what of before) {
      const key = unregisteredKey(what);
      const standing = this.#standing.get(key);
      if (standing === undefined || this.#shown.isShown(key)) continue;
      const down = (standing.gone?.down ?? false) || cause === 'session-loss';
      this.#setStanding(key, { ...standing, gone: { at: standing.gone?.at ?? at, down } });
    }
  }

  /** A dump says which sessions are full feeds: who has none of theirs is absent since it began. */
  dumpEnded({ beganAt }: OpenDump, afis: readonly number[]): void {
    for (const afi of afis) {
      const full = this.#fullFeeds(afi);
      if (full.size === 0) continue;
      for (const policy of this.#context.policies().all) {
        if (policy.prefix.afi !== afi || policy.origins.length === 0) continue;
        if (this.#isHeldBy(policy, full)) this.#present(policy.prefix.toString(), beganAt);
        else this.#miss(policy.prefix.toString(), beganAt);
      }
    }
  }

  fire(rest: string): void {
    const [kind, prefix] = rest.split(' ') as [string, string | undefined];
    if (kind === CHECK) this.#checkOrigins(this.#context.now());
    else if (kind === ABSENT) this.#settleAbsence(prefix!);
    else this.#settleStanding(rest);
  }

  takeChanged(): readonly Omit<MonitorRow, 'monitor'>[] {
    if (this.#changed.size === 0) return [];
    const keys = [...this.#changed];
    this.#changed = new Set();
    return keys.map((key) => ({ key, data: this.#rowOf(key) }));
  }

  #rowOf(key: string): unknown {
    const [kind, prefix] = key.split(' ') as [string, string];
    if (kind === ABSENT) return this.#absent.get(prefix) ?? null;
    return (kind === INVALID ? this.#invalid.get(prefix) : this.#standing.get(key)) ?? null;
  }

  /** Enough peer ASes show something that is not registered: since now, or still. */
  #begin(what: Unregistered, at: EventTime): void {
    const key = unregisteredKey(what);
    const standing = this.#standing.get(key);
    if ((standing !== undefined && standing.gone === null) || !this.#shown.isShown(key)) return;
    this.#setStanding(
      key,
      standing === undefined ? { ...what, since: at, told: false, gone: null } : { ...standing, gone: null },
    );
  }

  #settleStanding(key: string): void {
    const standing = this.#standing.get(key);
    if (standing === undefined) return;
    const { registeredPrefix, since, told, gone } = standing;
    if (gone === null) {
      const notifiableAt = since + this.#context.figures.registryDrift.stableFor;
      this.#setStanding(key, { ...standing, told: true });
      this.#tell(registeredPrefix, { at: since, notifiableAt, isNew: true });
      return;
    }
    this.#setStanding(key, null);
    if (!told) return;
    if (gone.down) this.#tell(registeredPrefix, { at: this.#goneFor(gone), isNew: false, reason: 'unobserved' });
    else this.#tell(registeredPrefix, { at: gone.at, isNew: false });
  }

  #watchPresence(policy: PrefixPolicy, { session, old, fresh, at, cause, transferring }: RouteChange): void {
    const [before, after] = [old?.route.malformed === false, fresh?.route.malformed === false];
    const prefix = policy.prefix.toString();
    if (after && this.#absent.has(prefix) && this.#isFull(session, policy.prefix.afi)) this.#present(prefix, at);
    const isLoss = before && !after && cause !== 'session-loss' && cause !== 'rib' && !transferring;
    if (!isLoss || this.#absent.has(prefix) || !this.#isFull(session, policy.prefix.afi)) return;
    if (!this.#isHeldBy(policy, this.#fullFeeds(policy.prefix.afi))) this.#miss(prefix, at);
  }

  #miss(prefix: string, at: EventTime): void {
    if (!this.#absent.has(prefix)) this.#setAbsent(prefix, { since: at, told: false });
  }

  #present(prefix: string, at: EventTime): void {
    const absence = this.#absent.get(prefix);
    if (absence === undefined) return;
    this.#setAbsent(prefix, null);
    if (absence.told) this.#tell(prefix, { at, isNew: false });
  }

  #settleAbsence(prefix: string): void {
    const policy = this.#policy(prefix);
    const absence = this.#absent.get(prefix);
    if (policy === undefined || absence === undefined) return;
    const full = this.#fullFeeds(policy.prefix.afi);
    if (full.size === 0 || this.#isHeldBy(policy, full)) {
      this.#setAbsent(prefix, null); // nobody is up who would have it: the next dump counts anew
      return;
    }
    this.#setAbsent(prefix, { ...absence, told: true });
    const notifiableAt = absence.since + this.#context.figures.registryDrift.absentFor;
    this.#tell(prefix, { at: absence.since, notifiableAt, isNew: true });
  }

  /** What ROAs say of the registered origins, under registry and data of now. */
  #checkOrigins(now: EventTime): void {
    const { policies, reference } = this.#context;
    for (const prefix of [...this.#invalid.keys()]) {
      if (this.#policy(prefix) !== undefined) continue;
      this.#setInvalid(prefix, []);
      this.#tell(prefix, { at: now, isNew: false, reason: 'reconfigured' });
    }
    for (const policy of policies().all) {
      const prefix = policy.prefix.toString();
      const [was, is] = [this.#invalid.get(prefix) ?? [], invalidOrigins(policy, reference())];
      if (was.join() === is.join()) continue;
      this.#setInvalid(prefix, is);
      this.#tell(prefix, { at: now, isNew: is.length > 0, reason: 'reconfigured' });
    }
  }

  /** Says anew what does not agree; where everything does, it is over. */
  #tell(registeredPrefix: string, { at, notifiableAt = at, isNew, reason = 'withdrawn' }: Telling): void {
    const { conditions, figures, reference, policies } = this.#context;
    const key = driftKey(registeredPrefix);
    const policy = policies().get(registeredPrefix);
    const invalid = this.#invalid.get(registeredPrefix) ?? [];
    const absence = this.#absent.get(registeredPrefix);
    const standing = this.#toldOf(registeredPrefix);
    const clauses = [
      ...(absence?.told === true ? [absenceClause(absence, figures.registryDrift)] : []),
      ...standing.map((one) => standingClause(one, figures.registryDrift)),
      ...invalid,
    ];
    if (policy !== undefined && clauses.length > 0) {
      if (!isNew && !conditions.holds(key)) return; // somebody ended it by hand
      const data = { standing, reference: invalid.length > 0 ? reference().version : '' };
      const sightings = standing.flatMap((one) => this.#sightingsOf(one));
      conditions.raise(driftCondition(policy, clauses, data), { at, notifiableAt, sightings });
      return;
    }
    const incident = conditions.ongoing(key);
    if (reason === 'withdrawn') conditions.clear(key, at);
    else if (incident !== undefined) conditions.resolve(incident, at, reason);
  }

  #toldOf(registeredPrefix: string): readonly Standing[] {
    const told = [...this.#standing].filter(([, one]) => one.told && one.registeredPrefix === registeredPrefix);
    return told.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  }

  /** The stored routes that show it, the oldest first. */
  #sightingsOf(standing: Standing): readonly Sighting[] {
    const { routes, judge } = this.#context;
    const key = unregisteredKey(standing);
    const isOf = (judged: JudgedRoute): boolean => this.#shown.by(judged).some((one) => unregisteredKey(one) === key);
    return [...routes.at(parsePrefix(standing.prefix))]
      .filter((route) => isOf(judge(route)))
      .sort(byAge)
      .slice(0, MAX_EVIDENCE)
      .map((route) => ({ evidence: evidenceOf(route, route.at), bytes: null }));
  }

  #fullFeeds(afi: number): ReadonlySet<Session> {
    return new Set([...this.#context.sessions.all].filter((session) => session.up && this.#isFull(session, afi)));
  }

  #isFull(session: Session, afi: number): boolean {
    return isFullFeed(session, afi, this.#context.figures.fullFeed);
  }

  #isHeldBy({ prefix }: PrefixPolicy, sessions: ReadonlySet<Session>): boolean {
    for (const session of this.#context.routes.sessionsAt(prefix)) if (sessions.has(session)) return true;
    return false;
  }

  /** The policy of a prefix that is to be announced, or of any. */
  #policy(prefix: string, any = false): PrefixPolicy | undefined {
    const policy = this.#context.policies().get(prefix);
    return any || policy === undefined || policy.origins.length > 0 ? policy : undefined;
  }

  #goneFor({ at, down }: NonNullable<Standing['gone']>): EventTime {
    const { unobservedAfter, reopenWithin } = this.#context.figures.lifecycle;
    return at + (down ? unobservedAfter : reopenWithin);
  }

  #setStanding(key: string, standing: Standing | null): void {
    if (standing === null) this.#standing.delete(key);
    else this.#standing.set(key, standing);
    this.#changed.add(key);
    const stable = this.#context.figures.registryDrift.stableFor;
    const staying = standing === null || standing.told ? null : standing.since + stable;
    const due = standing !== null && standing.gone !== null ? this.#goneFor(standing.gone) : staying;
    this.#context.timers.set(`${this.name} ${key}`, due);
  }

  #setAbsent(prefix: string, absence: Absence | null): void {
    if (absence === null) this.#absent.delete(prefix);
    else this.#absent.set(prefix, absence);
    this.#changed.add(`${ABSENT} ${prefix}`);
    const due = absence === null || absence.told ? null : absence.since + this.#context.figures.registryDrift.absentFor;
    this.#context.timers.set(`${this.name} ${ABSENT} ${prefix}`, due);
  }

  #setInvalid(prefix: string, clauses: readonly string[]): void {
    if (clauses.length === 0) this.#invalid.delete(prefix);
    else this.#invalid.set(prefix, clauses);
    this.#changed.add(`${INVALID} ${prefix}`);
  }
}
