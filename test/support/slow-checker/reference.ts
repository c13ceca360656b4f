// What data beside the registry says of a route, in the words of detection.md and nothing shared with src/: origin validation (RFC 6811)
// by looking through all VRPs, ASPA verification by trying every place where a path may turn, and route leaks (RFC 7908) by three groups
// of ASes in a row.

import { collapsed, type Origin, type PathItem } from './as-paths.js';
import { type Registered, type Verdict } from './policies.js';
import { bitsOf, contains, lengthOf } from './prefix-bits.js';

/** The data, as plain lists. */
export interface CheckedReference {
  readonly vrps: readonly { readonly prefix: string; readonly maxLength: number; readonly asn: number }[];
  readonly aspas: ReadonlyMap<number, readonly number[]>;
  /** What the second AS is to the first, both ways round: `1|2` -> `provider`. */
  readonly relations: ReadonlyMap<string, 'provider' | 'customer' | 'peer' | 'sibling'>;
}

export const NO_REFERENCE: CheckedReference = { vrps: [], aspas: new Map(), relations: new Map() };

const AS_TRANS = 23456;
type Hop = number | readonly number[];

/** The three rules in the table's order, each with at most one verdict. */
export class ReferenceRules {
  readonly #data: CheckedReference;
  readonly #vrps: readonly (CheckedReference['vrps'][number] & { readonly bits: string })[];
  readonly #top: ReadonlySet<number>;

  constructor(data: CheckedReference) {
    this.#data = data;
    this.#vrps = data.vrps.map((vrp) => ({ ...vrp, bits: bitsOf(vrp.prefix) }));
    this.#top = topOf(data.relations);
  }

  /** `otc`: the AS that ONLY_TO_CUSTOMER names, null without it. */
  judge(
    entry: Registered,
    prefix: string,
    { path, origin, otc }: { readonly path: readonly PathItem[]; readonly origin: Origin; readonly otc: number | null },
  ): Verdict[] {
    const hops = collapsed(path);
    const { prefix: registeredPrefix } = entry;
    const offenders = {
      'rpki-invalid': this.#invalidOrigin(prefix, hops, origin),
      'aspa-invalid': this.#invalidPath(hops, origin),
      'route-leak': this.#leak(hops) ?? this.#otcLeak(entry, hops, otc),
    };
    return Object.entries(offenders).flatMap(([type, offender]) =>
      offender === null
        ? []
        : [{ type, scope: registeredPrefix, registeredPrefix, prefix, offender, covers: [], also: [] }],
    );
  }

