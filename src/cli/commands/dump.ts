// `dump`: prints what MRT files hold, one element a line, in bgpdump's format or as JSON, or counts only. An input that cannot be read
// is named and the next one taken (exit 1); bytes that were not interpreted are named and counted (exit 3).

import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { type Argv, type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { type CountReport, countInputs, countThreads } from '../../dump/count-inputs.js';
import { dumpInput, failureOf } from '../../dump/dump-input.js';
import { LinePool } from '../../dump/line-pool.js';
import { SliceCrew } from '../../dump/slice-crew.js';
import { isSliceable } from '../../dump/sliced-records.js';
import { type DumpFormat, type DumpSink, type LossReport } from '../../dump/record-dump.js';
import { elementFilter, type FilterOptions, type PrefixRelation } from '../../mrt/element-filter.js';
import { DumpStats } from '../../dump/stats.js';
import { type Asn, parseAsn } from '../../ip/asn.js';
import { type Prefix } from '../../ip/prefix.js';
import { parsePrefix, PrefixSyntaxError } from '../../ip/prefix-text.js';
import { PrefixUnion } from '../../ip/prefix-union.js';
import { collectorName } from '../../sources/collector-name.js';
import { expandInputs, fileInput, InputError, type InputFile } from '../../sources/input-files.js';
import { type CommandArgs, counted, fileTitle, readTextFile } from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import { type Progress, showProgress } from '../progress.js';
import { readRange } from '../time-args.js';

const TYPES = ['announce', 'withdraw', 'rib', 'state', 'open', 'notification', 'keepalive', 'refresh', 'eor'] as const;
const SAFIS = { unicast: 1, '1': 1, multicast: 2, '2': 2 } as const;
/** Losses of one input that are said one by one; the others are counted. */
const SAID_LOSSES = 20;

interface DumpArgs extends CommandArgs {
  readonly files: readonly string[];
  readonly format: DumpFormat | undefined;
  readonly stats: boolean;
  readonly collector: string | undefined;
  readonly prefix: readonly string[] | undefined;
  readonly 'prefix-file': string | undefined;
  readonly exact: boolean | undefined;
  readonly 'more-specific': boolean | undefined;
  readonly 'less-specific': boolean | undefined;
  readonly 'peer-as': readonly string[] | undefined;
  readonly 'origin-as': readonly string[] | undefined;
  readonly 'path-as': readonly string[] | undefined;
  readonly type: readonly (typeof TYPES)[number][] | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly family: readonly ('4' | '6')[] | undefined;
  readonly safi: readonly (keyof typeof SAFIS | 'all')[] | undefined;
}

type Args = ArgumentsCamelCase<DumpArgs>;

export const dumpCommand: CommandModule<CommandArgs, DumpArgs> = {
  command: 'dump <files..>',
  describe: 'Prints what MRT files hold, one element a line',
  builder: (yargs) => withExamples(withFilters(withOutput(yargs))),
  handler: dump,
};

function withOutput(yargs: Argv<CommandArgs>) {
  return yargs
    .positional('files', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'path, directory, URL, or - for standard input; gzip, bzip2, zstd or plain',
    })
    .option('format', {
      choices: ['bgpdump', 'json', 'none'] as const,
      defaultDescription: 'bgpdump',
      describe: 'lines of bgpdump -m, JSON objects (as --json), or nothing but counts',
    })
    .option('stats', { type: 'boolean', default: false, describe: 'totals on stderr; one JSON object with --json' })
    .option('collector', { type: 'string', describe: 'name of the collector; default: told by the path' });
}

function withFilters<T>(yargs: Argv<T>) {
  const list = { type: 'string', array: true, nargs: 1 } as const;
  return yargs
    .option('prefix', { ...list, describe: 'routes to this prefix and related ones' })
    .option('prefix-file', { type: 'string', describe: 'as --prefix for every line of a file; # begins a comment' })
    .option('exact', { type: 'boolean', describe: 'with --prefix: this very prefix only' })
    .option('more-specific', { type: 'boolean', describe: 'it, and what lies inside' })
    .option('less-specific', { type: 'boolean', describe: 'it, and what covers it' })
    .option('related', {
      type: 'boolean',
      describe: 'it, what lies inside, and what covers it (default)',
    })
    .option('peer-as', { ...list, describe: 'heard from this AS' })
    .option('origin-as', { ...list, describe: 'originated by this AS' })
    .option('path-as', { ...list, describe: 'with this AS anywhere on the path' })
    .option('type', { ...list, choices: TYPES, describe: 'elements of this type' })
    .option('from', { type: 'string', describe: 'not before this time: RFC 3339 or Unix seconds' })
    .option('to', { type: 'string', describe: 'not after this time' })
    .option('family', {
      ...list,
      choices: ['4', '6'] as const,
      describe: 'IPv4 or IPv6 routes, whatever the session runs over',
    })
    .option('safi', {
      ...list,
      choices: ['unicast', 'multicast', '1', '2', 'all'] as const,
      describe: 'routes of this SAFI; without it any other filter leaves out all but unicast routes, all widens it',
    })
    .conflicts({ exact: ['more-specific', 'less-specific', 'related'], related: ['more-specific', 'less-specific'] });
}

