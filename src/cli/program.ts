// The command line as one yargs program: global options, every command, and usage errors as exit code 2.

import yargs, { type Argv } from 'yargs';
import { applyCommand } from './commands/apply.js';
import { initCommand } from './commands/init.js';
import { exportCommand } from './commands/export.js';
import { backupCommand } from './commands/backup.js';
import { billCommand } from './commands/bill.js';
import { providerCommand } from './commands/provider.js';
import { locationCommand } from './commands/location.js';
import { catalogueCommand } from './commands/catalogue.js';
import { connectionCommand } from './commands/connection.js';
import { prefixCommand } from './commands/prefix.js';
import { dumpCommand } from './commands/dump.js';
import { eventsCommand } from './commands/events.js';
import { incidentsCommand } from './commands/incidents.js';
import { routesCommand } from './commands/routes.js';
import { statusCommand } from './commands/status.js';
import { checkConfigCommand } from './commands/check-config.js';
import { replayCommand } from './commands/replay.js';
import { runCommand } from './commands/run.js';
import { startCommand } from './commands/start.js';
import { CliError, ExitCode } from './exit-code.js';
import { configuredDatabase, defaultDatabase } from './global-options.js';

/** The program for `args`; `parseAsync()` runs the command. Throws CliError on wrong usage. */
export function program(args: readonly string[]): Argv {
  return yargs([...args])
    .scriptName('peerwatch')
    .usage('$0 <command> [options]\n\nWatches BGP for your prefixes: hijacks, leaks, path changes, lost visibility.')
    .option('database', {
      type: 'string',
      default: '',
      defaultDescription: 'database.path of the configuration, else ' + defaultDatabase(),
      describe: 'SQLite database',
    })
    .option('config', { type: 'string', describe: 'configuration file (YAML)', global: true })
    .option('json', { type: 'boolean', default: false, describe: 'machine output, one JSON object a line' })
    .option('log-level', {
      choices: ['trace', 'debug', 'info', 'warn', 'error'] as const,
      describe: 'least level of the log; default: log.level of the configuration',
    })
    .option('color', { type: 'boolean', default: true, describe: 'colour on a terminal (--no-color)' })
    .middleware((args) => {
      if (args.database !== '') return;
      const lenient = args._[0] === 'check-config'; // which tells the faults of a configuration itself
      args.database = lenient ? defaultDatabase() : configuredDatabase(args.config);
    })
    .command(applyCommand)
    .command(initCommand)
    .command(exportCommand)
    .command(backupCommand)
    .command(billCommand)
    .command(providerCommand)
    .command(locationCommand)
    .command(catalogueCommand)
    .command(connectionCommand)
    .command(prefixCommand)
    .command(dumpCommand)
    .command(replayCommand)
    .command(runCommand)
    .command(startCommand)
    .command(checkConfigCommand)
    .command(incidentsCommand)
    .command(eventsCommand)
    .command(routesCommand)
    .command(statusCommand)
    .completion('completion', 'prints a completion script for the shell')
    .demandCommand(1, 'Name a command; --help lists them.')
    .strict()
    .recommendCommands()
    .wrap(110)
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      if (error instanceof Error && message === null) throw error;
      throw new CliError(ExitCode.usage, `${message ?? String(error)}\nTry: peerwatch --help`);
    });
}
