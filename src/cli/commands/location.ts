// `location list`: where things are: the metros that providers serve, with the connections that peer there, and the countries and
// states of the connections' sites.

import { type CommandModule } from 'yargs';
import { countryName } from '../../registry/countries.js';
import { listLocations, listMetros } from '../../registry/locations.js';
import { loadRegistry } from '../../registry/registry-store.js';
import { type CommandArgs, type Listing, printListing, printText } from '../command-line.js';
import { listText } from '../registry-args.js';
import { withDatabase } from '../with-database.js';

const listCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'list',
  describe: 'Lists metros of providers, and locations of connections',
  builder: (yargs) => yargs.example('$0 location list --json', ''),
  handler: async (args) => {
    const registry = await withDatabase(args.database, { readonly: true }, loadRegistry);
    printListing(args, metroListing(registry));
    if (!args.json) printText('\n');
    printListing(args, locationListing(registry));
  },
};

export const locationCommand: CommandModule<CommandArgs, CommandArgs> = {
  command: 'location',
  describe: 'Metros and locations: list',
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .example('$0 location list', '')
      .demandCommand(1, 'Name what to do with locations: list.'),
  handler: () => undefined,
};

function metroListing(registry: Parameters<typeof listMetros>[0]): Listing {
  const metros = listMetros(registry);
  return {
    head: ['metro', 'providers', 'primary of', 'backup of'],
    rows: metros.map(({ metro, providers, primaryOf, backupOf }) => {
      return [metro, listText(providers), listText(primaryOf), listText(backupOf)];
    }),
    records: metros.map((metro) => ({ kind: 'metro', ...metro })),
  };
}

function locationListing(registry: Parameters<typeof listLocations>[0]): Listing {
  const locations = listLocations(registry);
  return {
    head: ['country', 'name', 'state', 'connections'],
    rows: locations.map(({ country, state, connections }) => {
      return [country, countryName(country) ?? '-', state ?? '-', listText(connections)];
    }),
    records: locations.map((location) => ({ kind: 'location', ...location })),
  };
}
