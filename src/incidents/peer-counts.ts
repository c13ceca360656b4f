// How many peer ASes carried an incident's route, as it changed: the curve of its picture. A step function on event time, bounded: where
// it would outgrow that, the two neighbouring steps that are nearest in time become one with the higher count, so that peaks stay.

import { type EventTime } from '../ip/event-time.js';

/** From `at` on, so many peer ASes. */
export type PeerCount = readonly [at: EventTime, peers: number];

/** Steps that are kept of one incident. */
export const MAX_PEER_COUNTS = 256;

/** Adds a step where the count is another one. A loss that is told after the fact (a RIB dump's) counts from the last step on. */
export function addPeerCount(counts: PeerCount[], at: EventTime, peers: number): void {
  const last = counts.at(-1);
  if (last?.[1] === peers) return;
  const from = Math.max(at, last?.[0] ?? at);
  if (last?.[0] === from && counts.length > 1) counts.pop();
  if (counts.at(-1)?.[1] !== peers) counts.push([from, peers]);
  if (counts.length > MAX_PEER_COUNTS) mergeNearest(counts);
}

/** The first and the last step stay as they are. */
function mergeNearest(counts: PeerCount[]): void {
  let nearest = 1;
  for (let i = 2; i + 2 < counts.length; i++)
    if (counts[i + 1][0] - counts[i][0] < counts[nearest + 1][0] - counts[nearest][0]) nearest = i;
  const [first, second] = counts.slice(nearest, nearest + 2);
  counts.splice(nearest, 2, [first[0], Math.max(first[1], second[1])]);
}
