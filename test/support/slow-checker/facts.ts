// What the slow checker reads: the lines of `dump --format json`, as facts of one list, in the order of detection.md section 2: by
// time, collector, peer address, base name, record and place in the record, where a session's time never runs back inside one file.
// A route that touches no registered prefix stays as a fact without a prefix: it still says that its session lives.

import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { commandLine } from './command.js';
import { projectRoot } from '../requires.js';
import { type PathItem } from './as-paths.js';
import { endOfRibFamilies, type IndexPeer, peerIndexes } from './peer-index.js';
import { type DumpLine, parseLine } from './dump-line.js';
import { type Bits, bitsOf } from './prefix-bits.js';

/** One fact of a file. Times are microseconds since 1970. */
export interface Fact {
  readonly kind: 'announce' | 'withdraw' | 'rib' | 'state' | 'eor' | 'index' | 'end-of-rib-dump' | 'other';
  readonly file: string;
  readonly collector: string;
  readonly record: number;
  readonly offset: number;
  readonly place: number;
  readonly peerAs: number;
  readonly peerAddress: string;
  readonly localAs: number | null;
  /** The record's time, a jump ahead clamped. */
  readonly time: number;
  /** The time of the merge: the running maximum of the session's times in this file, at most a minute behind the file's newest. */
  readonly order: number;
  /** Null where nothing registered is touched. */
  readonly prefix: string | null;
  /** The family of a route or of an End-of-RIB; null elsewhere. */
  readonly family: '4' | '6' | null;
  readonly pathId: number;
  readonly path: readonly PathItem[] | null;
  readonly communities: readonly string[];
  readonly onlyToCustomer: number | null;
  readonly warnings: readonly string[];
  /** Attributes that make a route another one, as text. */
  readonly attributes: string;
  readonly oldState: number;
  readonly newState: number;
  /** With `index` and `end-of-rib-dump`: the number of the dump in its file, and its peers (null: the format names none). */
  readonly dump: number;
  readonly peers: readonly IndexPeer[] | null;
}

const HOUR = 3600e6;
const MINUTE = 60e6;

/** Whether a prefix equals, covers or lies inside one of the registered ones; answers are remembered. */
export function relatedTo(registered: readonly string[]): (prefix: string) => boolean {
  const exact = new Set(registered.map(bitsOf));
  const covering = new Set([...exact].flatMap((bits) => beginnings(bits)));
  const known = new Map<string, boolean>();
  return (prefix) => {
    let answer = known.get(prefix);
    if (answer === undefined) {
      const bits = bitsOf(prefix);
      answer = covering.has(bits) || beginnings(bits).some((outer) => exact.has(outer));
      known.set(prefix, answer);
    }
    return answer;
  };
}

/** The prefix itself and all that cover it, the default route included. */
function beginnings(bits: Bits): Bits[] {
  return Array.from({ length: bits.length - 1 }, (_, index) => bits.slice(0, index + 2));
}

