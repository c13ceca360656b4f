// What happens to sessions: coming up, going down, table transfers and their ends (detection.md sections 1 and 6). Decides nothing
// about routes; it asks its owner to drop them, and says when a session's table is complete again.

import { type EventTime } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import {
  type ActiveEvent,
  type AnnounceEvent,
  type EndOfRibEvent,
  type LastRecordEvent,
  type QuietEvent,
  type StateEvent,
  type WithdrawEvent,
} from '../rib/route-event.js';
import { namesSession, type Session, type SessionTable } from '../rib/session.js';
import { type Timers } from './timers.js';

/** What the life of a session does to its routes. */
export interface SessionEffects {
  readonly dropRoutes: (session: Session, at: EventTime) => void;
  /** The session's table is complete again, for one family or (null) all. */
  readonly resynchronised: (session: Session, afi: number | null) => void;
  readonly changed: (session: Session) => void;
}

type SessionEvent = StateEvent | ActiveEvent | EndOfRibEvent | QuietEvent | LastRecordEvent;

export class SessionLife {
  readonly #sessions: SessionTable;
  readonly #figures: DetectionFigures;
  readonly #timers: Timers;
  readonly #effects: SessionEffects;

  constructor(sessions: SessionTable, figures: DetectionFigures, timers: Timers, effects: SessionEffects) {
    this.#sessions = sessions;
    this.#figures = figures;
    this.#timers = timers;
    this.#effects = effects;
  }

