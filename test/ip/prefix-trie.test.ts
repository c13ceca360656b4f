// The prefix trie in named cases; test/property/prefix-trie.test.ts compares it with a naive scan.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Prefix } from '../../src/ip/prefix.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { PrefixTrie } from '../../src/ip/prefix-trie.js';

const nested = [
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.0.0.0/16',
  '10.0.0.0/24',
  '10.0.0.0/32',
  '10.0.1.0/24',
  '192.0.2.0/24',
  '::/0',
  '2001:db8::/32',
  '2001:db8::/48',
  '2001:db8::/128',
  '2001:db8:1::/48',
];

function trieOf(texts: readonly string[]): PrefixTrie<string> {
  const trie = new PrefixTrie<string>();
  for (const text of texts) trie.insert(parsePrefix(text), `value of ${text}`);
  return trie;
}

function texts(entries: Iterable<{ readonly prefix: Prefix }>): string[] {
  return Array.from(entries, ({ prefix }) => prefix.toString());
}

const p = (text: string): Prefix => parsePrefix(text);

describe('PrefixTrie look-ups', () => {
  const trie = trieOf(nested);

  test('PrefixTrie.exact finds a prefix of just that length, and no other', () => {
    assert.equal(trie.exact(p('10.0.0.0/16')), 'value of 10.0.0.0/16');
    assert.equal(trie.exact(p('::/0')), 'value of ::/0');
    assert.equal(trie.exact(p('10.0.0.0/17')), undefined);
    assert.equal(trie.exact(p('10.0.0.0/31')), undefined);
    assert.equal(trie.exact(p('2001:db8::/47')), undefined);
  });

  test('PrefixTrie.longestMatch gives the longest that covers or equals, the default route if nothing else', () => {
    assert.equal(trie.longestMatch(p('10.0.0.7/32'))?.prefix.toString(), '10.0.0.0/24');
    assert.equal(trie.longestMatch(p('10.0.0.0/32'))?.prefix.toString(), '10.0.0.0/32');
    assert.equal(trie.longestMatch(p('10.0.0.0/23'))?.prefix.toString(), '10.0.0.0/16');
    assert.equal(trie.longestMatch(p('203.0.113.0/24'))?.prefix.toString(), '0.0.0.0/0');
    assert.equal(trie.longestMatch(p('2001:db8:1:2::/64'))?.prefix.toString(), '2001:db8:1::/48');
    assert.equal(trieOf(['10.0.0.0/8']).longestMatch(p('11.0.0.0/8')), undefined);
    assert.equal(trieOf(['10.0.0.0/8']).longestMatch(p('0.0.0.0/0')), undefined);
  });

  test('PrefixTrie.covering lists the chain above, shortest first', () => {
    assert.deepEqual(texts(trie.covering(p('10.0.0.0/32'))), nested.slice(0, 5));
    assert.deepEqual(texts(trie.covering(p('10.0.0.0/9'))), ['0.0.0.0/0', '10.0.0.0/8']);
    assert.deepEqual(texts(trie.covering(p('2001:db8::/64'))), ['::/0', '2001:db8::/32', '2001:db8::/48']);
  });

  test('PrefixTrie.covered lists what lies inside, by address then length', () => {
    assert.deepEqual(texts(trie.covered(p('10.0.0.0/8'))), nested.slice(1, 6));
    assert.deepEqual(texts(trie.covered(p('10.0.0.0/23'))), ['10.0.0.0/24', '10.0.0.0/32', '10.0.1.0/24']);
    assert.deepEqual(texts(trie.covered(p('::/0'))), nested.slice(7));
    assert.deepEqual(texts(trie.covered(p('11.0.0.0/8'))), []);
  });

  test('PrefixTrie.entries iterates IPv4 first, in order, whatever the order of insertion', () => {
    assert.deepEqual(texts(trie.entries()), nested);
    assert.deepEqual(texts(trieOf([...nested].reverse()).entries()), nested);
  });

  test('PrefixTrie holds nothing and finds nothing when it is new', () => {
    const empty = new PrefixTrie<number>();
    assert.equal(empty.size, 0);
    assert.deepEqual([...empty.entries()], []);
    assert.deepEqual(empty.covering(p('10.0.0.0/8')), []);
    assert.deepEqual(empty.covered(p('::/0')), []);
    assert.ok(!empty.remove(p('0.0.0.0/0')));
  });
});

describe('PrefixTrie changes', () => {
  test('PrefixTrie.insert replaces the value of a prefix that is there', () => {
    const trie = new PrefixTrie<number>();
    trie.insert(p('10.0.0.0/8'), 1);
    trie.insert(p('10.0.0.0/8'), 2);
    assert.equal(trie.size, 1);
    assert.equal(trie.exact(p('10.0.0.0/8')), 2);
  });

  test('PrefixTrie.remove takes out one prefix, says whether it was there, and leaves its kin', () => {
    const trie = trieOf(nested);
    assert.ok(trie.remove(p('10.0.0.0/16')));
    assert.ok(!trie.remove(p('10.0.0.0/16')));
    assert.ok(!trie.remove(p('10.0.0.0/20')));
    assert.deepEqual(
      texts(trie.entries()),
      nested.filter((text) => text !== '10.0.0.0/16'),
    );
    assert.equal(trie.size, nested.length - 1);
  });

  test('PrefixTrie lists are snapshots: removing what they name does not disturb them', () => {
    const trie = trieOf(nested);
    const removed: string[] = [];
    for (const { prefix } of trie.entries()) {
      trie.remove(prefix);
      removed.push(prefix.toString());
    }
    assert.deepEqual(removed, nested);
    assert.equal(trie.size, 0);
  });

  test('PrefixTrie gives back every node when all is removed, and takes no more nodes the next time', () => {
    const trie = new PrefixTrie<number>();
    const peaks: number[] = [];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 10_000; i++) trie.insert(scattered(i), i);
      peaks.push(trie.liveNodes);
      for (let i = 0; i < 10_000; i++) trie.remove(scattered((i * 7919) % 10_000));
      assert.equal(trie.size, 0);
      assert.equal(trie.liveNodes, 0);
    }
    assert.ok(peaks[0] > 0 && peaks[0] < 20_000);
    assert.deepEqual(peaks, [peaks[0], peaks[0], peaks[0]]);
  });

  test('PrefixTrie keeps all through the widening of its front table and the re-laying of its nodes', () => {
    const trie = new PrefixTrie<number>();
    const count = 80_000; // nodes are laid anew at 32 768 of a family
    for (let i = 0; i < count; i++) {
      trie.insert(scattered(i), i);
      if (i % 1000 === 999) assert.equal(trie.size, i + 1);
    }
    for (let i = 0; i < count; i++) assert.equal(trie.exact(scattered(i)), i);
    const order = Array.from({ length: count }, (_, i) => scattered(i)).sort((a, b) => Prefix.compare(a, b));
    assert.deepEqual(texts(trie.entries()), order.map(String));
  });
});

/** A distinct prefix for each number: even ones IPv4 of /12 to /32, odd ones IPv6 of /20 to /64, over few first bits. */
function scattered(i: number): Prefix {
  const bits = Math.imul(i, 0x9e3779b1); // odd factor: a bijection of the 32-bit numbers
  if (i % 2 === 0) return i % 16 === 0 ? Prefix.ipv4((i / 16) << 20, 12 + ((i / 16) >>> 12)) : Prefix.ipv4(bits, 32);
  return Prefix.ipv6([0x20010000 | (bits >>> 16), bits << 16, 0, 0], 64);
}
