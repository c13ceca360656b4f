// What a route shows that the registry does not have: an origin, a neighbour, or a cover (registry-drift, detection.md section 3). One that
// stays for long is no attack but a registry that is behind. A cover that a RIB bootstrap held is one too, though it is no incident.

import { judgeCovering } from './cover-rules.js';
import { type DetectionFigures } from './figures.js';
import { type Finding, type RouteIncidentType } from './finding.js';
import { type PolicyTable } from './policy.js';
import { type RouteView } from './route-view.js';

/** One thing that is not registered, under one registered prefix. */
export interface Unregistered {
  readonly kind: 'origin' | 'neighbor' | 'cover';
  readonly registeredPrefix: string;
  readonly prefix: string;
  /** The AS, or origin/neighbour. */
  readonly offender: string;
}

const KINDS: Readonly<Partial<Record<RouteIncidentType, Unregistered['kind']>>> = {
  squatting: 'origin',
  'origin-hijack': 'origin',
  'subprefix-hijack': 'origin',
  'forged-first-hop': 'neighbor',
};

/**
 * What one sound route shows.
 *
 * @param findings those of its judgement.
 */
export function unregisteredBy(
  view: RouteView,
  findings: readonly Finding[],
  { policies, figures }: { readonly policies: PolicyTable; readonly figures: DetectionFigures['covering'] },
): readonly Unregistered[] {
  if (policies.judging(view.prefix) !== undefined)
    return findings.flatMap((finding) => {
      const kind = KINDS[finding.type];
      return kind === undefined ? [] : [unregistered(kind, finding)];
    });
  const anyCover = { figures, isBaseline: () => false, isAnnounced: () => true };
  return judgeCovering(view, policies.coveredBy(view.prefix), anyCover).map((one) => unregistered('cover', one));
}

function unregistered(kind: Unregistered['kind'], { registeredPrefix, prefix, offender }: Finding): Unregistered {
  return { kind, registeredPrefix: registeredPrefix.toString(), prefix: prefix.toString(), offender };
}

/** What makes it that one and no other: four words. */
export function unregisteredKey({ kind, registeredPrefix, prefix, offender }: Unregistered): string {
  return `${kind} ${registeredPrefix} ${prefix} ${offender}`;
}
