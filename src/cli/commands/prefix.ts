// `prefix add/list/show/remove/import`: the registered prefixes. One is immutable: to change it, remove and add (or `apply`).

import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { prefixToPlain } from '../../registry/plain-form.js';
import { type PlacedPrefix, placedPrefixes } from '../../registry/diff.js';
import { parsePrefixList, type PrefixList } from '../../registry/prefix-list.js';
import { type RegisteredPrefix, type Registry } from '../../registry/registry-model.js';
import { changeRegistry, loadRegistry, RegistryRejectedError } from '../../registry/registry-store.js';
import { validateConnections } from '../../registry/rule-table.js';
import { type Fault } from '../../registry/validation.js';
import { type FileFault, type Place } from '../../registry/yaml-reader.js';
import {
  type CommandArgs,
  counted,
  printChanges,
  printListing,
  printNote,
  readTextFile,
  wallClock,
} from '../command-line.js';
import { refuseFaults } from '../file-faults.js';
import { CliError, ExitCode } from '../exit-code.js';
import { addOptions, type PrefixAddArgs, readPrefixArgs } from '../prefix-args.js';
import { changeAndPrint, connectionOf, listText, withConnection } from '../registry-args.js';
import { withDatabase } from '../with-database.js';

interface ListArgs extends CommandArgs {
  readonly connection: string | undefined;
}

interface PrefixArgs extends ListArgs {
  readonly prefix: string;
}

interface ImportArgs extends ListArgs {
  readonly file: string;
}

const addCommand: CommandModule<CommandArgs, PrefixAddArgs> = {
  command: 'add <prefix>',
  describe: 'Registers a prefix with a connection',
  builder: (yargs) => addOptions(yargs),
  handler: async (args) => {
    const { entry, faults } = readPrefixArgs(args);
    await changeAndPrint(
      args,
      (current) => {
        const connection = connectionOf(current, args.connection);
        return withConnection(current, { ...connection, prefixes: [...connection.prefixes, entry] });
      },
      faults,
    );
    printNote(
      'V3: no IRR or RPKI data is loaded, the state is Warning; "peerwatch connection validate" shows every rule.',
    );
  },
};

const listCommand: CommandModule<CommandArgs, ListArgs> = {
  command: 'list',
  describe: 'Lists the prefixes',
  builder: (yargs) =>
    yargs
      .option('connection', { type: 'string', describe: 'only this one; default: all' })
      .example('$0 prefix list --connection seattle-hq', ''),
  handler: async (args) => {
    const registry = await withDatabase(args.database, { readonly: true }, loadRegistry);
    if (args.connection !== undefined) connectionOf(registry, args.connection);
    const isChosen = ({ connection }: PlacedPrefix): boolean => connection === (args.connection ?? connection);
    printPrefixes(args, registry, placedPrefixes(registry).filter(isChosen));
  },
};

const showCommand: CommandModule<CommandArgs, PrefixArgs> = {
  command: 'show <prefix>',
  describe: 'Shows a prefix with what is expected of it',
  builder: (yargs) =>
    yargs
      .positional('prefix', { type: 'string', demandOption: true, describe: 'the prefix or its name' })
      .example('$0 prefix show 203.0.113.0/24', '')
      .option('connection', { type: 'string', describe: 'where a name occurs in several' }),
  handler: async (args) => {
    const registry = await withDatabase(args.database, { readonly: true }, loadRegistry);
    const placed = placedOf(registry, args);
    if (args.json) {
      printPrefixes(args, registry, [placed]);
      return;
    }
    const facts = Object.entries({ connection: placed.connection, ...prefixToPlain(placed.entry) });
    const rows = facts.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]);
    printListing(args, { head: ['what', 'value'], rows, records: [] });
  },
};

const removeCommand: CommandModule<CommandArgs, PrefixArgs> = {
  command: 'remove <prefix>',
  describe: 'Removes a prefix; the month it was registered in is still billed',
  builder: (yargs) =>
    yargs
      .positional('prefix', { type: 'string', demandOption: true, describe: 'the prefix or its name' })
      .example('$0 prefix remove 203.0.113.0/24', '')
      .option('connection', { type: 'string', describe: 'where a name occurs in several' }),
  handler: async (args) => {
    await changeAndPrint(args, (current) => {
      const { connection: name, entry } = placedOf(current, args);
      const connection = connectionOf(current, name);
      return withConnection(current, { ...connection, prefixes: connection.prefixes.filter((kept) => kept !== entry) });
    });
  },
};

