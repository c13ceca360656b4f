// Everything that is known of one prefix now, or at a time that the log of route changes reaches back to: how it stands to the registry,
// the routes of every session as an engine judges them, the incidents and events of that time, and what is missing for a verdict. The
// engine is the one of `run` and `replay`, given the routes that matter here; nothing is judged by other code, nothing is stored.

import { type EventTime, formatEventTime, SECOND } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';
import { isCoveringLength } from '../detection/cover-rules.js';
import { type DetectionFigures } from '../detection/figures.js';
import { type PrefixPolicy, PolicyTable } from '../detection/policy.js';
import { type ReferenceData } from '../detection/reference-data.js';
import { type PrefixEvent } from '../incidents/prefix-event.js';
import { conditionOf, type PrefixCondition } from '../incidents/prefix-state.js';
import { Engine } from '../pipeline/engine.js';
import { type BaselineCover, type RouteRow } from '../pipeline/store.js';
import { type JudgedRoute } from '../pipeline/stored-route.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type Database } from '../registry/database.js';
import { listEvents } from '../registry/events.js';
import { listIncidents, type StoredIncident } from '../registry/incidents.js';
import { SqliteStore } from '../registry/pipeline-store.js';
import { sessionsThatHad } from '../registry/observability.js';
import { bootstraps, knownPrefixes, routesTo } from '../registry/route-history.js';
import { routeLogSince } from '../registry/route-log.js';
import { type Observability, observabilityOf, unobservableText } from './observability.js';

/** Thrown where a time lies before all that the log can tell. */
export class OutsideRetentionError extends Error {
  override readonly name = 'OutsideRetentionError';
}

/** How a prefix stands to the registry: `inside` and `covering` registered ones. */
export type Standing = 'registered' | 'inside' | 'covering' | 'unrelated';

export interface Inquiry {
  readonly prefix: Prefix;
  /** Null = now. */
  readonly at: EventTime | null;
  readonly standing: Standing;
  /** The policy that it is judged under, or those that it covers, each with the state of its prefix. */
  readonly policies: readonly {
    readonly policy: PrefixPolicy;
    readonly state: PrefixCondition;
    /** Null of a prefix that is not to be announced, and of times gone by. */
    readonly observability: Observability | null;
  }[];
  /** The routes to it, to what covers it, and to what lies inside: shortest first, then by collector, peer AS and address. */
  readonly routes: readonly JudgedRoute[];
  readonly reference: ReferenceData;
  readonly figures: DetectionFigures;
  /** Covers that RIB bootstraps held: no incident of these. */
  readonly baseline: readonly BaselineCover[];
  readonly incidents: readonly StoredIncident[];
  readonly events: readonly PrefixEvent[];
  /** What stands against a full verdict, in words. */
  readonly missing: readonly string[];
  /** Since when the log tells tables; null = no log. */
  readonly logSince: EventTime | null;
  readonly watermark: EventTime | null;
}

export interface InquiryOptions {
  readonly prefix: Prefix;
  readonly at: EventTime | null;
  readonly policies: readonly PrefixPolicy[];
  readonly figures: DetectionFigures;
  readonly reference: ReferenceData;
}

const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

/**
 * Looks everything up; incidents and events are those within an hour of `at`, or of the last day.
 *
 * @throws OutsideRetentionError
 */
export function inquire(db: Database, options: InquiryOptions): Inquiry {
  return db.transaction(() => look(db, options))();
}

function look(db: Database, { prefix, at, policies, figures, reference }: InquiryOptions): Inquiry {
  const logSince = routeLogSince(db);
  if (at !== null && (logSince === null || at < logSince)) throw outside(at, logSince);
  const table = new PolicyTable(policies);
  const engine = new Engine(table, figures);
  const snapshot = new SqliteStore(db).load();
  engine.useReference(reference);
  engine.load(at === null ? snapshot : { ...snapshot, incidents: [] });
  for (const row of rowsOf(db, table, { prefix, at, figures })) engine.restoreRoute(row);
  const routes = [...engine.routes.all()]
    .filter((route) => isRelated(route.prefix, prefix))
    .sort(byPlace)
    .map((route) => engine.judge(route));
  const judging = table.judging(prefix);
  const concerned = judging === undefined ? table.coveredBy(prefix) : [judging];
  const { watermark, baseline, sessions } = snapshot;
  const had = sessionsThatHad(db);
  const window = windowOf(at, watermark);
  const found = {
    prefix,
    at,
    standing: standingOf(prefix, judging, concerned),
    policies: concerned.map((policy) => ({
      policy,
      state: conditionOf(engine.timeline.recordOf(policy).state),
      observability:
        at === null
          ? observabilityOf(policy, { sessions, had: had(policy.prefix.toString()) }, figures.fullFeed)
          : null,
    })),
    routes,
    reference,
    figures,
    baseline: baseline.filter((cover) => isRelated(parsePrefix(cover.prefix), prefix)),
    incidents: [...listIncidents(db, { since: window.from })].filter(
      ({ incident }) =>
        incident.openedAt <= window.to && incident.prefix !== '' && isRelated(parsePrefix(incident.prefix), prefix),
    ),
    events: [...listEvents(db, window)].filter((event) => isRelated(parsePrefix(event.prefix), prefix)),
    logSince,
    watermark,
  };
  const links = engine.links.progress;
  return {
    ...found,
    missing: [...missingOf(found, bootstraps(db)), ...(links.judging ? [] : [learning(links.since)])],
  };
}

