// All monitors as one: hands on what happens, in a fixed order, and keeps their rows apart by name.

import { type EventTime } from '../ip/event-time.js';
import { type Incident } from '../incidents/incident.js';
import { type Session } from '../rib/session.js';
import { DriftMonitor } from './drift-monitor.js';
import { FlapMonitor } from './flap-monitor.js';
import { LinkMonitor } from './link-monitor.js';
import { PathMonitor } from './path-monitor.js';
import { ProviderMonitor } from './provider-monitor.js';
import { type MonitorContext, type RouteChange, type RouteMonitor } from './route-monitor.js';
import { type MonitorRow, type OpenDump } from './store.js';
import { type JudgedRoute } from './stored-route.js';
import { StuckMonitor } from './stuck-monitor.js';
import { VisibilityMonitor } from './visibility-monitor.js';

/** Makes a monitor. */
export type MonitorMaker = (context: MonitorContext) => RouteMonitor;

/** Every monitor there is. */
export const MONITORS: readonly MonitorMaker[] = [
  (context) => new VisibilityMonitor(context),
  (context) => new ProviderMonitor(context),
  (context) => new PathMonitor(context),
  (context) => new FlapMonitor(context),
  (context) => new LinkMonitor(context),
  (context) => new StuckMonitor(context),
  (context) => new DriftMonitor(context),
];

export class Monitors {
  readonly #monitors: readonly RouteMonitor[];

  constructor(context: MonitorContext, makers: readonly MonitorMaker[]) {
    this.#monitors = makers.map((make) => make(context));
  }

  load(rows: readonly MonitorRow[]): void {
    for (const one of this.#monitors) one.load?.(rows.filter(({ monitor }) => monitor === one.name));
  }

  restored(route: JudgedRoute): void {
    for (const one of this.#monitors) one.restored?.(route);
  }

  ready(): void {
    for (const one of this.#monitors) one.ready?.();
  }

  changed(change: RouteChange): void {
    for (const one of this.#monitors) one.changed?.(change);
  }

  sessionDown(session: Session, at: EventTime): void {
    for (const one of this.#monitors) one.sessionDown?.(session, at);
  }

  tableComplete(session: Session, afi: number | null): void {
    for (const one of this.#monitors) one.tableComplete?.(session, afi);
  }

  dumpEnded(dump: OpenDump, afis: readonly number[], heard: readonly Session[]): void {
    for (const one of this.#monitors) one.dumpEnded?.(dump, afis, heard);
  }

  ended(incident: Incident): void {
    for (const one of this.#monitors) one.ended?.(incident);
  }

  /** Fires the timer of `key`. @returns false where it is no monitor's. */
  fire(key: string): boolean {
    const space = key.indexOf(' ');
    const monitor = this.#monitors.find(({ name }) => name === key.slice(0, space));
    monitor?.fire?.(key.slice(space + 1));
    return monitor !== undefined;
  }

  forgetLinks(before: EventTime): void {
    for (const one of this.#monitors) one.forgetBefore?.(before);
  }

  reconfigure(): void {
    for (const one of this.#monitors) one.reconfigure?.();
  }

  takeChanged(): readonly MonitorRow[] {
    return this.#monitors.flatMap((one) => (one.takeChanged?.() ?? []).map((row) => ({ monitor: one.name, ...row })));
  }
}
