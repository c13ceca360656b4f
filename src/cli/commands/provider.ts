// `provider add/list/show/remove`: the catalogue of ISPs and IXPs.

import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { providerToPlain } from '../../registry/plain-form.js';
import { type Provider, type Registry } from '../../registry/registry-model.js';
import { loadRegistry } from '../../registry/registry-store.js';
import { type CommandArgs, printListing } from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import { allowDocumentationOption, asnsOf, changeAndPrint, listText, repeatable } from '../registry-args.js';
import { withDatabase } from '../with-database.js';

interface NameArgs extends CommandArgs {
  readonly name: string;
}

interface AddArgs extends NameArgs {
  readonly asn: readonly string[] | undefined;
  readonly metro: readonly string[] | undefined;
  readonly 'allow-documentation': boolean;
}

const addCommand: CommandModule<CommandArgs, AddArgs> = {
  command: 'add <name>',
  describe: 'Adds a provider',
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', demandOption: true })
      .option('asn', { ...repeatable('AS number; may be repeated'), alias: 'asns' })
      .option('metro', { ...repeatable('peering location; may be repeated'), alias: 'metros' })
      .option('allow-documentation', allowDocumentationOption)
      .example('$0 provider add "Contoso Transit" --asn 64500 --metro Seattle --metro Portland', ''),
  handler: add,
};

const listCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'list',
  describe: 'Lists the providers',
  builder: (yargs) => yargs.example('$0 provider list --json', ''),
  handler: async (args) => {
    const { providers } = await withDatabase(args.database, { readonly: true }, loadRegistry);
    printProviders(args, providers);
  },
};

const showCommand: CommandModule<CommandArgs, NameArgs> = {
  command: 'show <name>',
  describe: 'Shows one provider',
  builder: (yargs) =>
    yargs.positional('name', { type: 'string', demandOption: true }).example('$0 provider show "Contoso Transit"', ''),
  handler: async (args) => {
    const registry = await withDatabase(args.database, { readonly: true }, loadRegistry);
    printProviders(args, [providerOf(registry, args.name)]);
  },
};

const removeCommand: CommandModule<CommandArgs, NameArgs> = {
  command: 'remove <name>',
  describe: 'Removes a provider that no connection names',
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', demandOption: true })
      .example('$0 provider remove "Contoso Transit"', ''),
  handler: async (args) => {
    await changeAndPrint(args, (current) => {
      const removed = providerOf(current, args.name);
      return { ...current, providers: current.providers.filter((provider) => provider !== removed) };
    });
  },
};

export const providerCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'provider',
  describe: 'Providers: add, list, show, remove',
  builder: (yargs) =>
    yargs
      .command(addCommand)
      .command(listCommand)
      .command(showCommand)
      .command(removeCommand)
      .example('$0 provider list', '')
      .demandCommand(1, 'Name what to do with providers: add, list, show or remove.'),
  handler: () => undefined,
};

async function add(args: ArgumentsCamelCase<AddArgs>): Promise<void> {
  const added = { name: args.name, asns: asnsOf(args.asn ?? []), metros: [...new Set(args.metro ?? [])] };
  await changeAndPrint(args, (current) => ({ ...current, providers: [...current.providers, added] }));
}

function providerOf(registry: Registry, name: string): Provider {
  const provider = registry.providers.find((candidate) => candidate.name === name);
  if (provider === undefined) throw new CliError(ExitCode.usage, `provider not found: "${name}"`);
  return provider;
}

function printProviders(args: CommandArgs, providers: readonly Provider[]): void {
  printListing(args, {
    head: ['name', 'asns', 'metros'],
    rows: providers.map(({ name, asns, metros }) => [name, listText(asns), listText(metros)]),
    records: providers.map((provider) => ({ kind: 'provider', ...providerToPlain(provider) })),
  });
}
