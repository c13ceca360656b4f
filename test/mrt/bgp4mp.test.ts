// BGP4MP and type 5 by hand: session headers, state changes, the damages of old writers, and what cannot be read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MrtDecoder } from '../../src/mrt/record.js';
import { encodeMrtRecord } from '../../src/mrt/record-encoder.js';
import { frameRecord } from '../../src/mrt/record-framer.js';
import { encodeBgp4mpMessage } from '../../src/mrt/writer.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { hex } from '../bgp/wire-bytes.js';
import { decodeAll, elementsOfAll } from './records.js';

const MARKER = 'ff'.repeat(16);
const KEEPALIVE = `${MARKER} 0013 04`;

/** A record of the given type and subtype around a body, at second 1. */
function record(type: number, subtype: number, body: string): Uint8Array {
  const head = [1, (type << 16) | subtype, hex(body).length].map((word) => word.toString(16).padStart(8, '0')).join('');
  return hex(head + body);
}

const ENDS_V4 = 'fbf0 fbf1 0000 0001 c0000201 c0000202';
const ENDS_V6_AS4 = '00010000 0000fbf1 0000 0002 20010db8000000000000000000000001 20010db8000000000000000000000002';

test('MrtDecoder reads MESSAGE: two-octet AS numbers, IPv4 addresses', () => {
  const [decoded] = decodeAll([record(16, 1, ENDS_V4 + KEEPALIVE)]);
  assert.deepEqual(decoded, {
    kind: 'message',
    ...{ time: 1_000_000, index: 0, offset: 0, type: 16, subtype: 1, warnings: [] },
    ...{ peerAs: 64496, peerAddress: '192.0.2.1', localAs: 64497, localAddress: '192.0.2.2' },
    interfaceIndex: 0,
    local: false,
    message: { kind: 'keepalive' },
  });
});

// Header 19, lengths 4, attributes 18, and 4 octets a prefix.
for (const [routes, length] of [
  [1013, '0ffd'], // 4093: the last within RFC 4271's limit
  [1014, '1001'], // 4097
  [16373, 'fffd'], // 65533
] as const) {
  test(`MrtDecoder reads a message of ${Number.parseInt(length, 16)} octets (RFC 8654 section 4)`, () => {
    const attributes = `0012 40010100 4002040201fbf0 400304c0000201`;
    const update = `${MARKER} ${length} 02 0000 ${attributes} ${'18c00002'.repeat(routes)}`;
    const elements = elementsOfAll([record(16, 1, ENDS_V4 + update)]);
    assert.equal(elements.length, routes);
    assert.ok(elements.every(({ type, warnings }) => type === 'announce' && warnings === undefined));
  });
}

test('MrtDecoder reads MESSAGE_AS4 with IPv6 addresses, and _ET microseconds', () => {
  const [decoded] = decodeAll([record(17, 4, `0001e240 ${ENDS_V6_AS4} ${KEEPALIVE}`)]);
  assert.equal(decoded.kind, 'message');
  assert.deepEqual([decoded.time, decoded.peerAs, decoded.peerAddress], [1_123_456, 65536, '2001:db8::1']);
});

test('MrtDecoder tells two- and four-octet headers of the same bytes apart', () => {
  const decoder = new MrtDecoder();
  const body = '0000fbf0 0000fbf1 0000 0001 c0000201 c0000202';
  const [four] = decodeAll([record(16, 4, body + KEEPALIVE)], decoder);
  assert.equal(four.kind === 'message' && four.peerAs, 64496);
  assert.throws(() => decodeAll([record(16, 1, body + KEEPALIVE)], decoder), DecodeError);
});

test('elementsOf an UPDATE gives withdrawn routes, MP_UNREACH, announced routes and MP_REACH, as bgpdump does, with their SAFIs', () => {
  const reach = '800e 1a 0002 02 10 20010db8000000000000000000000001 00 20 20010db9';
  const unreach = '800f 08 0002 02 20 20010dba';
  const attributes = `${reach} ${unreach} 40010100 40020402 01fbf0 400304c0000201`;
  const update = `${MARKER} 0059 02 0004 18c63364 003a ${attributes} 18c00002`;
  const elements = elementsOfAll([record(16, 1, ENDS_V4 + update)]);
  assert.deepEqual(
    elements.map((element) => 'prefix' in element && [element.type, element.safi, element.prefix.toString()]),
    [
      ['withdraw', 1, '198.51.100.0/24'],
      ['withdraw', 2, '2001:dba::/32'],
      ['announce', 1, '192.0.2.0/24'],
      ['announce', 2, '2001:db9::/32'],
    ],
  );
});

