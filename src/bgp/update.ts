// UPDATE (RFC 4271 section 4.3): withdrawn routes, path attributes, NLRI, and End-of-RIB (RFC 4724 section 2).
//
//   withdrawn length (2) | withdrawn routes | attributes length (2) | attributes | NLRI (to the end of the message)
//
// RFC 7606 decides what is tolerated: a defect of an attribute is a warning, a length that contradicts its parent is a DecodeError.
// Nothing is said here of sessions or tables.

import { DecodeError } from '../wire/decode-error.js';
import { type AttributeContext, decodeAttributes, type PathAttributes } from './path-attributes.js';
import { type MpReach, type MpUnreach } from './mp-reach.js';
import { decodeNlri, type Nlri } from './nlri.js';
import { type WarningCode, type WarningList } from './warnings.js';

/** An UPDATE as received. A prefix that is both withdrawn and announced stands in both lists. */
export interface Update {
  /** WITHDRAWN ROUTES, IPv4 unicast. */
  readonly withdrawn: readonly Nlri[];
  /** NLRI, IPv4 unicast. */
  readonly announced: readonly Nlri[];
  /** MP_REACH_NLRI (RFC 4760 section 3): announced routes of any family, and their next hop. */
  readonly mpReach: MpReach | null;
  /** MP_UNREACH_NLRI (RFC 4760 section 4): withdrawn routes of any family. */
  readonly mpUnreach: MpUnreach | null;
  readonly attributes: PathAttributes;
  /** The family whose End-of-RIB this message is. */
  readonly endOfRib: { readonly afi: number; readonly safi: number } | null;
  /** Tolerated defects (RFC 7606), each code once. */
  readonly warnings: readonly WarningCode[];
}

const IPV4_UNICAST = Object.freeze({ afi: 1, safi: 1 });

/**
 * Reads the body of an UPDATE (behind the BGP header) from `start` to `end`.
 *
 * @throws DecodeError where the message cannot be framed.
 */
export function decodeUpdate(bytes: Uint8Array, start: number, end: number, context: AttributeContext): Update {
  const attributesField = withdrawnEnd(bytes, start, end);
  const nlriField = attributesField + 2 + ((bytes[attributesField] << 8) | bytes[attributesField + 1]);
  if (nlriField > end) throw lengthError('attributes', attributesField);
  const decoded = decodeAttributes(bytes, attributesField + 2, nlriField, context);
  const { attributes, mpReach, mpUnreach, warnings } = decoded;
  const block = { afi: 1, safi: 1, policy: context.nlri, warnings } as const;
  const withdrawn = decodeNlri(bytes, start + 2, attributesField, block);
  const announced = decodeNlri(bytes, nlriField, end, block);
  const announcing = announced.length > 0 || (mpReach !== null && mpReach.nlri.length > 0);
  if (announcing) checkMandatory(attributes, announced.length > 0, warnings);
  const empty = start + 4 === end;
  const endOfRib = empty
    ? IPV4_UNICAST
    : familyOfEmptyUnreach(mpUnreach, nlriField - attributesField - 2, end - start - 4);
  return { withdrawn, announced, mpReach, mpUnreach, attributes, endOfRib, warnings: warnings.codes };
}

/** The index of the attributes' length field. */
function withdrawnEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4) throw lengthError('message', start);
  const at = start + 2 + ((bytes[start] << 8) | bytes[start + 1]);
  if (at + 2 > end) throw lengthError('withdrawn routes', start);
  return at;
}

/** RFC 7606 section 3 d. */
export function checkMandatory(attributes: PathAttributes, needsNextHop: boolean, warnings: WarningList): void {
  if (attributes.origin === undefined) warnings.add('missing-origin');
  if (attributes.asPath === undefined) warnings.add('missing-as-path');
  if (needsNextHop && attributes.nextHop === undefined) warnings.add('missing-next-hop');
}

/** End-of-RIB of other families: an MP_UNREACH_NLRI without routes, and nothing else in the message. */
function familyOfEmptyUnreach(
  mpUnreach: MpUnreach | null,
  attributesLength: number,
  bodyLength: number,
): Update['endOfRib'] {
  if (mpUnreach === null || mpUnreach.nlri.length > 0 || mpUnreach.undecoded !== undefined) return null;
  const alone = attributesLength === bodyLength && (attributesLength === 6 || attributesLength === 7);
  return alone ? { afi: mpUnreach.afi, safi: mpUnreach.safi } : null;
}

function lengthError(field: string, offset: number): DecodeError {
  return new DecodeError('update-length', `Cannot read UPDATE: the length of its ${field} exceeds the message`, offset);
}
