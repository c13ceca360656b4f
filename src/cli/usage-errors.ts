// What the user reads where a command line is wrong. yargs checks positionals before options, and takes an unknown option's neighbour for
// its value, so `dump --bogus FILE` is a missing file to it; here the unknown option is named first, with the one that was probably
// meant. Message texts only; nothing is parsed or decided here.

import { suggest } from '../registry/suggestion.js';

/** What yargs-parser made of the command line, as far as it is looked at here. */
interface ParsedLine {
  readonly argv: Readonly<Record<string, unknown>>;
  /** Every declared option, and also those that were made up from the line; the latter are all in `newAliases`. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly newAliases: Readonly<Record<string, boolean>>;
}

/** Keys of a parsed line that are no options. */
const SPECIAL = ['_', '--', '$0'];

/** The message for a command that there is not. */
export function unknownCommand(word: string, commands: readonly string[]): string {
  return `Unknown command "${word}"${didYouMean(suggest(word, commands))}\nTry: peerwatch --help`;
}

/** A better message than `complaint`, which is what yargs says of `args`. */
export function usageMessage(complaint: string, parsed: ParsedLine | false, args: readonly string[]): string {
  const words = parsed === false ? [] : wordsOf(parsed.argv);
  const unknown = parsed === false ? [] : unknownOptions(parsed, args);
  const text = unknown.length > 0 ? unknown.join('\n') : plainComplaint(complaint, words, args);
  return `${text}\nTry: ${['peerwatch', ...commandOf(args, complaint), '--help'].join(' ')}`;
}

/** Commands that have commands of their own. */
const GROUPS: readonly string[] = ['provider', 'location', 'catalogue', 'connection', 'prefix', 'incidents', 'events'];

/** The words of the command line whose --help helps. */
function commandOf(args: readonly string[], complaint: string): readonly string[] {
  const [first, second] = [args.at(0), args.at(1)];
  if (first === undefined || !isWord(first)) return [];
  const hasSecond = GROUPS.includes(first) && second !== undefined && isWord(second);
  return hasSecond && !complaint.startsWith('Did you mean') ? [first, second] : [first];
}

function isWord(text: string): boolean {
  return /^[a-z]+(-[a-z]+)*$/.test(text);
}

/** An error text where an option that takes one value has several, else null. `declared` are yargs's options of the command. */
export function repeatedOption(argv: Readonly<Record<string, unknown>>, declared: unknown): string | null {
  const arrays =
    isRecord(declared) && Array.isArray(declared['array']) ? (declared['array'] as readonly unknown[]) : [];
  const repeated = Object.keys(argv).find(
    (name) => !SPECIAL.includes(name) && Array.isArray(argv[name]) && !arrays.includes(name) && name === dashed(name),
  );
  return repeated === undefined ? null : `--${repeated} is given more than once; it takes one value`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** yargs gives every option in two spellings; this is the one of the command line. */
function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function wordsOf(argv: ParsedLine['argv']): readonly string[] {
  const words = argv['_'];
  return Array.isArray(words) ? words.map(String) : [];
}

/** A line for every option that is not declared. */
function unknownOptions({ argv, aliases, newAliases }: ParsedLine, args: readonly string[]): readonly string[] {
  const isMadeUp = (name: string): boolean => Object.hasOwn(newAliases, name);
  const isKnown = (name: string): boolean =>
    Object.hasOwn(aliases, name) &&
    [name, ...(aliases[name] ?? [])].some((alias) => !isMadeUp(alias) || !isMadeUp(name));
  const known = Object.keys(aliases).filter((name) => isKnown(name) && name === dashed(name));
  const unknown = Object.keys(argv).filter((name) => !SPECIAL.includes(name) && !isKnown(name));
  const written = unknown.flatMap((name) => asWritten(name, args) ?? []);
  return [...new Set(written)].map((option) => {
    const near = option.startsWith('--') ? suggest(option.replace(/^--(no-)?/, ''), known) : null;
    return `Unknown option: ${option}${didYouMean(near === null ? null : `--${near}`)}`;
  });
}

/** How the option stands on the command line, without its value; null where it does not: the other spelling of one that does. */
function asWritten(name: string, args: readonly string[]): string | null {
  const spellings = name.length === 1 ? [`-${name}`] : [`--${name}`, `--no-${name}`];
  const end = args.indexOf('--');
  const before = end === -1 ? args : args.slice(0, end);
  const found = before.map((arg) => arg.split('=')[0]).find((arg) => spellings.includes(arg));
  return found ?? (name.length === 1 ? (before.find((arg) => /^-[^-]/.test(arg) && arg.includes(name)) ?? null) : null);
}

/** yargs's own words, made plainer. */
function plainComplaint(complaint: string, words: readonly string[], args: readonly string[]): string {
  const near = /^Did you mean (\S+)\?$/.exec(complaint);
  if (near !== null) return `Unknown command "${words.at(1) ?? ''}"; did you mean "${near[1]}"?`;
  if (complaint.startsWith('Not enough non-option arguments')) return `Something is missing after "${args.join(' ')}"`;
  return complaint.replace(/^Unknown argument(s?):/, 'Unexpected argument$1:');
}

function didYouMean(near: string | null): string {
  return near === null ? '' : `; did you mean ${near.startsWith('-') ? near : `"${near}"`}?`;
}
