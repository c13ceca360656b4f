// Dumps written by the project's own MRT writer: the cases that routers of today do not dump, each a small file with its own day, so that
// one replay of all keeps them apart. Deterministic: no clock, no randomness. What a replay must say of each stands in
// test/integration/made-dumps.test.ts; test/support/make-fixtures.ts writes the files.

import { type BgpMessage } from '../../src/bgp/message.js';
import { type UpdateParts } from '../../src/bgp/message-encoder.js';
import { type PathSegment, SegmentType } from '../../src/bgp/as-path.js';
import { type PathAttributes } from '../../src/bgp/path-attributes.js';
import { type Prefix } from '../../src/ip/prefix.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import {
  encodeBgp4mpMessage,
  encodePeerIndexTable,
  encodeRib,
  encodeStateChange,
  encodeTableDump,
} from '../../src/mrt/writer.js';

const HQ = '203.0.113.0/24';
const HQ6 = '2001:db8:40::/48';
const SECOND = 1_000_000;
const [IDLE, ESTABLISHED] = [1, 6];
const collector = { localAs: 64508, localAddress: '192.0.2.254' };

/** The sessions: one address an AS, used in every file. */
const provider = { peerAs: 64500, peerAddress: '192.0.2.200' };
const transit = { peerAs: 64501, peerAddress: '192.0.2.201' };
const other = { peerAs: 65550, peerAddress: '192.0.2.202' };
type Peer = typeof provider;

/** Noon of the given day of January 2026, and `seconds` later, in microseconds. */
const at = (day: number, seconds: number): number => (Date.UTC(2026, 0, day, 12) / 1000 + seconds) * SECOND;

const sequence = (...asns: number[]): PathSegment => ({ type: SegmentType.AS_SEQUENCE, asns });
const set = (...asns: number[]): PathSegment => ({ type: SegmentType.AS_SET, asns });

/** IGP, the path, and the peer as next hop. */
function attributesOf(peer: Peer, ...asPath: PathSegment[]): PathAttributes {
  return { origin: 0, asPath, nextHop: peer.peerAddress };
}

function update(parts: UpdateParts): BgpMessage {
  const nothing = { withdrawn: [], announced: [], mpReach: null, mpUnreach: null, attributes: {} };
  return { kind: 'update', update: { ...nothing, endOfRib: null, warnings: [], ...parts } };
}

const routes = (...prefixes: string[]): { prefix: Prefix }[] => prefixes.map((text) => ({ prefix: parsePrefix(text) }));

interface MessageForm {
  readonly asn4?: boolean;
  readonly extendedTime?: boolean;
}

/** BGP4MP records of one UPDATE each. */
function announce(
  time: number,
  peer: Peer,
  prefix: string,
  attributes: PathAttributes,
  form: MessageForm = {},
): Uint8Array {
  const message = update({ announced: routes(prefix), attributes });
  return encodeBgp4mpMessage({ ...collector, ...peer, time, message, ...form });
}

function withdraw(time: number, peer: Peer, prefix: string, form: MessageForm = {}): Uint8Array {
  return encodeBgp4mpMessage({ ...collector, ...peer, time, message: update({ withdrawn: routes(prefix) }), ...form });
}

function keepalive(time: number, peer: Peer): Uint8Array {
  return encodeBgp4mpMessage({ ...collector, ...peer, time, message: { kind: 'keepalive' } });
}

function state(time: number, peer: Peer, oldState: number, newState: number, asn4 = true): Uint8Array {
  return encodeStateChange({ ...collector, ...peer, time, oldState, newState, asn4 });
}

/** TABLE_DUMP (v1) of both families: one route a record, two-octet AS numbers. */
function tableDump(): Uint8Array[] {
  const time = at(6, 0);
  const entry = { time, originatedTime: time - SECOND };
  const ipv4 = [provider, transit].map((peer, i) => {
    const asPath = sequence(...new Set([peer.peerAs, 64500, 64496]));
    return encodeTableDump({
      ...entry,
      ...peer,
      sequence: i,
      prefix: parsePrefix(HQ),
      attributes: attributesOf(peer, asPath),
    });
  });
  const peer6 = { peerAs: 64500, peerAddress: '2001:db8:ffff::200' };
  const attributes = { origin: 0, asPath: [sequence(64500, 64496)] };
  const nextHop = peer6.peerAddress;
  return [...ipv4, encodeTableDump({ ...entry, ...peer6, sequence: 2, prefix: parsePrefix(HQ6), attributes, nextHop })];
}

