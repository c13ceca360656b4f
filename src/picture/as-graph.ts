// The ASes between the peers that saw an incident and the origins, as a graph: one node an AS, one link for each two that are neighbours on
// a path, before or after. Peers are nodes of their own, so that they stand on one side though others may reach the origin through them.
// Long stretches that all go the same way are one node, so that a long path stays legible.

import { type Incident, type JsonPath } from '../incidents/incident.js';

/** Which paths: those before the incident, or those of it. */
export type Side = 'before' | 'after';

export interface GraphNode {
  readonly key: string;
  readonly kind: 'peer' | 'as' | 'stretch';
  readonly label: string;
  /** What is to be said of it, below the label; empty = nothing. */
  mark: '' | 'offender' | 'registered origin';
  /** The whole of a stretch, or of a long label. */
  readonly title: string;
}

export interface GraphLink {
  readonly from: string;
  readonly to: string;
  /** Names of the peers whose paths go here. */
  readonly before: string[];
  readonly after: string[];
}

export interface AsGraph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** In order of first use. */
  readonly links: readonly GraphLink[];
}

/** A stretch has at least so many ASes. */
const STRETCH = 4;

type Evidence = Incident['evidence'][number];

/** Hops of a path, prepending merged, confederations left out; an AS_SET is one hop. */
export function hopsOf(path: JsonPath): readonly string[] {
  const hops: string[] = [];
  for (const item of path) {
    const hop = typeof item === 'number' ? String(item) : Array.isArray(item) ? `{${item.join(',')}}` : null;
    if (hop !== null && hops.at(-1) !== hop) hops.push(hop);
  }
  return hops;
}

/** The AS numbers that an offender names: `64511`, `64496/64500`, `64496 length`. */
export function offendersOf({ offender }: Pick<Incident, 'offender'>): ReadonlySet<string> {
  return new Set(offender.match(/\b\d+\b/g) ?? []);
}

export function peerName({ peerAs, collector }: Pick<Evidence, 'peerAs' | 'collector'>): string {
  return `AS${peerAs} at ${collector}`;
}

export function asGraph(incident: Incident): AsGraph {
  const paths = incident.evidence.flatMap((one) => pathsOf(one));
  const transit = new Set(paths.flatMap(({ hops }) => hops.slice(1)));
  const nodes = new Map<string, GraphNode>();
  const links = new Map<string, GraphLink>();
  const stretches = stretchesOf(
    paths.map(({ hops }) => hops),
    marksOf(incident),
  );
  for (const { peer, peerAs, side, hops } of paths) {
    const own = hops[0] === peerAs && !transit.has(peerAs) && hops.length > 1 ? 1 : 0;
    const keys = [`peer ${peer}`, ...folded(hops.slice(own), stretches)];
    for (const key of keys) if (!nodes.has(key)) nodes.set(key, nodeOf(key, incident));
    keys.slice(1).forEach((to, index) => {
      const from = keys[index];
      const link = links.get(`${from}|${to}`) ?? { from, to, before: [], after: [] };
      links.set(`${from}|${to}`, link);
      if (!link[side].includes(peer)) link[side].push(peer);
    });
  }
  return { nodes, links: [...links.values()] };
}

interface SidePath {
  readonly peer: string;
  readonly peerAs: string;
  readonly side: Side;
  readonly hops: readonly string[];
}

function pathsOf(evidence: Evidence): SidePath[] {
  const [peer, peerAs] = [peerName(evidence), String(evidence.peerAs)];
  const sides: readonly (readonly [Side, JsonPath])[] = [
    ['before', evidence.before ?? []],
    ['after', evidence.asPath],
  ];
  return sides.flatMap(([side, path]) => (path.length === 0 ? [] : [{ peer, peerAs, side, hops: hopsOf(path) }]));
}

/** ASes that must be seen by themselves. */
function marksOf(incident: Incident): ReadonlySet<string> {
  return new Set([...offendersOf(incident), ...incident.expected.origins.map(String)]);
}

function nodeOf(key: string, incident: Incident): GraphNode {
  if (key.startsWith('peer ')) {
    const label = key.slice('peer '.length);
    return { key, kind: 'peer', label, mark: '', title: `peer ${label}` };
  }
  const hops = key.split(' ');
  if (hops.length > 1) {
    const title = hops.map(asLabel).join(' ');
    return { key, kind: 'stretch', label: `${hops.length} ASes`, mark: '', title };
  }
  const isRegistered = incident.expected.origins.map(String).includes(key);
  const mark = offendersOf(incident).has(key) ? 'offender' : isRegistered ? 'registered origin' : '';
  return { key, kind: 'as', label: asLabel(key), mark, title: asLabel(key) };
}

function asLabel(hop: string): string {
  return hop.startsWith('{') ? hop : `AS${hop}`;
}

/** Runs of ASes that have one neighbour on each side, by their first AS; each at least `STRETCH` long. */
function stretchesOf(
  paths: readonly (readonly string[])[],
  marked: ReadonlySet<string>,
): ReadonlyMap<string, string[]> {
  const [next, previous] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()];
  const ends = new Set<string>();
  const add = (map: Map<string, Set<string>>, key: string, value: string) =>
    map.set(key, (map.get(key) ?? new Set<string>()).add(value));
  for (const hops of paths) {
    for (const end of [hops.at(0), hops.at(-1)]) if (end !== undefined) ends.add(end);
    hops.slice(1).forEach((to, index) => {
      add(next, hops[index], to);
      add(previous, to, hops[index]);
    });
  }
  const isPlain = (hop: string): boolean =>
    next.get(hop)?.size === 1 && previous.get(hop)?.size === 1 && !ends.has(hop) && !marked.has(hop);
  const stretches = new Map<string, string[]>();
  for (const hops of paths) {
    for (let at = 0; at < hops.length;) {
      let end = at;
      while (end < hops.length && isPlain(hops[end])) end++;
      if (end - at >= STRETCH) stretches.set(hops[at], hops.slice(at, end));
      at = end + 1;
    }
  }
  return stretches;
}

function folded(hops: readonly string[], stretches: ReadonlyMap<string, string[]>): readonly string[] {
  const keys: string[] = [];
  for (let at = 0; at < hops.length;) {
    const stretch = stretches.get(hops[at]) ?? [hops[at]];
    keys.push(stretch.join(' '));
    at += stretch.length;
  }
  return keys;
}
