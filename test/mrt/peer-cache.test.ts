// PeerCache: a session's header is read once, however many other sessions speak in between.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressText } from '../../src/bgp/address-text.js';
import { AddPathMemory } from '../../src/mrt/add-path-memory.js';
import { PeerCache, type PeerHeader } from '../../src/mrt/peer-cache.js';

/** Peer AS 64512, local AS 12654, interface 0, AFI 1, peer 192.0.x.y, local 192.0.2.254. */
function headerOf(peer: number): Uint8Array {
  const octets = [0, 0, 0xfc, 0, 0, 0, 0x31, 0x6e, 0, 0, 0, 1, 192, 0, peer >> 8, peer & 0xff, 192, 0, 2, 254];
  return new Uint8Array(octets);
}

function newCache(): PeerCache {
  const addresses = new AddressText();
  return new PeerCache({ collector: 'rrc00', memory: new AddPathMemory(), addresses, keepForm: false });
}

test('PeerCache.lookup keeps the headers of 300 sessions that take turns: of one slot each, some pushed each other out at every record', () => {
  const cache = newCache();
  const headers = Array.from({ length: 300 }, (_, peer) => headerOf(peer));
  const first = headers.map((bytes) => cache.lookup(bytes, 0, true));
  const second = headers.map((bytes) => cache.lookup(bytes, 0, true));
  assert.deepEqual(
    first.map((header) => second.includes(header)),
    first.map(() => true),
  );
  assert.equal(new Set(first.map(({ slot }) => slot)).size, 300);
});

test('PeerCache.lookup tells any number of sessions apart, those that push others out too', () => {
  const cache = newCache();
  const texts = Array.from({ length: 20_000 }, (_, peer): PeerHeader => cache.lookup(headerOf(peer), 0, true));
  assert.deepEqual(
    texts.map(({ peerAddress, peerAs }) => `${peerAddress} ${peerAs}`),
    texts.map((_, peer) => `192.0.${peer >> 8}.${peer & 0xff} 64512`),
  );
});
