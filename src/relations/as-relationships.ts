// Business relationships of ASes (CAIDA serial-1: `provider|customer|-1`, `peer|peer|0`; serial-2 with the source behind; `2` for siblings;
// `1` for `-1` the other way round, as some derived files have it). A link said twice in two ways is known as none of them.
// Half a million links are 6 MB: sorted pairs in typed arrays. Top of the hierarchy: a clique of peers without a provider.

import { type Asn, parseAsn } from '../ip/asn.js';

/** What the second AS is to the first. */
export type Relationship = 'provider' | 'customer' | 'peer' | 'sibling';

/** A line that could not be read. */
export interface RelationshipFault {
  /** 1-based. */
  readonly line: number;
  readonly reason: string;
}

export interface RelationshipFile {
  readonly relationships: AsRelationships;
  /** The first of them, and how many there were. */
  readonly faults: readonly RelationshipFault[];
  readonly faultCount: number;
}

const MOST_FAULTS = 20;
/** Codes of a link from the lower AS to the higher: what the higher is to the lower. */
const KINDS: readonly (Relationship | null)[] = [null, 'provider', 'customer', 'peer', 'sibling'];
const CONTRADICTED = 0;

const INVERSE = { provider: 'customer', customer: 'provider', peer: 'peer', sibling: 'sibling' } as const;

/** A link between two ASes, the lower one first; `kind` is what the higher is to the lower. */
export interface AsLink {
  readonly low: Asn;
  readonly high: Asn;
  readonly kind: number;
}

/** What is known among some ASes: their links, and which of them are at the top of all. Plain data. */
export interface RelationshipSlice {
  readonly links: readonly AsLink[];
  readonly top: readonly Asn[];
}

/** Links between ASes. Immutable: a changed file is a new one. */
export class AsRelationships {
  /** Ascending pairs, the lower AS first. */
  readonly #low: Uint32Array;
  readonly #high: Uint32Array;
  readonly #kinds: Uint8Array;
  #top: ReadonlySet<Asn> | null = null;

  /**
   * @param links ascending by low, then high, each pair once.
   * @param top the ASes at the top, where the links are a part of those that say so.
   */
  constructor(links: readonly AsLink[] = [], top: Iterable<Asn> | null = null) {
    if (top !== null) this.#top = new Set(top);
    this.#low = Uint32Array.from(links, ({ low }) => low);
    this.#high = Uint32Array.from(links, ({ high }) => high);
    this.#kinds = Uint8Array.from(links, ({ kind }) => kind);
  }

  /** Links known. */
  get size(): number {
    return this.#low.length;
  }

  /** What is known among `asns`: enough to judge a path of theirs as all of it does. */
  among(asns: Iterable<Asn>): RelationshipSlice {
    const sorted = [...new Set(asns)].sort((a, b) => a - b);
    const links = sorted.flatMap((low, index) =>
      sorted.slice(index + 1).flatMap((high) => {
        const kind = this.#kinds[this.#find(low, high)] as number | undefined;
        return kind === undefined ? [] : [{ low, high, kind }];
      }),
    );
    return { links, top: sorted.filter((asn) => this.top.has(asn)) };
  }

