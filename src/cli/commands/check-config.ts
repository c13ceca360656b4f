// `check-config`: says everything that is wrong with the configuration and the registry, each fault with its line, and changes
// nothing. The registry is the one in the database, if there is one, or the file that is named. Exit code 2 where there is a fault.

import { existsSync } from 'node:fs';
import process from 'node:process';
import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { ConfigError, formatFault as formatConfigFault } from '../../daemon/config-error.js';
import { jsonSchema } from '../../daemon/config-schema.js';
import { loadConfig } from '../../daemon/config.js';
import { allFaults, parseRegistryFile } from '../../registry/registry-file.js';
import { loadRegistry } from '../../registry/registry-store.js';
import { findFaults, formatFault } from '../../registry/validation.js';
import { type Registry } from '../../registry/registry-model.js';
import {
  type CommandArgs,
  counted,
  fileTitle,
  printNote,
  printRecord,
  printText,
  readTextFile,
} from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import { defaultDatabase } from '../global-options.js';
import { withDatabase } from '../with-database.js';

interface CheckArgs extends CommandArgs {
  readonly registry: string | undefined;
  readonly schema: boolean;
}

/** One fault for people and machines; line and column are 0 where nothing in a file is meant. */
interface CheckFault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly key: string;
  readonly message: string;
}

export const checkConfigCommand: CommandModule<CommandArgs, CheckArgs> = {
  command: 'check-config [registry]',
  describe: 'Validates the configuration and the registry; says every fault with its line',
  builder: (yargs) =>
    yargs
      .positional('registry', { type: 'string', describe: 'registry file; default: the registry in the database' })
      .option('schema', { type: 'boolean', default: false, describe: 'print the JSON schema of peerwatch.yaml' })
      .example('$0 check-config --config peerwatch.yaml', '')
      .example('$0 check-config registry.yaml', 'before "apply"')
      .example('$0 check-config --schema > peerwatch.schema.json', 'for completion in editors'),
  handler: checkConfig,
};

async function checkConfig(args: ArgumentsCamelCase<CheckArgs>): Promise<void> {
  if (args.schema) {
    printText(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
    return;
  }
  const config = checkFile(args.config);
  const database = args.database === defaultDatabase() ? (config.database ?? args.database) : args.database;
  const registry = await checkRegistry(args.registry, database);
  const faults = [...config.faults, ...registry.faults];
  for (const fault of faults) {
    if (args.json) printRecord({ kind: 'fault', ...fault });
    else printText(`${formatConfigFault(fault.file, fault)}\n`);
  }
  if (faults.length > 0) throw new CliError(ExitCode.usage, counted(faults.length, 'fault'));
  printNote(`${config.title}: fine; ${registry.title}`);
}

interface CheckedConfigFile {
  readonly title: string;
  readonly faults: readonly CheckFault[];
  /** `database.path` of a sound file. */
  readonly database: string | null;
}

function checkFile(path: string | undefined): CheckedConfigFile {
  try {
    const { config, file } = loadConfig(path, process.env, { readsData: true });
    return { title: file ?? 'no configuration file, all defaults', faults: [], database: config.database.path };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { file } = error;
    return { title: file, faults: error.faults.map((fault) => ({ file, ...fault })), database: null };
  }
}

async function checkRegistry(
  file: string | undefined,
  database: string,
): Promise<{ readonly title: string; readonly faults: readonly CheckFault[] }> {
  if (file !== undefined) {
    const parsed = parseRegistryFile(await readTextFile(file));
    const faults = allFaults(parsed).map((fault): CheckFault => {
      const message = formatFault({ ...fault, subject: fault });
      return { file: fileTitle(file), line: fault.line, column: fault.column, key: '', message };
    });
    return { title: `${fileTitle(file)}: ${contents(parsed.registry)}`, faults };
  }
  if (!existsSync(database)) return { title: `no database at ${database}`, faults: [] };
  return withDatabase(database, { readonly: true }, (db) => {
    const registry = loadRegistry(db);
    const faults = findFaults(registry).map((fault): CheckFault => {
      return { file: database, line: 0, column: 0, key: '', message: formatFault(fault) };
    });
    return { title: `${database}: ${contents(registry)}`, faults };
  });
}

function contents({ providers, connections }: Registry): string {
  const prefixes = connections.reduce((sum, connection) => sum + connection.prefixes.length, 0);
  const parts = [
    counted(providers.length, 'provider'),
    counted(connections.length, 'connection'),
    counted(prefixes, 'prefix', 'prefixes'),
  ];
  return parts.join(', ');
}
