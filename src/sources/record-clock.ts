// The times of a file's records, as far as they are believed (detection.md section 2): a record more than an hour ahead of the one
// before it is clamped to that one's time until two more agree with it. And the time of the merge order: the running maximum of a
// session, which may trail the file's own by a minute at most, so that a merge need never hold back more than that.

import { type EventTime, SECOND } from '../ip/event-time.js';

/** What a clock may be given; the figures of `detection.order`. */
export interface ClockFigures {
  readonly jumpLimit: EventTime;
  readonly jumpConfirmations: number;
}

/** How far a session's order time may trail its file's newest record: what runs back further is ordered at that bound. */
export const ORDER_WINDOW: EventTime = 60 * SECOND;

export class RecordClock {
  readonly #figures: ClockFigures;
  // Numbers from the start, where null would do: a field that was ever null is a new object at every change.
  #last: EventTime = Infinity;
  #newest: EventTime = -Infinity;
  #jump: { readonly at: EventTime; agreed: number } | null = null;
  /** Records whose time was clamped. */
  jumps = 0;

  constructor(figures: ClockFigures) {
    this.#figures = figures;
  }

  /** The newest believed time, null before the first record. */
  get newest(): EventTime | null {
    return this.#newest === -Infinity ? null : this.#newest;
  }

  /** The believed time of the last record. */
  get believed(): EventTime {
    return this.#last;
  }

  /** The believed time of the next record, whose own time is `time`. */
  read(time: EventTime): EventTime {
    const at = this.#clamp(time);
    this.#last = at;
    if (at > this.#newest) this.#newest = at;
    return at;
  }

  #clamp(time: EventTime): EventTime {
    const { jumpLimit, jumpConfirmations } = this.#figures;
    const last = this.#last;
    if (time <= last + jumpLimit) {
      if (this.#jump !== null) this.#jump = null;
      return time;
    }
    if (this.#jump !== null && Math.abs(time - this.#jump.at) <= jumpLimit) this.#jump.agreed++;
    else this.#jump = { at: time, agreed: 0 };
    if (this.#jump.agreed >= jumpConfirmations) {
      this.#jump = null;
      return time;
    }
    this.jumps++;
    return last;
  }
}
