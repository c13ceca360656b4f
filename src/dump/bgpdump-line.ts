// Elements in the one-line format of `bgpdump -m` (1.6.2), field for field, habits included: SAFI 2 is not marked, a missing NEXT_HOP
// is 255.255.255.255, IPv6 text shortens even a single zero group, well-known communities have names, large and extended ones are
// left out, OPEN, NOTIFICATION, KEEPALIVE, ROUTE-REFRESH and End-of-RIB have no line.
//
//   format|time|A|peer address|peer AS|prefix|[path id|]path|origin|next hop|local pref|MED|communities|AG or NAG|aggregator|
//   format|time|W|peer address|peer AS|prefix[|path id]
//   format|time|STATE|peer address|peer AS|old state|new state
//
// RIB entries have the form of A, with B. Elements of one UPDATE share most of their lines, so the last parts are kept.

import { type AsPath, SegmentType } from '../bgp/as-path.js';
import { formatCommunity } from '../bgp/communities.js';
import { AttributeType } from '../bgp/codes.js';
import { type Aggregator, type PathAttributes, type UnknownAttribute } from '../bgp/path-attributes.js';
import { formatIpv4, wordAt } from '../ip/address.js';
import { SECOND } from '../ip/event-time.js';
import { Bgp4mpSubtype, BgpSubtype, MrtType, TableDumpSubtype, TableDumpV2Subtype } from '../mrt/codes.js';
import { type AnnounceElement, type MrtElement, type RibElement, type WithdrawElement } from '../mrt/element.js';
import { LineBuffer } from './line-buffer.js';

const BAR = 0x7c;
const SLASH = 0x2f;
const NEWLINE = 0x0a;

/** Formats elements, in the order of their file. */
export class BgpdumpFormatter {
  readonly #scratch = new LineBuffer();
  #last: MrtElement | null = null;
  #lead: Uint8Array = new Uint8Array(0);
  #attributes: PathAttributes | null = null;
  #nextHop: string | undefined = undefined;
  #afi = 0;
  #tail: Uint8Array = new Uint8Array(0);

  /** Puts the line of `element` into `out`; nothing where bgpdump prints none. */
  write(element: MrtElement, out: LineBuffer): void {
    switch (element.type) {
      case 'announce':
        this.#route(element, out);
        return;
      case 'rib':
        if (!isUnknownRib(element)) this.#route(element, out);
        return;
      case 'withdraw':
        this.#start(element, out);
        if (element.pathId !== undefined) out.byte(BAR).number(element.pathId);
        out.byte(NEWLINE);
        return;
      case 'state': {
        const head = `${formatName(element)}|${timeText(element)}|STATE${peerText(element)}`;
        out.ascii(head).number(element.oldState).byte(BAR).number(element.newState).byte(NEWLINE);
        return;
      }
      case 'eor':
      case 'open':
      case 'notification':
      case 'keepalive':
      case 'refresh':
        return;
    }
  }

  #route(element: AnnounceElement | RibElement, out: LineBuffer): void {
    const { attributes, nextHop, prefix, pathId } = element;
    if (attributes !== this.#attributes || nextHop !== this.#nextHop || prefix.afi !== this.#afi) {
      this.#attributes = attributes;
      this.#nextHop = nextHop;
      this.#afi = prefix.afi;
      const text = `|${pathText(attributes, element.warnings)}|${restText(element)}\n`;
      this.#tail = this.#scratch.ascii(text).copy();
    }
    this.#start(element, out);
    if (pathId !== undefined) out.byte(BAR).number(pathId);
    out.bytes(this.#tail);
  }

  /** From the format's name to the prefix. What elements of one record and peer share is kept. */
  #start(element: AnnounceElement | RibElement | WithdrawElement, out: LineBuffer): void {
    const last = this.#last;
    if (last?.record !== element.record || last.type !== element.type || !sameStart(last, element)) {
      const mark = element.pathId === undefined ? '' : '_AP';
      const text = `${formatName(element)}${mark}|${timeText(element)}|${LETTERS[element.type]}${peerText(element)}`;
      this.#lead = this.#scratch.ascii(text).copy();
      this.#last = element;
    }
    const { prefix } = element;
    out.bytes(this.#lead);
    if (prefix.afi === 1) out.ipv4(prefix.w0);
    else out.ascii(bgpdumpAddress(prefix.address()));
    out.byte(SLASH).number(prefix.length);
  }
}

