// Brings the gauges up to date when they are scraped: what the engine holds in memory, and the size of the database. Touches no table.

import { statSync } from 'node:fs';
import { conditionOf } from '../incidents/prefix-state.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type Engine } from '../pipeline/engine.js';
import { type Database } from '../registry/database.js';
import { type PeerwatchStats, sessionStats } from '../telemetry/stats.js';

export interface StatsView {
  readonly stats: PeerwatchStats;
  readonly engine: Engine;
  readonly db: Database;
  /** Whether a source delivered lately; null for what is no source of this daemon. */
  readonly isUp: (source: string) => boolean | null;
  /** `metrics.watch`: prefixes, and sessions as `collector|address|AS`. */
  readonly watch: readonly string[];
}

/** Sets every gauge anew. */
export function refreshGauges({ stats, engine, db, isUp, watch }: StatsView): void {
  for (const [name, source] of stats.sources) source.up = isUp(name);
  for (const counts of stats.sessions.values()) Object.assign(counts, { up: 0, down: 0 });
  for (const { collector, up } of engine.sessions.all) sessionStats(stats, collector)[up ? 'up' : 'down']++;
  Object.assign(stats.prefixes, { active: 0, backup: 0, internet: 0, down: 0, unknown: 0 });
  for (const policy of engine.policies.all) stats.prefixes[conditionOf(engine.timeline.recordOf(policy).state)]++;
  for (const levels of Object.values(stats.incidentsOpen)) {
    Object.assign(levels, { Information: 0, Warning: 0, Error: 0, Critical: 0 });
  }
  for (const { state, type, level } of engine.incidents) if (state !== 'resolved') stats.incidentsOpen[type][level]++;
  refreshWatched(stats, engine, watch);
  stats.databaseBytes = fileSize(db.name) + fileSize(`${db.name}-wal`);
}

function refreshWatched(
  { watchedPrefixes, watchedSessions }: PeerwatchStats,
  engine: Engine,
  names: readonly string[],
): void {
  watchedPrefixes.clear();
  watchedSessions.clear();
  for (const name of names) {
    const [collector, peerAddress, peerAs] = name.split('|') as [string, string?, string?];
    if (peerAddress === undefined) {
      watchedPrefixes.set(name, [...engine.routes.at(parsePrefix(name))].length);
    } else {
      const sessions = engine.sessions.at({ collector, peerAddress, peerAs: Number(peerAs) });
      watchedSessions.set(
        name,
        sessions.some((session) => session.peerAs === Number(peerAs) && session.up),
      );
    }
  }
}

function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
