// AS relationships: both CAIDA forms, the other sign, contradictions, faults, the clique at the top; the real file beside the checkout.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readRelationships } from '../../src/relations/as-relationships.js';
import { requires, sharedData } from '../support/requires.js';

test('readRelationships reads serial-1, serial-2, siblings and the other sign', () => {
  const { relationships, faults } = readRelationships([
    '# input clique: 10 20',
    '10|30|-1',
    '20|10|0|bgp',
    '40|30|1',
    '4200000001|64500|2',
    '',
  ]);
  assert.deepEqual(faults, []);
  assert.equal(relationships.size, 4);
  const of = (a: number, b: number) => [relationships.of(a, b), relationships.of(b, a)];
  assert.deepEqual(of(10, 30), ['customer', 'provider']);
  assert.deepEqual(of(10, 20), ['peer', 'peer']);
  assert.deepEqual(of(40, 30), ['provider', 'customer']);
  assert.deepEqual(of(64500, 4200000001), ['sibling', 'sibling']);
  assert.deepEqual(of(20, 30), [null, null]);
  assert.deepEqual(of(30, 30), [null, null]);
});

test('readRelationships knows a link that is said in two ways as none, and one that is said twice as what it is', () => {
  const { relationships } = readRelationships([
    '10|30|-1',
    '10|30|0',
    '30|40|-1',
    '40|30|1',
    '30|40|-1',
    '50|60|-1',
    '60|50|-1',
  ]);
  assert.equal(relationships.of(10, 30), null);
  assert.equal(relationships.of(30, 40), 'customer');
  assert.equal(relationships.of(50, 60), null);
});

test('readRelationships tells the lines that it cannot read and reads the others', () => {
  const { relationships, faults, faultCount } = readRelationships(['10|20', '10|20|3', '10|10|0', 'x|20|0', '10|20|0']);
  assert.equal(relationships.of(10, 20), 'peer');
  assert.equal(faultCount, 4);
  assert.deepEqual(
    faults.map(({ line, reason }) => `${line}: ${reason}`),
    [
      '1: "10|20" is not AS|AS|relationship',
      '2: "3" is no relationship: -1, 0, 1 and 2 are known',
      '3: AS10 has a relationship with itself',
      '4: "x|20|0" is not AS|AS|relationship',
    ],
  );
});

test('AsRelationships.top is the clique of peers without a provider, from the one with the most customers on', () => {
  // 1, 2 and 3 sell and buy nothing; 1 and 2 are peers, 3 is a peer of 1 alone; 4 buys; 5 sells nothing.
  const { relationships } = readRelationships([
    '1|10|-1',
    '1|11|-1',
    '2|10|-1',
    '2|12|-1',
    '3|13|-1',
    '1|2|0',
    '1|3|0',
    '1|4|-1',
    '4|10|-1',
    '4|2|0',
    '5|1|0',
    '5|2|0',
  ]);
  assert.deepEqual([...relationships.top], [1, 2]);
  assert.deepEqual([...readRelationships([]).relationships.top], []);
});

test(
  'readRelationships reads the real file of 2015, as a table of its lines does',
  { skip: requires('shared') },
  () => {
    const path = join(sharedData, 'side', 'as-rel', 'thunderwolf-whole-internet-rel.2015-01.txt.gz');
    const lines = gunzipSync(readFileSync(path)).toString('latin1').trim().split('\n');
    const { relationships, faultCount } = readRelationships(lines);
    assert.equal(faultCount, 0);
    // Every link is there once in each direction; 1 is "the second is the first one's provider": AS3356 sells to AS3, a university.
    assert.equal(relationships.size * 2, lines.length);
    const names = new Map([
      ['-1', 'customer'],
      ['0', 'peer'],
      ['1', 'provider'],
    ]);
    for (const line of lines) {
      const [a, b, sign] = line.split('|');
      assert.equal(relationships.of(Number(a), Number(b)), names.get(sign));
    }
    assert.equal(relationships.of(3, 3356), 'provider');
    for (const asn of [174, 701, 1299, 2914, 3356]) assert.ok(relationships.top.has(asn), `AS${asn}`);
  },
);
