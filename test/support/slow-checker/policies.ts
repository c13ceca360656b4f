// What the slow checker knows of a registry, and the rules on origins and bogons in words as plain as detection.md's table: which
// verdict a route has that announces `prefix` from `origin`.

import { collapsed, type Origin, originMembers, type PathItem } from './as-paths.js';
import { type Bits, bitsOf, contains, isLongEnough, lengthOf } from './prefix-bits.js';

/** A prefix of the registry: the fields of the YAML file, defaults filled in. */
export interface CheckedPrefix {
  readonly prefix: string;
  readonly connection: string;
  readonly providers: readonly number[];
  readonly origins: readonly number[];
  /** Allowed neighbours of an origin; an origin that is absent is not checked. */
  readonly neighbors: ReadonlyMap<number, readonly number[]>;
  readonly moreSpecifics: {
    readonly minLength: number;
    readonly maxLength: number;
    readonly origins: readonly number[];
    readonly neighbors: ReadonlyMap<number, readonly number[]>;
  } | null;
  readonly aggregators: readonly number[];
}

/** A registered prefix with its bits. */
export interface Registered extends CheckedPrefix {
  readonly bits: Bits;
}

/** What is wrong with a route; `scope` tells incidents apart: the registered prefix, or the connection of a superprefix. */
export interface Verdict {
  readonly type: string;
  readonly scope: string;
  readonly registeredPrefix: string;
  readonly prefix: string;
  readonly offender: string;
  readonly covers: readonly string[];
  /** Types further down the table that the route matches too. */
  readonly also: readonly string[];
}

export function withBits(prefixes: readonly CheckedPrefix[]): Registered[] {
  return prefixes.map((prefix) => ({ ...prefix, bits: bitsOf(prefix.prefix) }));
}

/** The registered prefix under which `bits` is judged: itself, else the longest that covers it, else none. */
export function judgedUnder(registry: readonly Registered[], bits: Bits): Registered | null {
  let best: Registered | null = null;
  for (const entry of registry)
    if (contains(entry.bits, bits) && (best === null || entry.bits.length > best.bits.length)) best = entry;
  return best;
}

/** Whether a prefix is an allowed more-specific of `entry` for the origin. */
export function isAllowedMoreSpecific({ moreSpecifics }: Registered, bits: Bits, origin: Origin): boolean {
  if (moreSpecifics === null) return false;
  const length = lengthOf(bits);
  if (length < moreSpecifics.minLength || length > moreSpecifics.maxLength) return false;
  return originMembers(origin).some((asn) => moreSpecifics.origins.includes(asn));
}

/** What a route tells the registry's rules beside its prefix and origin. */
export interface Marks {
  readonly communities: readonly string[];
}

/** The registry's verdicts in the table's order: the first is the primary one; of a superprefix one a connection. */
export function judge(
  registry: readonly Registered[],
  prefix: string,
  origin: Origin,
  { communities }: Marks,
): Verdict[] {
  const verdicts = judgeOrigin(registry, prefix, origin);
  if (!communities.includes('65535:666')) return verdicts;
  const blackhole = judgeBlackhole(registry, prefix, origin);
  const isFirst = verdicts[0]?.type === 'unexpected-more-specific';
  return isFirst ? [...blackhole, ...verdicts] : [...verdicts, ...blackhole];
}

/** A host route with BLACKHOLE (RFC 7999) strictly inside R, of a registered origin or of a foreign one. */
function judgeBlackhole(registry: readonly Registered[], prefix: string, origin: Origin): Verdict[] {
  const bits = bitsOf(prefix);
  const entry = judgedUnder(registry, bits);
  if (entry === null || lengthOf(bits) !== (bits.startsWith('4:') ? 32 : 128) || entry.bits === bits) return [];
  const members = originMembers(origin);
  const own = [...entry.origins, ...(entry.moreSpecifics?.origins ?? [])];
  const isOwnSet = origin.kind === 'set' && members.some((asn) => own.includes(asn));
  if (members.length === 0 || isOwnSet) return [];
  const { prefix: registeredPrefix } = entry;
  const offender = String(Math.min(...members));
  return [
    { type: 'blackhole-leak', scope: registeredPrefix, registeredPrefix, prefix, offender, covers: [], also: [] },
  ];
}

