// MP_REACH_NLRI and MP_UNREACH_NLRI in UPDATEs, and the next hop that RIB entries keep of the former.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeAttributes, type DecodedAttributes } from '../../src/bgp/path-attributes.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { type ContextOptions, hex, updateContext } from './wire-bytes.js';

const GLOBAL = '20010db8 00000000 00000000 00000001';
const LINK_LOCAL = 'fe800000 00000000 00000000 00000001';

/** Wraps a value as an attribute with a one-octet length. */
function decode(type: number, value: string, options: ContextOptions = {}): DecodedAttributes {
  const bytes = hex(value);
  const attribute = Uint8Array.from([0x80, type, bytes.length, ...bytes]);
  return decodeAttributes(attribute, 0, attribute.length, updateContext(options));
}

test('MP_REACH_NLRI: an IPv6 next hop, and IPv6 prefixes', () => {
  const { mpReach } = decode(14, `0002 01 10 ${GLOBAL} 00 20 20010db8`);
  assert.deepEqual(
    mpReach?.nlri.map(({ prefix }) => prefix.toString()),
    ['2001:db8::/32'],
  );
  assert.equal(mpReach.nextHop, '2001:db8::1');
});

test('MP_REACH_NLRI: a link-local next hop beside the global one (RFC 2545)', () => {
  const { mpReach } = decode(14, `0002 01 20 ${GLOBAL} ${LINK_LOCAL} 00 00`);
  assert.equal(mpReach?.nextHop, '2001:db8::1');
  assert.equal(mpReach.linkLocalNextHop, 'fe80::1');
});

test('MP_REACH_NLRI: IPv4 prefixes with an IPv6 next hop (RFC 8950), and multicast', () => {
  const { mpReach, warnings } = decode(14, `0001 02 10 ${GLOBAL} 00 18 c00002`);
  assert.deepEqual([mpReach?.afi, mpReach?.safi, mpReach?.nextHop], [1, 2, '2001:db8::1']);
  assert.equal(mpReach?.nlri[0].prefix.toString(), '192.0.2.0/24');
  assert.deepEqual(warnings.codes, []);
});

test('MP_REACH_NLRI: path identifiers where the context declares them', () => {
  const { mpReach } = decode(14, `0002 01 10 ${GLOBAL} 00 00000007 20 20010db8`, { addPath: true });
  assert.equal(mpReach?.nlri[0].pathId, 7);
});

test('MP_REACH_NLRI: the octet that was a number of SNPAs is ignored (RFC 4760 section 3)', () => {
  const { mpReach } = decode(14, '0001 01 04 c0000201 05 18 c00002');
  assert.equal(mpReach?.nlri.length, 1);
});

test('MP_REACH_NLRI: a next hop of an odd length is a warning, and the prefixes are read', () => {
  const { mpReach, warnings } = decode(14, '0002 01 03 c00002 00 20 20010db8');
  assert.equal(mpReach?.nlri.length, 1);
  assert.equal(mpReach.nextHop, undefined);
  assert.deepEqual(warnings.codes, ['mp-next-hop-length']);
});

test('MP_REACH_NLRI: an IPv4 next hop of IPv6 prefixes is a warning (RFC 7606 section 7.11), and the prefixes are read', () => {
  const { mpReach, warnings } = decode(14, '0002 01 04 c0000201 00 20 20010db8');
  assert.equal(mpReach?.nlri.length, 1);
  assert.deepEqual(warnings.codes, ['mp-next-hop-length']);
});

test('MP_REACH_NLRI and MP_UNREACH_NLRI of other families keep own bytes', () => {
  const reach = decode(14, '0001 80 0c 0000000000000000c0000201 00 70 000011 0000fde800000064 c00002');
  assert.deepEqual(reach.mpReach?.undecoded, hex('0c 0000000000000000c0000201 00 70 000011 0000fde800000064 c00002'));
  assert.deepEqual(reach.warnings.codes, ['unsupported-family']);
  const unreach = decode(15, '0001 80 70 800000 0000fde800000064 c00002');
  assert.deepEqual(unreach.mpUnreach?.undecoded, hex('70 800000 0000fde800000064 c00002'));
});

test('MP_UNREACH_NLRI: withdrawn prefixes, and none at all for any family', () => {
  assert.equal(decode(15, '0002 01 20 20010db8').mpUnreach?.nlri[0].prefix.toString(), '2001:db8::/32');
  assert.deepEqual(decode(15, '0019 41').mpUnreach, { afi: 25, safi: 65, nlri: [] });
});

for (const [name, type, value] of [
  ['MP_REACH_NLRI without its fields', 14, '0002 01 00'],
  ['MP_REACH_NLRI with a next hop that overruns', 14, '0002 01 10 20010db8 00'],
  ['MP_REACH_NLRI whose next hop leaves no reserved octet', 14, '0001 01 04 c0000201'],
  ['MP_UNREACH_NLRI without its fields', 15, '0002'],
] as const) {
  test(`${name} throws mp-truncated`, () => {
    assert.throws(
      () => decode(type, value),
      (error) => error instanceof DecodeError && error.code === 'mp-truncated',
    );
  });
}

test('MP_REACH_NLRI of a RIB entry: the short form of RFC 6396 section 4.3.4', () => {
  const { ribNextHop, warnings } = decode(14, `10 ${GLOBAL}`, { form: 'rib' });
  assert.deepEqual(ribNextHop, { nextHop: '2001:db8::1' });
  assert.deepEqual(warnings.codes, []);
});

test('MP_REACH_NLRI of a RIB entry: the long form, told by its first octet of 0', () => {
  const { ribNextHop } = decode(14, `0002 01 20 ${GLOBAL} ${LINK_LOCAL} 00 20 20010db8`, { form: 'rib' });
  assert.deepEqual(ribNextHop, { nextHop: '2001:db8::1', linkLocalNextHop: 'fe80::1' });
});

test('MP_REACH_NLRI of a RIB entry: an overrun, an odd length or no bytes are warnings', () => {
  for (const value of ['10 20010db8', '05 20010db8 00', '00', '', '0002']) {
    const { ribNextHop, warnings } = decode(14, value, { form: 'rib' });
    assert.equal(ribNextHop, null);
    assert.deepEqual(warnings.codes, ['mp-next-hop-length']);
  }
});

test('MP_UNREACH_NLRI of a RIB entry means nothing', () => {
  assert.equal(decode(15, '0002 01 20 20010db8', { form: 'rib' }).mpUnreach, null);
});
