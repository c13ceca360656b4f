// What the benches read: a corpus of updates, the real files beside the checkout where they are, unpacked and one after the other in the
// order of their names, else a made stream; and the prefixes wanted, drawn with a seed from the corpus' own /24s and /48s.

import {
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { execFileSync } from 'node:child_process';
import { elementsOf } from '../../src/mrt/elements.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { RecordFramer } from '../../src/mrt/record-framer.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { unpack } from '../mrt/records.js';
import { sharedData } from '../support/requires.js';
import { drawWatched, makeUpdateStream, randomWords } from './update-stream.js';

/** A corpus on disk. */
export interface Corpus {
  readonly name: string;
  readonly path: string;
  readonly megabytes: number;
}

/** Writes the corpus, once over and `times` over. */
export async function makeCorpus(folder: string, { quick, times }: { quick: boolean; times: number }) {
  const bytes = await corpusBytes(quick);
  const once = corpusFile(join(folder, 'once.mrt'), [bytes]);
  return { once, long: corpusFile(join(folder, 'long.mrt'), Array<Uint8Array>(times).fill(bytes)) };
}

async function corpusBytes(quick: boolean): Promise<Uint8Array> {
  const mrt = join(sharedData, 'mrt');
  if (quick || !existsSync(mrt)) return Buffer.concat([...makeUpdateStream(quick ? 20_000 : 400_000, 1)]);
  const files = readdirSync(mrt).filter((name) => name.includes('updates'));
  const parts: Uint8Array[] = [];
  for (const file of files.sort()) parts.push(await unpack(join(mrt, file)));
  return Buffer.concat(parts);
}

/** An hour of a feed of which 1 in 100 elements is of the prefixes that `watchedPath` lists: made, since no real file is so. */
export function makeFeed(path: string, watchedPath: string, quick: boolean): Corpus {
  const watched = drawWatched(10_000, 1);
  writeFileSync(watchedPath, `${watched.map(String).join('\n')}\n`);
  return corpusFile(path, [...makeUpdateStream(quick ? 20_000 : 1_500_000, 1, { watched })]);
}

function corpusFile(path: string, parts: readonly Uint8Array[]): Corpus {
  writeFileSync(path, Buffer.concat(parts));
  return { name: path, path, megabytes: statSync(path).size / 1e6 };
}

/** `count` prefixes drawn with `seed` from the corpus' /24s and /48s, as a file of lines. */
export function drawPrefixes(corpus: Corpus, path: string, { count, seed }: { count: number; seed: number }): string {
  const own = [...ownPrefixes(new Uint8Array(readFileSync(corpus.path)))].sort();
  const next = randomWords(seed);
  for (let i = own.length - 1; i > 0; i--) {
    const other = next() % (i + 1);
    [own[i], own[other]] = [own[other], own[i]];
  }
  writeFileSync(path, `${own.slice(0, count).join('\n')}\n`);
  return path;
}

function ownPrefixes(bytes: Uint8Array): Set<string> {
  const found = new Set<string>();
  const decoder = new MrtDecoder();
  const framer = new RecordFramer();
  framer.push(bytes);
  framer.finish();
  for (let raw = framer.next(); raw !== null; raw = framer.next()) {
    try {
      for (const element of elementsOf(decoder.decode(raw))) {
        if (!('prefix' in element)) continue;
        if (element.prefix.length === (element.prefix.afi === 1 ? 24 : 48)) found.add(element.prefix.toString());
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }
  return found;
}

/** The corpus through gzip -6, as archives are packed. */
export async function gzipped({ path }: Corpus): Promise<string> {
  const packed = `${path}.gz`;
  await pipeline(createReadStream(path), createGzip({ level: 6 }), createWriteStream(packed));
  return packed;
}

/** The corpus through bzip2. */
export function bzipped({ path }: Corpus): string {
  execFileSync('lbzip2', ['-kf', path]);
  return `${path}.bz2`;
}
