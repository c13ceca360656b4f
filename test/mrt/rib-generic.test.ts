// RIB_GENERIC (RFC 6396 section 4.3.3, RFC 8050 section 4.2) and GEO_PEER_TABLE (RFC 6397 section 2) from bytes made by hand after the
// texts, and back to them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BgpdumpFormatter } from '../../src/dump/bgpdump-line.js';
import { LineBuffer } from '../../src/dump/line-buffer.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { encodeMrtRecord } from '../../src/mrt/record-encoder.js';
import { encodeRecord } from '../../src/mrt/writer.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { hex } from '../bgp/wire-bytes.js';
import { requires } from '../support/requires.js';
import { decodeAll, elementsOfAll } from './records.js';

const BGPDUMP = 'bgpdump';

const record = (subtype: number, body: string): Uint8Array =>
  encodeRecord({ time: 1_000_000, type: 13, subtype }, (writer) => writer.bytes(hex(body)));

/** One peer: type 2 (IPv4, four-octet AS), BGP ID and address 192.0.2.1, AS 64496. */
const INDEX = record(1, 'c0000209 0000 0001 02 c0000201 c0000201 0000fbf0');
/** ORIGIN IGP, AS_PATH 64496, NEXT_HOP 192.0.2.1: 20 octets. */
const ATTRIBUTES = '0014 40010100 4002060201 0000fbf0 400304c0000201';
/** The same without NEXT_HOP, and MP_REACH_NLRI with 2001:db8::1 only, as RFC 6396 section 4.3.4 has it: 33 octets. */
const ATTRIBUTES_V6 = '0021 40010100 4002060201 0000fbf0 800e11 10 20010db8000000000000000000000001';

const GENERIC = record(6, `00000001 0001 01 18 c63364 0001 0000 00000002 ${ATTRIBUTES}`);
const GENERIC_V6 = record(6, `00000002 0002 01 20 20010db8 0001 0000 00000002 ${ATTRIBUTES_V6}`);
/** The path identifier 7 in the NLRI, as RFC 8050 has it; and 7 in the entry, as GoBGP and OpenBGPD write it. */
const NLRI_ID = record(12, `00000003 0001 01 00000007 18 c63364 0001 0000 00000002 ${ATTRIBUTES}`);
const ENTRY_ID = record(12, `00000003 0001 01 18 c63364 0001 0000 00000002 00000007 ${ATTRIBUTES}`);

for (const [name, bytes, expected] of [
  ['IPv4 unicast', GENERIC, ['198.51.100.0/24', undefined, '192.0.2.1', 1]],
  ['IPv6 unicast', GENERIC_V6, ['2001:db8::/32', undefined, '2001:db8::1', 1]],
  ['a path identifier in the NLRI', NLRI_ID, ['198.51.100.0/24', 7, '192.0.2.1', 1]],
  ['a path identifier in the entry', ENTRY_ID, ['198.51.100.0/24', 7, '192.0.2.1', 1]],
] as const) {
  test(`MrtDecoder reads RIB_GENERIC with ${name}`, () => {
    const elements = elementsOfAll([INDEX, bytes]);
    assert.equal(elements.length, 1);
    const [element] = elements;
    assert.equal(element.type, 'rib');
    assert.deepEqual([element.prefix.toString(), element.pathId, element.nextHop, element.safi], expected);
    assert.deepEqual([element.peerAs, element.originatedTime, element.warnings], [64496, 2_000_000, undefined]);
  });
}

test('MrtDecoder counts RIB_GENERIC of other families as skipped: EVPN, VPN', () => {
  for (const family of ['0019 46', '0001 80']) {
    const [, decoded] = decodeAll([INDEX, record(6, `00000001 ${family} 18 c63364 0000`)]);
    assert.equal(decoded.kind === 'skipped' && decoded.reason, 'rib-generic');
  }
});

