// Elements as JSON objects, one a line, keys in one fixed order, absent when not in the message (product contract). Written by hand
// rather than by JSON.stringify, which is several times slower; the parts that an UPDATE's elements share are kept from one to the
// next. Text of the network is made of hex digits there, save the host names in OPENs.

import { type AsPath, pathOrigin, SegmentType } from '../bgp/as-path.js';
import { formatCommunity, formatHex, formatLargeCommunity } from '../bgp/communities.js';
import { type PathAttributes } from '../bgp/path-attributes.js';
import { formatEventTime } from '../ip/event-time.js';
import { type AnnounceElement, type MrtElement, type RibElement, type WithdrawElement } from '../mrt/element.js';
import { LineBuffer } from './line-buffer.js';

const ORIGINS = ['IGP', 'EGP', 'INCOMPLETE'];

/** Formats the elements of one file. */
export class JsonFormatter {
  readonly #collector: string;
  readonly #scratch = new LineBuffer();
  #last: MrtElement | null = null;
  #lead: Uint8Array = new Uint8Array(0);
  #attributes: PathAttributes | null = null;
  #nextHop: string | undefined = undefined;
  #route: Uint8Array = new Uint8Array(0);

  constructor(collector: string) {
    this.#collector = asciiJson(collector);
  }

  /** Puts the object of `element` into `out`, and a line end. */
  write(element: MrtElement, out: LineBuffer): void {
    this.#start(element);
    out.bytes(this.#lead);
    this.#body(element, out);
    const { warnings, record, offset } = element;
    if (warnings !== undefined) out.ascii(`,"warnings":${JSON.stringify(warnings)}`);
    out.ascii(',"record":').number(record).ascii(',"offset":').ascii(String(offset)).ascii('}\n');
  }

  /** From `type` to `localAs`: what elements of one record, type and peer share. */
  #start(element: MrtElement): void {
    const { type, time, peerAs, peerAddress, localAs, record } = element;
    const last = this.#last;
    const same = last?.record === record && last.type === type && last.peerAs === peerAs && last.time === time;
    if (same && last.peerAddress === peerAddress) return;
    this.#last = element;
    const local = localAs === undefined ? '' : `,"localAs":${localAs}`;
    const head = `{"type":"${type}","time":"${formatEventTime(time)}","collector":${this.#collector}`;
    this.#lead = this.#scratch.ascii(`${head},"peerAs":${peerAs},"peerAddress":"${peerAddress}"${local}`).copy();
  }

  #body(element: MrtElement, out: LineBuffer): void {
    switch (element.type) {
      case 'announce':
      case 'rib':
        writeNlri(element, out);
        this.#writeRoute(element, out);
        return;
      case 'withdraw':
        writeNlri(element, out);
        return;
      case 'state':
        out.ascii(`,"oldState":${element.oldState},"newState":${element.newState}`);
        return;
      case 'eor':
        out.ascii(`,"safi":${element.safi}`);
        return;
      case 'refresh':
        out.ascii(`,"safi":${element.safi}`);
        if (element.subtype !== 0) out.ascii(`,"subcode":${element.subtype}`);
        return;
      case 'open':
        out.ascii(`,"capabilities":${asciiJson(element.capabilities)},"holdTime":${element.holdTime}`);
        return;
      case 'notification':
        out.ascii(`,"code":${element.code},"subcode":${element.subcode},"data":"${formatHex(element.data)}"`);
        return;
      case 'keepalive':
        return;
    }
  }

  #writeRoute({ attributes, nextHop }: AnnounceElement | RibElement, out: LineBuffer): void {
    if (attributes !== this.#attributes || nextHop !== this.#nextHop) {
      this.#attributes = attributes;
      this.#nextHop = nextHop;
      this.#route = this.#scratch.ascii(routeText(attributes, nextHop)).copy();
    }
    out.bytes(this.#route);
  }
}

const QUOTE = 0x22;
const SLASH = 0x2f;

function writeNlri({ safi, prefix, pathId }: AnnounceElement | RibElement | WithdrawElement, out: LineBuffer): void {
  out.ascii(',"safi":').number(safi).ascii(',"prefix":"');
  if (prefix.afi === 1) out.ipv4(prefix.w0);
  else out.ascii(prefix.address());
  out.byte(SLASH).number(prefix.length).byte(QUOTE);
  if (pathId !== undefined) out.ascii(',"pathId":').number(pathId);
}

/** From `asPath` to `unknownAttributes`. */
function routeText(attributes: PathAttributes, nextHop: string | undefined): string {
  const { asPath, origin, localPref, med, communities, largeCommunities, extendedCommunities } = attributes;
  const { aggregator, atomicAggregate, onlyToCustomer, unknown } = attributes;
  let text = '';
  if (asPath !== undefined) text += `,"asPath":${pathText(asPath)}`;
  if (origin !== undefined && origin < ORIGINS.length) text += `,"origin":"${ORIGINS[origin]}"`;
  if (asPath !== undefined) {
    const from = pathOrigin(asPath);
    if (from.kind === 'as') text += `,"originAs":${from.asn}`;
  }
  if (nextHop !== undefined) text += `,"nextHop":"${nextHop}"`;
  if (localPref !== undefined) text += `,"localPref":${localPref}`;
  if (med !== undefined) text += `,"med":${med}`;
  if (communities !== undefined) text += `,"communities":${quoted(communities.map(formatCommunity))}`;
  if (largeCommunities !== undefined)
    text += `,"largeCommunities":${quoted(largeCommunities.map(formatLargeCommunity))}`;
  if (extendedCommunities !== undefined) text += `,"extendedCommunities":${quoted(extendedCommunities)}`;
  if (aggregator !== undefined) text += `,"aggregator":{"asn":${aggregator.asn},"address":"${aggregator.address}"}`;
  if (atomicAggregate === true) text += ',"atomicAggregate":true';
  if (onlyToCustomer !== undefined) text += `,"onlyToCustomer":${onlyToCustomer}`;
  if (unknown !== undefined) {
    const list = unknown.map(
      ({ type, flags, bytes }) => `{"type":${type},"flags":${flags},"hex":"${formatHex(bytes)}"}`,
    );
    text += `,"unknownAttributes":[${list.join(',')}]`;
  }
  return text;
}

function quoted(texts: readonly string[]): string {
  return texts.length === 0 ? '[]' : `["${texts.join('","')}"]`;
}

/** Numbers; AS_SETs as nested arrays; confederation segments as objects. Several AS_SEQUENCEs are one run of numbers. */
function pathText(path: AsPath): string {
  const parts: string[] = [];
  for (const { type, asns } of path) {
    switch (type) {
      case SegmentType.AS_SEQUENCE:
        if (asns.length > 0) parts.push(asns.join(','));
        break;
      case SegmentType.AS_SET:
        parts.push(`[${asns.join(',')}]`);
        break;
      case SegmentType.AS_CONFED_SEQUENCE:
        parts.push(`{"sequence":[${asns.join(',')}]}`);
        break;
      case SegmentType.AS_CONFED_SET:
        parts.push(`{"set":[${asns.join(',')}]}`);
        break;
    }
  }
  return `[${parts.join(',')}]`;
}

/** JSON, bytes as hex, with escapes for what is not ASCII: a collector's name is the user's, and peers send host names in OPENs. */
function asciiJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) => (part instanceof Uint8Array ? formatHex(part) : part));
  return text.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
