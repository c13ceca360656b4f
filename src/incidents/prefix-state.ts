// The state of a registered prefix over all up sessions, and the announcement and withdrawal events of its transitions
// (detection.md section 4). A class of route begins when its count leaves 0 and ends when it returns there; only a withdrawal or a
// replacement ends it with an event, never a lost session or a RIB dump.

import { type EventTime } from '../ip/event-time.js';
import { type RouteClass } from '../detection/judge.js';
import { type PrefixPolicy } from '../detection/policy.js';
import { PREFIX_EVENT_LEVELS, type PrefixEvent, type PrefixEventType } from './prefix-event.js';

export type PrefixCondition = 'active' | 'backup' | 'internet' | 'down' | 'unknown';

/** Why a route came or went. */
export type RouteCause = 'announce' | 'withdraw' | 'session-loss' | 'rib' | 'reconfigured';

/** What is remembered of one registered prefix. Counts are of routes, and are made anew from the stored routes. */
export interface PrefixState {
  readonly prefix: string;
  active: number;
  backup: number;
  internet: number;
  /** What holds while no class does: `unknown` before the first route and after lost sessions, `down` after a withdrawal. */
  absent: 'down' | 'unknown';
  /** Announcements whose path event is still to come: told at the end of their instant. */
  pathEventAt: { active: EventTime | null; backup: EventTime | null };
}

export function newPrefixState(prefix: string): PrefixState {
  return {
    prefix,
    active: 0,
    backup: 0,
    internet: 0,
    absent: 'unknown',
    pathEventAt: { active: null, backup: null },
  };
}

/** The best class that any up session holds. */
export function conditionOf(state: PrefixState): PrefixCondition {
  if (state.active > 0) return 'active';
  if (state.backup > 0) return 'backup';
  if (state.internet > 0) return 'internet';
  return state.absent;
}

/** One session's route to a prefix changed class; null = no route of use. */
export interface ClassChange {
  readonly from: RouteClass | null;
  readonly to: RouteClass | null;
  readonly at: EventTime;
  readonly cause: RouteCause;
  /** `AS64500 of 192.0.2.1 at rrc00`: who said it. */
  readonly witness: string;
}

/** Applies a change of class and tells the events it makes. */
export function changeClass(state: PrefixState, policy: PrefixPolicy, change: ClassChange): PrefixEvent[] {
  const { from, to, at, cause, witness } = change;
  if (from === to) return [];
  const events: PrefixEvent[] = [];
  const told = cause === 'announce' || cause === 'withdraw';
  if (to !== null && state[to]++ === 0 && to !== 'internet' && cause !== 'reconfigured') {
    state.pathEventAt[to] = at;
    events.push(announced(policy, to, at, witness));
  }
  if (from !== null && --state[from] === 0) {
    if (from !== 'internet' && told) events.push(withdrawn(policy, from, change));
  }
  if (from !== null && conditionOf(state) === state.absent)
    state.absent = cause === 'session-loss' ? 'unknown' : 'down';
  return events;
}

const ANNOUNCED = { active: 'PrefixAnnouncementEvent', backup: 'PrefixBackupRouteAnnouncementEvent' } as const;
const ROUTES = { active: 'an active route', backup: 'a backup route', internet: 'a covering route' } as const;
const WITHDRAWN = { active: 'PrefixWithdrawalEvent', backup: 'PrefixBackupRouteWithdrawalEvent' } as const;

function announced(policy: PrefixPolicy, which: 'active' | 'backup', at: EventTime, witness: string): PrefixEvent {
  const prefix = policy.prefix.toString();
  return prefixEvent(policy, {
    at,
    type: ANNOUNCED[which],
    prefix,
    summary: `${which === 'active' ? 'Route' : 'Backup route'} to ${prefix} announced`,
    description: `The first ${which} route to ${prefix} was seen from ${witness}.`,
  });
}

function withdrawn(
  policy: PrefixPolicy,
  which: 'active' | 'backup',
  { at, to, cause, witness }: ClassChange,
): PrefixEvent {
  const prefix = policy.prefix.toString();
  const how =
    cause === 'withdraw'
      ? 'withdrawn'
      : `replaced by ${to === null ? 'a route that is not as registered' : ROUTES[to]}`;
  return prefixEvent(policy, {
    at,
    type: WITHDRAWN[which],
    prefix,
    summary: `${which === 'active' ? 'Active route' : 'Backup route'} to ${prefix} withdrawn`,
    description: `The last ${which} route to ${prefix} was ${how} by ${witness}.`,
  });
}

/** Fills in what every event of a policy shares; the level is the type's, unless given. */
export function prefixEvent(
  policy: PrefixPolicy,
  event: Pick<PrefixEvent, 'at' | 'prefix' | 'summary' | 'description'> & {
    type: PrefixEventType;
    level?: PrefixEvent['level'];
  },
): PrefixEvent {
  const { at, type, level = PREFIX_EVENT_LEVELS[type][0], prefix, summary, description } = event;
  return {
    at,
    type,
    level,
    connection: policy.connection,
    registeredPrefix: policy.prefix.toString(),
    prefix,
    summary,
    description,
  };
}
