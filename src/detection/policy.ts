// Policies: what the operator said of each registered prefix, and the table of them that every rule asks. Pure data; the registry
// makes it, nothing here reads a database.

import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';
import { PrefixTrie } from '../ip/prefix-trie.js';
import { PrefixUnion } from '../ip/prefix-union.js';

/** Expected neighbours per origin AS. An origin that is not a key is unchecked; an empty list allows none. */
export type Neighbors = ReadonlyMap<Asn, readonly Asn[]>;

/** More-specifics that the operator announces on purpose: lengths (inclusive), origins, neighbours. */
export interface MoreSpecificsPolicy {
  readonly minLength: number;
  readonly maxLength: number;
  readonly origins: readonly Asn[];
  readonly neighbors: Neighbors;
}

/** The policy of one registered prefix. */
export interface PrefixPolicy {
  /** Row number in the registry; stable while connection and prefix stay. */
  readonly id: number;
  readonly connection: string;
  readonly name: string;
  readonly prefix: Prefix;
  /** Legitimate origins; empty = must not be announced. */
  readonly origins: readonly Asn[];
  readonly neighbors: Neighbors;
  readonly moreSpecifics: MoreSpecificsPolicy | null;
  /** ASes that may announce covering prefixes. */
  readonly aggregators: readonly Asn[];
  /** The provider's ASes: tell active routes from backup ones. */
  readonly providerAsns: readonly Asn[];
  /** The registry allows documentation AS numbers (RFC 5398). */
  readonly allowDocumentation: boolean;
  /** Least share of full-feed sessions, and for how long below it (microseconds). */
  readonly visibility: { readonly min: number; readonly for: EventTime } | null;
}

/** All policies, looked up by prefix. Immutable: a changed registry makes a new table. */
export class PolicyTable {
  readonly #trie = new PrefixTrie<PrefixPolicy>();
  readonly #byText = new Map<string, PrefixPolicy>();

  readonly #union: PrefixUnion;

  constructor(policies: Iterable<PrefixPolicy>) {
    for (const policy of policies) {
      this.#trie.insert(policy.prefix, policy);
      this.#byText.set(policy.prefix.toString(), policy);
    }
    this.#union = PrefixUnion.of([...this.#byText.values()].map(({ prefix }) => prefix));
  }

  /** Every policy, in prefix order. */
  get all(): readonly PrefixPolicy[] {
    return [...this.#trie.entries()].map(({ value }) => value);
  }

  get size(): number {
    return this.#byText.size;
  }

  /** The policy registered under this very prefix text, if any. */
  get(prefix: string): PrefixPolicy | undefined {
    return this.#byText.get(prefix);
  }

  /** The policy that a route to `prefix` is judged under: the longest registered prefix that covers or equals it. */
  judging(prefix: Prefix): PrefixPolicy | undefined {
    return this.#trie.longestMatch(prefix)?.value;
  }

  /** The policies whose prefixes lie strictly inside `prefix`, in prefix order. */
  coveredBy(prefix: Prefix): readonly PrefixPolicy[] {
    return this.#trie
      .covered(prefix)
      .map(({ value }) => value)
      .filter((policy) => policy.prefix.length > prefix.length);
  }

  /** The policies that cover or equal `prefix`, shortest first. */
  covering(prefix: Prefix): readonly PrefixPolicy[] {
    return this.#trie.covering(prefix).map(({ value }) => value);
  }

  /** True where any registered prefix covers, equals, or lies inside `prefix`. */
  isRelated(prefix: Prefix): boolean {
    return this.#union.isRelated(prefix);
  }

  /** `isRelated` straight from NLRI octets: the scanner's question. */
  isRelatedNlri(bytes: Uint8Array, offset: number, length: number, afi: 1 | 2): boolean {
    return this.#union.isRelatedNlri(bytes, offset, length, afi);
  }
}
