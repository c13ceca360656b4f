// The options of `prefix add`, and the registered prefix that they say. Every fault of form is an error for the terminal, with the
// rule's number where it has one.

import { type ArgumentsCamelCase, type Argv } from 'yargs';
import { parseDuration } from '../registry/registry-file.js';
import {
  type MoreSpecifics,
  type NeighborMap,
  plainPrefix,
  type RegisteredPrefix,
} from '../registry/registry-model.js';
import { type Fault, formatFault } from '../registry/validation.js';
import { type CommandArgs } from './command-line.js';
import { CliError, ExitCode } from './exit-code.js';
import { allowDocumentationOption, asnOf, asnsOf, readPrefix, repeatable } from './registry-args.js';

export interface PrefixAddArgs extends CommandArgs {
  readonly prefix: string;
  readonly connection: string;
  readonly name: string | undefined;
  readonly origin: readonly string[] | undefined;
  readonly unannounced: boolean;
  readonly neighbor: readonly string[] | undefined;
  readonly 'more-specifics': string | undefined;
  readonly aggregator: readonly string[] | undefined;
  readonly visibility: string | undefined;
  readonly 'allow-documentation': boolean;
}

/** Declares the options. */
export function addOptions(yargs: Argv<CommandArgs>): Argv<PrefixAddArgs> {
  return yargs
    .positional('prefix', { type: 'string', demandOption: true, describe: 'such as 203.0.113.0/24' })
    .option('connection', { type: 'string', demandOption: true, describe: 'name of its connection' })
    .option('name', { type: 'string', describe: 'default: made of the prefix' })
    .option('origin', { ...repeatable("AS that may originate it; default: the connection's"), alias: 'origins' })
    .option('unannounced', { type: 'boolean', default: false, describe: 'it must not be announced at all' })
    .option('neighbor', { ...repeatable('ORIGIN:AS,AS expected next to an origin'), alias: 'neighbors' })
    .option('more-specifics', { type: 'string', describe: 'MIN-MAX: lengths announced on purpose, such as 25-26' })
    .option('aggregator', {
      ...repeatable("AS that may announce covers; default: the provider's"),
      alias: 'aggregators',
    })
    .option('visibility', { type: 'string', describe: 'MIN:FOR, such as 0.7:300s' })
    .option('allow-documentation', allowDocumentationOption)
    .example('$0 prefix add 203.0.113.0/24 --connection seattle-hq --origin 64496 --neighbor 64496:64500', '');
}

/** The prefix with what the options say of it, and what is wrong with its text. */
export function readPrefixArgs(args: ArgumentsCamelCase<PrefixAddArgs>): {
  readonly entry: RegisteredPrefix;
  readonly faults: readonly Fault[];
} {
  if (args.unannounced && args.origin !== undefined) {
    throw new CliError(ExitCode.usage, 'give --origin or --unannounced, not both');
  }
  const { prefix, faults } = readPrefix(args.prefix);
  if (prefix === null) throw new CliError(ExitCode.usage, `nothing was stored: ${faults.map(formatFault).join('; ')}`);
  const entry = {
    ...(args.name === undefined ? plainPrefix(prefix) : plainPrefix(prefix, args.name)),
    origins: args.unannounced ? [] : listed(args.origin),
    neighbors: readNeighbors(args.neighbor ?? []),
    moreSpecifics: args.moreSpecifics === undefined ? null : readMoreSpecifics(args.moreSpecifics),
    aggregators: listed(args.aggregator),
    visibility: args.visibility === undefined ? null : readVisibility(args.visibility),
  };
  return { entry, faults };
}

function listed(texts: readonly string[] | undefined): readonly number[] | null {
  return texts === undefined ? null : asnsOf(texts);
}

/** `64496:64500,64501`; `64496:` allows none. */
function readNeighbors(texts: readonly string[]): NeighborMap {
  const neighbors = texts.map((text): [number, readonly number[]] => {
    const match = /^([^:]+):([^:]*)$/.exec(text);
    if (match === null) throw new CliError(ExitCode.usage, `"${text}" is no ORIGIN:AS,AS, such as 64496:64500,64501`);
    return [asnOf(match[1]), asnsOf([match[2]])];
  });
  return new Map(neighbors.sort(([a], [b]) => a - b));
}

function readMoreSpecifics(text: string): MoreSpecifics {
  const match = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(text);
  if (match === null) throw new CliError(ExitCode.usage, `"${text}" is no MIN-MAX, such as 25-26`);
  const [, min, max = min] = match;
  return { minLength: Number(min), maxLength: Number(max), origins: null, neighbors: new Map() };
}

function readVisibility(text: string): RegisteredPrefix['visibility'] {
  const [min = '', duration = '300s'] = text.split(':');
  const length = parseDuration(duration);
  if (!/^\d(\.\d+)?$/.test(min) || length === null) {
    throw new CliError(ExitCode.usage, `"${text}" is no MIN:FOR, such as 0.7:300s`);
  }
  return { min: Number(min), for: length };
}
