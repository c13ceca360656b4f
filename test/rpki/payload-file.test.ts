// Files of validated payloads: the forms that rpki-client, routinator, stayrtr and BGPalerter write, in any pieces, sound and damaged.
// What JSON holds is known from JSON.parse of the whole.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Prefix } from '../../src/ip/prefix.js';
import { JsonParts, type JsonPart } from '../../src/rpki/json-parts.js';
import { PayloadReader, type Payloads } from '../../src/rpki/payload-file.js';
import { formatVrp, type Vrp } from '../../src/rpki/vrp-table.js';
import { requires, sharedData } from '../support/requires.js';

type Read = Omit<Payloads, 'vrps'> & { readonly vrps: readonly Vrp[] };

function read(text: string, size = text.length, isWanted: (prefix: Prefix) => boolean = () => true): Read {
  const reader = new PayloadReader();
  for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
  const payloads = reader.finish();
  return { ...payloads, vrps: [...payloads.vrps.related(isWanted)] };
}

const RPKI_CLIENT = JSON.stringify({
  metadata: { buildmachine: 'a "quoted" \\ name }', buildtime: '2026-07-13T00:00:10Z', vrps: 3 },
  roas: [
    { asn: 64500, prefix: '203.0.113.0/24', maxLength: 25, ta: 'ripe', expires: 1800000000 },
    { asn: 0, prefix: '2001:db8::/32', maxLength: 32, ta: 'arin', expires: 1800000001 },
    { asn: 64501, prefix: '198.51.100.0/24', maxLength: 24, ta: 'ripe', expires: 1800000002 },
  ],
  aspas: [{ customer_asid: 64500, expires: 1800000000, providers: [64496, 64497] }],
});
const ROUTINATOR = `{
  "metadata": { "generated": 1783900810, "generatedTime": "2026-07-13T00:00:10Z" },
  "roas": [
    { "asn": "AS64500", "prefix": "203.0.113.0/24", "maxLength": 25, "ta": "ripe", "source": [ { "type": "roa", "uri": "rsync://a/{b}" } ] },
    { "asn": "AS0", "prefix": "2001:db8::/32", "maxLength": 32, "ta": "arin" },
    { "asn": "AS64501", "prefix": "198.51.100.0/24", "maxLength": 24, "ta": "ripe" }
  ],
  "routerKeys": [ { "asn": "AS1", "SKI": "00", "routerPublicKey": "AA" } ],
  "aspas": [ { "customer": "AS64500", "providers": ["AS64496", "AS64497"], "ta": "ripe" } ]
}`;
const VRPS = ['203.0.113.0/24-25 AS64500', '2001:db8::/32 AS0', '198.51.100.0/24 AS64501'];

for (const [name, text] of [
  ['rpki-client', RPKI_CLIENT],
  ['routinator', ROUTINATOR],
] as const) {
  test(`PayloadReader reads the JSON of ${name} in any pieces`, () => {
    for (const size of [1, 2, 3, 7, 64, text.length]) {
      const { vrps, aspas, byTrustAnchor, generated, faults } = read(text, size);
      assert.deepEqual(vrps.map(formatVrp), VRPS);
      assert.deepEqual(aspas, [{ customer: 64500, providers: [64496, 64497] }]);
      assert.deepEqual(
        [...byTrustAnchor],
        [
          ['ripe', 2],
          ['arin', 1],
        ],
      );
      assert.equal(generated, 1783900810); // date -ud 2026-07-13T00:00:10 +%s
      assert.deepEqual(faults, []);
    }
  });
}

test('PayloadReader keeps when a VRP of rpki-client expires', () => {
  assert.deepEqual(
    read(RPKI_CLIENT).vrps.map(({ expires, trustAnchor }) => [expires, trustAnchor]),
    [
      [1800000000, 'ripe'],
      [1800000001, 'arin'],
      [1800000002, 'ripe'],
    ],
  );
});

test('PayloadReader reads the array of BGPalerter, with AS numbers in three forms', () => {
  const text =
    '[{"asn":"64500","prefix":"203.0.113.0/24","maxLength":25},{"asn":"AS0","prefix":"2001:db8::/32","maxLength":32},{"asn":64501,"prefix":"198.51.100.0/24"}]';
  for (const size of [1, 5, text.length]) assert.deepEqual(read(text, size).vrps.map(formatVrp), VRPS);
});

const CSVS = {
  'rpki-client':
    'ASN,IP Prefix,Max Length,Trust Anchor,Expires\nAS64500,203.0.113.0/24,25,ripe,1800000000\nAS0,2001:db8::/32,32,arin,1800000001\nAS64501,198.51.100.0/24,24,ripe,1800000002\n',
  routinator:
    'ASN,IP Prefix,Max Length,Trust Anchor\nAS64500,203.0.113.0/24,25,ripe\nAS0,2001:db8::/32,32,arin\nAS64501,198.51.100.0/24,24,ripe',
  'routinator csvcompat':
    '"ASN","IP Prefix","Max Length","Trust Anchor"\r\n"AS64500","203.0.113.0/24","25","ripe"\r\n"AS0","2001:db8::/32","32","arin"\r\n"AS64501","198.51.100.0/24","24","ripe"\r\n',
  'routinator csvext':
    'URI,ASN,IP Prefix,Max Length,Not Before,Not After\nrsync://a/b,AS64500,203.0.113.0/24,25,N/A,N/A\nN/A,AS0,2001:db8::/32,32,N/A,N/A\nN/A,AS64501,198.51.100.0/24,24,N/A,N/A\n',
  RIPE: 'ASN,IP Prefix,Max Length\nAS64500,203.0.113.0/24,25\nAS0,2001:db8::/32,\nAS64501,198.51.100.0/24,24\n',
} as const;

