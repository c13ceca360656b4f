// Which AS a route to a registered prefix is handed off by, and whether that is the registered provider (detection.md section 3,
// provider-bypass: "the AS next to the origin (or the origin)"). Pure.

import { type Asn } from '../ip/asn.js';
import { type PrefixPolicy } from './policy.js';
import { accusedOrigin, originIn, type RouteView } from './route-view.js';

/** `provider` = handed off by the registered provider; an AS number = by that one instead; null = nobody can say. */
export type ProviderUse = 'provider' | Asn | null;

/**
 * What a route without a primary verdict says. Null without registered provider ASes, and where the AS next to the origin is unknown
 * (an AS_SET, AS_TRANS).
 */
export function providerUse(route: RouteView, { providerAsns }: Pick<PrefixPolicy, 'providerAsns'>): ProviderUse {
  if (providerAsns.length === 0 || route.origin.kind === 'unknown') return null;
  if (originIn(route.origin, providerAsns)) return 'provider';
  if (route.hops.length < 2) return accusedOrigin(route.origin);
  if (route.neighbor === null) return null;
  return providerAsns.includes(route.neighbor) ? 'provider' : route.neighbor;
}
