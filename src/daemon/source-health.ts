// How the sources are: which have delivered or stand idle, when the pipeline last turned, and the watermark over those that are not
// silent. Wall clock, since it is about us and not about what is read; no verdict rests on it but who holds back the watermark.

import { type EventTime } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';

interface Source {
  newest: EventTime | null;
  /** When it last delivered, milliseconds of the process clock. */
  arrivedAt: number;
  idle: boolean;
}

/** What a source has read. */
export interface SourceProgress {
  readonly lastRecordAt: EventTime | null;
}

export class SourceHealth {
  readonly #sources = new Map<string, Source>();
  #turnedAt = performance.now();
  #turned = true;
  #looked = false;

  /** A collector delivered and all of it is committed. */
  progress(collector: string, { lastRecordAt }: SourceProgress): void {
    this.#turn();
    this.#sources.set(collector, { newest: lastRecordAt, arrivedAt: performance.now(), idle: false });
  }

  /** A collector has nothing to read; '' = there is none at all. */
  idle(collector: string): void {
    this.#turn();
    this.#looked = true;
    if (collector === '') return;
    const source = this.#sources.get(collector);
    if (source !== undefined) source.idle = true;
    else this.#sources.set(collector, { newest: null, arrivedAt: performance.now(), idle: true });
  }

  /** True once since the last call where something turned: what a watchdog ping stands for. */
  turnedSinceLast(): boolean {
    const turned = this.#turned;
    this.#turned = false;
    return turned;
  }

  healthy(withinMs: number): { readonly ok: boolean; readonly detail: string } {
    const since = Math.round(performance.now() - this.#turnedAt);
    return { ok: since <= withinMs, detail: `the pipeline turned ${since} ms ago` };
  }

  ready(): { readonly ok: boolean; readonly detail: readonly string[] } {
    const waiting = [...this.#sources].filter(([, { newest, idle }]) => newest === null && !idle).map(([name]) => name);
    const detail =
      this.#sources.size === 0 && !this.#looked
        ? ['the spool was not looked at yet']
        : waiting.map((name) => `${name} has not delivered yet`);
    return { ok: detail.length === 0, detail };
  }

  /** True where the source delivered within three of its intervals. */
  isUp(collector: string, silence: DetectionFigures['silence']): boolean {
    const source = this.#sources.get(collector);
    if (source === undefined || source.newest === null) return false;
    const interval = collector.startsWith('route-views') ? silence.routeViewsInterval : silence.risInterval;
    return performance.now() - source.arrivedAt <= (silence.intervals * interval) / 1000;
  }

  /** The least event time over the sources that are not silent; null where all are. */
  watermark(silence: DetectionFigures['silence']): EventTime | null {
    let least: EventTime | null = null;
    for (const [name, { newest }] of this.#sources) {
      if (newest !== null && this.isUp(name, silence) && (least === null || newest < least)) least = newest;
    }
    return least;
  }

  get collectors(): Iterable<string> {
    return this.#sources.keys();
  }

  #turn(): void {
    this.#turned = true;
    this.#turnedAt = performance.now();
  }
}
