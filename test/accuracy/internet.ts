// A made Internet of 2 000 ASes: a clique of tier-1s, large and regional transit networks, edge networks with one to three providers, peers
// among the transit networks, a few siblings (which carry each other's traffic as provider and customer do).
// Shapes are those of Gao, "On inferring autonomous system relationships in the Internet" (2001), much smaller.

import { type Random } from './random.js';

const TIER1 = 10;
const LARGE = 40;
const REGIONAL = 150;
const ALL = 2000;
const SIBLINGS = 8;

/** ASes by index; neighbours by what they are to the AS. */
export class Internet {
  readonly asns: readonly number[];
  readonly providers: readonly number[][];
  readonly customers: readonly number[][];
  readonly peers: readonly number[][];
  /** `provider customer` indices of links that are written as siblings. */
  readonly siblings = new Set<string>();
  readonly #index = new Map<number, number>();

  constructor(random: Random) {
    this.asns = drawAsns(random);
    this.asns.forEach((asn, index) => this.#index.set(asn, index));
    const none = (): number[][] => Array.from({ length: ALL }, () => []);
    [this.providers, this.customers, this.peers] = [none(), none(), none()];
    for (let a = 0; a < TIER1; a++) for (let b = 0; b < a; b++) this.#peer(a, b);
    for (let as = TIER1; as < ALL; as++) this.#connect(as, random);
  }

  index(asn: number): number {
    return this.#index.get(asn)!;
  }

  get tier1(): readonly number[] {
    return this.asns.slice(0, TIER1);
  }

  /** Transit networks below the tier-1s. */
  get transit(): readonly number[] {
    return this.asns.slice(TIER1, TIER1 + LARGE + REGIONAL);
  }

  get edge(): readonly number[] {
    return this.asns.slice(TIER1 + LARGE + REGIONAL);
  }

  providersOf(asn: number): readonly number[] {
    return this.providers[this.index(asn)].map((other) => this.asns[other]);
  }

  peersOf(asn: number): readonly number[] {
    return this.peers[this.index(asn)].map((other) => this.asns[other]);
  }

  neighborsOf(asn: number): readonly number[] {
    const at = this.index(asn);
    return [...this.providers[at], ...this.customers[at], ...this.peers[at]].map((other) => this.asns[other]);
  }

  isSibling(asn: number): boolean {
    const at = this.index(asn);
    return [...this.siblings].some((pair) => pair.split(' ').includes(String(at)));
  }

  /** The relationship file, CAIDA serial-1. */
  relationshipFile(): string {
    const lines: string[] = ['# made, no measurement'];
    this.providers.forEach((list, customer) => {
      for (const provider of list) {
        const kind = this.siblings.has(`${provider} ${customer}`) ? 2 : -1;
        lines.push(`${this.asns[provider]}|${this.asns[customer]}|${kind}`);
      }
    });
    this.peers.forEach((list, a) => {
      for (const b of list) if (a < b) lines.push(`${this.asns[a]}|${this.asns[b]}|0`);
    });
    return `${lines.join('\n')}\n`;
  }

  #connect(as: number, random: Random): void {
    const isLarge = as < TIER1 + LARGE;
    const isRegional = !isLarge && as < TIER1 + LARGE + REGIONAL;
    const [from, to] = isLarge
      ? [0, TIER1 - 1]
      : isRegional
        ? [random.chance(0.15) ? 0 : TIER1, TIER1 + LARGE - 1]
        : [random.chance(0.2) ? TIER1 : TIER1 + LARGE, TIER1 + LARGE + REGIONAL - 1];
    const wanted = random.int(isLarge || isRegional ? 2 : 1, 3);
    while (this.providers[as].length < wanted) this.#buy(as, random.int(from, to));
    const peers = isLarge ? random.int(2, 6) : isRegional ? random.int(1, 4) : 0;
    const first = isLarge ? TIER1 : TIER1 + LARGE;
    for (let i = 0; i < peers && as > first; i++) this.#peer(as, random.int(first, as - 1));
    if (as >= ALL - SIBLINGS) this.siblings.add(`${this.providers[as][0]} ${as}`);
  }

  #buy(customer: number, provider: number): void {
    if (this.providers[customer].includes(provider)) return;
    this.providers[customer].push(provider);
    this.customers[provider].push(customer);
  }

  #peer(a: number, b: number): void {
    if (this.peers[a].includes(b) || this.providers[a].includes(b) || this.providers[b].includes(a)) return;
    this.peers[a].push(b);
    this.peers[b].push(a);
  }
}

/** Public numbers, four fifths of two octets: below the documentation and private ranges, and above 131072 (IANA's first four-octet block). */
function drawAsns(random: Random): number[] {
  const drawn = new Set<number>();
  while (drawn.size < ALL) {
    const asn = random.chance(0.8) ? random.int(200, 64_000) : random.int(196_608, 401_308);
    if (asn !== 23_456) drawn.add(asn); // AS_TRANS
  }
  return [...drawn];
}
