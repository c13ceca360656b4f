// Explanations of conditions: the incidents that a monitor raises, in sentences from their own data alone (see explanation.ts).

import { formatEventTime } from '../ip/event-time.js';
import { type ConditionIncidentType } from '../detection/finding.js';
import { type Incident, type ResolveReason } from './incident.js';

/** What each rule means, in one line. */
export const CONDITION_MEANINGS: Readonly<Record<ConditionIncidentType, string>> = {
  'provider-bypass': 'a prefix is handed to the Internet by another AS than its registered provider',
  'path-change': 'many peers of a registered prefix changed their path at one and the same AS',
  'visibility-loss': 'fewer of the full-feed sessions have a route to a registered prefix than should',
  outage: 'no full-feed session has a route to a registered prefix any more',
  flapping: 'a prefix is withdrawn and announced, or changed, again and again',
  'stuck-route': 'a session carries a route long after nearly all others lost it',
  'registry-drift': 'what is registered and what is announced have not agreed for long',
  'source-silent': 'a source or session of ours tells nothing: we are blind there',
};

/** What would be graver than it is. */
const NEXT_LEVEL: Readonly<Record<ConditionIncidentType, string>> = {
  'provider-bypass': 'nothing about this change alone would raise it.',
  'path-change': 'nothing about this change alone would raise it.',
  'visibility-loss': 'no route left on any full-feed session would be an outage, which is Critical.',
  outage: 'that is the highest level.',
  flapping: 'nothing about the flapping alone would raise it.',
  'stuck-route': 'nothing about the stuck route alone would raise it.',
  'registry-drift': 'nothing raises it: it is about the registry, not about an attack.',
  'source-silent': 'nothing about the silence alone would raise it.',
};

/** The explanation of a condition as it stands. */
export function explainCondition(incident: Incident & { readonly type: ConditionIncidentType }): string {
  const { type, ruleVersion, clauses, reference } = incident;
  return [
    `${type} (rule version ${ruleVersion}): ${CONDITION_MEANINGS[type]}.`,
    `Matched: ${clauses.join('; ')}.`,
    seen(incident),
    standing(incident, NEXT_LEVEL[type]),
    reference === undefined ? 'No VRP or relationship data was used.' : `Data used: ${reference}.`,
  ].join(' ');
}

function seen({ evidence, openedAt, peersEver }: Incident): string {
  const first = evidence.at(0);
  const since = `It began ${formatEventTime(openedAt)}`;
  if (first === undefined) return `${since}.`;
  const peers = peersEver.length;
  return (
    `${since}; first shown by AS${first.peerAs} (${first.peerAddress}) at ${first.collector}, record ${first.record} of ` +
    `${first.file}; shown by ${peers} ${peers === 1 ? 'peer AS' : 'peer ASes'} in all.`
  );
}

function standing(incident: Incident & { readonly type: ConditionIncidentType }, next: string): string {
  const { type, state, level, lostAt, resolvedAt, reason } = incident;
  switch (state) {
    case 'suspected':
      return 'Too few peer ASes show it at the same time for it to be open: one more would make it so.';
    case 'open':
      return lostAt === null
        ? `It is open at level ${level}; ${next}`
        : `It is open at level ${level}, but holds no more since ${formatEventTime(lostAt)}.`;
    case 'resolved':
      return `It ended ${formatEventTime(resolvedAt!)}: ${reason === 'withdrawn' ? OVER[type] : ENDINGS[reason!]}.`;
  }
}

/** What `withdrawn` means of each. */
const OVER: Readonly<Record<ConditionIncidentType, string>> = {
  'provider-bypass': 'too few peer ASes have it by that AS any more',
  'path-change': 'nobody joined the new path any more, or too few are left on it',
  'visibility-loss': 'enough full-feed sessions have a route again',
  outage: 'a full-feed session has a route again',
  flapping: 'every session is calm again',
  'stuck-route': 'the last session that carried it withdrew or replaced it, or others have the prefix again',
  'registry-drift': 'registry, ROAs and routes agree again',
  'source-silent': 'it delivers again, or is known to be down',
};

const ENDINGS: Readonly<Record<Exclude<ResolveReason, 'withdrawn'>, string>> = {
  'absent-after-reset': 'the sessions that showed it went down and came back without it',
  unobserved: 'the sessions that showed it went down and did not come back in time',
  residual: 'nearly all that showed it are gone',
  reconfigured: 'the registry, or the data or figures it rests on, was changed',
  manual: 'resolved by hand',
};
