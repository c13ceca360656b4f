// A map from prefixes of both families to values that answers what equals, covers or lies inside a prefix, in order; whether anything
// does at all, the scanners' question, is `PrefixUnion`'s. Path-compressed radix tries behind a front table of the first 16 bits; the structure
// is in prefix-family.ts and radix-nodes.ts. Iteration order is that of `Prefix.compare`, whatever the order of insertion.
// It holds what it is given: bounds and eviction are the owner's. Not meant for one instance a session (memory: see there).

import { type Afi } from './address.js';
import { EntryList } from './entry-list.js';
import { type Prefix } from './prefix.js';
import { PrefixFamily } from './prefix-family.js';
import { MAX_ENTRY } from './radix-nodes.js';

/** A stored prefix and its value. */
export interface PrefixEntry<T> {
  readonly prefix: Prefix;
  readonly value: T;
}

/** A mutable map of prefixes. Returned lists and iterators are snapshots: changing the trie does not disturb them. */
export class PrefixTrie<T> {
  readonly #ipv4 = new PrefixFamily(1);
  readonly #ipv6 = new PrefixFamily(2);
  /** By entry number; 0 is never used. */
  readonly #entries: (PrefixEntry<T> | undefined)[] = [undefined];
  /** Numbers of removed entries, used again before new ones. */
  readonly #free: number[] = [];
  /** Entry numbers of the look-up that is going on. */
  readonly #found = new EntryList();

  /** Number of stored prefixes. */
  get size(): number {
    return this.#ipv4.size + this.#ipv6.size;
  }

  /** Radix nodes in use: less than twice `size`, and 0 when the trie is empty. */
  get liveNodes(): number {
    return this.#ipv4.liveNodes + this.#ipv6.liveNodes;
  }

  /**
   * Stores a value, in place of the one that the prefix may have.
   *
   * @throws RangeError at 8 388 608 prefixes.
   */
  insert(prefix: Prefix, value: T): void {
    const family = this.#family(prefix.afi);
    const present = family.exact(prefix);
    if (present !== 0) {
      this.#entries[present] = { prefix, value };
      return;
    }
    const entry = this.#free.pop() ?? this.#entries.length;
    if (entry > MAX_ENTRY)
      throw new RangeError(`Cannot insert ${prefix.toString()}: the trie holds ${MAX_ENTRY} prefixes`);
    this.#entries[entry] = { prefix, value };
    family.insert(prefix, entry, (other) => this.#entries[other]!.prefix, this.#found);
  }

  /** @returns true where the prefix was there. */
  remove(prefix: Prefix): boolean {
    const family = this.#family(prefix.afi);
    const entry = family.exact(prefix);
    if (entry === 0) return false;
    family.remove(prefix);
    this.#entries[entry] = undefined;
    this.#free.push(entry);
    return true;
  }

  /** The value of this very prefix. */
  exact(prefix: Prefix): T | undefined {
    return this.#entries[this.#family(prefix.afi).exact(prefix)]?.value;
  }

  /** The longest stored prefix that covers or equals `prefix`. */
  longestMatch(prefix: Prefix): PrefixEntry<T> | undefined {
    return this.#entries[this.#family(prefix.afi).longest(prefix)];
  }

  /** All stored prefixes that cover or equal `prefix`, shortest first. */
  covering(prefix: Prefix): PrefixEntry<T>[] {
    this.#found.length = 0;
    this.#family(prefix.afi).covering(prefix, this.#found);
    return this.#takeFound();
  }

  /** All stored prefixes that lie inside or equal `prefix`, in the order of `Prefix.compare`. */
  covered(prefix: Prefix): PrefixEntry<T>[] {
    this.#found.length = 0;
    this.#family(prefix.afi).covered(prefix, this.#found);
    return this.#takeFound();
  }

  /** All that is stored, in the order of `Prefix.compare`: IPv4 first. */
  entries(): IterableIterator<PrefixEntry<T>> {
    this.#found.length = 0;
    this.#ipv4.all(this.#found);
    this.#ipv6.all(this.#found);
    return this.#takeFound().values();
  }

  #family(afi: Afi): PrefixFamily {
    return afi === 1 ? this.#ipv4 : this.#ipv6;
  }

  #takeFound(): PrefixEntry<T>[] {
    const { items, length } = this.#found;
    const out = new Array<PrefixEntry<T>>(length); // exact: an array grown by push takes room for 17
    for (let i = 0; i < length; i++) out[i] = this.#entries[items[i]]!;
    return out;
  }
}
