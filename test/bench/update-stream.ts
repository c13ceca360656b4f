// A made stream of UPDATEs of a public feed's shape, for benches: seeded, the same bytes in every run. 30 peers, paths of 3 to 6 ASes,
// 1 to 4 prefixes a message (nine in ten IPv4), one message in twelve a withdrawal.

import { SegmentType } from '../../src/bgp/as-path.js';
import { type BgpMessage } from '../../src/bgp/message.js';
import { SECOND } from '../../src/ip/event-time.js';
import { Prefix } from '../../src/ip/prefix.js';
import { encodeBgp4mpMessage } from '../../src/mrt/writer.js';
import { NO_WARNINGS } from '../../src/bgp/warnings.js';

const BEGIN = Date.UTC(2026, 0, 5, 12) * 1000;
const PEERS = 30;

/** Marsaglia's xorshift32. */
export function randomWords(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** `count` records, one after the other. */
export function makeUpdateStream(count: number, seed: number): Uint8Array[] {
  const next = randomWords(seed);
  return Array.from({ length: count }, (_, index) => {
    const peer = next() % PEERS;
    return encodeBgp4mpMessage({
      time: BEGIN + Math.floor(index / 500) * SECOND,
      peerAs: 64512 + peer,
      localAs: 64496,
      peerAddress: `192.0.2.${peer + 1}`,
      localAddress: '192.0.2.254',
      message: randomUpdate(next, 64512 + peer),
    });
  });
}

function randomUpdate(next: () => number, peerAs: number): BgpMessage {
  const v6 = next() % 10 === 0;
  const prefixes = Array.from({ length: 1 + (next() % 4) }, () => (v6 ? randomIpv6(next) : randomIpv4(next)));
  const nlri = prefixes.map((prefix) => ({ prefix }));
  const none = {
    withdrawn: [],
    announced: [],
    mpReach: null,
    mpUnreach: null,
    attributes: {},
    endOfRib: null,
    warnings: NO_WARNINGS,
  };
  if (next() % 12 === 0) {
    const mpUnreach = { afi: 2, safi: 1, nlri };
    return { kind: 'update', update: v6 ? { ...none, mpUnreach } : { ...none, withdrawn: nlri } };
  }
  const asns = [peerAs, ...Array.from({ length: 2 + (next() % 4) }, () => 1000 + (next() % 60_000))];
  const path = [{ type: SegmentType.AS_SEQUENCE, asns }];
  const attributes = { origin: 0, asPath: path, communities: [(peerAs << 16) >>> 0, next()] };
  if (v6) {
    const mpReach = { afi: 2, safi: 1, nextHop: '2001:db8::1', nlri };
    return { kind: 'update', update: { ...none, attributes, mpReach } };
  }
  return { kind: 'update', update: { ...none, attributes: { ...attributes, nextHop: '192.0.2.1' }, announced: nlri } };
}

function randomIpv4(next: () => number): Prefix {
  return Prefix.ipv4(((1 + (next() % 223)) << 24) | (next() & 0xffff00), 24 - (next() % 3 === 0 ? next() % 8 : 0));
}

function randomIpv6(next: () => number): Prefix {
  return Prefix.ipv6([0x20010000 | (next() & 0xffff), next(), 0, 0], next() % 2 === 0 ? 48 : 32);
}
