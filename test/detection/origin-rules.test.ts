// The rules on a route inside or equal to a registered prefix, as one table in rule order (detection.md section 3). Every expectation
// is that text's, read by hand; AS 64496 is registered unless a case says otherwise.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isAllowedMoreSpecific, judgeInside } from '../../src/detection/origin-rules.js';
import { policy, type PolicyParts, view } from '../support/event-builder.js';

const R = '203.0.113.0/24';
const MORE = { minLength: 25, maxLength: 26, origins: [64497], neighbors: { 64497: [64500] } };

interface Case {
  readonly name: string;
  readonly parts?: PolicyParts;
  readonly prefix?: string;
  readonly path: string;
  readonly internalAs?: number;
  /** `type offender level`; null = no finding. */
  readonly verdict: string | null;
}

const squatting: readonly Case[] = [
  {
    name: 'the prefix itself, registered as not to be announced',
    parts: { origins: [] },
    path: '65001 64511',
    verdict: 'squatting 64511 Critical',
  },
  {
    name: 'a part of it',
    parts: { origins: [] },
    prefix: '203.0.113.128/25',
    path: '65001 64511',
    verdict: 'squatting 64511 Critical',
  },
  {
    name: 'a part whose length and origin are allowed: O empty comes first',
    parts: { origins: [], moreSpecifics: MORE },
    prefix: '203.0.113.128/25',
    path: '64500 64497',
    verdict: 'squatting 64497 Critical',
  },
  {
    name: 'an AS_SET: no member can be registered, the lowest is named',
    parts: { origins: [] },
    path: '65001 {64511,64510}',
    verdict: 'squatting 64510 Critical',
  },
  { name: 'nothing of an unknown origin', parts: { origins: [] }, path: '65001 23456', verdict: null },
  { name: 'nothing of an empty path on eBGP', parts: { origins: [] }, path: '', verdict: null },
];

const originHijack: readonly Case[] = [
  { name: 'a foreign origin', path: '65001 64511', verdict: 'origin-hijack 64511 Critical' },
  { name: 'a foreign origin behind the registered one', path: '64496 64511', verdict: 'origin-hijack 64511 Critical' },
  { name: 'a provider is no origin', path: '65001 64500', verdict: 'origin-hijack 64500 Critical' },
  { name: 'a path of the foreign peer alone', path: '64511', verdict: 'origin-hijack 64511 Critical' },
  {
    name: 'a final AS_SET without a registered member names the lowest',
    path: '65001 {64511,64509,64510}',
    verdict: 'origin-hijack 64509 Critical',
  },
  {
    name: 'an empty iBGP path is of the peer AS',
    path: '',
    internalAs: 64511,
    verdict: 'origin-hijack 64511 Critical',
  },
  {
    name: 'a path of confederation segments alone is empty',
    path: '(65100 65101)',
    internalAs: 64511,
    verdict: 'origin-hijack 64511 Critical',
  },
  { name: 'a four-octet origin', path: '65001 4200000001', verdict: 'origin-hijack 4200000001 Critical' },
  { name: 'none for the registered origin', path: '65001 64500 64496', verdict: null },
  {
    name: 'none for a second registered origin',
    parts: { origins: [64496, 64497] },
    path: '65001 64497',
    verdict: null,
  },
  { name: 'none for a prepended origin', path: '65001 64496 64496 64496', verdict: null },
  { name: 'none for an AS_SET with a registered member', path: '65001 {64496,64511}', verdict: null },
  { name: 'none for an empty path on eBGP', path: '', verdict: null },
  { name: 'none for an empty iBGP path of the registered AS', path: '', internalAs: 64496, verdict: null },
  { name: 'none where AS_TRANS is left as origin', path: '65001 23456', verdict: null },
  { name: 'none where an AS_SET holds AS_TRANS', path: '65001 {23456,64511}', verdict: null },
  { name: 'none for a registered origin before a confederation segment', path: '65001 64496 (64511)', verdict: null },
];