function learning(since: EventTime | null): string {
  return `links between ASes are being learnt${since === null ? '' : ` since ${formatEventTime(since)}`}: no forged-path yet`;
}

function outside(at: EventTime, since: EventTime | null): OutsideRetentionError {
  const why =
    since === null
      ? 'no log of route changes is kept (retention.routeLog)'
      : `outside retention, the log of route changes reaches back to ${formatEventTime(since)}`;
  return new OutsideRetentionError(`Cannot tell the routes of ${formatEventTime(at)}: ${why}`);
}

/** The routes related to the prefix; and for covers those of all that they cover, on which their level depends. */
function rowsOf(
  db: Database,
  table: PolicyTable,
  { prefix, at, figures }: Pick<InquiryOptions, 'prefix' | 'at' | 'figures'>,
): readonly RouteRow[] {
  const related = knownPrefixes(db, (one) => isRelated(one, prefix) && table.isRelated(one));
  const wanted = new Map(related.map((one) => [one.toString(), one]));
  for (const cover of related.filter((one) => isCoveringLength(one, figures.covering))) {
    if (table.judging(cover) !== undefined) continue;
    for (const { prefix: covered } of table.coveredBy(cover)) wanted.set(covered.toString(), covered);
  }
  return [...wanted.values()].flatMap((one) => routesTo(db, one, at));
}

function isRelated(a: Prefix, b: Prefix): boolean {
  return a.covers(b) || b.covers(a);
}

function byPlace(a: JudgedRoute['route'], b: JudgedRoute['route']): number {
  const key = ({ session }: typeof a): string =>
    [session.collector, String(session.peerAs).padStart(10), session.peerAddress].join(' ');
  const [one, other] = [key(a), key(b)];
  return a.prefix.length - b.prefix.length || (one < other ? -1 : one > other ? 1 : a.pathId - b.pathId);
}

function standingOf(prefix: Prefix, judging: PrefixPolicy | undefined, concerned: readonly PrefixPolicy[]): Standing {
  if (judging !== undefined) return judging.prefix.equals(prefix) ? 'registered' : 'inside';
  return concerned.length > 0 ? 'covering' : 'unrelated';
}

/** An hour on both sides of a time; or the last day. */
function windowOf(
  at: EventTime | null,
  watermark: EventTime | null,
): { readonly from: EventTime; readonly to: EventTime } {
  if (at !== null) return { from: at - HOUR, to: at + HOUR };
  return { from: (watermark ?? 0) - DAY, to: Infinity };
}

function missingOf(
  { standing, policies, routes, reference, at, watermark, figures }: Omit<Inquiry, 'missing'>,
  begun: ReadonlyMap<number, EventTime>,
): readonly string[] {
  if (standing === 'unrelated')
    return ['it is related to no registered prefix: nothing is kept of it, and nothing alerts (peerwatch apply FILE)'];
  const sessions = new Set(routes.map(({ route }) => route.session));
  const noDump = [...sessions].filter(({ id, bootstrapped }) =>
    at === null ? !bootstrapped : (begun.get(id) ?? Infinity) > at,
  ).length;
  const transferring = at === null ? [...sessions].filter(({ transferSince }) => transferSince !== null).length : 0;
  const few = new Set([...sessions].map(({ peerAs }) => peerAs)).size < figures.lifecycle.notifyPeers;
  const facts: readonly (readonly [boolean, string])[] = [
    [watermark === null, 'nothing was read yet'],
    [
      at !== null && watermark !== null && at > watermark,
      'that is later than all that was read: shown is what was there last',
    ],
    [routes.length === 0, 'no session has a route to it, to what covers it, or to what lies inside'],
    [
      routes.length > 0 && few,
      `fewer than ${figures.lifecycle.notifyPeers} peer ASes have routes: an incident would stay suspected`,
    ],
    [
      noDump > 0,
      `${noDump} of ${sessions.size} sessions with routes had no RIB dump yet: what they held before is not known`,
    ],
    [transferring > 0, `${transferring} of ${sessions.size} sessions transfer their table: no path verdicts of these`],
    [reference.vrps === null, 'no VRPs (detection.rpki.files): no rpki-invalid'],
    [reference.aspas === null, 'no ASPAs (detection.rpki.files): no aspa-invalid'],
    [reference.relationships === null, 'no AS relationships (detection.relationships): no route-leak'],
  ];
  const unobservable = policies.flatMap(({ policy, observability }) =>
    observability === null || observability.observable
      ? []
      : [
          `${policy.prefix.toString()} is ${unobservableText(observability, figures.fullFeed)}: no visibility-loss, no outage`,
        ],
  );
  return [...unobservable, ...told(facts)];
}

function told(facts: readonly (readonly [boolean, string])[]): readonly string[] {
  return facts.flatMap(([holds, text]) => (holds ? [text] : []));
}