const importCommand: CommandModule<CommandArgs, ImportArgs> = {
  command: 'import <file>',
  describe: 'Registers prefixes from a list or CSV, all or none',
  builder: (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'one prefix a line, or CSV with the columns prefix, connection, name, origins; - for standard input',
      })
      .option('connection', { type: 'string', describe: 'for lines that name none' })
      .example('$0 prefix import prefixes.txt --connection seattle-hq', ''),
  handler: importPrefixes,
};

export const prefixCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'prefix',
  describe: 'Prefixes: add, list, show, remove, import',
  builder: (yargs) =>
    yargs
      .command(addCommand)
      .command(listCommand)
      .command(showCommand)
      .command(removeCommand)
      .command(importCommand)
      .example('$0 prefix list', '')
      .demandCommand(1, 'Name what to do with prefixes: add, list, show, remove or import.'),
  handler: () => undefined,
};

async function importPrefixes(args: ArgumentsCamelCase<ImportArgs>): Promise<void> {
  const list = parsePrefixList(await readTextFile(args.file));
  const unplaced = list.prefixes.some(({ connection }) => connection === '') && args.connection === undefined;
  if (unplaced) throw new CliError(ExitCode.usage, 'some lines name no connection; --connection says which it is');
  const knownFaults = list.faults.map((fault): Fault => ({ ...fault, subject: fault }));
  await withDatabase(args.database, {}, (db) => {
    try {
      const options = { now: wallClock(), knownFaults };
      printChanges(
        args,
        changeRegistry(db, options, (current) => withList(current, list, args.connection)),
      );
    } catch (error) {
      if (error instanceof RegistryRejectedError) refuseFaults(args.file, placedFaults(error.faults, list));
      throw error;
    }
  });
  printNote(`${counted(list.prefixes.length, 'prefix', 'prefixes')} registered.`);
}

function withList(current: Registry, { prefixes }: PrefixList, defaultConnection = ''): Registry {
  const added = new Map<string, RegisteredPrefix[]>();
  for (const { connection: named, entry } of prefixes) {
    const { name } = connectionOf(current, named === '' ? defaultConnection : named);
    const entries = added.get(name) ?? [];
    entries.push(entry);
    added.set(name, entries);
  }
  const connections = current.connections.map((connection) => {
    const entries = added.get(connection.name);
    return entries === undefined ? connection : { ...connection, prefixes: [...connection.prefixes, ...entries] };
  });
  return { ...current, connections };
}

/** Faults at the lines of the list, in their order. */
function placedFaults(faults: readonly Fault[], { places, faults: known }: PrefixList): readonly FileFault[] {
  const byFault = new Map<object, Place>([...places, ...known.map((fault) => [fault, fault] as const)]);
  return faults
    .map(({ rule, message, subject }) => ({ rule, message, ...place(byFault.get(subject)) }))
    .sort((a, b) => a.line - b.line);
}

function place(found: Place | undefined): Place {
  return { line: found?.line ?? 1, column: found?.column ?? 1 };
}

/** The registered prefix of that text or name. */
function placedOf(registry: Registry, { prefix, connection }: Pick<PrefixArgs, 'prefix' | 'connection'>): PlacedPrefix {
  const found = placedPrefixes(registry).filter(({ connection: name, entry }) => {
    return name === (connection ?? name) && (entry.prefix.toString() === prefix || entry.name === prefix);
  });
  const only = found.at(0);
  if (only === undefined) throw new CliError(ExitCode.usage, `prefix not found: "${prefix}"`);
  if (found.length > 1)
    throw new CliError(ExitCode.usage, `"${prefix}" is in several connections; --connection says which`);
  return only;
}

function printPrefixes(args: CommandArgs, registry: Registry, prefixes: readonly PlacedPrefix[]): void {
  const states = new Map(validateConnections(registry).map(({ entry, state }) => [entry, state]));
  const rows = prefixes.map(({ connection, entry }) => {
    const origins = entry.origins ?? connectionOf(registry, connection).asns;
    return [entry.prefix.toString(), entry.name, connection, listText(origins), states.get(entry) ?? '-'];
  });
  const records = prefixes.map(({ connection, entry }) => {
    return { kind: 'prefix', connection, ...prefixToPlain(entry), validationState: states.get(entry) ?? null };
  });
  printListing(args, { head: ['prefix', 'name', 'connection', 'origins', 'state'], rows, records });
}
