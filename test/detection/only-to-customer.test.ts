// OTC (RFC 9234 section 5) as a table: what a route may do behind the AS that set it, by the relationship of every hop; then what the registry
// alone knows. 10 is the AS that OTC names; it has the customer 20, the peer 30 and the provider 40. 20, 30 and 40 each have a customer
// (21, 31, 41), a peer (22, 32, 42) and a provider (23, 33, 43) beside. 11 is a sibling of 10; 12 its provider.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findOtcLeak } from '../../src/detection/only-to-customer.js';
import { judgeByReference } from '../../src/detection/reference-rules.js';
import { noReferenceData, type ReferenceData } from '../../src/detection/reference-data.js';
import { readRelationships } from '../../src/relations/as-relationships.js';
import { policy, reference, view } from '../support/event-builder.js';

const LINES = ['10|20|-1', '10|30|0', '40|10|-1', '10|11|2', '12|11|-1', '11|13|0', '13|14|0'].concat(
  [20, 30, 40].flatMap((asn) => [`${asn}|${asn + 1}|-1`, `${asn}|${asn + 2}|0`, `${asn + 3}|${asn}|-1`]),
);
const { relationships } = readRelationships(LINES);

/** Nearest AS first, origin last; OTC = 10. */
const CASES: readonly (readonly [
  name: string,
  path: readonly (number | readonly number[])[],
  expected: string | null,
])[] = [
  ['to a customer', [20, 10], null],
  ['to a peer (egress rule 1, ingress rule 3)', [30, 10], null],
  ['to a provider (egress rule 2)', [40, 10], '10 to its provider 40'],
  ['to a customer, then to its customer', [21, 20, 10], null],
  ['to a customer, then to its peer', [22, 20, 10], '20 to its peer 22'],
  ['to a customer, then to its provider', [23, 20, 10], '20 to its provider 23'],
  ['to a peer, then to its customer', [31, 30, 10], null],
  ['to a peer, then to its peer (ingress rule 2)', [32, 30, 10], '30 to its peer 32'],
  ['to a peer, then to its provider (ingress rule 1)', [33, 30, 10], '30 to its provider 33'],
  ['far behind it', [23, 20, 99, 98, 10], '20 to its provider 23'],
  ['what was before it does not count', [20, 10, 40, 43], null],
  ['behind an unknown link', [22, 20, 23, 10], '20 to its peer 22'],
  ['the first of two', [43, 40, 10, 7], '10 to its provider 40'],
  ['an unknown link says nothing', [99, 10], null],
  ['not on the path: a route server', [22, 20, 5], null],
  ['on the path twice: from the last one on', [20, 10, 99, 40, 10], null],
  ['a sibling may send sideways', [13, 11, 10], null],
  ['a sibling may not send up', [12, 11, 10], '11 to its provider 12'],
  ['behind the sibling it goes down only', [14, 13, 11, 10], '13 to its peer 14'],
  ['nothing behind an AS_SET', [22, 20, [1, 2], 10], null],
  ['nothing at AS_TRANS', [22, 23456, 10], null],
  ['the peer of the collector itself', [10], null],
  ['an empty path', [], null],
];

for (const [name, path, expected] of CASES)
  test(`findOtcLeak: ${name}`, () => {
    const leak = findOtcLeak(path, 10, (asn, other) => relationships.of(asn, other));
    assert.equal(leak === null ? null : `${leak.leaker} to its ${leak.relation} ${leak.to}`, expected);
  });

test('findOtcLeak says nothing of AS_TRANS', () => {
  assert.equal(
    findOtcLeak([40, 23456], 23456, () => 'provider'),
    null,
  );
});

suite('judgeByReference on OTC', () => {
  const R = policy('203.0.113.0/24');
  const cases: readonly (readonly [
    name: string,
    path: string,
    otc: number,
    expected: string[],
    data?: ReferenceData,
  ])[] = [
    ['its own origin sent it to its registered provider', '65001 64500 64496', 64496, ['route-leak 64496 Error']],
    ['an OTC of the provider is as it should be', '65001 64500 64496', 64500, []],
    ['without a registered provider on the path nothing is known', '65001 64499 64496', 64496, []],
    [
      'with relationships the one that passed it on',
      '65001 64499 64500 64496',
      64500,
      ['route-leak 64499 Error'],
      reference({ relationships: ['64500|64499|-1', '64499|65001|0'] }),
    ],
  ];
  for (const [name, path, otc, expected, data = noReferenceData] of cases)
    test(`judgeByReference: ${name}`, () => {
      const route = { ...view('203.0.113.0/24', path), marks: { blackhole: false, onlyToCustomer: otc } };
      assert.deepEqual(
        judgeByReference(route, R, data).map(({ type, offender, level }) => `${type} ${offender} ${level}`),
        expected,
      );
    });

  test('judgeByReference names what OTC says', () => {
    const route = { ...view('203.0.113.0/24', '64500 64496'), marks: { blackhole: false, onlyToCustomer: 64496 } };
    assert.deepEqual(judgeByReference(route, R, noReferenceData)[0].clauses, [
      'the route bears ONLY_TO_CUSTOMER = AS64496: after AS64496 it may go to customers alone (RFC 9234)',
      'AS64496 gave it to AS64500 (its provider)',
    ]);
  });
});
