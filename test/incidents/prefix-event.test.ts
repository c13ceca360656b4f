import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePrefixEvents, PREFIX_EVENT_LEVELS, type PrefixEvent } from '../../src/incidents/prefix-event.js';

test('PREFIX_EVENT_LEVELS are those of the table in peering-service.md', () => {
  assert.deepEqual(PREFIX_EVENT_LEVELS, {
    PrefixAnnouncementEvent: ['Information'],
    PrefixWithdrawalEvent: ['Warning'],
    PrefixBackupRouteAnnouncementEvent: ['Information'],
    PrefixBackupRouteWithdrawalEvent: ['Warning'],
    PrefixActivePath: ['Information'],
    PrefixBackupPath: ['Information'],
    PrefixOriginAsChangeEvent: ['Critical'],
    PrefixBackupRouteOriginAsChangeEvent: ['Error'],
    PrefixMoreSpecificEvent: ['Critical', 'Information'],
    PathChangeEvent: ['Information'],
  });
});

test('comparePrefixEvents orders by time, registeredPrefix, type, prefix', () => {
  const event = (at: number, registeredPrefix: string, type: PrefixEvent['type'], prefix: string): PrefixEvent => ({
    at,
    type,
    level: 'Information',
    connection: 'hq',
    registeredPrefix,
    prefix,
    summary: '',
    description: '',
  });
  const ordered = [
    event(1, '9.0.0.0/24', 'PrefixWithdrawalEvent', 'z'),
    event(2, '10.0.0.0/24', 'PrefixWithdrawalEvent', 'a'),
    event(2, '9.0.0.0/24', 'PathChangeEvent', 'b'),
    event(2, '9.0.0.0/24', 'PrefixActivePath', 'a'),
    event(2, '9.0.0.0/24', 'PrefixActivePath', 'b'),
  ];
  assert.deepEqual([...ordered].reverse().sort(comparePrefixEvents), ordered);
});
