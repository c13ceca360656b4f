// Who hands a route off: the AS next to the origin, or the origin (detection.md sections 3 and 4). Provider 64500, origin 64496.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ProviderUse, providerUse } from '../../src/detection/provider-use.js';
import { view } from '../support/event-builder.js';

const cases: readonly (readonly [string, string, readonly number[], ProviderUse])[] = [
  ['the provider next to the origin', '65001 64500 64496', [64500], 'provider'],
  ['the provider next to an origin that prepends', '65001 64500 64496 64496', [64500], 'provider'],
  ['another AS of the provider', '65001 64501 64496', [64500, 64501], 'provider'],
  ['the provider as origin', '65001 64500', [64500], 'provider'],
  ['the AS instead, though the provider is further on', '65001 64500 64510 64496', [64500], 64510],
  ['the peer itself, next to the origin', '65001 64496', [64500], 65001],
  ['the origin, which is the peer', '64496', [64500], 64496],
  ['nothing without registered provider ASes', '65001 64510 64496', [], null],
  ['nothing where an AS_SET is next to the origin', '65001 {64500,64510} 64496', [64500], null],
  ['nothing where AS_TRANS is next to the origin', '65001 23456 64496', [64500], null],
  ['nothing where the origin is unknown', '65001 64500 23456', [64500], null],
  ['nothing of an empty eBGP path', '', [64500], null],
  ['the provider as member of a final AS_SET', '65001 {64496,64500}', [64500], 'provider'],
];

suite('providerUse', () => {
  for (const [name, path, providers, use] of cases) {
    test(`providerUse gives ${name}`, () => {
      assert.equal(providerUse(view('203.0.113.0/24', path), { providerAsns: providers }), use);
    });
  }
});
