// `routes PREFIX`: what every session says now of a prefix: its longest match, what covers it, what lies inside.

import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { formatPath, pathToJson } from '../../bgp/as-path.js';
import { formatEventTime } from '../../ip/event-time.js';
import { parsePrefix } from '../../ip/prefix-text.js';
import { relatedRoutes, type ShownRoute } from '../../registry/routes.js';
import { type CommandArgs, printListing, printNote } from '../command-line.js';
import { withDatabase } from '../with-database.js';
import { prefixText } from './incidents.js';

interface RoutesArgs extends CommandArgs {
  readonly prefix: string;
}

export const routesCommand: CommandModule<CommandArgs, RoutesArgs> = {
  command: 'routes <prefix>',
  describe: 'Current routes of every session to a prefix, to what covers it and to what lies inside',
  builder: (yargs) =>
    yargs
      .positional('prefix', { type: 'string', demandOption: true, describe: 'a prefix or an address' })
      .example('$0 routes 203.0.113.0/24', '')
      .example('$0 routes 203.0.113.7 --json', 'the longest match of an address, and what covers it'),
  handler: routes,
};

async function routes(args: ArgumentsCamelCase<RoutesArgs>): Promise<void> {
  const prefix = parsePrefix(prefixText(args.prefix));
  await withDatabase(args.database, { readonly: true }, (db) => {
    const found = relatedRoutes(db, prefix);
    const longest = Math.max(
      ...found.filter((route) => route.prefix.covers(prefix)).map((route) => route.prefix.length),
    );
    const relation = (route: ShownRoute): string => {
      if (!route.prefix.covers(prefix)) return 'covered';
      return route.prefix.length === longest ? 'longest' : 'covering';
    };
    printListing(args, {
      head: ['match', 'prefix', 'collector', 'peer AS', 'peer', 'path', 'last said', 'incidents'],
      rows: found.map((route) => [
        relation(route),
        route.prefix.toString(),
        route.collector,
        `AS${route.peerAs}`,
        route.peerAddress,
        formatPath(route.path),
        `${formatEventTime(route.at)}${route.fromRib ? ' (RIB)' : ''}`,
        route.incidents.join(', '),
      ]),
      records: found.map((route) => ({
        kind: 'route',
        match: relation(route),
        prefix: route.prefix.toString(),
        pathId: route.pathId,
        collector: route.collector,
        peerAs: route.peerAs,
        peerAddress: route.peerAddress,
        asPath: pathToJson(route.path),
        at: formatEventTime(route.at),
        fromRib: route.fromRib,
        incidents: route.incidents,
      })),
    });
    if (found.length === 0)
      printNote(`No session has a route to ${prefix.toString()}; only routes related to registered prefixes are kept.`);
  });
}
