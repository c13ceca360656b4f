// A stream of intact records with one damaged stretch: what lies before it and, three records behind it, what lies behind it must be
// framed, exact to the octet, whatever the damage is; of the few in between none may be invented. And whatever the chunks, the records
// and the gaps between them are the same.

import assert from 'node:assert/strict';
import { type Mutator } from './mutator.js';
import { type Random } from './random.js';
import { type Framed, frameAll } from '../mrt/records.js';

/** Records on each side of the damage. */
const SIDE = 8;
/** How many records behind the damage may be lost: the chain of three headers may begin behind a record that looks damaged too. */
const MAY_BE_LOST = 1;

/** @throws where an intact record is not found, or one is found that is none. */
export function checkStream(random: Random, intact: readonly Uint8Array[], mutator: Mutator): void {
  const pick = (): Uint8Array => near(intact[random.below(intact.length)]);
  const before = Array.from({ length: SIDE }, pick);
  const behind = Array.from({ length: SIDE }, pick);
  const damage = near(mutator.next().slice());
  const stream = Buffer.concat([...before, damage, ...behind]);
  const size = 1 + random.below(2 * stream.length);
  const chunks = Array.from(
    { length: Math.ceil(stream.length / size) },
    (_, i) => new Uint8Array(stream.subarray(i * size, (i + 1) * size)),
  );
  const { records, gaps } = frameAll(chunks);
  const whole = frameAll([new Uint8Array(stream)]);
  assert.deepEqual(placesOf({ records, gaps }), placesOf(whole), `in chunks of ${size}`);
  const found = new Map(records.map(({ offset, bytes }) => [offset, bytes.length]));
  let offset = 0;
  for (const [index, bytes] of [...before, damage, ...behind].entries()) {
    const isDue = index < SIDE - 1 || index > SIDE + MAY_BE_LOST;
    if (isDue && found.get(offset) !== bytes.length) throw new Error(`record ${index} at ${offset} is not found`);
    offset += bytes.length;
  }
  const framed = records.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const lost = gaps.reduce((sum, { bytes }) => sum + bytes, 0);
  if (framed + lost !== stream.length) throw new Error(`${framed} octets framed and ${lost} lost of ${stream.length}`);
}

function placesOf({ records, gaps }: Pick<Framed, 'records' | 'gaps'>): unknown {
  return [gaps, records.map(({ offset, bytes }) => [offset, bytes.length])];
}

/** The record with one time for all, so that headers are near one another. */
function near(record: Uint8Array): Uint8Array {
  const copy = record.slice();
  copy.set([0x65, 0, 0, 0]);
  return copy;
}
