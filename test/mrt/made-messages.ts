// Records of UPDATEs for tests of who walks through them in place, against the decoder.

import fc from 'fast-check';
import { encodeUpdate } from '../../src/bgp/message-encoder.js';
import { MESSAGE_HEADER_LENGTH } from '../../src/bgp/message.js';
import { type Nlri } from '../../src/bgp/nlri.js';
import { type PathAttributes } from '../../src/bgp/path-attributes.js';
import { type EventTime } from '../../src/ip/event-time.js';
import { BgpSubtype, MrtType } from '../../src/mrt/codes.js';
import { encodeBgp4mpMessage, encodeRecord } from '../../src/mrt/writer.js';
import { PLAIN_OBJECT } from '../bgp/wire-bytes.js';
import { anyPrefix } from '../support/prefixes.js';

/** An NLRI with a path identifier, a small one or any. */
export const anyNlri = fc.record(
  { prefix: anyPrefix, pathId: fc.oneof(fc.nat(9), fc.nat(0xffffffff)) },
  PLAIN_OBJECT,
) as fc.Arbitrary<Nlri>;

/** A message of one of a few sessions: with path identifiers or not, declared or not, damaged in one octet or not. */
export const madeMessage = fc.record({
  peer: fc.nat(3),
  v6Session: fc.boolean(),
  addPath: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  declared: fc.boolean(),
  asn4: fc.boolean(),
  extendedTime: fc.boolean(),
  legacy: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  withdrawn: fc.array(anyNlri, { maxLength: 3 }),
  announced: fc.array(anyNlri, { maxLength: 3 }),
  safi: fc.constantFrom(1, 1, 1, 2, 128),
  unreach: fc.boolean(),
  damage: fc.option(fc.record({ at: fc.nat(200), to: fc.nat(255) }), { freq: 4 }),
});

export type MadeMessage = typeof madeMessage extends fc.Arbitrary<infer T> ? T : never;

/** What `madeUpdate` needs of a made record. */
type MadeUpdate = Pick<
  MadeMessage,
  'addPath' | 'asn4' | 'legacy' | 'withdrawn' | 'announced' | 'safi' | 'unreach' | 'damage'
>;

/** Its UPDATE, damaged where that is wanted. */
export function madeUpdate(made: MadeUpdate, attributes: PathAttributes): Uint8Array {
  const { addPath, safi, damage } = made;
  const of = (list: readonly Nlri[], afi: number): Nlri[] =>
    list.filter(({ prefix }) => prefix.afi === afi).map((one) => (addPath ? one : { prefix: one.prefix }));
  const reach = { afi: 2, safi, nextHop: '2001:db8::1', nlri: of(made.announced, 2) };
  const body = encodeUpdate(
    {
      withdrawn: of(made.withdrawn, 1),
      announced: of(made.announced, 1),
      attributes,
      mpReach: reach.nlri.length > 0 ? reach : null,
      mpUnreach: made.unreach ? { afi: 2, safi, nlri: of(made.withdrawn, 2) } : null,
    },
    { asn4: made.asn4 && !made.legacy, addPath },
  );
  const bytes = updateOf(body);
  if (damage !== null) bytes[damage.at % bytes.length] = damage.to;
  return bytes;
}

/** An UPDATE of this body: marker, length and type before it (RFC 4271 section 4.1). */
export function updateOf(body: Iterable<number>): Uint8Array {
  const octets = [...body];
  const length = octets.length + MESSAGE_HEADER_LENGTH;
  return Uint8Array.from([...Array<number>(16).fill(255), length >>> 8, length & 255, 2, ...octets]);
}

/** Its record, of BGP4MP(_ET) or type 5. */
export function recordOf(made: MadeMessage): Uint8Array {
  const { peer, v6Session, addPath, declared, legacy, extendedTime } = made;
  const session = { time: 1_700_000_000_000_000, peerAs: 64512 + peer, localAs: 64496 };
  const message = madeUpdate(made, { origin: 0, asPath: [], nextHop: '192.0.2.1' });
  if (legacy) return legacyRecord(session, message);
  return encodeBgp4mpMessage({
    ...session,
    peerAddress: v6Session ? `2001:db8::${peer + 1}` : `192.0.2.${peer + 1}`,
    localAddress: v6Session ? '2001:db8::ff' : '192.0.2.254',
    asn4: made.asn4,
    addPath: addPath && declared,
    extendedTime,
    message,
  });
}

/** Type 5, subtype 1: peer AS and address, local AS and address, and the message without its header, whatever is damaged in it. */
export function legacyRecord(
  { time, peerAs, localAs }: { readonly time: EventTime; readonly peerAs: number; readonly localAs: number },
  message: Uint8Array,
): Uint8Array {
  const head = { time, type: MrtType.BGP, subtype: BgpSubtype.UPDATE };
  const body = message.subarray(MESSAGE_HEADER_LENGTH);
  return encodeRecord(head, (writer) => writer.u16(peerAs).u32(0xc0000201).u16(localAs).u32(0xc00002fe).bytes(body));
}
