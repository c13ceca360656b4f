// Path forms (detection.md section 1) as the rules see them.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { accusedOrigin, originIn } from '../../src/detection/route-view.js';
import { view } from '../support/event-builder.js';

const P = '203.0.113.0/24';

/** [why, path, iBGP peer AS, origin, neighbour] */
const forms: readonly (readonly [string, string, number | null, string, number | null])[] = [
  ['takes the last AS and the one before it', '65001 64500 64496', null, 'as 64496', 64500],
  ['merges prepending on both sides', '65001 64500 64500 64496 64496', null, 'as 64496', 64500],
  ['has no neighbour in a path of one AS', '64496 64496', null, 'as 64496', null],
  ['strips confederations in front', '(65100 65101) 64500 64496', null, 'as 64496', 64500],
  ['strips confederations between', '64500 [65100,65101] 64496', null, 'as 64496', 64500],
  ['strips confederations behind', '64500 64496 (65100)', null, 'as 64496', 64500],
  [
    'joins sequences around a stripped segment: one run stays one run',
    '64500 64496 (65100) 64496',
    null,
    'as 64496',
    64500,
  ],
  ['takes a final AS_SET as a set', '64500 {64511,64496}', null, 'set 64511,64496', 64500],
  ['takes a final AS_SET of one as a set', '64500 {64496}', null, 'set 64496', 64500],
  ['has no neighbour where an AS_SET stands there', '64500 {64511,64510} 64496', null, 'as 64496', null],
  ['takes an empty iBGP path as the peer AS', '', 64496, 'as 64496', null],
  ['takes an iBGP path of confederation segments as the peer AS', '(65100)', 64496, 'as 64496', null],
  ['knows nothing of an empty eBGP path', '', null, 'unknown', null],
  ['knows nothing of AS_TRANS', '64500 23456', null, 'unknown', 64500],
  ['knows nothing of a set with AS_TRANS', '64500 {23456,64511}', null, 'unknown', 64500],
  ['has no neighbour where AS_TRANS stands there', '64500 23456 64496', null, 'as 64496', null],
  ['ignores the iBGP peer AS where the path is not empty', '64500 64496', 64511, 'as 64496', 64500],
  [
    'knows nothing of an empty path whose two ends are both AS_TRANS: they need not be one AS',
    '',
    23456,
    'unknown',
    null,
  ],
  ['knows nothing of an empty path between two ends of AS 0', '', 0, 'unknown', null],
];

suite('viewRoute', () => {
  for (const [why, path, internalAs, origin, neighbor] of forms) {
    test(`viewRoute ${why}`, () => {
      const seen = view(P, path, internalAs);
      const { origin: found } = seen;
      const text =
        found.kind === 'as' ? `as ${found.asn}` : found.kind === 'set' ? `set ${found.members.join(',')}` : 'unknown';
      assert.equal(text, origin);
      assert.equal(seen.neighbor, neighbor);
    });
  }
});

test('originIn is true of a set where any member is allowed, and never of an unknown origin', () => {
  assert.equal(originIn(view(P, '{1,2}').origin, [2, 3]), true);
  assert.equal(originIn(view(P, '{1,2}').origin, [3]), false);
  assert.equal(originIn(view(P, '7').origin, [7]), true);
  assert.equal(originIn(view(P, '').origin, [0, 23456]), false);
});

test('accusedOrigin is the origin, the lowest member of a set by number, or null', () => {
  assert.equal(accusedOrigin(view(P, '5 10').origin), 10);
  assert.equal(accusedOrigin(view(P, '5 {100,9,20}').origin), 9);
  assert.equal(accusedOrigin(view(P, '').origin), null);
});
