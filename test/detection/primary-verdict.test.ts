// One primary verdict a route, what else matches, and hijacks that a ROA authorises (detection.md section 3); and that only the rules of the
// registry take a route's class away.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defaultFigures } from '../../src/detection/figures.js';
import { judgeRoute, type Judgement } from '../../src/detection/judge.js';
import { PolicyTable, type PrefixPolicy } from '../../src/detection/policy.js';
import { noReferenceData } from '../../src/detection/reference-data.js';
import { policy, reference, view } from '../support/event-builder.js';

const R = '203.0.113.0/24';

interface Judging {
  readonly policies?: readonly PrefixPolicy[];
  readonly data?: ReturnType<typeof reference>;
  readonly malformed?: boolean;
  readonly announced?: boolean;
}

/** The RPKI knows 64497 alone; 64496 attests no provider; 64500 leaks from 64501 to 64502. */
const all = reference({
  vrps: ['203.0.113.0/24 64497'],
  aspas: { 64496: [0], 64502: [0] },
  relationships: ['64501|64500|-1', '64502|64500|-1'],
});

function judge(prefix: string, path: string, parts: Judging = {}): Judgement {
  const { policies = [policy(R)], data = all, malformed = false, announced = true } = parts;
  const context = {
    figures: defaultFigures.covering,
    isAnnounced: () => announced,
    links: null,
    isBaseline: () => false,
    reference: data,
  };
  return judgeRoute(view(prefix, path), new PolicyTable(policies), context, malformed);
}

function verdicts(prefix: string, path: string, parts: Judging = {}): string[] {
  return judge(prefix, path, parts).findings.map(
    ({ type, level, alsoMatched }) => `${type} ${level} [${alsoMatched.join(' ')}]`,
  );
}

suite('judgeRoute with reference data gives one primary verdict, in the order of the table', () => {
  const neighbors = policy(R, { neighbors: { 64496: [64499] } });
  const cases: readonly (readonly [name: string, prefix: string, path: string, expected: string[], parts?: Judging])[] =
    [
      [
        'squatting first',
        R,
        '64502 64500 64501 64496',
        ['squatting Critical [rpki-invalid aspa-invalid route-leak]'],
        { policies: [policy(R, { origins: [] })] },
      ],
      ['origin-hijack before rpki-invalid', R, '65001 64511', ['origin-hijack Critical [rpki-invalid]']],
      [
        'subprefix-hijack before rpki-invalid',
        '203.0.113.0/25',
        '65001 64511',
        ['subprefix-hijack Critical [rpki-invalid]'],
      ],
      [
        'forged-first-hop before rpki-invalid',
        R,
        '64500 64496',
        ['forged-first-hop Critical [rpki-invalid]'],
        { policies: [neighbors] },
      ],
      [
        'unexpected-more-specific before rpki-invalid',
        '203.0.113.0/25',
        '64500 64496',
        ['unexpected-more-specific Warning [rpki-invalid]'],
      ],
      [
        'a later match raises the level',
        '203.0.113.0/25',
        '64502 64500 64501 64496',
        ['unexpected-more-specific Error [rpki-invalid aspa-invalid route-leak]'],
      ],
      [
        'rpki-invalid before aspa-invalid and route-leak',
        R,
        '64502 64500 64501 64496',
        ['rpki-invalid Error [aspa-invalid route-leak]'],
      ],
      ['rpki-invalid alone', R, '64500 64496', ['rpki-invalid Warning []']],
      [
        'route-leak alone',
        R,
        '64502 64500 64501 64496',
        ['route-leak Error []'],
        { data: reference({ relationships: ['64501|64500|-1', '64502|64500|-1'] }) },
      ],
      [
        'an allowed more-specific too',
        '203.0.113.0/25',
        '64500 64496',
        ['rpki-invalid Warning []'],
        { policies: [policy(R, { moreSpecifics: { minLength: 25, maxLength: 25 } })] },
      ],
      [
        'a cover is judged by the registry alone',
        '203.0.112.0/23',
        '64502 64500 64501 64511',
        ['superprefix-hijack Information []'],
      ],
      [
        'a malformed route is a Warning at most',
        R,
        '64502 64500 64501 64496',
        ['rpki-invalid Warning [aspa-invalid route-leak]'],
        { malformed: true },
      ],
      ['a malformed route without a path is no AS_PATH to verify', R, '', [], { malformed: true }],
      ['nothing without data', R, '64502 64500 64501 64496', [], { data: noReferenceData }],
    ];
  for (const [name, prefix, path, expected, parts] of cases)
    test(`judgeRoute: ${name}`, () => {
      assert.deepEqual(verdicts(prefix, path, parts), expected);
    });

  test('judgeRoute names the clauses of what matched too, and the data used', () => {
    const [finding] = judge(R, '65001 64511').findings;
    assert.match(
      finding.clauses.at(-1) ?? '',
      /^also rpki-invalid: 203\.0\.113\.0\/24 with origin AS64511 is RPKI invalid, /,
    );
    assert.equal(finding.reference, all.version);
  });
});

suite('judgeRoute on hijacks that a ROA authorises', () => {
  const data = reference({ vrps: ['203.0.112.0/23-25 64511'] });
  const cases: readonly (readonly [name: string, prefix: string, path: string, expected: string[], parts?: Judging])[] =
    [
      ['squatting', R, '65001 64511', ['squatting Warning []'], { policies: [policy(R, { origins: [] })] }],
      ['origin-hijack', R, '65001 64511', ['origin-hijack Warning []']],
      ['subprefix-hijack', '203.0.113.0/25', '65001 64511', ['subprefix-hijack Warning []']],
      ['superprefix-hijack', '203.0.112.0/23', '65001 64511', ['superprefix-hijack Warning []'], { announced: false }],
      [
        'superprefix-hijack that is Information anyhow',
        '203.0.112.0/23',
        '65001 64511',
        ['superprefix-hijack Information []'],
      ],
      [
        'none that is longer than authorised',
        '203.0.113.0/26',
        '65001 64511',
        ['subprefix-hijack Critical [rpki-invalid]'],
      ],
      ['none whose origin is an AS_SET', R, '65001 {64511}', ['origin-hijack Critical [rpki-invalid]']],
    ];
  for (const [name, prefix, path, expected, parts = {}] of cases)
    test(`judgeRoute: ${name}`, () => {
      assert.deepEqual(verdicts(prefix, path, { data, ...parts }), expected);
    });

  test('judgeRoute says so in a clause', () => {
    const [{ clauses }] = judge(R, '65001 64511', { data }).findings;
    assert.ok(clauses.includes('authorised by a ROA, not by the registry'));
  });
});

test('judgeRoute leaves class and registration to a route with a verdict of other data, but it is no longer legitimate', () => {
  const policies = [policy(R)];
  const judged = judge(R, '65001 64500 64496', { policies });
  assert.deepEqual(judged.classes, [{ policy: policies[0], routeClass: 'active' }]);
  assert.equal(judged.registered, policies[0]);
  assert.equal(judged.legitimate, null);
  assert.deepEqual(judge(R, '65001 64511').classes, []);
});
