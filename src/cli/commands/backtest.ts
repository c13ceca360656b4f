// `backtest --rules FILE FILE…`: replays files in memory under today's and under changed rules, and shows how the incidents differ.

import process from 'node:process';
import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { compareIncidents, type IncidentChange, incidentsUnder, type Rules } from '../../daemon/backtest.js';
import { changedDetection, isRegistryText } from '../../daemon/changed-rules.js';
import { ConfigError } from '../../daemon/config-error.js';
import { boundHeapGrowth } from '../../daemon/heap-growth.js';
import { formatEventTime } from '../../ip/event-time.js';
import { incidentLine } from '../../incidents/machine-output.js';
import { type Incident } from '../../incidents/incident.js';
import { loadPolicies, policiesOf } from '../../registry/policies.js';
import { allFaults, parseRegistryFile } from '../../registry/registry-file.js';
import { expandInputs, InputError } from '../../sources/input-files.js';
import { type CommandArgs, counted, printListing, printNote, printText, readTextFile } from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import { refuseFaults } from '../file-faults.js';
import { configuration } from '../global-options.js';
import { referenceOf } from '../reference-data.js';
import { withDatabase } from '../with-database.js';

interface BacktestArgs extends CommandArgs {
  readonly files: readonly string[];
  readonly rules: readonly string[];
  readonly collector: string | undefined;
}

export const backtestCommand: CommandModule<CommandArgs, BacktestArgs> = {
  command: 'backtest <files..>',
  describe: "Replays files in memory under today's and under changed rules; shows how incidents differ",
  builder: (yargs) =>
    yargs
      .positional('files', { type: 'string', array: true, demandOption: true, describe: 'MRT files or directories' })
      .option('rules', {
        type: 'string',
        array: true,
        nargs: 1,
        demandOption: true,
        describe: 'registry file, or a part of a configuration (detection: ...); may be repeated, one of each',
      })
      .option('collector', {
        type: 'string',
        describe: 'name of the collector of all files; default: told by the path',
      })
      .example('$0 backtest --rules registry.yaml updates.gz', 'what another registry would have said')
      .example('$0 backtest --json --rules stricter.yaml rrc00/', 'detection: { lifecycle: { notifyPeers: 3 } }'),
  handler: backtest,
};

async function backtest(args: ArgumentsCamelCase<BacktestArgs>): Promise<void> {
  boundHeapGrowth();
  const { detection } = configuration(args.config, { readsData: true });
  const inputs = await inputsOf(args.files);
  let damaged = 0;
  const replayed = { inputs, collector: args.collector };
  const today = await withDatabase(args.database, { readonly: true }, async (db): Promise<Rules> => {
    const policies = loadPolicies(db);
    return { policies, figures: detection, reference: await referenceOf(detection, policies) };
  });
  const changed = await changedRules(args.rules, { policies: today.policies, detection });
  const onDamage = (input: string, damage: string): void => {
    damaged++;
    printNote(`peerwatch: ${input}: ${damage}`);
  };
  const before = await incidentsUnder(today, { ...replayed, onDamage });
  const after = await incidentsUnder(changed, { ...replayed, onDamage: () => undefined });
  print(args, compareIncidents(before, after));
  printNote(
    `peerwatch: ${counted(before.length, 'incident')} under today's rules, ${after.length} under the changed ones`,
  );
  if (damaged > 0) process.exitCode = ExitCode.damagedInput;
}

async function changedRules(
  files: readonly string[],
  today: { readonly policies: Rules['policies']; readonly detection: ReturnType<typeof configuration>['detection'] },
): Promise<Rules> {
  let { policies, detection } = today;
  for (const file of files) {
    const text = await readTextFile(file);
    if (isRegistryText(text)) {
      const parsed = parseRegistryFile(text);
      refuseFaults(file, allFaults(parsed));
      policies = policiesOf(parsed.registry);
    } else detection = detectionOf(detection, text, file);
  }
  return { policies, figures: detection, reference: await referenceOf(detection, policies) };
}

function detectionOf(...[today, text, file]: Parameters<typeof changedDetection>): ReturnType<typeof changedDetection> {
  try {
    return changedDetection(today, text, file);
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError(ExitCode.usage, error.message, { cause: error });
    throw error;
  }
}

/** A table, or one object a line: `{"kind":"change","differences":[...],"before":incident|null,"after":incident|null}`. */
function print(args: CommandArgs, changes: readonly IncidentChange[]): void {
  if (args.json) {
    for (const { differences, before, after } of changes) {
      const [old, fresh] = [before, after].map((one) => (one === null ? 'null' : line(one)));
      printText(`{"kind":"change","differences":${JSON.stringify(differences)},"before":${old},"after":${fresh}}\n`);
    }
    return;
  }
  printListing(args, {
    head: ['change', 'type', 'prefix', 'offender', 'level', 'opened', 'resolved', 'state'],
    rows: changes.map(({ differences, before, after }) => {
      const { type, prefix, offender } = (after ?? before)!;
      const both = (of: (incident: Incident) => string): string =>
        [...new Set([before, after].flatMap((one) => (one === null ? [] : [of(one)])))].join(' -> ');
      const time = (at: number | null): string => (at === null ? '-' : formatEventTime(at).replace('.000000Z', 'Z'));
      return [
        differences.join(', '),
        type,
        prefix,
        offender,
        both(({ level }) => level),
        both(({ openedAt }) => time(openedAt)),
        both(({ resolvedAt }) => time(resolvedAt)),
        both(({ state }) => state),
      ];
    }),
    records: [],
  });
}

function line(incident: Incident): string {
  return incidentLine(incident, { ack: false, muted: false });
}

async function inputsOf(names: readonly string[]): ReturnType<typeof expandInputs> {
  if (names.includes('-'))
    throw new CliError(ExitCode.usage, 'backtest reads its files twice: standard input cannot be');
  try {
    return await expandInputs(names);
  } catch (error) {
    throw error instanceof InputError ? new CliError(ExitCode.failed, error.message, { cause: error }) : error;
  }
}
