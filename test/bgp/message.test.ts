// BGP messages: header, OPEN with its capabilities, NOTIFICATION, KEEPALIVE, ROUTE-REFRESH, and the encoder as a second path.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Capability } from '../../src/bgp/capabilities.js';
import { type BgpMessage, decodeMessage, type DecodedMessage } from '../../src/bgp/message.js';
import { encodeMessage } from '../../src/bgp/message-encoder.js';
import { hardResetReason, notificationName, shutdownCommunication } from '../../src/bgp/notification.js';
import { shutdownNotification } from '../../src/bgp/notification.js';
import { type Open } from '../../src/bgp/open.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { sessionMessages } from './arbitrary-messages.js';
import { hex, updateContext } from './wire-bytes.js';

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
  ['01 04 0002 07 01', { code: 1, name: 'multiprotocol', afi: 2, safi: 1, reserved: 7 }],
  ['02 00', { code: 2, name: 'route-refresh' }],
  [
    '03 0c 0001 00 01 01 40 03 0002 00 01 00',
    {
      code: 3,
      name: 'outbound-route-filtering',
      families: [
        { afi: 1, safi: 1, filters: [{ type: 64, mode: 3 }] },
        { afi: 2, safi: 1, filters: [] },
      ],
    },
  ],
  ['05 06 0001 0001 0002', { code: 5, name: 'extended-next-hop', families: [{ afi: 1, safi: 1, nextHopAfi: 2 }] }],
  ['06 00', { code: 6, name: 'extended-message' }],
  ['07 03 08 0002', { code: 7, name: 'bgpsec', versionAndDirection: 8, afi: 2 }],
  ['08 04 0001 04 02', { code: 8, name: 'multiple-labels', families: [{ afi: 1, safi: 4, labels: 2 }] }],
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
  ['4a 00', { code: 74, name: 'bfd-strict-mode' }],
  ['4b 04 42495244', { code: 75, name: 'software-version', version: 'BIRD' }],
  ['4b 05 04 42495244', { code: 75, name: 'software-version', version: 'BIRD', lengthOctet: true }],
  ['4c 05 0001 01 000a', { code: 76, name: 'paths-limit', families: [{ afi: 1, safi: 1, limit: 10 }] }],
  ['4d 00', { code: 77, name: 'link-local-next-hop' }],
  ['04 00', { code: 4, name: 'multiple-routes', bytes: hex('') }],
  ['43 02 4145', { code: 67, name: 'dynamic', bytes: hex('4145') }],
  ['44 01 00', { code: 68, name: 'multisession', bytes: hex('00') }],
  ['48 01 00', { code: 72, name: 'routing-policy-distribution', bytes: hex('00') }],
  ['80 00', { code: 128, name: 'prestandard-route-refresh', bytes: hex('') }],
  ['82 01 00', { code: 130, name: 'prestandard-outbound-route-filtering', bytes: hex('00') }],
  ['83 01 00', { code: 131, name: 'prestandard-multisession', bytes: hex('00') }],
  ['b8 01 00', { code: 184, name: 'prestandard-fqdn', bytes: hex('00') }],
  ['b9 00', { code: 185, name: 'operational', bytes: hex('') }],
  ['ef 01 2a', { code: 239, name: 'unknown', bytes: hex('2a') }],
];
for (const [text, capability] of CAPABILITIES) {
  test(`decodeMessage reads capability ${text} (${capability.name}), and encodeMessage writes it back`, () => {
    const open = openOf(text);
    assert.deepEqual(open.capabilities, [capability]);
    const bytes = encodeMessage({ kind: 'open', open }, FORM);
    assert.deepEqual(decode(bytes), { message: { kind: 'open', open }, warnings: [] });
    assert.deepEqual(bytes.subarray(29 + 2), hex(text)); // behind 29 octets of OPEN, and the parameter's type and length
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
  '03 04 00010001',
  '03 06 000100010140',
  '03 05 0001010100',
  '05 05 0001000100',
  '06 01 00',
  '07 02 0800',
  '08 03 000104',
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
  '4a 01 00',
  '4b 02 c328',
  '4c 04 00010100',
  '4d 01 00',
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

test('decodeMessage takes the extended form by the type octet of 255, whatever length but 0 stands in front (RFC 9072 section 2)', () => {
  const { message: decoded } = decode(message('01', '04 fbf0 00b4 c0000201 09 ff 0009 02 0006 41 04 0000fbf0'));
  assert.equal(decoded.kind === 'open' && decoded.open.extended, true);
  assert.equal(decoded.kind === 'open' && decoded.open.capabilities[0].name, 'four-octet-as');
});

test('encodeMessage puts parameters that hold no capabilities back where they stood', () => {
  const bytes = message('01', '04 fbf0 00b4 c0000201 0d 01 01 aa 02 02 0200 01 00 02 02 4600');
  const { message: decoded } = decode(bytes);
  assert.ok(decoded.kind === 'open');
  assert.deepEqual(decoded.open.otherParameters, [
    { type: 1, bytes: hex('aa'), position: 0 },
    { type: 1, bytes: hex(''), position: 2 },
  ]);
  assert.deepEqual(encodeMessage(decoded, FORM), bytes);
});

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

test('shutdownNotification is the inverse of shutdownCommunication, up to the 255 octets of RFC 9003 section 2', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), fc.boolean(), (text, reset) => {
      const notification = shutdownNotification(reset ? 'reset' : 'shutdown', text);
      assert.deepEqual([notification.code, notification.subcode], [6, reset ? 4 : 2]);
      assert.equal(shutdownCommunication(notification), text);
    }),
  );
  const longest = shutdownNotification('shutdown', 'x'.repeat(255)); // RFC 8203 had 128
  assert.deepEqual([longest.data.length, shutdownCommunication(longest)], [256, 'x'.repeat(255)]);
  assert.throws(() => shutdownNotification('shutdown', 'é'.repeat(128)), RangeError);
});

