// The origin that a RIB bootstrap's cover makes baseline.

import { type Asn } from '../ip/asn.js';
import { judgeCovering } from '../detection/cover-rules.js';
import { type JudgeContext } from '../detection/judge.js';
import { type PolicyTable } from '../detection/policy.js';
import { accusedOrigin, type RouteView } from '../detection/route-view.js';

/** Of an AS_SET the one that would be accused, if any would. */
export function coverOrigin(view: RouteView, policies: PolicyTable, context: JudgeContext): Asn | null {
  if (view.origin.kind === 'as') return view.origin.asn;
  const anew = { ...context, isBaseline: () => false };
  return judgeCovering(view, policies.coveredBy(view.prefix), anew).length > 0 ? accusedOrigin(view.origin) : null;
}
