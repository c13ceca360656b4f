// The router's side of RTR, octets in, steps out. Octets that stand here in hexadecimal are from the layouts of RFC 8210 section 5,
// 8210bis, and what stayrtr 0.5.1 sends.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { decodeRtrPdu, encodeRtrPdu, type RtrPdu, type RtrVersion } from '../../src/rpki/rtr-pdu.js';
import { aspasOf, type RtrData, RtrSession, type RtrStep } from '../../src/rpki/rtr-session.js';
import { formatVrp } from '../../src/rpki/vrp-table.js';
import { answerOf } from '../support/rtr-cache.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const bytesOf = (pdus: readonly RtrPdu[]): Uint8Array => Uint8Array.from(pdus.flatMap((pdu) => [...encodeRtrPdu(pdu)]));

/** `send reset-query v2`, `data 7/1 [..] refresh 3600`, `close corrupt-data next 2 anew`. */
function brief(step: RtrStep): string {
  switch (step.kind) {
    case 'send': {
      const pdu = decodeRtrPdu(step.bytes, 0, step.bytes.length);
      const code =
        pdu.kind === 'error' ? ` ${pdu.code}` : pdu.kind === 'serial-query' ? ` ${pdu.sessionId}/${pdu.serial}` : '';
      return `send ${pdu.kind}${code} v${pdu.version}`;
    }
    case 'data':
      return `data ${shown(step.data)} refresh ${step.intervals.refresh} keys ${step.routerKeys}`;
    case 'close':
      return `close ${step.fault.code} next v${step.nextVersion} ${step.goesOn ? 'on' : 'anew'}`;
  }
}

function shown(data: RtrData): string {
  const vrps = [...data.vrps.related(() => true)].map(formatVrp).sort();
  const aspas = aspasOf(data).map(({ customer, providers }) => `ASPA ${customer} ${providers.join(' ')}`);
  return `${data.sessionId}/${data.serial} [${[...vrps, ...aspas].join(', ')}]`;
}

const A = '203.0.113.0/24-25 AS64496';
const FIRST = answerOf({}, '+203.0.113.0/24-25 64496', '+ASPA 64496 64500 64501');

/** Starts a session and feeds it. @returns what it did after its first query. */
function run(chunks: readonly Uint8Array[], version: RtrVersion = 2): readonly string[] {
  const session = new RtrSession(version, null);
  assert.deepEqual(session.start().map(brief), [`send reset-query v${version}`]);
  return chunks.flatMap((chunk) => session.receive(chunk)).map(brief);
}

function after(...pdus: readonly RtrPdu[]): readonly string[] {
  const session = new RtrSession(2, null);
  session.start();
  session.receive(bytesOf(FIRST));
  session.refresh();
  return session.receive(bytesOf(pdus)).map(brief);
}

const data = `data 7/1 [${A}, ASPA 64496 64500 64501] refresh 3600 keys 0`;
const v2 = { version: 2 } as const;
const response: RtrPdu = { ...v2, kind: 'cache-response', sessionId: 7 };