  /** Sets the timers of transfers that were going on. */
  load(): void {
    for (const session of this.#sessions.all) this.#schedule(session);
  }

  /** Applies an event that is about a session alone. @returns false where it came too late. */
  apply(event: SessionEvent): boolean {
    switch (event.kind) {
      case 'active':
        return this.hear(event) !== null;
      case 'up':
        return this.#up(event);
      case 'down':
        return this.#down(event);
      case 'eor':
        return this.#withSession(event, (session) => this.#endOfRib(session, event.afi));
      case 'quiet':
        return this.#withSession(event, (session) => this.#quiet(session, event));
      case 'last-record':
        return this.#withSession(event, (session) => this.#touch(session, event));
    }
  }

  /** The session of an UPDATE, brought up where it was down. @returns null where the record came too late to count. */
  hear(event: AnnounceEvent | WithdrawEvent | ActiveEvent): Session | null {
    const session = this.#sessions.resolve(event, event.at);
    if (this.#isLate(session, event)) return null;
    this.#touch(session, event);
    if (!session.up) {
      session.up = true;
      if (session.downAt !== null) this.#beginTransfer(session, event.at);
    }
    if (event.kind === 'announce' || (event.kind === 'active' && event.announces !== false)) {
      session.announcedAt = Math.max(session.announcedAt, event.at);
      if (session.quietDue !== null) this.#breakQuiet(session, session.quietDue, event.at);
    }
    return session;
  }

  /** A RIB dump holds the session: up, without a transfer. */
  foundInRib(session: Session): void {
    session.up = true;
    this.#effects.changed(session);
  }

  goDown(session: Session, at: EventTime): void {
    if (!session.up) return;
    if (session.quietDue !== null && at >= session.quietDue) this.endTransfer(session.id); // it was over at this instant
    session.up = false;
    session.downAt = at;
    session.transferSince = null;
    session.quietDue = null;
    session.burst = null;
    this.#schedule(session);
    this.#effects.dropRoutes(session, at);
    this.#effects.changed(session);
  }

  /**
   * A route announced again unchanged, said last at `before`: enough of them in a burst are a transfer that no state record told of.
   * One route counts once a burst, however often it comes.
   */
  repeated(session: Session, before: EventTime, at: EventTime, stored: number): void {
    const { burstShare, burstMinRoutes, burstWindow } = this.#figures.transfer;
    if (session.burst === null || at > session.burst.since + burstWindow) session.burst = { since: at, count: 0 };
    else if (before >= session.burst.since) return;
    session.burst.count++;
    if (session.transferSince === null && session.burst.count >= Math.max(burstMinRoutes, burstShare * stored)) {
      this.#beginTransfer(session, session.burst.since);
    }
  }

  isTransferring(session: Session, afi: number): boolean {
    return session.transferSince !== null && !session.transferDone.includes(afi);
  }

  /** The transfer is over for all families: by quiet, by time, or by a timer. */
  endTransfer(id: number): void {
    const session = this.#sessions.byId(id);
    if (session?.transferSince === null || session === undefined) return;
    session.transferSince = null;
    session.quietDue = null;
    this.#schedule(session);
    this.#effects.changed(session);
    this.#effects.resynchronised(session, null);
  }

  #up(event: StateEvent): boolean {
    const there = this.#sessions.at(event);
    const sessions = there.length > 0 || !namesSession(event) ? there : [this.#sessions.resolve(event, event.at)];
    if (sessions.some((session) => this.#isLate(session, event))) return false;
    for (const session of sessions) {
      this.#touch(session, event);
      if (session.up) this.goDown(session, event.at); // the loss itself was not recorded
      session.up = true;
      session.upAt = event.at;
      this.#beginTransfer(session, event.at);
      session.quietDue = event.at + this.#figures.transfer.minUp; // until it announces anything
      this.#schedule(session);
    }
    return true;
  }

  #down(event: StateEvent): boolean {
    const sessions = this.#sessions.at(event);
    if (sessions.some((session) => this.#isLate(session, event))) return false;
    for (const session of sessions) {
      this.#touch(session, event);
      this.goDown(session, event.at);
    }
    return true;
  }

  /** A quiet gap ends a transfer 60 s after the session came up; in a burst it is up long since. */
  #quiet(session: Session, { at, order }: QuietEvent): void {
    const { transferSince: since, burst } = session;
    if (since === null) return;
    const { minUp, quiet } = this.#figures.transfer;
    const up = burst !== null && burst.since === since ? since : since + minUp;
    // Where the file's times run back, an announcement within the gap may stand behind its end.
    const due = Math.max(at, up, session.announcedAt + quiet);
    if (order >= due) {
      this.endTransfer(session.id);
      return;
    }
    session.quietDue = due;
    this.#schedule(session);
    this.#effects.changed(session);
  }

  /** An announcement: the gap that began is none, unless it is over already. */
  #breakQuiet(session: Session, due: EventTime, at: EventTime): void {
    if (at >= due) this.endTransfer(session.id);
    session.quietDue = null;
    this.#schedule(session);
  }

  #endOfRib(session: Session, afi: number): void {
    if (session.transferSince === null || session.transferDone.includes(afi)) return;
    session.transferDone = [...session.transferDone, afi];
    this.#effects.changed(session);
    this.#effects.resynchronised(session, afi);
  }

  #beginTransfer(session: Session, at: EventTime): void {
    session.transferSince = at;
    session.transferDone = [];
    session.quietDue = null;
    this.#schedule(session);
    this.#effects.changed(session);
  }

  #withSession(event: SessionEvent, act: (session: Session) => void): boolean {
    const session = this.#sessions.find(event);
    if (session === undefined) return true;
    if (this.#isLate(session, event)) return false;
    act(session);
    return true;
  }

  /** A record of another input, older than the session's last applied record by more than the limit (detection.md section 2). */
  #isLate(session: Session, { input, at }: { input: string; at: EventTime }): boolean {
    return (
      session.lastInput !== '' &&
      session.lastInput !== input &&
      at < session.lastRecordAt - this.#figures.order.lateAfter
    );
  }

  #touch(session: Session, { input, at }: { input: string; at: EventTime }): void {
    if (at > session.lastRecordAt) session.lastRecordAt = at;
    session.lastInput = input;
    this.#effects.changed(session);
  }

  #schedule(session: Session): void {
    const { transferSince, quietDue } = session;
    const latest = transferSince === null ? null : transferSince + this.#figures.transfer.max;
    this.#timers.set(`transfer ${session.id}`, latest === null ? null : Math.min(latest, quietDue ?? latest));
  }
}