test('MrtDecoder throws DecodeError for RIB_GENERIC without a peer index, and for one that ends too early', () => {
  assert.throws(() => decodeAll([GENERIC]), { name: 'DecodeError', code: 'peer-index-missing' });
  for (let length = 0; length < GENERIC.length - 12; length++) {
    const body = Buffer.from(GENERIC.subarray(12, 12 + length)).toString('hex');
    assert.throws(() => decodeAll([INDEX, record(6, body)]), DecodeError);
  }
  for (let length = 0; length < NLRI_ID.length - 12; length++) {
    const body = Buffer.from(NLRI_ID.subarray(12, 12 + length)).toString('hex');
    if (length === 10) continue; // the identifier's first three octets are a whole record: 0.0.0.0/0 without entries
    assert.throws(() => decodeAll([INDEX, record(12, body)]), DecodeError);
  }
});

test('encodeMrtRecord gives RIB_GENERIC back byte for byte', () => {
  const withoutEntries = record(12, '00000003 0001 01 00000007 18 c63364 0000');
  for (const bytes of [GENERIC, GENERIC_V6, ENTRY_ID, NLRI_ID, withoutEntries]) {
    const [, decoded] = decodeAll([INDEX, bytes], new MrtDecoder({ keepForm: true }));
    assert.deepEqual(encodeMrtRecord(decoded), bytes);
  }
});

test('BgpdumpFormatter has no line for RIB_GENERIC, as bgpdump has none', { skip: requires(BGPDUMP) }, () => {
  const plain = record(2, `00000001 18 c63364 0001 0000 00000002 ${ATTRIBUTES}`);
  const records = [INDEX, GENERIC, GENERIC_V6, ENTRY_ID, plain];
  const folder = mkdtempSync(join(tmpdir(), 'peerwatch-generic-'));
  try {
    writeFileSync(join(folder, 'rib'), Buffer.concat(records));
    const printed = execFileSync(BGPDUMP, ['-m', join(folder, 'rib')], { stdio: ['ignore', 'pipe', 'ignore'] });
    const out = new LineBuffer();
    const formatter = new BgpdumpFormatter();
    for (const element of elementsOfAll(records)) formatter.write(element, out);
    assert.equal(Buffer.from(out.take()).toString(), printed.toString());
    assert.match(printed.toString(), /^[^\n]*198\.51\.100\.0\/24[^\n]*\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// Latitude 52.375 and longitude 4.875 are 0x42518000 and 0x409c0000 as IEEE 754 single precision; 0x7fc00000 is not a number.
const GEO = record(
  7,
  'c0000209 0002 6e6c 42518000 409c0000 0002 02 c0000201 c0000201 0000fbf0 42518000 409c0000 ' +
    '03 c0000202 20010db8000000000000000000000001 00010000 7fc00000 7fc00000',
);

test('MrtDecoder reads GEO_PEER_TABLE: places in degrees, NaN where they are private', () => {
  const [decoded] = decodeAll([GEO]);
  assert.equal(decoded.kind, 'geo-peer-table');
  const { collectorBgpId, viewName, latitude, longitude, peers } = decoded;
  assert.deepEqual([collectorBgpId, viewName, latitude, longitude], ['192.0.2.9', 'nl', 52.375, 4.875]);
  assert.deepEqual(peers, [
    { bgpId: '192.0.2.1', address: '192.0.2.1', asn: 64496, type: 2, latitude: 52.375, longitude: 4.875 },
    { bgpId: '192.0.2.2', address: '2001:db8::1', asn: 65536, type: 3, latitude: NaN, longitude: NaN },
  ]);
  assert.deepEqual(elementsOfAll([GEO]), []);
  assert.deepEqual(encodeMrtRecord(decoded), GEO);
});

test('MrtDecoder does not take GEO_PEER_TABLE for the peer index', () => {
  const [, , rib] = decodeAll([INDEX, GEO, GENERIC]);
  assert.equal(rib.kind === 'rib' && rib.entries[0].peer.asn, 64496);
  assert.throws(() => decodeAll([GEO, GENERIC]), { code: 'peer-index-missing' });
});

test('MrtDecoder throws DecodeError for a GEO_PEER_TABLE cut short anywhere', () => {
  for (let length = 0; length < GEO.length - 12; length++) {
    const body = Buffer.from(GEO.subarray(12, 12 + length)).toString('hex');
    assert.throws(() => decodeAll([record(7, body)]), DecodeError);
  }
});
