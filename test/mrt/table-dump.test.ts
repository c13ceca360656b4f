// TABLE_DUMP and TABLE_DUMP_V2 by hand: batched records, the peer index and its replacement, long and short next hops, broken entries.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MrtDecoder } from '../../src/mrt/record.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { hex } from '../bgp/wire-bytes.js';
import { decodeAll, elementsOfAll } from './records.js';

function record(type: number, subtype: number, body: string): Uint8Array {
  const head = [1, (type << 16) | subtype, hex(body).length].map((word) => word.toString(16).padStart(8, '0')).join('');
  return hex(head + body);
}

const ORIGIN = '40010100';
const GLOBAL = '20010db8000000000000000000000001';

// From the first record of a dump of 2000: view 0, sequence 0, then entries.
const ENTRY_3 = '03000000 08 01 3879c8b4 cc98a61d 0ddd 0016 40010100 40020802030ddd02bd0050 400304cc98a61d';
const ENTRY_4 = '04000000 08 01 3879c8b4 cc98a61d 0ddd 0014 40010100 40020602020ddd0001 400304cc98a61d';

test('MrtDecoder reads TABLE_DUMP: two-octet AS numbers, and the time of the route', () => {
  const [element] = elementsOfAll([record(12, 1, `0000 0007 ${ENTRY_3}`)]);
  assert.equal(element.type, 'rib');
  assert.equal(element.prefix.toString(), '3.0.0.0/8');
  assert.deepEqual([element.peerAs, element.peerAddress, element.nextHop], [3549, '204.152.166.29', '204.152.166.29']);
  assert.deepEqual(element.attributes.asPath, [{ type: 2, asns: [3549, 701, 80] }]);
  assert.equal(element.originatedTime, 0x3879c8b4 * 1_000_000);
});

test('MrtDecoder reads the batched TABLE_DUMP of 2000: many entries behind one view and sequence', () => {
  const elements = elementsOfAll([record(12, 1, `0000 0000 ${ENTRY_3} ${ENTRY_4} ${ENTRY_3}`)]);
  assert.deepEqual(
    elements.map((element) => element.type === 'rib' && element.prefix.toString()),
    ['3.0.0.0/8', '4.0.0.0/8', '3.0.0.0/8'],
  );
});

test('MrtDecoder warns of bytes behind the last entry of TABLE_DUMP that are too few for one', () => {
  const [decoded] = decodeAll([record(12, 1, `0000 0000 ${ENTRY_3} 0400`)]);
  assert.deepEqual(decoded.warnings, ['trailing-bytes']);
});

test('MrtDecoder reads TABLE_DUMP AFI_IPv6 with MP_REACH_NLRI in the long form', () => {
  const reach = `800e 1a 0002 01 10 ${GLOBAL} 00 2020010db8`;
  const body = `0000 0000 20010db8000000000000000000000000 20 01 00000001 ${GLOBAL} fbf0 002a ${ORIGIN} 4002040201fbf0 ${reach} ${ORIGIN}`;
  const [element] = elementsOfAll([record(12, 2, body.replace('002a', '002c'))]);
  assert.equal(element.type === 'rib' && element.nextHop, '2001:db8::1');
  assert.deepEqual(element.warnings, ['attribute-duplicate']);
});

test("MrtDecoder reads bgpdump's TABLE_DUMP with four-octet AS numbers", () => {
  const body = '0000 0000 c0000200 18 01 00000001 c0000201 00010000 0014 40010100 40020602010001 0000 400304c0000201';
  const [element] = elementsOfAll([record(12, 3, body)]);
  assert.equal(element.peerAs, 65536);
  assert.deepEqual(element.type === 'rib' && element.attributes.asPath, [{ type: 2, asns: [65536] }]);
});

for (const [name, body, code] of [
  ['a record without room for an entry', '0000 0000 03000000', 'truncated'],
  ['a prefix length over 32', `0000 0000 ${ENTRY_3.replace(' 08 ', ' 21 ')}`, 'nlri-length'],
  ['attributes that overrun', `0000 0000 ${ENTRY_3.replace('0016', '0017')}`, 'rib-attributes-length'],
] as const) {
  test(`MrtDecoder throws ${code} for TABLE_DUMP with ${name}`, () => {
    assert.throws(
      () => decodeAll([record(12, 1, body)]),
      (error) => error instanceof DecodeError && error.code === code,
    );
  });
}

test('MrtDecoder masks and reports host bits of TABLE_DUMP', () => {
  const [decoded] = decodeAll([record(12, 1, `0000 0000 ${ENTRY_3.replace('03000000 08', '03ff0000 0c')}`)]);
  assert.deepEqual(decoded.warnings, ['nlri-host-bits']);
  assert.equal(decoded.kind === 'table-dump' && decoded.entries[0].prefix.toString(), '3.240.0.0/12');
});

const INDEX = record(13, 1, `c6336401 0004 6d61696e 0002 02 c0000201 c0000201 00010000 01 c0000202 ${GLOBAL} fbf0`);
const PATH_AS4 = '40020602010000fbf0';

test('MrtDecoder reads PEER_INDEX_TABLE and keeps it with its bytes', () => {
  const decoder = new MrtDecoder();
  assert.equal(new MrtDecoder().peerIndex, null);
  decodeAll([INDEX], decoder);
  assert.deepEqual(decoder.peerIndexBytes, INDEX);
  assert.equal(decoder.peerIndex?.viewName, 'main');
  assert.equal(decoder.peerIndex.collectorBgpId, '198.51.100.1');
  assert.deepEqual(decoder.peerIndex.peers, [
    { type: 2, bgpId: '192.0.2.1', address: '192.0.2.1', asn: 65536 },
    { type: 1, bgpId: '192.0.2.2', address: '2001:db8::1', asn: 64496 },
  ]);
});

