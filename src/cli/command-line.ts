// What every command's code gets from the command line, and how its results go out: tables or NDJSON on stdout, notes on stderr.

import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { type EventTime } from '../ip/event-time.js';
import { type Change } from '../registry/diff.js';
import { CliError, ExitCode } from './exit-code.js';
import { fileErrorReason } from '../sources/file-error.js';
import { formatTable } from './table.js';

/** Options that every command has, as yargs hands them over. */
export interface CommandArgs {
  readonly database: string;
  readonly config: string | undefined;
  readonly json: boolean;
  readonly color: boolean;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | undefined;
}

/** Rows for people, and the same as objects for machines. */
export interface Listing {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

/** A table, or with `--json` one object a line. */
export function printListing(
  { json, color }: Pick<CommandArgs, 'json' | 'color'>,
  { head, rows, records }: Listing,
): void {
  if (json) for (const record of records) printRecord(record);
  else printText(formatTable({ head, rows, color: color && process.stdout.isTTY }));
}

/** One line of NDJSON on stdout. */
export function printRecord(record: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(record)}\n`);
}

/** Text as it is on stdout. */
export function printText(text: string): void {
  process.stdout.write(text);
}

/** A line for people on stderr: progress, warnings, summaries. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** `1 prefix`, `2 prefixes`: a count with its noun. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The wall clock, microseconds. */
export function wallClock(): EventTime {
  return Date.now() * 1000;
}

/** The text of a file, or of standard input for `-`; a byte order mark is no part of it. */
export async function readTextFile(path: string): Promise<string> {
  try {
    const read = await (isStandardInput(path) ? text(process.stdin) : readFile(path, 'utf8'));
    return read.replace(/^\uFEFF/, '');
  } catch (error) {
    throw new CliError(ExitCode.usage, `Cannot read ${fileTitle(path)}: ${fileErrorReason(error)}`, { cause: error });
  }
}

/** The file's name in messages. */
export function fileTitle(path: string): string {
  return isStandardInput(path) ? 'standard input' : path;
}

function isStandardInput(path: string): boolean {
  return path === '-';
}

/** One line a change: `+` added, `-` removed, `~` changed. */
export function printChanges({ json }: Pick<CommandArgs, 'json'>, changes: readonly Change[]): void {
  const signs = { add: '+', remove: '-', change: '~' } as const;
  for (const change of changes) {
    const { op, kind, name, details } = change;
    if (json) printRecord({ kind: 'change', op, of: kind, name, details });
    else
      printText(
        `${[`${signs[op]} ${kind}${kind === 'options' ? '' : ` ${name}`}`, details.join('; ')].join('  ').trimEnd()}\n`,
      );
  }
}
