// The two that keep incidents, lifecycle and conditions, as one: by id, their timers, and what changed of them.

import { type EventTime } from '../ip/event-time.js';
import { type DetectionFigures } from '../detection/figures.js';
import { Campaigns } from '../incidents/campaigns.js';
import { Conditions, isCondition } from '../incidents/conditions.js';
import { type Incident } from '../incidents/incident.js';
import { Lifecycle } from '../incidents/lifecycle.js';
import { type Changes } from './changes.js';
import { type Timers } from './timers.js';

export class IncidentKeepers {
  readonly lifecycle: Lifecycle;
  readonly conditions: Conditions;
  readonly #changes: Changes;
  readonly #timers: Timers;
  readonly #both: readonly [Lifecycle, Conditions];

  constructor(figures: DetectionFigures['lifecycle'], timers: Timers, changes: Changes) {
    const campaigns = new Campaigns();
    this.lifecycle = new Lifecycle(figures, campaigns);
    this.conditions = new Conditions(figures, campaigns);
    this.#both = [this.lifecycle, this.conditions];
    this.#timers = timers;
    this.#changes = changes;
  }

  /** Restores incidents, oldest first; `schedule` follows when their carriers are restored. */
  load(incidents: readonly Incident[]): void {
    this.lifecycle.load(incidents.filter((incident) => !isCondition(incident)));
    this.conditions.load(incidents.filter(isCondition));
  }

  /** Every incident that is not over and forgotten. */
  get all(): Iterable<Incident> {
    return [...this.lifecycle.all, ...this.conditions.all];
  }

  byId(id: string): Incident | undefined {
    return this.lifecycle.byId(id) ?? this.conditions.byId(id);
  }

  isActive(incident: Incident): boolean {
    return this.#keeperOf(incident).isActive(incident);
  }

  resolve(incident: Incident, at: EventTime, reason: 'reconfigured' | 'manual'): void {
    this.#keeperOf(incident).resolve(incident, at, reason);
  }

  expire(incident: Incident): void {
    this.#keeperOf(incident).expire(incident);
  }

  /** Runs something that changes incidents, then notes the changed ones and sets their timers. */
  noting<T>(change: () => T): T {
    const result = change();
    for (const keeper of this.#both) {
      for (const incident of keeper.takeChanged()) {
        this.#changes.incident(incident);
        this.schedule(incident);
      }
      for (const incident of keeper.takeForgotten()) this.#changes.forgotten(incident);
    }
    for (const kept of this.conditions.takeBytes()) this.#changes.evidence({ ...kept, basis: null });
    return result;
  }

  schedule(incident: Incident): void {
    const keeper = this.#keeperOf(incident);
    this.#timers.set(`incident ${incident.id}`, keeper.isActive(incident) ? keeper.dueAt(incident) : null);
  }

  #keeperOf(incident: Incident): Lifecycle | Conditions {
    return isCondition(incident) ? this.conditions : this.lifecycle;
  }
}
