// suggest: words that are near, and words that are not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suggest } from '../../src/registry/suggestion.js';

test('suggest finds the word that was meant and nothing far-fetched', () => {
  const words = ['prefix', 'origins', 'moreSpecifics'];
  assert.deepEqual(
    ['prefx', 'origin', 'morespecific', 'zzzzzz'].map((word) => suggest(word, words)),
    ['prefix', 'origins', 'moreSpecifics', null],
  );
});
