// The registry's parts as plain objects in the words of the registry file: for YAML, for `--json`, and to tell whether two are the
// same (equal parts have equal JSON). Keys come in the file's order; what is left out of the registry is left out here.

import { type EventTime, SECOND } from '../ip/event-time.js';
import {
  type Connection,
  type MoreSpecifics,
  type NeighborMap,
  type Provider,
  type RegisteredPrefix,
  type Registry,
  sortRegistry,
} from './registry-model.js';

/** A plain object with keys in order; undefined never occurs as a value. */
export type PlainObject = Record<string, unknown>;

/** The whole registry: the registry file's content, sorted. */
export function registryToPlain(registry: Registry): PlainObject {
  const { providers, connections, allowDocumentation } = sortRegistry(registry);
  return {
    providers: providers.map(providerToPlain),
    connections: connections.map((connection) => ({
      ...connectionToPlain(connection),
      prefixes: connection.prefixes.map(prefixToPlain),
    })),
    options: { allowDocumentation },
  };
}

export function providerToPlain(provider: Provider): PlainObject {
  return { name: provider.name, asns: provider.asns, metros: provider.metros };
}

/** Without its prefixes. */
export function connectionToPlain(connection: Connection): PlainObject {
  return compact({
    name: connection.name,
    provider: connection.provider,
    country: connection.country,
    state: connection.state,
    primary: connection.primary,
    backup: connection.backup,
    asns: connection.asns,
  });
}

export function prefixToPlain(entry: RegisteredPrefix): PlainObject {
  return { name: entry.name, prefix: entry.prefix.toString(), ...policyToPlain(entry) };
}

/** What is said of a prefix, without its name and the prefix itself. */
export function policyToPlain(entry: RegisteredPrefix): PlainObject {
  return compact({
    origins: entry.origins,
    neighbors: entry.neighbors.size === 0 ? null : neighborsToPlain(entry.neighbors),
    moreSpecifics: entry.moreSpecifics === null ? null : moreSpecificsToPlain(entry.moreSpecifics),
    aggregators: entry.aggregators,
    visibility:
      entry.visibility === null ? null : { min: entry.visibility.min, for: formatDuration(entry.visibility.for) },
  });
}

/** `300s`: whole seconds, the unit of the file. */
function formatDuration(duration: EventTime): string {
  return `${duration / SECOND}s`;
}

function moreSpecificsToPlain(allowed: MoreSpecifics): PlainObject {
  return compact({
    minLength: allowed.minLength,
    maxLength: allowed.maxLength,
    origins: allowed.origins,
    neighbors: allowed.neighbors.size === 0 ? null : neighborsToPlain(allowed.neighbors),
  });
}

/** Integer keys of an object come in ascending order, whatever the map's. */
function neighborsToPlain(neighbors: NeighborMap): PlainObject {
  return Object.fromEntries([...neighbors].map(([origin, asns]) => [String(origin), asns]));
}

function compact(record: PlainObject): PlainObject {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}
