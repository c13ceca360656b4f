// `replay`: files through the same pipeline as the daemon's, on event time, into the database or (`--dry-run`) nowhere. Prints events
// as they happen and, at the end, every incident that the input touched. A second run of the same command goes on where a killed one
// left off.

import process from 'node:process';
import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { boundHeapGrowth } from '../../daemon/heap-growth.js';
import { replayFiles } from '../../daemon/replay.js';
import { carryOutResolutions } from '../../daemon/operator-requests.js';
import { type Incident } from '../../incidents/incident.js';
import { compareText } from '../../incidents/prefix-event.js';
import { nothingStored, Pipeline } from '../../pipeline/pipeline.js';
import { type Database } from '../../registry/database.js';
import { DatabaseHeldError, lockDatabase } from '../../registry/database-lock.js';
import { readFileProgress } from '../../registry/files.js';
import { readMarks, type StoredIncident } from '../../registry/incidents.js';
import { SqliteStore } from '../../registry/pipeline-store.js';
import { loadPolicies, registryGeneration } from '../../registry/policies.js';
import { openRouteLog } from '../../registry/route-log.js';
import { expandInputs, InputError, type InputFile } from '../../sources/input-files.js';
import { createStats, type PeerwatchStats, sourceStats } from '../../telemetry/stats.js';
import { type CommandArgs, counted, printNote } from '../command-line.js';
import { EventPrinter } from '../event-printer.js';
import { CliError, ExitCode } from '../exit-code.js';
import { configuration } from '../global-options.js';
import { printIncidents } from '../incident-listing.js';
import { showProgress } from '../progress.js';
import { referenceOf } from '../reference-data.js';
import { withDatabase } from '../with-database.js';

interface ReplayArgs extends CommandArgs {
  readonly files: readonly string[];
  readonly collector: string | undefined;
  readonly 'dry-run': boolean;
  readonly 'fail-on-incident': boolean;
}

/** What a replay came to. */
interface Outcome {
  damaged: number;
  readonly touched: Map<string, Incident>;
}

const SAID_DAMAGE = 20;

export const replayCommand: CommandModule<CommandArgs, ReplayArgs> = {
  command: 'replay <files..>',
  describe: 'Runs files through the pipeline on event time',
  builder: (yargs) =>
    yargs
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'path, directory, URL, or - for standard input; merged by event time, whatever their order',
      })
      .option('collector', {
        type: 'string',
        describe: 'name of the collector of all files; default: told by the path',
      })
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'keep nothing: an empty table, the registry of the database',
      })
      .option('fail-on-incident', {
        type: 'boolean',
        default: false,
        describe: 'exit 4 where the input touched an incident',
      })
      .example('$0 replay updates.20240101.*.gz', 'a day into the database, events and incidents on the terminal')
      .example('$0 replay --dry-run --json rrc00/', 'what would be found, for machines')
      .epilogue(
        'VRPs, ASPAs and AS relationships, for rpki-invalid, aspa-invalid and route-leak: detection.rpki and detection.relationships of the configuration.',
      )
      .example('$0 replay --fail-on-incident bview.gz updates.gz', 'a RIB, then updates; exit 4 if anything is wrong'),
  handler: replay,
};

async function replay(args: ArgumentsCamelCase<ReplayArgs>): Promise<void> {
  boundHeapGrowth();
  const config = configuration(args.config, { readsData: true });
  const inputs = await inputsOf(args.files);
  const outcome: Outcome = { damaged: 0, touched: new Map() };
  await withDatabase(args.database, { readonly: args.dryRun }, async (db) => {
    const lock = args.dryRun ? null : hold(args.database);
    try {
      await run(args, inputs, db, config, outcome);
      printIncidents(args, incidentsOf(outcome, args.dryRun ? null : db));
    } finally {
      lock?.release();
    }
  });
  if (args.failOnIncident && outcome.touched.size > 0) process.exitCode = ExitCode.incidentsFound;
  else if (outcome.damaged > 0) process.exitCode = ExitCode.damagedInput;
}

