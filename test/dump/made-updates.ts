// UPDATEs for property tests of those who read them in place: every attribute that matters to a line, in any order, mostly of its right
// length, sometimes repeated, damaged or unknown; NLRI of both families, plain ones and ones with path identifiers.

import fc from 'fast-check';
import { type Nlri } from '../../src/bgp/nlri.js';
import { ByteWriter } from '../../src/wire/byte-writer.js';
import { encodeNlri } from '../../src/bgp/nlri.js';
import { encodeBgp4mpMessage } from '../../src/mrt/writer.js';
import { anyPrefix } from '../support/prefixes.js';

/** Attribute types with the lengths that they have in four-octet messages. */
const FIXED: Readonly<Record<number, number>> = { 1: 1, 3: 4, 4: 4, 5: 4, 6: 0, 7: 8, 9: 4, 18: 8, 35: 4 };

const octets = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });

const asn = fc.oneof(fc.nat(9), fc.nat(65535), fc.constantFrom(0, 23456, 65536, 4_294_967_295), fc.nat(0xffffffff));

const segments = fc.array(
  fc.record({
    type: fc.constantFrom(2, 2, 2, 2, 2, 2, 2, 1, 1, 3, 4, 5),
    asns: fc.oneof(
      { weight: 9, arbitrary: fc.array(asn, { minLength: 1, maxLength: 5 }) },
      { weight: 1, arbitrary: fc.constant([]) },
    ),
  }),
  { maxLength: 3 },
);

const community = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0xffffff01, 0xffffff02, 0xffffff03, 0xffff029a, 0));

const attribute = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('path' as const), segments }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('communities' as const),
      list: fc.array(community, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 12,
    arbitrary: fc
      .constantFrom(...Object.keys(FIXED).map(Number))
      .chain((type) =>
        fc.record({ kind: fc.constant('fixed' as const), type: fc.constant(type), value: octets(FIXED[type]) }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('any' as const),
      type: fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 18, 20, 32, 99, 128, 255),
      value: fc.uint8Array({ maxLength: 12 }),
    }),
  },
);

function typeOf(one: MadeAttribute): number {
  return one.kind === 'path' ? 2 : one.kind === 'communities' ? 8 : one.type;
}

/** Mostly longer than a default route. */
const prefix = fc.oneof(
  { weight: 9, arbitrary: anyPrefix.filter(({ length }) => length > 0) },
  { weight: 1, arbitrary: anyPrefix },
);

const nlri = fc.array(fc.record({ prefix, pathId: fc.nat(0xffff) }), { maxLength: 4 });

/** A list of attributes, mostly without repetition. */
export const attributes = fc.oneof(
  { weight: 9, arbitrary: fc.uniqueArray(attribute, { maxLength: 7, selector: typeOf }) },
  { weight: 1, arbitrary: fc.array(attribute, { maxLength: 7 }) },
);

const update = fc.record({
  peer: fc.nat(3),
  second: fc.nat(3),
  micros: fc.option(fc.nat(0xffffffff), { freq: 2 }),
  v6Session: fc.boolean(),
  asn4: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  addPath: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  declared: fc.boolean(),
  attributes,
  withdrawn: nlri,
  announced: nlri,
  reach: fc.option(
    fc.record({
      afi: fc.constantFrom(2, 2, 2, 2, 2, 2, 2, 1),
      safi: fc.constantFrom(1, 1, 2, 128),
      hop: fc.constantFrom(16, 16, 16, 16, 32, 32, 4, 24),
      nlri,
    }),
  ),
  unreach: fc.option(fc.record({ afi: fc.constantFrom(2, 1), safi: fc.constantFrom(1, 1, 2, 128), nlri })),
  damage: fc.option(fc.record({ at: fc.nat(200), to: fc.nat(255) }), { freq: 9 }),
});

/** An attribute to be written. */
export type MadeAttribute = typeof attribute extends fc.Arbitrary<infer T> ? T : never;

type Made = typeof update extends fc.Arbitrary<infer T> ? T : never;

/** Records of such UPDATEs, a few sessions' in a row. */
export const madeUpdates: fc.Arbitrary<readonly Uint8Array[]> = fc
  .array(update, { maxLength: 12 })
  .map((list) => list.map(recordOf));

function recordOf(made: Made): Uint8Array {
  const { peer, v6Session, asn4, addPath, declared, micros, damage } = made;
  const bytes = messageOf(made);
  if (damage !== null) bytes[damage.at % bytes.length] = damage.to;
  const record = encodeBgp4mpMessage({
    time: (1_700_000_000 + made.second) * 1_000_000,
    peerAs: 64512 + peer,
    localAs: 64496,
    peerAddress: v6Session ? `2001:db8::${peer}` : `192.0.2.${peer}`,
    localAddress: v6Session ? '2001:db8::ff' : '192.0.2.254',
    asn4,
    addPath: addPath && declared,
    extendedTime: micros !== null,
    message: bytes,
  });
  if (micros !== null) new DataView(record.buffer, record.byteOffset).setUint32(12, micros);
  return record;
}

function messageOf({ attributes, withdrawn, announced, reach, unreach, addPath, asn4 }: Made): Uint8Array {
  const writer = new ByteWriter();
  for (let i = 0; i < 16; i++) writer.u8(255);
  const body = new ByteWriter();
  body.sized(2, () => putNlri(body, withdrawn, 1, addPath));
  body.sized(2, () => {
    for (const one of attributes) putAttribute(body, one, asn4);
    if (reach !== null) {
      putHead(body, 14, () => {
        body.u16(reach.afi).u8(reach.safi).u8(reach.hop);
        for (let i = 0; i < reach.hop; i++) body.u8((i * 37) & 255);
        body.u8(0);
        putNlri(body, reach.nlri, reach.afi, addPath);
      });
    }
    if (unreach !== null) {
      putHead(body, 15, () => {
        body.u16(unreach.afi).u8(unreach.safi);
        putNlri(body, unreach.nlri, unreach.afi, addPath);
      });
    }
  });
  putNlri(body, announced, 1, addPath);
  const content = body.finish();
  writer
    .u16(19 + content.length)
    .u8(2)
    .bytes(content);
  return writer.finish();
}

function putNlri(writer: ByteWriter, list: readonly Nlri[], afi: number, addPath: boolean): void {
  const own = list.filter(({ prefix }) => prefix.afi === afi);
  encodeNlri(writer, addPath ? own : own.map(({ prefix }) => ({ prefix })), addPath);
}

/** An attribute with the extended length. */
export function putHead(writer: ByteWriter, type: number, write: () => void): void {
  writer.u8(type % 2 === 0 ? 0x90 : 0xd0).u8(type);
  writer.sized(2, write);
}

export function putAttribute(writer: ByteWriter, one: MadeAttribute, asn4: boolean): void {
  switch (one.kind) {
    case 'path':
      return putHead(writer, 2, () => {
        for (const { type, asns } of one.segments) {
          writer.u8(type).u8(asns.length);
          for (const value of asns)
            if (asn4) writer.u32(value);
            else writer.u16(value & 0xffff);
        }
      });
    case 'communities':
      return putHead(writer, 8, () => {
        for (const value of one.list) writer.u32(value);
      });
    case 'fixed':
      return putHead(writer, one.type, () =>
        writer.bytes(one.type === 7 && !asn4 ? one.value.subarray(0, 6) : one.value),
      );
    case 'any':
      return putHead(writer, one.type, () => writer.bytes(one.value));
  }
}
