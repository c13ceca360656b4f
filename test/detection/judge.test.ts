// The dispatch: each announced P is judged once, under the registered prefix equal to it, else under the longest that covers it, else as
// a cover (detection.md section 3); and what a route is to the state of a prefix (section 4).

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defaultFigures } from '../../src/detection/figures.js';
import { type JudgeContext, judgeRoute } from '../../src/detection/judge.js';
import { PolicyTable, type PrefixPolicy } from '../../src/detection/policy.js';
import { noReferenceData } from '../../src/detection/reference-data.js';
import { policy, view } from '../support/event-builder.js';

const context: JudgeContext = {
  figures: defaultFigures.covering,
  isAnnounced: () => true,
  links: null,
  isBaseline: () => false,
  reference: noReferenceData,
};

function verdicts(policies: readonly PrefixPolicy[], prefix: string, path: string, malformed = false): string[] {
  const { findings } = judgeRoute(view(prefix, path), new PolicyTable(policies), context, malformed);
  return findings.map(({ type, registeredPrefix, level }) => `${type} ${registeredPrefix.toString()} ${level}`);
}

function classes(policies: readonly PrefixPolicy[], prefix: string, path: string, malformed = false): string[] {
  const judged = judgeRoute(view(prefix, path), new PolicyTable(policies), context, malformed);
  return judged.classes.map(
    ({ policy: { prefix: registered }, routeClass }) => `${registered.toString()} ${routeClass}`,
  );
}

suite('judgeRoute judges each prefix once', () => {
  const nested = [policy('203.0.112.0/22'), policy('203.0.113.0/24', { origins: [64497] })];

  test('judgeRoute judges the equal prefix under itself, not under the one around it', () => {
    assert.deepEqual(verdicts(nested, '203.0.113.0/24', '65001 64497'), []);
    assert.deepEqual(verdicts(nested, '203.0.113.0/24', '65001 64496'), ['origin-hijack 203.0.113.0/24 Critical']);
  });

  test('judgeRoute judges an inner prefix under the longest registered one', () => {
    assert.deepEqual(verdicts(nested, '203.0.113.0/25', '65001 64497'), [
      'unexpected-more-specific 203.0.113.0/24 Warning',
    ]);
    assert.deepEqual(verdicts(nested, '203.0.113.0/25', '65001 64496'), ['subprefix-hijack 203.0.113.0/24 Critical']);
    assert.deepEqual(verdicts(nested, '203.0.114.0/24', '65001 64511'), ['subprefix-hijack 203.0.112.0/22 Critical']);
  });

  test('judgeRoute judges what lies between two registered prefixes under the outer one alone', () => {
    assert.deepEqual(verdicts(nested, '203.0.112.0/23', '65001 64511'), ['subprefix-hijack 203.0.112.0/22 Critical']);
  });

  test('judgeRoute judges a cover only where no registered prefix is equal or around', () => {
    assert.deepEqual(verdicts(nested, '203.0.112.0/22', '65001 64511'), ['origin-hijack 203.0.112.0/22 Critical']);
    assert.deepEqual(verdicts(nested, '203.0.112.0/21', '65001 64511'), [
      'superprefix-hijack 203.0.112.0/22 Information',
    ]);
  });

  test('judgeRoute gives a cover one verdict for each connection', () => {
    const two = [policy('203.0.112.0/24'), policy('203.0.113.0/24', { connection: 'branch' })];
    assert.deepEqual(verdicts(two, '203.0.112.0/23', '65001 64511'), [
      'superprefix-hijack 203.0.112.0/24 Information',
      'superprefix-hijack 203.0.113.0/24 Information',
    ]);
  });

  test('judgeRoute says nothing of prefixes that touch nothing registered, or the other family', () => {
    assert.deepEqual(verdicts(nested, '198.51.100.0/24', '65001 64511'), []);
    assert.deepEqual(verdicts(nested, '2001:db8::/32', '65001 64511'), []);
  });
});

