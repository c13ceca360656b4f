// Validated ROA payloads and route origin validation (RFC 6811; AS 0: RFC 6483 section 4, RFC 7607). The table is built once from the
// VRPs that somebody cares for and never changes: a changed set is a new table. It says which VRPs cover a route, and what follows.

import { type Asn } from '../ip/asn.js';
import { Prefix } from '../ip/prefix.js';
import { PrefixTrie } from '../ip/prefix-trie.js';

/** A validated ROA payload (RFC 6811 section 2). */
export interface Vrp {
  readonly prefix: Prefix;
  /** The longest announcement that it authorises; at least the prefix's own length. */
  readonly maxLength: number;
  /** 0 = nobody may announce it. */
  readonly asn: Asn;
  /** Name of the trust anchor, and when it expires in seconds since the epoch, where its source says so. No part of its identity. */
  readonly trustAnchor: string | null;
  readonly expires: number | null;
}

/** True for what the maximum length of a VRP of this prefix can be. */
export function isMaxLength(prefix: Prefix, length: number): boolean {
  return Number.isInteger(length) && length >= prefix.length && length <= (prefix.afi === 1 ? 32 : 128);
}

export type OriginValidity = 'valid' | 'invalid' | 'not-found';

/**
 * Why a route is invalid: its origin may announce this prefix, but not so long a part of it; only AS 0 is authorised; others are, and
 * this one is not.
 */
export type InvalidReason = 'length' | 'as0' | 'origin';

export interface OriginVerdict {
  readonly validity: OriginValidity;
  /** Only of an invalid route. */
  readonly reason: InvalidReason | null;
  /** The VRPs that cover the route, in order of prefix, AS and maxLength: those that the verdict rests on. */
  readonly covering: readonly Vrp[];
}

const NOT_FOUND: OriginVerdict = { validity: 'not-found', reason: null, covering: [] };

/** VRPs by prefix. Equal ones are one: that which expires last. */
export class VrpTable {
  readonly #byPrefix = new PrefixTrie<Vrp[]>();
  #size = 0;

  constructor(vrps: Iterable<Vrp> = []) {
    for (const vrp of vrps) this.#add(vrp);
  }

  /** Distinct VRPs. */
  get size(): number {
    return this.#size;
  }

  /** All VRPs, in order of prefix, AS and maxLength. */
  get all(): readonly Vrp[] {
    return [...this.#byPrefix.entries()].flatMap(({ value }) => value);
  }

  /**
   * Validates a route.
   *
   * @param origin the AS that RFC 6811 takes for the origin; null = NONE, of a path that ends in an AS_SET or is empty.
   */
  validate(prefix: Prefix, origin: Asn | null): OriginVerdict {
    const covering = this.#byPrefix.covering(prefix).flatMap(({ value }) => value);
    if (covering.length === 0) return NOT_FOUND;
    const own = origin === null || origin === 0 ? [] : covering.filter(({ asn }) => asn === origin);
    if (own.some(({ maxLength }) => prefix.length <= maxLength)) return { validity: 'valid', reason: null, covering };
    const reason = own.length > 0 ? 'length' : covering.every(({ asn }) => asn === 0) ? 'as0' : 'origin';
    return { validity: 'invalid', reason, covering };
  }

  #add(vrp: Vrp): void {
    const there = this.#byPrefix.exact(vrp.prefix);
    const same = there?.findIndex((other) => compareVrps(other, vrp) === 0) ?? -1;
    if (same >= 0) {
      if ((vrp.expires ?? Infinity) > (there![same].expires ?? Infinity)) there![same] = vrp;
      return;
    }
    this.#size++;
    if (there === undefined) this.#byPrefix.insert(vrp.prefix, [vrp]);
    else {
      there.push(vrp);
      there.sort(compareVrps);
    }
  }
}

/** Orders by prefix, AS and maxLength: negative, 0 or positive. */
export function compareVrps(a: Vrp, b: Vrp): number {
  return Prefix.compare(a.prefix, b.prefix) || a.asn - b.asn || a.maxLength - b.maxLength;
}

/** What changed from one table to another, each list in order. */
export interface VrpDiff {
  readonly added: readonly Vrp[];
  readonly removed: readonly Vrp[];
}

/** The VRPs of `after` that `before` has not, and the other way round. */
export function diffVrps(before: VrpTable, after: VrpTable): VrpDiff {
  const [added, removed]: [Vrp[], Vrp[]] = [[], []];
  const [old, now] = [before.all, after.all];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const order = i === old.length ? 1 : j === now.length ? -1 : compareVrps(old[i], now[j]);
    if (order < 0) removed.push(old[i]);
    if (order > 0) added.push(now[j]);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return { added, removed };
}

/** `203.0.113.0/24-25 AS64500`, without the length where it is the prefix's own. */
export function formatVrp({ prefix, maxLength, asn }: Vrp): string {
  return `${prefix.toString()}${maxLength === prefix.length ? '' : `-${maxLength}`} AS${asn}`;
}
