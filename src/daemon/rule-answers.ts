// What each rule says of the routes of an inquiry, in the order of detection.md section 3: what matched with its clauses and on how many
// peer ASes; of what matches nothing, the facts that it looked at. Verdicts are the judged routes' own, and those of incidents that go on.

import { formatPath } from '../bgp/as-path.js';
import { type Asn } from '../ip/asn.js';
import { isCoveringLength } from '../detection/cover-rules.js';
import { type Level } from '../detection/finding.js';
import { type PrefixPolicy } from '../detection/policy.js';
import { list } from '../detection/policy-finding.js';
import { accusedOrigin } from '../detection/route-view.js';
import { type JudgedRoute } from '../pipeline/stored-route.js';
import { type IncidentType } from '../telemetry/stats.js';
import { type Inquiry } from './inquiry.js';
import { type Observability, unobservableText } from './observability.js';

/** The rules of detection.md section 3 in their order; source-silent is of sources, not of prefixes. */
const RULES = [
  'squatting',
  'origin-hijack',
  'subprefix-hijack',
  'superprefix-hijack',
  'forged-first-hop',
  'blackhole-leak',
  'unexpected-more-specific',
  'rpki-invalid',
  'aspa-invalid',
  'route-leak',
  'forged-path',
  'bogon-path',
  'provider-bypass',
  'path-change',
  'visibility-loss',
  'outage',
  'flapping',
  'stuck-route',
  'registry-drift',
] as const satisfies readonly IncidentType[];

/** One rule's answer; several of one rule where it matches several routes. */
export interface RuleAnswer {
  readonly rule: IncidentType;
  /** `matches`: the primary verdict of routes; `also`: matches behind it; `incident`: one goes on; `no`; `no data`: nothing to judge by. */
  readonly says: 'matches' | 'also' | 'incident' | 'no' | 'no data';
  readonly level: Level | null;
  readonly prefix: string | null;
  readonly offender: string | null;
  /** Distinct peer ASes whose routes match, and how many make an incident open. */
  readonly peers: readonly Asn[];
  readonly needed: number;
  /** The clauses that matched, or the facts that speak against it. */
  readonly clauses: readonly string[];
}

/** Every rule's answers, in table order. */
export function answerRules(inquiry: Inquiry): readonly RuleAnswer[] {
  return RULES.flatMap((rule) => {
    const answers = [...matches(inquiry, rule), ...goingOn(inquiry, rule)];
    return answers.length > 0 ? answers : [silence(inquiry, rule)];
  });
}

function matches({ routes, figures }: Inquiry, rule: IncidentType): readonly RuleAnswer[] {
  const answers = new Map<string, RuleAnswer>();
  for (const { route, judgement } of routes) {
    for (const finding of judgement.findings) {
      const isPrimary = finding.type === rule;
      if (!isPrimary && !(finding.alsoMatched as readonly string[]).includes(rule)) continue;
      const { level, offender } = finding;
      const prefix = finding.prefix.toString();
      const says = isPrimary ? 'matches' : 'also';
      const key = [says, prefix, offender, level, finding.clauses.join()].join(' ');
      const there = answers.get(key)?.peers ?? [];
      const peers = [...new Set([...there, route.session.peerAs])].sort((a, b) => a - b);
      const clauses = isPrimary ? finding.clauses : finding.clauses.filter((one) => one.startsWith(`also ${rule}: `));
      const needed = figures.lifecycle.notifyPeers;
      answers.set(key, { rule, says, level, prefix, offender, peers, needed, clauses });
    }
  }
  return [...answers.values()];
}

/** Incidents that go on and that no route shown here makes: of rules on many routes, or with a hold-down that runs. */
function goingOn({ incidents, routes, at, figures }: Inquiry, rule: IncidentType): readonly RuleAnswer[] {
  const told = new Set(
    routes.flatMap(({ judgement }) =>
      judgement.findings.map((one) => `${one.type} ${one.prefix.toString()} ${one.offender}`),
    ),
  );
  const needed = figures.lifecycle.notifyPeers;
  return incidents.flatMap(({ incident }) => {
    const { type, prefix, offender, level, openedAt, resolvedAt, clauses, peersNow } = incident;
    const isOn = at === null ? resolvedAt === null : openedAt <= at && (resolvedAt ?? Infinity) > at;
    if (type !== rule || !isOn || told.has(`${type} ${prefix} ${offender}`)) return [];
    const count = `incident ${incident.id} goes on${at === null ? `, ${peersNow} peer ASes carry it now` : ''}`;
    return [
      { rule, says: 'incident' as const, level, prefix, offender, peers: [], needed, clauses: [...clauses, count] },
    ];
  });
}