for (const [subtype, asn4, local] of [
  [8, false, false],
  [9, true, false],
  [10, false, true],
  [11, true, true],
] as const) {
  test(`MrtDecoder reads subtype ${subtype}: path identifiers, AS numbers of ${asn4 ? 'four' : 'two'} octets${local ? ', sent by the collector' : ''} (RFC 8050 section 3)`, () => {
    const as = (number: string): string => (asn4 ? `0000${number}` : number);
    const ends = `${as('fbf0')} ${as('fbf1')} 0000 0001 c0000201 c0000202`;
    const path = `4002 ${asn4 ? '06' : '04'} 0201 ${as('fbf0')}`;
    const [length, attributes] = asn4 ? ['0033', '0014'] : ['0031', '0012'];
    const update = `${MARKER} ${length} 02 0000 ${attributes} 40010100 ${path} 400304c0000201 00000007 18c00002`;
    const [element] = elementsOfAll([record(16, subtype, ends + update)]);
    assert.equal(element.type === 'announce' && element.pathId, 7);
    assert.equal(element.warnings, undefined);
    assert.equal(element.peerAs, local ? 64497 : 64496);
  });
}

test('elementsOf a LOCAL record names the collector as the sender', () => {
  const [element] = elementsOfAll([record(16, 6, ENDS_V4 + KEEPALIVE)]);
  const { peerAs, peerAddress, localAs, localAddress } = element;
  assert.deepEqual([peerAs, peerAddress, localAs, localAddress], [64497, '192.0.2.2', 64496, '192.0.2.1']);
});

// The collector is told from its peer by the AS numbers of the session header alone.
for (const [name, ases, code] of [
  ['from another AS is discarded', 'fbf0 fbf1', 'internal-attribute-discarded'],
  ['of the own AS makes the route malformed', 'fbf0 fbf0', 'cluster-list-length'],
  ['of a peer AS 0, which some writers put, is taken for one of the own AS', '0000 fbf1', 'cluster-list-length'],
  ['to a local AS 0 too', 'fbf0 0000', 'cluster-list-length'],
] as const) {
  test(`MrtDecoder: a malformed CLUSTER_LIST ${name} (RFC 7606 section 7.10)`, () => {
    const ends = `${ases} 0000 0001 c0000201 c0000202`;
    const [decoded] = decodeAll([record(16, 1, `${ends} ${MARKER} 001d 02 0000 0006 800a030a0000`)]);
    assert.deepEqual(decoded.warnings, [code]);
  });
}

test('MrtDecoder reads STATE_CHANGE with states of Quagga beyond the RFC', () => {
  const [decoded] = decodeAll([record(16, 0, `${ENDS_V4} 0006 0007`)]);
  assert.equal(decoded.kind, 'state-change');
  assert.deepEqual([decoded.oldState, decoded.newState, decoded.peerAddress], [6, 7, '192.0.2.1']);
});

test('MrtDecoder reads STATE_CHANGE_AS4 and warns of bytes behind it', () => {
  const [decoded] = decodeAll([record(16, 5, `${ENDS_V6_AS4} 0006 0001 00`)]);
  assert.equal(decoded.kind === 'state-change' && decoded.peerAs, 65536);
  assert.deepEqual(decoded.warnings, ['trailing-bytes']);
});

test("MrtDecoder reads Zebra's state change of 8 octets, without addresses", () => {
  const bytes = record(16, 0, 'fbf0 fbf1 0006 0001');
  const [decoded] = decodeAll([bytes]);
  assert.deepEqual(encodeMrtRecord(decoded), bytes);
  assert.equal(decoded.kind === 'state-change' && decoded.peerAddress, '0.0.0.0');
});

test("MrtDecoder reads Zebra's OPEN without interface and addresses", () => {
  const bytes = record(16, 1, `fbf0 fbf1 ${MARKER} 001d 01 04 fbf0 00b4 c0000201 00`);
  const [decoded] = decodeAll([bytes]);
  assert.deepEqual(encodeMrtRecord(decoded), bytes);
  assert.equal(decoded.kind, 'message');
  assert.deepEqual([decoded.message.kind, decoded.peerAddress, decoded.peerAs], ['open', '0.0.0.0', 64496]);
});

for (const [name, type, subtype, reason] of [
  ['BGP4MP ENTRY', 16, 2, 'unsupported-subtype'],
  ['BGP4MP SNAPSHOT', 16, 3, 'unsupported-subtype'],
  ['an unknown BGP4MP subtype', 16, 12, 'unsupported-subtype'],
  ['type 5 NULL', 5, 0, 'unsupported-subtype'],
  ['type 5 PREF_UPDATE', 5, 2, 'unsupported-subtype'],
  ['OSPFv2', 11, 0, 'unsupported-type'],
  ['an unknown type', 65535, 0, 'unsupported-type'],
  ['an unknown TABLE_DUMP subtype', 12, 5, 'unsupported-subtype'],
  ['an unknown TABLE_DUMP_V2 subtype', 13, 99, 'unsupported-subtype'],
] as const) {
  test(`MrtDecoder skips ${name} as data`, () => {
    const [decoded] = decodeAll([record(type, subtype, '00')]);
    assert.equal(decoded.kind === 'skipped' && decoded.reason, reason);
    assert.deepEqual(elementsOfAll([record(type, subtype, '00')]), []);
  });
}

