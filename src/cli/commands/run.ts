// `run`: the daemon.

import process from 'node:process';
import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { ListenError } from '../../api/server.js';
import { ConfigError } from '../../daemon/config-error.js';
import { loadConfig, type LoadedConfig } from '../../daemon/config.js';
import { Daemon } from '../../daemon/daemon.js';
import { boundHeapGrowth } from '../../daemon/heap-growth.js';
import { createLogger } from '../../daemon/log.js';
import { Shutdown } from '../../daemon/shutdown.js';
import { type Batch } from '../../pipeline/store.js';
import { DatabaseError } from '../../registry/database.js';
import { DatabaseHeldError } from '../../registry/database-lock.js';
import { type CommandArgs } from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import { packageVersion } from '../package-version.js';

export const runCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'run',
  describe: 'The daemon: all configured sources, metrics, health',
  builder: (yargs) =>
    yargs
      .example('$0 run --config /etc/peerwatch/peerwatch.yaml', 'in the foreground; SIGTERM or Ctrl-C stops it')
      .example('kill -HUP PID', 'reads configuration and reference data again')
      .epilogue(
        'PEERWATCH_LISTEN=ADDRESS:PORT overrides http.listen. MRT files go into the spool folder (sources.spool.directory).',
      ),
  handler: (args) => runDaemon(args, { loaded: readConfig(args) }),
};

/** What `start` does beyond `run`. */
export interface DaemonTask {
  readonly loaded: LoadedConfig;
  readonly database?: string;
  readonly onCommit?: (batch: Batch) => void;
  /** Called with the daemon before it reads its spool. */
  readonly prepare?: (daemon: Daemon, signal: AbortSignal) => Promise<void>;
  readonly announce?: (url: string) => void;
}

/** Runs a daemon until it is told to stop. */
export async function runDaemon(args: ArgumentsCamelCase<CommandArgs>, task: DaemonTask): Promise<void> {
  boundHeapGrowth();
  const { loaded, prepare, announce = () => undefined, onCommit } = task;
  const { level, format } = loaded.config.log;
  const logger = createLogger({ level: args.logLevel ?? level, format, env: process.env });
  const shutdown = new Shutdown({ signals: process, logger });
  try {
    const daemon = new Daemon({
      database: task.database ?? args.database,
      loaded,
      reload: () => readConfig(args, { readsData: true }),
      logger,
      shutdown,
      version: packageVersion(),
      ...(onCommit && { onCommit }),
    });
    await prepare?.(daemon, shutdown.signal);
    if (!shutdown.signal.aborted) await daemon.run(announce);
  } catch (error) {
    throw explain(error);
  } finally {
    if (!(await shutdown.close())) process.exitCode = ExitCode.failed;
  }
}

/** @throws CliError with every fault. */
export function readConfig({ config }: Pick<CommandArgs, 'config'>, { readsData = false } = {}): LoadedConfig {
  try {
    return loadConfig(config, process.env, { readsData });
  } catch (error) {
    throw explain(error);
  }
}

function explain(error: unknown): unknown {
  const usage =
    error instanceof ConfigError ||
    error instanceof ListenError ||
    error instanceof DatabaseError ||
    error instanceof DatabaseHeldError;
  return usage ? new CliError(ExitCode.usage, error.message, { cause: error }) : error;
}
