// `apply FILE`: makes the registry what the file says, in one transaction, after showing what changes.

import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { allFaults, parseRegistryFile } from '../../registry/registry-file.js';
import { changeRegistry, RegistryShrinkError } from '../../registry/registry-store.js';
import { type CommandArgs, counted, printChanges, printNote, readTextFile, wallClock } from '../command-line.js';
import { refuseFaults } from '../file-faults.js';
import { CliError, ExitCode } from '../exit-code.js';
import { withDatabase } from '../with-database.js';

interface ApplyArgs extends CommandArgs {
  readonly file: string;
  readonly 'dry-run': boolean;
  readonly 'allow-shrink': boolean;
}

export const applyCommand: CommandModule<CommandArgs, ApplyArgs> = {
  command: 'apply <file>',
  describe: 'Makes the registry what a YAML file says; shows the differences',
  builder: (yargs) =>
    yargs
      .positional('file', { type: 'string', demandOption: true, describe: 'registry file, or - for standard input' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'show the differences, store nothing' })
      .option('allow-shrink', { type: 'boolean', default: false, describe: 'allow half of the registry or more to go' })
      .example('$0 apply registry.yaml --dry-run', 'what would change'),
  handler: apply,
};

async function apply(args: ArgumentsCamelCase<ApplyArgs>): Promise<void> {
  const file = parseRegistryFile(await readTextFile(args.file));
  refuseFaults(args.file, allFaults(file));
  await withDatabase(args.database, {}, (db) => {
    const options = { now: wallClock(), dryRun: args.dryRun, refuseShrink: !args.allowShrink };
    try {
      const changes = changeRegistry(db, options, () => file.registry);
      printChanges(args, changes);
      printNote(summary(changes.length, args.dryRun));
    } catch (error) {
      if (!(error instanceof RegistryShrinkError)) throw error;
      printChanges(args, error.changes);
      const advice = 'half of the registry or more would go, nothing was stored; --allow-shrink allows it';
      throw new CliError(ExitCode.usage, advice, { cause: error });
    }
  });
}

function summary(count: number, isDryRun: boolean): string {
  if (count === 0) return 'The registry is already so; nothing changes.';
  const things = counted(count, 'change');
  return isDryRun ? `${things}; dry run, nothing was stored.` : `${things} applied.`;
}