function withExamples<T>(yargs: Argv<T>): Argv<T> {
  return yargs
    .example('$0 dump updates.20240101.0000.gz', 'as bgpdump -m prints it')
    .example('$0 dump --json --prefix 203.0.113.0/24 rrc00/', 'all about a prefix in a folder of files, as JSON')
    .example('$0 dump --prefix-file mine.txt --exact bview.gz', 'these very prefixes')
    .example('$0 dump --format none --stats --json updates.bz2', 'totals as one JSON object')
    .epilogue(
      'Filters of routes (prefix, family, SAFI, origin, path) leave out session messages, which have none of these.',
    )
    .example('curl -s URL | $0 dump --origin-as 64496 -', 'from standard input');
}

async function dump(args: Args): Promise<void> {
  refuseContradictions(args);
  const crew = isForSlices(args) ? new SliceCrew(availableParallelism()) : null;
  try {
    await dumpWith(args, crew);
  } finally {
    await crew?.close();
  }
}

/** True where all that is asked for is how many routes of one large file are related to prefixes. */
function isForSlices({ files, format, stats, prefix, prefixFile, ...args }: Args): boolean {
  const { exact, moreSpecific, lessSpecific, peerAs, originAs, pathAs, type, from, to, family, safi } = args;
  const others = [exact, moreSpecific, lessSpecific, peerAs, originAs, pathAs, type, from, to, family, safi];
  if (format !== 'none' || stats || files.length !== 1 || others.some((given) => given !== undefined)) return false;
  const found = statSync(files[0], { throwIfNoEntry: false });
  const isAsked = prefix !== undefined || prefixFile !== undefined;
  return (
    isAsked && availableParallelism() > 1 && found?.isFile() === true && isSliceable(fileInput(files[0], found.size))
  );
}

/** @param crew counts the one input there is. */
async function dumpWith(args: Args, crew: SliceCrew | null): Promise<void> {
  const conditions = await filterOptions(args);
  const format = args.json && args.format !== 'none' ? 'json' : (args.format ?? 'bgpdump');
  const stats = new DumpStats();
  const progress = await showProgress(await inputsOf(args.files));
  const threads = format === 'none' ? countThreads(progress.inputs) : 1;
  let failed: boolean;
  try {
    failed =
      threads > 1
        ? await countAtOnce(args, threads, progress, conditions, stats)
        : await dumpInTurn(args, format, progress, conditions, { stats, crew });
  } finally {
    progress.stop();
  }
  if (args.stats) process.stderr.write(args.json ? `${JSON.stringify(stats)}\n` : stats.toText());
  else if (format === 'none') process.stderr.write(`peerwatch: ${stats.summary}\n`);
  if (failed) process.exitCode = ExitCode.failed;
  else if (stats.hasLosses) process.exitCode = ExitCode.damagedInput;
}

/** One input after the other. @returns true where one could not be read. */
async function dumpInTurn(
  args: Args,
  format: DumpFormat,
  { inputs, onRead }: Progress,
  conditions: FilterOptions,
  { stats, crew }: { readonly stats: DumpStats; readonly crew: SliceCrew | null },
): Promise<boolean> {
  const filter = elementFilter(conditions);
  const isSliced = crew !== null && filter?.isRelation === true && filter.related instanceof PrefixUnion;
  const slices = isSliced ? { crew, wanted: filter.related.tables, onRead } : null;
  const pool = availableParallelism() > 1 ? new LinePool() : null;
  let failed = false;
  try {
    for (const input of inputs) {
      const losses = new LossPrinter();
      const onLoss = (loss: LossReport): void => losses.print(loss);
      const collector = collectorOf(args, input);
      const options = { format, collector, filter, stats, countAll: args.stats, sink: standardOutput };
      const failure = await dumpInput(input, {
        ...options,
        ...(pool && { pool }),
        ...(slices && { slices }),
        onLoss,
        onCorrected,
      }).then(
        () => null,
        (error: unknown) => failureOf(input, error),
      );
      if (failure !== null) process.stderr.write(`peerwatch: ${failure}\n`);
      failed ||= failure !== null;
      losses.close();
    }
  } finally {
    await pool?.close();
  }
  return failed;
}

/** Several inputs at once, which are told of in their order all the same. @returns true where one could not be read. */
async function countAtOnce(
  args: Args,
  threads: number,
  { inputs, onRead }: Progress,
  conditions: FilterOptions,
  stats: DumpStats,
): Promise<boolean> {
  const prefixes = conditions.prefixes?.map(String) ?? [];
  const options = { filter: { ...conditions, prefixes }, countAll: args.stats, maxLosses: SAID_LOSSES };
  let failed = false;
  const onReport = (input: InputFile, { counts, losses, moreLosses, corrected, failure }: CountReport): void => {
    stats.add(counts);
    const printer = new LossPrinter();
    for (const loss of losses) printer.print(loss);
    if (corrected > 0) onCorrected({ input: input.name, records: corrected });
    if (failure !== null) process.stderr.write(`peerwatch: ${failure}\n`);
    failed ||= failure !== null;
    printer.close(moreLosses);
  };
  await countInputs(inputs, threads, options, { collectorOf: (input) => collectorOf(args, input), onRead, onReport });
  return failed;
}

