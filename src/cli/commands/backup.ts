// `backup FILE`: an online copy of the database, consistent while a daemon writes.

import { type CommandModule } from 'yargs';
import { backupDatabase } from '../../registry/database.js';
import { type CommandArgs, printNote } from '../command-line.js';
import { withDatabase } from '../with-database.js';

interface BackupArgs extends CommandArgs {
  readonly file: string;
}

export const backupCommand: CommandModule<CommandArgs, BackupArgs> = {
  command: 'backup <file>',
  describe: 'Copies the database while it is in use',
  builder: (yargs) =>
    yargs
      .positional('file', { type: 'string', demandOption: true, describe: 'new file; an existing one is refused' })
      .example('$0 backup /srv/backup/peerwatch.db', ''),
  handler: async ({ database, file }) => {
    await withDatabase(database, { readonly: true }, (db) => backupDatabase(db, file));
    printNote(`copied ${database} to ${file}`);
  },
};
