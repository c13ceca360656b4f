// superprefix-hijack and the routes it covers: what the loss of the covered prefixes' own routes does to it, whatever order the
// routes of a lost session are stored in (they come in another order from the database than live).

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { policy, Stage, Story } from '../support/event-builder.js';

const LOW = '203.0.112.0/24';
const HIGH = '203.0.113.0/24';
const COVER = '203.0.112.0/23';
const GOOD = '65001 64500 64496';

/** Session 1 announces both registered prefixes in the given order, session 2 the cover; then session 1 goes down. */
function lostWith(order: readonly string[]): Stage {
  const story = new Story();
  for (const prefix of order) story.announce(1, 1, prefix, GOOD);
  story.announce(10, 2, COVER, '65002 64511').session('down', 20, 1);
  return new Stage([policy(LOW), policy(HIGH)]).play(story);
}

suite('Lifecycle.exposed', () => {
  test('Lifecycle.exposed names every covered prefix that a lost session exposed, in prefix order, however they were stored', () => {
    for (const order of [
      [LOW, HIGH],
      [HIGH, LOW],
    ]) {
      const { incident } = lostWith(order);
      assert.equal(incident.type, 'superprefix-hijack');
      assert.equal(incident.level, 'Error');
      assert.equal(incident.clauses.at(-1), `${LOW}, ${HIGH} lost the last legitimate route`);
    }
  });

  // The level used to be Error whoever carried the cover: the mark of a malformed announcement was taken for the clause to replace.
  const malformed = () =>
    new Story().announce(1, 1, LOW, GOOD).announce(10, 2, COVER, '65002 64511', { malformed: true });
  const exposures: readonly (readonly [name: string, story: Story, level: string])[] = [
    ['a malformed announcement alone: a Warning', malformed().withdraw(20, 1, LOW), 'Warning'],
    [
      'a malformed one and a well-formed one, whichever came first: an Error',
      malformed().announce(11, 3, COVER, '65003 64511').withdraw(20, 1, LOW),
      'Error',
    ],
    [
      'a well-formed one that is malformed by then: a Warning',
      new Story()
        .announce(1, 1, LOW, GOOD)
        .announce(10, 2, COVER, '65002 64511')
        .announce(11, 2, COVER, '65002 64511', { malformed: true })
        .withdraw(20, 1, LOW),
      'Warning',
    ],
    [
      'a malformed one that is well-formed later: an Error',
      malformed().withdraw(20, 1, LOW).announce(30, 2, COVER, '65002 64511'),
      'Error',
    ],
  ];
  for (const [name, story, level] of exposures)
    test(`Lifecycle.exposed of a cover that is carried by ${name}`, () => {
      const { incident } = new Stage([policy(LOW)]).play(story);
      assert.equal(incident.level, level);
      assert.ok(level === 'Warning' || !incident.clauses.some((clause) => clause.includes('malformed')));
      if (name !== exposures[3][0]) assert.equal(incident.clauses.at(-1), `${LOW} lost the last legitimate route`);
    });

  test('Lifecycle.exposed leaves an incident alone that nobody carries any more', () => {
    const story = new Story()
      .announce(1, 1, LOW, GOOD)
      .announce(1, 1, HIGH, GOOD)
      .announce(10, 2, COVER, '65002 64511')
      .withdraw(15, 2, COVER)
      .withdraw(20, 1, LOW);
    const { incident } = new Stage([policy(LOW), policy(HIGH)]).play(story);
    assert.equal(incident.level, 'Information');
  });
});
