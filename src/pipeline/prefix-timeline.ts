// The timeline of every registered prefix: its state, the events of its transitions, path changes in buckets, more-specifics seen.
// Holds the records and their timers; the pure steps are in incidents/.

import { type EventTime, SECOND } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { type PathChangeClass } from '../detection/path-change.js';
import { type PolicyTable, type PrefixPolicy } from '../detection/policy.js';
import { addPathChange, newPathBucket, pathChangeEvent, suppressedEvent } from '../incidents/path-bucket.js';
import { compareText, type PrefixEvent } from '../incidents/prefix-event.js';
import { changeClass, type ClassChange, conditionOf, newPrefixState, prefixEvent } from '../incidents/prefix-state.js';
import { type PrefixRecord } from './store.js';
import { type Timers } from './timers.js';

/** The path of one stored route, for naming the commonest. */
export interface HeldPath {
  readonly peerAs: number;
  readonly pathText: string;
}

const HOUR = 3600 * SECOND;

export class PrefixTimeline {
  readonly #figures: DetectionFigures['pathEvents'];
  readonly #timers: Timers;
  readonly #records = new Map<string, PrefixRecord>();
  #policies: PolicyTable;
  /** Records that may have a bucket or an instant open: few of all. */
  readonly #waiting = new Set<PrefixRecord>();
  #events: PrefixEvent[] = [];
  #changed = new Set<PrefixRecord>();
  #removed: string[] = [];

  constructor(policies: PolicyTable, figures: DetectionFigures['pathEvents'], timers: Timers) {
    this.#policies = policies;
    this.#figures = figures;
    this.#timers = timers;
  }

  load(records: Iterable<PrefixRecord>): void {
    for (const record of records) {
      Object.assign(record.state, { active: 0, backup: 0, internet: 0 }); // counted anew from the routes
      this.#records.set(record.state.prefix, record);
      this.#waiting.add(record);
      for (const bucket of record.buckets)
        this.#timers.set(bucketKey(record, bucket.prefix), bucket.since + this.#figures.bucket);
      if (record.hour !== null) this.#timers.set(`hour ${record.state.prefix}`, record.hour.since + HOUR);
      this.#schedulePathEvent(record);
    }
  }

  /** Takes a changed registry: forgets prefixes that are gone, counts every class anew from 0; the state of every prefix is stored. */
  reconfigure(policies: PolicyTable): void {
    this.#policies = policies;
    for (const [prefix, record] of this.#records) {
      Object.assign(record.state, { active: 0, backup: 0, internet: 0 });
      if (policies.get(prefix) !== undefined) continue;
      this.#records.delete(prefix);
      this.#waiting.delete(record);
      this.#changed.delete(record);
      this.#removed.push(prefix);
    }
    for (const policy of policies.all) this.#changed.add(this.recordOf(policy));
  }

  recordOf(policy: PrefixPolicy): PrefixRecord {
    const prefix = policy.prefix.toString();
    let record = this.#records.get(prefix);
    if (record === undefined) {
      record = { state: newPrefixState(prefix), buckets: [], hour: null, seen: [] };
      this.#records.set(prefix, record);
    }
    return record;
  }

  /** Counts a route of this class without any event: at a restart or after a changed registry. */
  count(policy: PrefixPolicy, routeClass: 'active' | 'backup' | 'internet'): void {
    this.recordOf(policy).state[routeClass]++;
  }

  /** True where a legitimate origin announces the prefix on some up session. */
  isAnnounced(policy: PrefixPolicy): boolean {
    const { state } = this.recordOf(policy);
    return state.active + state.backup > 0;
  }

  isActive(policy: PrefixPolicy): boolean {
    return this.recordOf(policy).state.active > 0;
  }

  /** A session's route changed class. @returns true where the prefix has just lost its last legitimate route. */
  change(policy: PrefixPolicy, change: ClassChange): boolean {
    const record = this.recordOf(policy);
    const { state } = record;
    const announced = state.active + state.backup > 0;
    const events = changeClass(state, policy, change);
    if (events.length > 0) {
      this.#events.push(...events);
      this.#schedulePathEvent(record); // an announcement awaits its path event
    }
    this.#changed.add(record);
    return announced && state.active + state.backup === 0;
  }

  /** Tells an event that a rule made. */
  tell(event: PrefixEvent): void {
    this.#events.push(event);
  }

  /** An allowed more-specific: told of when it is first seen. */
  sawMoreSpecific(policy: PrefixPolicy, prefix: string, at: EventTime, witness: string): void {
    const record = this.recordOf(policy);
    if (record.seen.includes(prefix)) return;
    record.seen.push(prefix);
    this.#changed.add(record);
    this.tell(
      prefixEvent(policy, {
        at,
        type: 'PrefixMoreSpecificEvent',
        level: 'Information',
        prefix,
        summary: `Allowed more-specific ${prefix} announced`,
        description: `${prefix}, an allowed more-specific of ${record.state.prefix}, was first seen from ${witness}.`,
      }),
    );
  }

  /** One session's path to `prefix` changed. `at` is the record's time, `order` the merge's. */
  pathChanged(
    policy: PrefixPolicy,
    prefix: string,
    change: { at: EventTime; session: number; kind: PathChangeClass; path: string },
  ): void {
    const record = this.recordOf(policy);
    let bucket = record.buckets.find((one) => one.prefix === prefix);
    if (bucket !== undefined && change.at >= bucket.since + this.#figures.bucket) {
      this.#closeBucket(record, policy, prefix);
      bucket = undefined;
    }
    if (bucket === undefined) {
      bucket = newPathBucket(policy, prefix, change.at);
      record.buckets.push(bucket);
      this.#waiting.add(record);
      this.#timers.set(bucketKey(record, prefix), change.at + this.#figures.bucket);
    }
    addPathChange(bucket, change.session, change.kind, change.path);
    this.#changed.add(record);
  }