const subprefixHijack: readonly Case[] = [
  {
    name: 'a foreign origin inside',
    prefix: '203.0.113.0/25',
    path: '65001 64511',
    verdict: 'subprefix-hijack 64511 Critical',
  },
  {
    name: 'a host route',
    prefix: '203.0.113.7/32',
    path: '65001 64511',
    verdict: 'subprefix-hijack 64511 Critical',
  },
  {
    name: 'an allowed length from a foreign origin',
    parts: { moreSpecifics: MORE },
    prefix: '203.0.113.0/25',
    path: '65001 64511',
    verdict: 'subprefix-hijack 64511 Critical',
  },
  {
    name: 'an allowed origin at a length that is too long',
    parts: { moreSpecifics: MORE },
    prefix: '203.0.113.0/27',
    path: '64500 64497',
    verdict: 'subprefix-hijack 64497 Critical',
  },
  {
    name: 'an allowed origin at a length that is too short',
    parts: { moreSpecifics: { ...MORE, minLength: 26 } },
    prefix: '203.0.113.0/25',
    path: '64500 64497',
    verdict: 'subprefix-hijack 64497 Critical',
  },
  {
    name: 'an AS_SET of strangers',
    prefix: '203.0.113.0/25',
    path: '65001 {64511,64510}',
    verdict: 'subprefix-hijack 64510 Critical',
  },
  {
    name: 'none for an allowed more-specific',
    parts: { moreSpecifics: MORE },
    prefix: '203.0.113.0/26',
    path: '64500 64497',
    verdict: null,
  },
  {
    name: 'none for an AS_SET with an allowed member',
    parts: { moreSpecifics: MORE },
    prefix: '203.0.113.0/26',
    path: '64500 {64497,64511}',
    verdict: null,
  },
  { name: 'none of an unknown origin', prefix: '203.0.113.0/25', path: '65001 23456', verdict: null },
];

const forgedFirstHop: readonly Case[] = [
  {
    name: 'a neighbour that is not registered for the origin',
    parts: { neighbors: { 64496: [64500] } },
    path: '65001 64511 64496',
    verdict: 'forged-first-hop 64496/64511 Critical',
  },
  {
    name: 'prepending does not hide it',
    parts: { neighbors: { 64496: [64500] } },
    path: '65001 64511 64496 64496',
    verdict: 'forged-first-hop 64496/64511 Critical',
  },
  {
    name: 'an empty list allows none',
    parts: { neighbors: { 64496: [] } },
    path: '65001 64500 64496',
    verdict: 'forged-first-hop 64496/64500 Critical',
  },
  {
    name: 'the neighbours of another origin do not help',
    parts: { origins: [64496, 64497], neighbors: { 64496: [64500], 64497: [64501] } },
    path: '65001 64501 64496',
    verdict: 'forged-first-hop 64496/64501 Critical',
  },
  {
    name: 'an allowed more-specific has neighbours of its own',
    parts: { moreSpecifics: MORE },
    prefix: '203.0.113.0/25',
    path: '65001 64511 64497',
    verdict: 'forged-first-hop 64497/64511 Critical',
  },
  {
    name: 'the neighbours of the prefix are not those of its more-specifics',
    parts: { neighbors: { 64496: [64500] }, moreSpecifics: { ...MORE, origins: [64496], neighbors: {} } },
    prefix: '203.0.113.0/25',
    path: '65001 64511 64496',
    verdict: null,
  },
  {
    name: 'none for a registered neighbour',
    parts: { neighbors: { 64496: [64500, 64501] } },
    path: '65001 64501 64496',
    verdict: null,
  },
  {
    name: 'none for an origin without a list',
    parts: { origins: [64496, 64497], neighbors: { 64496: [64500] } },
    path: '65001 64511 64497',
    verdict: null,
  },
  { name: 'none for a path of length 1', parts: { neighbors: { 64496: [64500] } }, path: '64496', verdict: null },
  {
    name: 'none for a path of length 1 once collapsed',
    parts: { neighbors: { 64496: [64500] } },
    path: '64496 64496 64496',
    verdict: null,
  },
  {
    name: 'none where AS_TRANS is next to the origin',
    parts: { neighbors: { 64496: [64500] } },
    path: '65001 23456 64496',
    verdict: null,
  },
  {
    name: 'none across a confederation segment, which is stripped',
    parts: { neighbors: { 64496: [64500] } },
    path: '65001 64500 (64511) 64496',
    verdict: null,
  },
  {
    name: 'none for a final AS_SET, whose members have no order',
    parts: { neighbors: { 64496: [64500] } },
    path: '65001 64511 {64496}',
    verdict: null,
  },
];

