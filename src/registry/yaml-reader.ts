// Reads values out of a parsed YAML document and collects every fault with its line and column, instead of stopping at the first.
// Knows maps, lists, texts, numbers, AS numbers; what they mean is the registry file's business. A reader method returns null
// where the value is absent or was faulty; the fault has then been noted.

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';
import { type Asn, parseAsn } from '../ip/asn.js';
import { sortAsns } from './registry-model.js';
import { suggest } from './suggestion.js';
import { type RuleId } from './validation.js';

/** Where something stands in a file; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What is wrong in a file, and where. */
export interface FileFault extends Place {
  readonly rule: RuleId | null;
  readonly message: string;
}

/** The entries of a map that has only known keys. */
export interface YamlMap {
  /** The map itself: where to say that something is missing. */
  readonly node: Node;
  readonly entries: ReadonlyMap<string, Node | null>;
}

export class YamlReader {
  readonly #lines = new LineCounter();
  readonly #document;
  readonly #faults: FileFault[] = [];

  constructor(text: string) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const { pos, message } of this.#document.errors) this.#add(pos[0], message, null);
  }

  /** The document's value; null where it is empty or does not parse. */
  get root(): Node | null {
    return this.#document.errors.length > 0 ? null : this.#document.contents;
  }

  /** All faults so far, in the order of the file. */
  get faults(): readonly FileFault[] {
    return this.#faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }

  /** Notes a fault at `node`. */
  fault(node: Node | null, message: string, rule: RuleId | null = null): void {
    this.#add(node?.range?.[0] ?? 0, message, rule);
  }

  /** Where `node` stands. */
  place(node: Node | null): Place {
    const { line, col } = this.#lines.linePos(node?.range?.[0] ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** The entries of a map whose keys must be among `keys`; `what` names it in faults. */
  map(node: Node | null, what: string, keys: readonly string[]): YamlMap | null {
    const resolved = this.#resolve(node);
    if (!isMap<Node, Node | null>(resolved)) {
      this.fault(node, `${what} must be a map with the keys ${keys.join(', ')}`);
      return null;
    }
    const entries = new Map<string, Node | null>();
    for (const { key, value } of resolved.items) {
      const name = this.#text(key);
      if (name !== null && keys.includes(name)) {
        entries.set(name, value);
        continue;
      }
      const meant = name === null ? null : suggest(name, keys);
      const advice = meant === null ? `it may have ${keys.join(', ')}` : `did you mean "${meant}"?`;
      this.fault(key, `${what} has no key "${name ?? ''}"; ${advice}`);
    }
    return { node: resolved, entries };
  }

  /** The items of a list. */
  list(node: Node | null, what: string): readonly (Node | null)[] | null {
    const resolved = this.#resolve(node);
    if (isSeq<Node | null>(resolved)) return resolved.items;
    this.fault(node, `${what} must be a list`);
    return null;
  }

  /** A text; a bare number or boolean counts as what is written. */
  text(node: Node | null, what: string): string | null {
    const text = this.#text(node);
    if (text === null || text === '') {
      this.fault(node, `${what} must be a text`);
      return null;
    }
    return text;
  }

  /** A number. */
  number(node: Node | null, what: string): number | null {
    const resolved = this.#resolve(node);
    if (isScalar(resolved) && typeof resolved.value === 'number' && Number.isFinite(resolved.value))
      return resolved.value;
    this.fault(node, `${what} must be a number`);
    return null;
  }

  /** A whole number. */
  integer(node: Node | null, what: string): number | null {
    const value = this.number(node, what);
    if (value === null || Number.isSafeInteger(value)) return value;
    this.fault(node, `${what} must be a whole number`);
    return null;
  }

  boolean(node: Node | null, what: string): boolean | null {
    const resolved = this.#resolve(node);
    if (isScalar(resolved) && typeof resolved.value === 'boolean') return resolved.value;
    this.fault(node, `${what} must be true or false`);
    return null;
  }

  /** An AS number, `64496`, `AS64496` or `1.10`. */
  asn(node: Node | null, what: string): Asn | null {
    const text = this.#text(node);
    const asn = text === null ? null : parseAsn(text);
    if (asn === null) this.fault(node, `${what} must be an AS number (0 to 4294967295), not "${text ?? ''}"`);
    return asn;
  }

  /** A list of AS numbers, ascending. Faulty items are noted and left out. */
  asns(node: Node | null, what: string): readonly Asn[] | null {
    const items = this.list(node, what);
    return items === null ? null : sortAsns(items.map((item) => this.asn(item, what)).filter((asn) => asn !== null));
  }

  /** A map from AS numbers to lists of AS numbers, keys ascending. */
  asnMap(node: Node | null, what: string): ReadonlyMap<Asn, readonly Asn[]> | null {
    const resolved = this.#resolve(node);
    if (!isMap<Node, Node | null>(resolved)) {
      this.fault(node, `${what} must be a map from an origin AS to a list of AS numbers`);
      return null;
    }
    const pairs = resolved.items.flatMap(({ key, value }): readonly [Asn, readonly Asn[]][] => {
      const origin = this.asn(key, `the key of ${what}`);
      const asns = this.asns(value, what);
      return origin === null || asns === null ? [] : [[origin, asns]];
    });
    return new Map(pairs.sort(([a], [b]) => a - b));
  }

  #add(offset: number, message: string, rule: RuleId | null): void {
    const { line, col } = this.#lines.linePos(offset);
    this.#faults.push({ line: Math.max(line, 1), column: Math.max(col, 1), message, rule });
  }

  #text(node: Node | null): string | null {
    const resolved = this.#resolve(node);
    return isScalar(resolved) ? scalarText(resolved) : null;
  }

  /** Follows an alias (`*name`) to what it stands for. */
  #resolve(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#document) ?? null) : node;
  }
}

/** What stands in the file: `1.10` stays `1.10`, though YAML sees a number. */
function scalarText({ value, source }: Scalar): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return source ?? String(value);
  return null;
}
