// UPDATE: its three fields, End-of-RIB, mandatory attributes, framing errors, and the encoder as a second path.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeUpdate } from '../../src/bgp/message-encoder.js';
import { decodeUpdate, type Update } from '../../src/bgp/update.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { type ContextOptions, hex, ipv4Prefix, ipv6Prefix, ipv6Text, nlriList, updateContext } from './wire-bytes.js';
import { pathAttributes } from './arbitrary-attributes.js';

function decode(text: string, options: ContextOptions = {}): Update {
  const bytes = hex(text);
  return decodeUpdate(bytes, 0, bytes.length, updateContext(options));
}

const ORIGIN = '40 01 01 00';
const AS_PATH = '40 02 06 02 01 0000fbf0';
const NEXT_HOP = '40 03 04 c0000201';

test('decodeUpdate reads withdrawn routes, attributes and NLRI', () => {
  const update = decode(`0004 18c63364 0014 ${ORIGIN} ${AS_PATH} ${NEXT_HOP} 18c00002 10c000`);
  assert.deepEqual(
    update.withdrawn.map(({ prefix }) => prefix.toString()),
    ['198.51.100.0/24'],
  );
  assert.deepEqual(
    update.announced.map(({ prefix }) => prefix.toString()),
    ['192.0.2.0/24', '192.0.0.0/16'],
  );
  assert.equal(update.attributes.nextHop, '192.0.2.1');
  assert.equal(update.endOfRib, null);
  assert.deepEqual(update.warnings, []);
});

test('decodeUpdate keeps a prefix that is both withdrawn and announced in both lists', () => {
  const update = decode(`0004 18c00002 0014 ${ORIGIN} ${AS_PATH} ${NEXT_HOP} 18c00002`);
  assert.equal(update.withdrawn[0].prefix.toString(), update.announced[0].prefix.toString());
});

test('decodeUpdate tells the End-of-RIB of IPv4 unicast: no field holds anything (RFC 4724 section 2)', () => {
  assert.deepEqual(decode('0000 0000').endOfRib, { afi: 1, safi: 1 });
});

test('decodeUpdate tells the End-of-RIB of other families: an empty MP_UNREACH_NLRI alone', () => {
  assert.deepEqual(decode('0000 0006 80 0f 03 0002 01').endOfRib, { afi: 2, safi: 1 });
  assert.deepEqual(decode('0000 0007 90 0f 0003 0001 80').endOfRib, { afi: 1, safi: 128 });
});

test('decodeUpdate does not take an empty MP_UNREACH_NLRI beside other things for an End-of-RIB', () => {
  assert.equal(decode(`0000 000a ${ORIGIN} 80 0f 03 0002 01`).endOfRib, null);
  assert.equal(decode('0004 18c00002 0006 80 0f 03 0002 01').endOfRib, null);
  assert.equal(decode('0000 000b 80 0f 08 0002 01 20 20010db8').endOfRib, null);
});

test('decodeUpdate warns of missing mandatory attributes where routes are announced (RFC 7606 section 3 d)', () => {
  assert.deepEqual(decode('0000 0000 18c00002').warnings, ['missing-origin', 'missing-as-path', 'missing-next-hop']);
  assert.deepEqual(decode('0004 18c00002 0000').warnings, []);
  const reach = '80 0e 0e 0001 01 04 c0000201 00 18c00002 00';
  assert.deepEqual(
    decode(`0000 0011 ${reach}`).warnings,
    ['missing-origin', 'missing-as-path'],
    'MP_REACH has a next hop of its own',
  );
});

for (const [name, text] of [
  ['no room for its lengths', '0000 00'],
  ['withdrawn routes that overrun', '0005 18c00002 0000'],
  ['attributes that overrun', `0000 0005 ${ORIGIN}`],
] as const) {
  test(`decodeUpdate throws update-length for ${name}`, () => {
    assert.throws(
      () => decode(text),
      (error) => error instanceof DecodeError && error.code === 'update-length',
    );
  });
}

test('decodeUpdate gives back what encodeUpdate wrote', () => {
  const parts = fc.tuple(fc.boolean(), fc.boolean()).chain(([asn4, addPath]) =>
    fc.record({
      form: fc.constant({ asn4, addPath }),
      withdrawn: nlriList(ipv4Prefix, addPath),
      announced: nlriList(ipv4Prefix, addPath),
      attributes: pathAttributes(asn4),
      reach: fc.option(fc.tuple(ipv6Text, fc.option(ipv6Text), nlriList(ipv6Prefix, addPath), fc.constantFrom(1, 2))),
      unreach: fc.option(fc.tuple(nlriList(ipv6Prefix, addPath), fc.constantFrom(1, 2))),
    }),
  );
  fc.assert(
    fc.property(parts, ({ form, withdrawn, announced, attributes, reach, unreach }) => {
      const mpReach = reach && mpReachOf(...reach);
      const mpUnreach = unreach && { afi: 2, safi: unreach[1], nlri: unreach[0] };
      const bytes = encodeUpdate({ withdrawn, announced, attributes, mpReach, mpUnreach }, form);
      const update = decodeUpdate(bytes, 0, bytes.length, updateContext(form));
      const { warnings, endOfRib, ...rest } = update;
      assert.deepEqual(rest, { withdrawn, announced, attributes, mpReach, mpUnreach });
      assert.ok(warnings.every((code) => code.startsWith('missing-')));
      assert.ok(endOfRib === null || withdrawn.length + announced.length === 0);
    }),
  );
});

function mpReachOf(
  nextHop: string,
  linkLocal: string | null,
  nlri: Update['announced'],
  safi: number,
): NonNullable<Update['mpReach']> {
  const head = { afi: 2, safi, nextHop };
  return linkLocal === null ? { ...head, nlri } : { ...head, linkLocalNextHop: linkLocal, nlri };
}

test('decodeUpdate of any bytes gives an update or a DecodeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.boolean(), (bytes, addPath) => {
      try {
        decodeUpdate(bytes, 0, bytes.length, updateContext({ addPath }));
      } catch (error) {
        assert.ok(error instanceof DecodeError);
      }
    }),
  );
});