const LETTERS = { announce: 'A', rib: 'B', withdraw: 'W' } as const;

/** Elements of one record and type differ at their start by the peer (in RIBs), and by a path identifier's being there. */
function sameStart(last: MrtElement, element: AnnounceElement | RibElement | WithdrawElement): boolean {
  if (!('prefix' in last) || (last.pathId === undefined) !== (element.pathId === undefined)) return false;
  return last.time === element.time && last.peerAs === element.peerAs && last.peerAddress === element.peerAddress;
}

const TWO_OCTET_MESSAGES = [
  Bgp4mpSubtype.MESSAGE,
  Bgp4mpSubtype.MESSAGE_LOCAL,
  Bgp4mpSubtype.MESSAGE_ADDPATH,
  Bgp4mpSubtype.MESSAGE_LOCAL_ADDPATH,
];

function formatName({ mrtType, mrtSubtype }: MrtElement): string {
  switch (mrtType) {
    case MrtType.BGP:
      return 'BGP';
    case MrtType.TABLE_DUMP:
      return 'TABLE_DUMP';
    case MrtType.TABLE_DUMP_V2:
      return 'TABLE_DUMP2';
    default:
      return `BGP4MP${mrtType === MrtType.BGP4MP_ET ? '_ET' : ''}${isLocal(mrtSubtype) ? '_LOCAL' : ''}`;
  }
}

/** Messages that the collector sent; those with path identifiers bgpdump takes for received ones. */
function isLocal(mrtSubtype: number): boolean {
  return mrtSubtype === Bgp4mpSubtype.MESSAGE_LOCAL || mrtSubtype === Bgp4mpSubtype.MESSAGE_AS4_LOCAL;
}

/** `|address|AS|`: who sent the message, or in messages that the collector sent, to whom. */
function peerText(element: MrtElement): string {
  const { peerAddress, peerAs, localAddress = peerAddress, localAs = peerAs, mrtType, mrtSubtype } = element;
  const messages = mrtType === MrtType.BGP4MP || mrtType === MrtType.BGP4MP_ET;
  if (messages && isLocal(mrtSubtype)) return `|${bgpdumpAddress(localAddress)}|${localAs}|`;
  return `|${bgpdumpAddress(peerAddress)}|${peerAs}|`;
}

/** bgpdump knows no multicast RIBs of TABLE_DUMP_V2, and no RIB_GENERIC. */
function isUnknownRib({ mrtType, mrtSubtype, safi }: RibElement): boolean {
  if (mrtType !== MrtType.TABLE_DUMP_V2) return false;
  const { RIB_GENERIC, RIB_GENERIC_ADDPATH } = TableDumpV2Subtype;
  return safi !== 1 || mrtSubtype === RIB_GENERIC || mrtSubtype === RIB_GENERIC_ADDPATH;
}

function timeText({ time, mrtType }: MrtElement): string {
  const seconds = Math.floor(time / SECOND);
  if (mrtType !== MrtType.BGP4MP_ET) return String(seconds);
  return `${seconds}.${String(time - seconds * SECOND).padStart(6, '0')}`;
}

const ORIGINS = ['IGP', 'EGP'];

function pathText({ asPath, origin }: PathAttributes, warnings: MrtElement['warnings']): string {
  const broken = asPath === undefined && warnings?.includes('as-path-malformed') === true;
  const path = broken ? '! Error !' : asPath === undefined ? '' : bgpdumpPath(asPath);
  return `${path}|${(origin === undefined ? undefined : ORIGINS[origin]) ?? 'INCOMPLETE'}`;
}

const DELIMITERS: Readonly<Record<SegmentType, readonly [string, string, string]>> = {
  [SegmentType.AS_SEQUENCE]: ['', ' ', ''],
  [SegmentType.AS_SET]: ['{', ',', '}'],
  [SegmentType.AS_CONFED_SEQUENCE]: ['(', ' ', ')'],
  [SegmentType.AS_CONFED_SET]: ['[', ',', ']'],
};

function bgpdumpPath(path: AsPath): string {
  let text = '';
  let space = false;
  for (const { type, asns } of path) {
    const [open, between, close] = DELIMITERS[type];
    text += `${space ? ' ' : ''}${open}${asns.join(between)}${close}`;
    space = asns.length > 0;
  }
  return text;
}