  /** The start of the oldest bucket or instant still open: no event before it is yet to come. Null = none is open. */
  openSince(): EventTime | null {
    let since: EventTime = Infinity;
    for (const record of this.#waiting) {
      const first = openSince(record);
      if (first === Infinity) this.#waiting.delete(record);
      else if (first < since) since = first;
    }
    return since === Infinity ? null : since;
  }

  /** Fires the timer of `key`. @returns false where the key is not one of ours. */
  fire(key: string, heldPaths: (policy: PrefixPolicy, routeClass: 'active' | 'backup') => Iterable<HeldPath>): boolean {
    const [kind, registered, prefix] = key.split(' ') as [string, string, string | undefined];
    const record = this.#records.get(registered);
    const policy = this.#policies.get(registered);
    if (kind !== 'bucket' && kind !== 'hour' && kind !== 'path') return false;
    if (record === undefined || policy === undefined) return true;
    this.#changed.add(record);
    if (kind === 'bucket') this.#closeBucket(record, policy, prefix!);
    else if (kind === 'hour') this.#closeHour(record, policy);
    else this.#tellPaths(record, policy, heldPaths);
    return true;
  }

  takeEvents(): PrefixEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  takeChanged(): { records: PrefixRecord[]; removed: string[] } {
    const taken = { records: [...this.#changed], removed: this.#removed };
    this.#changed = new Set();
    this.#removed = [];
    return taken;
  }

  #closeBucket(record: PrefixRecord, policy: PrefixPolicy, prefix: string): void {
    const index = record.buckets.findIndex((bucket) => bucket.prefix === prefix);
    if (index < 0) return;
    const [bucket] = record.buckets.splice(index, 1);
    if (record.hour === null) {
      record.hour = {
        registeredPrefix: record.state.prefix,
        since: bucket.since,
        told: 0,
        suppressed: 0,
        firstSuppressedAt: null,
      };
      this.#timers.set(`hour ${record.state.prefix}`, record.hour.since + HOUR);
    }
    if (record.hour.told < this.#figures.maxPerHour) {
      record.hour.told++;
      this.#events.push(pathChangeEvent(bucket, policy, this.#figures.bucket / SECOND));
    } else {
      record.hour.suppressed++;
      record.hour.firstSuppressedAt ??= bucket.since;
      this.#waiting.add(record);
    }
  }

  #closeHour(record: PrefixRecord, policy: PrefixPolicy): void {
    if (record.hour !== null && record.hour.suppressed > 0) this.#events.push(suppressedEvent(record.hour, policy));
    record.hour = null;
  }

  #schedulePathEvent(record: PrefixRecord): void {
    const { active, backup } = record.state.pathEventAt;
    const due = active === null ? backup : backup === null ? active : Math.min(active, backup);
    if (due === null) return;
    this.#waiting.add(record);
    this.#timers.set(`path ${record.state.prefix}`, due);
  }

  #tellPaths(
    record: PrefixRecord,
    policy: PrefixPolicy,
    heldPaths: (policy: PrefixPolicy, routeClass: 'active' | 'backup') => Iterable<HeldPath>,
  ): void {
    for (const which of ['active', 'backup'] as const) {
      const at = record.state.pathEventAt[which];
      record.state.pathEventAt[which] = null;
      const path = at === null ? null : commonest(heldPaths(policy, which));
      if (at === null || path === null) continue;
      const prefix = record.state.prefix;
      this.tell(
        prefixEvent(policy, {
          at,
          type: which === 'active' ? 'PrefixActivePath' : 'PrefixBackupPath',
          prefix,
          summary: `${which === 'active' ? 'Active' : 'Backup'} path to ${prefix}: ${path.text}`,
          description: `Carried by ${path.peers} ${path.peers === 1 ? 'peer AS' : 'peer ASes'}, the most of any ${which} path.`,
        }),
      );
    }
  }

  /** The condition of a prefix, for storing and showing. */
  static condition(record: PrefixRecord): ReturnType<typeof conditionOf> {
    return conditionOf(record.state);
  }
}

/** As `PrefixTimeline.openSince`, of one prefix; Infinity where nothing is open. Asked at every commit: no lists. */
function openSince({ buckets, hour, state }: PrefixRecord): EventTime {
  const { active, backup } = state.pathEventAt;
  let since = Math.min(hour?.firstSuppressedAt ?? Infinity, active ?? Infinity, backup ?? Infinity);
  for (const bucket of buckets) since = Math.min(since, bucket.since);
  return since;
}

function bucketKey(record: PrefixRecord, prefix: string): string {
  return `bucket ${record.state.prefix} ${prefix}`;
}

/** The path of most distinct peer ASes; tie: the shortest, then lexical. */
function commonest(held: Iterable<HeldPath>): { text: string; peers: number } | null {
  const peersOf = new Map<string, Set<number>>();
  for (const { peerAs, pathText } of held) {
    const there = peersOf.get(pathText);
    if (there === undefined) peersOf.set(pathText, new Set([peerAs]));
    else there.add(peerAs);
  }
  let first: { readonly text: string; readonly peers: number } | null = null;
  for (const [text, { size: peers }] of peersOf) {
    if (first === null || peers > first.peers) first = { text, peers };
    else if (peers === first.peers && isBefore(text, first.text)) first = { text, peers };
  }
  return first;
}

/** Of two paths the shorter, then the lexically first. */
function isBefore(a: string, b: string): boolean {
  return (a.split(' ').length - b.split(' ').length || compareText(a, b)) < 0;
}
