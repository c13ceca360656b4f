// A made full table, for benches: what a collector's RIB dump of the whole Internet looks like, by the project's own MRT writer, seeded, the
// same bytes in every run. Four prefixes in five are IPv4; lengths, more-specifics inside aggregates, paths of 3 to 7 ASes, communities,
// MED and aggregators about as public feeds have them; consecutive prefixes often share their origin. Written as it is made.

import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { once } from 'node:events';
import { SegmentType } from '../../src/bgp/as-path.js';
import { type PathAttributes } from '../../src/bgp/path-attributes.js';
import { type Afi } from '../../src/ip/address.js';
import { Prefix } from '../../src/ip/prefix.js';
import { encodePeerIndexTable, encodeRib, type RibEntryToWrite } from '../../src/mrt/writer.js';
import { randomWords } from './update-stream.js';

const TIME = Date.UTC(2026, 0, 5, 8) * 1000;
const CHUNK = 1 << 20;
const ORIGINS = 75_000;
const FIRST_ORIGIN = 5000;

/** How large a table. */
export interface FullTable {
  readonly prefixes: number;
  readonly peers: number;
  readonly seed: number;
}

/** A prefix of the table and the AS that announces it. */
export interface Originated {
  readonly prefix: Prefix;
  readonly origin: number;
}

/** Writes the dump to `path`. @returns its /24s and /48s, from which those to register are drawn. */
export async function writeFullTable(path: string, { prefixes, peers, seed }: FullTable): Promise<Originated[]> {
  const file = createWriteStream(path, { highWaterMark: CHUNK });
  const whole: Originated[] = [];
  let pending: Uint8Array[] = [];
  let size = 0;
  const put = async (record: Uint8Array): Promise<void> => {
    pending.push(record);
    size += record.length;
    if (size < CHUNK) return;
    if (!file.write(Buffer.concat(pending))) await once(file, 'drain');
    pending = [];
    size = 0;
  };
  await put(peerIndex(peers));
  const next = randomWords(seed);
  let sequence = 0;
  let [origin, afi]: [number, Afi] = [0, 1];
  let entries: RibEntryToWrite[] = [];
  for (const prefix of tablePrefixes(prefixes, next)) {
    if (next() % 5 < 2 || sequence === 0 || prefix.afi !== afi) {
      origin = next() % ORIGINS;
      afi = prefix.afi;
      entries = Array.from({ length: peers }, (_, peer) => entryOf(peer, origin, prefix.afi));
    }
    await put(encodeRib({ time: TIME, sequence: sequence++, safi: 1, prefix, entries }));
    if (prefix.length === (prefix.afi === 1 ? 24 : 48)) whole.push({ prefix, origin: FIRST_ORIGIN + origin });
  }
  file.end(Buffer.concat(pending));
  await finished(file);
  return whole;
}

function peerIndex(peers: number): Uint8Array {
  return encodePeerIndexTable({
    time: TIME,
    collectorBgpId: '192.0.2.254',
    viewName: '',
    peers: Array.from({ length: peers }, (_, peer) => ({
      bgpId: `10.0.0.${peer + 1}`,
      address: `192.0.2.${peer + 1}`,
      asn: 3000 + peer,
      type: 2,
    })),
  });
}

/** Prefixes in the order of their addresses, IPv4 first. */
function* tablePrefixes(count: number, next: () => number): Generator<Prefix> {
  const v6 = Math.floor(count / 5);
  const v4 = count - v6;
  yield* walk({ count: v4, begin: 2 ** 24, end: 223 * 2 ** 24, bits: 32, next, lengthOf: ipv4Length }, (at, length) =>
    Prefix.ipv4(at, length),
  );
  yield* walk(
    { count: v6, begin: 0x2400 * 2 ** 32, end: 0x2c10 * 2 ** 32, bits: 48, next, lengthOf: ipv6Length },
    (at, length) => Prefix.ipv6([Math.floor(at / 2 ** 16), (at % 2 ** 16) * 2 ** 16, 0, 0], length),
  );
}

interface Walk {
  readonly count: number;
  /** The first address and the one behind the last, in `bits` bits. */
  readonly begin: number;
  readonly end: number;
  readonly bits: number;
  readonly next: () => number;
  readonly lengthOf: (word: number) => number;
}

/** Prefix after prefix; every third aggregate is followed by prefixes inside it. Spread evenly from `begin` to `end`. */
function* walk<T>(
  { count, begin, end, bits, next, lengthOf }: Walk,
  make: (at: number, length: number) => T,
): Generator<T> {
  let at = begin;
  let last = { at: -1, length: 0 };
  for (let i = 0; i < count; i++) {
    at = Math.max(at, begin + ((end - begin) / count) * i * 0.98);
    let length = lengthOf(next());
    const size = 2 ** (bits - length);
    at = Math.ceil(at / size) * size;
    if (at === last.at && length <= last.length) {
      length = last.length < lengthOf(0) ? last.length + 1 : length;
      if (length <= last.length) at += size;
    }
    yield make(at, length);
    last = { at, length };
    if (next() % 3 > 0 || length >= lengthOf(0)) at += 2 ** (bits - length);
  }
}

/** 60 % /24, a fifth /22 and /23, the rest down to /16. */
function ipv4Length(word: number): number {
  const share = word % 100;
  return share < 60 ? 24 : share < 82 ? 22 + (share & 1) : 16 + (share % 6);
}

/** Half /48, a quarter /32 and /29, the rest between. */
function ipv6Length(word: number): number {
  const share = word % 100;
  return share < 50 ? 48 : share < 75 ? (share & 1 ? 32 : 29) : 33 + (share % 15);
}

function entryOf(peer: number, origin: number, afi: Afi): RibEntryToWrite {
  const attributes = attributesOf(peer, origin);
  const entry = { peerIndex: peer, originatedTime: TIME - 86_400_000_000 };
  return afi === 1
    ? { ...entry, attributes: { ...attributes, nextHop: `192.0.2.${peer + 1}` } }
    : { ...entry, attributes, nextHop: `2001:db8::${(peer + 1).toString(16)}` };
}

/** What a peer says of every prefix of an origin: the same each time. */
function attributesOf(peer: number, origin: number): PathAttributes {
  const word = Math.imul(origin + 1, 0x9e3779b1) ^ Math.imul(peer + 1, 0x85ebca6b);
  const ofOrigin = Math.imul(origin + 1, 0xc2b2ae35) >>> 0;
  const middle = Array.from({ length: (word >>> 8) & 3 }, (_, i) => 1 + ((ofOrigin >>> (3 * i)) % 5000));
  const asns = [3000 + peer, 100 + ((word >>> 3) & 15), ...middle, FIRST_ORIGIN + origin];
  const communities = Array.from(
    { length: (word >>> 12) % 7 },
    (_, i) => (((3000 + peer) << 16) | (ofOrigin >>> (16 + i))) >>> 0,
  );
  return {
    origin: (word & 15) === 0 ? 2 : 0,
    asPath: [{ type: SegmentType.AS_SEQUENCE, asns }],
    ...((word & 3) === 0 && { med: (word >>> 16) & 255 }),
    ...(communities.length > 0 && { communities }),
    ...((ofOrigin & 15) === 0 && { aggregator: { asn: FIRST_ORIGIN + origin, address: '198.51.100.1' } }),
  };
}