/** TABLE_DUMP_V2: the baseline of one day. A cover by a foreign AS is in it, and a multicast route of the prefix itself. */
function rib(): Uint8Array[] {
  const time = at(5, 0);
  const peers = [provider, transit, other].map(({ peerAs, peerAddress }) => {
    return { bgpId: peerAddress, address: peerAddress, asn: peerAs, type: peerAs > 0xffff ? 2 : 0 };
  });
  const entry = (peerIndex: number, peer: Peer, ...asns: number[]) => {
    return { peerIndex, originatedTime: time - 3600 * SECOND, attributes: attributesOf(peer, sequence(...asns)) };
  };
  const table = (number: number, prefix: string, safi: number, entries: ReturnType<typeof entry>[]): Uint8Array =>
    encodeRib({ time, sequence: number, safi, prefix: parsePrefix(prefix), entries });
  return [
    encodePeerIndexTable({ time, collectorBgpId: '192.0.2.254', viewName: 'made', peers }),
    table(0, '203.0.112.0/20', 1, [entry(1, transit, 64501, 64502), entry(2, other, 65550, 64501, 64502)]),
    table(1, HQ, 1, [
      entry(0, provider, 64500, 64496),
      entry(1, transit, 64501, 64500, 64496),
      entry(2, other, 65550, 64500, 64496),
    ]),
    table(2, HQ, 2, [entry(1, transit, 64501, 64511)]),
  ];
}

/** What followed the RIB: the cover again (baseline), a hijack, its end, and a session reset in its midst. */
function afterRib(): Uint8Array[] {
  const hijack = (peer: Peer, time: number): Uint8Array =>
    announce(time, peer, HQ, attributesOf(peer, sequence(peer.peerAs, 64511)));
  return [
    announce(at(5, 10), transit, '203.0.112.0/20', attributesOf(transit, sequence(64501, 64502))),
    hijack(transit, at(5, 20)),
    hijack(other, at(5, 21)),
    state(at(5, 30), other, ESTABLISHED, IDLE), // no evidence of an end
    announce(at(5, 40), transit, HQ, attributesOf(transit, sequence(64501, 64500, 64496))),
    state(at(5, 50), other, IDLE, ESTABLISHED),
    hijack(other, at(5, 51)),
    withdraw(at(5, 60), other, HQ),
    keepalive(at(5, 180), provider),
  ];
}

/** Two-octet sessions: AS4_PATH merged, one that is longer than AS_PATH ignored (23456 stays), and AS4_AGGREGATOR. */
function twoOctet(): Uint8Array[] {
  const form = { asn4: false };
  const path = (unmerged: PathSegment, as4Path: PathSegment): PathAttributes => {
    return { ...attributesOf(transit, unmerged), unmergedAsPath: [unmerged], as4Path: [as4Path] };
  };
  const merged = path(sequence(64501, 23456, 64500, 64496), sequence(65550, 64500, 64496));
  const aggregator = { asn: 23456, address: '192.0.2.1' };
  const as4Aggregator = { asn: 65551, address: '192.0.2.1' };
  const foreign = { ...path(sequence(64501, 23456), sequence(65551)), aggregator, as4Aggregator };
  const tooLong = path(sequence(64501, 23456), sequence(64501, 65550, 65550, 64496));
  return [
    state(at(7, 0), transit, 5, ESTABLISHED, false), // both subtypes of STATE_CHANGE in one file
    state(at(7, 0), other, 5, ESTABLISHED),
    announce(at(7, 1), transit, HQ, merged, form),
    announce(at(7, 10), transit, HQ, foreign, form),
    announce(at(7, 20), transit, HQ, tooLong, form),
    announce(at(7, 30), transit, HQ, merged, form),
    state(at(7, 40), transit, ESTABLISHED, IDLE, false),
    state(at(7, 40), other, ESTABLISHED, IDLE),
    keepalive(at(7, 200), other),
  ];
}

