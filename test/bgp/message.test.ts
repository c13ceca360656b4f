// BGP messages: header, OPEN with its capabilities, NOTIFICATION, KEEPALIVE, ROUTE-REFRESH, and the encoder as a second path.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Capability } from '../../src/bgp/capabilities.js';
import { type BgpMessage, decodeMessage, type DecodedMessage } from '../../src/bgp/message.js';
import { encodeMessage } from '../../src/bgp/message-encoder.js';
import { shutdownCommunication } from '../../src/bgp/notification.js';
import { type Open } from '../../src/bgp/open.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { hex, ipv4Text, PLAIN_OBJECT, updateContext } from './wire-bytes.js';

const MARKER = 'ff'.repeat(16);
const FORM = { asn4: true, addPath: false };

/** A message of the given type around a body. */
function message(type: string, body = '', extra = ''): Uint8Array {
  const length = (19 + hex(body).length).toString(16).padStart(4, '0');
  return hex(MARKER + length + type + body + extra);
}

function decode(bytes: Uint8Array): DecodedMessage {
  return decodeMessage(bytes, 0, bytes.length, updateContext());
}

function openOf(capabilities: string, other = ''): Open {
  const parameters = hex(capabilities).length > 0 ? `02 ${octet(capabilities)} ${capabilities}` : '';
  const decoded = decode(
    message('01', `04 5ba0 00b4 c0000201 ${octet(parameters + other)} ${parameters} ${other}`),
  ).message;
  assert.equal(decoded.kind, 'open');
  return decoded.open;
}

function octet(text: string): string {
  return hex(text).length.toString(16).padStart(2, '0');
}

test('decodeMessage reads KEEPALIVE', () => {
  assert.deepEqual(decode(message('04')), { message: { kind: 'keepalive' }, warnings: [] });
});

test('decodeMessage reads OPEN: the fields of RFC 4271 section 4.2', () => {
  const open = openOf('');
  assert.deepEqual(open, {
    version: 4,
    asn: 23456,
    twoOctetAs: 23456,
    holdTime: 180,
    bgpId: '192.0.2.1',
    capabilities: [],
  });
});

test('decodeMessage takes the AS of an OPEN from its four-octet capability (RFC 6793 section 4.1)', () => {
  const open = openOf('41 04 00010000');
  assert.equal(open.asn, 65536);
  assert.equal(open.twoOctetAs, 23456);
});

const CAPABILITIES: readonly [string, Capability][] = [
  ['01 04 0002 00 01', { code: 1, name: 'multiprotocol', afi: 2, safi: 1 }],
  ['02 00', { code: 2, name: 'route-refresh' }],
  ['05 06 0001 0001 0002', { code: 5, name: 'extended-next-hop', families: [{ afi: 1, safi: 1, nextHopAfi: 2 }] }],
  ['06 00', { code: 6, name: 'extended-message' }],
  ['09 01 03', { code: 9, name: 'role', role: 3 }],
  [
    '40 06 8078 0001 01 80',
    { code: 64, name: 'graceful-restart', flags: 8, restartTime: 120, families: [{ afi: 1, safi: 1, flags: 128 }] },
  ],
  ['41 04 00010000', { code: 65, name: 'four-octet-as', asn: 65536 }],
  [
    '45 08 0001 01 03 0002 01 01',
    {
      code: 69,
      name: 'add-path',
      families: [
        { afi: 1, safi: 1, mode: 3 },
        { afi: 2, safi: 1, mode: 1 },
      ],
    },
  ],
  ['46 00', { code: 70, name: 'enhanced-route-refresh' }],
  [
    '47 07 0001 01 80 000e10',
    { code: 71, name: 'long-lived-graceful-restart', families: [{ afi: 1, safi: 1, flags: 128, staleTime: 3600 }] },
  ],
  ['49 08 02 7231 04 6c616273', { code: 73, name: 'fqdn', host: 'r1', domain: 'labs' }],
  ['80 00', { code: 128, name: 'unknown', bytes: hex('') }],
];
for (const [text, capability] of CAPABILITIES) {
  test(`decodeMessage reads capability ${capability.code} (${capability.name}), and encodeMessage writes it back`, () => {
    const open = openOf(text);
    assert.deepEqual(open.capabilities, [capability]);
    const bytes = encodeMessage({ kind: 'open', open }, FORM);
    assert.deepEqual(decode(bytes), { message: { kind: 'open', open }, warnings: [] });
  });
}

test('decodeMessage reads several capabilities of one parameter, and parameters that are none', () => {
  const open = openOf('02 00 46 00', '01 02 beef');
  assert.deepEqual(
    open.capabilities.map(({ name }) => name),
    ['route-refresh', 'enhanced-route-refresh'],
  );
  assert.deepEqual(open.otherParameters, [{ type: 1, bytes: hex('beef') }]);
});

test('decodeMessage reads optional parameters in the extended form (RFC 9072)', () => {
  const { message: decoded } = decode(message('01', '04 fbf0 00b4 c0000201 ff ff 0009 02 0006 41 04 0000fbf0'));
  assert.equal(decoded.kind === 'open' && decoded.open.capabilities[0].name, 'four-octet-as');
});

