// A made stream of UPDATEs of a public feed's shape, for benches: seeded, the same bytes in every run. An hour of 40 sessions, a quarter of
// them over IPv6; paths of 4 to 7 ASes, up to 12 communities, 1 to 4 prefixes a message (three messages in four IPv4), one message in twelve a withdrawal. Of the
// prefixes 1 in 100 is one of those watched for, announced by its owner behind its provider but for one message in 500; no other is related to them.

import { SegmentType } from '../../src/bgp/as-path.js';
import { type BgpMessage } from '../../src/bgp/message.js';
import { SECOND } from '../../src/ip/event-time.js';
import { Prefix } from '../../src/ip/prefix.js';
import { PrefixUnion } from '../../src/ip/prefix-union.js';
import { encodeBgp4mpMessage } from '../../src/mrt/writer.js';
import { NO_WARNINGS } from '../../src/bgp/warnings.js';
import { unroutableReason } from '../../src/registry/special-purpose-prefixes.js';

const BEGIN = Date.UTC(2026, 0, 5, 12) * 1000;
const SPAN = 3600;
const SESSIONS = 40;

/** The owner of all that is watched for, and its provider. */
export const OWNER = 64496;
export const PROVIDER = 64500;

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

/** `count` prefixes to watch for, none twice: four /24s to a /48. */
export function drawWatched(count: number, seed: number): readonly Prefix[] {
  const next = randomWords(seed);
  const found = new Map<string, Prefix>();
  while (found.size < count) {
    const prefix = found.size % 5 === 4 ? randomIpv6(next, 48) : randomIpv4(next, 24);
    if (unroutableReason(prefix) === null) found.set(prefix.toString(), prefix);
  }
  return [...found.values()];
}

/** `count` records, one after the other, over some hours. */
export function* makeUpdateStream(
  count: number,
  seed: number,
  { watched = [], hours = 1 }: { readonly watched?: readonly Prefix[]; readonly hours?: number } = {},
): Generator<Uint8Array> {
  const next = randomWords(seed);
  const draw = prefixDraw(next, watched);
  for (let index = 0; index < count; index++) {
    const session = next() % SESSIONS;
    const v6 = session % 4 === 3;
    const peerAs = 1000 + session;
    yield encodeBgp4mpMessage({
      time: BEGIN + Math.floor((index * hours * SPAN) / count) * SECOND,
      peerAs,
      localAs: 12654,
      peerAddress: v6 ? `2001:db8::${session + 1}` : `192.0.2.${session + 1}`,
      localAddress: v6 ? '2001:db8::ffff' : '192.0.2.254',
      message: randomUpdate(next, draw, peerAs),
    });
  }
}

/** A prefix of a family, and whether it is one of those watched for. */
type PrefixDraw = (v6: boolean) => { readonly prefix: Prefix; readonly isWatched: boolean };

function prefixDraw(next: () => number, watched: readonly Prefix[]): PrefixDraw {
  const union = PrefixUnion.of(watched);
  const families = [watched.filter(({ afi }) => afi === 1), watched.filter(({ afi }) => afi === 2)];
  return (v6) => {
    const own = families[v6 ? 1 : 0];
    if (own.length > 0 && next() % 100 === 0) return { prefix: own[next() % own.length], isWatched: true };
    for (;;) {
      const prefix = v6
        ? randomIpv6(next, next() % 2 === 0 ? 48 : 32 + (next() % 16))
        : randomIpv4(next, next() % 3 === 0 ? 16 + (next() % 8) : 24);
      if (!union.isRelated(prefix)) return { prefix, isWatched: false };
    }
  };
}

function randomUpdate(next: () => number, draw: PrefixDraw, peerAs: number): BgpMessage {
  const v6 = next() % 4 === 0;
  const drawn = Array.from({ length: 1 + (next() % 4) }, () => draw(v6));
  const nlri = drawn.map(({ prefix }) => ({ prefix }));
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
  const isOwners = drawn.some(({ isWatched }) => isWatched) && next() % 500 > 0;
  const transit = Array.from({ length: 1 + (next() % 4) }, () => 2000 + (next() % 60_000));
  const asns = [
    peerAs,
    ...transit,
    ...(isOwners ? [PROVIDER, OWNER] : [70_000 + (next() % 300), 2000 + (next() % 60_000)]),
  ];
  const communities = Array.from({ length: next() % 13 }, () => (transit[0] << 16) | (next() & 0x3ff)).map(
    (c) => c >>> 0,
  );
  const path = [{ type: SegmentType.AS_SEQUENCE, asns }];
  const attributes = { origin: 0, asPath: path, ...(communities.length > 0 && { communities }) };
  if (v6) {
    const mpReach = { afi: 2, safi: 1, nextHop: '2001:db8::1', nlri };
    return { kind: 'update', update: { ...none, attributes, mpReach } };
  }
  return { kind: 'update', update: { ...none, attributes: { ...attributes, nextHop: '192.0.2.1' }, announced: nlri } };
}

function randomIpv4(next: () => number, length: number): Prefix {
  return Prefix.ipv4(((1 + (next() % 223)) << 24) | (next() & 0xffffff), length);
}

/** Of the blocks that the registries give from. */
function randomIpv6(next: () => number, length: number): Prefix {
  return Prefix.ipv6([0x24000000 + (next() % 5) * 0x2000000 + (next() & 0xfffff), next(), 0, 0], length);
}