  #invalidOrigin(prefix: string, hops: readonly Hop[], origin: Origin): string | null {
    const bits = bitsOf(prefix);
    const covering = this.#vrps.filter((vrp) => contains(vrp.bits, bits));
    if (covering.length === 0) return null;
    const isSet = typeof hops.at(-1) === 'object';
    if (!isSet && origin.kind !== 'as') return null;
    const asn = !isSet && origin.kind === 'as' ? origin.asn : null; // RFC 6811: NONE matches nothing
    const ofThisOrigin = covering.filter((vrp) => asn !== null && vrp.asn === asn && asn !== 0);
    if (ofThisOrigin.some((vrp) => lengthOf(bits) <= vrp.maxLength)) return null;
    const reason = ofThisOrigin.length > 0 ? 'length' : covering.every((vrp) => vrp.asn === 0) ? 'as0' : 'origin';
    return `${asn ?? 'AS_SET'} ${reason}`;
  }

  /** A path may go up, over one link between two that are no customer of each other, and down: every such place is tried. */
  #invalidPath(hops: readonly Hop[], origin: Origin): string | null {
    if (this.#data.aspas.size === 0) return null;
    if (hops.length === 0) return origin.kind === 'as' ? null : 'empty path';
    if (hops.some((hop) => typeof hop !== 'number')) return 'AS_SET';
    const path = (hops as number[]).toReversed();
    const isFine = path.some((_, apex) => this.#climbs(path, apex, apex) || this.#climbs(path, apex, apex + 1));
    if (isFine) return null;
    const first = path.findIndex((asn, i) => i + 1 < path.length && this.#denies(asn, path[i + 1]));
    return `${path[first]}/${path[first + 1]}`;
  }

  /** Whether nothing speaks against a path that goes up to `apex` and down from `from`. */
  #climbs(path: readonly number[], apex: number, from: number): boolean {
    return path.every((asn, i) => {
      if (i + 1 === path.length) return true;
      const next = path[i + 1];
      if (i < apex) return !this.#denies(asn, next);
      return i < from || !this.#denies(next, asn);
    });
  }

  #denies(customer: number, provider: number): boolean {
    const providers = this.#data.aspas.get(customer);
    return providers !== undefined && !providers.includes(provider) && customer !== AS_TRANS && provider !== AS_TRANS;
  }

  /** Siblings next to each other are one; of three groups in a row the middle one leaks from a provider or peer to another. */
  #leak(hops: readonly Hop[]): string | null {
    const groups: Hop[][] = [];
    for (const hop of hops.toReversed()) {
      const last = groups.at(-1)?.at(-1);
      if (last !== undefined && this.#relation(last, hop) === 'sibling') groups.at(-1)!.push(hop);
      else groups.push([hop]);
    }
    for (let i = 1; i + 1 < groups.length; i++) {
      const [from, first, leaker, to] = [groups[i - 1].at(-1)!, groups[i][0], groups[i].at(-1)!, groups[i + 1][0]];
      const all = [from, ...groups[i], to];
      if (all.some((hop) => typeof hop !== 'number' || hop === AS_TRANS)) continue;
      const [giver, receiver] = [this.#relation(first, from), this.#relation(leaker, to)];
      const isUphill = [giver, receiver].every((relation) => relation === 'provider' || relation === 'peer');
      const isBetweenTop = this.#isTop(from) && this.#isTop(to) && !groups[i].some((member) => this.#isTop(member));
      if (isUphill || isBetweenTop) return String(leaker);
    }
    return null;
  }

  /**
   * RFC 9234: the AS that OTC names sent the route to a customer or a peer, and whoever took it then to customers alone. The part of the
   * path that says otherwise: from that AS (its siblings are it) to its provider, from a later one to a provider or peer.
   */
  #otcLeak({ origins, providers }: Registered, hops: readonly Hop[], otc: number | null): string | null {
    if (otc === null || otc === AS_TRANS || !hops.includes(otc)) return null;
    const relation = (asn: Hop, other: Hop) =>
      [asn, other].every((hop) => typeof hop === 'number') &&
      origins.includes(asn as number) &&
      providers.includes(other as number) &&
      !origins.includes(other as number)
        ? 'provider'
        : this.#relation(asn, other);
    const onward = hops.slice(0, hops.indexOf(otc) + 1).toReversed();
    const senders = onward.findIndex((asn, i) => i > 0 && relation(onward[i - 1], asn) !== 'sibling');
    for (let i = 0; i + 1 < onward.length; i++) {
      if (typeof onward[i + 1] !== 'number') return null;
      const said = relation(onward[i], onward[i + 1]);
      const isSender = senders === -1 || i < senders;
      if (said === 'provider' || (said === 'peer' && !isSender)) return String(onward[i]);
    }
    return null;
  }

  #isTop(hop: Hop): boolean {
    return typeof hop === 'number' && this.#top.has(hop);
  }

  #relation(asn: Hop, other: Hop): 'provider' | 'customer' | 'peer' | 'sibling' | undefined {
    if (typeof asn !== 'number' || typeof other !== 'number') return undefined;
    if (asn === AS_TRANS || other === AS_TRANS) return undefined;
    return this.#data.relations.get(`${asn}|${other}`);
  }
}

/** Those that buy from nobody and sell, the greatest first, as long as each is a peer of all before it. */
function topOf(relations: CheckedReference['relations']): ReadonlySet<number> {
  const customersOf = new Map<number, number>();
  const buyers = new Set<number>();
  for (const [link, relation] of relations) {
    const [asn] = link.split('|').map(Number);
    if (relation === 'customer') customersOf.set(asn, (customersOf.get(asn) ?? 0) + 1);
    if (relation === 'provider') buyers.add(asn);
  }
  const sellers = [...customersOf.keys()].filter((asn) => !buyers.has(asn));
  sellers.sort((a, b) => customersOf.get(b)! - customersOf.get(a)! || a - b);
  const top: number[] = [];
  for (const asn of sellers) if (top.every((other) => relations.get(`${asn}|${other}`) === 'peer')) top.push(asn);
  return new Set(top);
}
