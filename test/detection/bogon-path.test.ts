// bogon-path as a table of named cases (detection.md section 3; RFC 5398, 6996, 7300, 7607, 7534, 6793 for the numbers).

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judgeBogons } from '../../src/detection/bogon-path.js';
import { type PrefixPolicy } from '../../src/detection/policy.js';
import { specialPurposeBlock } from '../../src/detection/special-purpose-asns.js';
import { policy, view } from '../support/event-builder.js';

const R = '203.0.113.0/24';
/** A registry of ordinary numbers. */
const plain = policy(R, { origins: [3333], providerAsns: [1103] });

type Case = readonly [name: string, path: string, expected: string | null, policy?: PrefixPolicy];

suite('specialPurposeBlock has both ends of every block of the IANA registries, and no number beside them', () => {
  const blocks: readonly (readonly [first: number, last: number, kind: string])[] = [
    [0, 0, 'reserved'],
    [64496, 64511, 'documentation'],
    [64512, 65534, 'private'],
    [65535, 65535, 'reserved'],
    [65536, 65551, 'documentation'],
    [65552, 131071, 'reserved'],
    [4200000000, 4294967294, 'private'],
    [4294967295, 4294967295, 'reserved'],
  ];
  for (const [first, last, kind] of blocks)
    test(`specialPurposeBlock: ${first} to ${last}`, () => {
      assert.deepEqual(
        [first, last].map((asn) => specialPurposeBlock(asn)?.kind),
        [kind, kind],
      );
    });
  for (const asn of [1, 112, 23456, 64495, 131072, 4199999999])
    test(`specialPurposeBlock: none for ${asn}`, () => {
      assert.equal(specialPurposeBlock(asn), null);
    });
});

suite('judgeBogons', () => {
  const cases: readonly Case[] = [
    ['a private number inside', '174 65010 1103 3333', '65010 Information'],
    ['a private number of four octets', '174 4200000000 1103 3333', '4200000000 Information'],
    ['a reserved number', '174 65535 1103 3333', '65535 Information'],
    ['a documentation number', '174 64500 1103 3333', '64500 Information'],
    ['none of documentation where it is allowed', '174 64500 1103 3333', null, { ...plain, allowDocumentation: true }],
    ['a private one all the same', '174 65010 3333', '65010 Information', { ...plain, allowDocumentation: true }],
    ['AS 0 inside', '174 0 3333', '0 Information'],
    ['AS 0 nearest to the collector', '0 1103 3333', '0 Information'],
    ['a member of an AS_SET', '174 1103 {3333,65020}', '65020 Information'],
    ['the lowest member of an AS_SET', '174 1103 {65021,3333,65020}', '65020 Information'],
    ['the first as the path reads', '174 65010 65009 3333', '65010 Information'],
    ['an AS at two places', '174 1299 174 1103 3333', '174 Information'],
    ['a loop before a number behind it', '174 1299 174 65010 3333', '174 Information'],
    ['a number before a loop behind it', '174 65010 1103 1299 1103 3333', '65010 Information'],
    ['poisoning', '174 3333 1299 3333', '3333 Warning'],
    ['poisoning against two', '174 3333 1299 6939 3333', '3333 Warning'],
    [
      'poisoning by an allowed origin of more-specifics',
      '174 3334 1299 3334',
      '3334 Warning',
      policy(R, {
        origins: [3333],
        providerAsns: [1103],
        moreSpecifics: { minLength: 25, maxLength: 25, origins: [3334] },
      }),
    ],
    ['a loop of a foreign origin is no poisoning', '174 3320 1299 3320', '3320 Information'],
    ['a loop of a registered AS before another origin is none', '174 3333 1299 3333 3320', '3333 Information'],
    ['none of 112', '174 112 3333', null],
    ['none of AS_TRANS', '174 23456 3333', null],
    ['none of AS_TRANS at two places', '174 23456 1299 23456 3333', null],
    ['none of prepending', '174 174 1103 1103 3333 3333', null],
    ['none of prepending around a confederation', '174 1103 (65010) 1103 3333', null],
    ['none inside confederation segments', '(65010) 174 [65011] 3333', null],
    ['none nearest to the collector', '65010 1103 3333', null],
    [
      'none that the policy registers as neighbour',
      '174 65010 3333',
      null,
      policy(R, { origins: [3333], providerAsns: [1103], neighbors: { 3333: [65010] } }),
    ],
    [
      'none that the policy registers as aggregator',
      '174 65010 3333',
      null,
      policy(R, { origins: [3333], providerAsns: [1103], aggregators: [65010] }),
    ],
    ['none in a private network', '174 65010 65020', null, policy(R, { origins: [65020], providerAsns: [1103] })],
    ['none in a lab of documentation numbers', '65001 65009 64500 64496', null, policy(R)],
    ['a reserved number in a lab', '65001 65535 64500 64496', '65535 Information', policy(R)],
    ['none of an ordinary path', '174 1299 1103 3333', null],
    ['none of an empty path', '', null],
  ];
  for (const [name, path, expected, judged = plain] of cases)
    test(`judgeBogons: ${name}`, () => {
      const finding = judgeBogons(view(R, path), judged);
      assert.equal(finding === null ? null : `${finding.offender} ${finding.level}`, expected);
    });

  test('judgeBogons says what every AS is', () => {
    const { clauses } = judgeBogons(view(R, '174 0 3333 65010 3333'), plain)!;
    assert.deepEqual(clauses, [
      'AS0 is on the path: reserved, it identifies nobody (RFC 7607)',
      'AS65010 is on the path: for private use (RFC 6996, before that RFC 1930)',
      'AS3333 is at two places of the path that are not next to each other',
      'the registered origin AS3333 is on both sides of AS65010: poisoned against them, or forged',
    ]);
  });
});
