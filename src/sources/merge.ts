// Many files as one stream: a k-way merge by (time, collector, peer address, file base name, record, place in the record), whatever
// order the files are given in and however they are cut into chunks (detection.md section 2). A file is opened when the merge comes
// near its first record and holds back what may still be overtaken: a minute of its own time, so memory does not grow with length.

import { type EventTime } from '../ip/event-time.js';
import { type RouteEvent } from '../rib/route-event.js';
import { type EventBatch } from './event-file.js';
import { HeldEvents } from './held-events.js';
import { ORDER_WINDOW } from './record-clock.js';

/** A file to merge. */
export interface MergeInput {
  readonly firstTime: EventTime;
  /** Reads it; called once, when its turn comes. */
  readonly open: () => AsyncIterator<EventBatch>;
  /** Everything of it has been passed on. */
  readonly onEnd: (last: EventBatch | null) => void;
}

const KEY = ['order', 'collector', 'peerAddress', 'file', 'record', 'sequence', 'input'] as const;
type MergeKey = Pick<RouteEvent, (typeof KEY)[number]>;

/** Orders events of a merge; 0 only for one and the same. */
export function compareEvents(a: MergeKey, b: MergeKey): number {
  return (
    a.order - b.order ||
    compareText(a.collector, b.collector) ||
    compareText(a.peerAddress, b.peerAddress) ||
    compareText(a.file, b.file) ||
    a.record - b.record ||
    a.sequence - b.sequence ||
    compareText(a.input, b.input)
  );
}

/** The merge key as text: how far a merge has come, for resuming it. */
export function frontierOf(event: MergeKey): string {
  return JSON.stringify(KEY.map((name) => event[name]));
}

/** How far an earlier merge of the same files came. */
export class Frontier {
  readonly #key: MergeKey;

  /** @param text what `frontierOf` gave. */
  constructor(text: string) {
    const values = JSON.parse(text) as unknown[];
    this.#key = Object.fromEntries(KEY.map((name, index) => [name, values[index]])) as unknown as MergeKey;
  }

  /** True where `event` was applied: it is at the frontier or before it. */
  isBehind(event: RouteEvent): boolean {
    return compareEvents(event, this.#key) <= 0;
  }
}

/** Events in a run: a RIB dump releases all of its own at once, and those that are applied need not wait for the others. */
const LONGEST_RUN = 256;

/** Merges files. Yields events in merge order, in runs; a run ends where the merge must wait for bytes. */
export async function* mergeFiles(inputs: readonly MergeInput[]): AsyncGenerator<readonly RouteEvent[]> {
  const waiting = [...inputs].sort((a, b) => b.firstTime - a.firstTime);
  let open: OpenFile[] = [];
  try {
    while (waiting.length > 0 || open.length > 0) {
      for (const file of open) if (file.isStarved) await file.fill();
      const next = firstOrder(open);
      if (waiting.length > 0 && (next === null || waiting.at(-1)!.firstTime - ORDER_WINDOW <= next)) {
        open.push(new OpenFile(waiting.pop()!));
        continue;
      }
      const run = takeRun(open, waiting.at(-1)?.firstTime ?? Infinity);
      if (run.length > 0) yield run;
      for (const file of open) if (file.isDone) file.close();
      open = open.filter((file) => !file.isDone);
    }
  } finally {
    for (const file of open) await file.abandon();
  }
}

function firstOrder(open: readonly OpenFile[]): EventTime | null {
  let first: EventTime | null = null;
  for (const { head } of open) if (head !== undefined && (first === null || head.order < first)) first = head.order;
  return first;
}

/** Takes events in order until a file has none ready, or the next file must be opened first. */
function takeRun(open: readonly OpenFile[], nextFile: EventTime): RouteEvent[] {
  const run: RouteEvent[] = [];
  for (;;) {
    let least: OpenFile | null = null;
    for (const file of open) {
      if (file.head === undefined) {
        if (!file.isDone) return run;
        continue;
      }
      if (least === null || compareEvents(file.head, least.head!) < 0) least = file;
    }
    if (least === null || least.head!.order >= nextFile - ORDER_WINDOW || run.length === LONGEST_RUN) return run;
    run.push(least.take());
  }
}

/** A file being merged: what is ready to go, and what may still be overtaken. */
class OpenFile {
  readonly #input: MergeInput;
  readonly #batches: AsyncIterator<EventBatch>;
  readonly #events = new HeldEvents();
  #last: EventBatch | null = null;
  #ended = false;

  constructor(input: MergeInput) {
    this.#input = input;
    this.#batches = input.open();
  }

  get head(): RouteEvent | undefined {
    return this.#events.head;
  }

  get isStarved(): boolean {
    return !this.#ended && this.head === undefined;
  }

  get isDone(): boolean {
    return this.#ended && this.head === undefined;
  }

  take(): RouteEvent {
    return this.#events.take();
  }

  /** Reads on until something is ready or the file has ended. */
  async fill(): Promise<void> {
    while (this.isStarved) {
      const next = await this.#batches.next();
      if (next.done === true) this.#ended = true;
      else this.#last = next.value;
      if (next.done !== true) this.#events.hold(next.value.events);
      this.#events.release(next.done === true ? Infinity : next.value.floor);
    }
  }

  close(): void {
    this.#input.onEnd(this.#last);
  }

  async abandon(): Promise<void> {
    await this.#batches.return?.();
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
