// `connection add/list/show/remove/validate`: registered links of the customer.

import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { connectionToPlain, prefixToPlain } from '../../registry/plain-form.js';
import { type Connection, plainPrefix } from '../../registry/registry-model.js';
import { loadRegistry } from '../../registry/registry-store.js';
import { type PrefixValidation, validateConnections } from '../../registry/rule-table.js';
import { type CommandArgs, counted, printListing, printNote, printText } from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import {
  allowDocumentationOption,
  asnsOf,
  changeAndPrint,
  connectionOf,
  listText,
  readPrefix,
  repeatable,
} from '../registry-args.js';
import { withDatabase } from '../with-database.js';

interface NameArgs extends CommandArgs {
  readonly name: string;
}

interface AddArgs extends NameArgs {
  readonly provider: string;
  readonly asn: readonly string[] | undefined;
  readonly country: string | undefined;
  readonly state: string | undefined;
  readonly primary: string | undefined;
  readonly backup: string | undefined;
  readonly prefix: readonly string[] | undefined;
  readonly 'allow-documentation': boolean;
}

const addCommand: CommandModule<CommandArgs, AddArgs> = {
  command: 'add <name>',
  describe: 'Registers a connection',
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', demandOption: true })
      .option('provider', { type: 'string', demandOption: true, describe: 'name of its provider' })
      .option('asn', { ...repeatable("the customer's AS number; may be repeated"), alias: 'asns' })
      .option('country', { type: 'string', describe: 'ISO 3166-1 code, such as US' })
      .option('state', { type: 'string', describe: 'state or province' })
      .option('primary', { type: 'string', describe: 'primary peering location, a metro of the provider' })
      .option('backup', { type: 'string', describe: 'backup peering location, or none' })
      .option('prefix', { ...repeatable('a prefix to register with it; may be repeated'), alias: 'prefixes' })
      .option('allow-documentation', allowDocumentationOption)
      .example('$0 connection add hq --provider "Contoso Transit" --asn 64496 --country US --primary Seattle', ''),
  handler: add,
};

const listCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'list',
  describe: 'Lists the connections',
  builder: (yargs) => yargs.example('$0 connection list --json', ''),
  handler: async (args) => {
    const { connections } = await withDatabase(args.database, { readonly: true }, loadRegistry);
    printConnections(args, connections);
  },
};

const showCommand: CommandModule<CommandArgs, NameArgs> = {
  command: 'show <name>',
  describe: 'Shows a connection and its prefixes',
  builder: (yargs) =>
    yargs.positional('name', { type: 'string', demandOption: true }).example('$0 connection show seattle-hq', ''),
  handler: show,
};

const removeCommand: CommandModule<CommandArgs, NameArgs> = {
  command: 'remove <name>',
  describe: 'Removes a connection with its prefixes',
  builder: (yargs) =>
    yargs.positional('name', { type: 'string', demandOption: true }).example('$0 connection remove seattle-hq', ''),
  handler: async (args) => {
    await changeAndPrint(args, (current) => {
      const removed = connectionOf(current, args.name);
      return { ...current, connections: current.connections.filter((connection) => connection !== removed) };
    });
  },
};

const validateCommand: CommandModule<CommandArgs, CommandArgs & { readonly name: string | undefined }> = {
  command: 'validate [name]',
  describe: 'Shows how every prefix stands with rules V1 to V14',
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', describe: 'a connection; default: all' })
      .example('$0 connection validate seattle-hq', ''),
  handler: validate,
};

export const connectionCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'connection',
  describe: 'Connections: add, list, show, remove, validate',
  builder: (yargs) =>
    yargs
      .command(addCommand)
      .command(listCommand)
      .command(showCommand)
      .command(removeCommand)
      .command(validateCommand)
      .example('$0 connection list', '')
      .demandCommand(1, 'Name what to do with connections: add, list, show, remove or validate.'),
  handler: () => undefined,
};

async function add(args: ArgumentsCamelCase<AddArgs>): Promise<void> {
  const prefixes = (args.prefix ?? []).map(readPrefix);
  const added: Connection = {
    name: args.name,
    provider: args.provider,
    country: args.country ?? null,
    state: args.state ?? null,
    primary: args.primary ?? null,
    backup: args.backup === undefined || args.backup.toLowerCase() === 'none' ? null : args.backup,
    asns: asnsOf(args.asn ?? []),
    prefixes: prefixes.flatMap(({ prefix }) => (prefix === null ? [] : [plainPrefix(prefix)])),
  };
  const faults = prefixes.flatMap((read) => read.faults);
  await changeAndPrint(args, (current) => ({ ...current, connections: [...current.connections, added] }), faults);
}

async function show(args: ArgumentsCamelCase<NameArgs>): Promise<void> {
  const registry = await withDatabase(args.database, { readonly: true }, loadRegistry);
  const connection = connectionOf(registry, args.name);
  printConnections(args, [connection], true);
  if (args.json) return;
  const rows = connection.prefixes.map((entry) => {
    return [entry.prefix.toString(), entry.name, listText(entry.origins ?? connection.asns)];
  });
  printText('\n');
  printListing(args, { head: ['prefix', 'name', 'origins'], rows, records: [] });
}

function printConnections(args: CommandArgs, connections: readonly Connection[], isWhole = false): void {
  printListing(args, {
    head: ['name', 'provider', 'country', 'state', 'primary', 'backup', 'asns', 'prefixes'],
    rows: connections.map((connection) => {
      const { name, provider, country, state, primary, backup, asns, prefixes } = connection;
      const places = [country, state, primary, backup].map((place) => place ?? '-');
      return [name, provider, ...places, listText(asns), prefixes.length];
    }),
    records: connections.map((connection) => ({
      kind: 'connection',
      ...connectionToPlain(connection),
      prefixes: isWhole ? connection.prefixes.map(prefixToPlain) : connection.prefixes.length,
    })),
  });
}

async function validate(args: ArgumentsCamelCase<CommandArgs & { readonly name: string | undefined }>): Promise<void> {
  const registry = await withDatabase(args.database, { readonly: true }, loadRegistry);
  const chosen = args.name === undefined ? registry.connections : [connectionOf(registry, args.name)];
  const validations = validateConnections(registry, chosen);
  for (const validation of validations) printValidation(args, validation);
  if (validations.length === 0) printNote('There is no prefix to validate.');
  const failed = validations.filter(({ state }) => state === 'Failed').length;
  if (failed > 0)
    throw new CliError(
      ExitCode.failed,
      `${failed} of ${counted(validations.length, 'prefix', 'prefixes')} ${failed === 1 ? 'breaks' : 'break'} a rule`,
    );
}

function printValidation(args: CommandArgs, { connection, entry, state, results }: PrefixValidation): void {
  const prefix = entry.prefix.toString();
  if (!args.json) printText(`${prefix} (${entry.name}) of ${connection}: ${state}\n`);
  printListing(args, {
    head: ['rule', 'what', 'verdict', 'why'],
    rows: results.map(({ rule, title, verdict, detail }) => [rule, title, verdict, detail]),
    records: results.map((result) => ({ kind: 'validation', connection, prefix, state, ...result })),
  });
}