test('shutdownCommunication and hardResetReason look into a Hard Reset (RFC 8538 section 3.1)', () => {
  const hard = { code: 6, subcode: 9, data: hex('06 02 02 6869') };
  assert.deepEqual(hardResetReason(hard), { code: 6, subcode: 2, data: hex('02 6869') });
  assert.equal(shutdownCommunication(hard), 'hi');
  assert.equal(hardResetReason({ ...hard, data: hex('06') }), null);
  assert.equal(hardResetReason({ ...hard, subcode: 2 }), null);
});

test('notificationName names code and subcode as IANA does, and gives numbers where it has none', () => {
  for (const [code, subcode, name] of [
    [1, 2, 'Message Header Error/Bad Message Length'],
    [2, 11, 'OPEN Message Error/Role Mismatch'],
    [3, 11, 'UPDATE Message Error/Malformed AS_PATH'],
    [4, 0, 'Hold Timer Expired'],
    [5, 3, 'Finite State Machine Error/Receive Unexpected Message in Established State'],
    [6, 10, 'Cease/BFD Down'],
    [6, 77, 'Cease/77'],
    [7, 1, 'ROUTE-REFRESH Message Error/Invalid Message Length'],
    [8, 0, 'Send Hold Timer Expired'],
    [9, 1, '9/1'],
  ] as const) {
    assert.equal(notificationName({ code, subcode }), name);
  }
});

test('shutdownCommunication gives null where there is no text', () => {
  for (const [code, subcode, data] of [
    [6, 2, ''],
    [6, 2, '00'],
    [6, 2, '05 6865'],
    [6, 2, '03 6865'],
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

test('decodeMessage gives back what encodeMessage wrote, of every kind and with every capability, and encodeMessage the bytes', () => {
  const unknown = fc.uint8Array({ maxLength: 50 }).map((body): BgpMessage => ({ kind: 'unknown', type: 200, body }));
  fc.assert(
    fc.property(fc.oneof(sessionMessages, unknown), (value) => {
      const bytes = encodeMessage(value, FORM);
      const decoded = decode(bytes);
      assert.deepEqual(decoded.warnings, []);
      assert.deepEqual(withoutExtended(decoded.message), value);
      assert.deepEqual(encodeMessage(decoded.message, FORM), bytes);
    }),
    { numRuns: 500 },
  );
});

/** Parameters of more than 255 octets take the form of RFC 9072, which the value had not said. */
function withoutExtended(message: BgpMessage): BgpMessage {
  if (message.kind !== 'open') return message;
  const { extended, ...open } = message.open;
  assert.ok(extended === undefined || open.capabilities.length > 1);
  return { kind: 'open', open };
}
