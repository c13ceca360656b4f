import assert from 'node:assert/strict';
import { test } from 'node:test';
import { incidentFingerprint, incidentId } from '../../src/incidents/identity.js';
import { T0 } from '../support/event-builder.js';

const identity = {
  type: 'origin-hijack',
  registeredPrefix: '203.0.113.0/24',
  prefix: '203.0.113.0/24',
  offender: '64511',
};

// printf '%s' 'origin-hijack|203.0.113.0/24|203.0.113.0/24|64511' | sha256sum | cut -c1-16
test('incidentFingerprint is 16 hex digits of the SHA-256 of the four parts, as sha256sum gives them', () => {
  assert.equal(incidentFingerprint(identity), '638be83894b19c32');
});

// the same, with '|2026-06-16T07:00:00.000000Z' behind it
test('incidentId adds the first openedAt', () => {
  assert.equal(incidentId(identity, T0), '45f67117789bca56');
});

test('incidentId changes with every part', () => {
  const others = [
    { ...identity, type: 'squatting' },
    { ...identity, registeredPrefix: '203.0.112.0/22' },
    { ...identity, prefix: '203.0.113.0/25' },
    { ...identity, offender: '64510' },
  ];
  const ids = [identity, ...others].map((one) => incidentId(one, T0));
  assert.equal(new Set([...ids, incidentId(identity, T0 + 1)]).size, 6);
});
