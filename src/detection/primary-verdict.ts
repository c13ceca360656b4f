// One primary verdict a route: the first in the order of detection.md section 3. What the registry says comes first; what other data says
// of the same route goes into `alsoMatched` and may raise the level, or is the primary verdict where the registry has none. A hijack
// that a ROA authorises is a Warning.

import { type Finding, type ReferenceIncidentType, worse } from './finding.js';
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
 * @param policy the one the route is judged under; undefined for a cover, which the other data does not judge.
 * @param byRegistry what the registry says of the route.
 */
export function primaryVerdicts(
  { route, policy, byRegistry, malformed }: Judged,
  reference: ReferenceData,
): readonly Finding[] {
  if (reference.version === '') return byRegistry;
  const isWithoutPath = malformed && route.hops.length === 0; // AS_PATH is missing or did not decode
  const others = policy === undefined || isWithoutPath ? [] : judgeByReference(route, policy, reference);
  if (byRegistry.length === 0) return others.slice(0, 1).map((first) => withLater(first, others.slice(1), reference));
  const isExcused = byRegistry.some(({ type }) => HIJACKS.has(type)) && isAuthorised(route, reference);
  const primary = isExcused ? byRegistry.map(excused) : byRegistry;
  return primary.map((finding) => withLater(finding, others, reference));
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
  return {
    ...finding,
    level: later.reduce((level, other) => worse(level, other.level), finding.level),
    clauses: [...finding.clauses, ...later.map(({ type, clauses }) => `also ${type}: ${clauses.join(', ')}`)],
    alsoMatched: later.map(({ type }) => type as ReferenceIncidentType),
    reference: version,
  };
}
