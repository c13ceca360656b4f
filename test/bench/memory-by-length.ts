// Memory against the length of the input: the peak of a program on a made feed, and on one ten times as long in records and in hours, of
// a hundred watched prefixes, which is so few that the table of their routes is soon full. Ten times as long must take no more.

import { createWriteStream, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { projectRoot } from '../support/requires.js';
import { registry } from './bench-registry.js';
import { best } from './measure.js';
import { drawWatched, makeUpdateStream, OWNER } from './update-stream.js';

const peerwatch = join(projectRoot, 'dist', 'bin', 'main.js');
const TIMES = 10;

/** Where, and how long the shorter feed is. */
export interface LengthBench {
  readonly folder: string;
  readonly quick: boolean;
}

/** What was found, in words: for each program the growth from one length to the other. */
export async function memoryByLength({ folder, quick }: LengthBench): Promise<string> {
  const watched = drawWatched(100, 1);
  const list = join(folder, 'hundred.txt');
  writeFileSync(list, `${watched.map(String).join('\n')}\n`);
  const feeds: string[] = [];
  for (const hours of [1, TIMES]) {
    const path = join(folder, `hours-${hours}.mrt`);
    const records = (quick ? 1000 : 400_000) * hours;
    await pipeline(Readable.from(makeUpdateStream(records, 1, { watched, hours })), createWriteStream(path));
    feeds.push(path);
  }
  const registered = await registry(
    folder,
    'hundred',
    watched.map((prefix) => ({ prefix, origin: OWNER })),
  );
  const peak = async (feed: string, args: readonly string[]): Promise<number> => {
    const database = join(folder, 'length.db');
    cpSync(registered, database);
    const found = await best(1, process.execPath, [peerwatch, ...args, '--database', database, feed]);
    return found.peakKilobytes / 1024;
  };
  const said: string[] = [];
  for (const args of [
    ['replay', '--dry-run'],
    ['replay'],
    ['dump'],
    ['dump', '--format', 'none', '--prefix-file', list],
  ]) {
    const [short, long] = [await peak(feeds[0], args), await peak(feeds[1], args)];
    const name = args.filter((arg) => arg !== list && arg !== '--format' && arg !== 'none').join(' ');
    said.push(`${name} ${short.toFixed(0)} -> ${long.toFixed(0)} MiB (${(long / short).toFixed(2)})`);
  }
  return `${said.join(', ')} (wanted <= 1.10 each)`;
}
