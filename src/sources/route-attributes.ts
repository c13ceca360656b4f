// What a route event says of its route, from decoded path attributes; messages and RIB entries alike.

import { type PathAttributes } from '../bgp/path-attributes.js';
import { isTreatAsWithdraw, type WarningCode } from '../bgp/warnings.js';
import { type RouteAttributes, type RouteMarks } from '../rib/route-event.js';
import { attributesDigest } from './attributes-digest.js';

/** A path that does not decode is an empty one. */
export function routeAttributes(
  attributes: PathAttributes,
  nextHop: string | undefined,
  warnings: readonly WarningCode[],
): Omit<RouteAttributes, 'internalAs'> {
  const broken = warnings.includes('as-path-malformed');
  return {
    path: broken ? [] : (attributes.asPath ?? []),
    attributes: attributesDigest(attributes, nextHop),
    malformed: isTreatAsWithdraw(warnings),
    marks: marksOf(attributes),
  };
}

/** BLACKHOLE (RFC 7999 section 5). */
const BLACKHOLE = 0xffff029a;

function marksOf(attributes: PathAttributes): RouteMarks | undefined {
  const blackhole = attributes.communities?.includes(BLACKHOLE) === true;
  const onlyToCustomer = attributes.onlyToCustomer ?? null;
  return blackhole || onlyToCustomer !== null ? { blackhole, onlyToCustomer } : undefined;
}
