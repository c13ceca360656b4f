// countryName against the size of ISO 3166-1, and codes that only look like one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countryName } from '../../src/registry/countries.js';

test('countryName knows the 249 assigned codes of ISO 3166-1 and no other', () => {
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
  const known = letters.flatMap((a) => letters.map((b) => a + b)).filter((code) => countryName(code) !== null);
  assert.equal(known.length, 249); // the number that ISO publishes
  assert.equal(countryName('US'), 'United States');
  for (const code of ['UK', 'EU', 'XK', 'ZZ', 'DD', 'us', 'USA', '']) assert.equal(countryName(code), null);
});
