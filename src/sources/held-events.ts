// What a merge holds back of one file, in the file's order, and lets go of in merge order. Inside a file that order is (order time, peer
// address), then the file's own: so what is let go of is dealt out by these two, not sorted event by event, and a RIB record stays one
// thing, of which each event is made when its turn comes.

import { type EventTime } from '../ip/event-time.js';
import { type RouteEvent } from '../rib/route-event.js';
import { type SourceEvent } from './rib-record-events.js';

/** Events of one order time and peer address. */
interface Lane {
  readonly order: EventTime;
  readonly peerAddress: string;
  /** Each as its place in `#ready` and, where that is a RIB record, the number of its entry there. */
  readonly events: number[];
}

/** RIB records have fewer entries: their number is 16 bits. */
const ENTRIES = 1 << 16;

export class HeldEvents {
  #held: SourceEvent[] = [];
  #floor: EventTime | null = null;
  #ready: (SourceEvent | undefined)[] = [];
  #lanes: readonly Lane[] = [];
  #lane = 0;
  #at = 0;
  #head: RouteEvent | undefined;

  /** The next event that is ready. */
  get head(): RouteEvent | undefined {
    return this.#head;
  }

  /** Takes `head`, which must be there. */
  take(): RouteEvent {
    const head = this.#head!;
    this.#at++;
    this.#next();
    return head;
  }

  /** Holds events back, those that come later in the file. */
  hold(events: readonly SourceEvent[]): void {
    for (const event of events) this.#held.push(event);
  }

  /** Lets go of what is before `floor`, nothing being ready: nothing new, while the floor stands (in a file whose times run back). */
  release(floor: EventTime): void {
    if (floor === this.#floor) return;
    this.#floor = floor;
    const ready: SourceEvent[] = [];
    let held = 0;
    for (const event of this.#held) {
      if (event.order < floor) ready.push(event);
      else this.#held[held++] = event;
    }
    if (ready.length === 0) return;
    this.#held.length = held;
    this.#ready = ready;
    this.#lanes = lanesOf(ready);
    this.#lane = this.#at = 0;
    this.#next();
  }

  /** Makes the event whose turn it is. */
  #next(): void {
    while (this.#lane < this.#lanes.length && this.#at === this.#lanes[this.#lane].events.length) {
      this.#lane++;
      this.#at = 0;
    }
    if (this.#lane === this.#lanes.length) {
      this.#head = undefined;
      this.#ready = [];
      this.#lanes = [];
      this.#lane = 0;
      return;
    }
    const place = this.#lanes[this.#lane].events[this.#at];
    const entry = place % ENTRIES;
    const number = (place - entry) / ENTRIES;
    const event = this.#ready[number]!;
    if (event.kind === 'rib-record') {
      this.#head = event.event(entry);
    } else {
      this.#head = event;
      this.#ready[number] = undefined; // an event that is taken is let go of
    }
  }
}

/** Deals events out by order time and peer address: lanes in merge order, in each the file's own. */
function lanesOf(events: readonly SourceEvent[]): Lane[] {
  const byOrder = new Map<EventTime, Map<string, Lane>>();
  const deal = (order: EventTime, peerAddress: string, place: number): void => {
    let byPeer = byOrder.get(order);
    if (byPeer === undefined) byOrder.set(order, (byPeer = new Map<string, Lane>()));
    const lane = byPeer.get(peerAddress);
    if (lane === undefined) byPeer.set(peerAddress, { order, peerAddress, events: [place] });
    else lane.events.push(place);
  };
  events.forEach((event, number) => {
    if (event.kind !== 'rib-record') deal(event.order, event.peerAddress, number * ENTRIES);
    else for (let i = 0; i < event.size; i++) deal(event.order, event.peerAddress(i), number * ENTRIES + i);
  });
  const lanes = [...byOrder.values()].flatMap((byPeer) => [...byPeer.values()]);
  return lanes.sort((a, b) => a.order - b.order || (a.peerAddress < b.peerAddress ? -1 : 1));
}
