// `npm run accuracy`: scenarios of a made Internet with labelled events, replayed through the built command, and the table of what was found.
//
//   npm run accuracy                                         1 000 seeds from 1 on; each 20th run three times
//   npm run accuracy -- --seeds 20 --first 7 --only route-leak
//   npm run accuracy -- --seeds 1 --first 7 --keep /tmp/x    keeps the scenario, its labels and what was found in /tmp/x/7
//
// Exit 1 where a target is missed.

import { resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { RULE_MEANINGS } from '../../src/incidents/explanation.js';
import { runSeeds } from './pool.js';
import { faultsOf, report } from './table.js';

const THRICE_EACH = 20;
const MOST_SHOWN = 40;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    first: { type: 'string', default: '1' },
    only: { type: 'string' },
    keep: { type: 'string' },
  },
});
const [count, first] = [Number(values.seeds), Number(values.first)];
const began = process.hrtime.bigint();
const options = Array.from({ length: count }, (_, n) => ({
  seed: first + n,
  known: Object.keys(RULE_MEANINGS),
  only: values.only ?? null,
  keep: values.keep === undefined ? null : resolve(values.keep), // peerwatch runs in the scenario's folder
  thrice: n % THRICE_EACH === 0,
}));
const results = await runSeeds(options, (done) => {
  if (done % 50 === 0) console.error(`${done} of ${count} seeds`);
});
const { lines, good } = report(results);
const minutes = Number(process.hrtime.bigint() - began) / 60e9;
console.log(`${count} seeds from ${first} on, ${minutes.toFixed(1)} minutes`);
console.log(lines.join('\n'));
let shown = 0;
for (const result of results) {
  for (const fault of faultsOf(result))
    if (shown++ < MOST_SHOWN)
      console.log(`seed ${result.seed}: ${fault}\n  npm run accuracy -- --seeds 1 --first ${result.seed} --keep DIR`);
}
if (values.keep !== undefined)
  console.log(
    `replay: cd ${values.keep}/SEED && peerwatch replay --json --dry-run rrc90 rrc91 route-views.made; labels.json says what was made`,
  );
process.exitCode = good ? 0 : 1;
