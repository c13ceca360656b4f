// `export`: the registry as YAML on stdout, which `apply` makes the same registry of.

import { type CommandModule } from 'yargs';
import { registryToPlain } from '../../registry/plain-form.js';
import { formatRegistryFile } from '../../registry/registry-file.js';
import { loadRegistry } from '../../registry/registry-store.js';
import { type CommandArgs, printRecord, printText } from '../command-line.js';
import { withDatabase } from '../with-database.js';

export const exportCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'export',
  describe: 'Prints the registry as YAML that apply takes back',
  builder: (yargs) =>
    yargs
      .example('$0 export > registry.yaml', 'to review, keep, and apply elsewhere')
      .example('$0 export --json', 'the same as one JSON object, which apply takes too'),
  handler: async ({ database, json }) => {
    const registry = await withDatabase(database, { readonly: true }, loadRegistry);
    if (json) printRecord(registryToPlain(registry));
    else printText(formatRegistryFile(registry));
  },
};