/** All facts of the files in merge order. */
export async function readFacts(files: readonly string[], isRelated: (prefix: string) => boolean): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const file of files) for (const fact of await factsOf(file, isRelated)) facts.push(fact);
  return facts.sort(
    (a, b) =>
      a.order - b.order ||
      compare(a.collector, b.collector) ||
      compare(a.peerAddress, b.peerAddress) ||
      compare(a.file, b.file) ||
      a.record - b.record ||
      a.place - b.place,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The facts of one file, in the file's order. */
async function factsOf(path: string, isRelated: (prefix: string) => boolean): Promise<Fact[]> {
  const reader = new FactReader(basename(path), isRelated);
  const child = spawn(process.execPath, [...commandLine, 'dump', '--format', 'json', path], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  for await (const text of createInterface({ input: child.stdout })) reader.add(parseLine(text));
  const facts = reader.finish((await ended) === 0 ? await peerIndexes(path) : []);
  const ends = facts.filter(({ kind }) => kind === 'eor').map(({ offset }) => offset);
  const families = await endOfRibFamilies(path, ends);
  return facts.map((fact) => (fact.kind === 'eor' ? { ...fact, family: families.get(fact.offset) ?? null } : fact));
}

/** Makes facts of the lines of one file. */
class FactReader {
  readonly #facts: Fact[] = [];
  readonly #latest = new Map<string, number>();
  #time: number | null = null;
  #newest = 0;
  #jump: { readonly to: number; agreed: number } | null = null;
  #place = 0;
  #record = -1;

  constructor(
    readonly file: string,
    readonly isRelated: (prefix: string) => boolean,
  ) {}

  add(line: DumpLine): void {
    if (line.record !== this.#record) {
      this.#record = line.record;
      this.#place = 0;
      this.#clamp(microseconds(line.time));
    }
    const isRoute = line.prefix !== undefined;
    const isMine = isRoute && line.safi === 1 && this.isRelated(line.prefix);
    const kind = kindOf(line.type);
    const last = this.#facts.at(-1);
    const isNoise = (kind === 'other' || isRoute) && !isMine;
    const isSaid = last?.record === line.record && last.kind === kind && last.prefix === null;
    if (isNoise && isSaid && last.peerAddress === line.peerAddress && last.peerAs === line.peerAs) return;
    this.#facts.push(this.#fact(line, kind, isMine));
  }

  #fact(line: DumpLine, kind: Fact['kind'], isMine: boolean): Fact {
    const session = `${line.peerAddress} ${line.peerAs}`;
    const time = this.#time!;
    const latest = Math.max(this.#latest.get(session) ?? 0, time);
    this.#latest.set(session, latest);
    if (line.oldState !== line.newState && (line.oldState === 6 || line.newState === 6))
      this.#raiseAll(line.peerAddress, latest);
    const order = Math.max(latest, this.#newest - MINUTE);
    return {
      kind,
      file: this.file,
      collector: line.collector,
      record: line.record,
      place: this.#place++,
      peerAs: line.peerAs,
      peerAddress: line.peerAddress,
      localAs: line.localAs ?? null,
      time,
      order,
      prefix: isMine ? line.prefix! : null,
      family: line.prefix === undefined ? null : line.prefix.includes(':') ? '6' : '4',
      offset: line.offset,
      pathId: line.pathId ?? 0,
      path: line.asPath ?? null,
      communities: line.communities ?? [],
      onlyToCustomer: line.onlyToCustomer ?? null,
      warnings: line.warnings ?? [],
      attributes: isMine ? attributesOf(line) : '',
      oldState: line.oldState ?? 0,
      newState: line.newState ?? 0,
      dump: 0,
      peers: null,
    };
  }

  /** A state change is a record of every session at its address. */
  #raiseAll(address: string, to: number): void {
    for (const [session, latest] of this.#latest)
      if (session.startsWith(`${address} `)) this.#latest.set(session, Math.max(latest, to));
  }

  /** A record more than an hour ahead of the one before it has that one's time, until two more agree with it. */
  #clamp(time: number): void {
    if (this.#time === null || time <= this.#time + HOUR) {
      this.#jump = null;
      this.#time = time;
    } else {
      if (this.#jump !== null && Math.abs(time - this.#jump.to) <= HOUR) this.#jump.agreed++;
      else this.#jump = { to: time, agreed: 0 };
      if (this.#jump.agreed === 2) {
        this.#jump = null;
        this.#time = time;
      }
    }
    this.#newest = Math.max(this.#newest, this.#time);
  }

  /** The facts, with the beginning and end of each RIB dump among them. */
  finish(indexes: readonly { readonly record: number; readonly peers: readonly IndexPeer[] }[]): Fact[] {
    const ribs = this.#facts.filter(({ kind }) => kind === 'rib');
    if (ribs.length === 0) return this.#facts;
    const starts = indexes.length === 0 ? [{ record: 0, peers: null }] : indexes;
    return this.#facts.concat(
      starts.flatMap(({ record, peers }, dump) => {
        const next = starts[dump + 1]?.record ?? Infinity;
        const own = ribs.filter((fact) => fact.record >= record && fact.record < next);
        if (own.length === 0) return [];
        const mark = { peerAs: 0, localAs: null, prefix: null, path: null, warnings: [], attributes: '', dump, peers };
        const [first, last] = [own[0], own[own.length - 1]];
        return [
          { ...first, ...mark, kind: 'index' as const, peerAddress: '', record, place: -1 },
          { ...last, ...mark, kind: 'end-of-rib-dump' as const, peerAddress: '~', place: 1e9 },
        ];
      }),
    );
  }
}

function kindOf(type: string): Fact['kind'] {
  switch (type) {
    case 'announce':
    case 'withdraw':
    case 'rib':
    case 'state':
    case 'eor':
      return type;
    default:
      return 'other';
  }
}

/** What makes a route another one beside its path: everything the line says of it but where and when. */
function attributesOf(line: DumpLine): string {
  return JSON.stringify(line, (name, value: unknown) => (NO_ATTRIBUTES.has(name) ? undefined : value));
}

const NO_ATTRIBUTES = new Set([
  'type',
  'time',
  'collector',
  'record',
  'offset',
  'localAs',
  'warnings',
  'asPath',
  'originAs',
]);

/** RFC 3339 with six decimals. */
function microseconds(text: string): number {
  return Date.parse(`${text.slice(0, 19)}Z`) * 1000 + Number(text.slice(20, 26));
}