/** `next hop|local pref|MED|communities|AG or NAG|aggregator|`; in type 5 nothing stands between MED and communities. */
function restText(element: AnnounceElement | RibElement): string {
  const { attributes, nextHop, prefix, mrtType } = element;
  const { localPref = 0, med = 0, communities = [], atomicAggregate } = attributes;
  const hop = nextHop === undefined ? (prefix.afi === 1 ? '255.255.255.255' : '::') : bgpdumpAddress(nextHop);
  const numbers = isIpv4MpReach(element) ? `${localPref | 0}|${med | 0}` : `${localPref}|${med}`;
  const gap = mrtType === MrtType.BGP ? '' : '|';
  const mark = atomicAggregate === true ? 'AG' : 'NAG';
  return `${hop}|${numbers}${gap}${communities.map(communityText).join(' ')}|${mark}|${aggregatorText(element)}|`;
}

/** Routes of IPv4 in MP_REACH_NLRI: local preference and MED are printed as signed numbers. */
function isIpv4MpReach({ type, prefix, safi, nextHop, attributes }: AnnounceElement | RibElement): boolean {
  return type === 'announce' && prefix.afi === 1 && (safi !== 1 || nextHop !== attributes.nextHop);
}

function aggregatorText({ attributes, mrtType, mrtSubtype }: AnnounceElement | RibElement): string {
  const aggregator =
    attributes.aggregator ?? misread(attributes.unknown ?? [], TWO_OCTET[mrtType]?.includes(mrtSubtype));
  if (aggregator === null || aggregator.address === '255.255.255.255') return '';
  return `${aggregator.asn} ${aggregator.address}`;
}

/** Record types whose attributes have two-octet AS numbers. */
const TWO_OCTET: Readonly<Record<number, readonly number[] | undefined>> = {
  [MrtType.BGP]: [BgpSubtype.UPDATE],
  [MrtType.TABLE_DUMP]: [TableDumpSubtype.AFI_IPV4, TableDumpSubtype.AFI_IPV6],
  [MrtType.BGP4MP]: TWO_OCTET_MESSAGES,
  [MrtType.BGP4MP_ET]: TWO_OCTET_MESSAGES,
};

/** An AGGREGATOR of a wrong length, discarded by RFC 7606, is read by bgpdump as far as the right one goes. */
function misread(unknown: readonly UnknownAttribute[], twoOctet = false): Aggregator | null {
  const bytes = unknown.find(({ type }) => type === AttributeType.AGGREGATOR)?.bytes;
  const at = twoOctet ? 2 : 4;
  if (bytes === undefined || bytes.length < at + 4) return null;
  const asn = twoOctet ? (bytes[0] << 8) | bytes[1] : wordAt(bytes, 0);
  return { asn, address: formatIpv4(wordAt(bytes, at)) };
}

/** Communities that bgpdump has names for (RFC 1997). */
export const WELL_KNOWN: ReadonlyMap<number, string> = new Map([
  [0xffffff01, 'no-export'],
  [0xffffff02, 'no-advertise'],
  [0xffffff03, 'local-AS'],
]);

function communityText(community: number): string {
  return WELL_KNOWN.get(community) ?? formatCommunity(community);
}

/** An address as bgpdump writes it, from its RFC 5952 text: a single zero group is shortened, IPv4-compatible ones are dotted. */
export function bgpdumpAddress(text: string): string {
  if (!text.includes(':') || text.includes('.')) return text;
  if (text.includes('::')) {
    const low = /^::([0-9a-f]{0,4}?):?([0-9a-f]{1,4})$/.exec(text);
    if (low === null || text === '::1') return text;
    const word = Number.parseInt(low[1] === '' ? '0' : low[1], 16) * 0x10000 + Number.parseInt(low[2], 16);
    return `::${formatIpv4(word >>> 0)}`;
  }
  if (text.startsWith('0:')) return `:${text.slice(1)}`;
  const at = text.indexOf(':0:');
  if (at >= 0) return `${text.slice(0, at)}::${text.slice(at + 3)}`;
  return text.endsWith(':0') ? `${text.slice(0, -1)}:` : text;
}
