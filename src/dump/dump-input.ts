// One input to a sink: its records framed, and seen to one by one (record-dump.ts) or by several workers (split-dump.ts). What was lost
// is told, and the next record taken. Opens nothing but the input and exits nothing.

import { UnsupportedCompressionError } from '../sources/compression.js';
import { InputError, type InputFile } from '../sources/input-files.js';
import { type InputLoss, readMrtRecords } from '../sources/mrt-records.js';
import { type LinePool } from './line-pool.js';
import { RecordDump, type RecordDumpOptions, type RecordTaker } from './record-dump.js';
import { SplitDump } from './split-dump.js';

export interface DumpOptions extends RecordDumpOptions {
  /** Workers for the lines of large inputs; without it all is done here. */
  readonly pool?: LinePool;
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
  const { signal, stats, pool } = options;
  const dump = new RecordDump(input.name, options);
  const taker: RecordTaker = pool !== undefined && dump.isOfLines ? new SplitDump(dump, pool) : dump;
  const { test } = taker;
  const records = readMrtRecords(input, {
    onLoss: (loss: InputLoss) => taker.lose(loss.kind, loss),
    ...(test && { test }),
    ...(signal && { signal }),
  });
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
