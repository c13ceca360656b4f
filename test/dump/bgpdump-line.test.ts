import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BgpdumpFormatter, bgpdumpAddress } from '../../src/dump/bgpdump-line.js';
import { LineBuffer } from '../../src/dump/line-buffer.js';
import { elementsOf } from '../../src/mrt/elements.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { RecordFramer } from '../../src/mrt/record-framer.js';
import { HABITS } from './records.js';

function lines(bytes: Uint8Array): string[] {
  const [framer, decoder, formatter, out] = [
    new RecordFramer(),
    new MrtDecoder(),
    new BgpdumpFormatter(),
    new LineBuffer(),
  ];
  framer.push(bytes);
  framer.finish();
  for (let raw = framer.next(); raw !== null; raw = framer.next()) {
    for (const element of elementsOf(decoder.decode(raw))) formatter.write(element, out);
  }
  return new TextDecoder().decode(out.take()).split('\n').slice(0, -1);
}

/** Lines worked out by hand from the format; test/integration holds all habits against bgpdump itself. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'an announcement': [
    'BGP4MP|1704067200|A|192.0.2.1|64496|203.0.113.0/24|64496 64497 64511|IGP|192.0.2.1|0|0||NAG||',
    'BGP4MP|1704067200|A|192.0.2.1|64496|198.51.100.0/25|64496 64497 64511|IGP|192.0.2.1|0|0||NAG||',
  ],
  'every attribute': [
    'BGP4MP|1704067200|A|192.0.2.1|64496|203.0.113.0/24|64496 64497 64511|INCOMPLETE|192.0.2.1|3000000000|4294967295|' +
      'no-export no-advertise local-AS 65535:666 1:2 0:0|AG|4200000000 198.51.100.7|',
  ],
  'confederations and sets': [
    'BGP4MP|1704067200|A|192.0.2.1|64496|203.0.113.0/24|(65001 65002) [65003,65004] 64496 64497 64498 {64499,4200000001}|IGP|192.0.2.1|0|0||NAG||',
  ],
  'no attributes at all': ['BGP4MP|1704067200|A|192.0.2.1|64496|203.0.113.0/24||INCOMPLETE|255.255.255.255|0|0||NAG||'],
  'a withdrawal': ['BGP4MP|1704067200|W|192.0.2.1|64496|203.0.113.0/24'],
  'ADD-PATH': [
    'BGP4MP_AP|1704067200|A|192.0.2.1|64496|203.0.113.0/24|4000000000|64496 64497 64511|IGP|192.0.2.1|0|0||NAG||',
  ],
  'an ADD-PATH withdrawal': ['BGP4MP_AP|1704067200|W|192.0.2.1|64496|203.0.113.0/24|0'],
  'a state change of IPv6': ['BGP4MP_ET|1704067200.123456|STATE|2001:db8::1:1:1:1:1|64496|3|8'],
  'a KEEPALIVE': [],
  'an End-of-RIB': [],
  'a multicast RIB': [],
};

for (const [name, expected] of Object.entries(EXPECTED)) {
  test(`BgpdumpFormatter writes ${name}`, () => {
    const bytes = HABITS.find(([habit]) => habit === name)?.[1];
    assert.ok(bytes !== undefined);
    assert.deepEqual(lines(bytes), expected);
  });
}

test('BgpdumpFormatter keeps nothing of one record in the next where they differ', () => {
  const [all, one] = [new LineBuffer(), new BgpdumpFormatter()];
  const alone: string[] = [];
  for (const [, bytes] of HABITS) {
    alone.push(...lines(bytes));
    const [framer, decoder] = [new RecordFramer(), new MrtDecoder()];
    framer.push(bytes);
    framer.finish();
    for (let raw = framer.next(); raw !== null; raw = framer.next()) {
      for (const element of elementsOf(decoder.decode(raw))) one.write(element, all);
    }
  }
  assert.deepEqual(new TextDecoder().decode(all.take()).split('\n').slice(0, -1), alone);
});

const ADDRESSES: readonly (readonly [rfc5952: string, bgpdump: string])[] = [
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8::1:1:1:1:1'],
  ['2001:0:1:0:1:1:1:1', '2001::1:0:1:1:1:1'],
  ['0:1:1:1:1:1:1:1', '::1:1:1:1:1:1:1'],
  ['1:1:1:1:1:1:1:0', '1:1:1:1:1:1:1::'],
  ['2001:db8:0:1::', '2001:db8:0:1::'],
  ['::', '::'],
  ['::1', '::1'],
  ['::2', '::0.0.0.2'],
  ['::ff00', '::0.0.255.0'],
  ['::102:304', '::1.2.3.4'],
  ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
  ['::1:102:304', '::1:102:304'],
];

for (const [rfc5952, bgpdump] of ADDRESSES) {
  test(`bgpdumpAddress writes ${rfc5952} as ${bgpdump}`, () => {
    assert.equal(bgpdumpAddress(rfc5952), bgpdump);
  });
}
