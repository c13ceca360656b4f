// describeDiff and shrinksByHalf on small registries.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeDiff, diffRegistries, shrinksByHalf } from '../../src/registry/diff.js';
import { connectionWith, prefixEntry, registryWith } from '../support/registries.js';

test('describeDiff names what was added, removed and changed, with old and new values', () => {
  const before = registryWith(connectionWith('a', '193.0.0.0/24', '193.0.1.0/24'), connectionWith('gone'));
  const changed = prefixEntry('193.0.0.0/24', { origins: [1103] });
  const after = registryWith(connectionWith('a', changed), connectionWith('new'));
  const lines = describeDiff(diffRegistries(before, after)).map(({ op, kind, name, details }) => {
    return [op, kind, name, ...(op === 'change' ? details : [])].join(' ');
  });
  assert.deepEqual(lines, [
    'remove connection gone',
    'add connection new',
    'remove prefix a 193.0.1.0/24',
    'change prefix a 193.0.0.0/24 origins: default -> [1103]',
  ]);
});

test('shrinksByHalf looks at prefixes and at connections', () => {
  const four = registryWith(
    connectionWith('a', '193.0.0.0/24', '193.0.1.0/24'),
    connectionWith('b', '193.0.2.0/24', '193.0.3.0/24'),
  );
  assert.equal(shrinksByHalf(registryWith(), registryWith()), false);
  assert.equal(shrinksByHalf(registryWith(), four), false);
  assert.equal(shrinksByHalf(four, four), false);
  assert.equal(
    shrinksByHalf(four, registryWith(connectionWith('a', '193.0.0.0/24'), connectionWith('b', '193.0.2.0/24'))),
    true,
  );
  assert.equal(
    shrinksByHalf(four, registryWith(connectionWith('a', '193.0.0.0/24', '193.0.1.0/24', '193.0.2.0/24'))),
    true,
  );
  const three = registryWith(connectionWith('a', '193.0.0.0/24', '193.0.1.0/24'), connectionWith('b', '193.0.2.0/24'));
  assert.equal(shrinksByHalf(four, three), false);
});
