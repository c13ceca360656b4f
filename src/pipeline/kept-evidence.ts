// What is kept of a route that became evidence, for the store: its record's bytes, what the verdict on it rested on, and the route that the
// session had before, for the picture.

import { pathToJson } from '../bgp/as-path.js';
import { type Finding } from '../detection/finding.js';
import { type JudgeContext } from '../detection/judge.js';
import { type PolicyTable } from '../detection/policy.js';
import { type Incident } from '../incidents/incident.js';
import { type AdjRibIn } from '../rib/adj-rib-in.js';
import { type RawEvidence } from '../rib/route-event.js';
import { type EvidenceBytes } from './store.js';
import { evidenceOf, type JudgedRoute, type StoredRoute } from './stored-route.js';
import { basisOf } from './verdict-basis.js';

/** One piece of evidence, and where it stands in its incident. */
export interface NewEvidence {
  readonly incident: Incident;
  readonly position: number;
  readonly finding: Finding;
  readonly judged: JudgedRoute;
  readonly bytes: RawEvidence;
  /** The route that it replaced. */
  readonly replaced: StoredRoute | undefined;
}

/** What it was found in; `routes` as they were before it. */
export interface Surroundings {
  readonly routes: AdjRibIn<Incident>;
  readonly policies: PolicyTable;
  readonly context: JudgeContext;
}

export function keptEvidence(piece: NewEvidence, { routes, policies, context }: Surroundings): EvidenceBytes {
  const { incident, position, finding, judged, bytes, replaced } = piece;
  const { route, view } = judged;
  const before = routeBefore(finding, route, replaced, routes);
  const listed = incident.evidence.at(position);
  const evidence = listed ?? evidenceOf(route, route.at);
  evidence.before = before === undefined ? null : pathToJson(before.path);
  const { pathId } = route;
  const basis = basisOf({ view, finding, pathId, identified: bytes.identified ?? [] }, policies, {
    ...context,
    links: route.session.bootstrapped ? context.links : null,
  });
  return { incident: incident.id, position, evidence: { ...evidence }, bytes, basis };
}

/** What it replaced; of a prefix that is not the registered one, the session's route to that, of several the lowest path identifier. */
function routeBefore(
  { registeredPrefix }: Finding,
  { session, prefix }: StoredRoute,
  replaced: StoredRoute | undefined,
  routes: AdjRibIn<Incident>,
): StoredRoute | undefined {
  if (prefix.equals(registeredPrefix)) return replaced;
  let found: StoredRoute | undefined;
  for (const route of routes.at(registeredPrefix))
    if (route.session === session && (found === undefined || route.pathId < found.pathId)) found = route;
  return found;
}
