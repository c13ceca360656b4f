// What operators ask for on the command line while the pipeline's state may be in a running daemon's hands: resolutions by hand,
// noted as requests, and carried out by whoever holds the database's lock.

import { type DetectionFigures } from '../detection/figures.js';
import { PolicyTable } from '../detection/policy.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { type Database } from '../registry/database.js';
import { DatabaseHeldError, lockDatabase } from '../registry/database-lock.js';
import { pendingResolutions, requestResolution, resolutionsDone } from '../registry/incidents.js';
import { SqliteStore } from '../registry/pipeline-store.js';
import { loadPolicies, registryGeneration } from '../registry/policies.js';
import { openRouteLog, routeLogSince } from '../registry/route-log.js';
import { loadReference, type ReferencePaths } from './reference-files.js';

/** Resolves what was asked for, and stores it. @returns how many incidents that ended. */
export function carryOutResolutions(db: Database, pipeline: Pipeline): number {
  const ids = pendingResolutions(db);
  if (ids.length === 0) return 0;
  const ended = ids.filter((id) => pipeline.engine.resolveByHand(id)).length;
  pipeline.commit([]);
  resolutionsDone(db, ids);
  return ended;
}

/**
 * Resolves an incident by hand: at once where nobody holds the database, under figures and reference data of the configuration in force,
 * else, or where a file of the data cannot be used, by asking whoever holds it next.
 *
 * @returns false where it was only asked for.
 */
export async function resolveByOperator(
  db: Database,
  id: string,
  figures: DetectionFigures & ReferencePaths,
): Promise<boolean> {
  requestResolution(db, id);
  try {
    const lock = lockDatabase(db.name);
    try {
      const policies = loadPolicies(db);
      const { data, incomplete } = await loadReference(figures, new PolicyTable(policies));
      if (incomplete) return false; // under other data other incidents would end with it
      const routeLog = openRouteLog(db, routeLogSince(db) !== null);
      const state = { policies, generation: registryGeneration(db), figures, reference: data, routeLog };
      carryOutResolutions(db, new Pipeline({ store: new SqliteStore(db), ...state }));
      return true;
    } finally {
      lock.release();
    }
  } catch (error) {
    if (error instanceof DatabaseHeldError) return false;
    throw error;
  }
}
