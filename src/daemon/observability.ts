// Whether a prefix can be watched for loss of visibility (detection.md section 3): enough full-feed sessions have or had it.

import { type DetectionFigures } from '../detection/figures.js';
import { isFullFeed } from '../detection/full-feed.js';
import { type PrefixPolicy } from '../detection/policy.js';
import { type Session } from '../rib/session.js';

export interface Observability {
  /** Full-feed sessions that have or had it, up or not. */
  readonly fullFeeds: number;
  readonly observable: boolean;
}

/** @param had numbers of the sessions that have or had a route to the prefix. @returns null for a prefix that is not to be announced. */
export function observabilityOf(
  { prefix, origins }: PrefixPolicy,
  { sessions, had }: { readonly sessions: Iterable<Session>; readonly had: ReadonlySet<number> },
  figures: DetectionFigures['fullFeed'],
): Observability | null {
  if (origins.length === 0) return null;
  const full = [...sessions].filter((session) => had.has(session.id) && isFullFeed(session, prefix.afi, figures));
  return { fullFeeds: full.length, observable: full.length >= figures.minSessions };
}

/** `unobservable: 1 full-feed session has or had it, 3 are needed`. */
export function unobservableText({ fullFeeds }: Observability, { minSessions }: DetectionFigures['fullFeed']): string {
  return `unobservable: ${fullFeeds} full-feed ${fullFeeds === 1 ? 'session has or had' : 'sessions have or had'} it, ${minSessions} are needed`;
}