function collectorOf(args: Args, input: InputFile): string {
  return args.collector ?? collectorName(input.location);
}

async function inputsOf(names: readonly string[]): Promise<InputFile[]> {
  try {
    return await expandInputs(names);
  } catch (error) {
    if (error instanceof InputError) throw new CliError(ExitCode.failed, error.message, { cause: error });
    throw error;
  }
}

const standardOutput: DumpSink = {
  write: (text) =>
    new Promise((resolve) => {
      process.stdout.write(text, () => resolve()); // main hears of errors
    }),
};

function onCorrected({ input, records }: { readonly input: string; readonly records: number }): void {
  process.stderr.write(
    `peerwatch: ${input}: corrected framing: ${records} records are 4 bytes longer than their headers say\n`,
  );
}

/** Says what of one input was lost: the first ones one by one, then how many more. */
class LossPrinter {
  #count = 0;
  #last: LossReport | null = null;

  print(loss: LossReport): void {
    this.#last = loss;
    if (++this.#count > SAID_LOSSES) return;
    const { input, record, offset, bytes, reason } = loss;
    const where = `${record === undefined ? '' : `record ${record}, `}offset ${offset} to ${offset + bytes}`;
    process.stderr.write(`peerwatch: ${input}: ${where}: ${counted(bytes, 'byte')} not interpreted: ${reason}\n`);
  }

  /** `others` were not printed, beside those that were too many. */
  close(others = 0): void {
    const more = this.#count - SAID_LOSSES + others;
    if (more > 0) {
      const what = counted(more, 'more loss', 'more losses');
      process.stderr.write(`peerwatch: ${this.#last?.input ?? ''}: ${what}, see --stats\n`);
    }
  }
}

/** @throws CliError where options make no sense together, rather than leaving one of them out. */
function refuseContradictions({ json, format, exact, moreSpecific, lessSpecific, related, ...args }: Args): void {
  if (json && format === 'bgpdump') throw new CliError(ExitCode.usage, 'give --json or --format bgpdump, not both');
  const relations = { exact, 'more-specific': moreSpecific, 'less-specific': lessSpecific, related };
  const relation = Object.entries(relations).find(([, given]) => given === true);
  if (relation !== undefined && args.prefix === undefined && args.prefixFile === undefined) {
    const advice = 'says how to match a prefix: give one with --prefix or --prefix-file';
    throw new CliError(ExitCode.usage, `--${relation[0]} ${advice}`);
  }
}

async function filterOptions(args: Args): Promise<FilterOptions> {
  const { family, safi } = args;
  const wanted =
    safi?.includes('all') === true ? 'all' : safi?.flatMap((name) => (name === 'all' ? [] : [SAFIS[name]]));
  return {
    prefixes: [...(args.prefix ?? []).map((text) => readPrefix(text)), ...(await prefixesOfFile(args.prefixFile))],
    relation: relationOf(args),
    peerAs: (args.peerAs ?? []).map(readAsn),
    originAs: (args.originAs ?? []).map(readAsn),
    pathAs: (args.pathAs ?? []).map(readAsn),
    types: args.type ?? [],
    ...readRange(args),
    families: (family ?? []).map((name) => (name === '4' ? 1 : 2)),
    ...(wanted === undefined ? {} : { safis: wanted }),
  };
}

function relationOf({ exact, moreSpecific, lessSpecific }: Args): PrefixRelation {
  if (exact === true) return 'exact';
  if (moreSpecific === true) return lessSpecific === true ? 'related' : 'more-specific';
  return lessSpecific === true ? 'less-specific' : 'related';
}

function readPrefix(text: string, where = ''): Prefix {
  try {
    return parsePrefix(text);
  } catch (error) {
    if (error instanceof PrefixSyntaxError)
      throw new CliError(ExitCode.usage, `${where}${error.message}`, { cause: error });
    throw error;
  }
}

async function prefixesOfFile(path: string | undefined): Promise<Prefix[]> {
  if (path === undefined) return [];
  const lines = (await readTextFile(path))
    .split('\n')
    .map((line, index) => ({ wanted: line.replace(/#.*/, '').trim(), number: index + 1 }));
  return lines
    .filter(({ wanted }) => wanted !== '')
    .map(({ wanted, number }) => readPrefix(wanted, `${fileTitle(path)}:${number}: `));
}

function readAsn(text: string): Asn {
  const asn = parseAsn(text);
  if (asn === null) throw new CliError(ExitCode.usage, `"${text}" is no AS number; write 64496 or AS64496`);
  return asn;
}
