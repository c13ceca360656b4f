// Classes of path change, the gravest first: origin > neighbour > transit > prepend > attributes (detection.md section 3).

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ComparedRoute, classifyPathChange } from '../../src/detection/path-change.js';
import { view } from '../support/event-builder.js';

function route(path: string, attributes = ''): ComparedRoute {
  return { view: view('203.0.113.0/24', path), pathText: path, attributes };
}

const cases: readonly (readonly [string, string, string, string | null])[] = [
  ['nothing where nothing changed', '1 2 3', '1 2 3', null],
  ['origin where the last AS differs', '1 2 3', '1 2 4', 'origin'],
  ['origin before everything else that changed too', '1 2 3', '9 8 8 4', 'origin'],
  ['neighbour where the AS next to the origin differs', '1 2 3', '1 5 3', 'neighbour'],
  ['neighbour where there was none', '3', '1 3', 'neighbour'],
  ['transit where an AS further on differs', '1 2 3', '7 2 3', 'transit'],
  ['transit where the path grew at its far end', '2 3', '1 2 3', 'transit'],
  ['prepend where only repetition differs', '1 2 3', '1 2 3 3', 'prepend'],
  ['prepend where repetition in the middle differs', '1 2 2 3', '1 2 3', 'prepend'],
  ['prepend where only confederation segments differ', '(9) 1 2', '1 2', 'prepend'],
  ['transit before prepend', '1 2 3', '7 2 3 3', 'transit'],
];

suite('classifyPathChange', () => {
  for (const [name, old, fresh, kind] of cases) {
    test(`classifyPathChange gives ${name}`, () => {
      assert.equal(classifyPathChange(route(old), route(fresh)), kind);
    });
  }

  test('classifyPathChange gives attributes where the path is the same and they are not', () => {
    assert.equal(classifyPathChange(route('1 2', 'med 1'), route('1 2', 'med 2')), 'attributes');
  });

  test('classifyPathChange gives the change of path before that of attributes', () => {
    assert.equal(classifyPathChange(route('1 2', 'med 1'), route('1 2 2', 'med 2')), 'prepend');
  });
});