/** BGP4MP_ET: two changes within one second, in the order of their microseconds. */
function extendedTime(): Uint8Array[] {
  const form = { extendedTime: true };
  const own = attributesOf(transit, sequence(64501, 64500, 64496));
  return [
    announce(at(8, 0) + 1, transit, HQ, own, form),
    announce(at(8, 10) + 250_000, transit, HQ, attributesOf(transit, sequence(64501, 64511)), form),
    announce(at(8, 10) + 750_000, transit, HQ, own, form),
    encodeBgp4mpMessage({
      ...collector,
      ...transit,
      time: at(8, 90) + 999_999,
      message: { kind: 'keepalive' },
      ...form,
    }),
  ];
}

/** SAFI 2: a foreign AS announces the prefix for multicast, and a withdrawal there leaves the unicast route. */
function multicast(): Uint8Array[] {
  const nlri = routes(HQ);
  const family = { afi: 1, safi: 2, nlri };
  const foreign = { origin: 0, asPath: [sequence(64501, 64511)] };
  const message = update({ mpReach: { ...family, nextHop: transit.peerAddress }, attributes: foreign });
  const gone = update({ mpUnreach: family });
  return [
    announce(at(9, 0), transit, HQ, attributesOf(transit, sequence(64501, 64500, 64496))),
    encodeBgp4mpMessage({ ...collector, ...transit, time: at(9, 10), message }),
    encodeBgp4mpMessage({ ...collector, ...transit, time: at(9, 20), message: gone }),
    keepalive(at(9, 90), transit),
  ];
}

/** Origins that are AS_SETs: one with a registered member, one without. */
function asSet(): Uint8Array[] {
  return [
    announce(at(10, 0), transit, HQ, attributesOf(transit, sequence(64501, 64500), set(64496, 64510))),
    announce(at(10, 10), transit, HQ, attributesOf(transit, sequence(64501), set(64511, 64510))),
    withdraw(at(10, 20), transit, HQ),
    keepalive(at(10, 90), transit),
  ];
}

/** iBGP: an empty path means the peer's own AS where peer and collector share it, and nothing where they do not. */
function emptyPath(): Uint8Array[] {
  const inside = { peerAs: 64508, peerAddress: '192.0.2.203' };
  return [
    announce(at(11, 0), transit, HQ, attributesOf(transit)),
    announce(at(11, 10), inside, HQ, attributesOf(inside)),
    withdraw(at(11, 20), inside, HQ),
    keepalive(at(11, 90), transit),
  ];
}

/** Records that name their peer as AS 0: the session known at that address. A state change of AS 0 takes its routes away. */
function peerAsZero(): Uint8Array[] {
  const unnamed = { peerAs: 0, peerAddress: transit.peerAddress };
  const foreign = attributesOf(transit, sequence(64501, 64511));
  return [
    state(at(12, 0), transit, 5, ESTABLISHED),
    announce(at(12, 1), transit, HQ, foreign),
    state(at(12, 10), unnamed, ESTABLISHED, 7), // Clearing, Quagga's
    state(at(12, 11), unnamed, 7, IDLE),
    state(at(12, 30), transit, IDLE, ESTABLISHED),
    announce(at(12, 31), unnamed, HQ, foreign),
    withdraw(at(12, 40), unnamed, HQ),
    keepalive(at(12, 110), transit),
  ];
}

/** Every made dump, by the name of its file. */
export function madeDumps(): ReadonlyMap<string, Uint8Array> {
  const files: Record<string, Uint8Array[]> = {
    '05-rib.mrt': rib(),
    '05-updates-after-rib.mrt': afterRib(),
    '06-table-dump.mrt': tableDump(),
    '07-two-octet.mrt': twoOctet(),
    '08-extended-time.mrt': extendedTime(),
    '09-multicast.mrt': multicast(),
    '10-as-set.mrt': asSet(),
    '11-empty-path.mrt': emptyPath(),
    '12-peer-as-zero.mrt': peerAsZero(),
  };
  return new Map(Object.entries(files).map(([name, records]) => [name, concatenate(records)]));
}

function concatenate(records: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(records.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const record of records) {
    bytes.set(record, end);
    end += record.length;
  }
  return bytes;
}
