// RecordFramer behind damage (detection.md section 7): what is a gap, what is a record nevertheless, and where records begin again.
// Every file here is put together from records whose places are known, so what must come out is known from how it was made.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { encodeUpdate, type UpdateParts } from '../../src/bgp/message-encoder.js';
import { Prefix } from '../../src/ip/prefix.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { type RecordTest } from '../../src/mrt/record-framer.js';
import { UpdateLayout } from '../../src/mrt/update-layout.js';
import { encodeBgp4mpMessage } from '../../src/mrt/writer.js';
import { updateOf } from './made-messages.js';
import { chunked, type Framed, frameAll } from './records.js';

interface Head {
  readonly time?: number;
  readonly type?: number;
  readonly subtype?: number;
  /** The length that the header says; the body's where absent. */
  readonly said?: number;
  readonly body?: number;
  readonly fill?: number;
}

const NOW = 1_700_000_000;

/** A record of one repeated octet. */
function record({ time = NOW, type = 16, subtype = 4, body = 50, said = body, fill = 0xee }: Head = {}): Uint8Array {
  const bytes = new Uint8Array(12 + body).fill(fill);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, time);
  view.setUint16(4, type);
  view.setUint16(6, subtype);
  view.setUint32(8, said);
  return bytes;
}

const SESSION = {
  ...{ time: NOW * 1_000_000, peerAs: 64512, localAs: 64496 },
  ...{ peerAddress: '192.0.2.1', localAddress: '192.0.2.254' },
};

/** Updates whose last octets are those of prefixes, of a path, of communities, or of IPv6 prefixes, of many lengths. */
function* longUpdates(): Generator<UpdateParts> {
  const attributes = { origin: 0, asPath: [{ type: 2 as const, asns: [64512, 64500] }], nextHop: '192.0.2.1' };
  for (let n = 0; n < 60; n++) {
    const many = <T>(of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));
    const announced = many((i) => ({ prefix: Prefix.of(`10.${i}.0.0/${16 + (i % 9)}`) }));
    const nlri = many((i) => ({ prefix: Prefix.of(`2001:db8:${i}::/48`) }));
    const asPath = [{ type: 2 as const, asns: many((i) => 64512 + i).concat(64500) }];
    yield { attributes, announced };
    yield {
      attributes: { ...attributes, communities: many((i) => 64512 * 65536 + i) },
      announced: announced.slice(0, 2),
    };
    yield { attributes: { ...attributes, asPath }, announced: announced.slice(0, 1) };
    yield { attributes: { origin: 0, asPath }, mpReach: { afi: 2 as const, safi: 1, nextHop: '2001:db8::1', nlri } };
    yield { attributes, mpUnreach: { afi: 2 as const, safi: 1, nlri } };
  }
}

function messageOf(update: UpdateParts): Uint8Array {
  return updateOf(encodeUpdate(update, { asn4: true, addPath: false }));
}

/** All that walk through messages in front of the decoder, wanting no prefix: they pass over whatever is ordinary. */
function walkers(): readonly (readonly [string, RecordTest])[] {
  const nothing = { isRelatedNlri: () => false };
  const decoder = new MrtDecoder();
  const survey = decoder.messageSurvey(nothing);
  const layout = new UpdateLayout(decoder.state);
  return [
    ['MessageScanner', decoder.scanner(nothing)],
    ['MessageSurvey', { mayConcern: (bytes, start, end) => !survey.isOrdinary(bytes, start, end) }],
    ['UpdateLayout', { mayConcern: (bytes, start, end) => layout.read(bytes, start, end) === 'other' }],
  ];
}

