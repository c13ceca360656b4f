// What differs between two registries: providers by name, connections by name, prefixes by connection and prefix text. The store
// writes exactly these differences; people see them as lines. Whether a change is legal is validation's question.

import { connectionToPlain, type PlainObject, prefixToPlain, providerToPlain } from './plain-form.js';
import { type Connection, type Provider, type RegisteredPrefix, type Registry } from './registry-model.js';

/** One thing that differs: added (`before` null), removed (`after` null), or changed. */
export interface Difference<T> {
  readonly before: T | null;
  readonly after: T | null;
}

/** A prefix together with the name of its connection. */
export interface PlacedPrefix {
  readonly connection: string;
  readonly entry: RegisteredPrefix;
}

/** Everything that differs between two registries. */
export interface RegistryDiff {
  readonly providers: readonly Difference<Provider>[];
  readonly connections: readonly Difference<Connection>[];
  readonly prefixes: readonly Difference<PlacedPrefix>[];
  readonly allowDocumentation: Difference<boolean> | null;
}

/** One difference for people and for `--json`. */
export interface Change {
  readonly op: 'add' | 'remove' | 'change';
  readonly kind: 'provider' | 'connection' | 'prefix' | 'options';
  /** Name of the provider or connection; `connection prefix` of a prefix. */
  readonly name: string;
  /** `key: value` of what was added; `key: old -> new` of what changed. */
  readonly details: readonly string[];
}

/** The differences from `before` to `after`, in the order of names. */
export function diffRegistries(before: Registry, after: Registry): RegistryDiff {
  const { allowDocumentation } = after;
  return {
    providers: diffItems(before.providers, after.providers, (provider) => provider.name, providerToPlain),
    connections: diffItems(before.connections, after.connections, (connection) => connection.name, connectionToPlain),
    prefixes: diffItems(placedPrefixes(before), placedPrefixes(after), placedKey, ({ entry }) => prefixToPlain(entry)),
    allowDocumentation:
      before.allowDocumentation === allowDocumentation
        ? null
        : { before: before.allowDocumentation, after: allowDocumentation },
  };
}

/** The differences as lines: providers, connections, prefixes, options. Empty = the registries are equal. */
export function describeDiff(diff: RegistryDiff): readonly Change[] {
  const { allowDocumentation } = diff;
  return [
    ...diff.providers.map((item) => describe('provider', item, ({ name }) => name, providerToPlain)),
    ...diff.connections.map((item) => describe('connection', item, ({ name }) => name, connectionToPlain)),
    ...diff.prefixes.map((item) => describe('prefix', item, placedKey, ({ entry }) => prefixToPlain(entry))),
    ...(allowDocumentation === null
      ? []
      : [
          describe(
            'options',
            allowDocumentation,
            () => 'options',
            (value) => ({ allowDocumentation: value }),
          ),
        ]),
  ];
}

/** All prefixes of a registry with the names of their connections. */
export function placedPrefixes(registry: Registry): readonly PlacedPrefix[] {
  return registry.connections.flatMap(({ name, prefixes }) => prefixes.map((entry) => ({ connection: name, entry })));
}

/** True where `after` holds at most half of the prefixes, or of the connections, that `before` holds. */
export function shrinksByHalf(before: Registry, after: Registry): boolean {
  return (
    isHalved(before.connections.length, after.connections.length) ||
    isHalved(placedPrefixes(before).length, placedPrefixes(after).length)
  );
}

function isHalved(before: number, after: number): boolean {
  return before > 0 && after * 2 <= before;
}

function placedKey({ connection, entry }: PlacedPrefix): string {
  return `${connection} ${entry.prefix.toString()}`;
}

function diffItems<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
  toPlain: (item: T) => PlainObject,
): readonly Difference<T>[] {
  const old = new Map(before.map((item) => [keyOf(item), item]));
  const kept = new Set(after.map(keyOf));
  const differences: Difference<T>[] = [];
  for (const item of before) if (!kept.has(keyOf(item))) differences.push({ before: item, after: null });
  for (const item of after) {
    const previous = old.get(keyOf(item)) ?? null;
    const isSame = previous !== null && JSON.stringify(toPlain(previous)) === JSON.stringify(toPlain(item));
    if (!isSame) differences.push({ before: previous, after: item });
  }
  return differences;
}

function describe<T>(
  kind: Change['kind'],
  { before, after }: Difference<T>,
  nameOf: (item: T) => string,
  toPlain: (item: T) => PlainObject,
): Change {
  if (before !== null && after !== null) {
    return { op: 'change', kind, name: nameOf(after), details: changedKeys(toPlain(before), toPlain(after)) };
  }
  const item = after ?? before;
  if (item === null) throw new TypeError('a difference has a side');
  const details = Object.entries(toPlain(item)).map(([key, value]) => `${key}: ${text(value)}`);
  return { op: after === null ? 'remove' : 'add', kind, name: nameOf(item), details: after === null ? [] : details };
}

function changedKeys(before: PlainObject, after: PlainObject): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys
    .filter((key) => text(before[key]) !== text(after[key]))
    .map((key) => `${key}: ${text(before[key])} -> ${text(after[key])}`);
}

function text(value: unknown): string {
  if (value === undefined) return 'default';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
