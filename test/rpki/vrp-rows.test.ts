// VrpRows against a Map by text: whatever is added and deleted, both hold the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Prefix } from '../../src/ip/prefix.js';
import { VrpRows } from '../../src/rpki/vrp-rows.js';
import { formatVrp, type Vrp } from '../../src/rpki/vrp-table.js';

const vrps: fc.Arbitrary<Vrp> = fc
  .record({ octet: fc.integer({ min: 0, max: 40 }), asn: fc.integer({ min: 0, max: 3 }), six: fc.boolean() })
  .map(({ octet, asn, six }) => ({
    prefix: six ? Prefix.ipv6([0x20010db8, octet, 0, 0], 64) : Prefix.ipv4(octet * 2 ** 24, 8),
    maxLength: six ? 64 : 8,
    asn,
    trustAnchor: octet % 2 === 0 ? 'ripe' : null,
    expires: null,
  }));

test('VrpRows holds what a Map holds, through growth, deletion and copies', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), vrps), { maxLength: 400 }), (steps) => {
      const rows = new VrpRows();
      const map = new Map<string, Vrp>();
      for (const [isAdded, vrp] of steps) {
        const key = formatVrp(vrp);
        assert.equal(isAdded ? rows.add(vrp) : rows.delete(vrp), isAdded ? !map.has(key) : map.has(key));
        if (isAdded) map.set(key, map.get(key) ?? vrp);
        else map.delete(key);
      }
      const copy = rows.clone();
      for (const vrp of map.values()) assert.ok(rows.delete(vrp));
      assert.equal(rows.size, 0);
      const byText = (a: Vrp, b: Vrp): number => (formatVrp(a) < formatVrp(b) ? -1 : 1);
      assert.deepEqual([...copy.related(() => true)].sort(byText), [...map.values()].sort(byText));
    }),
  );
});

test('VrpRows keeps of equal VRPs the one that expires last', () => {
  const rows = new VrpRows();
  const vrp: Vrp = {
    prefix: Prefix.of('203.0.113.0/24'),
    maxLength: 24,
    asn: 64496,
    trustAnchor: 'ripe',
    expires: 100,
  };
  rows.add(vrp);
  assert.equal(rows.add({ ...vrp, expires: 300, trustAnchor: 'arin' }), false);
  assert.equal(rows.add({ ...vrp, expires: 200 }), false);
  assert.deepEqual([...rows.related(() => true)], [{ ...vrp, expires: 300, trustAnchor: 'arin' }]);
});
