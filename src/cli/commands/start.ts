// `start` (`npm start`): peerwatch on its own example. Keeps everything in ./.peerwatch: makes the database, loads the example registry,
// replays the fixture dumps through the pipeline, prints events and incidents, and goes on as the daemon. A second start continues.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { type Daemon } from '../../daemon/daemon.js';
import { replayFiles } from '../../daemon/replay.js';
import { openDatabase } from '../../registry/database.js';
import { readFileProgress } from '../../registry/files.js';
import { listIncidents } from '../../registry/incidents.js';
import { allFaults, parseRegistryFile } from '../../registry/registry-file.js';
import { changeRegistry } from '../../registry/registry-store.js';
import { expandInputs } from '../../sources/input-files.js';
import { type CommandArgs, printNote, printText, refuseFaults, wallClock } from '../command-line.js';
import { EventPrinter } from '../event-printer.js';
import { printIncidents } from '../incident-listing.js';
import { CliError, ExitCode } from '../exit-code.js';
import { packageFolder } from '../package-version.js';
import { readConfig, runDaemon } from './run.js';

const STATE = '.peerwatch';

export const startCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'start',
  describe: `Tries peerwatch on its own example, in ./${STATE}: replays the fixture dumps, then goes on as the daemon`,
  builder: (yargs) => yargs.example('$0 start', 'Ctrl-C stops it; the next start continues'),
  handler: start,
};

async function start(args: ArgumentsCamelCase<CommandArgs>): Promise<void> {
  if (args.database !== '') {
    const advice = `start keeps its own database, in ./${STATE}; "peerwatch run --database FILE" takes another`;
    throw new CliError(ExitCode.usage, advice);
  }
  const database = join(STATE, 'peerwatch.db');
  mkdirSync(STATE, { recursive: true });
  if (!existsSync(database)) makeExample(database);
  const { config, file, token } = readConfig({ config: args.config });
  const spool = { ...config.sources.spool, directory: join(STATE, 'spool') };
  const loaded = { config: { ...config, sources: { ...config.sources, spool } }, file, token };
  await runDaemon(args, {
    loaded,
    database,
    prepare: (daemon, signal) => replayFixtures(args, daemon, signal),
    announce: (url) => printText(`ready ${url}/metrics\n`),
  });
}

/** A new database with the example registry. */
function makeExample(database: string): void {
  const path = join(packageFolder(), 'fixtures', 'registry.example.yaml');
  const file = parseRegistryFile(readFileSync(path, 'utf8'));
  refuseFaults(path, allFaults(file));
  const db = openDatabase(database, { create: true });
  try {
    changeRegistry(db, { now: wallClock() }, () => file.registry);
  } finally {
    db.close();
  }
  printNote(`created ${database} with the example registry (${path})`);
}

async function replayFixtures(args: CommandArgs, daemon: Daemon, signal: AbortSignal): Promise<void> {
  const folder = join(packageFolder(), 'fixtures', 'dumps');
  const inputs = await expandInputs([folder]);
  if (!(await daemon.restore())) return;
  const { database: db, pipeline, figures } = daemon;
  const printer = new EventPrinter(args);
  let known = 0;
  daemon.quiet(true);
  await replayFiles({
    inputs,
    pipeline,
    figures,
    known: (collector, identity) => readFileProgress(db, collector, identity),
    counters: (collector) => daemon.counters(collector),
    onEvents: (events) => {
      printer.add(events);
      printer.flush(Math.min(pipeline.engine.timeline.openSince() ?? Infinity, pipeline.engine.watermark ?? Infinity));
    },
    onDamage: (input, damage) => printNote(`peerwatch: ${input}: ${damage}`),
    onDuplicate: () => known++,
    signal,
  });
  printer.flush(Infinity);
  daemon.quiet(false);
  if (known > 0) printNote(`${known} of ${inputs.length} fixture dumps were read by an earlier start; continuing`);
  printIncidents({ ...args, color: args.color && process.stdout.isTTY }, [...listIncidents(db)]);
}
