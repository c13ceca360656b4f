// How the sources are: which have delivered or stand idle, when each last turned, and the watermark over those that are not silent.
// Wall clock, since it is about us and not about what is read; no verdict rests on it but who holds back the watermark.

import { type EventTime } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';

/** How long a source has delivered nothing, and how long it may; microseconds. */
export interface QuietSource {
  readonly collector: string;
  readonly quietFor: EventTime;
  readonly allowed: EventTime;
  /** False while it has delivered nothing in this run. */
  readonly delivered: boolean;
}

interface Source {
  /** Event time that it has come to; null before its first record of this run. */
  newest: EventTime | null;
  /** When it last delivered, or was found, milliseconds of the process clock. */
  arrivedAt: number;
  delivered: boolean;
  idle: boolean;
  turnedAt: number;
  /** Since the last ping. */
  turned: boolean;
}

export class SourceHealth {
  readonly #sources = new Map<string, Source>();
  readonly #expected = new Set<string>();
  /** Since when sources are waited for. */
  #beganAt = performance.now();
  /** When the spool was last looked at and held nothing, or we began. */
  #emptyAt = performance.now();
  #turned = true;
  #looked = false;

  /** A collector is configured, or has a folder: silence of it counts before it delivers anything. */
  expect(collector: string): void {
    this.#expected.add(collector);
  }

  /** A collector has something to read. */
  found(collector: string): void {
    this.#source(collector);
  }

  /** What a collector has is being looked at; nothing is delivered yet. */
  turn(collector: string): void {
    const source = this.#source(collector);
    source.turned = true;
    source.turnedAt = performance.now();
  }

  /** The stored table is being restored: no source is looked at yet. */
  restoring(): void {
    this.#turned = true;
    this.#emptyAt = this.#beganAt = performance.now();
  }

  /** A collector has come to this event time. */
  reached(collector: string, at: EventTime): void {
    const source = this.#source(collector);
    if (source.newest === null || at > source.newest) source.newest = at;
    source.arrivedAt = performance.now();
  }

  /** A collector delivered and all of it is committed. */
  progress(collector: string): void {
    this.turn(collector);
    Object.assign(this.#source(collector), { delivered: true, idle: false });
  }

  /** A collector has nothing to read; '' = there is none at all. */
  idle(collector: string): void {
    this.#looked = true;
    if (collector === '') {
      this.#turned = true;
      this.#emptyAt = performance.now();
      return;
    }
    this.turn(collector);
    this.#source(collector).idle = true;
  }

  /** True once since the last call where every source turned: what a watchdog ping stands for. One that is stuck is not hidden by others. */
  turnedSinceLast(): boolean {
    const sources = [...this.#sources.values()];
    const turned = sources.length === 0 ? this.#turned : sources.every((source) => source.turned);
    if (!turned) return false;
    this.#turned = false;
    for (const source of sources) source.turned = false;
    return true;
  }

  healthy(withinMs: number): { readonly ok: boolean; readonly detail: string } {
    let [name, turnedAt] = ['the spool', this.#sources.size === 0 ? this.#emptyAt : Infinity];
    for (const [collector, source] of this.#sources)
      if (source.turnedAt < turnedAt) [name, turnedAt] = [collector, source.turnedAt];
    const since = Math.round(performance.now() - turnedAt);
    return { ok: since <= withinMs, detail: `the pipeline turned ${since} ms ago (${name})` };
  }

  ready(): { readonly ok: boolean; readonly detail: readonly string[] } {
    const waiting = [...this.#sources].filter(([, { delivered, idle }]) => !delivered && !idle).map(([name]) => name);
    const detail =
      this.#sources.size === 0 && !this.#looked
        ? ['the spool was not looked at yet']
        : waiting.map((name) => `${name} has not delivered yet`);
    return { ok: detail.length === 0, detail };
  }

  /** True where the source delivered, or is idle, and that not for longer than three of its intervals; null for an unknown one. */
  isUp(collector: string, silence: DetectionFigures['silence']): boolean | null {
    const source = this.#sources.get(collector);
    if (source === undefined) return this.#expected.has(collector) ? false : null;
    return (source.delivered || source.idle) && !isSilent(collector, source, silence);
  }

  /** Every source that is known, whether it has delivered anything or is only expected to. */
  quiet(silence: DetectionFigures['silence']): readonly QuietSource[] {
    return [...new Set([...this.#sources.keys(), ...this.#expected])].map((collector) => {
      const { arrivedAt = this.#beganAt, newest = null } = this.#sources.get(collector) ?? {};
      const quietFor = Math.round((performance.now() - arrivedAt) * 1000);
      return { collector, quietFor, allowed: allowedQuiet(collector, silence), delivered: newest !== null };
    });
  }

  /**
   * The least event time over the sources that are not silent; null where all are, or while one of them is still being read for the
   * first time: what it holds may be older than all.
   */
  watermark(silence: DetectionFigures['silence']): EventTime | null {
    let least: EventTime | null = null;
    for (const [name, source] of this.#sources) {
      const { newest, idle } = source;
      if (isSilent(name, source, silence)) continue;
      if (newest === null) {
        if (idle) continue;
        return null;
      }
      if (least === null || newest < least) least = newest;
    }
    return least;
  }

  #source(collector: string): Source {
    let source = this.#sources.get(collector);
    if (source === undefined) {
      const now = performance.now();
      source = { newest: null, arrivedAt: now, delivered: false, idle: false, turnedAt: now, turned: true };
      this.#sources.set(collector, source);
    }
    return source;
  }
}

function isSilent(collector: string, { arrivedAt }: Source, silence: DetectionFigures['silence']): boolean {
  return (performance.now() - arrivedAt) * 1000 > allowedQuiet(collector, silence);
}

function allowedQuiet(collector: string, silence: DetectionFigures['silence']): EventTime {
  const interval = collector.startsWith('route-views') ? silence.routeViewsInterval : silence.risInterval;
  return silence.intervals * interval;
}
