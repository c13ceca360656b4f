// Explanations: an incident in sentences, from its own data alone (detection.md section 5: the rule and its version, the clauses that
// matched, the evidence, what the next level would need).

import { formatEventTime } from '../ip/event-time.js';
import { MALFORMED } from '../detection/judge.js';
import { AUTHORISED } from '../detection/primary-verdict.js';
import { CONDITION_MEANINGS, explainCondition } from './condition-explanation.js';
import { isCondition } from './conditions.js';
import { type Incident } from './incident.js';

/** What each rule means, in one line: also the text of `--help` and the docs. */
export const RULE_MEANINGS: Readonly<Record<Incident['type'], string>> = {
  squatting: 'a prefix registered as not to be announced is announced, itself or in part',
  'origin-hijack': 'a registered prefix is announced by an AS that is not one of its origins',
  'subprefix-hijack': 'a part of a registered prefix is announced by an AS that is not one of its origins',
  'superprefix-hijack':
    'a covering prefix is announced by an AS that is neither origin nor aggregator of what it covers',
  'forged-first-hop': 'the path ends in a registered origin behind a neighbour that is not registered for it',
  'blackhole-leak':
    'a host route of a registered prefix asks to drop its traffic (BLACKHOLE), where more than a neighbour takes it',
  'unexpected-more-specific': 'a registered origin announces a more-specific that is not registered',
  'rpki-invalid': 'the ROAs that cover the route authorise neither its origin nor its length as they are',
  'aspa-invalid': 'the path runs against what an AS on it attests of its providers',
  'route-leak': 'an AS on the path passed on to a provider or peer what it had from a provider or peer',
  'forged-path': 'the path goes over a link, not next to the origin, that was never seen before',
  'bogon-path': 'the path holds an AS number that cannot be there, or one AS at two places',
  ...CONDITION_MEANINGS,
};

/** The explanation of an incident as it stands. */
export function explainIncident(incident: Incident): string {
  if (isCondition(incident)) return explainCondition(incident);
  return [
    `${incident.type} (rule version ${incident.ruleVersion}): ${RULE_MEANINGS[incident.type]}.`,
    `Matched: ${incident.clauses.join('; ')}.`,
    ...(incident.alsoMatched.length === 0 ? [] : [`Routes of it matched ${incident.alsoMatched.join(', ')} too.`]),
    seen(incident),
    standing(incident),
    ...(incident.state === 'open' && incident.notifiableAt === null
      ? ['Nobody is notified of this type (detection.lifecycle.notNotified).']
      : []),
    incident.reference === undefined ? 'No VRP or relationship data was used.' : `Data used: ${incident.reference}.`,
  ].join(' ');
}

function seen(incident: Incident): string {
  const first = incident.evidence.at(0);
  if (first === undefined) return 'It was found among the stored routes.';
  const peers = incident.peersEver.length;
  return (
    `First seen ${formatEventTime(incident.openedAt)} from AS${first.peerAs} (${first.peerAddress}) at ${first.collector}, ` +
    `record ${first.record} of ${first.file}; carried by ${peers} ${peers === 1 ? 'peer AS' : 'peer ASes'} in all.`
  );
}

function standing(incident: Incident): string {
  switch (incident.state) {
    case 'suspected':
      return incident.peersNow === 1
        ? 'One peer AS alone carries it now: a second one at the same time would make it open.'
        : `It was never carried by enough peer ASes at the same time to be open; ${carriedNow(incident)}.`;
    case 'open':
      return incident.level === 'Critical'
        ? `It is open at the highest level; ${carriedNow(incident)}.`
        : `It is open at level ${incident.level}; ${carriedNow(incident)}; ${nextLevel(incident)}`;
    case 'resolved': {
      const data = incident.reason === 'reconfigured' && incident.reference !== undefined;
      const why = data ? RECONFIGURED_OR_DATA : ENDINGS[incident.reason!];
      if (incident.settledAt === incident.resolvedAt)
        return `It ended ${formatEventTime(incident.resolvedAt)}: the link had been seen for so long that it counts as known.`;
      const ended = `It ended ${formatEventTime(incident.resolvedAt!)}: ${why}`;
      return incident.peersNow === 0 ? `${ended}.` : `${ended}; ${carriedNow(incident)}.`;
    }
  }
}

/** Who carries it now; where nobody does, whether that is known to be an end. */
function carriedNow({ peersNow, pending, lostAt }: Incident): string {
  const now = peersNow === 1 ? '1 peer AS carries it now' : `${peersNow} peer ASes carry it now`;
  const down = new Set(pending.map(({ session }) => session)).size;
  if (down > 0)
    return `${now}, ${down} ${down === 1 ? 'session' : 'sessions'} went down with it: no evidence of an end`;
  return peersNow > 0 || lostAt === null ? now : `${now}, the last one lost it ${formatEventTime(lostAt)}`;
}

function nextLevel(incident: Incident): string {
  const { type, level, reference } = incident;
  const isExcused = incident.clauses.includes(AUTHORISED);
  if (type === 'superprefix-hijack' && level === 'Information') {
    const isLimited = isExcused || incident.clauses.includes(MALFORMED);
    return `the loss of the last legitimate route to a prefix it covers would raise it to ${isLimited ? 'Warning' : 'Error'}.`;
  }
  if (type === 'blackhole-leak' && level === 'Information')
    return 'a second AS that passes it on would raise it to Error.';
  if (type === 'bogon-path' && level === 'Information')
    return 'a registered origin on both sides of other ASes on its path would raise it to Warning.';
  if (type === 'forged-path') return 'it would be an Error as route-leak or aspa-invalid, which stand before it.';
  if (isExcused) return 'it would be graver without the ROA that authorises it.';
  if (
    reference !== undefined &&
    level === 'Warning' &&
    (type === 'rpki-invalid' || type === 'unexpected-more-specific')
  )
    return 'a hop that an ASPA contradicts, or a route leak, on its path would raise it to Error.';
  return 'nothing about this route alone would raise it.';
}

const ENDINGS = {
  withdrawn: 'the last session that carried it withdrew or replaced it',
  'absent-after-reset': 'the last session that carried it went down and came back without it',
  unobserved: 'the sessions that carried it went down and did not come back in time',
  residual: 'nearly all peer ASes lost it and no new one took it',
  reconfigured: 'the registry was changed',
  manual: 'resolved by hand',
} as const;

const RECONFIGURED_OR_DATA = 'the registry, or the VRP and relationship data, was changed';