suite('RtrSession', () => {
  test('encodeRtrPdu and decodeRtrPdu have the octets of the RFC', () => {
    const octets = hex('01 04 0000 00000014 01 18 19 00 cb007100 0000fbf0');
    const pdu = decodeRtrPdu(octets, 0, octets.length);
    assert.equal(pdu.kind === 'prefix' && pdu.announce && formatVrp(pdu.vrp), A);
    assert.deepEqual(encodeRtrPdu(pdu), octets);
    const aspa = hex('02 0b 01 00 00000014 0000fbf0 0000fbf4 0000fbf5');
    assert.deepEqual(decodeRtrPdu(aspa, 0, aspa.length), {
      ...v2,
      kind: 'aspa',
      announce: true,
      customer: 64496,
      providers: [64500, 64501],
    });
    const end = hex('01 07 0007 00000018 00000009 00000e10 00000258 00001c20');
    assert.deepEqual(encodeRtrPdu(decodeRtrPdu(end, 0, end.length)), end);
    const error = hex('01 0a 0004 00000012 00000000 00000002 6e6f');
    assert.deepEqual(encodeRtrPdu(decodeRtrPdu(error, 0, error.length)), error);
  });

  test('RtrSession gives the data at End of Data, whatever chunks they come in', () => {
    const bytes = bytesOf(FIRST);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
        const chunks: Uint8Array[] = [];
        for (let [at, i] = [0, 0]; at < bytes.length; i++) {
          const size = sizes[i % sizes.length];
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        assert.deepEqual(run(chunks), [data]);
      }),
    );
  });

  for (const [name, pdus, steps] of [
    [
      'takes changes at once',
      answerOf({ serial: 2 }, '-203.0.113.0/24-25 64496', '+2001:db8::/32-48 64499', '-ASPA 64496'),
      ['data 7/2 [2001:db8::/32-48 AS64499] refresh 3600 keys 0'],
    ],
    [
      'replaces an ASPA by another of its customer',
      answerOf({ serial: 2 }, '+ASPA 64496 64502'),
      [`data 7/2 [${A}, ASPA 64496 64502] refresh 3600 keys 0`],
    ],
    ['asks for everything after Cache Reset', [{ ...v2, kind: 'cache-reset' }], ['send reset-query v2']],
    [
      'refuses a second announcement (7)',
      answerOf({}, '+203.0.113.0/24-25 64496'),
      ['send error 7 v2', 'close duplicate-announcement next v2 anew'],
    ],
    [
      'refuses the withdrawal of what is not there (6)',
      answerOf({}, '-192.0.2.0/24 1'),
      ['send error 6 v2', 'close unknown-withdrawal next v2 anew'],
    ],
    [
      'refuses the withdrawal of an ASPA that is not there (6)',
      answerOf({}, '-ASPA 5'),
      ['send error 6 v2', 'close unknown-withdrawal next v2 anew'],
    ],
    [
      'refuses another session id (0)',
      answerOf({ sessionId: 8 }),
      ['send error 0 v2', 'close corrupt-data next v2 anew'],
    ],
    [
      'refuses another version (8)',
      answerOf({ version: 1 }),
      ['send error 8 v2', 'close unexpected-version next v2 anew'],
    ],
    ['refuses payloads outside of an answer (0)', [FIRST[1]], ['send error 0 v2', 'close corrupt-data next v2 anew']],
    [
      'refuses a provider that is the customer (9)',
      answerOf({}, '+ASPA 64496 64496'),
      ['send error 9 v2', 'close aspa-providers next v2 anew'],
    ],
    [
      'refuses providers out of order (9)',
      answerOf({}, '+ASPA 64496 64501 64500'),
      ['send error 9 v2', 'close aspa-providers next v2 anew'],
    ],
    [
      'passes over router keys, and counts them',
      [response, { ...v2, kind: 'router-key' }, ...answerOf({}).slice(1)],
      [`data 7/1 [${A}, ASPA 64496 64500 64501] refresh 3600 keys 1`],
    ],
    [
      'takes No Data Available for a pause',
      [{ ...v2, kind: 'error', code: 2, pdu: new Uint8Array(0), text: '' }],
      ['close no-data-available next v2 on'],
    ],
    [
      'answers no Error Report with one',
      [{ ...v2, kind: 'error', code: 0, pdu: new Uint8Array(0), text: 'x' }],
      ['close corrupt-data next v2 anew'],
    ],
  ] as const satisfies readonly (readonly [string, readonly RtrPdu[], readonly string[]])[])
    test(`RtrSession ${name}`, () => assert.deepEqual(after(...pdus), steps));

  test('RtrSession asks for changes at a Serial Notify of another serial, and once the answer in hand is there', () => {
    const session = new RtrSession(2, null);
    session.start();
    session.receive(bytesOf(FIRST));
    const notify = (serial: number): readonly string[] =>
      session.receive(bytesOf([{ ...v2, kind: 'serial-notify', sessionId: 7, serial }])).map(brief);
    assert.deepEqual(notify(1), []);
    assert.deepEqual(notify(2), ['send serial-query 7/1 v2']);
    assert.deepEqual(notify(3), []);
    assert.deepEqual(session.receive(bytesOf(answerOf({ serial: 2 }))).map(brief), [
      `data 7/2 [${A}, ASPA 64496 64500 64501] refresh 3600 keys 0`,
      'send serial-query 7/2 v2',
    ]);
  });

  test('RtrSession settles on the version of the first answer, and passes over a Serial Notify before (RFC 8210 section 7)', () => {
    const notify: RtrPdu = { version: 0, kind: 'serial-notify', sessionId: 9, serial: 9 };
    const answer = answerOf({ version: 0 }, '+203.0.113.0/24-25 64496');
    assert.deepEqual(run([bytesOf([notify, ...answer])]), [`data 7/1 [${A}] refresh 3600 keys 0`]);
    assert.deepEqual(run([bytesOf(answerOf({ version: 2 }))], 1), [
      'send error 8 v1',
      'close unexpected-version next v1 anew',
    ]);
  });

  test('RtrSession tries the version that the cache names, or the next lower one', () => {
    const refusal = (version: number): readonly RtrPdu[] => [
      { version, kind: 'error', code: 4, pdu: new Uint8Array(0), text: '' },
    ];
    assert.deepEqual(run([bytesOf(refusal(0))]), ['close unsupported-version next v0 anew']);
    assert.deepEqual(run([bytesOf(refusal(2))]), ['close unsupported-version next v1 anew']);
    assert.deepEqual(run([bytesOf(refusal(0))], 0), ['close unsupported-version next v0 anew']);
  });

  test('RtrSession refuses ASPAs by address family by name, and goes on without ASPAs', () => {
    const old = hex('02 0b 0000 00000018 01 00 0002 0000fbf4 0000fbf0 0000fbf1'); // stayrtr 0.5.1
    const steps = run([bytesOf([response]), old]);
    assert.deepEqual(steps, ['send error 9 v2', 'close old-aspa next v1 anew']);
  });

  test('RtrSession ends at lengths, types and prefixes that cannot be', () => {
    const start = bytesOf([response]);
    const fails = (text: string): readonly string[] => run([start, hex(text)]);
    const corrupt = ['send error 0 v2', 'close corrupt-data next v2 anew'];
    assert.deepEqual(fails('02 04 0000 00000007'), corrupt);
    assert.deepEqual(fails('02 04 0000 00020000'), corrupt);
    assert.deepEqual(fails('02 04 0000 00000010 01 18 18 00 cb007100'), corrupt);
    assert.deepEqual(fails('02 04 0000 00000014 01 21 21 00 cb007100 0000fbf0'), corrupt);
    assert.deepEqual(fails('02 04 0000 00000014 01 18 17 00 cb007100 0000fbf0'), corrupt);
    assert.deepEqual(fails('02 2a 0000 00000008'), ['send error 5 v2', 'close unsupported-pdu next v2 anew']);
  });

  test('RtrSession goes on from what an earlier one brought, in its version', () => {
    const first = new RtrSession(1, null);
    first.start();
    const [step] = first.receive(bytesOf(answerOf({ version: 1 }, '+203.0.113.0/24-25 64496')));
    assert.ok(step.kind === 'data');
    const session = new RtrSession(2, step.data);
    assert.deepEqual(session.start().map(brief), ['send serial-query 7/1 v1']);
    const [same] = session.receive(bytesOf(answerOf({ version: 1 })));
    assert.ok(same.kind === 'data' && same.data === step.data);
  });
});