test('MrtDecoder skips the old types 0 to 4 and 6 to 10 as data, whatever their subtype (RFC 6396 appendix B)', () => {
  for (const type of [0, 1, 2, 3, 4, 6, 7, 8, 9, 10]) {
    for (const subtype of [0, 1, 3, 5]) {
      const decoded = new MrtDecoder().decode(frameRecord(record(type, subtype, ENDS_V4), 0, 0));
      assert.equal(decoded.kind === 'skipped' && decoded.reason, 'unsupported-type');
    }
  }
});

test('MrtDecoder skips a BGP message of an unknown type', () => {
  const [decoded] = decodeAll([record(16, 1, `${ENDS_V4} ${MARKER} 0013 09`)]);
  assert.equal(decoded.kind === 'skipped' && decoded.reason, 'bgp-type');
});

for (const [name, subtype, body, code] of [
  ['a header cut short', 4, '0000fbf0', 'truncated'],
  ['addresses cut short', 1, 'fbf0 fbf1 0000 0001 c0000201', 'truncated'],
  ['an unknown address family', 1, 'fbf0 fbf1 0000 0003 c0000201 c0000202', 'peer-afi'],
  ['a bad marker', 1, `${ENDS_V4} 00${KEEPALIVE.slice(2)}`, 'bgp-marker'],
  ['a message cut short', 1, `${ENDS_V4} ${MARKER} 0017 02 0000`, 'bgp-length'],
  ['states cut short', 0, `${ENDS_V4} 0006`, 'truncated'],
] as const) {
  test(`MrtDecoder throws ${code} for ${name}, and goes on with the next record`, () => {
    const decoder = new MrtDecoder();
    const isCode = (error: unknown): boolean =>
      error instanceof DecodeError && error.code === code && error.offset >= 12;
    assert.throws(() => decodeAll([record(16, subtype, body)], decoder), isCode);
    assert.equal(decodeAll([record(16, 1, ENDS_V4 + KEEPALIVE)], decoder)[0].kind, 'message');
  });
}

test('MrtDecoder reads type 5: an UPDATE without BGP header, and its state change (RFC 6396 appendix B)', () => {
  const update = '0d05 c1000038 312c c1000039 0004 18c63364 0012 40010100 40020402010d05 400304c1000038 18c00002';
  const elements = elementsOfAll([
    record(5, 1, update),
    record(5, 3, '0d05 c1000038 0005 0006'),
    record(5, 7, '0d05 c1000038 312c c1000039'),
  ]);
  assert.deepEqual(
    elements.map(({ type, peerAs, peerAddress }) => [type, peerAs, peerAddress]),
    [
      ['withdraw', 3333, '193.0.0.56'],
      ['announce', 3333, '193.0.0.56'],
      ['state', 3333, '193.0.0.56'],
      ['keepalive', 3333, '193.0.0.56'],
    ],
  );
  assert.deepEqual(
    elements.map(({ localAs }) => localAs),
    [12588, 12588, undefined, 12588],
  );
});

test('MrtDecoder finds undeclared path identifiers, and an OPEN without ADD-PATH puts an end to them', () => {
  const ends = { time: 0, peerAs: 64496, localAs: 64497, peerAddress: '192.0.2.1', localAddress: '192.0.2.2' };
  const update = hex(`${MARKER} 0033 02 0000 0014 40010100 40020602010000fbf0 400304c0000201 00000001 18c00002`);
  const plain = encodeBgp4mpMessage({ ...ends, message: update });
  const decoder = new MrtDecoder();
  const [found] = elementsOfAll([plain], decoder);
  assert.equal(found.type === 'announce' && found.pathId, 1);
  assert.deepEqual(found.warnings, ['add-path-undeclared']);
  const open = { version: 4, asn: 64496, twoOctetAs: 64496, holdTime: 180, bgpId: '192.0.2.1', capabilities: [] };
  const opened = encodeBgp4mpMessage({ ...ends, message: { kind: 'open', open } });
  assert.throws(
    () => elementsOfAll([opened, plain], decoder),
    DecodeError,
    'read plain, the block has a length over 32',
  );
});

test('MrtDecoder of any bytes behind a header gives a record or a DecodeError', () => {
  const kinds = fc.constantFrom(
    [16, 1],
    [16, 4],
    [16, 0],
    [16, 5],
    [17, 9],
    [12, 1],
    [12, 2],
    [13, 1],
    [13, 2],
    [13, 4],
    [13, 8],
    [5, 1],
    [5, 3],
    [5, 5],
  );
  fc.assert(
    fc.property(kinds, fc.uint8Array({ maxLength: 120 }), ([type, subtype], body) => {
      const bytes = Uint8Array.from([...record(type, subtype, '').subarray(0, 8), 0, 0, 0, body.length, ...body]);
      const decoder = new MrtDecoder();
      decodeAll([record(13, 1, 'c0000201 0000 0001 00 c0000201 c0000201 fbf0')], decoder);
      try {
        decoder.decode(frameRecord(bytes, 0, 0));
      } catch (error) {
        assert.ok(error instanceof DecodeError);
      }
    }),
  );
});
