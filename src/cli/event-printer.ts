// Prints prefix events in order of their time. An event of a bucket stands at the bucket's beginning and is known at its end, so
// what comes later is held back until no bucket is open before it, and for the minute by which a file's times may run back; the same
// order as `events list`.

import { type EventTime, formatEventTime } from '../ip/event-time.js';
import { eventLine } from '../incidents/machine-output.js';
import { comparePrefixEvents, type PrefixEvent } from '../incidents/prefix-event.js';
import { type Engine } from '../pipeline/engine.js';
import { ORDER_WINDOW } from '../sources/record-clock.js';
import { printText } from './command-line.js';

/** A RIB dump announces every registered prefix in one instant. */
const LINES_AT_ONCE = 500;

export class EventPrinter {
  readonly #json: boolean;
  #held: PrefixEvent[] = [];

  constructor({ json }: { readonly json: boolean }) {
    this.#json = json;
  }

  add(events: readonly PrefixEvent[]): void {
    this.#held.push(...events);
  }

  /** Prints what no event to come stands before. */
  flushSettled({ watermark, timeline }: Pick<Engine, 'watermark' | 'timeline'>): void {
    this.flush(Math.min(timeline.openSince() ?? Infinity, (watermark ?? Infinity) - ORDER_WINDOW));
  }

  /** Prints what stands before `time`; with Infinity everything. */
  flush(time: EventTime): void {
    const ready = this.#held.filter((event) => event.at < time).sort(comparePrefixEvents);
    if (ready.length === 0) return;
    this.#held = this.#held.filter((event) => event.at >= time);
    for (let at = 0; at < ready.length; at += LINES_AT_ONCE)
      printText(
        ready
          .slice(at, at + LINES_AT_ONCE)
          .map((event) => `${this.#json ? eventLine(event) : eventText(event)}\n`)
          .join(''),
      );
  }
}

/** `2026-06-16T07:18:30.000000Z  Critical     hq  PrefixOriginAsChangeEvent  203.0.113.0/24 announced by AS64511`. */
export function eventText({ at, level, connection, type, summary }: PrefixEvent): string {
  return `${formatEventTime(at)}  ${level.padEnd(11)}  ${connection}  ${type}  ${summary}`;
}
