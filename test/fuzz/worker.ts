// A thread of `npm run fuzz`.

import { parentPort, workerData } from 'node:worker_threads';
import { fuzz } from './fuzz.js';

const { seed, inputs, until } = workerData as { seed: number; inputs: number; until: number };
const tally = await fuzz({
  seed,
  inputs,
  isOver: () => Date.now() > until,
  onProgress: (done) => parentPort?.postMessage({ done }),
});
parentPort?.postMessage({ tally });
