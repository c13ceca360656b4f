// Valley-free routing (Gao and Rexford, "Stable Internet routing without global coordination", 2001): an AS prefers routes of customers to
// those of peers to those of providers, then the shortest path, then the neighbour of the lowest number; it gives customers everything, and
// peers and providers what it has from customers. Three passes give each AS its one stable route.
//
// An announcement may have a forged tail: the AS claims to have the route from there. ASes on the tail refuse it, being on the path. A
// route leak is such an announcement, its tail being what the leaker truly has: whoever is on it keeps his route, since the leak
// reaches nobody in front of him.

import { type Internet } from './internet.js';

/** Who announces, and how. */
export interface Announcement {
  readonly asn: number;
  /** What stands behind the AS on the path, origin last; empty = it is the origin. */
  readonly tail?: readonly number[];
  /** Only to these neighbours; to all where absent. */
  readonly to?: readonly number[];
}

export const OWN = 1;
export const CUSTOMER = 2;
const PEER = 3;
const PROVIDER = 4;

/** What one AS has. */
export interface Chosen {
  readonly path: readonly number[];
  /** Place in the list of announcements. */
  readonly announcement: number;
  readonly rank: number;
}

/** `a b`, indices ascending: a link that is down. */
export function linkKey(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** The stable routes to one prefix. */
export class Routing {
  readonly #internet: Internet;
  readonly #announcements: readonly Announcement[];
  readonly #down: ReadonlySet<string>;
  readonly #tails: readonly ReadonlySet<number>[];
  readonly #to: readonly (ReadonlySet<number> | null)[];
  readonly #rank: Uint8Array;
  readonly #length: Uint16Array;
  readonly #next: Int32Array;
  readonly #source: Int32Array;

  constructor(internet: Internet, announcements: readonly Announcement[], down: ReadonlySet<string> = new Set()) {
    this.#internet = internet;
    this.#announcements = announcements;
    this.#down = down;
    const indices = (asns: readonly number[]): Set<number> => new Set(asns.map((asn) => internet.index(asn)));
    this.#tails = announcements.map(({ tail = [] }) => indices(tail));
    this.#to = announcements.map(({ to }) => (to === undefined ? null : indices(to)));
    const size = internet.asns.length;
    this.#rank = new Uint8Array(size);
    this.#length = new Uint16Array(size);
    this.#next = new Int32Array(size).fill(-1);
    this.#source = new Int32Array(size).fill(-1);
    this.#solve();
  }

  /** What an AS has, or null. The path begins with the AS itself. */
  of(asn: number): Chosen | null {
    const at = this.#internet.index(asn);
    if (this.#rank[at] === 0) return null;
    const path: number[] = [];
    let hop = at;
    for (; this.#next[hop] !== -1; hop = this.#next[hop]) path.push(this.#internet.asns[hop]);
    const { asn: announcer, tail = [] } = this.#announcements[this.#source[at]];
    return { path: [...path, announcer, ...tail], announcement: this.#source[at], rank: this.#rank[at] };
  }

  #solve(): void {
    this.#announcements.forEach(({ asn, tail = [] }, source) => {
      const at = this.#internet.index(asn);
      this.#rank[at] = OWN;
      this.#source[at] = source;
      this.#length[at] = tail.length;
    });
    const everyone = [...this.#rank.keys()];
    this.#spread(everyone, this.#internet.providers, CUSTOMER);
    this.#acrossPeers();
    this.#spread(everyone, this.#internet.customers, PROVIDER);
  }

  /** From all that have a route now, shortest first, to those of `neighbors` that have none. */
  #spread(all: readonly number[], neighbors: readonly number[][], rank: number): void {
    let level = 0;
    let waiting = all.filter((as) => this.#rank[as] !== 0);
    let fresh: number[] = [];
    while (waiting.length > 0 || fresh.length > 0) {
      const now = [...fresh, ...waiting.filter((as) => this.#length[as] === level)];
      waiting = waiting.filter((as) => this.#length[as] > level);
      const taken = new Set<number>();
      for (const from of now) {
        for (const to of neighbors[from]) {
          if ((this.#rank[to] !== 0 && !taken.has(to)) || !this.#passes(from, to)) continue;
          if (!taken.has(to) || this.#lower(from, this.#next[to])) this.#take(to, from, rank);
          taken.add(to);
        }
      }
      fresh = [...taken];
      level++;
    }
  }

  #acrossPeers(): void {
    const chosen: [to: number, from: number][] = [];
    this.#internet.peers.forEach((list, to) => {
      if (this.#rank[to] !== 0) return;
      let best = -1;
      for (const from of list) {
        if (this.#rank[from] === 0 || this.#rank[from] >= PEER || !this.#passes(from, to)) continue;
        const shorter = best === -1 || this.#length[from] < this.#length[best];
        if (shorter || (this.#length[from] === this.#length[best] && this.#lower(from, best))) best = from;
      }
      if (best !== -1) chosen.push([to, best]);
    });
    for (const [to, from] of chosen) this.#take(to, from, PEER);
  }

  #take(to: number, from: number, rank: number): void {
    this.#rank[to] = rank;
    this.#next[to] = from;
    this.#source[to] = this.#source[from];
    this.#length[to] = this.#length[from] + 1;
  }

  #passes(from: number, to: number): boolean {
    const source = this.#source[from];
    if (this.#tails[source].has(to)) return false;
    if (this.#next[from] === -1 && this.#to[source]?.has(to) === false) return false;
    return this.#down.size === 0 || !this.#down.has(linkKey(from, to));
  }

  #lower(a: number, b: number): boolean {
    return this.#internet.asns[a] < this.#internet.asns[b];
  }
}
