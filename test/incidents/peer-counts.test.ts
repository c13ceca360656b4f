import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPeerCount, MAX_PEER_COUNTS, type PeerCount } from '../../src/incidents/peer-counts.js';

function counts(...steps: readonly (readonly [number, number])[]): PeerCount[] {
  const list: PeerCount[] = [];
  for (const [at, peers] of steps) addPeerCount(list, at, peers);
  return list;
}

test('addPeerCount keeps changes alone, the last of one instant, and dates what is told late from the last step', () => {
  assert.deepEqual(counts([1, 1], [2, 1], [3, 2]), [[1, 1], [3, 2]]); // prettier-ignore
  assert.deepEqual(counts([1, 1], [5, 2], [5, 3]), [[1, 1], [5, 3]]); // prettier-ignore
  assert.deepEqual(counts([1, 1], [5, 2], [4, 3]), [[1, 1], [5, 3]]); // prettier-ignore
});

test('addPeerCount keeps at most 256 steps, with first, last and peak', () => {
  const steps = Array.from({ length: 5000 }, (_, i) => [i * 10, i === 2500 ? 999 : i % 7] as const);
  const list = counts(...steps);
  assert.ok(list.length <= MAX_PEER_COUNTS);
  assert.deepEqual([list[0], list.at(-1)], [[0, 0], [49990, 4999 % 7]]); // prettier-ignore
  assert.equal(Math.max(...list.map(([, peers]) => peers)), 999);
});
