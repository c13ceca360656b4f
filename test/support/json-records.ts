// MRT records made by the writer from lines of `dump --format json`: what the line says, in the record type that can say it. Four-octet
// AS numbers throughout; path identifiers as declared ones; a RIB entry with a peer index of its own in front.

import { pathFromJson, SegmentType, type AsPath } from '../../src/bgp/as-path.js';
import { AttributeType } from '../../src/bgp/codes.js';
import { type Capability } from '../../src/bgp/capabilities.js';
import { type BgpMessage } from '../../src/bgp/message.js';
import { type UpdateParts } from '../../src/bgp/message-encoder.js';
import { type LargeCommunity } from '../../src/bgp/communities.js';
import { type Aggregator, type PathAttributes } from '../../src/bgp/path-attributes.js';
import { JsonFormatter } from '../../src/dump/json-element.js';
import { LineBuffer } from '../../src/dump/line-buffer.js';
import { parseEventTime } from '../../src/ip/event-time.js';
import { Prefix } from '../../src/ip/prefix.js';
import { type MrtElement } from '../../src/mrt/element.js';
import { encodeBgp4mpMessage, encodeLegacyStateChange, encodePeerIndexTable } from '../../src/mrt/writer.js';
import { encodeRib, encodeStateChange, encodeTableDump } from '../../src/mrt/writer.js';

/** A line of `dump --format json`, as far as it is read here. */
interface Line {
  readonly type: string;
  readonly time: string;
  readonly peerAs: number;
  readonly peerAddress: string;
  readonly localAs?: number;
  readonly safi?: number;
  readonly prefix?: string;
  readonly pathId?: number;
  readonly asPath?: readonly unknown[];
  readonly origin?: string;
  readonly nextHop?: string;
  readonly localPref?: number;
  readonly med?: number;
  readonly communities?: readonly string[];
  readonly largeCommunities?: readonly string[];
  readonly extendedCommunities?: readonly string[];
  readonly aggregator?: Aggregator;
  readonly atomicAggregate?: true;
  readonly onlyToCustomer?: number;
  readonly unknownAttributes?: readonly { type: number; flags: number; hex: string }[];
  readonly oldState?: number;
  readonly newState?: number;
  readonly capabilities?: readonly (Omit<Capability, 'bytes'> & { bytes?: string })[];
  readonly holdTime?: number;
  readonly code?: number;
  readonly subcode?: number;
  readonly data?: string;
}

/** The records that say what the line says; one, or two for a RIB entry. */
export function recordsOfJson(json: Record<string, unknown>): Uint8Array[] {
  const line = json as unknown as Line;
  const time = parseEventTime(line.time) ?? 0;
  if (line.type === 'rib') return ribRecords(line, time);
  const { peerAs, peerAddress, localAs } = line;
  const localAddress = peerAddress.includes(':') ? '::' : '0.0.0.0';
  const extendedTime = time % 1_000_000 !== 0;
  if (line.type === 'state') {
    const { oldState = 0, newState = 0 } = line;
    if (localAs === undefined) return [encodeLegacyStateChange({ time, peerAs, peerAddress, oldState, newState })];
    return [encodeStateChange({ time, extendedTime, peerAs, peerAddress, localAs, localAddress, oldState, newState })];
  }
  const header = { time, extendedTime, peerAs, peerAddress, localAs: localAs ?? 0, localAddress };
  return [encodeBgp4mpMessage({ ...header, addPath: line.pathId !== undefined, message: messageOf(line) })];
}

function ribRecords(line: Line, time: number): Uint8Array[] {
  const { peerAs, peerAddress, safi = 1, pathId, nextHop } = line;
  const prefix = Prefix.of(line.prefix ?? '');
  const type = peerAddress.includes(':') ? 3 : 2;
  const peers = [{ bgpId: '0.0.0.0', address: peerAddress, asn: peerAs, type }];
  const entry = { peerIndex: 0, originatedTime: 0, attributes: attributesOf(line), pathId: pathId ?? 0 };
  const isPlain = nextHop === undefined || isIpv4Hop(line);
  if (line.unknownAttributes?.some((attribute) => attribute.type === AttributeType.AGGREGATOR) === true) {
    const attributes = attributesOf(line); // an AGGREGATOR of four-octet form among two-octet AS numbers
    return [encodeTableDump({ time, sequence: 0, prefix, originatedTime: 0, peerAs, peerAddress, attributes })];
  }
  return [
    encodePeerIndexTable({ time, collectorBgpId: '0.0.0.0', viewName: '', peers }),
    encodeRib({
      ...{ time, sequence: 0, safi, prefix, addPath: pathId !== undefined },
      entries: [isPlain ? entry : { ...entry, nextHop }],
    }),
  ];
}

