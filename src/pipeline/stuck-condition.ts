// What stuck-route says: which sessions still carry what nearly all peer ASes lost, since when, and what it is a rest of.

import { type EventTime, formatEventTime, SECOND } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { type Condition, type ConditionKey } from '../incidents/conditions.js';
import { type Session } from '../rib/session.js';
import { witnessOf } from './stored-route.js';

/** A session that carries the rest. */
export interface Holder {
  readonly session: number;
  /** It counts: its collector records lost sessions, or this RIB dump, begun after the time was over, still held it. */
  readonly ripe: boolean;
  readonly dumpAt: EventTime | null;
  /** Since when the session is down; null = it is not. */
  readonly downAt: EventTime | null;
}

/** What nearly all peer ASes lost, since the loss that made it so; plain data. */
export interface Rest {
  readonly registeredPrefix: string;
  readonly connection: string;
  readonly prefix: string;
  /** The incident whose route it is; null = a route to the registered prefix as such. */
  readonly incident: { readonly id: string; readonly type: string; readonly offender: string } | null;
  readonly crossedAt: EventTime;
  /** When it has stayed long enough. */
  readonly dueAt: EventTime;
  /** Peer ASes that lost it, of all that carried it. */
  readonly lost: number;
  readonly ever: number;
  /** Null until it is due. */
  readonly holders: readonly Holder[] | null;
}

/** Sessions that a clause names; the rest is counted. */
const MOST_NAMED = 10;

export function stuckKey({ registeredPrefix, prefix }: Pick<Rest, 'registeredPrefix' | 'prefix'>): ConditionKey {
  return { type: 'stuck-route', registeredPrefix, prefix, offender: '' };
}

/** The sessions that count as carrying it: those that went down and are not back, too. */
export function ripeHolders({ holders }: Rest): readonly Holder[] {
  return (holders ?? []).filter(({ ripe }) => ripe);
}

/** @param carriers the sessions that carry any of the rests. */
export function stuckCondition(
  rests: readonly Rest[],
  carriers: readonly Session[],
  facts: Pick<Condition, 'expected' | 'observed'> & { readonly figures: DetectionFigures['stuckRoute'] },
): Condition {
  const { figures, expected, observed } = facts;
  const [first] = rests;
  const named = carriers.slice(0, MOST_NAMED).map(witnessOf);
  const more = carriers.length > MOST_NAMED ? ` and ${carriers.length - MOST_NAMED} more` : '';
  return {
    ...stuckKey(first),
    ruleVersion: 1,
    level: 'Warning',
    connection: first.connection,
    covers: [],
    expected,
    observed,
    clauses: [
      `${first.prefix} is still carried by ${named.join(', ')}${more}`,
      ...rests.flatMap((rest) => clausesOf(rest, figures)),
      'it is over when no session carries it any more',
    ],
    alsoMatched: [],
    reference: '',
    peers: [...new Set(carriers.map(({ peerAs }) => peerAs))],
    counted: false,
  };
}

function clausesOf(rest: Rest, { after, lostShare }: DetectionFigures['stuckRoute']): readonly string[] {
  const { incident, lost, ever, crossedAt } = rest;
  const dumpAt = Math.max(...ripeHolders(rest).map((holder) => holder.dumpAt ?? 0));
  return [
    ...(incident === null
      ? []
      : [`it is what is left of ${incident.type} ${incident.id} by ${incident.offender}, which ended residual`]),
    `${lost} of ${ever} peer ASes that carried it had lost it at ${formatEventTime(crossedAt)}, ${lostShare * 100} % would do, ` +
      `and no new one took it for ${after / SECOND} s`,
    ...(dumpAt === 0
      ? []
      : [`a RIB dump of ${formatEventTime(dumpAt)} holds it still; lost sessions are not recorded there`]),
  ];
}
