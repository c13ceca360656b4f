// What `dump` counted: records by type, elements by type, warnings, skipped records, and what was lost; as a table for people and as
// one JSON object. Counting only: the counters are plain maps that the hot loop adds to.

import { Bgp4mpSubtype, BgpSubtype, MrtType, TableDumpSubtype, TableDumpV2Subtype } from '../mrt/codes.js';
import { type MrtElement } from '../mrt/element.js';
import { type MrtRecord } from '../mrt/record.js';
import { type InputLoss } from '../sources/mrt-records.js';

/** Kinds of loss: those of an input, and a record whose content could not be interpreted. */
export type LossKind = InputLoss['kind'] | 'message';

/** Totals as plain data that can be sent to another thread. */
export interface DumpCounts {
  readonly inputs: number;
  readonly unpackedBytes: number;
  /** Records framed, and elements of messages that were not decoded. */
  readonly framed: number;
  readonly undecoded: number;
  readonly records: ReadonlyMap<number, number>;
  readonly elements: ReadonlyMap<string, number>;
  readonly warnings: ReadonlyMap<string, number>;
  readonly skipped: ReadonlyMap<string, number>;
  readonly losses: ReadonlyMap<LossKind, { readonly count: number; readonly bytes: number }>;
}

/** Totals over all inputs of one run. */
export class DumpStats {
  #inputs = 0;
  #unpackedBytes = 0;
  #framed = 0;
  #undecoded = 0;
  readonly #records = new Map<number, number>();
  readonly #elements = new Map<string, number>();
  readonly #warnings = new Map<string, number>();
  readonly #skipped = new Map<string, number>();
  readonly #losses = new Map<LossKind, { count: number; bytes: number }>();

  /** Counts an input that has ended, and all its records, decoded or not. */
  countInput({ unpackedBytes, records }: { readonly unpackedBytes: number; readonly records: number }): void {
    this.#inputs++;
    this.#unpackedBytes += unpackedBytes;
    this.#framed += records;
  }

  /** Counts elements of messages that were not decoded: they are in `summary` alone. */
  countUndecoded(elements: number): void {
    this.#undecoded += elements;
  }