async function run(
  args: ArgumentsCamelCase<ReplayArgs>,
  inputs: readonly InputFile[],
  db: Database,
  { detection: figures, retention }: ReturnType<typeof configuration>,
  outcome: Outcome,
): Promise<void> {
  const printer = new EventPrinter(args);
  const progress = await showProgress(inputs);
  const stats = createStats();
  const policies = loadPolicies(db);
  const generation = registryGeneration(db);
  const pipeline = new Pipeline({
    store: args.dryRun ? nothingStored : new SqliteStore(db),
    policies,
    generation,
    figures,
    reference: await referenceOf(figures, policies),
    routeLog: args.dryRun ? null : openRouteLog(db, retention.routeLog > 0),
    onCommit: ({ incidents }) => incidents.forEach(({ incident }) => outcome.touched.set(incident.id, incident)),
  });
  if (pipeline.engine.policies.size === 0)
    printNote('peerwatch: no prefix is registered: nothing can be found (peerwatch apply FILE)');
  if (!args.dryRun) carryOutResolutions(db, pipeline);
  try {
    await replayFiles({
      inputs: progress.inputs,
      ...(args.collector !== undefined && { collector: args.collector }),
      pipeline,
      figures,
      known: (collector, identity) => (args.dryRun ? null : readFileProgress(db, collector, identity)),
      counters: (collector) => sourceStats(stats, collector),
      onEvents: (events) => {
        printer.add(events);
        printer.flushSettled(pipeline.engine);
      },
      onDamage: (input, damage) => {
        if (++outcome.damaged <= SAID_DAMAGE) printNote(`peerwatch: ${input}: ${damage}`);
      },
      onDuplicate: (input, of) => printNote(`peerwatch: ${input} was read before (as ${of}); left out`),
      onLonger: (input, of) =>
        printNote(`peerwatch: ${input} goes on behind what was read of it (as ${of}); the rest is read`),
    });
    printer.flush(Infinity);
  } catch (error) {
    throw explain(error);
  } finally {
    progress.stop();
  }
  if (outcome.damaged > SAID_DAMAGE)
    printNote(
      `peerwatch: and ${counted(outcome.damaged - SAID_DAMAGE, 'further place', 'further places')} not interpreted`,
    );
  printNote(summary(stats, pipeline));
}

/** The incidents touched, as they stand now, ordered by openedAt, then id. */
function incidentsOf({ touched }: Outcome, db: Database | null): StoredIncident[] {
  const marks = db === null ? new Map<string, never>() : readMarks(db);
  return [...touched.values()]
    .sort((a, b) => a.openedAt - b.openedAt || compareText(a.id, b.id))
    .map((incident) => ({ incident, ...(marks.get(incident.id) ?? { ack: false, muted: false }) }));
}

/** Records, elements and what was left out, on one line. */
function summary({ sources }: PeerwatchStats, { engine }: Pipeline): string {
  const sum = (
    pick: (source: NonNullable<ReturnType<typeof sources.get>>) => Readonly<Record<string, number>>,
  ): number =>
    [...sources.values()].flatMap((source) => Object.values(pick(source))).reduce((total, count) => total + count, 0);
  const { late, unknownOrigin } = engine.counters;
  const left = [
    [sum(({ errors }) => errors), 'fault', 'faults'],
    [sum(({ dropped }) => dropped), 'dropped', 'dropped'],
    [late, 'late', 'late'],
    [unknownOrigin, 'route of unknown origin', 'routes of unknown origin'],
  ] as const;
  const said = left.flatMap(([count, one, many]) => (count === 0 ? [] : [counted(count, one, many)]));
  const read = [
    counted(
      sum(({ records }) => records),
      'record',
    ),
    counted(
      sum(({ elements }) => elements),
      'element',
    ),
  ];
  const applied = counted(engine.counters.applied, 'event of registered prefixes', 'events of registered prefixes');
  return `peerwatch: ${[...read, applied, ...said].join(', ')}`;
}

async function inputsOf(names: readonly string[]): Promise<readonly InputFile[]> {
  try {
    return await expandInputs(names);
  } catch (error) {
    throw explain(error);
  }
}

function hold(path: string): ReturnType<typeof lockDatabase> {
  try {
    return lockDatabase(path);
  } catch (error) {
    if (error instanceof DatabaseHeldError) throw new CliError(ExitCode.usage, error.message, { cause: error });
    throw error;
  }
}

function explain(error: unknown): unknown {
  return error instanceof InputError ? new CliError(ExitCode.failed, error.message, { cause: error }) : error;
}
