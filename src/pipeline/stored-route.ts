// A stored route with what detection thinks of it, and the prefix events that the opening of an incident makes.

import { formatPath, pathToJson } from '../bgp/as-path.js';
import { type EventTime } from '../ip/event-time.js';
import { Prefix } from '../ip/prefix.js';
import { type Finding, type Level, REFERENCE_INCIDENT_TYPES, worse } from '../detection/finding.js';
import { type JudgeContext, type Judgement, judgeRoute } from '../detection/judge.js';
import { type PolicyTable, type PrefixPolicy } from '../detection/policy.js';
import { type RouteView, viewStored } from '../detection/route-view.js';
import { type Incident } from '../incidents/incident.js';
import { type PrefixEvent, type PrefixEventType } from '../incidents/prefix-event.js';
import { prefixEvent } from '../incidents/prefix-state.js';
import { type Route } from '../rib/adj-rib-in.js';
import { type AnnounceEvent, type RibEntryEvent } from '../rib/route-event.js';
import { type Session } from '../rib/session.js';
import { type RouteRow } from './store.js';

/** A stored route; it carries incidents. */
export type StoredRoute = Route<Incident>;

/** What detection thinks of a route under the policies of now. Never stored: route and policies say it all. */
export interface JudgedRoute {
  readonly route: StoredRoute;
  readonly view: RouteView;
  readonly judgement: Judgement;
}

/** Links are judged of sessions alone that had a RIB dump: what others show may long have been there. */
export function judgeStored(route: StoredRoute, policies: PolicyTable, context: JudgeContext): JudgedRoute {
  const view = viewStored(route);
  const known = route.session.bootstrapped || context.links === null ? context : { ...context, links: null };
  return { route, view, judgement: judgeRoute(view, policies, known, route.malformed) };
}

/** The gravest that the routes which carry an incident are now, of `routes` to its prefix. */
export function levelNow(
  incident: Incident,
  routes: Iterable<StoredRoute>,
  judge: (route: StoredRoute) => JudgedRoute,
): Level {
  let level: Level = 'Information';
  for (const route of routes) {
    if (!route.carried.includes(incident)) continue;
    for (const finding of judge(route).judgement.findings)
      if (finding.type === incident.type && finding.connection === incident.connection)
        level = worse(level, finding.level);
  }
  return level;
}

/** The oldest first, whatever order they were stored or loaded in. */
export function byAge(a: StoredRoute, b: StoredRoute): number {
  return a.at - b.at || a.session.id - b.session.id || Prefix.compare(a.prefix, b.prefix) || a.pathId - b.pathId;
}

/** A route as an event announces it; `dump` = the RIB dump that holds it, null for an UPDATE. */
export function routeOf(event: AnnounceEvent | RibEntryEvent, session: Session, dump: string | null): StoredRoute {
  const { prefix, pathId, path, internalAs, attributes, malformed, marks, at, file, record, offset } = event;
  return {
    session,
    prefix,
    pathId,
    path,
    pathText: formatPath(path),
    internalAs,
    attributes,
    malformed,
    marks,
    at,
    fromRib: dump !== null,
    dump,
    file,
    record,
    offset,
    carried: [],
  };
}

/** A route as a row has it. */
export function routeOfRow(
  row: RouteRow,
  { prefix, session, carried }: Pick<StoredRoute, 'prefix' | 'session' | 'carried'>,
): StoredRoute {
  const { pathId, path, internalAs, attributes, malformed, marks, at, fromRib, dump, file, record, offset } = row;
  return {
    session,
    prefix,
    pathId,
    path,
    pathText: formatPath(path),
    internalAs,
    attributes,
    malformed,
    marks,
    at,
    fromRib,
    dump,
    file,
    record,
    offset,
    carried,
  };
}

/** Stored routes as plain data, each made as it is asked for. */
export function rowsOf(routes: Iterable<StoredRoute>): Iterable<RouteRow> {
  return {
    *[Symbol.iterator]() {
      for (const route of routes) yield rowOf(route);
    },
  };
}

function rowOf(route: StoredRoute): RouteRow {
  const {
    session,
    prefix,
    pathId,
    at,
    fromRib,
    path,
    internalAs,
    attributes,
    malformed,
    marks,
    dump,
    file,
    record,
    offset,
  } = route;
  return {
    session: session.id,
    prefix: prefix.toString(),
    pathId,
    at,
    fromRib,
    path,
    internalAs,
    attributes,
    malformed,
    marks,
    dump,
    file,
    record,
    offset,
    incidents: route.carried.map(({ id }) => id),
  };
}

/** The evidence that a route is, told at `at`. */
export function evidenceOf(route: StoredRoute, at: EventTime): Incident['evidence'][number] {
  const { session, prefix, path, file, record, offset } = route;
  return {
    collector: session.collector,
    peerAs: session.peerAs,
    peerAddress: session.peerAddress,
    asPath: pathToJson(path),
    prefix: prefix.toString(),
    at,
    file,
    record,
    offset,
  };
}

/** `AS64500 (192.0.2.1) at rrc00`. */
export function witnessOf({ peerAs, peerAddress, collector }: Session): string {
  return `AS${peerAs} (${peerAddress}) at ${collector}`;
}

/** Incidents that change no origin and are no more-specifics: the timeline has no event for them. */
const UNTOLD: ReadonlySet<Finding['type']> = new Set<Finding['type']>([
  'superprefix-hijack',
  'forged-first-hop',
  ...REFERENCE_INCIDENT_TYPES,
  'forged-path',
  'bogon-path',
]);

/**
 * The prefix event that goes with an opening, or null: an origin change of the registered prefix itself, or a more-specific.
 * `replacedActive`: the replaced route was active, or there was none and the prefix was active (detection.md section 4).
 */
export function openingEvent(
  finding: Finding,
  route: StoredRoute,
  policy: PrefixPolicy,
  replacedActive: boolean,
): PrefixEvent | null {
  const { at, session, pathText } = route;
  const registered = policy.prefix.toString();
  const prefix = finding.prefix.toString();
  const seen = `First seen from ${witnessOf(session)}, path ${pathText}.`;
  if (UNTOLD.has(finding.type)) return null;
  if (finding.prefix.equals(finding.registeredPrefix)) {
    const type: PrefixEventType = replacedActive ? 'PrefixOriginAsChangeEvent' : 'PrefixBackupRouteOriginAsChangeEvent';
    const summary = `${registered} announced by AS${finding.offender}`;
    return prefixEvent(policy, { at, type, prefix, summary, description: `${finding.clauses.join('; ')}. ${seen}` });
  }
  const own = finding.type === 'unexpected-more-specific' || finding.type === 'blackhole-leak';
  return prefixEvent(policy, {
    at,
    type: 'PrefixMoreSpecificEvent',
    level: own ? 'Information' : 'Critical',
    prefix,
    summary: `More-specific ${prefix} of ${registered} announced by AS${finding.offender}`,
    description: `${finding.clauses.join('; ')}. ${seen}`,
  });
}
