// forged-path as a table of named cases (detection.md section 3): which links are looked at, how they stand, what data says of them, and the
// score, added up by hand: 40 not known, 20 denied by an ASPA, 20 both ASes known by other links, 20 no AS known next to both.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judgeLinks } from '../../src/detection/forged-path.js';
import { type LinkStanding, type LinkView, sliceLinks, sliceToView } from '../../src/detection/link-view.js';
import { policy, reference, type ReferenceParts, view } from '../support/event-builder.js';

const R = '203.0.113.0/24';
const registered = policy(R, { origins: [3333] });

/** A history that knows the links of these paths, and others as they stand. */
function history(paths: readonly string[], others: Readonly<Record<string, LinkStanding>> = {}): LinkView {
  const names = new Map<string, LinkStanding>(Object.entries(others));
  const beside = new Map<number, Set<number>>();
  for (const path of paths) {
    const asns = path.split(' ').map(Number);
    asns.slice(1).forEach((near, index) => {
      names.set(`${asns[index]}-${near}`, 'known');
      beside.set(near, (beside.get(near) ?? new Set()).add(asns[index]));
      beside.set(asns[index], (beside.get(asns[index]) ?? new Set()).add(near));
    });
  }
  return {
    minDistance: 2,
    standing: (a, b) => names.get(`${a}-${b}`) ?? names.get(`${b}-${a}`) ?? 'new',
    around: (a, b) => {
      const [ofA, ofB] = [a, b].map((asn) => [...(beside.get(asn) ?? [])].filter((one) => one !== a && one !== b));
      return { established: ofA.length > 0 && ofB.length > 0, shared: ofA.some((asn) => ofB.includes(asn)) };
    },
  };
}

type Case = readonly [name: string, path: string, expected: string | null, data?: ReferenceParts, links?: LinkView];

const KNOWN = history(['174 1299 1103 3333', '174 6939']);
const AGED = history(['174 1299 1103 3333', '174 6939'], { '6939-1103': 'aged' });

suite('judgeLinks', () => {
  const cases: readonly Case[] = [
    ['nothing of links that are known', '174 1299 1103 3333', null],
    ['nothing of a known link the other way round', '1299 174 6939 3333', null],
    ['a link that was never seen', '174 6939 1103 3333', '6939/1103 80'],
    ['between ASes of which one is seen nowhere else', '6940 1103 3333', '6940/1103 60'],
    ['between ASes that are next to a third', '174 1103 3333', '174/1103 60'],
    ['nothing of a link next to the origin', '174 1299 3333', null],
    ['nothing of a path of two ASes', '174 3333', null],
    ['nothing of a link that touches the origin farther out', '174 3333 1103 3333', null],
    ['of two the one nearest to the origin', '3320 6939 1103 3333', '6939/1103 80'],
    ['a link far from the origin', '6939 1299 1103 3333', '6939/1299 60'],
    ['prepending is no distance', '174 1299 3333 3333 3333', null],
    ['nothing beside an AS_SET', '174 {1299,6939} 1103 3333', null],
    ['nothing of an AS that nobody merged', '174 23456 1103 3333', null],
    [
      'nothing of a link that the relationship file has',
      '174 6939 1103 3333',
      null,
      { relationships: ['6939|1103|0'] },
    ],
    [
      'nothing of one that the file has in two ways',
      '174 6939 1103 3333',
      null,
      { relationships: ['6939|1103|0', '6939|1103|-1'] },
    ],
    ['more where the nearer AS attests others', '174 6939 1103 3333', '6939/1103 100', { aspas: { 1103: [1299] } }],
    ['more where the farther one does', '174 6939 1103 3333', '6939/1103 100', { aspas: { 6939: [174] } }],
    ['no more where one is attested', '174 6939 1103 3333', '6939/1103 80', { aspas: { 1103: [6939], 6939: [174] } }],
    ['nothing of a link known by age', '174 6939 1103 3333', null, {}, AGED],
    ['one known by age that an ASPA denies', '174 6939 1103 3333', '6939/1103 60', { aspas: { 1103: [1299] } }, AGED],
    ['nothing of a known link that an ASPA denies', '174 1299 1103 3333', null, { aspas: { 1103: [0], 1299: [0] } }],
  ];
  for (const [name, path, expected, data = {}, links = KNOWN] of cases)
    test(`judgeLinks: ${name}`, () => {
      const route = view(R, path);
      const found = judgeLinks(route, registered, links, reference(data));
      assert.equal(found === null ? null : `${found.offender} ${found.score}`, expected);
      assert.equal(found?.level ?? 'Warning', 'Warning');
      const again = judgeLinks(route, registered, sliceToView(sliceLinks(route.hops, links)), reference(data));
      assert.deepEqual(again, found, 'the part that is kept says the same');
    });

  test('judgeLinks says which link, how far, what else is new, and what the score is made of', () => {
    const found = judgeLinks(view(R, '3320 6939 1103 3333'), registered, KNOWN, reference({ aspas: { 1103: [1299] } }));
    assert.deepEqual(found?.clauses, [
      'AS6939 had the route from AS1103, 2 hops from the origin: a link that was not known, in either direction',
      'the ASPA of AS1103 does not name AS6939',
      'nor was AS3320-AS6939',
      'score 100 of 100: 40 not known, 20 denied by an ASPA, 20 both ASes are known by other links, 20 no AS is known to be next to both',
    ]);
  });
});
