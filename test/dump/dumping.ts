// Bytes through `dumpInput` to text, by its fast ways or with every record decoded: what both must agree on.

import { dumpInput } from '../../src/dump/dump-input.js';
import { type LinePool } from '../../src/dump/line-pool.js';
import { DumpStats } from '../../src/dump/stats.js';
import { type ElementFilter } from '../../src/mrt/element-filter.js';

export interface Dumped {
  readonly text: string;
  /** Losses, as far as they are told. */
  readonly losses: readonly string[];
  readonly stats: DumpStats;
}

/** How to dump. */
export interface Way {
  readonly format: 'bgpdump' | 'none';
  readonly filter?: ElementFilter;
  /** Decode every record, as `--stats` does. */
  readonly countAll: boolean;
  readonly pool?: LinePool;
}

/** Dumps unpacked bytes given in chunks. */
export async function dumpBytes(
  chunks: readonly Uint8Array[],
  { format, filter, countAll, pool }: Way,
): Promise<Dumped> {
  const decoder = new TextDecoder();
  const [parts, losses, stats]: [string[], string[], DumpStats] = [[], [], new DumpStats()];
  const input = { name: 'bytes', baseName: 'bytes', location: 'bytes', size: null, open: () => each(chunks) };
  await dumpInput(input, {
    format,
    collector: 'default',
    filter: filter ?? null,
    countAll,
    stats,
    ...(pool && { pool }),
    sink: {
      write: (text) => {
        parts.push(decoder.decode(text));
        return Promise.resolve();
      },
    },
    onLoss: ({ record, offset, bytes, reason }) => losses.push(`${record} ${offset} ${bytes} ${reason}`),
    onCorrected: ({ records }) => losses.push(`corrected ${records}`),
  });
  return { text: parts.join(''), losses, stats };
}

// eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what is wanted
async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
