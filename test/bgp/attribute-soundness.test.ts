// isSoundAttribute: the lengths that RFC 7606 section 7 and the RFCs of later attributes allow, and the paths of its section 7.2.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSoundAttribute } from '../../src/bgp/attribute-soundness.js';
import { hex } from './wire-bytes.js';

/** Lengths up to 24 octets that are right, by attribute type; the types whose defects leave the route as it is take any. */
const RIGHT: readonly [name: string, type: number, lengths: readonly number[] | 'any'][] = [
  ['ORIGIN (7.1)', 1, [1]],
  ['NEXT_HOP (7.3)', 3, [4]],
  ['MULTI_EXIT_DISC (7.4)', 4, [4]],
  ['LOCAL_PREF (7.5)', 5, [4]],
  ['ATOMIC_AGGREGATE (7.6: discarded)', 6, 'any'],
  ['AGGREGATOR (7.7: discarded)', 7, 'any'],
  ['COMMUNITIES (7.8)', 8, [4, 8, 12, 16, 20, 24]],
  ['ORIGINATOR_ID (7.9)', 9, [4]],
  ['CLUSTER_LIST (7.10)', 10, [4, 8, 12, 16, 20, 24]],
  ['EXTENDED COMMUNITIES (7.14)', 16, [8, 16, 24]],
  ['AS4_PATH (RFC 6793 section 6: discarded)', 17, 'any'],
  ['AS4_AGGREGATOR (RFC 6793 section 6: discarded)', 18, 'any'],
  ['LARGE_COMMUNITY (RFC 8092 section 6)', 32, [12, 24]],
  ['ONLY_TO_CUSTOMER (RFC 9234 section 5)', 35, [4]],
  ['an attribute that only the decoder knows', 99, []],
];
for (const [name, type, right] of RIGHT) {
  test(`isSoundAttribute knows the lengths of ${name}`, () => {
    const all = Array.from({ length: 25 }, (_, length) => length);
    const sound = all.filter((length) => isSoundAttribute(type, new Uint8Array(30), 3, 3 + length, true));
    assert.deepEqual(sound, right === 'any' ? all : right);
  });
}

test('isSoundAttribute refuses an ORIGIN that is not defined (RFC 7606 section 7.1)', () => {
  const sound = [0, 1, 2, 3, 255].filter((origin) => isSoundAttribute(1, Uint8Array.of(origin), 0, 1, true));
  assert.deepEqual(sound, [0, 1, 2]);
});

const PATHS: readonly [name: string, path: string, asn4: boolean, sound: boolean][] = [
  ['no segment', '', true, true],
  ['all four types of segments', '03 01 0000fde9 04 01 0000fdea 02 02 0000fbf0 0000fbf1 01 01 0000fbf2', true, true],
  ['two-octet numbers', '02 02 fbf0 fbf1', false, true],
  ['two-octet numbers read as four', '02 02 fbf0 fbf1', true, false],
  ['type 0', '00 01 0000fbf0', true, false],
  ['type 5', '05 01 0000fbf0', true, false],
  ['an empty segment', '02 01 0000fbf0 02 00', true, false],
  ['a segment that overruns', '02 02 0000fbf0', true, false],
  // At the end of the bytes its count was undefined, every comparison with it false, and the path passed for sound.
  ['a lone segment type at the end of the bytes', '02 01 0000fbf0 02', true, false],
];
for (const [name, path, asn4, sound] of PATHS) {
  test(`isSoundAttribute ${sound ? 'takes' : 'refuses'} an AS_PATH with ${name} (RFC 7606 section 7.2)`, () => {
    const bytes = hex(path);
    assert.equal(isSoundAttribute(2, bytes, 0, bytes.length, asn4), sound);
  });
}
