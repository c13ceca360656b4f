// One session's facts as MRT records, by the project's writer: UPDATEs of one prefix, state changes, KEEPALIVEs, End-of-RIB, RIB dumps.

import { type PathSegment, SegmentType } from '../../src/bgp/as-path.js';
import { type BgpMessage } from '../../src/bgp/message.js';
import { encodeMessage, type UpdateParts } from '../../src/bgp/message-encoder.js';
import { type PathAttributes } from '../../src/bgp/path-attributes.js';
import { type Prefix } from '../../src/ip/prefix.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { encodeBgp4mpMessage, encodePeerIndexTable, encodeRib, encodeStateChange } from '../../src/mrt/writer.js';
import { type Session } from './collectors.js';

export const ESTABLISHED = 6;
const AS_TRANS = 23_456;
const NEXT_HOP_6 = '2001:7f8::1';

/** What a session says of a prefix: the path, and what else the route bears. */
export interface Claim {
  readonly path: readonly number[];
  readonly communities?: readonly number[];
  readonly onlyToCustomer?: number;
  readonly med?: number;
}

const parsed = new Map<string, Prefix>();

function prefixOf(text: string): Prefix {
  let prefix = parsed.get(text);
  if (prefix === undefined) parsed.set(text, (prefix = parsePrefix(text)));
  return prefix;
}

export function announceRecord(session: Session, at: number, prefix: string, claim: Claim): Uint8Array {
  const nlri = [{ prefix: prefixOf(prefix), ...(session.addPath && { pathId: 1 }) }];
  const attributes = attributesOf(claim, session.old);
  const parts: UpdateParts =
    nlri[0].prefix.afi === 1
      ? { announced: nlri, attributes: { ...attributes, nextHop: session.peerAddress } }
      : { mpReach: { afi: 2, safi: 1, nextHop: NEXT_HOP_6, nlri }, attributes };
  return messageRecord(session, at, update(parts));
}

export function withdrawRecord(session: Session, at: number, prefix: string): Uint8Array {
  const nlri = [{ prefix: prefixOf(prefix), ...(session.addPath && { pathId: 1 }) }];
  const parts: UpdateParts = nlri[0].prefix.afi === 1 ? { withdrawn: nlri } : { mpUnreach: { afi: 2, safi: 1, nlri } };
  return messageRecord(session, at, update(parts));
}

export function keepaliveRecord(session: Session, at: number): Uint8Array {
  return messageRecord(session, at, { kind: 'keepalive' });
}

/** End-of-RIB of IPv4 and of IPv6 (RFC 4724 section 2). */
export function endOfRibRecords(session: Session, at: number): Uint8Array[] {
  return [update({}), update({ mpUnreach: { afi: 2, safi: 1, nlri: [] } })].map((message) =>
    messageRecord(session, at, message),
  );
}

export function stateRecord(session: Session, at: number, [oldState, newState]: readonly [number, number]): Uint8Array {
  return encodeStateChange({ ...headOf(session, at), oldState, newState });
}

/** A RIB dump: `tables` gives what each session holds. */
export function dumpRecords(
  at: number,
  sessions: readonly Session[],
  tables: ReadonlyMap<Session, ReadonlyMap<string, Claim>>,
): Uint8Array[] {
  const peers = sessions.map(({ peerAs, peerAddress }) => ({
    bgpId: peerAddress,
    address: peerAddress,
    asn: peerAs,
    type: 2,
  }));
  const byPrefix = new Map<string, { readonly peerIndex: number; readonly claim: Claim }[]>();
  sessions.forEach((session, peerIndex) => {
    for (const [prefix, claim] of tables.get(session) ?? []) {
      const there = byPrefix.get(prefix);
      if (there === undefined) byPrefix.set(prefix, [{ peerIndex, claim }]);
      else there.push({ peerIndex, claim });
    }
  });
  const index = encodePeerIndexTable({ time: at, collectorBgpId: '193.0.4.28', viewName: '', peers });
  const ordered = [...byPrefix].sort(([a], [b]) => (a < b ? -1 : 1));
  const records = ordered.map(([text, claims], sequence) => {
    const prefix = prefixOf(text);
    const entries = claims.map(({ peerIndex, claim }) => ({
      peerIndex,
      originatedTime: at - 86_400_000_000,
      ...(prefix.afi === 1
        ? { attributes: { ...attributesOf(claim, false), nextHop: sessions[peerIndex].peerAddress } }
        : { attributes: attributesOf(claim, false), nextHop: NEXT_HOP_6 }),
    }));
    return encodeRib({ time: at, sequence, safi: 1, prefix, entries });
  });
  return [index, ...records];
}

function messageRecord(session: Session, at: number, message: BgpMessage): Uint8Array {
  const asn4 = !session.old;
  const wire = session.addPath ? encodeMessage(message, { asn4, addPath: true }) : message;
  return encodeBgp4mpMessage({ ...headOf(session, at), message: wire });
}

function headOf({ collector, peerAs, peerAddress, old }: Session, time: number) {
  const asn4 = !old;
  return {
    time,
    extendedTime: collector.micros,
    asn4,
    peerAs: asn4 ? peerAs : twoOctets(peerAs),
    localAs: collector.localAs,
    peerAddress,
    localAddress: collector.localAddress,
  };
}

function attributesOf({ path, communities, onlyToCustomer, med }: Claim, old: boolean): PathAttributes {
  const narrow = old && path.some((asn) => asn > 65_535);
  return {
    origin: 0,
    asPath: sequence(old ? path.map(twoOctets) : path),
    ...(med !== undefined && { med }),
    ...(communities !== undefined && { communities }),
    ...(narrow && { as4Path: sequence(path) }),
    ...(onlyToCustomer !== undefined && { onlyToCustomer }),
  };
}

function sequence(asns: readonly number[]): PathSegment[] {
  return [{ type: SegmentType.AS_SEQUENCE, asns }];
}

function twoOctets(asn: number): number {
  return asn > 65_535 ? AS_TRANS : asn;
}

function update(parts: UpdateParts): BgpMessage {
  const nothing = { withdrawn: [], announced: [], mpReach: null, mpUnreach: null, attributes: {} };
  return { kind: 'update', update: { ...nothing, endOfRib: null, warnings: [], ...parts } };
}
