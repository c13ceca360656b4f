// A thread of `count-inputs.ts`: counts one file after the other. Not to be imported.

import { parentPort, workerData } from 'node:worker_threads';
import { parsePrefix } from '../ip/prefix-text.js';
import { elementFilter } from '../mrt/element-filter.js';
import { fileInput, type InputFile } from '../sources/input-files.js';
import { type CountMessage, type CountOptions, type CountReport, type CountTask } from './count-inputs.js';
import { dumpInput, failureOf } from './dump-input.js';
import { type LossReport } from './record-dump.js';
import { DumpStats } from './stats.js';

const port = parentPort!;
const { filter: conditions, countAll, maxLosses } = workerData as CountOptions;
const prefixes = conditions.prefixes.map((text) => parsePrefix(text));
const filter = elementFilter({ ...conditions, prefixes });

port.on('message', (task: CountTask) => {
  void count(task).then((report) => say({ report }));
});

function say(message: CountMessage): void {
  port.postMessage(message);
}

async function count({ number, path, size, collector }: CountTask): Promise<CountReport> {
  const stats = new DumpStats();
  const losses: LossReport[] = [];
  let [moreLosses, corrected] = [0, 0];
  const options = {
    ...{ format: 'none' as const, collector, filter, stats, countAll, sink: { write: () => Promise.resolve() } },
    onLoss: (loss: LossReport): void => {
      if (losses.length < maxLosses) losses.push(loss);
      else moreLosses++;
    },
    onCorrected: ({ records }: { readonly records: number }): void => {
      corrected = records;
    },
  };
  const input = toldOf(fileInput(path, size));
  const failure = await dumpInput(input, options).then(
    () => null,
    (error: unknown) => failureOf(input, error),
  );
  return { number, counts: stats.counts(), losses, moreLosses, corrected, failure };
}

/** The input with every read told of. */
function toldOf(input: InputFile): InputFile {
  return {
    ...input,
    open: (signal) => {
      const bytes = input.open(signal);
      return bytes === null ? null : tell(bytes);
    },
  };
}

async function* tell(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    say({ read: chunk.length });
    yield chunk;
  }
}
