// What the registry's commands share: options that are lists, AS numbers from the command line, and one change of the registry with
// its differences printed.

import { type Asn, parseAsn } from '../ip/asn.js';
import { type Prefix } from '../ip/prefix.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { prefixProblem } from '../registry/registry-file.js';
import { type Connection, type Registry, sortAsns } from '../registry/registry-model.js';
import { changeRegistry } from '../registry/registry-store.js';
import { type Fault } from '../registry/validation.js';
import { type CommandArgs, printChanges, printNote, wallClock } from './command-line.js';
import { CliError, ExitCode } from './exit-code.js';
import { withDatabase } from './with-database.js';

/** A text option that may be repeated: `--metro Seattle --metro Portland`. One value each, so that it eats no positional. */
export function repeatable(describe: string): { type: 'string'; array: true; nargs: 1; describe: string } {
  return { type: 'string', array: true, nargs: 1, describe };
}

/** The option that lets documentation numbers in from now on. */
export const allowDocumentationOption = {
  type: 'boolean',
  default: false,
  describe: 'let documentation prefixes and AS numbers be registered from now on',
} as const;

/** AS numbers of repeated or comma-separated texts. */
export function asnsOf(texts: readonly string[]): readonly Asn[] {
  const words = texts.flatMap((text) => text.split(/[\s,]+/)).filter((word) => word !== '');
  return sortAsns(words.map(asnOf));
}

/** @throws CliError where the text is no AS number. */
export function asnOf(text: string): Asn {
  const asn = parseAsn(text);
  if (asn === null) throw new CliError(ExitCode.usage, `"${text}" is no AS number (0 to 4294967295)`);
  return asn;
}

/** Changes the registry and prints the differences; with `allowDocumentation` the option is set along with it. */
export async function changeAndPrint(
  args: CommandArgs & { readonly allowDocumentation?: boolean },
  derive: (current: Registry) => Registry,
  knownFaults: readonly Fault[] = [],
): Promise<void> {
  await withDatabase(args.database, {}, (db) => {
    const changes = changeRegistry(db, { now: wallClock(), knownFaults }, (current) => {
      const next = derive(current);
      return args.allowDocumentation === true ? { ...next, allowDocumentation: true } : next;
    });
    printChanges(args, changes);
    if (changes.length === 0) printNote('The registry is already so; nothing changes.');
  });
}

/** @throws CliError where the registry has no such connection. */
export function connectionOf(registry: Registry, name: string): Connection {
  const connection = registry.connections.find((candidate) => candidate.name === name);
  if (connection === undefined) throw new CliError(ExitCode.usage, `connection not found: "${name}"`);
  return connection;
}

/** The registry with one connection replaced. */
export function withConnection(registry: Registry, changed: Connection): Registry {
  const connections = registry.connections.map((connection) =>
    connection.name === changed.name ? changed : connection,
  );
  return { ...registry, connections };
}

/** A list on one line, `-` for none. */
export function listText(items: readonly (string | number)[]): string {
  return items.length === 0 ? '-' : items.join(', ');
}

/**
 * A prefix from the command line, with what is wrong with it (V1): where host bits are set it goes on without them so that its other
 * faults are found, where the text is no prefix at all it is null.
 */
export function readPrefix(text: string): { readonly prefix: Prefix | null; readonly faults: readonly Fault[] } {
  const problem = prefixProblem(text);
  if (problem === null) return { prefix: parsePrefix(text), faults: [] };
  const message = `prefix is invalid: ${problem.message}`;
  return { prefix: problem.masked, faults: [{ rule: 'V1', subject: problem.masked ?? { text }, message }] };
}
