// MessageSurvey against the decoder: of a message that it calls ordinary the decoder tells nothing but as many routes, none of them related
// to a wanted prefix, in the same session. What is asked of it in front of route events is in test/sources/passed-records.test.ts.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Prefix } from '../../src/ip/prefix.js';
import { PrefixUnion } from '../../src/ip/prefix-union.js';
import { elementsOf } from '../../src/mrt/elements.js';
import { type RawRecord } from '../../src/mrt/record-framer.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { anyPrefix } from '../support/prefixes.js';
import { requires, sharedData } from '../support/requires.js';
import { madeMessage, recordOf } from './made-messages.js';
import { frameAll, unpack } from './records.js';
import { everyHundredth } from './scanning.js';

/** Surveys each record in front of the decoder and compares what both say. @returns how many were ordinary. */
function assertAgrees(records: readonly RawRecord[], wanted: readonly Prefix[]): number {
  const union = PrefixUnion.of(wanted);
  const decoder = new MrtDecoder();
  const survey = decoder.messageSurvey(union);
  let ordinary = 0;
  for (const raw of records) {
    const isOrdinary = survey.isOrdinary(raw.bytes, 0, raw.bytes.length);
    const { isUpdate, announced, withdrawn, header } = survey;
    try {
      const record = decoder.decode(raw);
      if (!isOrdinary) continue;
      const elements = elementsOf(record);
      const count = (type: string): number => elements.filter((element) => element.type === type).length;
      const told = [count('announce'), count('withdraw'), count('keepalive'), elements.length];
      assert.deepEqual(told, isUpdate ? [announced, withdrawn, 0, announced + withdrawn] : [0, 0, 1, 1]);
      assert.ok(elements.every((element) => !('prefix' in element) || !union.isRelated(element.prefix)));
      assert.ok(
        elements.every(({ peerAs, peerAddress }) => peerAs === header?.peerAs && peerAddress === header.peerAddress),
      );
    } catch (error) {
      assert.ok(error instanceof DecodeError && !isOrdinary, String(error));
    }
    if (isOrdinary) ordinary++;
  }
  return ordinary;
}

test('MessageSurvey calls ordinary only what the decoder tells no more of, on made messages', () => {
  let ordinary = 0;
  const cases = fc.record({
    messages: fc.array(madeMessage, { minLength: 1, maxLength: 30 }),
    wanted: fc.array(anyPrefix, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(cases, ({ messages, wanted }) => {
      ordinary += assertAgrees(frameAll(messages.map(recordOf)).records, wanted);
    }),
    { numRuns: 1000 },
  );
  assert.ok(ordinary > 1000, `${ordinary} are ordinary`);
});

const files = requires('shared') === false ? readdirSync(join(sharedData, 'mrt')).sort() : [];

test(
  'MessageSurvey calls ordinary only what the decoder tells no more of, in the real files',
  { skip: requires('shared') },
  async () => {
    let [records, ordinary] = [0, 0];
    for (const file of files) {
      const { records: all } = frameAll([await unpack(join(sharedData, 'mrt', file))]);
      ordinary += assertAgrees(all, everyHundredth([await unpack(join(sharedData, 'mrt', file))]));
      records += all.length;
    }
    assert.ok(files.length > 20 && ordinary > records / 2, `${ordinary} of ${records} are ordinary`);
  },
);