for (const [name, text] of Object.entries(CSVS)) {
  test(`PayloadReader reads the CSV of ${name} in any pieces`, () => {
    for (const size of [1, 3, 50, text.length]) {
      const { vrps, faults } = read(text, size);
      assert.deepEqual([vrps.map(formatVrp), faults], [VRPS, []]);
    }
  });
}

test('PayloadReader counts every VRP and keeps those that are wanted', () => {
  const wanted = Prefix.of('203.0.112.0/20');
  const { vrps, byTrustAnchor } = read(RPKI_CLIENT, 100, (prefix) => wanted.covers(prefix));
  assert.deepEqual(
    [vrps.map(formatVrp), [...byTrustAnchor]],
    [
      VRPS.slice(0, 1),
      [
        ['ripe', 2],
        ['arin', 1],
      ],
    ],
  );
});

test('PayloadReader says of an entry that cannot be read where it is and why, and reads the others', () => {
  const json = read(
    '{"roas":[{"asn":1,"prefix":"10.0.0.1/8"},{"asn":"x","prefix":"10.0.0.0/8"},{"asn":1,"prefix":"10.0.0.0/8","maxLength":7},{"asn":1,"prefix":"10.0.0.0/8","maxLength":8}],' +
      '"aspas":[{"customer":"AS1"}],"provider_authorizations":{"ipv4":[]}}',
  );
  assert.deepEqual(json.vrps.map(formatVrp), ['10.0.0.0/8 AS1']);
  assert.deepEqual(
    json.faults.map(({ place, reason }) => `${place}: ${reason}`),
    [
      'roas[0]: Cannot read prefix "10.0.0.1/8": it has host bits set; did you mean 10.0.0.0/8?',
      'roas[1]: "x" is no AS number',
      'roas[2]: the maximum length of 10.0.0.0/8 cannot be 7',
      'aspas[0]: it has no list of providers',
      'provider_authorizations: ASPAs by address family are of an old draft and are not read',
    ],
  );
  const csv = read('ASN,IP Prefix,Max Length\nAS1,10.0.0.0/8,33\nAS1,10.0.0.0/8,8\nAS1\n');
  assert.deepEqual(
    csv.faults.map(({ place }) => place),
    ['line 2', 'line 4'],
  );
  assert.equal(csv.vrps.length, 1);
  const cut = read('{"roas":[{"asn":1,"prefix":"10.0.0.0/8"},{"asn":1,"pre');
  assert.deepEqual([cut.vrps.length, cut.faults], [1, [{ place: 'the end', reason: 'the JSON is cut short' }]]);
  const other = read('<html>\n<body>\n');
  assert.match(other.faults[0].reason, /neither JSON nor CSV/);
});

test('PayloadReader keeps the first faults and counts all', () => {
  const { faults, faultCount } = read(`ASN,IP Prefix\n${'AS1,nonsense\n'.repeat(1000)}`);
  assert.deepEqual([faults.length, faultCount], [20, 1000]);
});

test('JsonParts finds the parts of any document, in any pieces', () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('"', '\\', '{', ']', ':', 'u') }),
    fc.integer(),
    fc.constant(null),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
    ),
  }));
  const document = fc.oneof(fc.dictionary(fc.string(), fc.oneof(value, fc.array(value))), fc.array(value));
  const isObject = (one: unknown): boolean => typeof one === 'object' && one !== null && !Array.isArray(one);
  fc.assert(
    fc.property(document, fc.integer({ min: 1, max: 40 }), fc.boolean(), (whole, size, spaced) => {
      const text = JSON.stringify(whole, null, spaced ? 1 : 0);
      const found: JsonPart[] = [];
      const parts = new JsonParts((part) => found.push(part));
      for (let at = 0; at < text.length; at += size) parts.push(text.slice(at, at + size));
      const expected: unknown[] = [];
      const entries = Array.isArray(whole) ? [[null, whole] as const] : Object.entries(whole);
      for (const [key, one] of entries) {
        if (Array.isArray(one)) expected.push(...(one as unknown[]).filter(isObject));
        else if (key !== null && isObject(one)) expected.push(one);
      }
      assert.deepEqual(
        found.map((part) => JSON.stringify(JSON.parse(part.text))),
        expected.map((one) => JSON.stringify(one)),
      );
      assert.ok(parts.isComplete);
    }),
    { numRuns: 2000 },
  );
});

test('PayloadReader reads what routinator writes', { skip: requires('shared') }, () => {
  const folder = join(sharedData, 'side', 'rpki', 'NLnetLabs-routinator', 'test', 'output');
  for (const name of ['111.json', '111.jsonext', '111.csv', '111.csvcompat', '111.csvext', '100.json', '001.json']) {
    const { vrps, aspas, faults } = read(readFileSync(join(folder, name), 'utf8'), 100);
    const [hasVrps, hasAspas] = [name.startsWith('1'), name.includes('json') && name[2] === '1'];
    assert.deepEqual(vrps.map(formatVrp), hasVrps ? ['12.34.56.0/24 AS1234'] : [], name);
    assert.deepEqual(aspas, hasAspas ? Array<unknown>(2).fill({ customer: 1234, providers: [1, 2, 3, 4] }) : [], name);
    assert.deepEqual(faults, []);
  }
});

test('PayloadReader reads a real list of 2016, as a count of its lines does', { skip: requires('shared') }, () => {
  const text = readFileSync(join(sharedData, 'side', 'rpki', 'RIPE-NCC-rpki-irr-bgp-stats', 'roas.csv'), 'utf8');
  const { vrps, faults } = read(text, 4096);
  const lines = text.trim().split('\n').slice(1);
  assert.equal(vrps.length + faults.length, lines.length);
  assert.ok(vrps.length > 10);
});
