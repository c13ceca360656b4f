// The registry as one immutable value: providers, connections, their prefixes with what the operator said of each. The YAML file
// and the database are two forms of it; rules, differences and bills are computed on it. What was left out stays null here, so
// that a default follows what it defaults to (the connection's AS numbers, the provider's).

import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { Prefix } from '../ip/prefix.js';

/** An ISP or IXP: its AS numbers, and the metros (peering locations) it serves. */
export interface Provider {
  readonly name: string;
  readonly asns: readonly Asn[];
  readonly metros: readonly string[];
}

/** Expected neighbours per origin AS; an origin that is no key is unchecked. */
export type NeighborMap = ReadonlyMap<Asn, readonly Asn[]>;

/** More-specifics announced on purpose. `origins` null = those of the prefix. */
export interface MoreSpecifics {
  readonly minLength: number;
  readonly maxLength: number;
  readonly origins: readonly Asn[] | null;
  readonly neighbors: NeighborMap;
}

/** A registered prefix. Lists of AS numbers are ascending, without repeats. */
export interface RegisteredPrefix {
  /** `[A-Za-z0-9_.-]{1,63}`, unique in its connection. */
  readonly name: string;
  readonly prefix: Prefix;
  /** Null = the connection's AS numbers; empty = must not be announced. */
  readonly origins: readonly Asn[] | null;
  readonly neighbors: NeighborMap;
  /** Null = none allowed. */
  readonly moreSpecifics: MoreSpecifics | null;
  /** Null = the provider's AS numbers. */
  readonly aggregators: readonly Asn[] | null;
  /** Null = the defaults of the detection rules. `for` in microseconds. */
  readonly visibility: { readonly min: number; readonly for: EventTime } | null;
}

/** A registered link of the customer. `provider` is a name; '' where none was named. */
export interface Connection {
  readonly name: string;
  readonly provider: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly state: string | null;
  /** Peering locations, metros of the provider. */
  readonly primary: string | null;
  readonly backup: string | null;
  readonly asns: readonly Asn[];
  readonly prefixes: readonly RegisteredPrefix[];
}

export interface Registry {
  readonly providers: readonly Provider[];
  readonly connections: readonly Connection[];
  /** Documentation prefixes and AS numbers (RFC 5737, 3849, 5398) may be registered. */
  readonly allowDocumentation: boolean;
}

/** A prefix with nothing said of it: every default. */
export function plainPrefix(prefix: Prefix, name = defaultPrefixName(prefix)): RegisteredPrefix {
  return {
    name,
    prefix,
    origins: null,
    neighbors: new Map(),
    moreSpecifics: null,
    aggregators: null,
    visibility: null,
  };
}

/** `203.0.113.0-24`, `2001.db8..-32`: the prefix in the characters that a name may have. */
export function defaultPrefixName(prefix: Prefix): string {
  return prefix.toString().replace('/', '-').replaceAll(':', '.');
}

/** The registry in its own order, so that equal registries have equal text: by name; prefixes by family and address. */
export function sortRegistry(registry: Registry): Registry {
  return {
    ...registry,
    providers: registry.providers.toSorted((a, b) => compareText(a.name, b.name)),
    connections: registry.connections
      .map((connection) => ({
        ...connection,
        prefixes: connection.prefixes.toSorted((a, b) => Prefix.compare(a.prefix, b.prefix)),
      }))
      .sort((a, b) => compareText(a.name, b.name)),
  };
}

/** Ascending, each once: the order of every list of AS numbers here. */
export function sortAsns(asns: Iterable<Asn>): readonly Asn[] {
  return [...new Set(asns)].sort((a, b) => a - b);
}

/** Orders by code units, the same on every machine. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
