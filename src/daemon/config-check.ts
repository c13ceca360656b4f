// Validation of parsed YAML against the schema, fault by fault, in words for people. A fault takes its value out, so that the check
// goes on with the default in its place: one run says everything that is wrong. Knows no file and no line; paths only.

import { Value } from 'typebox/value';
import { suggest } from '../registry/suggestion.js';
import { configSchema, schemaAt, schemaTree, type PeerwatchConfig, type SchemaNode } from './config-schema.js';

/** A fault at a path of keys and list positions; `onKey` where the key itself is wrong, not its value. */
export interface PathFault {
  readonly path: readonly string[];
  readonly onKey: boolean;
  readonly message: string;
}

export interface CheckedConfig {
  /** The configuration, with defaults in place of everything faulty. */
  readonly config: PeerwatchConfig;
  readonly faults: readonly PathFault[];
}

/** Checks `raw`, what YAML gave (null or undefined for an empty file). */
export function checkConfig(raw: unknown): CheckedConfig {
  const opened = openSections(structuredClone(raw), schemaTree());
  const faults = unknownKeys(opened, schemaTree(), []);
  let value = faults.reduce((rest, { path }) => without(rest, path), opened);
  for (;;) {
    value = Value.Default(configSchema, openSections(value, schemaTree()));
    const found = wrongValues(value);
    if (found.length === 0) break;
    faults.push(...found);
    value = found.reduce((rest, { path }) => without(rest, path), value);
  }
  return { config: Value.Decode(configSchema, value), faults };
}

/** `http:` with nothing below it is an empty section. */
function openSections(value: unknown, node: SchemaNode): unknown {
  if (node.properties === undefined) return value;
  if (value === null || value === undefined) return {};
  if (!isRecord(value)) return value;
  for (const [key, inner] of Object.entries(node.properties)) {
    if (key in value) value[key] = openSections(value[key], inner);
  }
  return value;
}

/** Every key that the schema does not know. Looked for here, since the validator reports only the first few faults of a pass. */
function unknownKeys(value: unknown, { properties }: SchemaNode, path: readonly string[]): PathFault[] {
  if (properties === undefined || !isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    Object.hasOwn(properties, key)
      ? unknownKeys(inner, properties[key], [...path, key])
      : [unknownKey([...path, key], Object.keys(properties))],
  );
}

function unknownKey(path: readonly string[], known: readonly string[]): PathFault {
  const near = suggest(path.at(-1) ?? '', known);
  const hint = near === null ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`;
  return { path, onKey: true, message: `unknown key; ${hint}` };
}

/** The wrong values that one pass of the validator reports, one fault a path. */
function wrongValues(value: unknown): PathFault[] {
  const faults = new Map<string, PathFault>();
  for (const { instancePath } of Value.Errors(configSchema, value)) {
    const path = instancePath.split('/').slice(1).map(unescapePointer);
    if (!faults.has(instancePath)) faults.set(instancePath, wrongValue(path, valueAt(value, path)));
  }
  return [...faults.values()];
}

function wrongValue(path: readonly string[], value: unknown): PathFault {
  const expected = schemaAt(path)?.errorMessage ?? 'has a value that does not fit';
  const got = value === null ? 'nothing' : JSON.stringify(value);
  return { path, onKey: false, message: `${expected}, not ${got.length > 60 ? `${got.slice(0, 57)}...` : got}` };
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let inner = value;
  for (const key of path) inner = Array.isArray(inner) ? inner[Number(key)] : isRecord(inner) ? inner[key] : undefined;
  return inner;
}

/** The value without what is at `path`; of a list the whole list goes. An empty path leaves nothing. */
function without(value: unknown, path: readonly string[]): unknown {
  const key = path.at(0);
  const rest = path.slice(1);
  if (key === undefined || Array.isArray(value)) return undefined;
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      if (name !== key) return [[name, inner] as const];
      const left = rest.length === 0 ? undefined : without(inner, rest);
      return left === undefined ? [] : [[name, left] as const];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
