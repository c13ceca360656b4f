// The registry in the database, read and changed as one value. Every change goes through `changeRegistry`: read, derive, check,
// write the difference, raise the generation; one transaction, all or nothing. The wall clock comes in as `now`.

import { type EventTime } from '../ip/event-time.js';
import { deleteConnection, readConnections, writeConnection } from './connections.js';
import { type Database } from './database.js';
import { type Change, describeDiff, diffRegistries, type RegistryDiff, shrinksByHalf } from './diff.js';
import { isDocumentationAllowed } from './policies.js';
import { deletePrefix, insertPrefix, readPrefixes, updatePrefixes } from './prefixes.js';
import { deleteProvider, readProviders, writeProvider } from './providers.js';
import { type RegisteredPrefix, type Registry } from './registry-model.js';
import { type Fault, findFaults } from './validation.js';

/** Thrown where a change breaks rules: nothing was stored. */
export class RegistryRejectedError extends Error {
  override readonly name = 'RegistryRejectedError';
  readonly code = 'ERR_REGISTRY_REJECTED';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(`Cannot change the registry: ${faults.map(({ message }) => message).join('; ')}`);
    this.faults = faults;
  }
}

/** Thrown where a change would lose half of the registry or more, and that was not allowed: nothing was stored. */
export class RegistryShrinkError extends Error {
  override readonly name = 'RegistryShrinkError';
  readonly code = 'ERR_REGISTRY_SHRINK';
  readonly changes: readonly Change[];

  constructor(changes: readonly Change[]) {
    super('Cannot change the registry: half of it or more would be lost');
    this.changes = changes;
  }
}

export interface ChangeOptions {
  /** The wall clock, microseconds. */
  readonly now: EventTime;
  /** Computes and checks everything, stores nothing. Default false. */
  readonly dryRun?: boolean;
  /** Refuses a change after which half of the prefixes or connections, or fewer, are left. Default false. */
  readonly refuseShrink?: boolean;
  /** Faults of form found already, V1 among them: the change is rejected with them and whatever else it breaks. */
  readonly knownFaults?: readonly Fault[];
}

/** The registry as it stands, in its own order. */
export function loadRegistry(db: Database): Registry {
  return db.transaction(() => {
    const entries = new Map<number, RegisteredPrefix[]>();
    for (const { connectionId, entry } of readPrefixes(db)) {
      const list = entries.get(connectionId);
      if (list === undefined) entries.set(connectionId, [entry]);
      else list.push(entry);
    }
    return {
      providers: [...readProviders(db).values()],
      connections: [...readConnections(db)].map(([id, connection]) => ({
        ...connection,
        prefixes: entries.get(id) ?? [],
      })),
      allowDocumentation: isDocumentationAllowed(db),
    };
  })();
}

/**
 * Replaces the registry by what `derive` makes of it; objects that `derive` keeps count as registered before.
 *
 * @returns what changed; empty where nothing did, and then nothing was written.
 * @throws RegistryRejectedError with every rule that fails.
 */
export function changeRegistry(
  db: Database,
  { now, dryRun = false, refuseShrink = false, knownFaults = [] }: ChangeOptions,
  derive: (current: Registry) => Registry,
): readonly Change[] {
  return db
    .transaction(() => {
      const current = loadRegistry(db);
      const next = derive(current);
      const faults = [...knownFaults, ...findFaults(next, current)];
      if (faults.length > 0) throw new RegistryRejectedError(faults);
      const diff = diffRegistries(current, next);
      const changes = describeDiff(diff);
      if (refuseShrink && shrinksByHalf(current, next)) throw new RegistryShrinkError(changes);
      if (!dryRun && changes.length > 0) write(db, diff, now);
      return changes;
    })
    .immediate();
}

/** Removals of prefixes and connections first, of providers last, so that no reference dangles on the way. */
function write(
  db: Database,
  { providers, connections, prefixes, allowDocumentation }: RegistryDiff,
  now: EventTime,
): void {
  for (const { before, after } of prefixes) if (before !== null && after === null) deletePrefix(db, before, now);
  for (const { after } of providers) if (after !== null) writeProvider(db, after, now);
  for (const { before, after } of connections) if (before !== null && after === null) deleteConnection(db, before.name);
  for (const { after } of connections) if (after !== null) writeConnection(db, after, now);
  updatePrefixes(
    db,
    prefixes.flatMap(({ before, after }) => (before !== null && after !== null ? [after] : [])),
  );
  for (const { before, after } of prefixes) if (before === null && after !== null) insertPrefix(db, after, now);
  for (const { before, after } of providers) if (before !== null && after === null) deleteProvider(db, before.name);
  const allowed = allowDocumentation?.after ?? null;
  db.prepare(
    'UPDATE registry_state SET generation = generation + 1, allow_documentation = coalesce(?, allow_documentation)',
  ).run(allowed === null ? null : Number(allowed));
}
