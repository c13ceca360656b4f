// A short run of what `npm run fuzz` does for long, and the cases that were found by it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foundCases, readCorpus } from './corpus.js';
import { fuzz } from './fuzz.js';
import { Mutator } from './mutator.js';
import { DecodeOracle } from './oracle.js';
import { Random } from './random.js';

test('MrtDecoder throws nothing but DecodeError, and RecordFramer finds every intact record, in 2 000 000 damaged inputs', async () => {
  const inputs = 2_000_000;
  const tally = await fuzz({ seed: 20_260_101, inputs });
  assert.deepEqual(tally.failures, []);
  assert.equal(tally.inputs, inputs);
  assert.equal(tally.decoded + tally.refused, inputs);
  // Neither is the damage such that nothing is decoded, nor such that nothing is refused.
  assert.ok(tally.decoded > inputs / 10 && tally.refused > inputs / 10, JSON.stringify(tally));
});

test('Mutator gives the same inputs for the same seed', async () => {
  const seeds = await readCorpus();
  const [one, two] = [new Mutator(new Random(7), seeds), new Mutator(new Random(7), seeds)];
  for (let i = 0; i < 1000; i++) assert.deepEqual(one.next().slice(), two.next());
});

for (const [name, bytes] of foundCases()) {
  test(`MrtDecoder reads or refuses ${name}, which fuzzing found`, () => {
    const oracle = new DecodeOracle();
    for (let i = 0; i < 8; i++) oracle.check(bytes); // one in four is printed and written too
    assert.equal(oracle.decoded + oracle.refused, 8);
  });
}