  /** `3 elements, 2 records, 1 input, 1234 bytes unpacked`. */
  get summary(): string {
    const elements = [...this.#elements.values()].reduce((sum, count) => sum + count, this.#undecoded);
    const of = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
    const sizes = [of(elements, 'element'), of(this.#framed, 'record'), of(this.#inputs, 'input')];
    return `${sizes.join(', ')}, ${of(this.#unpackedBytes, 'byte')} unpacked`;
  }

  countRawRecord(type: number, subtype: number): void {
    add(this.#records, type * 0x10000 + subtype);
  }

  /** Counts a record's warnings, or the reason why it was skipped. */
  countRecord(record: MrtRecord): void {
    if (record.warnings.length > 0) for (const code of record.warnings) add(this.#warnings, code);
    if (record.kind === 'skipped') add(this.#skipped, record.reason);
    if (record.kind === 'rib' || record.kind === 'table-dump') {
      for (const { warnings } of record.entries) for (const code of warnings) add(this.#warnings, code);
    }
  }

  /** Counts a warning of a whole input. */
  countWarning(code: 'corrected-framing'): void {
    add(this.#warnings, code);
  }

  countElement({ type }: MrtElement): void {
    add(this.#elements, type);
  }

  countLoss(kind: LossKind, bytes: number): void {
    this.#addLosses(kind, 1, bytes);
  }

  counts(): DumpCounts {
    const [records, elements, warnings, skipped] = [this.#records, this.#elements, this.#warnings, this.#skipped];
    const [inputs, unpackedBytes, losses] = [this.#inputs, this.#unpackedBytes, this.#losses];
    const [framed, undecoded] = [this.#framed, this.#undecoded];
    return { inputs, unpackedBytes, framed, undecoded, records, elements, warnings, skipped, losses };
  }

  /** Adds the totals of others. */
  add({ inputs, unpackedBytes, framed, undecoded, ...maps }: DumpCounts): void {
    const { records, elements, warnings, skipped, losses } = maps;
    this.#inputs += inputs;
    this.#framed += framed;
    this.#undecoded += undecoded;
    this.#unpackedBytes += unpackedBytes;
    for (const [key, count] of records) add(this.#records, key, count);
    for (const [key, count] of elements) add(this.#elements, key, count);
    for (const [key, count] of warnings) add(this.#warnings, key, count);
    for (const [key, count] of skipped) add(this.#skipped, key, count);
    for (const [kind, { count, bytes }] of losses) this.#addLosses(kind, count, bytes);
  }

  #addLosses(kind: LossKind, count: number, bytes: number): void {
    const known = this.#losses.get(kind) ?? { count: 0, bytes: 0 };
    this.#losses.set(kind, { count: known.count + count, bytes: known.bytes + bytes });
  }

  /** True where bytes were not interpreted. */
  get hasLosses(): boolean {
    return this.#losses.size > 0;
  }

  /** The totals as plain data, keys of each map in alphabetical order. */
  toJSON(): DumpTotals {
    const records = [...this.#records].map(
      ([key, count]) => [recordTypeName(key >>> 16, key & 0xffff), count] as const,
    );
    return {
      inputs: this.#inputs,
      unpackedBytes: this.#unpackedBytes,
      records: sorted(records),
      elements: sorted(this.#elements),
      warnings: sorted(this.#warnings),
      skipped: sorted(this.#skipped),
      losses: sorted(this.#losses),
    };
  }

  /** The totals for people: one aligned line each. */
  toText(): string {
    const { inputs, unpackedBytes, records, elements, warnings, skipped, losses } = this.toJSON();
    const rows: [string, number, string?][] = [
      ['inputs', inputs],
      ['unpacked bytes', unpackedBytes],
      ...Object.entries(records).map(([name, count]): [string, number] => [`record  ${name}`, count]),
      ...Object.entries(elements).map(([name, count]): [string, number] => [`element ${name}`, count]),
      ...Object.entries(warnings).map(([name, count]): [string, number] => [`warning ${name}`, count]),
      ...Object.entries(skipped).map(([name, count]): [string, number] => [`skipped ${name}`, count]),
      ...Object.entries(losses).map(([name, { count, bytes }]): [string, number, string] => [
        `lost    ${name}`,
        count,
        `  (${bytes} bytes)`,
      ]),
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    const digits = Math.max(...rows.map(([, count]) => String(count).length));
    return rows
      .map(([name, count, note = '']) => `${name.padEnd(width)}  ${String(count).padStart(digits)}${note}\n`)
      .join('');
  }
}

/** The JSON object of `--stats --json`. */
export interface DumpTotals {
  readonly inputs: number;
  readonly unpackedBytes: number;
  readonly records: Readonly<Record<string, number>>;
  readonly elements: Readonly<Record<string, number>>;
  readonly warnings: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<string, number>>;
  readonly losses: Readonly<Record<string, { readonly count: number; readonly bytes: number }>>;
}

const SUBTYPES: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  [MrtType.BGP]: BgpSubtype,
  [MrtType.TABLE_DUMP]: TableDumpSubtype,
  [MrtType.TABLE_DUMP_V2]: TableDumpV2Subtype,
  [MrtType.BGP4MP]: Bgp4mpSubtype,
  [MrtType.BGP4MP_ET]: Bgp4mpSubtype,
};

/** `BGP4MP/MESSAGE_AS4`; numbers where IANA or history has no name. */
export function recordTypeName(type: number, subtype: number): string {
  const name = nameOf(MrtType, type);
  const under = SUBTYPES[type] as Readonly<Record<string, number>> | undefined;
  return `${name}/${under === undefined ? subtype : nameOf(under, subtype)}`;
}

function nameOf(codes: Readonly<Record<string, number>>, code: number): string {
  return Object.entries(codes).find(([, value]) => value === code)?.[0] ?? String(code);
}

function add<K>(counts: Map<K, number>, key: K, count = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function sorted<V>(entries: Iterable<readonly [string, V]>): Record<string, V> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
