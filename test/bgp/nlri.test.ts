// NLRI blocks: plain and with path identifiers, by hand and against the encoder, and how a block is surveyed without reading it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ADD_PATH_NLRI, decodeNlri, encodeNlri, type NlriMode, PLAIN_NLRI } from '../../src/bgp/nlri.js';
import { DEFAULT_TWICE, FRAMED, HOST_BITS, LARGE_ID, surveyAddPath, surveyPlain } from '../../src/bgp/nlri-survey.js';
import { WarningList } from '../../src/bgp/warnings.js';
import { type Afi } from '../../src/ip/address.js';
import { ByteWriter } from '../../src/wire/byte-writer.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { hex, ipv4Prefix, ipv6Prefix, nlriList } from './wire-bytes.js';

interface ReadOptions {
  readonly afi?: Afi;
  readonly addPath?: boolean;
}

function read(text: string, options: ReadOptions = {}): { list: string[]; warnings: readonly string[] } {
  const { afi = 1, addPath = false } = options;
  const bytes = hex(text);
  const warnings = new WarningList();
  const policy = addPath ? ADD_PATH_NLRI : PLAIN_NLRI;
  const nlri = decodeNlri(bytes, 0, bytes.length, { afi, safi: 1, policy, warnings });
  const list = nlri.map(({ prefix, pathId }) =>
    pathId === undefined ? prefix.toString() : `${prefix.toString()} ${pathId}`,
  );
  return { list, warnings: warnings.codes };
}

test('decodeNlri reads lengths that end inside an octet, default routes and host routes', () => {
  const { list, warnings } = read('18 c00002  00  20 c6336401  0c 0a10  01 80');
  assert.deepEqual(list, ['192.0.2.0/24', '0.0.0.0/0', '198.51.100.1/32', '10.16.0.0/12', '128.0.0.0/1']);
  assert.deepEqual(warnings, []);
});

test('decodeNlri reads IPv6 prefixes', () => {
  const { list } = read('20 20010db8  00  40 20010db8 00010002  80 20010db8 00000000 00000000 00000001', { afi: 2 });
  assert.deepEqual(list, ['2001:db8::/32', '::/0', '2001:db8:1:2::/64', '2001:db8::1/128']);
});

test('decodeNlri reads path identifiers in front of each prefix (RFC 7911 section 3)', () => {
  const { list } = read('00000001 18 c00002  ffffffff 00', { addPath: true });
  assert.deepEqual(list, ['192.0.2.0/24 1', '0.0.0.0/0 4294967295']);
});

test('decodeNlri masks host bits and says so once', () => {
  const { list, warnings } = read('14 c0a8ff  14 0a0001');
  assert.deepEqual(list, ['192.168.240.0/20', '10.0.0.0/20']);
  assert.deepEqual(warnings, ['nlri-host-bits']);
});

const BROKEN: readonly [string, string, ReadOptions, string][] = [
  ['an IPv4 length over 32', '21 c000020100', {}, 'nlri-length'],
  ['an IPv6 length over 128', '81 00', { afi: 2 }, 'nlri-length'],
  ['a prefix cut short', '18 c000', {}, 'nlri-truncated'],
  ['a path identifier cut short', '000000', { addPath: true }, 'nlri-truncated'],
  ['a path identifier without a prefix', '00000001', { addPath: true }, 'nlri-truncated'],
];
for (const [name, text, options, code] of BROKEN) {
  test(`decodeNlri throws ${code} for ${name}`, () => {
    assert.throws(
      () => read(text, options),
      (error) => error instanceof DecodeError && error.code === code,
    );
  });
}

test('decodeNlri does not read a block that the policy leaves undecided, and says so', () => {
  for (const [mode, code] of [
    ['undecided', 'nlri-undecided'],
    ['default-twice', 'nlri-default-twice'],
  ] as const) {
    const warnings = new WarningList();
    const policy = { modeOf: (): NlriMode => mode };
    assert.deepEqual(decodeNlri(hex('18c00002'), 0, 4, { afi: 1, safi: 1, policy, warnings }), []);
    assert.deepEqual(warnings.codes, [code]);
  }
});

