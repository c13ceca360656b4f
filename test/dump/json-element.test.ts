import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SegmentType } from '../../src/bgp/as-path.js';
import { type PathAttributes } from '../../src/bgp/path-attributes.js';
import { JsonFormatter } from '../../src/dump/json-element.js';
import { LineBuffer } from '../../src/dump/line-buffer.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { type MrtElement } from '../../src/mrt/element.js';
import { TIME } from './records.js';

function json(element: MrtElement, collector = 'rrc00'): string {
  const out = new LineBuffer();
  new JsonFormatter(collector).write(element, out);
  return new TextDecoder().decode(out.take());
}

const HEAD = {
  time: TIME,
  peerAs: 64496,
  peerAddress: '192.0.2.1',
  record: 7,
  offset: 4_294_967_296,
  mrtType: 16,
  mrtSubtype: 4,
};
const LOCAL = { localAs: 64500, localAddress: '192.0.2.254' };
const ROUTE = { afi: 1, safi: 1, prefix: parsePrefix('203.0.113.0/24') } as const;
const START = '"time":"2024-01-01T00:00:00.123456Z","collector":"rrc00","peerAs":64496,"peerAddress":"192.0.2.1"';
const END = '"record":7,"offset":4294967296}\n';

const EVERYTHING: PathAttributes = {
  origin: 2,
  asPath: [
    { type: SegmentType.AS_CONFED_SEQUENCE, asns: [65001, 65002] },
    { type: SegmentType.AS_CONFED_SET, asns: [65003] },
    { type: SegmentType.AS_SEQUENCE, asns: [64496, 64497] },
    { type: SegmentType.AS_SET, asns: [64498, 64499] },
    { type: SegmentType.AS_SEQUENCE, asns: [4_200_000_000] },
  ],
  nextHop: '192.0.2.1',
  localPref: 100,
  med: 4_294_967_295,
  communities: [4_259_840_100, 0xffffff01],
  largeCommunities: [[64496, 1, 2]],
  extendedCommunities: ['0002fc0000000064'],
  aggregator: { asn: 64497, address: '198.51.100.7' },
  atomicAggregate: true,
  onlyToCustomer: 64500,
  unknown: [{ type: 99, flags: 192, bytes: Uint8Array.of(0, 255) }],
};

