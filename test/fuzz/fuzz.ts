// One fuzzing run in one thread: so many inputs from a seed, each through the oracles; the first failures are kept, made small, and told.

import process from 'node:process';
import { readCorpus, type Seed } from './corpus.js';
import { Mutator } from './mutator.js';
import { DecodeOracle } from './oracle.js';
import { Random } from './random.js';
import { checkStream } from './stream-oracle.js';

/** An input that broke something. */
export interface Failure {
  readonly input: Uint8Array;
  readonly error: string;
}

export interface Tally {
  readonly inputs: number;
  readonly decoded: number;
  readonly refused: number;
  readonly streams: number;
  readonly failures: readonly Failure[];
}

export interface FuzzOptions {
  readonly seed: number;
  readonly inputs: number;
  /** Asked now and then; true ends the run. */
  readonly isOver?: () => boolean;
  /** Told now and then how many inputs there were. */
  readonly onProgress?: (inputs: number) => void;
}

const BATCH = 50_000;
/** One stream for so many inputs: it is as much work as some ten. */
const STREAMS = 100;
const MOST_FAILURES = 10;
/** Octets outside of the heap, whose limit the thread has: those of the corpus' files, which are garbage by then, are the most. */
const MOST_EXTERNAL = 256 << 20;

/** Runs until `inputs` were tried, or `isOver`. */
export async function fuzz({ seed, inputs, isOver = () => false, onProgress }: FuzzOptions): Promise<Tally> {
  Error.stackTraceLimit = 0; // half of the time otherwise goes into traces of DecodeErrors that nobody reads
  const random = new Random(seed);
  const seeds = await readCorpus();
  const intact = intactOf(seeds);
  const mutator = new Mutator(random, seeds);
  const oracle = new DecodeOracle();
  const failures: Failure[] = [];
  let [done, streams] = [0, 0];
  while (done < inputs && !isOver() && failures.length < MOST_FAILURES) {
    for (let i = Math.min(BATCH, inputs - done); i > 0; i--, done++) {
      const input = mutator.next();
      try {
        oracle.check(input);
      } catch (error) {
        failures.push({ input: smallest(input.slice()), error: textOf(error) });
      }
      if (done % STREAMS !== 0) continue;
      streams++;
      try {
        checkStream(random, intact, mutator);
      } catch (error) {
        failures.push({ input: new Uint8Array(0), error: `stream ${streams} of seed ${seed}: ${textOf(error)}` });
      }
    }
    const { external } = process.memoryUsage();
    if (external > MOST_EXTERNAL)
      throw new Error(`${external} octets outside of the heap after ${done} inputs of seed ${seed}`);
    onProgress?.(done);
  }
  const { decoded, refused } = oracle;
  return { inputs: done, decoded, refused, streams, failures };
}

/** Records that the framer holds for ordinary: those of BGP4MP and of TABLE_DUMP_V2. */
function intactOf(seeds: readonly Seed[]): readonly Uint8Array[] {
  return seeds.map(({ bytes }) => bytes).filter((bytes) => [13, 16, 17].includes(bytes[5]) && bytes.length > 24);
}

/** The shortest beginning of `input` that still breaks something. */
function smallest(input: Uint8Array): Uint8Array {
  for (let length = 12; length < input.length; length++) {
    const shorter = input.subarray(0, length);
    if (breaks(shorter)) return shorter;
  }
  return input;
}

function breaks(input: Uint8Array): boolean {
  try {
    for (let i = 0; i < 8; i++) new DecodeOracle().check(input);
    return false;
  } catch {
    return true;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
