// A thread that runs seeds, one at a time, as it is told to.

import { parentPort } from 'node:worker_threads';
import { runSeed, type SeedOptions } from './seed.js';

parentPort!.on('message', (options: SeedOptions) => {
  void runSeed(options).then(
    (result) => parentPort!.postMessage({ result }),
    (error: unknown) => parentPort!.postMessage({ error: String(error) }),
  );
});