suite('judgeRoute on malformed announcements (section 7)', () => {
  test('judgeRoute still judges their origin, as a Warning at most', () => {
    const policies = [policy('203.0.113.0/24')];
    assert.deepEqual(verdicts(policies, '203.0.113.0/24', '65001 64511', true), [
      'origin-hijack 203.0.113.0/24 Warning',
    ]);
    assert.deepEqual(verdicts(policies, '203.0.112.0/23', '65001 64511', true), [
      'superprefix-hijack 203.0.113.0/24 Information',
    ]);
  });

  test('judgeRoute lets them serve no prefix', () => {
    const policies = [policy('203.0.113.0/24')];
    assert.deepEqual(classes(policies, '203.0.113.0/24', '64500 64496', true), []);
    assert.deepEqual(classes(policies, '203.0.112.0/23', '64500 64496', true), []);
  });
});

suite('judgeRoute on classes of routes (section 4)', () => {
  const R = '203.0.113.0/24';
  const one = [policy(R)];
  const cases: readonly (readonly [string, readonly PrefixPolicy[], string, string, readonly string[]])[] = [
    ['active behind the provider', one, R, '65001 64500 64496', ['active']],
    ['active where only the origin is prepended', one, R, '65001 64500 64496 64496', ['active']],
    ['active where the provider is the origin', [policy(R, { origins: [64500] })], R, '65001 64500', ['active']],
    ['backup behind another', one, R, '65001 64501 64496', ['backup']],
    ['backup where the provider is further on', one, R, '64500 64501 64496', ['backup']],
    ['backup in a path of length 1', one, R, '64496', ['backup']],
    ['active without provider ASNs', [policy(R, { providerAsns: [] })], R, '65001 64501 64496', ['active']],
    ['nothing with a foreign origin', one, R, '64500 64511', []],
    ['nothing with an unknown origin', one, R, '64500 23456', []],
    ['nothing behind a forged first hop', [policy(R, { neighbors: { 64496: [64500] } })], R, '64501 64496', []],
    ['internet where a route covers it', one, '203.0.112.0/23', '65001 64500', ['internet']],
    ['internet at /8', one, '203.0.0.0/8', '65001 64500', ['internet']],
    ['nothing under a /7', one, '202.0.0.0/7', '65001 64500', []],
    ['nothing under the default route', one, '0.0.0.0/0', '65001 64500', []],
    ['nothing by a more-specific', one, '203.0.113.0/25', '64500 64496', []],
  ];
  for (const [name, policies, prefix, path, expected] of cases) {
    test(`judgeRoute finds ${name}`, () => {
      assert.deepEqual(
        classes(policies, prefix, path),
        expected.map((one) => `${R} ${one}`),
      );
    });
  }

  test('judgeRoute counts a registered cover as internet for what is registered inside', () => {
    const nested = [policy('203.0.112.0/22'), policy(R)];
    assert.deepEqual(classes(nested, '203.0.112.0/22', '64500 64496'), [
      '203.0.112.0/22 active',
      '203.0.113.0/24 internet',
    ]);
  });

  test('judgeRoute calls legitimate the registered route and the allowed more-specific, nothing else', () => {
    const policies = [policy(R, { moreSpecifics: { minLength: 25, maxLength: 25 } })];
    const legitimate = (prefix: string, path: string) =>
      judgeRoute(view(prefix, path), new PolicyTable(policies), context, false).legitimate !== null;
    assert.equal(legitimate(R, '64500 64496'), true);
    assert.equal(legitimate('203.0.113.0/25', '64500 64496'), true);
    assert.equal(legitimate('203.0.113.0/26', '64500 64496'), false);
    assert.equal(legitimate(R, '64500 64511'), false);
    assert.equal(legitimate('203.0.112.0/23', '64500 64496'), false);
    assert.equal(legitimate(R, ''), false);
  });
});
