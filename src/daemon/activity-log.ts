// What every commit brought, counted for /metrics and logged for people: events at debug, incidents when they open, escalate, re-open
// or end.

import { formatEventTime } from '../ip/event-time.js';
import { type Incident } from '../incidents/incident.js';
import { type Batch, type Store } from '../pipeline/store.js';
import { observe, type PeerwatchStats } from '../telemetry/stats.js';

/** What this logs with. */
export interface ActivityLogger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** What was last logged of an incident. */
interface Told {
  readonly state: Incident['state'];
  readonly level: Incident['level'];
  readonly openings: number;
}

export class ActivityLog {
  readonly #logger: ActivityLogger;
  readonly #stats: PeerwatchStats;
  #quiet = false;
  /** Incidents that are not over, by id. */
  readonly #told = new Map<string, Told>();

  constructor(logger: ActivityLogger, stats: PeerwatchStats) {
    this.#logger = logger;
    this.#stats = stats;
  }

  /** Counts, but logs nothing: while somebody prints the same on the terminal. */
  quiet(on: boolean): void {
    this.#quiet = on;
  }

  /** Incidents that were going on before: not news. */
  restore(incidents: Iterable<Incident>): void {
    for (const { id, state, level, openings } of incidents) this.#told.set(id, { state, level, openings });
  }

  /** The same store, with its commits timed. */
  timing(store: Store): Store {
    return {
      load: () => store.load(),
      commit: (batch) => {
        const began = performance.now();
        store.commit(batch);
        observe(this.#stats.commit, (performance.now() - began) / 1000);
      },
    };
  }

  /** Counts and logs a batch. */
  note({ events, incidents, forgottenIncidents }: Batch): void {
    for (const event of events) {
      this.#stats.events[event.type][event.level]++;
      if (this.#quiet) continue;
      const { type, level, connection, prefix } = event;
      this.#logger.debug({ at: formatEventTime(event.at), type, severity: level, connection, prefix }, event.summary);
    }
    for (const { incident } of incidents) this.#noteIncident(incident);
    for (const id of forgottenIncidents) this.#told.delete(id);
  }

  #noteIncident(incident: Incident): void {
    const { id, type, level, state, openings, prefix, connection, offender } = incident;
    const before = this.#told.get(id);
    if (before?.state === state && before.level === level && before.openings === openings) return;
    this.#told.set(id, { state, level, openings });
    if (before === undefined) this.#stats.incidentsOpened[type]++;
    if (this.#quiet) return;
    // Its carriers may have lost it again within the batch: now 0, while the hold-down runs.
    const peers = { now: incident.peersNow, max: incident.peersEver.length };
    const details = { id, type, severity: level, state, connection, prefix, offender, peers };
    const again = before !== undefined && before.openings !== openings;
    if (state === 'resolved')
      this.#logger.info({ ...details, reason: incident.reason }, `${type} of ${prefix || offender} is over`);
    else {
      const what = prefix === '' || offender === '' ? prefix || offender : `${prefix} by ${offender}`;
      this.#logger.warn(details, `${type} of ${what}${again ? ' is back' : ''}`);
    }
  }
}
