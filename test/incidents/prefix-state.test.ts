// The state of a prefix and the events of its transitions (detection.md section 4), step by step.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { changeClass, type ClassChange, conditionOf, newPrefixState } from '../../src/incidents/prefix-state.js';
import { at, policy } from '../support/event-builder.js';

const R = policy('203.0.113.0/24');

type Step = readonly [from: ClassChange['from'], to: ClassChange['to'], cause: ClassChange['cause']];

/** Plays changes of class. @returns `condition: types of the events` after each. */
function play(...steps: readonly Step[]): string[] {
  const state = newPrefixState(R.prefix.toString());
  return steps.map(([from, to, cause], index) => {
    const events = changeClass(state, R, { from, to, cause, at: at(index), witness: 'AS65001' });
    return `${conditionOf(state)}: ${events.map(({ type }) => type).join(' ')}`.trim();
  });
}

const cases: readonly (readonly [string, readonly Step[], readonly string[]])[] = [
  [
    'tells of the first active route, not of the second, nor of the loss of the first, but of the last',
    [
      [null, 'active', 'announce'],
      [null, 'active', 'announce'],
      ['active', null, 'withdraw'],
      ['active', null, 'withdraw'],
    ],
    ['active: PrefixAnnouncementEvent', 'active:', 'active:', 'down: PrefixWithdrawalEvent'],
  ],
  [
    'tells of backup routes by their own events',
    [
      [null, 'backup', 'announce'],
      ['backup', null, 'withdraw'],
    ],
    ['backup: PrefixBackupRouteAnnouncementEvent', 'down: PrefixBackupRouteWithdrawalEvent'],
  ],
  [
    'is the best class that any session holds',
    [
      [null, 'internet', 'announce'],
      [null, 'backup', 'announce'],
      [null, 'active', 'announce'],
      ['active', null, 'withdraw'],
      ['backup', null, 'withdraw'],
      ['internet', null, 'withdraw'],
    ],
    [
      'internet:',
      'backup: PrefixBackupRouteAnnouncementEvent',
      'active: PrefixAnnouncementEvent',
      'backup: PrefixWithdrawalEvent',
      'internet: PrefixBackupRouteWithdrawalEvent',
      'down:',
    ],
  ],
  [
    'tells of both where a route changes class',
    [
      [null, 'active', 'announce'],
      ['active', 'backup', 'announce'],
    ],
    ['active: PrefixAnnouncementEvent', 'backup: PrefixBackupRouteAnnouncementEvent PrefixWithdrawalEvent'],
  ],
  [
    'takes a replacement by a useless route for a withdrawal',
    [
      [null, 'active', 'announce'],
      ['active', null, 'announce'],
    ],
    ['active: PrefixAnnouncementEvent', 'down: PrefixWithdrawalEvent'],
  ],
  [
    'makes no event of a lost session: the state is unknown',
    [
      [null, 'active', 'announce'],
      ['active', null, 'session-loss'],
      [null, 'active', 'announce'],
    ],
    ['active: PrefixAnnouncementEvent', 'unknown:', 'active: PrefixAnnouncementEvent'],
  ],
  [
    'makes no withdrawal of what a RIB dump does not hold',
    [
      [null, 'active', 'announce'],
      ['active', null, 'rib'],
    ],
    ['active: PrefixAnnouncementEvent', 'down:'],
  ],
  ['says nothing where the class stays', [['active', 'active', 'announce']], ['unknown:']],
];

suite('changeClass', () => {
  for (const [name, steps, expected] of cases) {
    test(`changeClass ${name}`, () => {
      assert.deepEqual(play(...steps), expected);
    });
  }
});

test('conditionOf is unknown before anything was seen', () => {
  assert.equal(conditionOf(newPrefixState('203.0.113.0/24')), 'unknown');
});

test('changeClass says of a route that a foreign one replaced that it was replaced, not withdrawn', () => {
  const told = (cause: 'announce' | 'withdraw') => {
    const state = { ...newPrefixState(R.prefix.toString()), active: 1 };
    return changeClass(state, R, { from: 'active', to: null, cause, at: at(0), witness: 'AS65001' })[0].description;
  };
  assert.match(told('announce'), /replaced by a route that is not as registered by AS65001/);
  assert.match(told('withdraw'), /withdrawn by AS65001/);
});
