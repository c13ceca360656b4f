// Makes the database that P10 and P12 start a daemon on: `node make-stored-table.js DATABASE ROUTES`, the made table of stored-table.ts through
// the pipeline. The database has its registry already.

import process from 'node:process';
import { defaultFigures } from '../../src/detection/figures.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { openDatabase } from '../../src/registry/database.js';
import { SqliteStore } from '../../src/registry/pipeline-store.js';
import { loadPolicies, registryGeneration } from '../../src/registry/policies.js';
import { announcements } from './stored-table.js';

const [path, routes] = process.argv.slice(2) as [string, string];
const db = openDatabase(path, {});
db.pragma('synchronous = OFF'); // no power is cut here
const pipeline = new Pipeline({
  store: new SqliteStore(db),
  policies: loadPolicies(db),
  generation: registryGeneration(db),
  figures: defaultFigures,
});
for (const event of announcements(0, Number(routes))) {
  if (pipeline.engine.routeChanges >= 10_000) pipeline.commit([]);
  pipeline.engine.advance(event.order);
  pipeline.apply(event);
}
pipeline.commit([]);
db.close();
