// Elements as JSON objects, one a line, keys in one fixed order, absent when not in the message (product contract). Written by hand
// rather than by JSON.stringify, which is several times slower; the parts that an UPDATE's elements share are kept from one to the
// next. Everything of the network that is text there is made of digits, so only the collector's name needs quoting.

import { type AsPath, pathOrigin, SegmentType } from '../bgp/as-path.js';
import { type Capability } from '../bgp/capabilities.js';
import { formatCommunity, formatHex, formatLargeCommunity } from '../bgp/communities.js';
import { type PathAttributes } from '../bgp/path-attributes.js';
import { formatEventTime } from '../ip/event-time.js';
import { type AnnounceElement, type MrtElement, type RibElement } from '../mrt/element.js';

const ORIGINS = ['IGP', 'EGP', 'INCOMPLETE'];

/** Formats the elements of one file. */
export class JsonFormatter {
  readonly #collector: string;
  #attributes: PathAttributes | null = null;
  #nextHop: string | undefined = undefined;
  #routeText = '';
  #time = -1;
  #timeText = '';

  constructor(collector: string) {
    this.#collector = JSON.stringify(collector);
  }

  /** The object of `element`, without a line end. */
  format(element: MrtElement): string {
    const { warnings, record, offset } = element;
    const defects = warnings === undefined ? '' : `,"warnings":${JSON.stringify(warnings)}`;
    return `${this.#head(element)}${this.#body(element)}${defects},"record":${record},"offset":${offset}}`;
  }

  #head(element: MrtElement): string {
    const { type, time, peerAs, peerAddress, localAs } = element;
    if (time !== this.#time) {
      this.#time = time;
      this.#timeText = formatEventTime(time);
    }
    const local = localAs === undefined ? '' : `,"localAs":${localAs}`;
    return `{"type":"${type}","time":"${this.#timeText}","collector":${this.#collector},"peerAs":${peerAs},"peerAddress":"${peerAddress}"${local}`;
  }

  #body(element: MrtElement): string {
    switch (element.type) {
      case 'announce':
      case 'rib':
        return nlriText(element) + this.#route(element);
      case 'withdraw':
        return nlriText(element);
      case 'state':
        return `,"oldState":${element.oldState},"newState":${element.newState}`;
      case 'eor':
      case 'refresh':
        return `,"safi":${element.safi}`;
      case 'open':
        return `,"capabilities":${capabilitiesText(element.capabilities)},"holdTime":${element.holdTime}`;
      case 'notification':
        return `,"code":${element.code},"subcode":${element.subcode},"data":"${formatHex(element.data)}"`;
      case 'keepalive':
        return '';
    }
  }

  #route({ attributes, nextHop }: AnnounceElement | RibElement): string {
    if (attributes !== this.#attributes || nextHop !== this.#nextHop) {
      this.#attributes = attributes;
      this.#nextHop = nextHop;
      this.#routeText = routeText(attributes, nextHop);
    }
    return this.#routeText;
  }
}

function nlriText({
  safi,
  prefix,
  pathId,
}: Extract<MrtElement, { readonly safi: number; readonly prefix: unknown }>): string {
  return `,"safi":${safi},"prefix":"${prefix.toString()}"${pathId === undefined ? '' : `,"pathId":${pathId}`}`;
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

/** Capabilities as they are typed, bytes as hex. Host names of peers occur, so these are quoted properly. */
function capabilitiesText(capabilities: readonly Capability[]): string {
  return JSON.stringify(capabilities, (_key, value: unknown) =>
    value instanceof Uint8Array ? formatHex(value) : value,
  );
}