  /** True where the two are said to have a link, whatever it is. */
  has(asn: Asn, other: Asn): boolean {
    return (this.#kinds[this.#find(Math.min(asn, other), Math.max(asn, other))] as number | undefined) !== undefined;
  }

  /** What `other` is to `asn`; null where nothing is known, or what is known contradicts itself. */
  of(asn: Asn, other: Asn): Relationship | null {
    const [low, high] = asn < other ? [asn, other] : [other, asn];
    const kind = KINDS[this.#kinds[this.#find(low, high)] ?? CONTRADICTED];
    return kind === null || asn === low ? kind : INVERSE[kind];
  }

  /**
   * The ASes at the top: of those without a provider, from the one with the most customers on (of equals the lowest), each that is a
   * peer of all taken before it.
   */
  get top(): ReadonlySet<Asn> {
    return (this.#top ??= this.#clique());
  }

  #clique(): ReadonlySet<Asn> {
    const customers = new Map<Asn, number>();
    const bought = new Set<Asn>();
    for (let i = 0; i < this.size; i++) {
      const kind = KINDS[this.#kinds[i]];
      if (kind !== 'provider' && kind !== 'customer') continue;
      const [provider, customer] = kind === 'provider' ? [this.#high[i], this.#low[i]] : [this.#low[i], this.#high[i]];
      bought.add(customer);
      customers.set(provider, (customers.get(provider) ?? 0) + 1);
    }
    const free = [...customers].filter(([asn]) => !bought.has(asn)).sort(([a, m], [b, n]) => n - m || a - b);
    const clique = new Set<Asn>();
    for (const [asn] of free) if ([...clique].every((other) => this.of(asn, other) === 'peer')) clique.add(asn);
    return clique;
  }

  #find(low: Asn, high: Asn): number {
    let [from, to] = [0, this.size - 1];
    while (from <= to) {
      const middle = (from + to) >>> 1;
      const order = this.#low[middle] - low || this.#high[middle] - high;
      if (order === 0) return middle;
      if (order < 0) from = middle + 1;
      else to = middle - 1;
    }
    return -1;
  }
}

/** Reads a file, of which it gives all that can be read: `push` its lines, then `finish`. Lines that begin with `#` are comments. */
export class RelationshipReader {
  readonly #links = new Map<number, Map<Asn, number>>();
  readonly #faults: RelationshipFault[] = [];
  #line = 0;
  #faultCount = 0;

  push(line: string): void {
    this.#line++;
    if (line.trim() === '' || line.startsWith('#')) return;
    const reason = addLink(this.#links, line);
    if (reason === null) return;
    this.#faultCount++;
    if (this.#faults.length < MOST_FAULTS) this.#faults.push({ line: this.#line, reason });
  }

  finish(): RelationshipFile {
    const sorted = [...this.#links].sort(([a], [b]) => a - b);
    const all = sorted.flatMap(([low, others]) =>
      [...others].sort(([a], [b]) => a - b).map(([high, kind]) => ({ low, high, kind })),
    );
    return { relationships: new AsRelationships(all), faults: this.#faults, faultCount: this.#faultCount };
  }
}

/** Reads the lines of a file at once. */
export function readRelationships(lines: Iterable<string>): RelationshipFile {
  const reader = new RelationshipReader();
  for (const line of lines) reader.push(line);
  return reader.finish();
}

/** @returns why the line cannot be read, or null. */
function addLink(links: Map<number, Map<Asn, number>>, line: string): string | null {
  const [first = '', second = '', sign = ''] = line.split('|').map((field) => field.trim());
  const [a, b] = [parseAsn(first), parseAsn(second)];
  if (a === null || b === null || sign === '') return `"${line.slice(0, 60)}" is not AS|AS|relationship`;
  const kind = kindOf(sign);
  if (kind === null) return `"${sign}" is no relationship: -1, 0, 1 and 2 are known`;
  if (a === b) return `AS${a} has a relationship with itself`;
  const [low, high] = a < b ? [a, b] : [b, a];
  const code = KINDS.indexOf(a === low ? kind : INVERSE[kind]);
  const others = links.get(low) ?? new Map<Asn, number>();
  links.set(low, others);
  others.set(high, others.has(high) && others.get(high) !== code ? CONTRADICTED : code);
  return null;
}

/** What the second AS of a line is to the first. */
function kindOf(sign: string): Relationship | null {
  switch (sign) {
    case '-1':
      return 'customer';
    case '0':
      return 'peer';
    case '1':
      return 'provider';
    case '2':
      return 'sibling';
    default:
      return null;
  }
}
