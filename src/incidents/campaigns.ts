// Campaigns: incidents of one offender that overlap in time are notified together (detection.md section 3). One index of all incidents
// that are not forgotten, whoever keeps them.

import { type Incident } from './incident.js';

const NONE: ReadonlySet<Incident> = new Set<Incident>();

export class Campaigns {
  readonly #byOffender = new Map<string, Set<Incident>>();

  /** The incidents of one offender, in the order in which they were added. */
  of(offender: string): Iterable<Incident> {
    return this.#byOffender.get(offender) ?? NONE;
  }

  /** One that holds nobody responsible is of no campaign but its own. */
  add(incident: Incident): void {
    if (incident.offender === '') return;
    const others = this.#byOffender.get(incident.offender);
    if (others === undefined) this.#byOffender.set(incident.offender, new Set([incident]));
    else others.add(incident);
  }

  remove(incident: Incident): void {
    const others = this.#byOffender.get(incident.offender);
    others?.delete(incident);
    if (others?.size === 0) this.#byOffender.delete(incident.offender);
  }

  /** The campaign of the first incident of the same offender that is going on; else its own. */
  campaignOf(incident: Incident): string {
    let first: Incident | null = null;
    for (const other of this.of(incident.offender))
      if (other.state !== 'resolved' && (first === null || isBefore(other, first))) first = other;
    return first?.campaign ?? incident.id;
  }
}

/** By opening, then id: the order in which stored incidents are read. */
function isBefore(a: Incident, b: Incident): boolean {
  return a.openedAt < b.openedAt || (a.openedAt === b.openedAt && a.id < b.id);
}
