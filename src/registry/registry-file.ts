// The registry as a YAML file: `apply` reads it, `export` writes it, and what was written reads back as the same registry.
// Reading finds every fault of form at once, each with its line and column; unknown keys are faults. Rules about the content are
// validation's; `allFaults` puts them at the lines of what they speak of.

import { Document, isScalar, type Node, visit } from 'yaml';
import { type EventTime, SECOND } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';
import { parseMaskedPrefix, parsePrefix, PrefixSyntaxError } from '../ip/prefix-text.js';
import { registryToPlain } from './plain-form.js';
import {
  type Connection,
  defaultPrefixName,
  type MoreSpecifics,
  type Provider,
  type RegisteredPrefix,
  type Registry,
} from './registry-model.js';
import { type Fault, findFaults } from './validation.js';
import { type FileFault, type Place, type YamlMap, YamlReader } from './yaml-reader.js';

/** A file as read: the registry of all that was legible, and what was not. */
export interface RegistryFile {
  readonly registry: Registry;
  /** Faults of form, V1 among them, in the order of the file. */
  readonly faults: readonly FileFault[];
  /** Where each provider, connection and prefix object stands. */
  readonly places: ReadonlyMap<object, Place>;
}

/** Reads the text of a registry file. Never throws for what the text says: see `faults`. */
export function parseRegistryFile(text: string): RegistryFile {
  const parser = new RegistryFileParser(text);
  const registry = parser.registry();
  return { registry, faults: parser.reader.faults, places: parser.places };
}

/** The faults of form and every rule of registration that the content breaks, in the order of the file. */
export function allFaults({ registry, faults, places }: RegistryFile): readonly FileFault[] {
  const broken = findFaults(registry).map(({ rule, message, subject }: Fault): FileFault => {
    return { rule, message, ...(places.get(subject) ?? { line: 1, column: 1 }) };
  });
  return [...faults, ...broken].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The text of a registry file, always the same for equal registries. */
export function formatRegistryFile(registry: Registry): string {
  const document = new Document(registryToPlain(registry));
  // Lists of numbers and names, and maps inside them, on one line each, as people write them.
  visit(document, {
    Seq: (_, list) => {
      if (list.items.every(isScalar)) list.flow = true;
    },
    Map: (key, map) => {
      const isRow = key === null || key === 'key' || typeof key === 'number';
      if (!isRow) map.flow = true;
    },
    Pair: (_, { key }) => {
      if (isScalar(key) && typeof key.value === 'string' && /^\d+$/.test(key.value)) key.value = Number(key.value);
    },
  });
  return document.toString({ lineWidth: 0 });
}

const PREFIX_KEYS = ['name', 'prefix', 'origins', 'neighbors', 'moreSpecifics', 'aggregators', 'visibility'];
const CONNECTION_KEYS = ['name', 'provider', 'country', 'state', 'primary', 'backup', 'asns', 'prefixes'];

const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86400],
]);

class RegistryFileParser {
  readonly reader: YamlReader;
  readonly places = new Map<object, Place>();

  constructor(text: string) {
    this.reader = new YamlReader(text);
  }

  registry(): Registry {
    const { root } = this.reader;
    const file =
      root === null ? null : this.reader.map(root, 'a registry file', ['providers', 'connections', 'options']);
    if (file === null) return { providers: [], connections: [], allowDocumentation: false };
    return {
      providers: this.#rows(file, 'providers', (node) => this.#provider(node)),
      connections: this.#rows(file, 'connections', (node) => this.#connection(node)),
      allowDocumentation: this.#allowDocumentation(file),
    };
  }

