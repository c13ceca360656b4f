// Inputs read with a scanner in front of the decoder, or without: what both must agree on.

import { PrefixUnion } from '../../src/ip/prefix-union.js';
import { type Prefix } from '../../src/ip/prefix.js';
import { AddPathMemory } from '../../src/mrt/add-path-memory.js';
import { type MrtElement } from '../../src/mrt/element.js';
import { elementsOf } from '../../src/mrt/elements.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { RecordFramer } from '../../src/mrt/record-framer.js';
import { DecodeError } from '../../src/wire/decode-error.js';

export interface Outcome {
  /** Elements with a wanted prefix, and errors, each with the number of its record. */
  readonly found: readonly unknown[];
  readonly records: number;
  /** Records that were decoded. */
  readonly decoded: number;
}

/** Reads all, with the scanner in front or without, and keeps what is related to a wanted prefix. */
export function readRelated(chunks: readonly Uint8Array[], wanted: readonly Prefix[], scan: boolean): Outcome {
  const union = PrefixUnion.of(wanted);
  const decoder = new MrtDecoder({ addPathMemory: new AddPathMemory() });
  const framer = new RecordFramer(scan ? decoder.scanner(union) : null);
  const found: unknown[] = [];
  let decoded = 0;
  const isWanted = (element: MrtElement): boolean => 'prefix' in element && union.isRelated(element.prefix);
  const drain = (): void => {
    for (let raw = framer.next(); raw !== null; raw = framer.next()) {
      decoded++;
      try {
        for (const element of elementsOf(decoder.decode(raw)))
          if (isWanted(element)) found.push({ record: raw.index, element });
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        found.push({ record: raw.index, offset: raw.offset, error: error.code });
      }
    }
  };
  for (const chunk of chunks) {
    framer.push(chunk);
    drain();
  }
  framer.finish();
  drain();
  return { found, records: framer.end().records, decoded };
}

/** At most 50 prefixes of an input, but no default route: everything is related to that. */
export function everyHundredth(chunks: readonly Uint8Array[]): Prefix[] {
  const seen = new Map<string, Prefix>();
  const decoder = new MrtDecoder();
  const framer = new RecordFramer();
  for (const chunk of chunks) {
    framer.push(chunk);
    for (let raw = framer.next(); raw !== null && seen.size < 50; raw = framer.next()) {
      if (raw.index % 100 !== 0) continue;
      try {
        for (const element of elementsOf(decoder.decode(raw)))
          if ('prefix' in element && element.prefix.length > 8) seen.set(element.prefix.toString(), element.prefix);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
      }
    }
  }
  return [...seen.values()];
}
