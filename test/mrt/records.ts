// Records for tests: raw ones framed from bytes, decoded in one call, and the samples beside the checkout unpacked.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import Bzip2 from '@foxglove/wasm-bz2';
import { type MrtElement } from '../../src/mrt/element.js';
import { elementsOf } from '../../src/mrt/elements.js';
import { type MrtRecord, MrtDecoder } from '../../src/mrt/record.js';
import {
  type FramerEnd,
  type FramingGap,
  type RawRecord,
  RecordFramer,
  type RecordTest,
} from '../../src/mrt/record-framer.js';

/** What a framer makes of an input. */
export interface Framed {
  readonly records: RawRecord[];
  readonly gaps: FramingGap[];
  readonly end: FramerEnd;
}

/** All records of the chunks, with bytes of their own, and what was given up; but for records that `passes` passes over. */
export function frameAll(chunks: readonly Uint8Array[], passes: RecordTest | null = null): Framed {
  const framer = new RecordFramer(passes);
  const [records, gaps]: [RawRecord[], FramingGap[]] = [[], []];
  const drain = (): void => {
    for (;;) {
      const raw = framer.next();
      const gap = framer.takeGap();
      if (gap !== null) gaps.push(gap);
      if (raw === null) return;
      records.push({ ...raw, bytes: raw.bytes.slice() });
    }
  };
  for (const chunk of chunks) {
    framer.push(chunk);
    drain();
  }
  framer.finish();
  drain();
  return { records, gaps, end: framer.end() };
}

/** Decodes records given as bytes, in order. */
export function decodeAll(bytes: readonly Uint8Array[], decoder = new MrtDecoder()): MrtRecord[] {
  return frameAll(bytes).records.map((raw) => decoder.decode(raw));
}

/** The elements of records given as bytes. */
export function elementsOfAll(bytes: readonly Uint8Array[], decoder = new MrtDecoder()): MrtElement[] {
  return decodeAll(bytes, decoder).flatMap(elementsOf);
}

/** A sample file, unpacked. */
export async function unpack(path: string): Promise<Uint8Array> {
  const packed = new Uint8Array(readFileSync(path));
  if (packed[0] === 0x1f && packed[1] === 0x8b) return new Uint8Array(gunzipSync(packed));
  if (packed[0] === 0x42 && packed[1] === 0x5a) return (await Bzip2.init()).decompress(packed, 2 ** 24);
  return packed;
}

/** Bytes in chunks of at most `size`. */
export function chunked(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}