const unexpectedMoreSpecific: readonly Case[] = [
  {
    name: 'a registered origin, nothing allowed',
    prefix: '203.0.113.0/25',
    path: '65001 64500 64496',
    verdict: 'unexpected-more-specific 64496 Warning',
  },
  {
    name: 'a registered origin at a length that is not allowed',
    parts: { moreSpecifics: { minLength: 25, maxLength: 25 } },
    prefix: '203.0.113.0/26',
    path: '65001 64496',
    verdict: 'unexpected-more-specific 64496 Warning',
  },
  {
    name: 'a registered origin that is not among those allowed for more-specifics',
    parts: { moreSpecifics: MORE },
    prefix: '203.0.113.0/25',
    path: '64500 64496',
    verdict: 'unexpected-more-specific 64496 Warning',
  },
  {
    name: 'before its neighbour is looked at',
    parts: { neighbors: { 64496: [64500] } },
    prefix: '203.0.113.0/25',
    path: '65001 64511 64496',
    verdict: 'unexpected-more-specific 64496 Warning',
  },
  {
    name: 'none for an AS_SET with a registered member',
    prefix: '203.0.113.0/25',
    path: '65001 64500 {64496,64511}',
    verdict: null,
  },
  {
    name: 'none where length and origin are allowed',
    parts: { moreSpecifics: { minLength: 25, maxLength: 25 } },
    prefix: '203.0.113.0/25',
    path: '65001 64496',
    verdict: null,
  },
];

const rules = { squatting, originHijack, subprefixHijack, forgedFirstHop, unexpectedMoreSpecific };

for (const [rule, cases] of Object.entries(rules)) {
  suite(`judgeInside, ${rule}`, () => {
    for (const { name, parts, prefix = R, path, internalAs = null, verdict } of cases) {
      test(`${rule}: ${name}`, () => {
        const finding = judgeInside(view(prefix, path, internalAs), policy(R, parts));
        assert.equal(finding && `${finding.type} ${finding.offender} ${finding.level}`, verdict);
      });
    }
  });
}

test('judgeInside gives a finding what its incident has to say: expected, observed, clauses', () => {
  const finding = judgeInside(view(R, '65001 64511 64496'), policy(R, { neighbors: { 64496: [64500] } }));
  assert.ok(finding);
  assert.equal(finding.connection, 'hq');
  assert.equal(finding.registeredPrefix.toString(), R);
  assert.equal(finding.prefix.toString(), R);
  assert.deepEqual(finding.covers, []);
  assert.deepEqual(finding.expected, { origins: [64496], neighbors: [64500] });
  assert.deepEqual(finding.observed, { origin: 64496, neighbor: 64511 });
  assert.ok(finding.clauses.some((clause) => clause.includes('AS64511')));
});

test('judgeInside leaves expected neighbours null where they are not what the rule is about', () => {
  const finding = judgeInside(view(R, '65001 64511'), policy(R, { neighbors: { 64496: [64500] } }));
  assert.deepEqual(finding?.expected, { origins: [64496], neighbors: null });
  assert.deepEqual(finding.observed, { origin: 64511, neighbor: 65001 });
});

test('judgeInside judges IPv6 as IPv4', () => {
  const registered = policy('2001:db8:40::/48');
  assert.equal(judgeInside(view('2001:db8:40::/48', '65001 64511'), registered)?.type, 'origin-hijack');
  assert.equal(judgeInside(view('2001:db8:40:8000::/49', '65001 64511'), registered)?.type, 'subprefix-hijack');
  assert.equal(judgeInside(view('2001:db8:40::/64', '65001 64496'), registered)?.type, 'unexpected-more-specific');
});

test('isAllowedMoreSpecific takes both ends of the lengths, and never the registered prefix itself', () => {
  const registered = policy(R, { moreSpecifics: { minLength: 24, maxLength: 26 } });
  const allowed = (length: number) => isAllowedMoreSpecific(view(`203.0.113.0/${length}`, '65001 64496'), registered);
  assert.deepEqual([24, 25, 26, 27].map(allowed), [false, true, true, false]);
});
