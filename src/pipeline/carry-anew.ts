// After a change of the registry or of reference data: every stored route's incidents are worked out anew.

import { type EventTime } from '../ip/event-time.js';
import { Prefix } from '../ip/prefix.js';
import { type Finding } from '../detection/finding.js';
import { type PolicyTable } from '../detection/policy.js';
import { type Incident } from '../incidents/incident.js';
import { type Lifecycle } from '../incidents/lifecycle.js';
import { type AdjRibIn } from '../rib/adj-rib-in.js';
import { evidenceOf, type JudgedRoute, type StoredRoute } from './stored-route.js';

interface Parts {
  readonly routes: AdjRibIn<Incident>;
  readonly lifecycle: Lifecycle;
  readonly policies: PolicyTable;
  readonly judge: (route: StoredRoute) => JudgedRoute;
}

/** Carries what the routes do wrong now, oldest first, now that every class is counted. `before`: those that carried incidents. */
export function carryAnew(
  { routes, lifecycle, policies, judge }: Parts,
  before: readonly StoredRoute[],
  at: EventTime,
): void {
  const found = new Map<Incident, Finding[]>();
  const accused: JudgedRoute[] = [];
  for (const route of routes.all()) {
    const judged = judge(route);
    if (judged.judgement.findings.length > 0) accused.push(judged);
    else if (route.carried.length > 0) routes.put({ ...route, carried: [] });
  }
  for (const { route, judgement } of accused.sort((a, b) => byAge(a.route, b.route))) {
    const carried = judgement.findings.map((finding) => {
      const { incident, evidenceAt } = lifecycle.carry(finding, route.session, evidenceOf(route, at));
      if (evidenceAt !== null) incident.verdictFrom = null; // a stored route has no record any more
      found.set(incident, [...(found.get(incident) ?? []), finding]);
      return incident;
    });
    routes.put({ ...route, carried });
  }
  for (const [incident, findings] of found) lifecycle.reassess(incident, findings);
  for (const { carried } of before) {
    for (const incident of carried) if (!found.has(incident)) lifecycle.resolve(incident, at, 'reconfigured');
  }
  for (const { carried, session } of before) carried.forEach((incident) => lifecycle.lose(incident, session, at));
  for (const incident of [...lifecycle.all]) {
    if (!found.has(incident) && policies.get(incident.registeredPrefix) === undefined)
      lifecycle.resolve(incident, at, 'reconfigured');
  }
}

/** The oldest first, whatever order they were stored or loaded in. */
function byAge(a: StoredRoute, b: StoredRoute): number {
  return a.at - b.at || a.session.id - b.session.id || Prefix.compare(a.prefix, b.prefix) || a.pathId - b.pathId;
}
