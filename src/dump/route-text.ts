// The parts of a line of `bgpdump -m`, written from the bytes of a route straight into a buffer: each function writes at a place and
// returns where it ended. The caller has seen to the room (`MOST_PER_OCTET`, `MOST_BESIDE`) and knows that the route is ordinary
// (attribute-layout.ts). What they write is what `bgpdump-line.ts` makes of decoded elements.

import { SegmentType } from '../bgp/as-path.js';
import { wordAt } from '../ip/address.js';
import { type AttributeLayout } from '../mrt/attribute-layout.js';
import { LONGEST, putIpv4, putIpv6, putNumber } from './ascii.js';
import { WELL_KNOWN } from './bgpdump-line.js';

export const BAR = 0x7c;
export const NEWLINE = 0x0a;
const SLASH = 0x2f;
const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;

const ORIGINS = [ascii('IGP|'), ascii('EGP|'), ascii('INCOMPLETE|')];
const NO_IPV4_HOP = ascii('255.255.255.255');
const NO_IPV6_HOP = ascii('::');
const AGGREGATED = ascii('|AG|');
const NOT_AGGREGATED = ascii('|NAG|');

/** The octets around and between the AS numbers of a segment, by its type; 0 for none. */
const DELIMITERS: readonly (readonly [number, number, number])[] = makeDelimiters();

function makeDelimiters(): readonly (readonly [number, number, number])[] {
  const table: [number, number, number][] = Array.from({ length: 5 }, () => [0, SPACE, 0]);
  table[SegmentType.AS_SET] = [0x7b, COMMA, 0x7d];
  table[SegmentType.AS_CONFED_SEQUENCE] = [0x28, SPACE, 0x29];
  table[SegmentType.AS_CONFED_SET] = [0x5b, COMMA, 0x5d];
  return table;
}

/** Octets of text for an octet of attributes at most (a 2-octet AS number: 5 digits and a delimiter), and for what is fixed. */
export const MOST_PER_OCTET = 3;
export const MOST_BESIDE = 4 * LONGEST + 128;

/** What the end of a line depends on beside the attributes. */
export interface TailForm {
  /** The next hop is that of MP_REACH_NLRI. */
  readonly fromReach: boolean;
  readonly afi6: boolean;
  /** Type 5, where nothing stands between MED and communities. */
  readonly legacy: boolean;
}

/** A text of ASCII alone as its octets. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Copies a short text; a loop, since `set` costs more for so few octets. */
export function put(out: Uint8Array, start: number, text: Uint8Array): number {
  for (let i = 0; i < text.length; i++) out[start + i] = text[i];
  return start + text.length;
}

/** The prefix whose length stands at `nlri`. */
export function putPrefix(out: Uint8Array, start: number, bytes: Uint8Array, nlri: number, afi6: boolean): number {
  const length = bytes[nlri];
  const octets = (length + 7) >>> 3;
  const at = afi6 ? putIpv6(out, start, bytes, nlri + 1, octets) : putIpv4(out, start, bytes, nlri + 1, octets);
  out[at] = SLASH;
  return putNumber(out, at + 1, length);
}

/** From the bar behind the prefix to the end of the line. */
export function putTail(
  out: Uint8Array,
  start: number,
  bytes: Uint8Array,
  layout: AttributeLayout,
  { fromReach, afi6, legacy }: TailForm,
): number {
  const { origin, nextHop, reachHop, localPref, med, atomicAggregate } = layout;
  out[start] = BAR;
  let at = putPath(out, start + 1, bytes, layout);
  out[at++] = BAR;
  at = put(out, at, ORIGINS[origin === 0 ? 2 : Math.min(bytes[origin], 2)]);
  if (fromReach) at = putIpv6(out, at, bytes, reachHop);
  else if (nextHop !== 0) at = putIpv4(out, at, bytes, nextHop);
  else at = put(out, at, afi6 ? NO_IPV6_HOP : NO_IPV4_HOP);
  out[at++] = BAR;
  at = putNumber(out, at, localPref === 0 ? 0 : wordAt(bytes, localPref));
  out[at++] = BAR;
  at = putNumber(out, at, med === 0 ? 0 : wordAt(bytes, med));
  if (!legacy) out[at++] = BAR;
  at = put(out, putCommunities(out, at, bytes, layout), atomicAggregate === 0 ? NOT_AGGREGATED : AGGREGATED);
  at = putAggregator(out, at, bytes, layout);
  out[at++] = BAR;
  out[at++] = NEWLINE;
  return at;
}

function putPath(out: Uint8Array, start: number, bytes: Uint8Array, layout: AttributeLayout): number {
  const { path, pathEnd, asn4 } = layout;
  let at = start;
  for (let segment = path; segment < pathEnd;) {
    if (segment > path) out[at++] = SPACE;
    const [open, between, close] = DELIMITERS[bytes[segment]];
    const count = bytes[segment + 1];
    segment += 2;
    if (open !== 0) out[at++] = open;
    for (let i = 0; i < count; i++) {
      if (i > 0) out[at++] = between;
      if (asn4) {
        at = putNumber(out, at, wordAt(bytes, segment));
        segment += 4;
      } else {
        at = putNumber(out, at, (bytes[segment] << 8) | bytes[segment + 1]);
        segment += 2;
      }
    }
    if (close !== 0) out[at++] = close;
  }
  return at;
}

function putCommunities(out: Uint8Array, start: number, bytes: Uint8Array, layout: AttributeLayout): number {
  const { communities, communitiesEnd } = layout;
  let at = start;
  for (let community = communities; community < communitiesEnd; community += 4) {
    if (community > communities) out[at++] = SPACE;
    const high = (bytes[community] << 8) | bytes[community + 1];
    const known = high === 0xffff ? WELL_KNOWN.get(wordAt(bytes, community)) : undefined;
    if (known !== undefined) {
      at = put(out, at, ascii(known));
      continue;
    }
    at = putNumber(out, at, high);
    out[at++] = COLON;
    at = putNumber(out, at, (bytes[community + 2] << 8) | bytes[community + 3]);
  }
  return at;
}

function putAggregator(out: Uint8Array, start: number, bytes: Uint8Array, layout: AttributeLayout): number {
  const { aggregator, asn4 } = layout;
  const address = aggregator + (asn4 ? 4 : 2);
  if (aggregator === 0 || wordAt(bytes, address) === 0xffffffff) return start;
  const asn = asn4 ? wordAt(bytes, aggregator) : (bytes[aggregator] << 8) | bytes[aggregator + 1];
  const at = putNumber(out, start, asn);
  out[at] = SPACE;
  return putIpv4(out, at + 1, bytes, address);
}
