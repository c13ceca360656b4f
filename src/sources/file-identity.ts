// Which input is which, whatever it is named or how it is compressed: the SHA-256 of its first MiB unpacked, with the time of its
// first record (product.md section 5; the collector is part of the key where it is stored).

import { createHash } from 'node:crypto';
import { type EventTime } from '../ip/event-time.js';
import { RecordFramer } from '../mrt/record-framer.js';
import { CompressionError } from './compression.js';
import { type ByteSource, decompress } from './decompress.js';

const IDENTIFIED = 1024 * 1024;

export interface FileIdentity {
  /** 64 hex digits and the first record's time in seconds. */
  readonly identity: string;
  /** Time of the first record, null where there is none. */
  readonly firstTime: EventTime | null;
  /** Unpacked bytes looked at: less than a MiB means the whole file. */
  readonly bytes: number;
}

/**
 * Reads the beginning of an input.
 *
 * @throws UnsupportedCompressionError, and what the source throws where it cannot be read.
 */
export async function identifyFile(source: ByteSource, signal?: AbortSignal): Promise<FileIdentity> {
  const hash = createHash('sha256');
  const framer = new RecordFramer();
  let firstTime: EventTime | null = null;
  let bytes = 0;
  try {
    for await (const chunk of decompress(source, signal === undefined ? {} : { signal })) {
      const part = chunk.subarray(0, IDENTIFIED - bytes);
      hash.update(part);
      bytes += part.length;
      if (firstTime === null) {
        framer.push(part);
        firstTime = framer.next()?.time ?? null;
      }
      if (bytes >= IDENTIFIED) break;
    }
  } catch (error) {
    if (!(error instanceof CompressionError)) throw error; // what could be unpacked is what identifies it
  }
  framer.finish();
  firstTime ??= framer.next()?.time ?? null;
  const seconds = firstTime === null ? 'empty' : String(Math.floor(firstTime / 1_000_000));
  return { identity: `${hash.digest('hex')}-${seconds}`, firstTime, bytes };
}
