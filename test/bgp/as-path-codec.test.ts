// AS_PATH on the wire, and the merge of AS_PATH with AS4_PATH: the cases of RFC 6793 section 4.2.3, by name.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AsPath, formatPath, SegmentType } from '../../src/bgp/as-path.js';
import { decodeAsPath, encodeAsPath, mergeAs4Path, pathLength } from '../../src/bgp/as-path-codec.js';
import { ByteWriter } from '../../src/wire/byte-writer.js';
import { hex } from './wire-bytes.js';

function decode(text: string, asn4: boolean): string | null {
  const bytes = hex(text);
  const decoded = decodeAsPath(bytes, 0, bytes.length, asn4);
  return decoded === null ? null : formatPath(decoded.path);
}

test('decodeAsPath reads two- and four-octet AS numbers', () => {
  assert.equal(decode('02 03 fbf0 5ba0 ffff', false), '64496 23456 65535');
  assert.equal(decode('02 02 0000fbf0 fffffffe', true), '64496 4294967294');
});

test('decodeAsPath reads sets and confederation segments', () => {
  assert.equal(
    decode('03 02 fde9 fdea 04 01 fdeb 02 01 fbf0 01 02 fbf1 fbf2', false),
    '(65001 65002) [65003] 64496 {64497,64498}',
  );
});

test('decodeAsPath of no bytes is the empty path', () => {
  assert.equal(decode('', true), '');
});

test('decodeAsPath marks an empty segment as a defect and leaves it out', () => {
  const bytes = hex('02 00 02 01 0000fbf0');
  const decoded = decodeAsPath(bytes, 0, bytes.length, true);
  assert.deepEqual(decoded, { path: [{ type: SegmentType.AS_SEQUENCE, asns: [64496] }], defect: true, zero: false });
});

test('decodeAsPath marks AS 0 (RFC 7607), in a set and behind other ASes too', () => {
  for (const text of ['02 02 0000fbf0 00000000', '02 01 0000fbf0 01 02 00000000 0000fbf1']) {
    const bytes = hex(text);
    assert.equal(decodeAsPath(bytes, 0, bytes.length, true)?.zero, true);
  }
});

for (const [name, text] of [
  ['an unknown segment type', '05 01 0000fbf0'],
  ['a segment that overruns', '02 02 0000fbf0'],
  ['a lone segment type', '02'],
] as const) {
  test(`decodeAsPath gives null for ${name}`, () => {
    assert.equal(decode(text, true), null);
  });
}

test('encodeAsPath writes what decodeAsPath read', () => {
  for (const [text, asn4] of [
    ['03 01 fde9 02 02 fbf0 5ba0 01 01 fbf1', false],
    ['02 02 0000fbf0 fffffffe', true],
  ] as const) {
    const bytes = hex(text);
    const writer = new ByteWriter();
    encodeAsPath(writer, decodeAsPath(bytes, 0, bytes.length, asn4)?.path ?? [], asn4);
    assert.deepEqual(writer.finish(), bytes);
  }
});

const sequence = (...asns: number[]): AsPath => [{ type: SegmentType.AS_SEQUENCE, asns }];
const set = (...asns: number[]): AsPath => [{ type: SegmentType.AS_SET, asns }];
const confederation = (...asns: number[]): AsPath => [{ type: SegmentType.AS_CONFED_SEQUENCE, asns }];

test('pathLength counts an AS_SET as one and confederation segments as none', () => {
  assert.equal(pathLength([...confederation(65001, 65002), ...sequence(1, 2, 3), ...set(4, 5)]), 4);
});

const MERGES: readonly [string, AsPath, AsPath, string][] = [
  [
    'the leading ASes by which AS_PATH is longer are kept',
    sequence(275, 250, 225, 23456, 23456),
    sequence(225, 65537, 65538),
    '275 250 225 65537 65538',
  ],
  ['paths of one length: AS4_PATH alone counts', sequence(23456, 23456), sequence(65536, 65537), '65536 65537'],
  ['an AS4_PATH that is longer is ignored', sequence(64496, 23456), sequence(65536, 65537, 65538), '64496 23456'],
  ['an empty AS4_PATH leaves AS_PATH', sequence(64496, 64497), [], '64496 64497'],
  [
    'an AS_SET counts one',
    [...sequence(100, 23456), ...set(200, 300)],
    [...sequence(65536), ...set(200, 300)],
    '100 65536 {200,300}',
  ],
  [
    'a leading confederation segment stays',
    [...confederation(65001), ...sequence(100, 23456)],
    sequence(65536),
    '(65001) 100 65536',
  ],
  [
    'a confederation segment behind the taken part stays',
    [...sequence(100), ...confederation(65001), ...sequence(23456)],
    sequence(65536),
    '100 (65001) 65536',
  ],
  [
    'a confederation segment behind a segment that was cut does not',
    [...sequence(100, 23456), ...confederation(65001)],
    sequence(65536),
    '100 65536',
  ],
  ['a leading AS_SET is taken whole', [...set(100, 101), ...sequence(23456)], sequence(65536), '{100,101} 65536'],
  [
    'a leading AS_SET counts one of those by which AS_PATH is longer',
    [...set(100, 101, 102), ...sequence(200, 201, 23456)],
    sequence(65536),
    '{100,101,102} 200 201 65536',
  ],
];
for (const [name, path, as4Path, merged] of MERGES) {
  test(`mergeAs4Path: ${name}`, () => {
    assert.equal(formatPath(mergeAs4Path(path, as4Path)), merged);
  });
}

test('mergeAs4Path joins AS_SEQUENCEs that meet', () => {
  assert.deepEqual(mergeAs4Path(sequence(100, 23456), sequence(65536)), sequence(100, 65536));
});

test('mergeAs4Path does not join two segments into one of more than 255 ASes', () => {
  const long = Array.from({ length: 255 }, (_, i) => i + 1);
  const merged = mergeAs4Path(sequence(64496, ...long.slice(1), 23456), sequence(...long));
  assert.ok(merged.every(({ asns }) => asns.length <= 255));
  assert.equal(pathLength(merged), 256);
});
