// The command line as one yargs program: global options, every command, and usage errors as exit code 2. The modules of a command
// are loaded when it is the one that is named, so that `dump` does not wait for a web server to be read. What usage-errors.ts makes
// of a complaint of yargs is what the user reads.

import yargs, { type Argv, type CommandModule } from 'yargs';
import { CliError, ExitCode } from './exit-code.js';
import { packageVersion } from './package-version.js';
import { repeatedOption, unknownCommand, usageMessage } from './usage-errors.js';

const COMMANDS: Readonly<Record<string, () => Promise<unknown>>> = {
  init: async () => (await import('./commands/init.js')).initCommand,
  provider: async () => (await import('./commands/provider.js')).providerCommand,
  location: async () => (await import('./commands/location.js')).locationCommand,
  catalogue: async () => (await import('./commands/catalogue.js')).catalogueCommand,
  connection: async () => (await import('./commands/connection.js')).connectionCommand,
  prefix: async () => (await import('./commands/prefix.js')).prefixCommand,
  apply: async () => (await import('./commands/apply.js')).applyCommand,
  export: async () => (await import('./commands/export.js')).exportCommand,
  dump: async () => (await import('./commands/dump.js')).dumpCommand,
  replay: async () => (await import('./commands/replay.js')).replayCommand,
  backtest: async () => (await import('./commands/backtest.js')).backtestCommand,
  learn: async () => (await import('./commands/learn.js')).learnCommand,
  run: async () => (await import('./commands/run.js')).runCommand,
  start: async () => (await import('./commands/start.js')).startCommand,
  incidents: async () => (await import('./commands/incidents.js')).incidentsCommand,
  events: async () => (await import('./commands/events.js')).eventsCommand,
  routes: async () => (await import('./commands/routes.js')).routesCommand,
  why: async () => (await import('./commands/why.js')).whyCommand,
  status: async () => (await import('./commands/status.js')).statusCommand,
  bill: async () => (await import('./commands/bill.js')).billCommand,
  backup: async () => (await import('./commands/backup.js')).backupCommand,
  'check-config': async () => (await import('./commands/check-config.js')).checkConfigCommand,
};

/** Stands in front of what yargs must not read as an option: `-`, which it drops from lists, and what follows `--`. */
const LITERAL = '\0';

/** Runs the command that `line` names; `help COMMAND` is `COMMAND --help`. Throws CliError on wrong usage. */
export async function runProgram(line: readonly string[]): Promise<void> {
  const args = line[0] === 'help' ? [...line.slice(1), '--help'] : line;
  const word = firstWord(args);
  const named = word !== undefined && Object.hasOwn(COMMANDS, word) ? word : undefined;
  if (word !== undefined && named === undefined && word !== 'completion' && !args.includes('--get-yargs-completions')) {
    throw new CliError(ExitCode.usage, unknownCommand(word, Object.keys(COMMANDS)));
  }
  const loaders = named === undefined ? Object.values(COMMANDS) : [COMMANDS[named]];
  let program = globalOptions(yargs(literals(args)), args);
  for (const load of loaders) program = program.command((await load()) as CommandModule);
  withoutCachedHelp(program);
  await program.parseAsync();
}

/** yargs renders the help of every command that it runs, for a failure to show; ours shows none, and to measure its text costs 30 ms. */
function withoutCachedHelp(program: Argv): void {
  (program as unknown as YargsInternals).getInternalMethods().getUsageInstance().cacheHelpMessage = () => undefined;
}

/** What of yargs has no type. */
interface YargsInternals {
  getInternalMethods(): { getUsageInstance(): { cacheHelpMessage: () => void } };
}

function globalOptions(program: Argv, args: readonly string[]): Argv {
  return program
    .scriptName('peerwatch')
    .version(packageVersion())
    .usage('$0 <command> [options]\n\nWatches BGP for your prefixes: hijacks, leaks, path changes, lost visibility.')
    .option('database', {
      type: 'string',
      default: '',
      defaultDescription: 'database.path of the configuration, else $STATE_DIRECTORY/peerwatch.db or ./peerwatch.db',
      describe: 'SQLite database',
    })
    .option('config', { type: 'string', describe: 'configuration file (YAML)' })
    .option('json', { type: 'boolean', default: false, describe: 'machine output, one JSON object a line' })
    .option('log-level', {
      choices: ['trace', 'debug', 'info', 'warn', 'error'] as const,
      describe: 'least level of the log; default: log.level of the configuration',
    })
    .option('color', { type: 'boolean', default: true, describe: 'colour on a terminal (--no-color)' })
    .middleware(restoreLiterals)
    .middleware(chooseDatabase)
    .completion('completion', 'prints a completion script for the shell')
    .demandCommand(1, 'Name a command; --help lists them.')
    .strict()
    .recommendCommands()
    .wrap(110)
    .exitProcess(false)
    .check((argv: Readonly<Record<string, unknown>>, declared: unknown) => repeatedOption(argv, declared) ?? true)
    .fail((message: string | null, error: Error | undefined) => {
      if (error instanceof Error && (message === null || error instanceof CliError)) throw error;
      throw new CliError(ExitCode.usage, usageMessage(message ?? String(error), program.parsed, args));
    });
}

/** The arguments with those marked that are no options whatever they look like. */
function literals(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  const mark = (arg: string): string => (arg === '-' ? LITERAL + arg : arg);
  if (end === -1) return args.map(mark);
  return [...args.slice(0, end).map(mark), ...args.slice(end + 1).map((arg) => LITERAL + arg)];
}

/** Takes the marks away again. */
function restoreLiterals(args: Record<string, unknown>): void {
  const restored = (value: unknown): unknown =>
    typeof value === 'string' && value.startsWith(LITERAL) ? value.slice(LITERAL.length) : value;
  for (const [name, value] of Object.entries(args)) {
    args[name] = Array.isArray(value) ? value.map(restored) : restored(value);
  }
}

async function chooseDatabase(args: {
  _: readonly (string | number)[];
  database: string;
  config: string | undefined;
}): Promise<void> {
  const command = String(args._[0]);
  if (args.database !== '' || ['dump', 'learn', 'start'].includes(command)) return; // dump and learn need none, start has its own
  const { configuredDatabase, defaultDatabase } = await import('./global-options.js');
  // check-config tells the faults of a configuration itself
  args.database = command === 'check-config' ? defaultDatabase() : configuredDatabase(args.config);
}

/** The word that names the command: the first argument that is neither an option nor the value of a global one. */
function firstWord(args: readonly string[]): string | undefined {
  const values = ['--database', '--config', '--log-level'];
  return args.find((arg, index) => !arg.startsWith('-') && !values.includes(args[index - 1] ?? ''));
}
