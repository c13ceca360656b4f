// MRT records that show every habit of the bgpdump format, made with the project's writer; for tests that hold `dump` against the real
// bgpdump, and against lines worked out by hand.

import { type AsPath, SegmentType } from '../../src/bgp/as-path.js';
import { type BgpMessage } from '../../src/bgp/message.js';
import { type PathAttributes } from '../../src/bgp/path-attributes.js';
import { type Update } from '../../src/bgp/update.js';
import { type EventTime } from '../../src/ip/event-time.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import {
  type Bgp4mpMessage,
  encodeBgp4mpMessage,
  encodeLegacyMessage,
  encodePeerIndexTable,
  encodeRib,
  encodeStateChange,
  encodeTableDump,
} from '../../src/mrt/writer.js';

/** 2024-01-01T00:00:00.123456Z. */
export const TIME: EventTime = 1_704_067_200_123_456;

export const PATH: AsPath = [{ type: SegmentType.AS_SEQUENCE, asns: [64496, 64497, 64511] }];

export const BASE: PathAttributes = { origin: 0, asPath: PATH, nextHop: '192.0.2.1' };

const IPV4 = { peerAddress: '192.0.2.1', localAddress: '192.0.2.254' };
const IPV6 = { peerAddress: '2001:db8:0:1:1:1:1:1', localAddress: '2001:db8::254' };
const SESSION = { time: TIME, peerAs: 64496, localAs: 64500, ...IPV4 };

/** An UPDATE of the given parts. */
export function update(parts: Partial<Update>): BgpMessage {
  const none = { withdrawn: [], announced: [], mpReach: null, mpUnreach: null, attributes: {}, endOfRib: null };
  return { kind: 'update', update: { ...none, warnings: [], ...parts } };
}

export function announcement(attributes: PathAttributes, ...prefixes: readonly string[]): BgpMessage {
  return update({ attributes, announced: prefixes.map((text) => ({ prefix: parsePrefix(text) })) });
}

function ipv6Announcement(nextHop: string, ...prefixes: readonly string[]): BgpMessage {
  const nlri = prefixes.map((text) => ({ prefix: parsePrefix(text) }));
  return update({ attributes: { origin: 0, asPath: PATH }, mpReach: { afi: 2, safi: 1, nextHop, nlri } });
}

function message(options: Partial<Bgp4mpMessage> & Pick<Bgp4mpMessage, 'message'>): Uint8Array {
  return encodeBgp4mpMessage({ ...SESSION, ...options });
}

const WITH_ID = { announced: [{ prefix: parsePrefix('203.0.113.0/24'), pathId: 4_000_000_000 }], attributes: BASE };
const EVERYTHING: PathAttributes = {
  ...BASE,
  origin: 2,
  med: 4_294_967_295,
  localPref: 3_000_000_000,
  atomicAggregate: true,
  aggregator: { asn: 4_200_000_000, address: '198.51.100.7' },
  communities: [0xffffff01, 0xffffff02, 0xffffff03, 0xffff029a, 0x0001_0002, 0],
  largeCommunities: [[64496, 1, 2]],
  extendedCommunities: ['0002fc0000000064'],
  onlyToCustomer: 64500,
  unknown: [{ type: 99, flags: 0xc0, bytes: Uint8Array.of(1, 2, 3) }],
};
const SEGMENTS: AsPath = [
  { type: SegmentType.AS_CONFED_SEQUENCE, asns: [65001, 65002] },
  { type: SegmentType.AS_CONFED_SET, asns: [65003, 65004] },
  { type: SegmentType.AS_SEQUENCE, asns: [64496, 64497] },
  { type: SegmentType.AS_SEQUENCE, asns: [64498] },
  { type: SegmentType.AS_SET, asns: [64499, 4_200_000_001] },
];
const IPV6_PREFIXES = [
  '2001:db8:0:1::/64',
  '2001:db8:1:0:1::/80',
  '2001:0:1::/48',
  '::/0',
  '::102:304/128',
  '::ffff:0:0/96',
  '::ff00/128',
];

const PEERS = [
  { type: 2, bgpId: '192.0.2.1', address: '192.0.2.1', asn: 64496 },
  { type: 3, bgpId: '192.0.2.2', address: '2001:db8:0:1:1:1:1:1', asn: 4_200_000_000 },
  { type: 0, bgpId: '192.0.2.3', address: '192.0.2.3', asn: 64497 },
] as const;
const INDEX = encodePeerIndexTable({ time: TIME, collectorBgpId: '192.0.2.254', viewName: 'test', peers: [...PEERS] });
const entry = (peerIndex: number, attributes: PathAttributes = BASE) => ({
  peerIndex,
  originatedTime: TIME,
  attributes,
});

function rib(prefix: string, safi: number, nextHop?: string): Uint8Array {
  const entries = [0, 1, 2].map((peer) => ({ ...entry(peer), pathId: peer + 7, ...(nextHop && { nextHop }) }));
  const plain = { time: TIME, sequence: 1, safi, prefix: parsePrefix(prefix), entries };
  return join(INDEX, encodeRib(plain), encodeRib({ ...plain, addPath: true }));
}

function tableDump(prefix: string, peerAddress: string, nextHop?: string): Uint8Array {
  const route = { peerAs: 64496, peerAddress, attributes: BASE, originatedTime: TIME, ...(nextHop && { nextHop }) };
  return encodeTableDump({ time: TIME, sequence: 1, prefix: parsePrefix(prefix), ...route });
}

