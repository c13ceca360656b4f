// Judging one route: the dispatch of detection.md section 3. A route is judged once: under the registered prefix equal to it, else
// under the longest that covers it, else, if it strictly covers registered prefixes, as one superprefix finding a connection. Which of
// several verdicts is the primary one, primary-verdict.ts says; only those of the registry take a route's class away.

import { judgeBlackhole, withBlackhole } from './blackhole-leak.js';
import { type CoverContext, isCoveringLength, judgeCovering } from './cover-rules.js';
import { type Finding } from './finding.js';
import { isAllowedMoreSpecific, judgeInside } from './origin-rules.js';
import { type LinkView } from './link-view.js';
import { type PolicyTable, type PrefixPolicy } from './policy.js';
import { primaryVerdicts } from './primary-verdict.js';
import { type ReferenceData } from './reference-data.js';
import { originIn, type RouteView } from './route-view.js';

/** How a route serves a registered prefix (detection.md section 4). */
export type RouteClass = 'active' | 'backup' | 'internet';

/** What judging rests on beside route and policies. */
export interface JudgeContext extends CoverContext {
  readonly reference: ReferenceData;
  /** Null = links are not judged. */
  readonly links: LinkView | null;
}

/** Everything detection says of one route on its own. */
export interface Judgement {
  /** The primary verdict; several only for superprefix-hijack, one a connection. */
  readonly findings: readonly Finding[];
  /** What the route is to each registered prefix that it serves. */
  readonly classes: readonly { readonly policy: PrefixPolicy; readonly routeClass: RouteClass }[];
  /** The policy whose prefix the route is, or whose allowed more-specific it is, as registered; else null. */
  readonly registered: PrefixPolicy | null;
  /** The same, where there is no finding of other data either. */
  readonly legitimate: PrefixPolicy | null;
}

/** Judges a route. `malformed` routes (RFC 7606) serve nothing, and their findings are a Warning at most. */
export function judgeRoute(route: RouteView, table: PolicyTable, context: JudgeContext, malformed: boolean): Judgement {
  const policy = table.judging(route.prefix);
  const covered = table.coveredBy(route.prefix);
  const byRegistry =
    policy === undefined
      ? judgeCovering(route, covered, context)
      : withBlackhole(judgeInside(route, policy), judgeBlackhole(route, policy));
  const all = primaryVerdicts({ route, policy, byRegistry, malformed }, context);
  const findings = malformed ? all.map(asMalformed) : all;
  const classes: { policy: PrefixPolicy; routeClass: RouteClass }[] = [];
  if (!malformed) {
    const exact = policy?.prefix.length === route.prefix.length ? policy : undefined;
    const own = exact === undefined || byRegistry.length > 0 ? null : exactClass(route, exact);
    if (exact !== undefined && own !== null) classes.push({ policy: exact, routeClass: own });
    if (isCoveringLength(route.prefix, context.figures)) {
      for (const inner of covered) classes.push({ policy: inner, routeClass: 'internet' });
    }
  }
  const registered =
    policy !== undefined && byRegistry.length === 0 && !malformed && isRegistered(route, policy) ? policy : null;
  return { findings, classes, registered, legitimate: findings.length === 0 ? registered : null };
}

function isRegistered(route: RouteView, policy: PrefixPolicy): boolean {
  if (route.prefix.length === policy.prefix.length) return originIn(route.origin, policy.origins);
  return isAllowedMoreSpecific(route, policy);
}

/** active where the origin is registered and a provider AS is the origin or next to it; backup for other registered origins. */
function exactClass(route: RouteView, policy: PrefixPolicy): 'active' | 'backup' | null {
  if (!originIn(route.origin, policy.origins)) return null;
  const providers = policy.providerAsns;
  if (providers.length === 0 || originIn(route.origin, providers)) return 'active';
  return route.neighbor !== null && providers.includes(route.neighbor) ? 'active' : 'backup';
}

/** The clause of a finding that is a Warning at most, since its announcement is one (RFC 7606). */
export const MALFORMED = 'the announcement is malformed (RFC 7606): a Warning at most';

/** Of a cover the clause stands before the last one, in whose place its exposure is told later. */
function asMalformed(finding: Finding): Finding {
  const { type, clauses } = finding;
  const level = finding.level === 'Information' ? 'Information' : 'Warning';
  const place = type === 'superprefix-hijack' ? clauses.length - 1 : clauses.length;
  return { ...finding, level, clauses: clauses.toSpliced(place, 0, MALFORMED) };
}
