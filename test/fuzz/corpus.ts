// What fuzzing begins with: records of the project's fixture dumps (routers' and the writer's), and of the real files where they are
// beside the checkout; of each kind a bounded number, small ones, since a mutation of a large one costs more and finds less.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { frameAll, unpack } from '../mrt/records.js';
import { projectRoot, sharedData } from '../support/requires.js';
import { fieldsOf } from './structure.js';

/** A record to mutate. */
export interface Seed {
  readonly bytes: Uint8Array;
  /** Where its lengths, types, flags and counts are. */
  readonly fields: readonly number[];
}

const LARGEST = 2048;
const PER_KIND = 200;

/** The records, in the same order every time. */
export async function readCorpus(): Promise<readonly Seed[]> {
  const seeds: Seed[] = [];
  const kinds = new Map<string, number>();
  for (const path of [...filesOf(join(projectRoot, 'fixtures', 'dumps')), ...filesOf(join(sharedData, 'mrt'))]) {
    const { records } = frameAll([await unpack(path)]);
    const step = Math.max(1, Math.floor(records.length / 2000));
    for (let i = 0; i < records.length; i += step) {
      const { bytes, type, subtype } = records[i];
      const kind = `${type} ${subtype} ${Math.ceil(Math.log2(bytes.length))}`;
      const count = kinds.get(kind) ?? 0;
      if (bytes.length > LARGEST || count >= PER_KIND) continue;
      kinds.set(kind, count + 1);
      seeds.push({ bytes, fields: fieldsOf(bytes) });
    }
  }
  return seeds;
}

function filesOf(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

const found = join(projectRoot, 'test', 'fuzz', 'corpus');

/** Cases that once broke something, by name: hex, `#` begins a comment. */
export function foundCases(): readonly (readonly [name: string, bytes: Uint8Array])[] {
  return readdirSync(found)
    .filter((name) => name.endsWith('.hex'))
    .sort()
    .map((name) => {
      const digits = readFileSync(join(found, name), 'utf8').replaceAll(/#.*|\s+/g, '');
      return [name, Uint8Array.from(Buffer.from(digits, 'hex'))] as const;
    });
}
