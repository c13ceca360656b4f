// Communities: values on the wire and as text.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLACKHOLE_COMMUNITY, decodeCommunities, decodeExtendedCommunities } from '../../src/bgp/communities.js';
import { decodeLargeCommunities, formatCommunity, formatHex, formatLargeCommunity } from '../../src/bgp/communities.js';
import { hex } from './wire-bytes.js';

test('decodeCommunities reads unsigned 32-bit numbers', () => {
  assert.deepEqual(decodeCommunities(hex('fde80064 ffffff01 00'), 0, 9), [0xfde80064, 0xffffff01]);
});

test('formatCommunity writes both halves as numbers, well-known ones too', () => {
  assert.equal(formatCommunity(0xfde80064), '65000:100');
  assert.equal(formatCommunity(0xffffff01), '65535:65281');
  assert.equal(formatCommunity(BLACKHOLE_COMMUNITY), '65535:666');
});

test('decodeLargeCommunities reads three numbers each, and formatLargeCommunity writes them', () => {
  const [community] = decodeLargeCommunities(hex('0000fbf0 00000001 ffffffff'), 0, 12);
  assert.equal(formatLargeCommunity(community), '64496:1:4294967295');
});

test('decodeExtendedCommunities keeps 16 hex digits each', () => {
  assert.deepEqual(decodeExtendedCommunities(hex('0002fde800000064 430c0a0000010001'), 0, 16), [
    '0002fde800000064',
    '430c0a0000010001',
  ]);
});

test('formatHex writes lower-case digits of a span', () => {
  assert.equal(formatHex(hex('00abff'), 1, 3), 'abff');
});
