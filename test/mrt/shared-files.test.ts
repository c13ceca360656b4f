// Real files, where they stand beside the checkout: the counts of announcements, withdrawals, RIB entries and state changes that the
// table of their README gives (made with bgpdump), no byte lost, and any chunking alike.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { elementsOf } from '../../src/mrt/elements.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { requires, sharedData } from '../support/requires.js';
import { chunked, frameAll, unpack } from './records.js';

const skip = requires('shared');

/** Rows of the README: file, records, A, W, B, STATE. */
function readTable(): { file: string; records: number; counts: number[] }[] {
  const path = join(sharedData, 'README.md');
  if (!existsSync(path)) return [];
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /^\| [A-Za-z0-9-]+__/.test(line));
  return rows.map((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    return { file: cells[1], records: Number(cells[4]), counts: [6, 7, 8, 9].map((i) => Number(cells[i])) };
  });
}

/** Files that bgpdump misreads: records with lengths that are 4 short, and path identifiers that no subtype declares. */
const MISREAD = ['bgpkit__bgpkit-parser__rrc00__2000.01__bview.20000111.0032.gz', 't2mune__mrtparse__bird_bgp'];

for (const { file, records, counts } of readTable().filter((row) => !MISREAD.includes(row.file))) {
  test(`MrtDecoder reads of ${file} what bgpdump reads`, { skip }, async () => {
    const framed = frameAll(chunked(await unpack(join(sharedData, 'mrt', file)), 1 << 20));
    assert.equal(framed.records.length, records);
    assert.deepEqual(framed.end, { records, corrected: 0, gaps: 0, lost: 0 });
    const decoder = new MrtDecoder();
    const types = { announce: 0, withdraw: 0, rib: 0, state: 0, other: 0 };
    for (const raw of framed.records) {
      for (const { type } of elementsOf(decoder.decode(raw)))
        types[type in types ? (type as keyof typeof types) : 'other']++;
    }
    assert.deepEqual([types.announce, types.withdraw, types.rib, types.state], counts);
  });
}

test(
  'MrtDecoder finds the undeclared path identifiers of t2mune__mrtparse__bird_bgp, and no false default route',
  { skip },
  async () => {
    const decoder = new MrtDecoder();
    const { records } = frameAll([await unpack(join(sharedData, 'mrt', 't2mune__mrtparse__bird_bgp'))]);
    const lines = records
      .flatMap((raw) => elementsOf(decoder.decode(raw)))
      .flatMap((element) =>
        element.type === 'announce' ? [`${element.prefix.toString()} ${element.pathId ?? '-'}`] : [],
      );
    // The /24s of 172.17.0.0/16 as its twin bird-mrtdump_bgp declares them; the last, id 1, read from the bytes by hand.
    const once = [
      '172.17.0.0/24 2',
      '172.17.1.0/24 2',
      '172.17.2.0/24 2',
      '172.17.0.0/24 1',
      '172.17.1.0/24 1',
      '172.17.2.0/24 1',
      '192.168.16.0/24 1',
    ];
    assert.deepEqual(lines, [...once, ...once]);
  },
);

test(
  'RecordFramer finds the true lengths of bview.20000111.0032.gz, and MrtDecoder its 452 018 entries',
  { skip },
  async () => {
    const decoder = new MrtDecoder();
    const { records, gaps, end } = frameAll(chunked(await unpack(join(sharedData, 'mrt', MISREAD[0])), 65_536));
    assert.deepEqual(gaps, []);
    assert.deepEqual(end, { records: 2490, corrected: 2490, gaps: 0, lost: 0 }); // both figures: the README of the samples
    assert.equal(
      records.reduce((sum, raw) => sum + elementsOf(decoder.decode(raw)).length, 0),
      452_018,
    );
  },
);

test('RecordFramer gives the same records of a real file for any chunk size', { skip }, async () => {
  const bytes = await unpack(join(sharedData, 'mrt', 'RIPE-NCC__bgpdump__updates.20100722.2015.gz'));
  const digest = (size: number): string => {
    const hash = createHash('sha256');
    for (const { bytes: record, time, offset } of frameAll(chunked(bytes, size)).records)
      hash.update(record).update(`${time} ${offset}`);
    return hash.digest('hex');
  };
  assert.equal(new Set([1, 7, 100, 4096, 65_536, bytes.length].map(digest)).size, 1);
});
