// Rows of providers: read whole, written by name. AS numbers and metros are JSON lists.

import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type Database } from './database.js';
import { type Provider } from './registry-model.js';

interface ProviderRow {
  readonly id: number;
  readonly name: string;
  readonly asns: string;
  readonly metros: string;
}

/** Every provider by its row id, in the order of names. */
export function readProviders(db: Database): ReadonlyMap<number, Provider> {
  const rows = db.prepare<[], ProviderRow>('SELECT id, name, asns, metros FROM providers ORDER BY name').all();
  return new Map(rows.map((row) => [row.id, providerOf(row)]));
}

/** Adds the provider, or changes the one of its name. */
export function writeProvider(db: Database, { name, asns, metros }: Provider, now: EventTime): void {
  db.prepare(
    `INSERT INTO providers (name, asns, metros, registered_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET asns = excluded.asns, metros = excluded.metros`,
  ).run(name, JSON.stringify(asns), JSON.stringify(metros), now);
}

export function deleteProvider(db: Database, name: string): void {
  db.prepare('DELETE FROM providers WHERE name = ?').run(name);
}

function providerOf({ name, asns, metros }: ProviderRow): Provider {
  // The lists were written by writeProvider.
  return { name, asns: JSON.parse(asns) as Asn[], metros: JSON.parse(metros) as string[] };
}
