// `init`: makes the database, and beside it a commented peerwatch.yaml. What is there already stays as it is.

import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { commentedConfig } from '../../daemon/config-template.js';
import { changeRegistry } from '../../registry/registry-store.js';
import { fileErrorReason } from '../../sources/file-error.js';
import { type CommandArgs, printNote, printRecord, printText, wallClock } from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import { withDatabase } from '../with-database.js';

interface InitArgs extends CommandArgs {
  readonly 'allow-documentation': boolean;
}

export const initCommand: CommandModule<CommandArgs, InitArgs> = {
  command: 'init',
  describe: 'Makes the database and a commented configuration; overwrites nothing',
  builder: (yargs) =>
    yargs
      .option('allow-documentation', {
        type: 'boolean',
        default: false,
        describe: 'let documentation prefixes and AS numbers be registered (for tests)',
      })
      .example('$0 init --database state/peerwatch.db', 'makes the folder too'),
  handler: init,
};

async function init({ database, config, json, allowDocumentation }: ArgumentsCamelCase<InitArgs>): Promise<void> {
  const isNew = !existsSync(database);
  await withDatabase(database, { create: true }, (db) => {
    if (!allowDocumentation) return;
    changeRegistry(db, { now: wallClock() }, (current) => ({ ...current, allowDocumentation: true }));
  });
  report(json, database, isNew);
  const configFile = config ?? join(dirname(database), 'peerwatch.yaml');
  report(json, configFile, writeNew(configFile, commentedConfig()));
}

/** False where the file was there already; then it is left alone. */
function writeNew(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new CliError(ExitCode.usage, `Cannot write ${path}: ${fileErrorReason(error)}`, { cause: error });
  }
}

function report(json: boolean, path: string, isNew: boolean): void {
  if (json) printRecord({ kind: 'file', path, created: isNew });
  else if (isNew) printText(`created ${path}\n`);
  else printNote(`${path} is there already and was left as it is`);
}
