// Registries made from what files hold, by a seed: prefixes that were announced, the networks around and inside them, under policies
// that are right, wrong, partial or empty. The same files and seed give the same registry. JSON is YAML, so `apply` reads it.

import { spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { projectRoot } from '../requires.js';
import { collapsed, originMembers, originOf } from './as-paths.js';
import { commandLine } from './command.js';
import { parseLine } from './dump-line.js';
import { type CheckedPrefix } from './policies.js';
import { bitsOf, lengthOf, textOf } from './prefix-bits.js';

/** What was seen of a prefix. */
interface Seen {
  count: number;
  readonly origins: Set<number>;
  readonly neighbors: Map<number, Set<number>>;
}

/** What was seen of a file. */
interface Observed {
  readonly seen: Map<string, Seen>;
  readonly links: Set<string>;
}

/** A registry of one provider and two connections. */
export interface GeneratedRegistry {
  readonly prefixes: readonly CheckedPrefix[];
  /** The text for `apply`. */
  readonly yaml: string;
  /** ASes next to each other on any path, both ways round: `1|2`. */
  readonly links: ReadonlySet<string>;
}

const PROVIDER = 'X';
/** Seen in no file. */
const WRONG = 1;

/** mulberry32: numbers in [0, 1) from a seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every routable unicast prefix of the files, with its origins and their neighbours. */
async function observe(file: string): Promise<Observed> {
  const seen = new Map<string, Seen>();
  const links = new Set<string>();
  const child = spawn(process.execPath, [...commandLine, 'dump', '--format', 'json', file], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const text of createInterface({ input: child.stdout })) {
    const line = parseLine(text);
    if (line.prefix === undefined || line.safi !== 1 || !isRegistrable(line.prefix)) continue;
    let entry = seen.get(line.prefix);
    if (entry === undefined) seen.set(line.prefix, (entry = { count: 0, origins: new Set(), neighbors: new Map() }));
    entry.count++;
    const hops = collapsed(line.asPath ?? []);
    for (const [i, hop] of hops.entries())
      if (i > 0) links.add(`${String(hops[i - 1])}|${String(hop)}`).add(`${String(hop)}|${String(hops[i - 1])}`);
    const origin = originOf(line.asPath ?? null, line.localAs === line.peerAs ? line.peerAs : null);
    for (const asn of originMembers(origin)) entry.origins.add(asn);
    if (origin.kind !== 'as' || origin.neighbor === null) continue;
    const neighbors = entry.neighbors.get(origin.asn) ?? new Set();
    entry.neighbors.set(origin.asn, neighbors.add(origin.neighbor));
  }
  return { seen, links: new Set([...links].filter((link) => /^\d+\|\d+$/.test(link))) };
}

/** Prefixes that registration takes: global unicast of neither family's special registries (IANA). */
function isRegistrable(prefix: string): boolean {
  const bits = bitsOf(prefix);
  if (bits.startsWith('6:'))
    return (
      /^6:001/.test(bits) &&
      lengthOf(bits) >= 20 &&
      !/^(?:2001:0?:|2001:db8|2001:[0-9a-f]{1,2}:|2001:1[0-9a-f]{2}:|2001::|2002:|3fff|3ffe|2620:4f)/.test(prefix)
    );
  const [a, b] = prefix.split('.').map(Number);
  if (lengthOf(bits) < 9 || a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100) return b < 64 || b > 127;
  if (a === 172) return b < 16 || b > 31;
  if (a === 198) return ![18, 19, 51].includes(b);
  return !['169.254', '192.168', '192.0', '192.88', '192.31', '192.52', '192.175', '203.0'].includes(`${a}.${b}`);
}

/** A registry of about `size` prefixes of each file. */
export async function generateRegistry(
  files: readonly string[],
  size: number,
  seed: number,
): Promise<GeneratedRegistry> {
  const random = randomFrom(seed);
  const entries = new Map<string, CheckedPrefix>();
  const allSeen: Map<string, Seen>[] = [];
  const allLinks = new Set<string>();
  for (const file of files) {
    const { seen, links } = await observe(file);
    allSeen.push(seen);
    for (const link of links) allLinks.add(link);
  }
  const providers = commonNeighbors(allSeen);
  for (const seen of allSeen) {
    const names = [...seen.keys()].sort();
    const busy = [...names].sort((a, b) => seen.get(b)!.count - seen.get(a)!.count).slice(0, size);
    for (let pick = 0; pick < size && names.length > 0; pick++) {
      const from = pick % 2 === 0 ? busy : names;
      const name = from[Math.floor(random() * from.length)];
      const entry = withPolicy(name, seen.get(name)!, providers, random);
      if (entry !== null) entries.set(bitsOf(entry.prefix), entry);
    }
  }
  const prefixes = [...entries.values()];
  return { prefixes, yaml: registryText(prefixes, providers), links: allLinks };
}

/** The five AS numbers that are next to most origins. */
function commonNeighbors(allSeen: readonly Map<string, Seen>[]): number[] {
  const counts = new Map<number, number>();
  for (const seen of allSeen)
    for (const { neighbors } of seen.values())
      for (const asns of neighbors.values()) for (const asn of asns) counts.set(asn, (counts.get(asn) ?? 0) + 1);
  const sorted = [...counts].filter(([asn]) => isRegistrableAsn(asn)).sort(([a, m], [b, n]) => n - m || a - b);
  return sorted.slice(0, 5).map(([asn]) => asn);
}

function isRegistrableAsn(asn: number): boolean {
  return ![0, 23456, 65535, 4294967295].includes(asn);
}

function withPolicy(
  name: string,
  { origins, neighbors }: Seen,
  providers: readonly number[],
  random: () => number,
): CheckedPrefix | null {
  const own = [...origins].filter(isRegistrableAsn).sort((a, b) => a - b);
  const half = new Map(
    [...neighbors].filter(([asn]) => isRegistrableAsn(asn)).map(([asn, next]) => [asn, someOf(next, random)]),
  );
  const plain = {
    prefix: name,
    connection: connectionOf(name),
    providers,
    aggregators: providers,
    moreSpecifics: null,
  };
  const base: CheckedPrefix = { ...plain, origins: own, neighbors: new Map() };
  const most = name.includes(':') ? 128 : 32;
  const length = Number(name.split('/')[1]);
  const moreSpecifics = {
    minLength: Math.min(length + 1, most),
    maxLength: Math.min(length + 3, most),
    origins: own,
    neighbors: half,
  };
  switch (Math.floor(random() * 8)) {
    case 0:
      return base;
    case 1:
      return { ...base, origins: [WRONG] };
    case 2:
      return { ...base, neighbors: half };
    case 3:
      return { ...base, origins: random() < 0.5 ? [] : own.slice(0, 1), neighbors: half };
    case 4:
      return around(base, 1 + Math.floor(random() * 4), {});
    case 5:
      return around(base, 1 + Math.floor(random() * 3), {
        moreSpecifics: { ...moreSpecifics, minLength: length, origins: own.slice(0, 1) },
      });
    case 6:
      return around(base, 2, { origins: random() < 0.5 ? [] : [WRONG] });
    default:
      return inside(base, random() < 0.5 ? own : [WRONG]);
  }
}

function someOf(asns: ReadonlySet<number>, random: () => number): number[] {
  return [...asns].filter((asn) => isRegistrableAsn(asn) && random() < 0.5).sort((a, b) => a - b);
}

/** Two connections whose prefixes never overlap: one an even first octet or group, the other an odd one. */
function connectionOf(prefix: string): string {
  return `${prefix.includes(':') ? 'six' : 'four'}-${prefix.charCodeAt(prefix.search(/[.:]/) - 1) % 2 === 0 ? 'even' : 'odd'}`;
}

/** The network `bits` shorter that holds the prefix, if registration takes it. */
function around(entry: CheckedPrefix, bits: number, changes: Partial<CheckedPrefix>): CheckedPrefix | null {
  const wide = bitsOf(entry.prefix).slice(0, -bits);
  const prefix = textOf(wide);
  return lengthOf(wide) < (entry.prefix.includes(':') ? 20 : 9) || !isRegistrable(prefix)
    ? null
    : { ...entry, ...changes, prefix };
}

/** The upper half of the prefix. */
function inside(entry: CheckedPrefix, origins: readonly number[]): CheckedPrefix | null {
  const bits = `${bitsOf(entry.prefix)}1`;
  return lengthOf(bits) > (entry.prefix.includes(':') ? 128 : 32) ? null : { ...entry, origins, prefix: textOf(bits) };
}

/** The registry's file, providers' AS numbers and all. */
export function registryText(prefixes: readonly CheckedPrefix[], providers: readonly number[]): string {
  const connections = [...new Set(prefixes.map(({ connection }) => connection))].sort();
  return JSON.stringify({
    providers: [{ name: PROVIDER, asns: providers, metros: [] }],
    connections: connections.map((name) => ({
      name,
      provider: PROVIDER,
      country: 'NL',
      state: 'Utrecht',
      asns: [1103],
      prefixes: prefixes
        .filter(({ connection }) => connection === name)
        .map(({ prefix, origins, neighbors, moreSpecifics, aggregators }) => ({
          name: prefix.replace(/[/:]/g, '_'),
          prefix,
          origins,
          neighbors: Object.fromEntries(neighbors),
          ...(moreSpecifics !== null && {
            moreSpecifics: { ...moreSpecifics, neighbors: Object.fromEntries(moreSpecifics.neighbors) },
          }),
          aggregators,
        })),
    })),
    options: { allowDocumentation: true },
  });
}
