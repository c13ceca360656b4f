// Locations, told from the registry itself: the metros of providers, and the countries and states of connections. There is no
// catalogue of the world's places here, and no coordinates.

import { type Registry } from './registry-model.js';

/** A peering location: who serves it, and the names of the connections that have it as primary or backup. */
export interface Metro {
  readonly metro: string;
  readonly providers: readonly string[];
  readonly primaryOf: readonly string[];
  readonly backupOf: readonly string[];
}

/** Where sites of the customer are. */
export interface Location {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly state: string | null;
  readonly connections: readonly string[];
}

/** Every metro that a provider serves or a connection names, in the order of names. */
export function listMetros({ providers, connections }: Registry): readonly Metro[] {
  const named = [
    ...providers.flatMap(({ metros }) => metros),
    ...connections.flatMap(({ primary, backup }) => [primary, backup].filter((metro) => metro !== null)),
  ];
  return [...new Set(named)].sort().map((metro) => ({
    metro,
    providers: namesOf(providers.filter(({ metros }) => metros.includes(metro))),
    primaryOf: namesOf(connections.filter(({ primary }) => primary === metro)),
    backupOf: namesOf(connections.filter(({ backup }) => backup === metro)),
  }));
}

/** Every country and state that a connection is in, in the order of country, then state. */
export function listLocations({ connections }: Registry): readonly Location[] {
  const locations = new Map<string, { country: string; state: string | null; connections: string[] }>();
  for (const { name, country, state } of connections) {
    if (country === null) continue;
    const key = `${country}\n${state ?? ''}`;
    const location = locations.get(key) ?? { country, state, connections: [] };
    location.connections.push(name);
    locations.set(key, location);
  }
  return [...locations].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, location]) => location);
}

function namesOf(items: readonly { readonly name: string }[]): readonly string[] {
  return items.map(({ name }) => name);
}
