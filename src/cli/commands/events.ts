// `events list`: the timeline of the registered prefixes.

import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { formatEventTime } from '../../ip/event-time.js';
import { eventLine } from '../../incidents/machine-output.js';
import { PREFIX_EVENT_LEVELS } from '../../incidents/prefix-event.js';
import { listEvents } from '../../registry/events.js';
import { type CommandArgs, printListing, printText } from '../command-line.js';
import { readRange } from '../time-args.js';
import { withDatabase } from '../with-database.js';
import { prefixText } from './incidents.js';

interface ListArgs extends CommandArgs {
  readonly prefix: string | undefined;
  readonly connection: string | undefined;
  readonly type: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const listCommand: CommandModule<CommandArgs, ListArgs> = {
  command: 'list',
  describe: 'Lists events in order of their time',
  builder: (yargs) =>
    yargs
      .option('prefix', { type: 'string', describe: 'of this registered or announced prefix' })
      .option('connection', { type: 'string', describe: 'of this connection' })
      .option('type', { type: 'string', choices: Object.keys(PREFIX_EVENT_LEVELS), describe: 'of this type' })
      .option('from', { type: 'string', describe: 'not before this time: RFC 3339 or Unix seconds' })
      .option('to', { type: 'string', describe: 'before this time' })
      .example('$0 events list --prefix 203.0.113.0/24', 'what happened to a prefix')
      .example('$0 events list --json --from 2026-06-16', 'since that day, for machines'),
  handler: list,
};

export const eventsCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'events',
  describe: 'The timeline of the registered prefixes: list',
  builder: (yargs) =>
    yargs.command(listCommand).example('$0 events list', '').demandCommand(1, 'Name what to do: list.'),
  handler: () => undefined,
};

async function list(args: ArgumentsCamelCase<ListArgs>): Promise<void> {
  const { connection, type } = args;
  const filter = {
    ...(args.prefix !== undefined && { prefix: prefixText(args.prefix) }),
    ...(connection !== undefined && { connection }),
    ...(type !== undefined && { type }),
    ...readRange(args),
  };
  await withDatabase(args.database, { readonly: true }, (db) => {
    const events = listEvents(db, filter);
    if (args.json) {
      for (const event of events) printText(`${eventLine(event)}\n`);
      return;
    }
    const rows = [...events].map(({ at, level, connection: name, type: kind, summary }) => [
      formatEventTime(at),
      level,
      name,
      kind,
      summary,
    ]);
    printListing(args, { head: ['at', 'level', 'connection', 'type', 'summary'], rows, records: [] });
  });
}
