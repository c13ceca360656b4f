// ASPA verification of paths: cases by hand, and every path of up to five hops over six AS numbers against the definition, read
// without ramps: a path is valid where it can be cut so that all before goes up and all behind goes down, by what is attested.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AspaTable, type Aspa } from '../../src/rpki/aspa-table.js';

/** 1 and 2 are at the top; 3 and 4 buy from 1, 4 also from 2; 5 buys from 3 and 4; 6 attests nothing. */
const ASPAS: readonly Aspa[] = [
  { customer: 1, providers: [0] },
  { customer: 2, providers: [0] },
  { customer: 3, providers: [1] },
  { customer: 4, providers: [1] },
  { customer: 4, providers: [2] },
  { customer: 5, providers: [3, 4] },
];

/** Nearest AS first, origin last, as in AS_PATH. */
const CASES: readonly (readonly [name: string, path: readonly (number | readonly number[])[], expected: string])[] = [
  ['one AS', [5], 'valid'],
  ['two ASes, no matter which', [5, 1], 'valid'],
  ['up only', [1, 3, 5], 'valid'],
  ['up and down', [4, 1, 3], 'valid'],
  ['up, across the top, down', [4, 2, 1, 3], 'valid'],
  [
    'up, down, and up again is a leak: AS5 gave a route of AS3 to AS4, and that one to AS2',
    [2, 4, 5, 3, 1],
    'invalid 1/3',
  ],
  ['a valley between two providers', [4, 5, 3], 'invalid 3/5'],
  ['nothing attested by the origin', [1, 3, 6], 'unknown'],
  ['across, and nothing attested by the last', [6, 5, 3], 'unknown'],
  ['up to an AS that is no provider, and on to one that is none of its', [2, 6, 3, 5], 'invalid 3/6'],
  ['a set', [1, 3, [5, 6]], 'invalid'],
  ['an empty path', [], 'invalid'],
  ['AS_TRANS attests nothing, and contradicts nothing', [1, 23456, 5, 3], 'unknown'],
];

for (const [name, path, expected] of CASES) {
  test(`AspaTable.verifyDownstream: ${name}`, () => {
    const { validity, hop } = new AspaTable(ASPAS).verifyDownstream(path);
    assert.equal(hop === null ? validity : `${validity} ${hop.customer}/${hop.provider}`, expected);
  });
}

/** Every way to cut: links before the cut go up, links behind it go down, the cut link, if any, is between peers. */
function byDefinition(path: readonly number[], isUp: (customer: number, provider: number) => boolean): boolean {
  for (let top = 0; top < path.length; top++)
    for (const start of [top, top + 1]) {
      let holds = true;
      for (let i = 0; i + 1 < path.length; i++) {
        if (i < top) holds &&= isUp(path[i], path[i + 1]);
        else if (i >= start) holds &&= isUp(path[i + 1], path[i]);
      }
      if (holds) return true;
    }
  return path.length === 0;
}

function* pathsOf(length: number): Generator<number[]> {
  if (length === 0) yield [];
  else
    for (const rest of pathsOf(length - 1))
      for (let asn = 1; asn <= 6; asn++) if (rest.at(-1) !== asn) yield [...rest, asn];
}

test('AspaTable.verifyDownstream equals the definition on every path of up to five hops over six AS numbers', () => {
  const tables: readonly (readonly Aspa[])[] = [
    ASPAS,
    [],
    [{ customer: 6, providers: [5] }, ...ASPAS.slice(2)],
    [1, 2, 3, 4, 5, 6].map((customer) => ({ customer, providers: [0] })),
    [1, 2, 3, 4, 5, 6].map((customer) => ({ customer, providers: [(customer % 6) + 1, ((customer + 2) % 6) + 1] })),
    [2, 4, 6].map((customer) => ({ customer, providers: [1, 3] })),
  ];
  const seen = new Map<string, number>();
  for (const aspas of tables) {
    const table = new AspaTable(aspas);
    const attests = (customer: number): boolean => aspas.some((one) => one.customer === customer);
    const has = (customer: number, provider: number): boolean =>
      aspas.some((one) => one.customer === customer && one.providers.includes(provider));
    for (const length of [1, 2, 3, 4, 5])
      for (const path of pathsOf(length)) {
        const surely = byDefinition(path, has);
        const perhaps = byDefinition(path, (customer, provider) => !attests(customer) || has(customer, provider));
        const expected = surely ? 'valid' : perhaps ? 'unknown' : 'invalid';
        const { validity, hop } = table.verifyDownstream(path.toReversed());
        assert.equal(validity, expected, `${path.join(' ')} of ${JSON.stringify(aspas)}`);
        if (hop !== null) assert.equal(table.authorization(hop.customer, hop.provider), 'not-provider');
        seen.set(expected, (seen.get(expected) ?? 0) + 1);
      }
  }
  // 6 + 30 + 150 + 750 + 3750 paths without repeats of one AS side by side, in six tables; every verdict occurs.
  assert.equal(
    [...seen.values()].reduce((a, b) => a + b),
    6 * 4686,
  );
  assert.equal(seen.size, 3);
});
