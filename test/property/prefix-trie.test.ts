// The prefix trie equals a naive scan: any sequence of insertions and removals, every look-up, both families.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Prefix } from '../../src/ip/prefix.js';
import { PrefixTrie } from '../../src/ip/prefix-trie.js';
import { anyPrefix, bitsOf } from '../support/prefixes.js';

/** A list that is searched from end to end, on bits as text. */
class NaiveTable {
  readonly #values = new Map<string, { prefix: Prefix; value: number }>();

  insert(prefix: Prefix, value: number): void {
    this.#values.set(prefix.toString(), { prefix, value });
  }

  remove(prefix: Prefix): boolean {
    return this.#values.delete(prefix.toString());
  }

  /** What `keep` says of the bits of the stored prefixes of one family, by family, bits of the address, length. */
  select(afi: number | null, keep: (bits: string) => boolean): string[] {
    return [...this.#values.values()]
      .filter(({ prefix }) => (afi === null || prefix.afi === afi) && keep(bitsOf(prefix)))
      .map((entry) => ({ ...entry, key: `${entry.prefix.afi}${bitsOf(entry.prefix).padEnd(128, '0')}` }))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.prefix.length - b.prefix.length))
      .map(({ prefix, value }) => `${prefix.toString()} ${value}`);
  }
}

type Step = readonly [action: 'insert' | 'remove', prefix: Prefix];

/** Histories that remove what they inserted now and then; long ones pass the change of the front table's width. */
const history: fc.Arbitrary<Step[]> = fc
  .array(fc.tuple(anyPrefix, fc.nat(9), fc.nat(1000)), { maxLength: 150, size: 'max' })
  .map((draws) =>
    draws.map(([prefix, dice, pick], i): Step =>
      dice < 7 || i === 0 ? ['insert', prefix] : ['remove', dice === 9 ? prefix : draws[pick % i][0]],
    ),
  );

function play(steps: readonly Step[]): { trie: PrefixTrie<number>; naive: NaiveTable } {
  const trie = new PrefixTrie<number>();
  const naive = new NaiveTable();
  steps.forEach(([action, prefix], i) => {
    if (action === 'remove') assert.equal(trie.remove(prefix), naive.remove(prefix));
    else {
      trie.insert(prefix, i);
      naive.insert(prefix, i);
    }
  });
  return { trie, naive };
}

const shown = (entries: Iterable<{ prefix: Prefix; value: number }>): string[] =>
  Array.from(entries, ({ prefix, value }) => `${prefix.toString()} ${value}`);

function assertSameAnswers(trie: PrefixTrie<number>, naive: NaiveTable, query: Prefix): void {
  const bits = bitsOf(query);
  const covering = naive.select(query.afi, (other) => bits.startsWith(other));
  const covered = naive.select(query.afi, (other) => other.startsWith(bits));
  const equal = naive.select(query.afi, (other) => other === bits);
  const message = query.toString();
  assert.deepEqual(shown(trie.covering(query)), covering, message);
  assert.deepEqual(shown(trie.covered(query)), covered, message);
  const longest = trie.longestMatch(query);
  assert.deepEqual(longest === undefined ? [] : shown([longest]), covering.slice(-1), message);
  const exact = trie.exact(query);
  assert.deepEqual(exact === undefined ? [] : [`${query.toString()} ${exact}`], equal, message);
}

describe('PrefixTrie equals a naive scan', () => {
  test('PrefixTrie answers as the scan does after any history, to stored, neighbouring and other prefixes', () => {
    fc.assert(
      fc.property(history, fc.array(anyPrefix, { minLength: 5, maxLength: 20 }), (steps, queries) => {
        const { trie, naive } = play(steps);
        assert.deepEqual(
          shown(trie.entries()),
          naive.select(null, () => true),
        );
        assert.equal(trie.size, naive.select(null, () => true).length);
        for (const query of queries) assertSameAnswers(trie, naive, query);
        for (const [, prefix] of steps.slice(0, 40)) assertSameAnswers(trie, naive, prefix);
      }),
      { numRuns: 150 },
    );
  });

  test('PrefixTrie answers as the scan does along whole nested chains of both families', () => {
    const address = fc.tuple(fc.constantFrom(0, 0xffffffff, 0x20010db8), fc.nat(0xffffffff));
    fc.assert(
      fc.property(
        address,
        fc.array(fc.nat(128), { minLength: 1, maxLength: 60 }),
        fc.boolean(),
        ([w0, w1], lengths, v4) => {
          const chain = lengths.map((length) =>
            v4 ? Prefix.ipv4(w0 ^ w1, length % 33) : Prefix.ipv6([w0, w1, w1, w0], length),
          );
          const gone = chain.filter((_, i) => i % 3 === 0);
          const steps: Step[] = [
            ...chain.map((each): Step => ['insert', each]),
            ...gone.map((each): Step => ['remove', each]),
          ];
          const { trie, naive } = play(steps);
          for (let length = 0; length <= (v4 ? 32 : 128); length++) {
            const query = v4 ? Prefix.ipv4(w0 ^ w1, length) : Prefix.ipv6([w0, w1, w1, w0], length);
            assertSameAnswers(trie, naive, query);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('PrefixTrie does not depend on the order of insertion, and keeps no node when emptied in any order', () => {
    const shuffled = fc
      .uniqueArray(anyPrefix, { selector: String, maxLength: 120, size: 'max' })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        const one = play(all.map((prefix): Step => ['insert', prefix])).trie;
        const two = play(other.map((prefix): Step => ['insert', prefix])).trie;
        const order = [...all].sort((a, b) => Prefix.compare(a, b)).map(String);
        assert.deepEqual(
          Array.from(one.entries(), ({ prefix }) => prefix.toString()),
          order,
        );
        assert.deepEqual(
          Array.from(two.entries(), ({ prefix }) => prefix.toString()),
          order,
        );
        assert.equal(one.liveNodes, two.liveNodes);
        for (const prefix of other) assert.ok(one.remove(prefix));
        assert.equal(one.size, 0);
        assert.equal(one.liveNodes, 0);
        for (const prefix of all) assert.equal(one.longestMatch(prefix), undefined);
      }),
      { numRuns: 100 },
    );
  });
});