test('MrtDecoder reads a RIB record: one route a peer, AS numbers of four octets', () => {
  const entry = (peer: string): string => `${peer} 00000002 0014 ${ORIGIN} ${PATH_AS4} 400304c0000201`;
  const elements = elementsOfAll([INDEX, record(13, 2, `00000005 18 c00002 0002 ${entry('0000')} ${entry('0001')}`)]);
  assert.deepEqual(
    elements.map(({ peerAs, peerAddress }) => [peerAs, peerAddress]),
    [
      [65536, '192.0.2.1'],
      [64496, '2001:db8::1'],
    ],
  );
  assert.ok(
    elements.every(
      (element) => element.type === 'rib' && element.nextHop === '192.0.2.1' && element.originatedTime === 2_000_000,
    ),
  );
});

test('MrtDecoder reads IPv6 RIB entries with short and long MP_REACH_NLRI', () => {
  const short = `0000 00000002 0021 ${ORIGIN} ${PATH_AS4} 800e1110${GLOBAL}`;
  const long = `0000 00000002 0025 ${ORIGIN} ${PATH_AS4} 800e15 000201 10${GLOBAL} 00`;
  const elements = elementsOfAll([INDEX, record(13, 4, `00000005 20 20010db8 0002 ${short} ${long}`)]);
  assert.deepEqual(
    elements.map((element) => element.type === 'rib' && element.nextHop),
    ['2001:db8::1', '2001:db8::1'],
  );
});

test('MrtDecoder reads path identifiers of RIB_IPV4_UNICAST_ADDPATH (RFC 8050 section 4.1)', () => {
  const [element] = elementsOfAll([
    INDEX,
    record(13, 8, `00000005 18 c00002 0001 0000 00000002 00000007 0014 ${ORIGIN} ${PATH_AS4} 400304c0000201`),
  ]);
  assert.equal(element.type === 'rib' && element.pathId, 7);
});

test('MrtDecoder lets a later peer index replace the earlier', () => {
  const later = record(13, 1, 'c6336401 0000 0001 00 c0000209 c0000209 fde8');
  const rib = record(13, 2, `00000005 00 0001 0000 00000002 0014 ${ORIGIN} ${PATH_AS4} 400304c0000201`);
  const decoder = new MrtDecoder();
  assert.deepEqual(
    elementsOfAll([INDEX, rib, later, rib], decoder).map(({ peerAs }) => peerAs),
    [65536, 65000],
  );
  assert.deepEqual(decoder.peerIndexBytes, later, 'evidence rests on these bytes');
});

const NEXT_HOP = '400304c0000201';

// RFC 7606 section 3 d; RFC 4271 section 5: ORIGIN, AS_PATH and NEXT_HOP are the mandatory ones.
for (const [code, subtype, attributes] of [
  ['missing-origin', 2, `0010 ${PATH_AS4} ${NEXT_HOP}`],
  ['missing-as-path', 2, `000b ${ORIGIN} ${NEXT_HOP}`],
  ['missing-next-hop', 2, `000d ${ORIGIN} ${PATH_AS4}`],
  ['missing-next-hop', 4, `000d ${ORIGIN} ${PATH_AS4}`],
] as const) {
  test(`MrtDecoder warns with ${code} of an entry of RIB subtype ${subtype} that lacks it`, () => {
    const elements = elementsOfAll([INDEX, record(13, subtype, `00000005 00 0001 0000 00000002 ${attributes}`)]);
    assert.deepEqual(
      elements.map(({ warnings }) => warnings),
      [[code]],
    );
  });
}

test('MrtDecoder takes the next hop of MP_REACH_NLRI where a RIB entry has NEXT_HOP too (RFC 6396 section 4.3.4)', () => {
  const entry = `0000 00000002 0028 ${ORIGIN} ${PATH_AS4} ${NEXT_HOP} 800e1110${GLOBAL}`;
  const [element] = elementsOfAll([INDEX, record(13, 4, `00000005 20 20010db8 0001 ${entry}`)]);
  assert.equal(element.type === 'rib' && element.nextHop, '2001:db8::1');
});

const RIB_ERRORS: readonly [string, boolean, string, string][] = [
  ['no peer index before it', false, '00000005 18 c00002 0000', 'peer-index-missing'],
  ['a peer that the index does not hold', true, '00000005 18 c00002 0001 0002 00000002 0000', 'peer-index-range'],
  ['a prefix length over 32', true, '00000005 21 c000020100 0000', 'nlri-length'],
  ['fewer entries than it says', true, '00000005 18 c00002 0001', 'truncated'],
  ['attributes that overrun', true, '00000005 18 c00002 0001 0000 00000002 0001', 'rib-attributes-length'],
];
for (const [name, indexed, body, code] of RIB_ERRORS) {
  test(`MrtDecoder throws ${code} for a RIB record with ${name}`, () => {
    const records = [...(indexed ? [INDEX] : []), record(13, 2, body)];
    assert.throws(
      () => decodeAll(records),
      (error) => error instanceof DecodeError && error.code === code,
    );
  });
}

test('MrtDecoder warns of bytes behind a peer index or a RIB record, and of host bits', () => {
  const index = record(13, 1, 'c6336401 0000 0000 ff');
  const rib = record(13, 2, '00000005 14 c0a8ff 0000 ff');
  assert.deepEqual(
    decodeAll([index, rib]).map(({ warnings }) => warnings),
    [['trailing-bytes'], ['nlri-host-bits', 'trailing-bytes']],
  );
});
