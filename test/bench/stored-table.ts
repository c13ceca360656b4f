// A made table of registered prefixes, for benches: 10 000 prefixes as 1 000 sessions announce them, seeded by its numbers alone. Five
// prefixes share an origin, and a session says the same of all five, as feeds do.

import { attributesDigest } from '../../src/sources/attributes-digest.js';
import { SegmentType } from '../../src/bgp/as-path.js';
import { type PrefixPolicy } from '../../src/detection/policy.js';
import { SECOND } from '../../src/ip/event-time.js';
import { Prefix } from '../../src/ip/prefix.js';
import { type AnnounceEvent } from '../../src/rib/route-event.js';

export const PREFIXES = 10_000;
export const SESSIONS = 1000;
const PER_ORIGIN = 5;
const BEGIN = Date.UTC(2026, 0, 5) * 1000;
const EVIDENCE = { record: new Uint8Array(120), peerIndex: null };

/** The `n`th registered prefix: every other one of IPv6. */
export function prefixOf(n: number): Prefix {
  return n % 2 === 0 ? Prefix.ipv4(0x0b000000 + n * 256, 24) : Prefix.ipv6([0x2a000000, n << 16, 0, 0], 48);
}

export function originOf(n: number): number {
  return 10_000 + Math.floor(n / PER_ORIGIN);
}

/** One policy a prefix. */
export function tablePolicies(): PrefixPolicy[] {
  return Array.from({ length: PREFIXES }, (_, n) => ({
    id: n + 1,
    connection: 'bench',
    name: `p-${n}`,
    prefix: prefixOf(n),
    origins: [originOf(n)],
    neighbors: new Map<number, readonly number[]>(),
    moreSpecifics: null,
    aggregators: [],
    providerAsns: [],
    allowDocumentation: false,
    visibility: null,
  }));
}

/** Announcements number `from` to `to`; every thousand in a row are of one session. `turn` changes what they say. */
export function* announcements(from: number, to: number, turn = 0): Generator<AnnounceEvent> {
  const digests = new Map<string, string>();
  for (let i = from; i < to; i++) {
    const [session, n] = sessionAndPrefix(i);
    const origin = originOf(n);
    const peerAs = 20_000 + (session % SESSIONS);
    const med = (origin * 7 + session + turn) % 1000;
    const key = `${med} ${session}`;
    const attributes =
      digests.get(key) ?? attributesDigest({ origin: 0, med }, `10.1.${session >> 8}.${session & 255}`);
    if (digests.size > 5000) digests.clear();
    digests.set(key, attributes);
    const time = BEGIN + Math.floor(i / 1000) * SECOND + turn * 3600 * SECOND;
    const transit = 100 + ((origin * 31 + session * 17 + turn) % 900);
    const path = [{ type: SegmentType.AS_SEQUENCE, asns: [peerAs, transit, 1000 + (origin % 50), origin] }];
    yield {
      kind: 'announce',
      collector: `rrc${String(session % 20).padStart(2, '0')}`,
      peerAddress: `10.1.${session >> 8}.${session & 255}`,
      peerAs,
      input: 'bench',
      file: `updates.${Math.floor(i / 100_000)}.gz`,
      record: i,
      offset: i * 120,
      sequence: 0,
      at: time,
      order: time,
      prefix: prefixOf(n),
      pathId: 0,
      evidence: EVIDENCE,
      path,
      internalAs: null,
      attributes,
      malformed: false,
    };
  }
}

/** A session after the other, a thousand prefixes each, then again with the next thousand. */
function sessionAndPrefix(i: number): [number, number] {
  const block = Math.floor(i / 1000);
  const session = block % SESSIONS;
  const round = Math.floor(block / SESSIONS);
  return [session, (session * 7000 + round * 1000 + (i % 1000)) % PREFIXES];
}
