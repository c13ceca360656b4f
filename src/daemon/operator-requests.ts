// What operators ask for on the command line while the pipeline's state lies elsewhere: resolutions by hand, carried out by whoever
// runs the pipeline next, and stored with its next commit.

import { type Pipeline } from '../pipeline/pipeline.js';
import { type Database } from '../registry/database.js';
import { pendingResolutions, resolutionsDone } from '../registry/incidents.js';

/** Resolves what was asked for. @returns how many incidents that ended. */
export function carryOutResolutions(db: Database, pipeline: Pipeline): number {
  const ids = pendingResolutions(db);
  if (ids.length === 0) return 0;
  const ended = ids.filter((id) => pipeline.engine.resolveByHand(id)).length;
  pipeline.commit([]);
  resolutionsDone(db, ids);
  return ended;
}