test('decodeNlri asks the policy with the family, and never for an empty block', () => {
  const asked: number[] = [];
  const policy = {
    modeOf: (_bytes: Uint8Array, _start: number, _end: number, family: number): NlriMode => {
      asked.push(family);
      return 'plain';
    },
  };
  const warnings = new WarningList();
  decodeNlri(hex('00'), 0, 1, { afi: 2, safi: 1, policy, warnings });
  decodeNlri(hex(''), 0, 0, { afi: 1, safi: 2, policy, warnings });
  assert.deepEqual(asked, [2 * 256 + 1]);
});

for (const [afi, prefix] of [
  [1, ipv4Prefix],
  [2, ipv6Prefix],
] as const) {
  for (const addPath of [false, true]) {
    test(`decodeNlri gives back what encodeNlri wrote: AFI ${afi}, ${addPath ? 'path identifiers' : 'plain'}`, () => {
      fc.assert(
        fc.property(nlriList(prefix, addPath), (list) => {
          const writer = new ByteWriter();
          encodeNlri(writer, list, addPath);
          const bytes = writer.finish();
          const warnings = new WarningList();
          const policy = addPath ? ADD_PATH_NLRI : PLAIN_NLRI;
          assert.deepEqual(decodeNlri(bytes, 0, bytes.length, { afi, safi: 1, policy, warnings }), list);
          assert.deepEqual(warnings.codes, []);
          const survey = addPath ? surveyAddPath : surveyPlain;
          assert.equal(survey(bytes, 0, bytes.length, afi === 1 ? 32 : 128) & (FRAMED | HOST_BITS), FRAMED);
        }),
      );
    });
  }
}

const PLAIN_SURVEYS: readonly [string, string, number][] = [
  ['a legal block', '18 c00002 08 0a', FRAMED],
  ['one default route', '00 18 c00002', FRAMED],
  ['two default routes', '00 00', FRAMED | DEFAULT_TWICE],
  ['host bits', '14 c0a8ff', FRAMED | HOST_BITS],
  ['a length over 32', '21 0000000000', 0],
  ['a prefix cut short', '18 c000', 0],
  [
    'an ADD-PATH block of one /24, which reads as three default routes and a /1 with host bits',
    '00000001 18 c00002',
    0,
  ],
];
for (const [name, text, flags] of PLAIN_SURVEYS) {
  test(`surveyPlain of ${name}`, () => {
    const survey = surveyPlain(hex(text), 0, hex(text).length, 32);
    assert.equal(survey & FRAMED, flags & FRAMED);
    if ((flags & FRAMED) !== 0) assert.equal(survey, flags);
  });
}

test('surveyAddPath tells identifiers of 2^27 and more, bad lengths, cut blocks and host bits', () => {
  const survey = (text: string): number => surveyAddPath(hex(text), 0, hex(text).length, 32);
  assert.equal(survey('07ffffff 18 c00002'), FRAMED);
  assert.equal(survey('08000000 18 c00002'), FRAMED | LARGE_ID);
  assert.equal(survey('00000001 14 c0a8ff'), FRAMED | HOST_BITS);
  assert.equal(survey('00000001 21 0000000000') & FRAMED, 0);
  assert.equal(survey('00000001') & FRAMED, 0);
  assert.equal(survey('00000001 18 c000') & FRAMED, 0);
});

test('a run of aligned /24s is legal both ways, as the measured rule expects', () => {
  // 24.192.0.0/24 written plain is 18 18 c0 00, which is also the first octets of an identifier.
  const text = '18 18c000 18 18c001 18 18c002 18 18c003 18 18c004';
  const bytes = hex(text);
  assert.equal(surveyPlain(bytes, 0, bytes.length, 32), FRAMED);
});
