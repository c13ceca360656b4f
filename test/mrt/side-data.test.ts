// BGP messages of other origin than MRT files, where the samples are beside the checkout, as records: UPDATEs that BMP routers sent, and
// messages that once crashed a BGP daemon.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BgpMessage } from '../../src/bgp/message.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { encodeMrtRecord } from '../../src/mrt/record-encoder.js';
import { frameRecord, type RawRecord } from '../../src/mrt/record-framer.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { requires, sharedData } from '../support/requires.js';
import { capturedMessages } from './captured-bmp.js';

const skip = requires('shared');

/** The message in a record of BGP4MP: MESSAGE_AS4, or MESSAGE for two-octet AS numbers. */
function recordOf(message: Uint8Array, asn4 = true): RawRecord {
  const header = Buffer.alloc(12 + (asn4 ? 12 : 8) + 8);
  header.writeUInt32BE(1_700_000_000);
  header.writeUInt16BE(16, 4);
  header.writeUInt16BE(asn4 ? 4 : 1, 6);
  header.writeUInt32BE(header.length - 12 + message.length, 8);
  header.writeUInt16BE(1, header.length - 10); // AFI; AS numbers, interface and addresses are zeros
  return frameRecord(new Uint8Array(Buffer.concat([header, message])), 0, 0);
}

/**
 * Counted by walking the messages' length fields, in another language: OPEN, UPDATE and NOTIFICATION messages, IPv4 NLRI outside of
 * attributes (announced, withdrawn), and UPDATEs with MP_REACH and MP_UNREACH of IPv4 and IPv6 unicast.
 */
const CAPTURES: Readonly<Record<string, readonly number[]>> = {
  '201-BMP-CISCO-rd_instance__traffic-00.pcap': [84, 251, 0, 133, 0, 102, 18],
  '204-BMP-CISCO-peer_down__traffic-00.pcap': [20, 301, 0, 0, 15, 47, 2],
  '205-BMP-6wind-FRR-peer_down__traffic-00.pcap': [14, 451, 2, 142, 0, 0, 0],
};

function countsOf(messages: readonly BgpMessage[]): readonly number[] {
  const updates = messages.flatMap((message) => (message.kind === 'update' ? [message.update] : []));
  const sum = (of: (update: (typeof updates)[number]) => number): number =>
    updates.reduce((total, update) => total + of(update), 0);
  return [
    messages.filter(({ kind }) => kind === 'open').length,
    updates.length,
    messages.filter(({ kind }) => kind === 'notification').length,
    sum(({ announced }) => announced.length),
    sum(({ withdrawn }) => withdrawn.length),
    sum(({ mpReach }) => Number(mpReach?.safi === 1)),
    sum(({ mpUnreach }) => Number(mpUnreach?.safi === 1)),
  ];
}

for (const [file, counts] of Object.entries(CAPTURES)) {
  test(`MrtDecoder reads the BGP messages of ${file}, and the writer gives them back`, { skip }, () => {
    const decoder = new MrtDecoder({ keepForm: true });
    const messages = capturedMessages(new Uint8Array(readFileSync(join(sharedData, 'side', 'bmp', file))));
    const decoded = messages.map(({ bytes, asn4 }) => {
      const raw = recordOf(bytes, asn4);
      const record = decoder.decode(raw);
      assert.ok(record.kind === 'message');
      assert.deepEqual(Buffer.from(encodeMrtRecord(record)), Buffer.from(raw.bytes));
      return record.message;
    });
    assert.deepEqual(countsOf(decoded), counts);
  });
}

/**
 * What their bytes say, read by hand, once they have the marker that they lack; by the first digits of the names. The message, then what
 * is wrong: the code of a DecodeError, or the NLRI that stand in spite of a warning.
 */
const BAD_LENGTHS: Readonly<Record<string, readonly [wrong: string, what: string]>> = {
  '00085285': ['OPEN: capability 5 of 255 octets in a parameter of 13', 'truncated'],
  '0b229deb': ['OPEN: capability 1 of 254 octets in a parameter of 13', 'truncated'],
  '1d1fb484': ['OPEN: parameter 48 of 254 octets where 30 are left', 'truncated'],
  '27f19d69': ['no attribute in 3 octets; NLRI 30 = 48 bits', 'nlri-length'],
  '3765bb23': ['no attribute in 3 octets; NLRI 30 = 48 bits', 'nlri-length'],
  '4d4dc736': ['attribute 26 of 5 octets in a field of 3; NLRI 30 = 48 bits', 'nlri-length'],
  b7ed0646: ['attribute 15 of 5 octets in a field of 3; NLRI 00, 01 86, 30 = 48 bits', 'nlri-length'],
  // NLRI 00 and 19 46 0n 00, three octets where 25 bits need four: legal only with a path identifier in front of one of length 0.
  '147a924d': ['attribute 15 of 5 octets in a field of 3', '0.0.0.0/0 id 1656323'],
  '3dce7e04': ['attribute 15 of 5 octets in a field of 3', '0.0.0.0/0 id 1656322'],
  '66e6aab4': ['attribute 15 of 5 octets in a field of 3', '0.0.0.0/0 id 1656321'],
  a8ecedce: ['attribute 15 of 5 octets in a field of 3', '0.0.0.0/0 id 1656324'],
};

/** The code of the DecodeError that a record costs, or its announced NLRI where its attributes were found truncated. */
function outcomeOf(raw: RawRecord): string {
  try {
    const record = new MrtDecoder().decode(raw);
    assert.ok(record.kind === 'message' && record.message.kind === 'update');
    assert.ok(record.warnings.includes('attribute-truncated'));
    return record.message.update.announced.map(({ prefix, pathId }) => `${prefix.toString()} id ${pathId}`).join();
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error.code;
  }
}

for (const [name, [wrong, what]] of Object.entries(BAD_LENGTHS)) {
  test(`MrtDecoder refuses or warns of the message ${name}: ${wrong}`, { skip }, () => {
    const folder = join(sharedData, 'side', 'gobgp-bad-len');
    const [file, ...others] = readdirSync(folder).filter((each) => each.startsWith(name));
    assert.deepEqual(others, []);
    const message = new Uint8Array(readFileSync(join(folder, file)));
    assert.equal(outcomeOf(recordOf(message)), 'bgp-marker');
    assert.equal(outcomeOf(recordOf(message.fill(0xff, 0, 16))), what);
  });
}
