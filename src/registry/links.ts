// The history of links between ASes: the pipeline reads it at the start and writes what changed with every batch; `status` tells how far it is.

import { type LinkBatch, type LinkProgress, type LinkRow } from '../pipeline/store.js';
import { type Database } from './database.js';

export function readLinks(db: Database): LinkRow[] {
  return db
    .prepare<[], LinkRow>(
      'SELECT a AS low, b AS high, first_at AS firstAt, last_at AS lastAt, standing FROM link_history ORDER BY a, b',
    )
    .all();
}

export class LinkWriter {
  readonly #put;
  readonly #remove;

  constructor(db: Database) {
    this.#put = db.prepare(
      'INSERT OR REPLACE INTO link_history (a, b, first_at, last_at, standing) VALUES (?, ?, ?, ?, ?)',
    );
    this.#remove = db.prepare('DELETE FROM link_history WHERE a = ? AND b = ?');
  }

  /** Within the batch's transaction. */
  write({ rows, removed }: LinkBatch): void {
    for (const [low, high] of removed) this.#remove.run(low, high);
    for (const { low, high, firstAt, lastAt, standing } of rows) this.#put.run(low, high, firstAt, lastAt, standing);
  }
}

/** How far the history is learnt. Times and spans are microseconds. */
export interface LinkStatus extends LinkProgress {
  readonly links: number;
  /** What it spans, to the watermark. */
  readonly spans: number;
  /** Sessions that are up and had no RIB dump yet: their links are not judged. */
  readonly sessionsWithoutRib: number;
}

/** Null where nothing was learnt yet. */
export function readLinkStatus(db: Database): LinkStatus | null {
  const state = db.prepare<[string], { value: string }>('SELECT value FROM engine_state WHERE key = ?');
  const progress = state.get('links');
  if (progress === undefined) return null;
  const { since, learnFor, judging } = JSON.parse(progress.value) as LinkProgress;
  const watermark = JSON.parse(state.get('watermark')?.value ?? 'null') as number | null;
  const counts = db
    .prepare<[], { links: number; sessionsWithoutRib: number }>(
      `SELECT (SELECT COUNT(*) FROM link_history) AS links,
        (SELECT COUNT(*) FROM sessions WHERE up = 1 AND json_extract(data, '$.bootstrapped') = 0) AS sessionsWithoutRib`,
    )
    .get()!;
  return { since, learnFor, judging, spans: (watermark ?? since ?? 0) - (since ?? 0), ...counts };
}
