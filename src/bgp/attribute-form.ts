// Path attributes as they are framed, without a look at their values: their order and flags on the wire, kept so that they can be encoded
// back to the same bytes, and whether the content of an ATTR_SET is a list of attributes (RFC 6368 section 5, RFC 7606 section 7.16).
//
//   flags (1) | type (1) | length (1, or 2 where the Extended Length flag is set) | value

import { AttributeFlag, AttributeType } from './codes.js';

/** What decoding would otherwise lose of well-formed attributes: kept so that they can be encoded back to the same bytes. */
export interface WireForm {
  /** Types and flags in the order received. */
  readonly order: readonly { readonly type: number; readonly flags: number }[];
  /** The value of MP_REACH_NLRI in a RIB entry: short or long, with a link-local address or without. */
  readonly ribNextHop?: Uint8Array;
}

type Visit = (type: number, flags: number, value: { readonly start: number; readonly end: number }) => void;

/** Visits the attributes from `start` on, as far as they can be framed; true where they end with `end`. */
function walkAttributes(bytes: Uint8Array, start: number, end: number, visit: Visit): boolean {
  let at = start;
  while (end - at >= 3) {
    const [flags, type] = [bytes[at], bytes[at + 1]];
    const extended = (flags & AttributeFlag.EXTENDED_LENGTH) !== 0;
    const value = at + (extended ? 4 : 3);
    at = value + (extended ? (bytes[at + 2] << 8) | bytes[at + 3] : bytes[at + 2]);
    if (at > end) return false;
    visit(type, flags, { start: value, end: at });
  }
  return at === end;
}

/** The form of the attributes from `start` to `end`, as far as they can be framed; `rib`: MP_REACH_NLRI is a next hop. */
export function readForm(bytes: Uint8Array, start: number, end: number, rib: boolean): WireForm {
  const order: { type: number; flags: number }[] = [];
  let ribNextHop: Uint8Array | undefined;
  walkAttributes(bytes, start, end, (type, flags, value) => {
    order.push({ type, flags });
    if (rib && type === AttributeType.MP_REACH_NLRI) ribNextHop ??= bytes.slice(value.start, value.end);
  });
  return ribNextHop === undefined ? { order } : { order, ribNextHop };
}

/** True where an AS number and a list of attributes stand from `start` to `end`, none of which carries routes. */
export function isAttributeSetFramed(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4) return false;
  let carriesRoutes = false;
  const framed = walkAttributes(bytes, start + 4, end, (type) => {
    carriesRoutes ||= type === AttributeType.MP_REACH_NLRI || type === AttributeType.MP_UNREACH_NLRI;
  });
  return framed && !carriesRoutes;
}
