// SLURM: the example of RFC 8416 section 3.5, each filter on its own, version 2, and what is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Prefix } from '../../src/ip/prefix.js';
import { exceptAspas, exceptVrps, parseSlurm, SlurmSyntaxError } from '../../src/rpki/slurm.js';
import { formatVrp, type Vrp } from '../../src/rpki/vrp-table.js';

const slurm = (filters: object, assertions: object, slurmVersion = 1): string =>
  JSON.stringify({
    slurmVersion,
    validationOutputFilters: { prefixFilters: [], bgpsecFilters: [], aspaFilters: [], ...filters },
    locallyAddedAssertions: { prefixAssertions: [], bgpsecAssertions: [], aspaAssertions: [], ...assertions },
  });

const vrp = (prefix: string, asn: number): Vrp => ({
  ...{ prefix: Prefix.of(prefix), maxLength: Prefix.of(prefix).length, asn },
  ...{ trustAnchor: 'ripe', expires: null },
});

const VRPS = [
  vrp('192.0.2.0/24', 1),
  vrp('192.0.2.128/25', 2),
  vrp('192.0.0.0/16', 3),
  vrp('203.0.113.0/24', 64496),
  vrp('198.51.100.0/24', 64497),
  vrp('198.51.100.0/24', 64498),
];

const after = (text: string): readonly string[] => [...exceptVrps(VRPS, parseSlurm(text))].map(formatVrp);

test('exceptVrps takes out by prefix what is equal or inside, by AS, or by both; and puts in what is asserted', () => {
  const filters = {
    prefixFilters: [{ prefix: '192.0.2.0/24' }, { asn: 64496 }, { prefix: '198.51.100.0/24', asn: 64497 }],
  };
  const assertions = {
    prefixAssertions: [
      { asn: 64496, prefix: '198.51.100.0/24', comment: 'filters do not touch it' },
      { asn: 64496, prefix: '2001:DB8::/32', maxPrefixLength: 48 },
    ],
  };
  assert.deepEqual(after(slurm(filters, assertions)), [
    '192.0.0.0/16 AS3',
    '198.51.100.0/24 AS64498',
    '198.51.100.0/24 AS64496',
    '2001:db8::/32-48 AS64496',
  ]);
});

test('exceptVrps without exceptions changes nothing', () => {
  assert.deepEqual(after(slurm({}, {})), VRPS.map(formatVrp));
});

test('exceptAspas takes out a customer and puts in what is asserted, in version 2', () => {
  const text = slurm(
    { aspaFilters: [{ customerAsn: 1 }] },
    { aspaAssertions: [{ customerAsn: 1, providerAsns: [3] }] },
    2,
  );
  const aspas = [
    { customer: 1, providers: [2] },
    { customer: 4, providers: [5] },
  ];
  assert.deepEqual(
    [...exceptAspas(aspas, parseSlurm(text))],
    [
      { customer: 4, providers: [5] },
      { customer: 1, providers: [3] },
    ],
  );
  assert.deepEqual([...exceptAspas(aspas, parseSlurm(slurm({ aspaFilters: [{ customerAsn: 1 }] }, {}, 1)))], aspas);
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['{', /the file is no JSON/],
  ['[]', /the file is no object/],
  [slurm({}, {}, 3), /slurmVersion is 3; 1 and 2 are known/],
  ['{"slurmVersion":1}', /validationOutputFilters is no object/],
  [slurm({ prefixFilters: [{ comment: 'all' }] }, {}), /prefixFilters\[0\] has neither prefix nor asn/],
  [slurm({ prefixFilters: [{ prefix: '10.0.0.1/8' }] }, {}), /prefixFilters\[0\] Cannot read prefix .*host bits/],
  [slurm({ prefixFilters: 1 }, {}), /prefixFilters is no list/],
  [
    slurm({}, { prefixAssertions: [{ prefix: '10.0.0.0/8', asn: 'AS1' }] }),
    /prefixAssertions\[0\] "AS1" is no AS number/,
  ],
  [slurm({}, { prefixAssertions: [{ prefix: '10.0.0.0/8', asn: 1, maxPrefixLength: 33 }] }), /cannot be 33/],
  [slurm({}, { aspaAssertions: [{ customerAsn: 1 }] }, 2), /aspaAssertions\[0\] has no list providerAsns/],
];

test('parseSlurm refuses the whole file where any of it is wrong, and says which', () => {
  for (const [text, reason] of REFUSED)
    assert.throws(
      () => parseSlurm(text),
      (error) => error instanceof SlurmSyntaxError && reason.test(error.message),
    );
});