function messageOf(line: Line): BgpMessage {
  switch (line.type) {
    case 'announce':
    case 'withdraw':
    case 'eor':
      return updateMessage(updateOf(line));
    case 'open':
      return openOf(line);
    case 'notification': {
      const { code = 0, subcode = 0, data = '' } = line;
      return { kind: 'notification', notification: { code, subcode, data: Buffer.from(data, 'hex') } };
    }
    case 'refresh':
      return { kind: 'refresh', refresh: { afi: 1, safi: line.safi ?? 1, subtype: line.subcode ?? 0 } };
    default:
      return { kind: 'keepalive' };
  }
}

function updateOf(line: Line): UpdateParts {
  const { safi = 1, pathId, nextHop } = line;
  if (line.type === 'eor') return safi === 1 ? {} : { mpUnreach: { afi: 1, safi, nlri: [] } };
  const prefix = Prefix.of(line.prefix ?? '');
  const nlri = [pathId === undefined ? { prefix } : { prefix, pathId }];
  const { afi } = prefix;
  if (line.type === 'withdraw') {
    return afi === 1 && safi === 1 ? { withdrawn: nlri } : { mpUnreach: { afi, safi, nlri } };
  }
  const attributes = attributesOf(line);
  if (afi === 1 && safi === 1 && (nextHop === undefined || isIpv4Hop(line))) return { announced: nlri, attributes };
  const mpReach = nextHop === undefined ? { afi, safi, nlri } : { afi, safi, nextHop, nlri };
  return { mpReach, attributes };
}

function updateMessage(parts: UpdateParts): BgpMessage {
  const empty = { withdrawn: [], announced: [], mpReach: null, mpUnreach: null, attributes: {} };
  return { kind: 'update', update: { ...empty, ...parts, endOfRib: null, warnings: [] } };
}

function openOf({ capabilities = [], holdTime = 0, peerAs }: Line): BgpMessage {
  const twoOctetAs = peerAs > 0xffff ? 23456 : peerAs;
  const read = capabilities.map((each) =>
    each.bytes === undefined ? each : { ...each, bytes: new Uint8Array(Buffer.from(each.bytes, 'hex')) },
  ) as readonly Capability[];
  const open = { version: 4, asn: peerAs, twoOctetAs, holdTime, bgpId: '0.0.0.0', capabilities: read };
  return { kind: 'open', open };
}

/** A next hop that stands in NEXT_HOP: IPv4, of an IPv4 unicast route. */
function isIpv4Hop({ nextHop = '', prefix = '', safi = 1 }: Line): boolean {
  return safi === 1 && !nextHop.includes(':') && !prefix.includes(':');
}

const ORIGINS = ['IGP', 'EGP', 'INCOMPLETE'];

function attributesOf(line: Line): PathAttributes {
  const { asPath, origin, nextHop, communities, largeCommunities, unknownAttributes } = line;
  const { localPref, med, extendedCommunities, aggregator, atomicAggregate, onlyToCustomer } = line;
  const all = {
    origin: origin === undefined ? undefined : ORIGINS.indexOf(origin),
    asPath: asPath === undefined ? undefined : splitSegments(pathFromJson(asPath)),
    nextHop: isIpv4Hop(line) ? nextHop : undefined,
    communities: communities?.map((text) => {
      const [high, low] = text.split(':').map(Number);
      return high * 0x10000 + low;
    }),
    largeCommunities: largeCommunities?.map((text) => text.split(':').map(Number) as unknown as LargeCommunity),
    unknown: unknownAttributes?.map(({ type, flags, hex }) => ({ type, flags, bytes: Buffer.from(hex, 'hex') })),
    ...{ localPref, med, extendedCommunities, aggregator, atomicAggregate, onlyToCustomer },
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** JSON joins AS_SEQUENCEs that follow each other; a segment has room for 255 ASes. */
function splitSegments(path: AsPath): AsPath {
  return path.flatMap(({ type, asns }): AsPath => {
    if (type !== SegmentType.AS_SEQUENCE) return [{ type, asns }];
    const count = Math.ceil(asns.length / 255);
    return Array.from({ length: count }, (_, i) => ({ type, asns: asns.slice(i * 255, (i + 1) * 255) }));
  });
}

/** Elements as lines of `dump --format json`. */
export class JsonLines {
  readonly #formatter = new JsonFormatter('test');
  readonly #out = new LineBuffer();

  of(element: MrtElement): string {
    this.#formatter.write(element, this.#out);
    return Buffer.from(this.#out.take()).toString('ascii');
  }
}

/** A line without where it stood and what was wrong with it. */
export function comparable(line: string): string {
  return line.replace(/,"record":\d+,"offset":\d+\}\n$/, '').replace(/,"warnings":\[[^\]]*\]$/, '');
}
