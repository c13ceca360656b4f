// Prefixes from a plain list, for `prefix import`: one prefix a line, or CSV whose first line names the columns `prefix`, and any
// of `connection`, `name`, `origins` (AS numbers separated by spaces; the word `none` = must not be announced). Cells may be quoted
// as in RFC 4180. Empty lines and `#` comments are skipped. Every faulty line is named.

import { parseAsn } from '../ip/asn.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type PlacedPrefix } from './diff.js';
import { prefixProblem } from './registry-file.js';
import { plainPrefix, sortAsns } from './registry-model.js';
import { suggest } from './suggestion.js';
import { type FileFault, type Place } from './yaml-reader.js';

/** A list as read. */
export interface PrefixList {
  /** `connection` is '' where the list names none. */
  readonly prefixes: readonly PlacedPrefix[];
  readonly faults: readonly FileFault[];
  /** Where each prefix object stands. */
  readonly places: ReadonlyMap<object, Place>;
}

const COLUMNS = ['prefix', 'connection', 'name', 'origins'];

/** Reads the text of a list; never throws for what it says. */
export function parsePrefixList(text: string): PrefixList {
  const prefixes: PlacedPrefix[] = [];
  const faults: FileFault[] = [];
  const places = new Map<object, Place>();
  let columns: readonly string[] | null = null;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const cells = cellsOf(raw);
    if (cells.every((cell) => cell === '')) continue;
    const place = { line: index + 1, column: 1 };
    const note = (message: string, rule: FileFault['rule'] = null) => faults.push({ ...place, rule, message });
    if (columns === null && cells.includes('prefix')) {
      columns = cells;
      for (const cell of cells) if (!COLUMNS.includes(cell)) note(unknownColumn(cell));
      continue;
    }
    columns ??= COLUMNS.slice(0, 1);
    if (cells.length > columns.length) note(`it has ${cells.length} columns, the first line named ${columns.length}`);
    const row = new Map(columns.map((column, position) => [column, cells[position] ?? '']));
    const placed = readRow(row, note);
    if (placed === null) continue;
    prefixes.push(placed);
    places.set(placed.entry, place);
  }
  return { prefixes, faults, places };
}

/** The cells of a line without its comment; in quotes a comma and a `#` are text, and two quotes are one. */
function cellsOf(line: string): readonly string[] {
  const said = line.replace(/("(?:[^"]|"")*")|#.*/g, (_, quoted: string | undefined) => quoted ?? '');
  const cells = said.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((cell) => cell.trim());
  return cells.map((cell) => (/^".*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell));
}

function readRow(
  row: ReadonlyMap<string, string>,
  note: (message: string, rule?: FileFault['rule']) => void,
): PlacedPrefix | null {
  const text = row.get('prefix') ?? '';
  const problem = prefixProblem(text);
  if (problem !== null) note(`prefix is invalid: ${problem.message}`, 'V1');
  const prefix = problem === null ? parsePrefix(text) : problem.masked;
  if (prefix === null) return null;
  const name = row.get('name') ?? '';
  const origins = readOrigins(row.get('origins') ?? '', note);
  const plain = name === '' ? plainPrefix(prefix) : plainPrefix(prefix, name);
  return { connection: row.get('connection') ?? '', entry: { ...plain, origins } };
}

function readOrigins(text: string, note: (message: string) => void): readonly number[] | null {
  if (text === '') return null;
  if (text === 'none') return [];
  const asns = text.split(/\s+/).map((word) => {
    const asn = parseAsn(word);
    if (asn === null) note(`"${word}" is no AS number`);
    return asn;
  });
  return sortAsns(asns.filter((asn) => asn !== null));
}

function unknownColumn(name: string): string {
  const meant = suggest(name, COLUMNS);
  return `there is no column "${name}"; ${meant === null ? `there are ${COLUMNS.join(', ')}` : `did you mean "${meant}"?`}`;
}
