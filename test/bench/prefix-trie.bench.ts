// The prefix trie (target P11): covering + covered at 10 000 and at a million entries of each family, and the scanner's "related or not" of
// random NLRI against 10 000 prefixes. The yardstick of the same run is a `Map` keyed by the prefix's text, one exact look-up.
// Run: `node dist/test/bench/prefix-trie.bench.js [ENTRIES]` (after `npm run build`). Not a timed test: it prints and always exits 0.

import { cpus } from 'node:os';
import { type Afi } from '../../src/ip/address.js';
import { Prefix } from '../../src/ip/prefix.js';
import { PrefixTrie } from '../../src/ip/prefix-trie.js';
import { PrefixUnion } from '../../src/ip/prefix-union.js';

const LOOKUPS = 500_000;
const ROUNDS = 9;

/** Marsaglia's xorshift32: the same numbers in every run. */
function randomWords(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Lengths about as the global IPv4 table has them: 60 % /24, the rest /16 to /23. */
function randomIpv4(next: () => number): Prefix {
  const length = next() % 10 < 6 ? 24 : 16 + (next() % 8);
  return Prefix.ipv4(((1 + (next() % 223)) << 24) | (next() & 0xffffff), length);
}

/** Spread about as the global IPv6 table: 2001::/16, 2400::/12 .. 2c00::/12, allocations of /32 and /29, half of all /48. */
function randomIpv6(next: () => number): Prefix {
  const length = next() % 2 === 0 ? 48 : 29 + (next() % 20);
  const blocks = [0x2001, 0x2400, 0x2600, 0x2800, 0x2a00, 0x2c00];
  const first = blocks[next() % 6];
  const spread = first === 0x2001 ? 0 : next() & 15;
  return Prefix.ipv6([((first + spread) << 16) | (next() & 0xfff8), next(), 0, 0], length);
}

function fill(afi: Afi, size: number, seed: number): { trie: PrefixTrie<number>; prefixes: Prefix[] } {
  const next = randomWords(seed);
  const trie = new PrefixTrie<number>();
  const prefixes: Prefix[] = [];
  while (trie.size < size) {
    const prefix = afi === 1 ? randomIpv4(next) : randomIpv6(next);
    if (trie.exact(prefix) === undefined) prefixes.push(prefix);
    trie.insert(prefix, prefixes.length);
  }
  return { trie, prefixes };
}

/** A query as a decoder makes it: an object of its own, not the one that is stored. */
function copyOf({ afi, length, w0, w1, w2, w3 }: Prefix): Prefix {
  return afi === 1 ? Prefix.ipv4(w0, length) : Prefix.ipv6([w0, w1, w2, w3], length);
}

/** Nanoseconds per call: the best round, the one that other work on the machine disturbed least, after one to warm up. */
function measure(calls: number, body: () => number): number {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = process.hrtime.bigint();
    if (body() < 0) throw new Error('unreachable: keeps the result alive');
    if (round > 0) rounds.push(Number(process.hrtime.bigint() - start) / calls);
  }
  return Math.min(...rounds);
}

function benchLookups(afi: Afi, entries: number, target: number): void {
  const start = process.hrtime.bigint();
  const { trie, prefixes } = fill(afi, entries, 0x9e3779b9);
  const built = Number(process.hrtime.bigint() - start) / 1e6;
  const next = randomWords(0x2545f491);
  const queries = Array.from({ length: LOOKUPS }, () =>
    next() % 2 === 0 ? copyOf(prefixes[next() % prefixes.length]) : afi === 1 ? randomIpv4(next) : randomIpv6(next),
  );
  const map = new Map(prefixes.map((prefix, i) => [prefix.toString(), i]));
  const both = measure(LOOKUPS, () => {
    let sum = 0;
    for (const query of queries) sum += trie.covering(query).length + trie.covered(query).length;
    return sum;
  });
  for (const query of queries) query.toString();
  const yardstick = measure(LOOKUPS, () => {
    let sum = 0;
    for (const query of queries) sum += map.get(query.toString()) ?? 0;
    return sum;
  });
  console.log(
    `IPv${afi === 1 ? 4 : 6}: ${trie.size} entries built in ${built.toFixed(0)} ms; covering + covered ${both.toFixed(0)} ns ` +
      `(target <= ${target}); Map.get by text ${yardstick.toFixed(0)} ns; ratio ${(both / yardstick).toFixed(2)}`,
  );
}

function benchRelated(afi: Afi): void {
  const union = PrefixUnion.of(fill(afi, 10_000, 0x1b873593).prefixes);
  const next = randomWords(0x85ebca6b);
  const stride = 20;
  const bytes = new Uint8Array(LOOKUPS * stride);
  for (let i = 0; i < LOOKUPS; i++) {
    const prefix = afi === 1 ? randomIpv4(next) : randomIpv6(next);
    bytes[i * stride] = prefix.length;
    new DataView(bytes.buffer).setUint32(i * stride + 1, prefix.w0);
    new DataView(bytes.buffer).setUint32(i * stride + 5, prefix.w1);
  }
  let related = 0;
  const each = measure(LOOKUPS, () => {
    related = 0;
    for (let at = 0; at < bytes.length; at += stride) {
      if (union.isRelatedNlri(bytes, at + 1, bytes[at], afi)) related++;
    }
    return related;
  });
  console.log(
    `IPv${afi === 1 ? 4 : 6}: isRelatedNlri against 10 000 prefixes ${(1000 / each).toFixed(0)} M/s (wanted >= 20), ` +
      `${((100 * related) / LOOKUPS).toFixed(1)} % related`,
  );
}

console.log(
  `${cpus()[0]?.model ?? 'unknown CPU'} x ${cpus().length}, Node ${process.version}, ${process.argv.join(' ')}`,
);
benchRelated(1);
benchRelated(2);
const sizes = process.argv.slice(2).map(Number);
for (const entries of sizes.length > 0 ? sizes : [10_000, 1_000_000]) {
  benchLookups(1, entries, 300);
  benchLookups(2, entries, 600);
}
