// `incidents list/show/ack/unack/mute/unmute/resolve`: what is wrong, and what the operator does about it.

import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { parsePrefix, PrefixSyntaxError } from '../../ip/prefix-text.js';
import { resolveByOperator } from '../../daemon/operator-requests.js';
import { listIncidents, markIncident } from '../../registry/incidents.js';
import { INCIDENT_TYPES } from '../../telemetry/stats.js';
import { type CommandArgs, printNote } from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import { configuration } from '../global-options.js';
import { type IdArgs, incidentOf, withId } from '../incident-id.js';
import { printIncidents } from '../incident-listing.js';
import { readTime } from '../time-args.js';
import { withDatabase } from '../with-database.js';
import { evidenceCommand, verifyCommand } from './incident-evidence.js';
import { showCommand } from './incident-show.js';

interface ListArgs extends CommandArgs {
  readonly state: readonly string[] | undefined;
  readonly type: string | undefined;
  readonly connection: string | undefined;
  readonly prefix: string | undefined;
  readonly since: string | undefined;
}

const listCommand: CommandModule<CommandArgs, ListArgs> = {
  command: 'list',
  describe: 'Lists incidents, oldest first',
  builder: (yargs) =>
    yargs
      .option('state', {
        type: 'string',
        array: true,
        nargs: 1,
        choices: ['suspected', 'open', 'resolved'],
        describe: 'in this state; may be repeated',
      })
      .option('type', { choices: INCIDENT_TYPES, describe: 'of this type' })
      .option('connection', { type: 'string', describe: 'of this connection' })
      .option('prefix', { type: 'string', describe: 'of this registered or announced prefix' })
      .option('since', { type: 'string', describe: 'not over before this time: RFC 3339 or Unix seconds' })
      .example('$0 incidents list --state open --state suspected', 'what is going on')
      .example('$0 incidents list --json --prefix 203.0.113.0/24', 'all about one prefix, for machines'),
  handler: list,
};

const resolveCommand: CommandModule<CommandArgs, IdArgs> = {
  command: 'resolve <id>',
  describe: 'Resolves an incident by hand; a running daemon carries it out within 5 s',
  builder: (yargs) => withId(yargs).example('$0 incidents resolve 9f3c', ''),
  handler: resolve,
};

export const incidentsCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'incidents',
  describe: 'What is wrong: list, show, evidence, verify, ack, unack, mute, unmute, resolve',
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(showCommand)
      .command(evidenceCommand)
      .command(verifyCommand)
      .command(markCommand('ack', 'ack', true, 'Notes that somebody looks after it'))
      .command(markCommand('unack', 'ack', false, 'Takes that back'))
      .command(markCommand('mute', 'muted', true, 'Tells nobody of it any more'))
      .command(markCommand('unmute', 'muted', false, 'Takes that back'))
      .command(resolveCommand)
      .example('$0 incidents list --state open', '')
      .demandCommand(1, 'Name what to do: list, show, evidence, verify, ack, unack, mute, unmute, resolve.'),
  handler: () => undefined,
};

function markCommand(
  name: string,
  mark: 'ack' | 'muted',
  on: boolean,
  describe: string,
): CommandModule<CommandArgs, IdArgs> {
  return {
    command: `${name} <id>`,
    describe,
    builder: (yargs) => withId(yargs).example(`$0 incidents ${name} 9f3c`, ''),
    handler: (args) =>
      withDatabase(args.database, {}, (db) => {
        const { incident } = incidentOf(db, args.id);
        markIncident(db, incident.id, mark, on);
        printIncidents(args, [incidentOf(db, incident.id)]);
      }),
  };
}

async function list(args: ArgumentsCamelCase<ListArgs>): Promise<void> {
  const { state, type, connection } = args;
  const prefix = args.prefix === undefined ? undefined : prefixText(args.prefix);
  const since = args.since === undefined ? undefined : readTime(args.since);
  await withDatabase(args.database, { readonly: true }, (db) => {
    const filter = {
      ...(state !== undefined && { states: state }),
      ...(type !== undefined && { type }),
      ...(connection !== undefined && { connection }),
      ...(prefix !== undefined && { prefix }),
      ...(since !== undefined && { since }),
    };
    printIncidents(args, [...listIncidents(db, filter)]);
  });
}

async function resolve(args: ArgumentsCamelCase<IdArgs>): Promise<void> {
  const { detection } = configuration(args.config);
  await withDatabase(args.database, {}, async (db) => {
    const { incident } = incidentOf(db, args.id);
    if (incident.state === 'resolved')
      throw new CliError(ExitCode.failed, `incident ${incident.id} is resolved already`);
    const done = await resolveByOperator(db, incident.id, detection);
    if (!done) printNote('asked for: the daemon on this database carries it out within 5 s, or the next run on it');
    printIncidents(args, [incidentOf(db, incident.id)]);
  });
}

/** The canonical text of a prefix from the command line. */
export function prefixText(text: string): string {
  try {
    return parsePrefix(text).toString();
  } catch (error) {
    if (error instanceof PrefixSyntaxError) throw new CliError(ExitCode.usage, error.message, { cause: error });
    throw error;
  }
}
