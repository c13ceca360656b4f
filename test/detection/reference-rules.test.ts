// rpki-invalid, aspa-invalid and route-leak as tables of named cases, in the order of the rules (detection.md section 3). Verdicts are worked
// out by hand from RFC 6811 section 2, the ASPA draft's downstream procedure and RFC 7908 section 3.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judgeByReference } from '../../src/detection/reference-rules.js';
import { policy, reference, view } from '../support/event-builder.js';

const R = '203.0.113.0/24';

type Case = readonly [name: string, prefix: string, path: string, expected: string | null, internalAs?: number];

function check(rule: string, cases: readonly Case[], data: ReturnType<typeof reference>): void {
  for (const [name, prefix, path, expected, internalAs = null] of cases) {
    test(`judgeByReference, ${rule}: ${name}`, () => {
      const found = judgeByReference(view(prefix, path, internalAs), policy(R), data);
      assert.deepEqual(
        found.map(({ type, offender, level }) => `${type} ${offender} ${level}`),
        expected === null ? [] : [`${rule} ${expected}`],
      );
    });
  }
}

suite('judgeByReference on origins (RFC 6811)', () => {
  const vrps = ['203.0.113.0/24 64496', '203.0.113.64/26-27 64497', '203.0.113.128/25 0'];
  check(
    'rpki-invalid',
    [
      ['the registered prefix from its origin is Valid', R, '65001 64496', null],
      ['another origin', R, '65001 64511', '64511 origin Warning'],
      ['the origin, longer than authorised', '203.0.113.0/25', '65001 64496', '64496 length Warning'],
      ['longer, under a VRP that allows it', '203.0.113.64/27', '65001 64497', null],
      ['longer than a maximum length', '203.0.113.64/28', '65001 64497', '64497 length Warning'],
      ['one of two covering VRPs authorises it', '203.0.113.64/26', '65001 64497', null],
      ['under AS 0 and a VRP of another', '203.0.113.128/25', '65001 64511', '64511 origin Warning'],
      ['AS 0 itself matches no VRP', '203.0.113.128/25', '65001 0', '0 origin Warning'],
      ['no VRP covers it', '198.51.100.0/24', '65001 64511', null],
      ['a final AS_SET has the origin NONE, whoever is in it', R, '65001 {64496,64511}', 'AS_SET origin Warning'],
      ['a final AS_SET with AS_TRANS is NONE too', R, '65001 {64496,23456}', 'AS_SET origin Warning'],
      ['AS_TRANS as origin is unknown', R, '65001 23456', null],
      ['an empty path over eBGP is unknown', R, '', null],
      ['an empty path over iBGP is the peer itself', R, '', '64511 origin Warning', 64511],
    ],
    reference({ vrps }),
  );
  check(
    'rpki-invalid',
    [['AS 0 alone is authorised', R, '65001 64496', '64496 as0 Warning']],
    reference({ vrps: ['203.0.112.0/23-24 0'] }),
  );

  test('judgeByReference names the reason and the covering VRPs of an rpki-invalid', () => {
    const [{ clauses, observed }] = judgeByReference(
      view('203.0.113.0/25', '65001 64496'),
      policy(R),
      reference({ vrps }),
    );
    assert.deepEqual(clauses, [
      '203.0.113.0/25 with origin AS64496 is RPKI invalid',
      'its origin is authorised, but not for a prefix of this length',
      'covering VRPs: 203.0.113.0/24 AS64496',
    ]);
    assert.deepEqual(observed, { origin: 64496, neighbor: 65001 });
  });
});

suite('judgeByReference on providers (ASPA, downstream)', () => {
  // 64496 buys from 64500 alone; 64500 from 64501; 64510 from nobody.
  const aspas = { 64496: [64500], 64500: [64501], 64510: [0] };
  check(
    'aspa-invalid',
    [
      ['up to a provider', R, '64500 64496', null],
      ['up twice', R, '64501 64500 64496', null],
      ['up, and down to one that attests nothing', R, '64999 64501 64500 64496', null],
      ['two ASes are never Invalid: they may be peers', R, '64510 64496', null],
      ['a hop up and a hop down that are both contradicted', R, '64496 64510 64496', '64496/64510 Error'],
      ['the contradicted hop nearest to the origin', R, '64500 64510 64500 64496', '64500/64510 Error'],
      ['AS_TRANS attests nothing', R, '64496 23456 64496', null],
      ['an AS_SET is Invalid', R, '64500 {64496,64497}', 'AS_SET Error'],
      ['an AS_SET in the midst too', R, '64500 {64498,64497} 64496', 'AS_SET Error'],
      ['an empty path over eBGP is Invalid', R, '', 'empty path Error'],
      ['an empty path over iBGP is the peer alone', R, '', null, 64496],
    ],
    reference({ aspas }),
  );

  test('judgeByReference names the contradicted hop of an aspa-invalid', () => {
    const [{ clauses }] = judgeByReference(view(R, '64500 64510 64500 64496'), policy(R), reference({ aspas }));
    assert.match(clauses[0], /^AS64500 handed the route to AS64510, which is not among the providers/);
  });
});

suite('judgeByReference on leaks (RFC 7908)', () => {
  // 64501 and 64502 are at the top; 64500 buys from both and is a peer of 64503; 64496 buys from 64500.
  const relationships = [
    '64501|64502|0',
    '64501|64500|-1',
    '64502|64500|-1',
    '64501|64503|-1',
    '64500|64503|0',
    '64503|64504|0',
    '64500|64496|-1',
  ];
  check(
    'route-leak',
    [
      ['up and down', R, '64503 64501 64500 64496', null],
      ['type 1', R, '64502 64500 64501 64496', '64500 Error'],
      ['type 2', R, '64504 64503 64500 64496', '64503 Error'],
      ['type 3', R, '64503 64500 64501 64496', '64500 Error'],
      ['type 4', R, '64501 64503 64500 64496', '64503 Error'],
      ['between two at the top', R, '64502 64999 64501 64496', '64999 Error'],
      ['an unknown link', R, '64999 64500 64501 64496', null],
      ['an AS_SET', R, '64502 {64500} 64501 64496', null],
    ],
    reference({ relationships }),
  );

  test('judgeByReference names giver, receiver, both relationships and the type of a route-leak', () => {
    const clausesOf = (path: string) =>
      judgeByReference(view(R, path), policy(R), reference({ relationships }))[0].clauses;
    assert.deepEqual(clausesOf('64503 64500 64501 64496'), [
      'AS64500 had the route from AS64501 (its provider) and gave it to AS64503 (its peer)',
      'RFC 7908 type 3',
    ]);
    assert.deepEqual(clausesOf('64502 64999 64501 64496'), [
      'AS64999 had the route from AS64501 (relationship unknown) and gave it to AS64502 (relationship unknown)',
      'AS64501 and AS64502 are at the top of the hierarchy, AS64999 between them is not',
    ]);
  });
});

test('judgeByReference gives what matches in the order of the table', () => {
  const data = reference({
    vrps: ['203.0.113.0/24 64497'],
    aspas: { 64496: [0] },
    relationships: ['64501|64500|-1', '64502|64500|-1'],
  });
  const found = judgeByReference(view(R, '64502 64500 {64501} 64496'), policy(R), data);
  assert.deepEqual(
    found.map(({ type }) => type),
    ['rpki-invalid', 'aspa-invalid'],
  );
});
