// A set of prefixes for one question alone, asked of every NLRI of a feed: does any of them cover, equal or lie inside it? Prefixes
// nest or are disjoint, so those that lie inside others change no answer: what is left is sorted and disjoint, one family beside the
// other (family-union.ts). It cannot be changed; which prefixes are related, `PrefixTrie` tells. Built in some milliseconds
// from 10 000 prefixes, and plain data, so that threads are given it rather than made to build it anew.

import { type Afi } from './address.js';
import { FamilyUnion, type UnionTables } from './family-union.js';
import { type Prefix } from './prefix.js';

/** The tables of both families: plain data, to be sent to another thread. */
export interface PrefixUnionTables {
  readonly ipv4: UnionTables;
  readonly ipv6: UnionTables;
}

/** What prefixes take up; see the head of the file. */
export class PrefixUnion {
  readonly #ipv4: FamilyUnion;
  readonly #ipv6: FamilyUnion;

  constructor({ ipv4, ipv6 }: PrefixUnionTables) {
    this.#ipv4 = new FamilyUnion(ipv4);
    this.#ipv6 = new FamilyUnion(ipv6);
  }

  /** Of any prefixes, in any order, repeated or not. */
  static of(prefixes: readonly Prefix[]): PrefixUnion {
    const [ipv4, ipv6]: [Prefix[], Prefix[]] = [[], []];
    for (const prefix of prefixes) (prefix.afi === 1 ? ipv4 : ipv6).push(prefix);
    return new PrefixUnion({ ipv4: FamilyUnion.tablesOf(ipv4), ipv6: FamilyUnion.tablesOf(ipv6) });
  }

  get tables(): PrefixUnionTables {
    return { ipv4: this.#ipv4.tables, ipv6: this.#ipv6.tables };
  }

  /** True where one of the prefixes covers, equals or lies inside `prefix`. */
  isRelated({ afi, length, w0, w1, w2, w3 }: Prefix): boolean {
    return (afi === 1 ? this.#ipv4 : this.#ipv6).isRelated(length, w0, w1, w2, w3);
  }

  /**
   * As `isRelated`, straight from the significant octets of an NLRI (RFC 4271 section 4.3), ceil(length / 8) of them at `offset`;
   * host bits are ignored. The caller has checked that the octets are there and that `length` fits the family.
   */
  isRelatedNlri(bytes: Uint8Array, offset: number, length: number, afi: Afi): boolean {
    return afi === 1
      ? this.#ipv4.isRelatedIpv4(bytes, offset, length)
      : this.#ipv6.isRelatedIpv6(bytes, offset, length);
  }
}
