// Whether an attribute would be decoded without a defect that makes its routes malformed (RFC 7606 section 7), told from its bytes in
// place: what `path-attributes.ts` would say, without building anything. MP_REACH_NLRI and MP_UNREACH_NLRI are the caller's work.

import { AttributeType } from './codes.js';

/** What is asked of an attribute's value, by type; 0 = only the decoder knows. */
const [DECODER, ANY, ORIGIN, PATH, FOUR, FOURS, EIGHTS, TWELVES] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

const RULES = new Uint8Array(256).fill(DECODER);
RULES[AttributeType.ORIGIN] = ORIGIN;
RULES[AttributeType.AS_PATH] = PATH;
RULES[AttributeType.NEXT_HOP] = FOUR;
RULES[AttributeType.MULTI_EXIT_DISC] = FOUR;
RULES[AttributeType.LOCAL_PREF] = FOUR;
RULES[AttributeType.ATOMIC_AGGREGATE] = ANY; // malformed, it is left out: the routes stand
RULES[AttributeType.AGGREGATOR] = ANY;
RULES[AttributeType.COMMUNITIES] = FOURS;
RULES[AttributeType.ORIGINATOR_ID] = FOUR;
RULES[AttributeType.CLUSTER_LIST] = FOURS;
RULES[AttributeType.EXTENDED_COMMUNITIES] = EIGHTS;
RULES[AttributeType.AS4_PATH] = ANY;
RULES[AttributeType.AS4_AGGREGATOR] = ANY;
RULES[AttributeType.LARGE_COMMUNITY] = TWELVES;
RULES[AttributeType.ONLY_TO_CUSTOMER] = FOUR;

/** False where the value of an attribute, from `start` to `end` of `bytes`, may be malformed: the decoder says. */
export function isSoundAttribute(type: number, bytes: Uint8Array, start: number, end: number, asn4: boolean): boolean {
  const length = end - start;
  switch (RULES[type]) {
    case ANY:
      return true;
    case ORIGIN:
      return length === 1 && bytes[start] <= 2;
    case PATH:
      return isSoundPath(bytes, start, end, asn4 ? 4 : 2);
    case FOUR:
      return length === 4;
    case FOURS:
      return length > 0 && (length & 3) === 0;
    case EIGHTS:
      return length > 0 && (length & 7) === 0;
    case TWELVES:
      return length > 0 && length % 12 === 0;
    default:
      return false;
  }
}

/** Segments of known types, none of them empty, that end where the value does (RFC 7606 section 7.2). */
function isSoundPath(bytes: Uint8Array, start: number, end: number, octets: number): boolean {
  let at = start;
  while (at < end) {
    const type = bytes[at];
    const next = at + 2 + bytes[at + 1] * octets;
    if (end - at < 2 || type < 1 || type > 4 || next > end || next === at + 2) return false;
    at = next;
  }
  return true;
}
