// blackhole-leak as a table of named cases, in its place in the order of detection.md section 3.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defaultFigures } from '../../src/detection/figures.js';
import { judgeRoute } from '../../src/detection/judge.js';
import { type PrefixPolicy, PolicyTable } from '../../src/detection/policy.js';
import { noReferenceData, type ReferenceData } from '../../src/detection/reference-data.js';
import { policy, reference, view } from '../support/event-builder.js';

const R = policy('203.0.113.0/24', { neighbors: { 64496: [64500] } });
const allowed = policy('203.0.113.0/24', {
  moreSpecifics: { minLength: 32, maxLength: 32, neighbors: { 64496: [64500] } },
});
const HOST = '203.0.113.7/32';
const blackhole = { blackhole: true, onlyToCustomer: null };

interface Case {
  readonly name: string;
  readonly path: string;
  readonly prefix?: string;
  readonly policy?: PrefixPolicy;
  readonly data?: ReferenceData;
  readonly marks?: typeof blackhole | null;
  readonly expected: string | null;
}

const MORE = '[unexpected-more-specific]';

suite('judgeRoute on host routes with BLACKHOLE', () => {
  const cases: readonly Case[] = [
    {
      name: 'own, at a neighbour: Information',
      path: '64500 64496',
      expected: `blackhole-leak 64496 Information ${MORE}`,
    },
    { name: 'own, at the origin itself', path: '64496', expected: `blackhole-leak 64496 Information ${MORE}` },
    {
      name: 'own, prepended, at a neighbour',
      path: '64500 64500 64496 64496',
      expected: `blackhole-leak 64496 Information ${MORE}`,
    },
    {
      name: 'own, beyond the neighbour: Error',
      path: '65001 64500 64496',
      expected: `blackhole-leak 64496 Error ${MORE}`,
    },
    {
      name: 'own and allowed, at a neighbour',
      path: '64500 64496',
      policy: allowed,
      expected: 'blackhole-leak 64496 Information []',
    },
    {
      name: 'own and allowed, beyond it',
      path: '65001 64500 64496',
      policy: allowed,
      expected: 'blackhole-leak 64496 Error []',
    },
    {
      name: 'forged-first-hop comes before it',
      path: '65001 64499 64496',
      policy: allowed,
      expected: 'forged-first-hop 64496/64499 Critical [blackhole-leak]',
    },
    {
      name: 'foreign: Critical, behind subprefix-hijack',
      path: '65001 64511',
      expected: 'subprefix-hijack 64511 Critical [blackhole-leak]',
    },
    {
      name: 'foreign, authorised by a ROA',
      path: '65001 64511',
      data: reference({ vrps: ['203.0.113.0/24-32 64511'] }),
      expected: 'subprefix-hijack 64511 Warning [blackhole-leak]',
    },
    {
      name: 'squatting comes before it',
      path: '65001 64511',
      policy: policy('203.0.113.0/24', { origins: [] }),
      expected: 'squatting 64511 Critical [blackhole-leak]',
    },
    {
      name: 'before rpki-invalid, which may raise it',
      path: '64500 64496',
      data: reference({ vrps: ['203.0.113.0/24 64496'] }),
      expected: 'blackhole-leak 64496 Warning [unexpected-more-specific rpki-invalid]',
    },
    {
      name: 'IPv6',
      prefix: '2001:db8:40::7/128',
      policy: policy('2001:db8:40::/48'),
      path: '65001 64500 64496',
      expected: `blackhole-leak 64496 Error ${MORE}`,
    },
    {
      name: 'none of a /31',
      prefix: '203.0.113.6/31',
      path: '65001 64500 64496',
      expected: 'unexpected-more-specific 64496 Warning []',
    },
    {
      name: 'none without the community',
      path: '65001 64500 64496',
      marks: null,
      expected: 'unexpected-more-specific 64496 Warning []',
    },
    {
      name: 'none of the registered prefix itself',
      prefix: HOST,
      policy: policy(HOST),
      path: '65001 64500 64496',
      expected: null,
    },
    { name: 'none of an AS_SET with a registered member', path: '65001 {64496,64499}', expected: null },
    { name: 'none of an unknown origin', path: '65001 23456', expected: null },
  ];
  for (const {
    name,
    path,
    prefix = HOST,
    policy: judged = R,
    data = noReferenceData,
    marks = blackhole,
    expected,
  } of cases)
    test(`judgeRoute: ${name}`, () => {
      const context = {
        figures: defaultFigures.covering,
        isAnnounced: () => true,
        links: null,
        isBaseline: () => false,
        reference: data,
      };
      const route = { ...view(prefix, path), ...(marks && { marks }) };
      const found = judgeRoute(route, new PolicyTable([judged]), context, false).findings.map(
        ({ type, offender, level, alsoMatched }) => `${type} ${offender} ${level} [${alsoMatched.join(' ')}]`,
      );
      assert.deepEqual(found, expected === null ? [] : [expected]);
    });
});
