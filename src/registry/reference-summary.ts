// What reference data the stored state was computed under, for showing.

import { type ReferenceSummary } from '../pipeline/store.js';
import { type Database } from './database.js';

/** Null where there was none. */
export function readReferenceSummary(db: Database): ReferenceSummary | null {
  const row = db.prepare<[], { value: string }>("SELECT value FROM engine_state WHERE key = 'reference'").get();
  const summary = row === undefined ? null : (JSON.parse(row.value) as ReferenceSummary);
  return summary?.version === '' ? null : summary;
}