const cases: readonly (readonly [name: string, element: MrtElement, line: string])[] = [
  [
    'an announcement with every attribute, keys in the order of the contract',
    {
      type: 'announce',
      ...HEAD,
      ...LOCAL,
      ...ROUTE,
      pathId: 5,
      attributes: EVERYTHING,
      nextHop: '192.0.2.1',
      warnings: ['nlri-host-bits'],
    },
    `{"type":"announce",${START},"localAs":64500,"safi":1,"prefix":"203.0.113.0/24","pathId":5,` +
      '"asPath":[{"sequence":[65001,65002]},{"set":[65003]},64496,64497,[64498,64499],4200000000],"origin":"INCOMPLETE",' +
      '"originAs":4200000000,"nextHop":"192.0.2.1","localPref":100,"med":4294967295,"communities":["65000:100","65535:65281"],' +
      '"largeCommunities":["64496:1:2"],"extendedCommunities":["0002fc0000000064"],' +
      '"aggregator":{"asn":64497,"address":"198.51.100.7"},"atomicAggregate":true,"onlyToCustomer":64500,' +
      `"unknownAttributes":[{"type":99,"flags":192,"hex":"00ff"}],"warnings":["nlri-host-bits"],${END}`,
  ],
  [
    'an announcement without attributes',
    { type: 'announce', ...HEAD, ...ROUTE, attributes: {} },
    `{"type":"announce",${START},"safi":1,"prefix":"203.0.113.0/24",${END}`,
  ],
  [
    'a path that ends in a set has no origin AS',
    { type: 'announce', ...HEAD, ...ROUTE, attributes: { asPath: [{ type: SegmentType.AS_SET, asns: [1, 2] }] } },
    `{"type":"announce",${START},"safi":1,"prefix":"203.0.113.0/24","asPath":[[1,2]],${END}`,
  ],
  [
    'an empty path is there',
    { type: 'announce', ...HEAD, ...ROUTE, attributes: { asPath: [], origin: 0 } },
    `{"type":"announce",${START},"safi":1,"prefix":"203.0.113.0/24","asPath":[],"origin":"IGP",${END}`,
  ],
  [
    'a RIB entry, IPv6 text of RFC 5952',
    {
      ...{ type: 'rib', ...HEAD, afi: 2, safi: 1, prefix: parsePrefix('2001:db8:0:1::/64'), originatedTime: 0 },
      attributes: { origin: 1 },
      nextHop: '2001:db8:0:1:1:1:1:1',
    },
    `{"type":"rib",${START},"safi":1,"prefix":"2001:db8:0:1::/64","origin":"EGP","nextHop":"2001:db8:0:1:1:1:1:1",${END}`,
  ],
  [
    'a multicast withdrawal',
    { type: 'withdraw', ...HEAD, ...ROUTE, safi: 2, pathId: 0 },
    `{"type":"withdraw",${START},"safi":2,"prefix":"203.0.113.0/24","pathId":0,${END}`,
  ],
  [
    'a state change',
    { type: 'state', ...HEAD, ...LOCAL, oldState: 6, newState: 1 },
    `{"type":"state",${START},"localAs":64500,"oldState":6,"newState":1,${END}`,
  ],
  [
    'an OPEN, with capabilities that hold bytes and text',
    {
      ...{ type: 'open', ...HEAD, asn: 64496, holdTime: 180 },
      capabilities: [
        { code: 1, name: 'multiprotocol', afi: 1, safi: 1 },
        { code: 73, name: 'fqdn', host: 'é"', domain: '' },
        { code: 200, name: 'unknown', bytes: Uint8Array.of(1, 171) },
      ],
    },
    `{"type":"open",${START},"capabilities":[{"code":1,"name":"multiprotocol","afi":1,"safi":1},` +
      `{"code":73,"name":"fqdn","host":"\\u00e9\\"","domain":""},{"code":200,"name":"unknown","bytes":"01ab"}],"holdTime":180,${END}`,
  ],
  [
    'a NOTIFICATION',
    { type: 'notification', ...HEAD, code: 6, subcode: 2, data: Uint8Array.of(1, 2) },
    `{"type":"notification",${START},"code":6,"subcode":2,"data":"0102",${END}`,
  ],
  ['a KEEPALIVE', { type: 'keepalive', ...HEAD }, `{"type":"keepalive",${START},${END}`],
  [
    'a ROUTE-REFRESH',
    { type: 'refresh', ...HEAD, afi: 1, safi: 1, subtype: 0 },
    `{"type":"refresh",${START},"safi":1,${END}`,
  ],
  [
    'the end of a route refresh (RFC 7313)',
    { type: 'refresh', ...HEAD, afi: 1, safi: 1, subtype: 2 },
    `{"type":"refresh",${START},"safi":1,"subcode":2,${END}`,
  ],
  ['an End-of-RIB', { type: 'eor', ...HEAD, afi: 2, safi: 1 }, `{"type":"eor",${START},"safi":1,${END}`],
];

for (const [name, element, line] of cases) {
  test(`JsonFormatter writes ${name}`, () => {
    assert.equal(json(element), line);
    JSON.parse(line);
  });
}

test('JsonFormatter escapes what is not ASCII in the name of the collector', () => {
  const line = json({ type: 'keepalive', ...HEAD }, 'Zürich "1"');
  assert.match(line, /"collector":"Z\\u00fcrich \\"1\\""/);
});

test('JsonFormatter keeps nothing of one element in the next where they differ', () => {
  const formatter = new JsonFormatter('rrc00');
  const elements: MrtElement[] = [
    { type: 'rib', ...HEAD, ...ROUTE, attributes: EVERYTHING, nextHop: '192.0.2.1', originatedTime: 0 },
    { type: 'rib', ...HEAD, ...ROUTE, peerAs: 1, attributes: EVERYTHING, nextHop: '192.0.2.1', originatedTime: 0 },
    { type: 'rib', ...HEAD, ...ROUTE, peerAs: 1, attributes: EVERYTHING, originatedTime: 0 },
    { type: 'rib', ...HEAD, ...ROUTE, peerAs: 1, peerAddress: '192.0.2.9', attributes: {}, originatedTime: 0 },
    { type: 'announce', ...HEAD, ...ROUTE, peerAs: 1, peerAddress: '192.0.2.9', attributes: {} },
    { type: 'announce', ...HEAD, ...ROUTE, peerAs: 1, time: 0, peerAddress: '192.0.2.9', attributes: {}, record: 8 },
  ];
  const out = new LineBuffer();
  for (const element of elements) formatter.write(element, out);
  assert.equal(new TextDecoder().decode(out.take()), elements.map((element) => json(element)).join(''));
});
