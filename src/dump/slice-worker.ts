// A thread that counts slices of one file (slice.ts) until none is left. Not to be imported.

import { openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { type SliceJob, SliceCounter } from './slice.js';
import { SliceTurns } from './slice-turns.js';

const port = parentPort!;

port.once('message', ({ job, turns: memory }: { readonly job: SliceJob; readonly turns: Int32Array }) => {
  const turns = new SliceTurns(memory, job.count);
  const file = openSync(job.path, 'r');
  const counter = new SliceCounter(job, (buffer, position) => readSync(file, buffer, 0, buffer.length, position));
  for (let slice = turns.wait(); slice >= 0; slice = turns.wait()) port.postMessage(counter.count(slice));
});
