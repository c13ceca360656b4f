// One primary verdict a route: the first in the order of detection.md section 3. What the registry says comes first; what other data says
// of the same route goes into `alsoMatched` and may raise the level, or is the primary verdict where the registry has none. A hijack
// that a ROA authorises is a Warning.

import { judgeBogons } from './bogon-path.js';
import { alsoClause, type Finding, LATER_INCIDENT_TYPES, worse } from './finding.js';
import { judgeLinks } from './forged-path.js';
import { type JudgeContext } from './judge.js';
import { type PrefixPolicy } from './policy.js';
import { type ReferenceData } from './reference-data.js';
import { isAuthorised, judgeByReference } from './reference-rules.js';
import { type RouteView } from './route-view.js';

/** The clause of a hijack that is a Warning at most. */
export const AUTHORISED = 'authorised by a ROA, not by the registry';

/** Incidents of a foreign origin. */
export const HIJACKS: ReadonlySet<string> = new Set<Finding['type']>([
  'squatting',
  'origin-hijack',
  'subprefix-hijack',
  'superprefix-hijack',
]);

/**
 * The primary verdict, with what else matched; several only for superprefix-hijack.
 *
 * @param policy the one the route is judged under; undefined for a cover, which the later rules do not judge.
 * @param byRegistry what the registry says of the route.
 */
export function primaryVerdicts(
  { route, policy, byRegistry, malformed }: Judged,
  context: Pick<JudgeContext, 'reference' | 'links'>,
): readonly Finding[] {
  const { reference } = context;
  const isWithoutPath = malformed && route.hops.length === 0; // AS_PATH is missing or did not decode
  const later = policy === undefined || isWithoutPath ? [] : laterVerdicts(route, policy, context);
  if (byRegistry.length === 0) return later.slice(0, 1).map((first) => withLater(first, later.slice(1), reference));
  if (reference.version === '' && later.length === 0) return byRegistry;
  const isExcused = byRegistry.some(({ type }) => HIJACKS.has(type)) && isAuthorised(route, reference);
  const primary = isExcused ? byRegistry.map(excused) : byRegistry;
  return primary.map((finding) => withLater(finding, later, reference));
}

/** What the rules behind those of the registry say, in table order. */
function laterVerdicts(
  route: RouteView,
  policy: PrefixPolicy,
  { reference, links }: Pick<JudgeContext, 'reference' | 'links'>,
): readonly Finding[] {
  return [
    ...judgeByReference(route, policy, reference),
    links === null ? null : judgeLinks(route, policy, links, reference),
    judgeBogons(route, policy),
  ].filter((one) => one !== null);
}

interface Judged {
  readonly route: RouteView;
  readonly policy: PrefixPolicy | undefined;
  readonly byRegistry: readonly Finding[];
  readonly malformed: boolean;
}

/** The clause stands before the last one, in whose place a cover's exposure is told later. */
function excused(finding: Finding): Finding {
  const level = finding.level === 'Information' ? 'Information' : 'Warning';
  return { ...finding, level, clauses: finding.clauses.toSpliced(-1, 0, AUTHORISED) };
}

function withLater(finding: Finding, later: readonly Finding[], { version }: ReferenceData): Finding {
  const also = LATER_INCIDENT_TYPES.filter(
    (type) => finding.alsoMatched.includes(type) || later.some((one) => one.type === type),
  );
  return {
    ...finding,
    level: later.reduce((level, other) => worse(level, other.level), finding.level),
    clauses: [...finding.clauses, ...later.map(alsoClause)],
    alsoMatched: also,
    reference: version,
  };
}
