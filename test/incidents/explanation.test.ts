// What an explanation must carry (detection.md section 5): rule and version, the clauses that matched, the evidence, what the next level
// would need, and the version of VRP and relationship data used (none so far).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainIncident, RULE_MEANINGS } from '../../src/incidents/explanation.js';
import { policy, Stage, Story } from '../support/event-builder.js';

const R = '203.0.113.0/24';
const hijack = () => new Story().announce(10, 1, R, '65001 64511');

test('explainIncident names the rule with its version, what matched, and the first evidence', () => {
  const text = explainIncident(new Stage([policy(R)]).play(hijack()).incident);
  for (const part of [
    'origin-hijack (rule version 1)',
    'origin AS64511 is not among the registered origins (AS64496)',
    '2026-06-16T07:00:10.000000Z',
    'AS65001 (192.0.2.1) at rrc00',
    'record 0 of updates.gz',
    'No VRP or relationship data was used',
  ])
    assert.ok(text.includes(part), `${part}: ${text}`);
});

test('explainIncident says what a suspected incident needs to be open', () => {
  assert.match(explainIncident(new Stage([policy(R)]).play(hijack()).incident), /a second one .* would make it open/);
});

test('explainIncident says what would raise a superprefix-hijack', () => {
  const story = new Story().announce(5, 3, R, '64500 64496');
  story.announce(10, 1, '203.0.112.0/23', '65001 64511').announce(10, 2, '203.0.112.0/23', '65002 64511');
  assert.match(explainIncident(new Stage([policy(R)]).play(story).incident), /would raise it to Error/);
});

test('explainIncident says how many carry it now, not what one alone would need', () => {
  const one = hijack().withdraw(20, 1, R).announce(30, 2, R, '65002 64511').withdraw(40, 2, R);
  assert.match(
    explainIncident(new Stage([policy(R)]).play(one).incident),
    /0 peer ASes carry it now, the last one lost it 2026-06-16T07:00:40\./,
  );
  const two = hijack().announce(20, 2, R, '65002 64511').withdraw(30, 1, R);
  assert.match(explainIncident(new Stage([policy(R)]).play(two).incident), /highest level; 1 peer AS carries it now\./);
});

test('explainIncident says of carriers that went down that this is no end', () => {
  const text = explainIncident(new Stage([policy(R)]).play(hijack().session('down', 20, 1)).incident);
  assert.match(text, /0 peer ASes carry it now, 1 session went down with it: no evidence of an end/);
});

test('explainIncident keeps the clauses that the level rests on where a milder route comes later', () => {
  // The malformed route alone would be a Warning; the first one made it Critical.
  const story = hijack().announce(20, 2, R, '65002 64511', { malformed: true });
  const { incident } = new Stage([policy(R)]).play(story);
  assert.equal(incident.level, 'Critical');
  assert.doesNotMatch(explainIncident(incident), /a Warning at most/);
});

test('explainIncident says when and why it ended', () => {
  const { incident } = new Stage([policy(R)]).play(hijack().withdraw(30, 1, R), 100);
  assert.match(explainIncident(incident), /ended 2026-06-16T07:00:30\.000000Z: .*withdrew or replaced/);
});

test('RULE_MEANINGS has every rule, each in words of its own', () => {
  assert.equal(new Set(Object.values(RULE_MEANINGS)).size, 20);
});
