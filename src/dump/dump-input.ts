// One input to a sink: its records framed, and seen to one by one (record-dump.ts) or by several workers (split-dump.ts), or counted in
// slices by several (sliced-records.ts). What was lost is told, and the next record taken. Opens nothing but the input and exits nothing.

import { UnsupportedCompressionError } from '../sources/compression.js';
import { InputError, type InputFile } from '../sources/input-files.js';
import { type InputLoss, readMrtRecords } from '../sources/mrt-records.js';
import { type LinePool } from './line-pool.js';
import { SlicedRecords, type SlicedRecordsOptions } from './sliced-records.js';
import { RecordDump, type RecordDumpOptions, type RecordTaker } from './record-dump.js';
import { SplitDump } from './split-dump.js';

export interface DumpOptions extends RecordDumpOptions {
  /** Workers for the lines of large inputs; without it all is done here. */
  readonly pool?: LinePool;
  /** Have a file counted in slices: one of which `isSliceable` is true, by a filter that asks for related prefixes alone. */
  readonly slices?: Pick<SlicedRecordsOptions, 'crew' | 'wanted' | 'sizes' | 'onRead'>;
  /** Told once of an input that held records whose true length is not the one their headers say; nothing of them is lost. */
  readonly onCorrected: (corrected: { readonly input: string; readonly records: number }) => void;
  readonly signal?: AbortSignal;
}

/**
 * Dumps one input.
 *
 * @throws InputError, UnsupportedCompressionError where it cannot be read; what was read before is written.
 */
export async function dumpInput(input: InputFile, options: DumpOptions): Promise<void> {
  const { signal, stats, pool, slices } = options;
  const dump = new RecordDump(input.name, options);
  const taker: RecordTaker = pool !== undefined && dump.isOfLines ? new SplitDump(dump, pool) : dump;
  const { test } = taker;
  const onLoss = (loss: InputLoss): void => taker.lose(loss.kind, loss);
  const records =
    slices === undefined
      ? readMrtRecords(input, { onLoss, ...(test && { test }), ...(signal && { signal }) })
      : new SlicedRecords(input.name, { ...slices, dump, onLoss });
  try {
    for await (const batch of records) {
      for (const raw of batch) taker.take(raw);
      await taker.turn();
    }
  } finally {
    await taker.end();
    stats.countInput(records);
    // Framing that was corrected is one warning of the input, however many records it is.
    if (records.corrected > 0) {
      stats.countWarning('corrected-framing');
      options.onCorrected({ input: input.name, records: records.corrected });
    }
  }
}

/** Why an input could not be read, in words. @throws the error where it is another one. */
export function failureOf({ name }: InputFile, error: unknown): string {
  if (error instanceof InputError) return error.message;
  if (error instanceof UnsupportedCompressionError) return `${name}: ${error.message}`;
  throw error;
}
