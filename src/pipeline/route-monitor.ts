// What a monitor is: a rule that looks at many routes over time and raises conditions (incidents/conditions), where the rules in
// detection/ look at one route. A monitor is pure: it is told what happened, asks for timers by event time, keeps its own plain data.

import { type EventTime } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';
import { type DetectionFigures } from '../detection/figures.js';
import { type PolicyTable, type PrefixPolicy } from '../detection/policy.js';
import { type ReferenceData } from '../detection/reference-data.js';
import { type Conditions } from '../incidents/conditions.js';
import { type Incident } from '../incidents/incident.js';
import { type RouteCause } from '../incidents/prefix-state.js';
import { type AdjRibIn } from '../rib/adj-rib-in.js';
import { type AnnounceEvent, type RibEntryEvent, type WithdrawEvent } from '../rib/route-event.js';
import { type Session, type SessionTable } from '../rib/session.js';
import { type LinkHistory } from './link-history.js';
import { type MonitorRow, type OpenDump } from './store.js';
import { type JudgedRoute, type StoredRoute } from './stored-route.js';
import { type Timers } from './timers.js';

/** One session's route changed, came (`old` undefined) or went (`fresh` undefined). What is announced again unchanged is no change. */
export interface RouteChange {
  readonly session: Session;
  readonly prefix: Prefix;
  readonly pathId: number;
  /** The one that it is judged under: of an equal prefix, or the longest around it. */
  readonly policy: PrefixPolicy | undefined;
  readonly old: JudgedRoute | undefined;
  readonly fresh: JudgedRoute | undefined;
  /** The record's own time; of a lost session when it went down, of a route that a RIB dump does not hold when that began. */
  readonly at: EventTime;
  readonly cause: RouteCause;
  /** The record that said so; null where none did. */
  readonly event: AnnounceEvent | WithdrawEvent | RibEntryEvent | null;
  /** The session is transferring its table: no verdict on paths, withdrawals or visibility. */
  readonly transferring: boolean;
}

/** What monitors work with. Nothing of it but timers and conditions is theirs to change. */
export interface MonitorContext {
  readonly figures: DetectionFigures;
  readonly sessions: SessionTable;
  readonly routes: AdjRibIn<Incident>;
  readonly conditions: Conditions;
  /** Keys begin with the name of the monitor and a space. */
  readonly timers: Timers;
  readonly policies: () => PolicyTable;
  readonly reference: () => ReferenceData;
  /** The watermark; 0 before the first event. */
  readonly now: () => EventTime;
  readonly judge: (route: StoredRoute) => JudgedRoute;
  readonly isTransferring: (session: Session, afi: number) => boolean;
  readonly links: LinkHistory;
  /** Judges stored routes anew, given as they were judged until now; what they did wrong ends at `at`. */
  readonly judgeAnew: (before: readonly JudgedRoute[], at: EventTime) => void;
  /** The incidents that routes carry. */
  readonly routeIncidents: () => Iterable<Incident>;
}

export interface RouteMonitor {
  /** One word: of its rows and its timers. */
  readonly name: string;
  /** What it kept, before any route is restored. */
  load?(rows: readonly MonitorRow[]): void;
  /** A stored route: at a restart, or anew for a changed registry or reference data. */
  restored?(route: JudgedRoute): void;
  /** All routes are restored: time may go on. */
  ready?(): void;
  changed?(change: RouteChange): void;
  /** A session went down; its routes were dropped one by one before. */
  sessionDown?(session: Session, at: EventTime): void;
  /** A session's table is complete again, in one family or (null) all: what it lost when it went down and has not now, is withdrawn. */
  tableComplete?(session: Session, afi: number | null): void;
  /** A complete RIB dump was applied. `heard`: the sessions that had entries in it. */
  dumpEnded?(dump: OpenDump, afis: readonly number[], heard: readonly Session[]): void;
  /** A route's incident came to its end. */
  ended?(incident: Incident): void;
  /** A timer of its own fired; `rest` is its key behind the name. */
  fire?(rest: string): void;
  /** Retention: forgets what nobody has shown since. */
  forgetBefore?(before: EventTime): void;
  /** Registry or reference data changed: forget counts of routes, all of which `restored` tells anew before `ready`. */
  reconfigure?(): void;
  /** The rows that changed since the last call. */
  takeChanged?(): readonly Omit<MonitorRow, 'monitor'>[];
}
