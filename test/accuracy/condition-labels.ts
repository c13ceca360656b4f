// When conditions begin and end, from what sessions were told to send (detection.md section 3: visibility, flapping, bypass, drift).

import { type Session } from './collectors.js';
import { DAY, SECOND, START } from './feed.js';
import { type Life, REOPEN_WITHIN } from './label.js';
import { of } from './origin-stories.js';
import { type Change } from './scene.js';
import { type Home } from './story.js';

const LEAST_SHARE = 0.7;
const [LEAST_PEERS, STABLE] = [2, 7 * DAY];
const [WITHDRAWAL, REUSE, HALF_LIFE] = [1000, 750, 900 * SECOND];

/** Half of them gone and back: low from the withdrawal that leaves less than the share to the return that makes it up again. */
export function lossLife(gone: readonly Change[], back: readonly Change[], all: number): Life {
  const least = Math.ceil(all * LEAST_SHARE - 1e-9);
  const [left, came] = [timesOf(gone), timesOf(back)];
  return once(left[all - least], came[least - (all - left.length) - 1], null);
}

/** All of them gone and back: from the last withdrawal to the first return. */
export function outageLife(gone: readonly Change[], back: readonly Change[]): Life {
  return once(timesOf(gone).at(-1)!, timesOf(back)[0], null);
}

/**
 * From the first to take another AS instead of the provider to when all but one have left it.
 *
 * The session with undeclared ADD-PATH has its old route, by a RIB dump without identifiers, beside the new one: it bypasses nobody.
 */
export function bypassLife(taken: readonly Change[], left: readonly Change[]): Life {
  const now = taken.filter(({ session, before, after }) => before !== null && after !== null && !session.addPath);
  const sessions = new Set(now.map(({ session }) => session));
  const leaving = timesOf(left.filter(({ session }) => sessions.has(session)));
  const peers = now.map(({ session }) => session.peerAs).sort((a, b) => a - b);
  return once(timesOf(now)[0], leaving.at(-2)!, peers);
}

/** Withdrawals at `times`: from the one that goes over the limit, as `over` counts them, until half-lives have left less than 750. */
export function flapLife(sessions: readonly Session[], times: readonly number[], over: number): Life {
  const recorded = (at: number): number[] =>
    sessions.map(({ collector }) => (collector.micros ? at : at - (at % SECOND)));
  let penalty = 0;
  times.forEach((at, n) => {
    penalty = penalty * 2 ** (-(at - (times[n - 1] ?? at)) / HALF_LIFE) + WITHDRAWAL;
  });
  const calm = Math.floor(HALF_LIFE * Math.log2(penalty / REUSE)) + 1;
  const peers = sessions.map(({ peerAs }) => peerAs).sort((a, b) => a - b);
  return once(Math.min(...recorded(times[over - 1])), Math.max(...recorded(times.at(-1)!)) + calm, peers);
}

/**
 * Of a cover that all sessions of `holders` had from the beginning: each time of seven days or more in which two peers have it;
 * gone for ten minutes at most, it never went.
 */
export function driftLives(changes: readonly Change[], holders: number): readonly Life[] {
  const spans = [{ from: START, until: Infinity }];
  let count = holders;
  for (const { at, before, after } of [...changes].sort((a, b) => a.at - b.at)) {
    count += Number(after !== null) - Number(before !== null);
    if (before !== null && after === null && count === LEAST_PEERS - 1) spans.at(-1)!.until = at;
    if (before !== null || after === null || count !== LEAST_PEERS) continue;
    if (at > spans.at(-1)!.until + REOPEN_WITHIN) spans.push({ from: at, until: Infinity });
    else spans.at(-1)!.until = Infinity;
  }
  return spans
    .filter(({ from, until }) => until - from >= STABLE)
    .map(({ from, until }) => once(from, until === Infinity ? null : until, null));
}

/** What a condition's label says beside its life; one without an offender. */
export function condition(home: Home, type: string, level: string) {
  return { ...of(home, type), level, offender: 'null' };
}

/** One opening; `resolvedAt` null = it goes on. */
export function once(openedAt: number, resolvedAt: number | null, peers: readonly number[] | null): Life {
  return { openedAt, resolvedAt, reason: resolvedAt === null ? null : 'withdrawn', openings: 1, peers };
}

function timesOf(changes: readonly Change[]): number[] {
  return changes.map(({ at }) => at).sort((a, b) => a - b);
}