/** One after the other. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Named pieces of MRT data on which `dump` and bgpdump agree. */
export const HABITS: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ['an announcement', message({ message: announcement(BASE, '203.0.113.0/24', '198.51.100.0/25') })],
  ['every attribute', message({ message: announcement(EVERYTHING, '203.0.113.0/24') })],
  ['two-octet AS numbers', message({ asn4: false, message: announcement({ ...BASE, med: 5 }, '203.0.113.0/24') })],
  ['confederations and sets', message({ message: announcement({ ...BASE, asPath: SEGMENTS }, '203.0.113.0/24') })],
  ['an empty path', message({ message: announcement({ ...BASE, asPath: [] }, '0.0.0.0/0') })],
  ['no attributes at all', message({ message: announcement({}, '203.0.113.0/24') })],
  ['an EGP origin', message({ message: announcement({ ...BASE, origin: 1 }, '203.0.113.0/24') })],
  [
    'an aggregator of all ones',
    message({
      message: announcement({ ...BASE, aggregator: { asn: 1, address: '255.255.255.255' } }, '203.0.113.0/24'),
    }),
  ],
  ['a withdrawal', message({ message: update({ withdrawn: [{ prefix: parsePrefix('203.0.113.0/24') }] }) })],
  [
    'a withdrawal beside an announcement',
    message({
      message: update({
        withdrawn: [{ prefix: parsePrefix('198.51.100.0/24') }],
        announced: [{ prefix: parsePrefix('203.0.113.0/24') }],
        attributes: BASE,
      }),
    }),
  ],
  ['IPv6 text', message({ ...IPV6, message: ipv6Announcement('2001:db8:1:0:1:1:1:1', ...IPV6_PREFIXES) })],
  ['IPv6 over IPv4', message({ message: ipv6Announcement('::ffff:192.0.2.1', '2001:db8::/32') })],
  [
    'an IPv6 withdrawal',
    message({
      ...IPV6,
      message: update({ mpUnreach: { afi: 2, safi: 1, nlri: [{ prefix: parsePrefix('2001:db8::/32') }] } }),
    }),
  ],
  [
    'IPv4 in MP_REACH_NLRI with a large MED',
    message({
      message: update({
        attributes: { origin: 0, asPath: PATH, med: 4_294_967_295, localPref: 3_000_000_000 },
        mpReach: { afi: 1, safi: 1, nextHop: '192.0.2.9', nlri: [{ prefix: parsePrefix('203.0.113.0/24') }] },
      }),
    }),
  ],
  [
    'multicast',
    message({
      message: update({
        attributes: { origin: 0, asPath: PATH },
        mpReach: { afi: 1, safi: 2, nextHop: '192.0.2.9', nlri: [{ prefix: parsePrefix('203.0.113.0/24') }] },
        mpUnreach: { afi: 1, safi: 2, nlri: [{ prefix: parsePrefix('198.51.100.0/24') }] },
      }),
    }),
  ],
  ['microseconds', message({ extendedTime: true, message: announcement(BASE, '203.0.113.0/24') })],
  ['a message of the collector', message({ local: true, message: announcement(BASE, '203.0.113.0/24') })],
  [
    'a message of the collector with microseconds',
    message({ local: true, extendedTime: true, asn4: false, message: announcement(BASE, '203.0.113.0/24') }),
  ],
  ['ADD-PATH', message({ addPath: true, message: update(WITH_ID) })],
  ['ADD-PATH with microseconds', message({ addPath: true, extendedTime: true, message: update(WITH_ID) })],
  [
    'an ADD-PATH withdrawal',
    message({
      addPath: true,
      asn4: false,
      message: update({ withdrawn: [{ prefix: parsePrefix('203.0.113.0/24'), pathId: 0 }] }),
    }),
  ],
  ['a message of the collector with ADD-PATH', message({ addPath: true, local: true, message: update(WITH_ID) })],
  ['a KEEPALIVE', message({ message: { kind: 'keepalive' } })],
  ['an End-of-RIB', message({ message: update({ endOfRib: { afi: 1, safi: 1 } }) })],
  ['a state change', encodeStateChange({ ...SESSION, oldState: 6, newState: 1 })],
  [
    'a state change of IPv6',
    encodeStateChange({ ...SESSION, ...IPV6, asn4: false, extendedTime: true, oldState: 3, newState: 8 }),
  ],
  ['an IPv4 RIB', rib('203.0.113.0/24', 1)],
  ['an IPv6 RIB', rib('2001:db8:0:1::/64', 1, '2001:db8:0:1:1:1:1:1')],
  ['a multicast RIB', rib('203.0.113.0/24', 2)],
  ['TABLE_DUMP', tableDump('203.0.113.0/24', '192.0.2.1')],
  ['TABLE_DUMP of IPv6', tableDump('2001:db8:0:1::/64', '2001:db8:0:1:1:1:1:1', '2001:db8::1')],
  ['type 5', encodeLegacyMessage({ ...SESSION, message: announcement({ ...BASE, med: 7 }, '203.0.113.0/24') })],
  [
    'type 5 with communities',
    encodeLegacyMessage({
      ...SESSION,
      message: announcement({ ...BASE, communities: [0xffffff01, 65537] }, '203.0.113.0/24'),
    }),
  ],
];