function judgeOrigin(registry: readonly Registered[], prefix: string, origin: Origin): Verdict[] {
  if (origin.kind === 'unknown') return [];
  const bits = bitsOf(prefix);
  const entry = judgedUnder(registry, bits);
  if (entry === null) return judgeSuperprefix(registry, prefix, origin);
  const verdict = (type: string, offender: string): Verdict[] => [
    { type, scope: entry.prefix, registeredPrefix: entry.prefix, prefix, offender, covers: [], also: [] },
  ];
  const members = originMembers(origin);
  const offender = String(Math.min(...members));
  if (entry.origins.length === 0) return verdict('squatting', offender);
  const isLegitimate = members.some((asn) => entry.origins.includes(asn));
  const isExact = bits === entry.bits;
  const isAllowed = !isExact && isAllowedMoreSpecific(entry, bits, origin);
  if (isExact && !isLegitimate) return verdict('origin-hijack', offender);
  if (!isExact && !isAllowed && !isLegitimate) return verdict('subprefix-hijack', offender);
  if (isExact || isAllowed) {
    const neighbors = isExact ? entry.neighbors : entry.moreSpecifics!.neighbors;
    if (origin.kind !== 'as' || origin.length === 1 || origin.neighbor === null) return [];
    const allowed = neighbors.get(origin.asn);
    if (allowed === undefined || allowed.includes(origin.neighbor)) return [];
    return verdict('forged-first-hop', `${origin.asn}/${origin.neighbor}`);
  }
  return origin.kind === 'as' ? verdict('unexpected-more-specific', offender) : [];
}

/** Whether a number is of a block that IANA keeps from the public Internet: private, documentation or reserved. */
function isSpecial(asn: number): boolean {
  return asn === 0 || (asn > 64495 && asn < 131072) || asn > 4199999999;
}

/** Blocks that nobody uses, not even in a lab. */
function isReserved(asn: number): boolean {
  return asn === 0 || asn === 65535 || (asn > 65551 && asn < 131072) || asn === 4294967295;
}

/** The bogon-path of a route to the registered prefix or inside it: the first AS, nearest one first, that is out of place. */
export function judgeBogon(registry: readonly Registered[], prefix: string, path: readonly PathItem[]): Verdict[] {
  const entry = judgedUnder(registry, bitsOf(prefix));
  const bogon = entry === null ? null : bogonOn(entry, collapsed(path));
  if (entry === null || bogon === null) return [];
  const { prefix: registeredPrefix } = entry;
  const offender = String(bogon);
  return [{ type: 'bogon-path', scope: registeredPrefix, registeredPrefix, prefix, offender, covers: [], also: [] }];
}

function bogonOn(entry: Registered, places: readonly (number | readonly number[])[]): number | null {
  const networks = [...entry.origins, ...entry.providers];
  const neighbors = [...entry.neighbors.values(), ...(entry.moreSpecifics?.neighbors.values() ?? [])].flat();
  const known = [...networks, ...entry.aggregators, ...(entry.moreSpecifics?.origins ?? []), ...neighbors];
  const isLab = networks.some(isSpecial);
  const isOdd = (asn: number): boolean => isSpecial(asn) && !known.includes(asn) && !(isLab && !isReserved(asn));
  for (const [index, place] of places.entries()) {
    const members = typeof place === 'number' ? [place] : [...place].sort((a, b) => a - b);
    const odd = members.find((asn) => asn === 0 || (index > 0 && isOdd(asn)));
    if (odd !== undefined) return odd;
    if (typeof place === 'number' && place !== 23456 && places.lastIndexOf(place) > index) return place;
  }
  return null;
}

function judgeSuperprefix(registry: readonly Registered[], prefix: string, origin: Origin): Verdict[] {
  const bits = bitsOf(prefix);
  if (!isLongEnough(bits)) return [];
  const covered = registry.filter((entry) => contains(bits, entry.bits));
  const members = originMembers(origin);
  const connections = [...new Set(covered.map(({ connection }) => connection))];
  return connections.flatMap((connection) => {
    const own = covered.filter((entry) => entry.connection === connection);
    if (
      own.some(({ origins, aggregators }) => members.some((asn) => origins.includes(asn) || aggregators.includes(asn)))
    )
      return [];
    const covers = own.sort((a, b) => (a.bits < b.bits ? -1 : 1)).map((entry) => entry.prefix);
    const offender = String(Math.min(...members));
    const [registeredPrefix] = covers;
    return [{ type: 'superprefix-hijack', scope: connection, registeredPrefix, prefix, offender, covers, also: [] }];
  });
}
