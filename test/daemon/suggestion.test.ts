// Which mistyped words find their way.

import assert from 'node:assert/strict';
import test from 'node:test';
import { nearestWord } from '../../src/daemon/suggestion.js';

test('nearestWord finds the word that was meant, and none where nothing is near', () => {
  const known = ['listen', 'tokenFile', 'insecure', 'for', 'min'];
  const cases: readonly [string, string | undefined][] = [
    ['listne', 'listen'], // two neighbours swapped
    ['lisen', 'listen'], // a letter missing
    ['listenn', 'listen'], // a letter too many
    ['tokenfile', 'tokenFile'], // case
    ['insecue', 'insecure'],
    ['fro', 'for'],
    ['port', undefined],
    ['x', undefined],
    ['', undefined],
  ];
  for (const [word, expected] of cases) assert.equal(nearestWord(word, known), expected, word);
});
