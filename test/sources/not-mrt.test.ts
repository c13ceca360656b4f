// foreignFormat on the beginnings of other formats, and on real first headers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foreignFormat } from '../../src/sources/not-mrt.js';
import { readMrtRecords } from '../../src/sources/mrt-records.js';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

const FOREIGN: readonly (readonly [name: string, head: Uint8Array, says: RegExp])[] = [
  ['text', ascii('hello world, no MRT'), /^it is no MRT file but text: its first bytes are 68 65 6c 6c 6f 20 /],
  ['two letters', ascii('hi'), /but text: its first bytes are 68 69$/],
  ['Unicode text', ascii('Füße und Hände'), /but text/],
  ['HTML', ascii('<!DOCTYPE html><html>'), /but an HTML or XML page/],
  ['JSON', ascii('{"type":"announce"}'), /but JSON or other text/],
  ['pcap', hex('d4c3b2a1 02000400 00000000 00000000'), /but a pcap capture: its first bytes are d4 c3 b2 a1 02 00 /],
  ['pcapng', hex('0a0d0d0a 1c000000 4d3c2b1a 01000000'), /but a pcapng capture/],
  ['ELF', hex('7f454c46 02010100 00000000 00000000'), /but an ELF program/],
  ['noise', hex('9be1f0c3 d2a59788 f6e5d4c3 b2a19080'), /^it is no MRT file: its first bytes are 9b e1 /],
];

for (const [name, head, says] of FOREIGN) {
  test(`foreignFormat tells ${name} from MRT`, () => assert.match(foreignFormat(head) ?? '', says));
}

test('foreignFormat takes every first header of MRT for one, unknown types and torn ones too', () => {
  for (const head of [
    '65920080 0010 0004 00000050',
    '65920080 000d 0001 0000ffff',
    '3c44a300 0005 0001 00000010',
    '65920080 00ff 0000 00000004',
    '659200',
    '',
  ]) {
    assert.equal(foreignFormat(hex(head)), null);
  }
});

test('MrtRecords says of a foreign file what it is, and of a damaged one what is damaged', async () => {
  const reasons = async (...parts: readonly Uint8Array[]): Promise<readonly string[]> => {
    const bytes = new Uint8Array(Buffer.concat(parts));
    // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what is wanted
    async function* open(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 5) yield bytes.slice(at, at + 5);
    }
    const told: string[] = [];
    const records = readMrtRecords({ open }, { onLoss: ({ reason }) => told.push(reason) });
    for await (const batch of records) for (const { bytes: record } of batch) assert.ok(record.length > 0);
    return told;
  };
  const [told] = await reasons(ascii('this is a text of some length'));
  assert.match(told, /^it is no MRT file but text/);
  const sound = hex('65920080 000b 0000 00000000');
  const [damaged] = await reasons(sound, ascii('and here text begins'));
  assert.doesNotMatch(damaged, /no MRT file/);
  assert.deepEqual(await reasons(sound, sound), []);
});
