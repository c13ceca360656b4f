// Incident source-silent (detection.md sections 3 and 6): a source, or one full-feed session of it, tells nothing, and we are blind there.
// Of sources by the wall clock, which no other rule looks at, and so in the daemon alone: replay never has it. Of sessions by the event
// time that their collector has come to, whenever one of its files was read to the end: only then the last record of each is known.
//
// It lives with the other conditions, but ends at once and not after a hold-down: the watermark may be years behind the wall clock.

import { type EventTime, formatEventTime, SECOND } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { isFullFeed } from '../detection/full-feed.js';
import { type Condition, type ConditionKey } from '../incidents/conditions.js';
import { type Engine } from '../pipeline/engine.js';
import { type Session } from '../rib/session.js';
import { type QuietSource } from './source-health.js';

export class SourceSilence {
  /** Offenders that were told of: what somebody ends by hand is not told again before it was over. */
  readonly #told = new Set<string>();

  /**
   * Looks at every source.
   *
   * @param now wall clock, microseconds since the epoch.
   * @returns true where an incident changed.
   */
  checkSources(engine: Engine, sources: readonly QuietSource[], now: EventTime): boolean {
    let changed = false;
    for (const { collector, quietFor, allowed, delivered } of sources) {
      const since = now - quietFor;
      const what = [
        `${collector} has delivered nothing since ${formatEventTime(since)}, which is longer than ${allowed / SECOND} s`,
        'whatever its sessions see since then is not known',
      ];
      const isSilent = quietFor > allowed;
      if (isSilent || delivered) changed = this.#set(engine, collector, { isSilent, since, allowed, what }) || changed;
    }
    return changed;
  }

  /** A file of a collector was read to its end. @returns as above. */
  checkSessions(engine: Engine, collector: string, figures: DetectionFigures): boolean {
    const ofCollector = [...engine.sessions.all].filter((session) => session.collector === collector);
    const newest = Math.max(...ofCollector.map(({ lastRecordAt }) => lastRecordAt));
    const allowed = figures.silence.session;
    let changed = false;
    for (const session of ofCollector) {
      const { peerAs, peerAddress, lastRecordAt: since, up, downAt } = session;
      const offender = `${collector} ${peerAddress} AS${peerAs}`;
      const isSilent = up && newest - since > allowed && isFull(session, figures);
      const what = [
        `AS${peerAs} (${peerAddress}), a full-feed session of ${collector}, has said nothing since ${formatEventTime(since)}, while others ` +
          `of ${collector} have until ${formatEventTime(newest)}: longer than ${allowed / SECOND} s`,
        'no record says that it went down',
      ];
      const at = up ? since : (downAt ?? since);
      changed = this.#set(engine, offender, { isSilent, since: at, allowed, what }) || changed;
    }
    return changed;
  }

  /** `since`: the beginning of a silence; of an end, when it spoke again. */
  #set({ conditions }: Engine, offender: string, { isSilent, since, allowed, what }: Silence): boolean {
    const key = keyOf(offender);
    const incident = conditions.ongoing(key);
    if (!isSilent) {
      this.#told.delete(offender);
      if (incident !== undefined) conditions.resolve(incident, since, 'withdrawn');
      return incident !== undefined;
    }
    if (incident !== undefined || this.#told.has(offender)) return false;
    this.#told.add(offender);
    conditions.raise(conditionOf(key, what), { at: since, notifiableAt: since + allowed });
    return true;
  }
}

interface Silence {
  readonly isSilent: boolean;
  readonly since: EventTime;
  readonly allowed: EventTime;
  readonly what: readonly string[];
}

function isFull(session: Session, { fullFeed }: DetectionFigures): boolean {
  return isFullFeed(session, 1, fullFeed) || isFullFeed(session, 2, fullFeed);
}

function keyOf(offender: string): ConditionKey {
  return { type: 'source-silent', registeredPrefix: '', prefix: '', offender };
}

function conditionOf(key: ConditionKey, clauses: readonly string[]): Condition {
  return {
    ...key,
    ruleVersion: 1,
    level: 'Error',
    connection: '',
    covers: [],
    expected: { origins: [], neighbors: null },
    observed: { origin: null, neighbor: null },
    clauses: [...clauses, 'it is over when it delivers again'],
    alsoMatched: [],
    reference: '',
    peers: [],
    counted: false,
  };
}
