// Path changes of a prefix, gathered: one PathChangeEvent per prefix and 60 s of event time, with the number of sessions, the classes
// of change and the commonest new path; at most 60 an hour a registered prefix, the rest told as one `suppressed: n`
// (detection.md section 4).

import { type EventTime } from '../ip/event-time.js';
import { PATH_CHANGE_CLASSES, type PathChangeClass } from '../detection/path-change.js';
import { type PrefixPolicy } from '../detection/policy.js';
import { compareText, type PrefixEvent } from './prefix-event.js';
import { prefixEvent } from './prefix-state.js';

/** Changes of one announced prefix since the bucket began; plain data. */
export interface PathBucket {
  readonly registeredPrefix: string;
  readonly prefix: string;
  readonly since: EventTime;
  changes: number;
  readonly sessions: number[];
  readonly classes: Partial<Record<PathChangeClass, number>>;
  /** How often each new path came, by its text; bounded by MAX_PATHS, the rest counted in `otherPaths`. */
  readonly paths: Record<string, number | undefined>;
  otherPaths: number;
}

/** An hour of event time of one registered prefix. */
export interface PathHour {
  readonly registeredPrefix: string;
  readonly since: EventTime;
  told: number;
  suppressed: number;
  firstSuppressedAt: EventTime | null;
}

const MAX_PATHS = 256;

export function newPathBucket(policy: PrefixPolicy, prefix: string, since: EventTime): PathBucket {
  return {
    registeredPrefix: policy.prefix.toString(),
    prefix,
    since,
    changes: 0,
    sessions: [],
    classes: {},
    paths: {},
    otherPaths: 0,
  };
}

/** Adds one session's change to its bucket. */
export function addPathChange(bucket: PathBucket, session: number, kind: PathChangeClass, path: string): void {
  bucket.changes++;
  if (!bucket.sessions.includes(session)) bucket.sessions.push(session);
  bucket.classes[kind] = (bucket.classes[kind] ?? 0) + 1;
  const count = bucket.paths[path];
  if (count === undefined && Object.keys(bucket.paths).length >= MAX_PATHS) bucket.otherPaths++;
  else bucket.paths[path] = (count ?? 0) + 1;
}

/** The event of a bucket that is over; it stands at the first change. */
export function pathChangeEvent(bucket: PathBucket, policy: PrefixPolicy, seconds: number): PrefixEvent {
  const classes = PATH_CHANGE_CLASSES.filter((kind) => bucket.classes[kind] !== undefined);
  const counted = classes.map((kind) => `${kind} ${bucket.classes[kind]!}`).join(', ');
  const path = commonestPath(bucket);
  const sessions = bucket.sessions.length;
  return prefixEvent(policy, {
    at: bucket.since,
    type: 'PathChangeEvent',
    prefix: bucket.prefix,
    summary: `${sessions} ${sessions === 1 ? 'session' : 'sessions'} changed path to ${bucket.prefix}`,
    description:
      `${bucket.changes} path ${bucket.changes === 1 ? 'change' : 'changes'} on ${sessions} ` +
      `${sessions === 1 ? 'session' : 'sessions'} within ${seconds} s: ${counted}; commonest new path: ${path}.`,
  });
}

/** What was over the hourly limit, told once. */
export function suppressedEvent(hour: PathHour, policy: PrefixPolicy): PrefixEvent {
  return prefixEvent(policy, {
    at: hour.firstSuppressedAt ?? hour.since,
    type: 'PathChangeEvent',
    prefix: hour.registeredPrefix,
    summary: `suppressed: ${hour.suppressed}`,
    description: `${hour.suppressed} further PathChangeEvents of ${hour.registeredPrefix} in this hour were not told one by one.`,
  });
}

function commonestPath({ paths }: PathBucket): string {
  const ranked = Object.entries(paths).sort(
    ([a, m = 0], [b, n = 0]) => n - m || a.split(' ').length - b.split(' ').length || compareText(a, b),
  );
  return ranked.at(0)?.[0] ?? '';
}
