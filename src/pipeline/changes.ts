// What changed since the last commit: sessions, incidents, evidence bytes. The engine notes, the store writes; of routes the table knows.

import { type Incident } from '../incidents/incident.js';
import { type Session } from '../rib/session.js';
import { type BaselineCover, type EvidenceBytes } from './store.js';

/** The changes of a batch, as the engine hands them over. */
export interface TakenChanges {
  readonly sessions: Session[];
  readonly incidents: Incident[];
  /** Ids of incidents that are over and need not be in memory any more. */
  readonly forgotten: string[];
  readonly evidence: EvidenceBytes[];
  readonly baseline: BaselineCover[];
}

export class Changes {
  #sessions = new Set<Session>();
  #incidents = new Set<Incident>();
  #forgotten: string[] = [];
  #evidence = new Map<string, EvidenceBytes>();
  #baseline: BaselineCover[] = [];

  session(session: Session): void {
    this.#sessions.add(session);
  }

  incident(incident: Incident): void {
    this.#incidents.add(incident);
  }

  forgotten({ id }: Incident): void {
    this.#forgotten.push(id);
  }

  evidence(kept: EvidenceBytes): void {
    this.#evidence.set(`${kept.incident} ${kept.position}`, kept);
  }

  baseline(cover: BaselineCover): void {
    this.#baseline.push(cover);
  }

  take(): TakenChanges {
    const taken: TakenChanges = {
      sessions: [...this.#sessions],
      incidents: [...this.#incidents],
      forgotten: this.#forgotten,
      evidence: [...this.#evidence.values()],
      baseline: this.#baseline,
    };
    this.#sessions = new Set();
    this.#incidents = new Set();
    this.#forgotten = [];
    this.#evidence = new Map();
    this.#baseline = [];
    return taken;
  }
}
