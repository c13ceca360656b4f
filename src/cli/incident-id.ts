// The incident that a command is about: its id on the command line, whole or the beginning of it.

import { type Argv } from 'yargs';
import { type Database } from '../registry/database.js';
import { incidentsBeginning, type StoredIncident } from '../registry/incidents.js';
import { type CommandArgs } from './command-line.js';
import { CliError, ExitCode } from './exit-code.js';

export interface IdArgs extends CommandArgs {
  readonly id: string;
}

export function withId(yargs: Argv<CommandArgs>): Argv<IdArgs> {
  return yargs.positional('id', {
    type: 'string',
    demandOption: true,
    describe: 'its id, or the first 4 digits or more',
  });
}

export function incidentOf(db: Database, id: string): StoredIncident {
  const found = incidentsBeginning(db, id);
  if (found.length === 1) return found[0];
  const message =
    found.length === 0
      ? `no incident has an id that begins with "${id}" (4 to 16 hex digits)`
      : `more than one incident has an id that begins with "${id}": write more of it`;
  throw new CliError(ExitCode.usage, message);
}
