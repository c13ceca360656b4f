// What registry-drift says: every way in which a registered prefix and what is announced do not agree, as clauses of one incident.

import { type EventTime, formatEventTime, SECOND } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { type PrefixPolicy } from '../detection/policy.js';
import { type ReferenceData } from '../detection/reference-data.js';
import { type Unregistered } from '../detection/unregistered.js';
import { type Condition, type ConditionKey } from '../incidents/conditions.js';

/** What is not registered and stays; plain data. */
export interface Standing extends Unregistered {
  /** Since when enough peer ASes show it. */
  readonly since: EventTime;
  /** It has stayed long enough. */
  readonly told: boolean;
  /** Since when too few do, and whether because sessions went down; null = enough do. */
  readonly gone: { readonly at: EventTime; readonly down: boolean } | null;
}

/** Since when no full feed has the registered prefix; plain data. */
export interface Absence {
  readonly since: EventTime;
  readonly told: boolean;
}

export function driftKey(registeredPrefix: string): ConditionKey {
  return { type: 'registry-drift', registeredPrefix, prefix: registeredPrefix, offender: '' };
}

/** The registered origins that ROAs do not authorise, in words. */
export function invalidOrigins({ prefix, origins }: PrefixPolicy, { vrps }: ReferenceData): readonly string[] {
  if (vrps === null) return [];
  return origins.flatMap((origin) => {
    const { validity, reason, covering } = vrps.validate(prefix, origin);
    if (validity !== 'invalid') return [];
    const named = covering.slice(0, MOST_NAMED).map((vrp) => `${vrp.prefix.toString()}-${vrp.maxLength} AS${vrp.asn}`);
    const more = covering.length > MOST_NAMED ? ` and ${covering.length - MOST_NAMED} more` : '';
    return [
      `${prefix.toString()} with the registered origin AS${origin} is RPKI invalid (${reason ?? ''}); covering VRPs: ${named.join(', ')}${more}`,
    ];
  });
}

const MOST_NAMED = 5;

export function absenceClause({ since }: Absence, { absentFor }: DetectionFigures['registryDrift']): string {
  return `no full-feed session has a route to it since ${formatEventTime(since)}, for more than ${absentFor / SECOND} s, though it is registered with origins`;
}

export function standingClause(
  { kind, registeredPrefix, prefix, offender, since }: Standing,
  { stableFor }: DetectionFigures['registryDrift'],
): string {
  const how = `since ${formatEventTime(since)}, for ${stableFor / SECOND} s or more`;
  switch (kind) {
    case 'origin':
      return `AS${offender} originates ${prefix} ${how}, and is not registered for ${registeredPrefix}`;
    case 'neighbor':
      return `AS${offender.replace('/', ' stands behind AS')} on the way to ${prefix} ${how}, which is not registered as its neighbour`;
    case 'cover':
      return `AS${offender} announces ${prefix}, which covers ${registeredPrefix}, ${how}, and is registered neither as origin nor as aggregator`;
  }
}

/** The AS, or origin and neighbour. */
function asnsOf({ offender }: Unregistered): readonly (number | undefined)[] {
  return offender.split('/').map(Number);
}

/** @param reference the version of the data that `clauses` rest on; empty = none. */
export function driftCondition(
  policy: PrefixPolicy,
  clauses: readonly string[],
  { standing, reference }: { readonly standing: readonly Standing[]; readonly reference: string },
): Condition {
  const first = standing.at(0);
  const [origin = null, neighbor = null] = first === undefined || first.kind === 'cover' ? [] : asnsOf(first);
  return {
    ...driftKey(policy.prefix.toString()),
    ruleVersion: 1,
    level: 'Warning',
    connection: policy.connection,
    covers: [],
    expected: { origins: policy.origins, neighbors: null },
    observed: { origin, neighbor },
    clauses: [...clauses, 'it is over when registry, ROAs and routes agree'],
    alsoMatched: [],
    reference,
    peers: [],
    counted: false,
  };
}
