// How rules see a route: its collapsed path, origin and the AS next to it, worked out once (detection.md section 1, path forms).
// AS_TRANS left in a path is unknown: no origin or neighbour verdict rests on it.

import { collapsePath, type AsPath, type Hop } from '../bgp/as-path.js';
import { AS_TRANS, type Asn } from '../ip/asn.js';
import { type Prefix } from '../ip/prefix.js';
import { type RouteAttributes, type RouteMarks } from '../rib/route-event.js';

/** The origin as rules take it: one AS, the members of a final AS_SET, or unknown (empty eBGP path, AS_TRANS). */
export type Origin =
  | { readonly kind: 'as'; readonly asn: Asn }
  | { readonly kind: 'set'; readonly members: readonly Asn[] }
  | { readonly kind: 'unknown' };

export interface RouteView {
  readonly prefix: Prefix;
  readonly hops: readonly Hop[];
  readonly origin: Origin;
  /** The AS before the origin in the collapsed path; null where there is none, or where it is an AS_SET or AS_TRANS. */
  readonly neighbor: Asn | null;
  /** What it says beside its path; absent = none of it. */
  readonly marks?: RouteMarks | undefined;
}

/**
 * Makes the view of a route.
 *
 * @param internalAs the peer's AS where the feed is iBGP: the origin of an empty path; else null.
 */
export function viewRoute(prefix: Prefix, path: AsPath, internalAs: Asn | null): RouteView {
  const hops = collapsePath(path);
  const neighbor = hops.at(-2);
  return {
    prefix,
    hops,
    origin: originOf(hops.at(-1), internalAs),
    neighbor: typeof neighbor === 'number' && neighbor !== AS_TRANS ? neighbor : null,
  };
}

/** The view of a stored route, with what its other attributes say. */
export function viewStored({
  prefix,
  path,
  internalAs,
  marks,
}: RouteAttributes & { readonly prefix: Prefix }): RouteView {
  return { ...viewRoute(prefix, path, internalAs), marks };
}

function originOf(last: Hop | undefined, internalAs: Asn | null): Origin {
  if (last === undefined) {
    // Two ends that both read AS_TRANS or 0 need not be one AS.
    const known = internalAs !== null && internalAs !== AS_TRANS && internalAs !== 0;
    return known ? { kind: 'as', asn: internalAs } : { kind: 'unknown' };
  }
  if (typeof last === 'number') return last === AS_TRANS ? { kind: 'unknown' } : { kind: 'as', asn: last };
  return last.includes(AS_TRANS) ? { kind: 'unknown' } : { kind: 'set', members: last };
}

/** True where the origin is one of `allowed`: for an AS_SET, where any member is. */
export function originIn(origin: Origin, allowed: readonly Asn[]): boolean {
  switch (origin.kind) {
    case 'as':
      return allowed.includes(origin.asn);
    case 'set':
      return origin.members.some((asn) => allowed.includes(asn));
    case 'unknown':
      return false;
  }
}

/** The AS that an origin rule names: the origin, or the lowest member of a final AS_SET. Null where the origin is unknown. */
export function accusedOrigin(origin: Origin): Asn | null {
  switch (origin.kind) {
    case 'as':
      return origin.asn;
    case 'set':
      return Math.min(...origin.members);
    case 'unknown':
      return null;
  }
}