/** Updates with a long last attribute, and each with a shorter one that ends alike. */
function* endingAlike(): Generator<readonly [long: UpdateParts, short: UpdateParts]> {
  const path = { origin: 0, asPath: [{ type: 2 as const, asns: [64512, 64500] }] };
  const ipv4 = { attributes: { ...path, nextHop: '192.0.2.1' }, announced: [{ prefix: Prefix.of('203.0.113.0/24') }] };
  const nlri = [{ prefix: Prefix.of('2001:db8::/32') }];
  const ipv6 = { attributes: path, mpReach: { afi: 2 as const, safi: 1, nextHop: '2001:db8::1', nlri } };
  const vpn = { attributes: path, mpReach: { afi: 1 as const, safi: 128, nextHop: '192.0.2.1', nlri: [] } };
  for (const n of [30, 50, 70]) {
    const communities = Array.from({ length: 3 * n }, (_, i) => 64512 * 65536 + i);
    const largeCommunities = Array.from({ length: n }, (_, i): [number, number, number] => [64512, 1, i]);
    yield [{ ...ipv4, attributes: { ...ipv4.attributes, communities } }, ipv4];
    yield [{ ...ipv6, attributes: { ...path, largeCommunities } }, ipv6];
    yield [{ attributes: { ...path, communities } }, vpn];
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** `[offset, length]` of every record, and the gaps; alike for several chunkings. */
function framed(...parts: readonly Uint8Array[]): { records: [number, number][]; gaps: Framed['gaps'] } {
  const whole = join(parts);
  const all = [whole.length + 1, 1, 13, 64].map((size) => frameAll(chunked(whole, size)));
  for (const other of all.slice(1)) assert.deepEqual(other, all[0]);
  return { records: all[0].records.map(({ offset, bytes }) => [offset, bytes.length]), gaps: all[0].gaps };
}

const [A, B, C, D] = [record(), record({ time: NOW + 1, body: 60 }), record({ time: NOW + 1 }), record({ body: 8 })];

suite('RecordFramer behind damage', () => {
  test('RecordFramer gives up a record that another begins inside of, and finds that one', () => {
    for (let cut = 0; cut < 50; cut++) {
      const torn = record().subarray(0, 12 + cut);
      const { records, gaps } = framed(A, torn, B, C, D);
      const at = 62 + torn.length;
      assert.deepEqual(gaps, [{ offset: 62, bytes: torn.length, reason: 'torn-record' }], `cut at ${cut}`);
      assert.deepEqual(
        records.map(([offset]) => offset),
        [0, at, at + 72, at + 134],
      );
    }
  });

  test('RecordFramer gives up a record torn inside its header, with what came of it', () => {
    for (let cut = 1; cut < 12; cut++) {
      const { records, gaps } = framed(A, record().subarray(0, cut), B, C, D);
      assert.deepEqual(
        gaps.map(({ offset, bytes }) => [offset, bytes]),
        [[62, cut]],
        `cut at ${cut}`,
      );
      assert.deepEqual(
        records.map(([offset]) => offset),
        [0, 62 + cut, 134 + cut, 196 + cut],
      );
    }
  });

  test('RecordFramer passes over foreign bytes between records, zeros among them', () => {
    for (const fill of [0, 0x20, 0xff]) {
      for (const length of [1, 3, 5, 11, 12, 13, 24, 500, 5000]) {
        const { records, gaps } = framed(A, new Uint8Array(length).fill(fill), B, C, D);
        assert.deepEqual(
          gaps.map(({ offset, bytes }) => [offset, bytes]),
          [[62, length]],
        );
        assert.equal(records.length, 4);
      }
    }
  });

  test('RecordFramer passes over foreign bytes before the first record', () => {
    const { records, gaps } = framed(new Uint8Array(100).fill(0x3c), A, B, C);
    assert.deepEqual(gaps, [{ offset: 0, bytes: 100, reason: 'impossible-length' }]);
    assert.deepEqual(records, [
      [100, 62],
      [162, 72],
      [234, 62],
    ]);
  });

  test('RecordFramer gives up what has no header, to the end where nothing chains any more', () => {
    assert.deepEqual(framed(new Uint8Array(3000)), {
      records: [],
      gaps: [{ offset: 0, bytes: 3000, reason: 'implausible-header' }],
    });
    const { records, gaps } = framed(A, B, new Uint8Array(3000).fill(0xab));
    assert.deepEqual(gaps, [{ offset: 134, bytes: 3000, reason: 'impossible-length' }]);
    assert.equal(records.length, 2);
  });

  test('RecordFramer loses of records with a false length no more than themselves', () => {
    for (const said of [0x7fffffff, 0x01000001, 5000, 51, 200]) {
      const { records, gaps } = framed(A, record({ said }), B, C, D, A, B, C, D);
      assert.deepEqual(
        gaps.map(({ offset, bytes }) => [offset, bytes]),
        [[62, 62]],
        `length ${said}`,
      );
      assert.equal(records.length, 8);
    }
  });

  // A length may end where a later record begins: the header there is ordinary, and the records in between were taken for octets to spare.
  test('RecordFramer finds the records that a false length hides, though it ends where another begins', () => {
    for (const hidden of [[B], [B, C], [B, C, D]]) {
      const said = 50 + hidden.reduce((sum, { length }) => sum + length, 0);
      for (const rest of [[A, B, C], []]) {
        const { records, gaps } = framed(A, record({ said }), ...hidden, ...rest);
        assert.deepEqual(gaps, [{ offset: 62, bytes: 62, reason: 'torn-record' }], `${hidden.length} hidden`);
        assert.equal(records.length, 1 + hidden.length + rest.length);
      }
    }
  });

  // The length of the message says the same as the header, and the cut took as many octets as the records behind it have.
  test('RecordFramer finds the records that make up to the octet for what a cut took of the one before them', () => {
    const keepalive = encodeBgp4mpMessage({ ...SESSION, message: { kind: 'keepalive' } });
    for (const update of longUpdates()) {
      const whole = encodeBgp4mpMessage({ ...SESSION, message: messageOf(update) });
      for (const hidden of [1, 2, 3]) {
        const cut = whole.length - hidden * keepalive.length;
        if (cut < 12) continue;
        const { records, gaps } = framed(A, whole.subarray(0, cut), ...Array<Uint8Array>(hidden + 2).fill(keepalive));
        assert.deepEqual(gaps, [{ offset: 62, bytes: cut, reason: 'torn-record' }]);
        assert.equal(records.length, hidden + 3);
      }
    }
  });

  // Who walks through a message steps over values: its lengths were sound, so that it was passed over before the framer looked into it.
  for (const [name, walker] of walkers()) {
    test(`${name} leaves a record that is cut inside its last attribute, and made up for, to the framer`, () => {
      for (const [long, short] of endingAlike()) {
        const whole = encodeBgp4mpMessage({ ...SESSION, message: messageOf(long) });
        const hidden = encodeBgp4mpMessage({ ...SESSION, message: messageOf(short) });
        const torn = whole.subarray(0, whole.length - hidden.length);
        const bytes = join([hidden, torn, hidden, hidden, hidden]);
        for (const chunks of [[bytes], chunked(bytes, 100)]) {
          const { gaps, end } = frameAll(chunks, walker);
          assert.deepEqual(gaps, [{ offset: hidden.length, bytes: torn.length, reason: 'torn-record' }]);
          assert.equal(end.records, 4);
        }
      }
    });
  }

  // Between IPv6 addresses a message stands 24 octets further on: the next record's, between IPv4 addresses, stood there, as long as due.
  test('RecordFramer finds a record of IPv4 addresses behind one of IPv6 addresses that is cut in front of them', () => {
    const ends = { peerAddress: '2001:db8::1', localAddress: '2001:db8::2' };
    for (const asn4 of [true, false]) {
      const torn = encodeBgp4mpMessage({ ...SESSION, ...ends, asn4, message: { kind: 'keepalive' } });
      const next = encodeBgp4mpMessage({ ...SESSION, asn4, message: { kind: 'keepalive' } });
      const cut = torn.length - next.length;
      const { records, gaps } = framed(next, torn.subarray(0, cut), next, next, next);
      assert.deepEqual(gaps, [{ offset: next.length, bytes: cut, reason: 'torn-record' }]);
      assert.equal(records.length, 4);
    }
  });

  // They were taken for octets that the header does not count: part of the record, and nobody heard of what they were left of.
  test('RecordFramer gives up four octets behind a record that is as long as its message says', () => {
    const keepalive = encodeBgp4mpMessage({ ...SESSION, message: { kind: 'keepalive' } });
    const { records, gaps } = framed(A, keepalive, Uint8Array.of(0, 5, 0, 6), B, C, D);
    assert.deepEqual(gaps, [{ offset: 62 + keepalive.length, bytes: 4, reason: 'implausible-header' }]);
    assert.deepEqual(records[1], [62, keepalive.length]);
    assert.equal(records.length, 5);
  });

  // The other file's times are far from this one's, so that its headers were not looked for inside the record cut by the splice.
  test('RecordFramer finds the first record of another day behind a splice, which the record before it runs into', () => {
    const other = [0, 1, 2, 3].map((n) => record({ time: NOW - 400_000_000 + n, body: 40 }));
    for (let cut = 0; cut < 50; cut++) {
      const { records, gaps } = framed(A, record().subarray(0, 12 + cut), ...other);
      assert.deepEqual(gaps, [{ offset: 62, bytes: 12 + cut, reason: 'torn-record' }], `cut at ${cut}`);
      assert.equal(records.length, 5);
    }
  });

  // Two octets into a STATE_CHANGE_AS4 its subtype stands for a type, 5, and its length for one that the input does not reach: a chain
  // cut short, for which the record there was given up.
  test('RecordFramer finds a record behind one torn by two octets, though a header seems to stand inside it', () => {
    const state = record({ subtype: 5, body: 24 });
    const { records, gaps } = framed(A, record().subarray(0, 60), state, state);
    assert.deepEqual(gaps, [{ offset: 62, bytes: 60, reason: 'torn-record' }]);
    assert.equal(records.length, 3);
  });

  test('RecordFramer gives a record whose length is too small as far as it says, and the rest is a gap', () => {
    const { records, gaps } = framed(A, record({ said: 20 }), B, C, D);
    assert.deepEqual(records[1], [62, 32]);
    assert.deepEqual(gaps, [{ offset: 94, bytes: 30, reason: 'impossible-length' }]);
  });

  test('RecordFramer needs three headers behind damage; the end of the input stands for those that are missing', () => {
    const junk = new Uint8Array(40).fill(0xcc);
    assert.equal(framed(A, junk, B).records.length, 2);
    assert.equal(framed(A, junk, B, junk).records.length, 1);
    assert.equal(framed(A, junk, B, C, junk).records.length, 1);
    assert.equal(framed(A, junk, B, C, D, junk).records.length, 4);
    assert.equal(framed(A, junk, record({ time: NOW + 90_000 })).records.length, 1); // alone, and of another day
  });

  test('RecordFramer tells every gap of a file', () => {
    const junk = new Uint8Array(7).fill(0xcc);
    const { gaps } = framed(junk, A, B, C, junk, A, B, C, A.subarray(0, 30), A, B, C, A.subarray(0, 5));
    assert.deepEqual(
      gaps.map(({ offset, bytes }) => [offset, bytes]),
      [
        [0, 7],
        [203, 7],
        [406, 30],
        [632, 5],
      ],
    );
  });
});

suite('RecordFramer and what is odd but whole', () => {
  const wholes: readonly (readonly [string, readonly Uint8Array[]])[] = [
    ['an unknown type between records', [A, record({ type: 64, subtype: 5 }), B, C]],
    ['unknown types alone', [record({ type: 64 }), record({ type: 65 }), record({ type: 64 })]],
    ['an unknown type at the end', [A, record({ type: 64, body: 0 })]],
    ['an unknown subtype', [A, record({ subtype: 200 }), B]],
    ['a time far ahead, alone', [A, record({ time: 0xfffffff0 }), B, C, D]],
    ['times that run back years', [A, record({ time: NOW - 100_000_000 }), record({ time: 1 }), C]],
    ['time 0', [record({ time: 0 }), record({ time: 0 })]],
    ['records too short for their type', [A, record({ body: 0 }), record({ body: 3 }), B]],
    ['a record over 64 KiB', [A, record({ type: 13, subtype: 2, body: 70_000 }), B]],
  ];
  for (const [name, parts] of wholes) {
    test(`RecordFramer gives ${name}`, () => {
      const { records, gaps } = framed(...parts);
      assert.deepEqual(gaps, []);
      assert.deepEqual(
        records.map(([, length]) => length),
        parts.map(({ length }) => length),
      );
    });
  }

  test('RecordFramer takes records 4 octets longer than they say as they are', () => {
    const parts = [1, 2, 3, 4, 5].map((n) => record({ type: 12, subtype: 1, body: 40 + n, said: 36 + n }));
    const { records, gaps } = framed(...parts);
    assert.deepEqual(gaps, []);
    assert.deepEqual(
      records.map(([, length]) => length),
      parts.map(({ length }) => length),
    );
    assert.equal(frameAll([join(parts)]).end.corrected, 5);
  });

  test('RecordFramer takes a single record that is 4 octets longer than it says as it is', () => {
    const { records, gaps } = framed(A, record({ said: 46 }), B, C, D);
    assert.deepEqual([records.length, gaps], [5, []]);
  });

  test('RecordFramer finds records of true length again behind those that are 4 short', () => {
    const short = [1, 2, 3].map(() => record({ type: 12, subtype: 1, body: 40, said: 36 }));
    const { records, gaps } = framed(...short, A, B, C, D);
    assert.deepEqual([records.length, gaps], [7, []]);
  });

  test('RecordFramer finds records that are 4 short behind damage', () => {
    const short = [1, 2, 3, 4].map(() => record({ type: 12, subtype: 1, body: 40, said: 36 }));
    const { records, gaps } = framed(...short, short[0].subarray(0, 25), ...short);
    assert.deepEqual([records.length, gaps.map(({ offset, bytes }) => [offset, bytes])], [8, [[208, 25]]]);
  });
});

suite('RecordFramer and any damage', () => {
  const whole = fc
    .record({ time: fc.integer({ min: NOW, max: NOW + 3600 }), body: fc.integer({ min: 8, max: 90 }) })
    .map((head) => record(head));

  test('RecordFramer finds every record that three intact ones or the end follow, behind any tears', () => {
    const part = fc.record({ intact: fc.array(whole, { minLength: 3, maxLength: 5 }), torn: whole, cut: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 99 }), (parts, size) => {
        const pieces = parts.flatMap(({ intact, torn, cut }) => [
          ...intact.map((bytes) => ({ bytes, intact: true })),
          { bytes: torn.subarray(0, 12 + (cut % (torn.length - 12))), intact: false },
        ]);
        pieces.push({ bytes: A, intact: true });
        const bytes = join(pieces.map((piece) => piece.bytes));
        const { records, gaps } = frameAll(chunked(bytes, size));
        let at = 0;
        const expected: number[] = [];
        for (const piece of pieces) {
          if (piece.intact) expected.push(at);
          at += piece.bytes.length;
        }
        const found = new Set(records.map(({ offset }) => offset));
        for (const offset of expected) assert.ok(found.has(offset), `record at ${offset} not found`);
        assertCovers(bytes.length, { records, gaps });
        assert.deepEqual(frameAll([bytes]), frameAll(chunked(bytes, size)));
      }),
      { numRuns: 300 },
    );
  });

  // A record found behind damage was itself torn: the second gap took the place of the first, which nobody was told of.
  test('RecordFramer tells of two gaps without a record between them as one', () => {
    const torn = record({ type: 16, subtype: 4, body: 13, said: 61 });
    const last = record({ type: 12, subtype: 1, body: 40, said: 36 });
    const bytes = join([new Uint8Array(40), torn, last]);
    for (const size of [1, 7, bytes.length]) {
      const { records, gaps, end } = frameAll(chunked(bytes, size));
      assert.deepEqual(
        records.map(({ offset }) => offset),
        [65],
      );
      assert.deepEqual(
        gaps.map(({ offset, bytes: lost }) => [offset, lost]),
        [[0, 65]],
      );
      assert.deepEqual([end.gaps, end.lost], [1, 65]);
    }
  });

  // What was found behind the first gap was given up too, but not before the next chunk: then two gaps were told instead of one.
  test('RecordFramer tells a gap when it knows the record behind it, in whatever chunks that comes', () => {
    const [torn, next] = [record({ subtype: 6, body: 93 }).subarray(0, 47), record({ type: 13, subtype: 2, body: 35 })];
    const { records, gaps } = framed(
      record({ type: 5, subtype: 1 }).subarray(0, 11),
      torn,
      record({ subtype: 1 }).subarray(0, 11),
      next,
      next,
      next,
    );
    assert.deepEqual(
      [records.map(([offset]) => offset), gaps],
      [[69, 116, 163], [{ offset: 0, bytes: 69, reason: 'torn-record' }]],
    );
  });

  test('RecordFramer accounts for every byte of anything once, whatever the chunks', () => {
    const piece = fc.oneof(
      whole,
      fc.uint8Array({ maxLength: 60 }),
      fc.constant(new Uint8Array(40)),
      whole.chain((bytes) => fc.nat(bytes.length).map((cut) => bytes.subarray(0, cut))),
      fc.constant(record({ type: 12, subtype: 1, body: 40, said: 36 })),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), fc.integer({ min: 1, max: 200 }), (pieces, size) => {
        const bytes = join(pieces);
        const framedWhole = frameAll([bytes]);
        assert.deepEqual(frameAll(chunked(bytes, size)), framedWhole);
        assertCovers(bytes.length, framedWhole);
      }),
      { numRuns: 500 },
    );
  });
});

/** Records and gaps lie side by side, from the first byte to the last. */
function assertCovers(length: number, { records, gaps }: Pick<Framed, 'records' | 'gaps'>): void {
  const spans = [
    ...records.map(({ offset, bytes }) => [offset, offset + bytes.length]),
    ...gaps.map(({ offset, bytes }) => [offset, offset + bytes]),
  ].sort(([a], [b]) => a - b);
  let at = 0;
  for (const [from, to] of spans) {
    assert.equal(from, at);
    at = to;
  }
  assert.equal(at, length);
}
