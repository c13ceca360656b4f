// `catalogue import FILE`: adds the providers of a YAML file to the registry, and changes those that are there. None is removed;
// connections in the file are left to `apply`.

import { type CommandModule } from 'yargs';
import { parseRegistryFile } from '../../registry/registry-file.js';
import { type CommandArgs, printNote, readTextFile } from '../command-line.js';
import { refuseFaults } from '../file-faults.js';
import { changeAndPrint } from '../registry-args.js';

interface ImportArgs extends CommandArgs {
  readonly file: string;
}

const importCommand: CommandModule<CommandArgs, ImportArgs> = {
  command: 'import <file>',
  describe: 'Adds or changes the providers that a YAML file lists',
  builder: (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'the section "providers" of a registry file',
      })
      .example('$0 catalogue import providers.yaml', ''),
  handler: async (args) => {
    const { registry, faults } = parseRegistryFile(await readTextFile(args.file));
    refuseFaults(args.file, faults);
    if (registry.connections.length > 0)
      printNote('The connections in the file were left out; "peerwatch apply" takes them.');
    const names = new Set(registry.providers.map(({ name }) => name));
    await changeAndPrint({ ...args, allowDocumentation: registry.allowDocumentation }, (current) => ({
      ...current,
      providers: [...current.providers.filter(({ name }) => !names.has(name)), ...registry.providers],
    }));
  },
};

export const catalogueCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'catalogue',
  describe: 'The catalogue of providers: import',
  builder: (yargs) =>
    yargs
      .command(importCommand)
      .example('$0 catalogue import providers.yaml', '')
      .demandCommand(1, 'Name what to do with the catalogue: import.'),
  handler: () => undefined,
};
