// Every real file, where they stand beside the checkout, through the decoder and back: records byte for byte, and JSON elements by the
// writer to the same elements. What the two comparisons leave out is named here, and counted.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { JsonFormatter } from '../../src/dump/json-element.js';
import { LineBuffer } from '../../src/dump/line-buffer.js';
import { type MrtElement } from '../../src/mrt/element.js';
import { elementsOf } from '../../src/mrt/elements.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { encodeMrtRecord } from '../../src/mrt/record-encoder.js';
import { type RawRecord } from '../../src/mrt/record-framer.js';
import { recordsOfJson } from '../support/json-records.js';
import { requires, sharedData } from '../support/requires.js';
import { frameAll, unpack } from './records.js';

const skip = requires('shared');
const folder = join(sharedData, 'mrt');
const files = skip === false ? readdirSync(folder).sort() : ['(no sample data)'];

/** Its records are longer than their headers say: no business of this test. */
const BROKEN = 'bgpkit__bgpkit-parser__rrc00__2000.01__bview.20000111.0032.gz';

/** Of a long file evenly spread records go through JSON, and of a record its first elements: they take their time. */
const MOST_RECORDS = 2000;
const MOST_ELEMENTS = 10;

/** Warnings that tell of something which is not kept. */
const LOSSY = new Set([
  'trailing-bytes',
  'attribute-duplicate',
  'nlri-host-bits',
  'as4-path-confederation',
  'nlri-undecided',
]);

for (const file of files.filter((name) => name !== BROKEN)) {
  test(`encodeMrtRecord gives every well-formed record of ${file} back byte for byte`, { skip }, async () => {
    const { records } = frameAll([await unpack(join(folder, file))]);
    const decoder = new MrtDecoder({ keepForm: true });
    const different: string[] = [];
    let compared = 0;
    for (const raw of records) {
      const decoded = decoder.decode(raw);
      if (decoded.kind === 'skipped' || decoded.warnings.some((code) => LOSSY.has(code)) || isZebra(raw)) continue;
      compared++;
      const bytes = encodeMrtRecord(decoded);
      if (Buffer.compare(bytes, raw.bytes) !== 0)
        different.push(`${raw.index} ${Buffer.from(raw.bytes).toString('hex')} ${Buffer.from(bytes).toString('hex')}`);
    }
    assert.deepEqual(different.slice(0, 2), []);
    assert.ok(compared >= records.length * 0.9, `${compared} of ${records.length} records compared`);
  });

  test(`JSON elements of ${file}, written as records, are the same elements`, { skip }, async () => {
    const { records } = frameAll([await unpack(join(folder, file))]);
    const decoder = new MrtDecoder();
    const again = new MrtDecoder();
    const lines = new Lines();
    let elements = 0;
    const stride = Math.ceil(records.length / MOST_RECORDS);
    for (const raw of records) {
      const wanted = raw.index % stride === 0 || raw.type === 13;
      for (const element of elementsOf(decoder.decode(raw)).slice(0, wanted ? MOST_ELEMENTS : 0)) {
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

/** An 8-octet state change, or an OPEN with the marker in place of the addresses: Zebra's, which have no header to write. */
function isZebra({ type, subtype, bytes }: RawRecord): boolean {
  return type === 16 && ((subtype === 0 && bytes.length === 20) || (bytes[16] === 255 && bytes[17] === 255));
}

/** Elements as lines of `dump --format json`. */
class Lines {
  readonly #formatter = new JsonFormatter('test');
  readonly #out = new LineBuffer();

  of(element: MrtElement): string {
    this.#formatter.write(element, this.#out);
    return Buffer.from(this.#out.take()).toString('ascii');
  }
}

/** Without where it stood and what was wrong with it. */
function comparable(line: string): string {
  return line.replace(/,"record":\d+,"offset":\d+\}\n$/, '').replace(/,"warnings":\[[^\]]*\]$/, '');
}
