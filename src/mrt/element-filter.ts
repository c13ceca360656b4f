// Which elements a user wants to see: by prefix, peer, origin, AS on the path, type, time, family and SAFI. All conditions must hold;
// of several values of one condition any. An element that does not have what a condition asks for (a withdrawal has no path, a
// KEEPALIVE no prefix and no SAFI) does not meet it. As soon as anything is filtered, routes of SAFIs other than unicast are left out,
// unless asked for; that alone leaves out no session message. Prefixes are looked up in tables, so that a list of 10 000 costs no more than one.

import { type PathAttributes } from '../bgp/path-attributes.js';
import { SegmentType } from '../bgp/as-path.js';
import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';
import { PrefixTrie } from '../ip/prefix-trie.js';
import { PrefixUnion } from '../ip/prefix-union.js';
import { type MrtElement } from './element.js';
import { type RelatedNlri } from './message-scanner.js';

/** How an element's prefix must stand to a wanted one. Each relation includes equality. */
export type PrefixRelation = 'exact' | 'more-specific' | 'less-specific' | 'related';

/** What is wanted; an absent or empty condition is none. `T` is what `types` leaves. */
export interface FilterOptions<T extends MrtElement['type'] = MrtElement['type']> {
  /** Prefixes that an element's must stand to as `relation` says. */
  readonly prefixes?: readonly Prefix[];
  /** `related`: equal, inside, or covering. */
  readonly relation?: PrefixRelation;
  /** The AS that sent the message, as the record has it. */
  readonly peerAs?: readonly Asn[];
  /** The last AS of the path, or a member of a final AS_SET. */
  readonly originAs?: readonly Asn[];
  /** Anywhere on the path, sets and confederation segments included. */
  readonly pathAs?: readonly Asn[];
  readonly types?: readonly T[];
  /** First event time, microseconds since 1970, inclusive. */
  readonly from?: EventTime;
  /** Last event time, inclusive. */
  readonly to?: EventTime;
  /** Address families (RFC 4760): 1 IPv4, 2 IPv6. */
  readonly families?: readonly number[];
  /** SAFIs wanted, `all` for any; absent: 1 where there is any other condition, else any. */
  readonly safis?: readonly number[] | 'all';
}

type Condition = (element: MrtElement) => boolean;

/** A test of elements. */
export interface ElementFilter {
  (element: MrtElement): boolean;
  /** Where prefixes are wanted: whether an NLRI is related to any of them, as every element that passes is. */
  readonly related: RelatedNlri | null;
  /** True where that, of SAFI 1, is all that is asked: then every such element passes. */
  readonly isRelation: boolean;
}

/** A test of elements, or null where `options` hold no condition. */
export function elementFilter(options: FilterOptions): ElementFilter | null {
  const related = isGiven(options.prefixes) ? PrefixUnion.of(options.prefixes) : null;
  const conditions = [...cheapConditions(options), ...routeConditions(options, related)];
  const { safis, relation = 'related' } = options;
  const isRelation = related !== null && relation === 'related' && conditions.length === 1 && safis === undefined;
  if (safis !== undefined && safis !== 'all')
    conditions.unshift((element) => 'safi' in element && safis.includes(element.safi));
  else if (safis === undefined && conditions.length > 0) conditions.unshift(isUnicast);
  if (conditions.length === 0) return null;
  return Object.assign((element: MrtElement) => conditions.every((holds) => holds(element)), { related, isRelation });
}

/** The default view: routes of SAFI 1, and what has no SAFI. */
function isUnicast(element: MrtElement): boolean {
  return !('safi' in element) || element.safi === 1;
}

function cheapConditions({ types, from, to, peerAs, families }: FilterOptions): Condition[] {
  const conditions: Condition[] = [];
  if (isGiven(types)) conditions.push(({ type }) => types.includes(type));
  if (from !== undefined) conditions.push(({ time }) => time >= from);
  if (to !== undefined) conditions.push(({ time }) => time <= to);
  if (isGiven(peerAs)) {
    const wanted = new Set(peerAs);
    conditions.push((element) => wanted.has(element.peerAs));
  }
  if (isGiven(families)) conditions.push((element) => 'afi' in element && families.includes(element.afi));
  return conditions;
}

function routeConditions(
  { prefixes = [], relation = 'related', originAs, pathAs }: FilterOptions,
  related: PrefixUnion | null,
): Condition[] {
  const conditions: Condition[] = [];
  if (related !== null) {
    const relates = relation === 'related' ? related.isRelated.bind(related) : prefixTest(trieOf(prefixes), relation);
    conditions.push((element) => 'prefix' in element && relates(element.prefix));
  }
  if (isGiven(originAs)) {
    const wanted = new Set(originAs);
    conditions.push(pathCondition((attributes) => originsOf(attributes).some((asn) => wanted.has(asn))));
  }
  if (isGiven(pathAs)) {
    const wanted = new Set(pathAs);
    const holds = ({ asPath = [] }: PathAttributes): boolean =>
      asPath.some(({ asns }) => asns.some((asn) => wanted.has(asn)));
    conditions.push(pathCondition(holds));
  }
  return conditions;
}

function isGiven<T>(list: readonly T[] | undefined): list is readonly T[] {
  return list !== undefined && list.length > 0;
}

function trieOf(prefixes: readonly Prefix[]): PrefixTrie<true> {
  const trie = new PrefixTrie<true>();
  for (const prefix of prefixes) trie.insert(prefix, true);
  return trie;
}

function prefixTest(trie: PrefixTrie<true>, relation: Exclude<PrefixRelation, 'related'>): (prefix: Prefix) => boolean {
  switch (relation) {
    case 'exact':
      return (prefix) => trie.exact(prefix) === true;
    case 'more-specific':
      return (prefix) => trie.longestMatch(prefix) !== undefined;
    case 'less-specific':
      return (prefix) => trie.covered(prefix).length > 0;
  }
}

/** All elements of one UPDATE share their attributes: the last answer is kept. */
function pathCondition(holds: (attributes: PathAttributes) => boolean): Condition {
  let last: PathAttributes | null = null;
  let answer = false;
  return (element) => {
    if (!('attributes' in element)) return false;
    if (element.attributes !== last) {
      last = element.attributes;
      answer = holds(last);
    }
    return answer;
  };
}

function originsOf({ asPath = [] }: PathAttributes): readonly Asn[] {
  const own = asPath.filter(({ type }) => type === SegmentType.AS_SEQUENCE || type === SegmentType.AS_SET);
  const last = own.findLast(({ asns }) => asns.length > 0);
  if (last === undefined) return [];
  return last.type === SegmentType.AS_SET ? last.asns : last.asns.slice(-1);
}
