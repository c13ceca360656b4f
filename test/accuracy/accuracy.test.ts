// Twenty scenarios of `npm run accuracy`, two of them run three times: every target is reached.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RULE_MEANINGS } from '../../src/incidents/explanation.js';
import { runSeeds } from './pool.js';
import { faultsOf, report } from './table.js';

test('replay finds every event of 20 made scenarios once, and nothing else, in any order and after kills', async () => {
  const options = Array.from({ length: 20 }, (_, n) => ({
    seed: 1 + n,
    known: Object.keys(RULE_MEANINGS),
    only: null,
    keep: null,
    thrice: n % 10 === 0,
  }));
  const results = await runSeeds(options);
  const { lines, good } = report(results);
  const faults = results.flatMap((one) => faultsOf(one).map((fault) => `seed ${one.seed}: ${fault}`));
  assert.ok(good, [...lines, ...faults].join('\n'));
});