  /** The legible rows of a list that may be absent; each one's place is kept. */
  #rows<T extends object>(map: YamlMap, key: string, read: (node: Node | null) => T | null): readonly T[] {
    const items = this.#optional(map, key, (node) => this.reader.list(node, key)) ?? [];
    return items.flatMap((node) => {
      const row = read(node);
      if (row === null) return [];
      this.places.set(row, this.reader.place(node));
      return [row];
    });
  }

  #allowDocumentation(file: YamlMap): boolean {
    const options = this.#optional(file, 'options', (node) => this.reader.map(node, 'options', ['allowDocumentation']));
    if (options === null) return false;
    const read = (node: Node | null): boolean | null => this.reader.boolean(node, 'allowDocumentation');
    return this.#optional(options, 'allowDocumentation', read) ?? false;
  }

  #provider(node: Node | null): Provider | null {
    const map = this.reader.map(node, 'a provider', ['name', 'asns', 'metros']);
    const name = map === null ? null : this.#required(map, 'name', 'a provider');
    if (map === null || name === null) return null;
    const metros = this.#optional(map, 'metros', (list) => this.reader.list(list, 'metros')) ?? [];
    return {
      name,
      asns: this.#optional(map, 'asns', (list) => this.reader.asns(list, 'asns')) ?? [],
      metros: [...new Set(metros.map((metro) => this.reader.text(metro, 'a metro')).filter((metro) => metro !== null))],
    };
  }

  #connection(node: Node | null): Connection | null {
    const map = this.reader.map(node, 'a connection', CONNECTION_KEYS);
    const name = map === null ? null : this.#required(map, 'name', 'a connection');
    if (map === null || name === null) return null;
    return {
      name,
      provider: this.#title(map, 'provider') ?? '',
      country: this.#title(map, 'country'),
      state: this.#title(map, 'state'),
      primary: this.#title(map, 'primary'),
      backup: this.#title(map, 'backup'),
      asns: this.#optional(map, 'asns', (list) => this.reader.asns(list, 'asns')) ?? [],
      prefixes: this.#rows(map, 'prefixes', (row) => this.#prefix(row)),
    };
  }

  #prefix(node: Node | null): RegisteredPrefix | null {
    const map = this.reader.map(node, 'a prefix', PREFIX_KEYS);
    if (map === null) return null;
    const prefix = this.#prefixValue(map);
    if (prefix === null) return null;
    const { reader } = this;
    return {
      name: this.#optional(map, 'name', (text) => reader.text(text, 'name')) ?? defaultPrefixName(prefix),
      prefix,
      origins: this.#optional(map, 'origins', (list) => reader.asns(list, 'origins')),
      neighbors: this.#optional(map, 'neighbors', (part) => reader.asnMap(part, 'neighbors')) ?? new Map(),
      moreSpecifics: this.#optional(map, 'moreSpecifics', (part) => this.#moreSpecifics(part)),
      aggregators: this.#optional(map, 'aggregators', (list) => reader.asns(list, 'aggregators')),
      visibility: this.#optional(map, 'visibility', (part) => this.#visibility(part)),
    };
  }

  /** V1. A prefix with host bits set is a fault, and is masked so that its other faults are found too. */
  #prefixValue(map: YamlMap): Prefix | null {
    const text = this.#required(map, 'prefix', 'a prefix');
    if (text === null) return null;
    const problem = prefixProblem(text);
    if (problem === null) return parsePrefix(text);
    this.reader.fault(map.entries.get('prefix') ?? map.node, `prefix is invalid: ${problem.message}`, 'V1');
    return problem.masked;
  }

  #moreSpecifics(node: Node | null): MoreSpecifics | null {
    const map = this.reader.map(node, 'moreSpecifics', ['minLength', 'maxLength', 'origins', 'neighbors']);
    if (map === null) return null;
    const minLength = this.#length(map, 'minLength');
    const maxLength = this.#length(map, 'maxLength');
    if (minLength === null || maxLength === null) return null;
    return {
      minLength,
      maxLength,
      origins: this.#optional(map, 'origins', (list) => this.reader.asns(list, 'origins')),
      neighbors: this.#optional(map, 'neighbors', (part) => this.reader.asnMap(part, 'neighbors')) ?? new Map(),
    };
  }

  #length(map: YamlMap, key: string): number | null {
    if (!map.entries.has(key)) this.reader.fault(map.node, `moreSpecifics needs ${key}`);
    return this.#optional(map, key, (value) => this.reader.integer(value, key));
  }

  #visibility(node: Node | null): RegisteredPrefix['visibility'] {
    const map = this.reader.map(node, 'visibility', ['min', 'for']);
    if (map === null) return null;
    const min = this.#optional(map, 'min', (value) => this.reader.number(value, 'min')) ?? 0.7;
    const duration = this.#optional(map, 'for', (value) => this.#duration(value)) ?? 300 * SECOND;
    return { min, for: duration };
  }

  #duration(node: Node | null): EventTime | null {
    const text = this.reader.text(node, 'for');
    if (text === null) return null;
    const duration = parseDuration(text);
    if (duration === null) this.reader.fault(node, `"${text}" is no duration such as 300s, 5m, 1h or 1d`);
    return duration;
  }

  /** A text where null and the word `none` mean there is none. */
  #title(map: YamlMap, key: string): string | null {
    const node = map.entries.get(key) ?? null;
    if (node === null || (isScalar(node) && node.value === null)) return null;
    const text = this.reader.text(node, key);
    return text?.toLowerCase() === 'none' ? null : text;
  }

  #required(map: YamlMap, key: string, what: string): string | null {
    if (map.entries.has(key)) return this.reader.text(map.entries.get(key) ?? null, key);
    this.reader.fault(map.node, `${what} needs a ${key}`);
    return null;
  }

  #optional<T>(map: YamlMap, key: string, read: (node: Node | null) => T | null): T | null {
    return map.entries.has(key) ? read(map.entries.get(key) ?? null) : null;
  }
}

/** Why `text` is no prefix (null where it is one), and the masked prefix where host bits are all that is wrong. */
export function prefixProblem(text: string): { readonly message: string; readonly masked: Prefix | null } | null {
  try {
    parsePrefix(text);
    return null;
  } catch (error) {
    if (!(error instanceof PrefixSyntaxError)) throw error;
    return { message: error.message, masked: maskedPrefix(text) };
  }
}

/** Microseconds of `300s`, `5m`, `1h`, `1d`, or a bare number of seconds; null for other text. */
export function parseDuration(text: string): EventTime | null {
  const match = /^(\d{1,9})([smhd]?)$/.exec(text);
  if (match === null) return null;
  const unit = UNIT_SECONDS.get(match[2])!;
  return Number(match[1]) * unit * SECOND;
}

function maskedPrefix(text: string): Prefix | null {
  try {
    return parseMaskedPrefix(text);
  } catch (error) {
    if (error instanceof PrefixSyntaxError) return null;
    throw error;
  }
}