for (const text of [
  '01 03 000100',
  '02 01 00',
  '05 05 0001000100',
  '06 01 00',
  '09 00',
  '40 01 00',
  '41 02 fbf0',
  '45 03 000101',
  '46 01 00',
  '47 06 000101800000',
  '49 02 05 61',
  '49 02 01 ff',
  '49 00',
  '49 03 00 00 00',
]) {
  test(`decodeMessage keeps the bytes of a malformed capability, with a warning: ${text}`, () => {
    const { message: decoded, warnings } = decode(
      message('01', `04 fbf0 00b4 c0000201 ${octet(`0000${text}`)} 02 ${octet(text)} ${text}`),
    );
    assert.deepEqual(warnings, ['capability-malformed']);
    assert.deepEqual(decoded.kind === 'open' && decoded.open.capabilities, [
      { code: hex(text)[0], name: 'unknown', bytes: hex(text).slice(2) },
    ]);
  });
}

test('decodeMessage throws for an OPEN whose lengths contradict each other', () => {
  for (const body of [
    '04 fbf0 00b4 c0000201',
    '04 fbf0 00b4 c0000201 02 02',
    '04 fbf0 00b4 c0000201 03 02 04 00',
    '04 fbf0 00b4 c0000201 04 02 02 41 04',
  ]) {
    assert.throws(() => decode(message('01', body)), DecodeError);
  }
});

test('decodeMessage reads NOTIFICATION, and shutdownCommunication its text (RFC 9003)', () => {
  const { message: decoded } = decode(message('03', '06 02 05 68656c6c6f'));
  assert.deepEqual(decoded, {
    kind: 'notification',
    notification: { code: 6, subcode: 2, data: hex('05 68656c6c6f') },
  });
  assert.equal(shutdownCommunication(decoded.notification), 'hello');
});

test('shutdownCommunication gives null where there is no text', () => {
  for (const [code, subcode, data] of [
    [6, 2, ''],
    [6, 2, '00'],
    [6, 2, '05 6865'],
    [6, 2, '01 ff'],
    [6, 3, '01 61'],
    [4, 0, '01 61'],
  ] as const) {
    assert.equal(shutdownCommunication({ code, subcode, data: hex(data) }), null);
  }
});

test('decodeMessage reads ROUTE-REFRESH, its subtypes of RFC 7313, and the type of before the standard', () => {
  assert.deepEqual(decode(message('05', '0002 01 01')).message, {
    kind: 'refresh',
    refresh: { afi: 2, safi: 1, subtype: 1 },
  });
  assert.deepEqual(decode(message('80', '0001 00 01')).message, {
    kind: 'refresh',
    refresh: { afi: 1, safi: 1, subtype: 0, prestandard: true },
  });
});

test('decodeMessage carries a message of an unknown type', () => {
  assert.deepEqual(decode(message('09', 'beef')).message, { kind: 'unknown', type: 9, body: hex('beef') });
});

test('decodeMessage warns of bytes behind the message', () => {
  assert.deepEqual(decode(message('04', '', '00')).warnings, ['trailing-bytes']);
  assert.deepEqual(decode(message('04', '00')).warnings, ['trailing-bytes']);
});

for (const [name, text, code] of [
  ['too few bytes for a header', MARKER, 'bgp-length'],
  ['a marker that is not all ones', `00${MARKER.slice(2)} 0013 04`, 'bgp-marker'],
  ['a length under 19', `${MARKER} 0012 04`, 'bgp-length'],
  ['a length over what is there', `${MARKER} 0014 04`, 'bgp-length'],
  ['NOTIFICATION without subcode', `${MARKER} 0014 03 06`, 'truncated'],
  ['ROUTE-REFRESH cut short', `${MARKER} 0015 05 0001`, 'truncated'],
] as const) {
  test(`decodeMessage throws ${code} for ${name}`, () => {
    assert.throws(
      () => decode(hex(text)),
      (error) => error instanceof DecodeError && error.code === code,
    );
  });
}

test('decodeMessage gives back what encodeMessage wrote, of every kind', () => {
  const u8 = fc.nat({ max: 255 });
  const u16 = fc.nat({ max: 0xffff });
  const messages: fc.Arbitrary<BgpMessage> = fc.oneof(
    fc.constant<BgpMessage>({ kind: 'keepalive' }),
    fc
      .record({ code: u8, subcode: u8, data: fc.uint8Array({ maxLength: 300 }) }, PLAIN_OBJECT)
      .map((notification): BgpMessage => ({ kind: 'notification', notification })),
    fc
      .record({ afi: u16, safi: u8, subtype: u8 }, PLAIN_OBJECT)
      .map((refresh): BgpMessage => ({ kind: 'refresh', refresh })),
    fc
      .record({
        version: u8,
        twoOctetAs: u16,
        holdTime: u16,
        bgpId: ipv4Text,
        four: fc.option(fc.nat({ max: 0xffffffff })),
      })
      .map(({ four, ...fields }): BgpMessage => {
        const capabilities: Capability[] = four === null ? [] : [{ code: 65, name: 'four-octet-as', asn: four }];
        return { kind: 'open', open: { ...fields, asn: four ?? fields.twoOctetAs, capabilities } };
      }),
    fc.uint8Array({ maxLength: 50 }).map((body): BgpMessage => ({ kind: 'unknown', type: 200, body })),
  );
  fc.assert(
    fc.property(messages, (value) => {
      assert.deepEqual(decode(encodeMessage(value, FORM)), { message: value, warnings: [] });
    }),
  );
});