function silence(inquiry: Inquiry, rule: IncidentType): RuleAnswer {
  const { vrps, aspas, relationships } = inquiry.reference;
  const hasNone =
    (rule === 'rpki-invalid' && vrps === null) ||
    (rule === 'aspa-invalid' && aspas === null) ||
    (rule === 'route-leak' && relationships === null);
  const needed = inquiry.figures.lifecycle.notifyPeers;
  const nothing = { rule, level: null, prefix: null, offender: null, peers: [], needed };
  if (hasNone) return { ...nothing, says: 'no data', clauses: [] };
  return { ...nothing, says: 'no', clauses: [...new Set(factsAgainst(inquiry, rule))] };
}

/** What a rule that matches nothing has looked at. */
function factsAgainst(inquiry: Inquiry, rule: IncidentType): readonly string[] {
  const { policies, routes, reference } = inquiry;
  const exact = routes.filter(({ route }) => policies.some(({ policy }) => policy.prefix.equals(route.prefix)));
  switch (rule) {
    case 'squatting':
      return policies.map(
        ({ policy }) => `${policy.prefix.toString()} is registered with origins ${list(policy.origins)}`,
      );
    case 'origin-hijack':
      return exact.map(({ view }) => originFact(view, policies[0].policy));
    case 'superprefix-hijack':
      return routes.flatMap((judged) => coverFacts(inquiry, judged));
    case 'forged-first-hop':
      return policies.map(({ policy }) => neighborFact(policy));
    case 'subprefix-hijack':
    case 'unexpected-more-specific':
      return routes.flatMap(({ judgement, route }) =>
        judgement.registered !== null && !judgement.registered.prefix.equals(route.prefix)
          ? [`${route.prefix.toString()} is an allowed more-specific`]
          : [],
      );
    case 'visibility-loss':
    case 'outage':
      return policies.flatMap(({ policy, observability: seen }) =>
        seen === null ? [] : [`${policy.prefix.toString()} is ${observabilityFact(seen, inquiry)}`],
      );
    case 'rpki-invalid':
      return routes.map(({ view }) => `${view.prefix.toString()} is ${validity(view, inquiry)}`);
    case 'aspa-invalid':
      return routes.map(
        ({ view, route }) => `${formatPath(route.path)} is ${reference.aspas!.verifyDownstream(view.hops).validity}`,
      );
    default:
      return [];
  }
}

function observabilityFact(seen: Observability, { figures }: Inquiry): string {
  return seen.observable
    ? `observable: ${seen.fullFeeds} full-feed sessions have or had it`
    : unobservableText(seen, figures.fullFeed);
}

/** `RPKI valid`, `RPKI invalid` or `RPKI not-found` of a route's origin. Call where there are VRPs. */
function validity({ prefix, origin }: JudgedRoute['view'], { reference }: Inquiry): string {
  const asn = origin.kind === 'as' ? origin.asn : null;
  return `RPKI ${reference.vrps!.validate(prefix, asn).validity} with origin ${asn === null ? 'NONE' : `AS${asn}`}`;
}

/** The same of any route, for the table of routes; null where there are no VRPs. */
export function originValidity(judged: JudgedRoute, inquiry: Inquiry): string | null {
  if (inquiry.reference.vrps === null) return null;
  const { prefix, origin } = judged.view;
  return inquiry.reference.vrps.validate(prefix, origin.kind === 'as' ? origin.asn : null).validity;
}

function originFact({ origin }: JudgedRoute['view'], { origins }: PrefixPolicy): string {
  const accused = accusedOrigin(origin);
  return accused === null ? 'the origin is unknown: no verdict' : `origin AS${accused} of ${list(origins)}`;
}

function coverFacts({ baseline, figures }: Inquiry, { route, view, judgement }: JudgedRoute): readonly string[] {
  if (
    !judgement.classes.some(({ routeClass }) => routeClass === 'internet') &&
    isCoveringLength(route.prefix, figures.covering)
  )
    return [];
  const origin = accusedOrigin(view.origin);
  const prefix = route.prefix.toString();
  if (!isCoveringLength(route.prefix, figures.covering)) return [`${prefix} is too short to count as covering`];
  const isBaseline = baseline.some((cover) => cover.prefix === prefix && cover.origin === origin);
  return [
    `${prefix} of AS${origin ?? '?'} is ${isBaseline ? "baseline: a session's first RIB dump held it" : 'of an origin or aggregator'}`,
  ];
}

function neighborFact({ prefix, neighbors }: PrefixPolicy): string {
  const checked = [...neighbors].map(([origin, asns]) => `AS${origin}: ${list(asns)}`);
  const what =
    checked.length === 0
      ? 'no neighbours are registered: not checked'
      : `neighbours registered for ${checked.join('; ')}`;
  return `${prefix.toString()}: ${what}`;
}
