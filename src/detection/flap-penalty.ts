// Flap penalties (detection.md section 3, flapping; after RFC 2439 section 4.4): each flap adds to a figure that halves every half-life of
// event time. Kept is what it was at its last flap, so that it can be asked of any later time without rounding on the way. Pure.
//
// Not here: what a flap is, and how many peer ASes must flap (pipeline/flap-monitor). Nothing is suppressed: it is told, no more.

import { type EventTime } from '../ip/event-time.js';
import { type DetectionFigures } from './figures.js';

type Figures = DetectionFigures['flapping'];

/** A penalty as it was just after the last flap. */
export interface FlapPenalty {
  readonly value: number;
  readonly at: EventTime;
}

/** A penalty below this is none: that bounds what must be remembered, and takes less than this from any later sum. */
const FORGOTTEN = 1;

/** What is left of a penalty at a time; a time before its last flap (records run back by seconds) leaves it whole. */
export function penaltyAt({ value, at }: FlapPenalty, time: EventTime, { halfLife }: Figures): number {
  const left = time <= at ? value : value * 2 ** ((at - time) / halfLife);
  return left < FORGOTTEN ? 0 : left;
}

/** The penalty after one more flap. `before` undefined = there was none. */
export function addFlap(
  before: FlapPenalty | undefined,
  flap: { readonly penalty: number; readonly at: EventTime },
  figures: Figures,
): FlapPenalty {
  const left = before === undefined ? 0 : penaltyAt(before, flap.at, figures);
  return {
    value: Math.min(figures.ceiling, left + flap.penalty),
    at: Math.max(before?.at ?? flap.at, flap.at),
  };
}

/** The first microsecond at which a penalty is under `limit`: its own time where it is so already. */
export function underAt({ value, at }: FlapPenalty, limit: number, { halfLife }: Figures): EventTime {
  if (value < limit) return at;
  return at + Math.floor(halfLife * Math.log2(value / limit)) + 1;
}

/** For how long a penalty can be remembered at all after its last flap: from the ceiling down to nothing. */
export function longestMemory({ ceiling, halfLife }: Figures): EventTime {
  return Math.ceil(halfLife * Math.log2(Math.max(ceiling, 2 * FORGOTTEN) / FORGOTTEN));
}
