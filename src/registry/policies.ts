// The registry as detection wants it: one policy a registered prefix, every default filled in from the connection and its provider.
// A daemon asks `registryGeneration` and reads the policies anew when it has grown.

import { type PrefixPolicy } from '../detection/policy.js';
import { readConnections } from './connections.js';
import { type Database } from './database.js';
import { readPrefixes, type StoredPrefix } from './prefixes.js';
import { readProviders } from './providers.js';
import { type Connection, type Provider, type Registry } from './registry-model.js';

/** The policies of all registered prefixes, in prefix order. */
export function loadPolicies(db: Database): readonly PrefixPolicy[] {
  return db.transaction(() => {
    const connections = readConnections(db);
    const providers = new Map([...readProviders(db).values()].map((provider) => [provider.name, provider]));
    return readPrefixes(db).map((stored) => {
      const connection = connections.get(stored.connectionId)!; // a foreign key, as is the provider
      return policyOf(stored, connection, providers.get(connection.provider)!);
    });
  })();
}

/** The same of a registry that is stored nowhere; ids are 0. */
export function policiesOf({ providers, connections }: Registry): readonly PrefixPolicy[] {
  const named = new Map(providers.map((provider) => [provider.name, provider]));
  return connections.flatMap((connection) =>
    connection.prefixes.map((entry) => policyOf({ id: 0, entry }, connection, named.get(connection.provider)!)),
  );
}

/** A counter that every change of the registry raises, in the transaction of the change. */
export function registryGeneration(db: Database): number {
  const row = db.prepare<[], { generation: number }>('SELECT generation FROM registry_state').get();
  return row?.generation ?? 0;
}

function policyOf(
  { id, entry }: Pick<StoredPrefix, 'id' | 'entry'>,
  connection: Connection,
  provider: Provider,
): PrefixPolicy {
  const { name, prefix, neighbors, moreSpecifics, visibility } = entry;
  const origins = entry.origins ?? connection.asns;
  return {
    id,
    connection: connection.name,
    name,
    prefix,
    origins,
    neighbors,
    moreSpecifics: moreSpecifics === null ? null : { ...moreSpecifics, origins: moreSpecifics.origins ?? origins },
    aggregators: entry.aggregators ?? provider.asns,
    providerAsns: provider.asns,
    visibility,
  };
}
