// The pivot of a path change: the first difference from the origin (detection.md section 3). Paths read from the peer to the origin.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { pivotOf, type PivotRoute } from '../../src/detection/path-pivot.js';
import { path, view } from '../support/event-builder.js';

function route(text: string): PivotRoute {
  return { view: view('203.0.113.0/24', text), path: path(text) };
}

const cases: readonly (readonly [string, string, string, number | null])[] = [
  ['null where nothing changed', '1 2 3', '1 2 3', null],
  ['the new origin', '1 2 3', '1 2 4', 4],
  ['the new neighbour, whatever differs beyond it', '1 7 2 3', '1 8 5 3', 5],
  ['the new transit AS nearest to the origin', '1 7 2 3', '1 9 8 2 3', 8],
  ['the peer itself where it left out a hop', '1 7 2 3', '1 2 3', 1],
  ['the AS put between', '1 2 3', '1 5 2 3', 5],
  ['the old AS where the new path has ended (a route server does not put itself on the path)', '2 3', '3', 2],
  ['the AS that came before the whole old path', '2 3', '1 2 3', 1],
  ['the origin that prepends itself', '1 2 3', '1 2 3 3 3', 3],
  ['the origin that no longer does', '1 2 3 3 3', '1 2 3', 3],
  ['of two that prepend the one nearer to the origin', '1 2 3', '1 1 2 2 3', 2],
  ['the difference of hops before that of repetitions', '1 2 3', '1 5 3 3', 5],
  ['null where only confederation segments differ', '(9) 1 2', '1 2', null],
  ['the lowest member of an AS_SET', '1 2 3', '1 2 {8,7}', 7],
  ['null where it is AS_TRANS', '1 2 3', '1 23456 3', null],
];

suite('pivotOf', () => {
  for (const [name, old, fresh, pivot] of cases) {
    test(`pivotOf gives ${name}`, () => {
      assert.equal(pivotOf(route(old), route(fresh)), pivot);
    });
  }
});
