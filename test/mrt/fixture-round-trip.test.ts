// Every committed dump through the decoder and back: records byte for byte, and all of its JSON elements by the writer to the same ones.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { elementsOf } from '../../src/mrt/elements.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { encodeMrtRecord } from '../../src/mrt/record-encoder.js';
import { comparable, JsonLines, recordsOfJson } from '../support/json-records.js';
import { projectRoot } from '../support/requires.js';
import { frameAll } from './records.js';

const dumps = join(projectRoot, 'fixtures', 'dumps');
const files = readdirSync(dumps, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mrt'));

for (const file of files.sort()) {
  const { records } = frameAll([new Uint8Array(readFileSync(join(dumps, file)))]);

  test(`encodeMrtRecord gives every record of fixtures/dumps/${file} back byte for byte`, () => {
    const decoder = new MrtDecoder({ keepForm: true });
    for (const raw of records) assert.deepEqual(encodeMrtRecord(decoder.decode(raw)), raw.bytes);
  });

  test(`JSON elements of fixtures/dumps/${file}, written as records, are the same elements`, () => {
    const [decoder, again, lines] = [new MrtDecoder(), new MrtDecoder(), new JsonLines()];
    for (const element of records.flatMap((raw) => elementsOf(decoder.decode(raw)))) {
      const line = lines.of(element);
      const written = frameAll(recordsOfJson(JSON.parse(line) as Record<string, unknown>)).records;
      const found = written.flatMap((record) => elementsOf(again.decode(record))).map((each) => lines.of(each));
      assert.deepEqual(found.map(comparable), [comparable(line)]);
    }
  });
}
