// superprefix-hijack as a table of named cases (detection.md section 3).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CoverContext, isCoveringLength, judgeCovering } from '../../src/detection/cover-rules.js';
import { defaultFigures } from '../../src/detection/figures.js';
import { type PrefixPolicy } from '../../src/detection/policy.js';
import { type Prefix } from '../../src/ip/prefix.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { policy, view } from '../support/event-builder.js';

const figures = defaultFigures.covering;

function context(announced: readonly string[] = [], baseline: readonly string[] = []): CoverContext {
  return {
    figures,
    isAnnounced: ({ prefix }: PrefixPolicy) => announced.includes(prefix.toString()),
    isBaseline: (prefix: Prefix, origin: number) => baseline.includes(`${prefix.toString()} ${origin}`),
  };
}

const R = policy('203.0.113.0/24');
const announcedR = context(['203.0.113.0/24']);

interface Case {
  readonly name: string;
  readonly prefix?: string;
  readonly path: string;
  readonly covered?: readonly PrefixPolicy[];
  readonly context?: CoverContext;
  /** `offender level` of each finding. */
  readonly verdicts: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'is Error where the covered prefix has no legitimate route',
    path: '65001 64511',
    context: context(),
    verdicts: ['64511 Error'],
  },
  { name: 'is Information where it has one', path: '65001 64511', verdicts: ['64511 Information'] },
  {
    name: 'is Error where O is empty, announced or not',
    path: '65001 64511',
    covered: [policy('203.0.113.0/24', { origins: [] })],
    verdicts: ['64511 Error'],
  },
  {
    name: 'is Error where one of two covered prefixes has no route',
    path: '65001 64511',
    covered: [policy('203.0.112.0/24'), R],
    verdicts: ['64511 Error'],
  },
  { name: 'is none for a registered origin', path: '65001 64496', verdicts: [] },
  { name: 'is none for an aggregator', path: '65001 64500', verdicts: [] },
  {
    name: 'is none for the origin of another covered prefix of the connection',
    path: '65001 64497',
    covered: [policy('203.0.112.0/24', { origins: [64497] }), R],
    verdicts: [],
  },
  {
    name: 'is one a connection, each with its own say',
    path: '65001 64497',
    covered: [
      policy('203.0.112.0/24', { connection: 'a', origins: [64497] }),
      policy('203.0.113.0/24', { connection: 'b' }),
    ],
    verdicts: ['64497 Information'],
  },
  { name: 'is none for an aggregating AS_SET with a registered member', path: '65001 {64511,64496}', verdicts: [] },
  { name: 'names the lowest member of an AS_SET', path: '65001 {64511,64510}', verdicts: ['64510 Information'] },
  { name: 'is none for an unknown origin', path: '65001 23456', verdicts: [] },
  { name: 'is none for an empty path', path: '', verdicts: [] },
  { name: 'is none for the default route', prefix: '0.0.0.0/0', path: '65001 64511', verdicts: [] },
  { name: 'is none for a /7', prefix: '202.0.0.0/7', path: '65001 64511', verdicts: [] },
  { name: 'fires for a /8', prefix: '203.0.0.0/8', path: '65001 64511', verdicts: ['64511 Information'] },
  {
    name: 'is none for what a RIB bootstrap held',
    path: '65001 64511',
    context: context(['203.0.113.0/24'], ['203.0.112.0/23 64511']),
    verdicts: [],
  },
  {
    name: 'fires where the bootstrap held another origin',
    path: '65001 64511',
    context: context(['203.0.113.0/24'], ['203.0.112.0/23 64510']),
    verdicts: ['64511 Information'],
  },
];

for (const { name, prefix = '203.0.112.0/23', path, covered = [R], context: given = announcedR, verdicts } of cases) {
  test(`judgeCovering ${name}`, () => {
    const findings = judgeCovering(view(prefix, path), covered, given);
    assert.deepEqual(
      findings.map(({ type, offender, level }) => `${type} ${offender} ${level}`),
      verdicts.map((verdict) => `superprefix-hijack ${verdict}`),
    );
  });
}

test('judgeCovering registers one finding a connection under its lowest prefix, with all of them in covers', () => {
  const covered = ['203.0.112.0/24', '203.0.113.0/25', '203.0.113.128/25'].map((prefix) =>
    policy(prefix, { origins: prefix.endsWith('/24') ? [64497] : [64496] }),
  );
  const other = policy('203.0.114.0/24', { connection: 'branch' });
  const findings = judgeCovering(view('203.0.112.0/22', '65001 64511'), [...covered, other], context());
  assert.deepEqual(
    findings.map(({ connection, registeredPrefix, covers }) => [
      connection,
      String(registeredPrefix),
      covers.map(String),
    ]),
    [
      ['hq', '203.0.112.0/24', ['203.0.112.0/24', '203.0.113.0/25', '203.0.113.128/25']],
      ['branch', '203.0.114.0/24', ['203.0.114.0/24']],
    ],
  );
  assert.deepEqual(findings[0].expected, { origins: [64496, 64497], neighbors: null });
});

test('isCoveringLength begins at /8 and /19', () => {
  const covers = (text: string) => isCoveringLength(parsePrefix(text), figures);
  assert.deepEqual(['0.0.0.0/0', '8.0.0.0/7', '10.0.0.0/8'].map(covers), [false, false, true]);
  assert.deepEqual(['::/0', '2001:c000::/18', '2001:c000::/19'].map(covers), [false, false, true]);
});
