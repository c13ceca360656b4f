// RIB records looked at in place, against the decoder with a filter behind it: made RIBs of every subtype, damaged in places.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodePeerIndexTable, encodeRib } from '../../src/mrt/writer.js';
import { pathAttributes } from '../bgp/arbitrary-attributes.js';
import { PLAIN_OBJECT } from '../bgp/wire-bytes.js';
import { anyPrefix } from '../support/prefixes.js';
import { chunked } from './records.js';
import { readRelated } from './scanning.js';

const peer = { bgpId: '192.0.2.1', address: '192.0.2.1', asn: 64496, type: 2 };
const index = encodePeerIndexTable({ time: 0, collectorBgpId: '192.0.2.9', viewName: '', peers: [peer, peer] });

const entry = fc.record(
  {
    peerIndex: fc.oneof({ weight: 9, arbitrary: fc.nat(1) }, { weight: 1, arbitrary: fc.constant(2) }), // there are two
    originatedTime: fc.constant(0),
    attributes: pathAttributes(true),
    pathId: fc.nat(9),
    nextHop: fc.constant('2001:db8::1'),
  },
  PLAIN_OBJECT,
);

const rib = fc.record({
  prefix: anyPrefix,
  safi: fc.constantFrom(1, 2),
  addPath: fc.boolean(),
  entries: fc.array(entry, { maxLength: 4 }),
  damage: fc.option(fc.record({ at: fc.nat(2000), to: fc.nat(255) }), { freq: 3 }),
});

type Rib = typeof rib extends fc.Arbitrary<infer T> ? T : never;

function recordOf({ prefix, safi, addPath, entries, damage }: Rib): Uint8Array {
  const written = entries.map(({ nextHop, pathId, ...rest }) => ({
    ...rest,
    ...(addPath && { pathId }),
    ...(prefix.afi === 2 && { nextHop }),
  }));
  const bytes = encodeRib({ time: 0, sequence: 0, prefix, safi, addPath, entries: written });
  if (damage !== null && bytes.length > 16) bytes[16 + (damage.at % (bytes.length - 16))] = damage.to; // not the header
  return bytes;
}

test('ribConcerns passes over no RIB record that a decoder with a filter behind it gives, and no error', () => {
  let [records, decoded, errors] = [0, 0, 0];
  const cases = fc.record({
    ribs: fc.array(rib, { minLength: 1, maxLength: 10 }),
    wanted: fc.array(anyPrefix, { maxLength: 2 }),
    indexed: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  });
  fc.assert(
    fc.property(cases, ({ ribs, wanted, indexed }) => {
      const parts = [...(indexed ? [index] : []), ...ribs.map(recordOf)];
      const bytes = new Uint8Array(Buffer.concat(parts));
      const all = readRelated([bytes], wanted, false);
      const scanned = readRelated(chunked(bytes, 1 << 16), wanted, true);
      assert.deepEqual(scanned, { ...all, decoded: scanned.decoded });
      records += all.records;
      decoded += scanned.decoded;
      errors += all.found.filter((found) => Object.hasOwn(found as object, 'error')).length;
    }),
    { numRuns: 1000 },
  );
  assert.ok(decoded < 0.8 * records && errors > 50, `${decoded} of ${records} decoded, ${errors} errors told`);
});
