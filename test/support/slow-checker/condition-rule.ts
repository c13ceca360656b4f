// What a rule that looks at many routes over time is told by the slow checker, in the order in which it happens.

import { type Registered } from './policies.js';
import { type CheckedRoute, type CheckedSession, type Family } from './sessions.js';

/** A route of a session came, changed or went. */
export interface RouteChange {
  readonly session: CheckedSession;
  readonly prefix: string;
  /** Under which it is judged: of the same prefix, or the longest around it. */
  readonly entry: Registered;
  readonly old: CheckedRoute | undefined;
  readonly fresh: CheckedRoute | undefined;
  readonly at: number;
  readonly cause: 'announcement' | 'withdrawal' | 'dump' | 'down';
  /** The session transfers its table. */
  readonly isTransferring: boolean;
}

export interface ConditionRule {
  changed?(change: RouteChange): void;
  /** The session is down, its routes are gone. */
  sessionDown?(session: CheckedSession, at: number): void;
  /** The session's table is complete again, in the one family or in both. */
  tableComplete?(session: CheckedSession, family: Family | null): void;
  /** Whatever was due before `now`. */
  passTime?(now: number): void;
}

/** Neither malformed nor wrong. */
export function isSound(route: CheckedRoute | undefined): route is CheckedRoute {
  return route !== undefined && !route.isMalformed && route.verdicts.length === 0;
}
