// Every real file, where they stand beside the checkout, through the decoder and back: records byte for byte, and JSON elements by the
// writer to the same elements. No record is left out of the first comparison.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { elementsOf } from '../../src/mrt/elements.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { encodeMrtRecord } from '../../src/mrt/record-encoder.js';
import { type RawRecord } from '../../src/mrt/record-framer.js';
import { comparable, JsonLines, recordsOfJson } from '../support/json-records.js';
import { requires, sharedData } from '../support/requires.js';
import { frameAll, unpack } from './records.js';

const skip = requires('shared');
const folder = join(sharedData, 'mrt');
const files = skip === false ? readdirSync(folder).sort() : ['(no sample data)'];

/** Its records are 4 octets longer than their headers say, which is no form to keep: they are written with the length they have. */
const BROKEN = 'bgpkit__bgpkit-parser__rrc00__2000.01__bview.20000111.0032.gz';

/** Of a long file evenly spread records go through JSON, and of a record its first elements: they take their time. */
const MOST_RECORDS = 2000;
const MOST_ELEMENTS = 10;

/** What must come back: the record, with its true length in the header. */
function wanted(raw: RawRecord): Uint8Array {
  const bytes = raw.bytes.slice();
  new DataView(bytes.buffer).setUint32(8, bytes.length - 12);
  return bytes;
}

for (const file of files) {
  test(`encodeMrtRecord gives every record of ${file} back byte for byte`, { skip }, async () => {
    const { records } = frameAll([await unpack(join(folder, file))]);
    const decoder = new MrtDecoder({ keepForm: true });
    const different = records.filter((raw) => {
      const bytes = encodeMrtRecord(decoder.decode(raw));
      return Buffer.compare(bytes, file === BROKEN ? wanted(raw) : raw.bytes) !== 0;
    });
    assert.deepEqual(
      different.map(({ index }) => index),
      [],
    );
    assert.ok(records.length > 0);
  });

  test(`JSON elements of ${file}, written as records, are the same elements`, { skip }, async () => {
    const { records } = frameAll([await unpack(join(folder, file))]);
    const decoder = new MrtDecoder();
    const again = new MrtDecoder();
    const lines = new JsonLines();
    let elements = 0;
    const stride = Math.ceil(records.length / MOST_RECORDS);
    for (const raw of records) {
      const through = raw.index % stride === 0 || raw.type === 13;
      for (const element of elementsOf(decoder.decode(raw)).slice(0, through ? MOST_ELEMENTS : 0)) {
        elements++;
        const line = lines.of(element);
        const written = frameAll(recordsOfJson(JSON.parse(line) as Record<string, unknown>));
        const found = written.records
          .flatMap((record) => elementsOf(again.decode(record)))
          .map((each) => lines.of(each));
        assert.deepEqual(found.map(comparable), [comparable(line)], `record ${raw.index}: ${line}`);
      }
    }
    assert.ok(elements > 0);
  });
}
