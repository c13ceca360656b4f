// Route events and policies for tests, in few words, and a stage that plays events through a real engine and keeps what comes out.
// Times are seconds after T0; paths are text as `formatPath` prints it; peers are numbers: peer n is AS 65000 + n at 192.0.2.n.

import { type AsPath, type PathSegment, SegmentType } from '../../src/bgp/as-path.js';
import { defaultFigures, type DetectionFigures } from '../../src/detection/figures.js';
import { type PrefixPolicy, PolicyTable } from '../../src/detection/policy.js';
import { noReferenceData, type ReferenceData } from '../../src/detection/reference-data.js';
import { type RouteView, viewRoute } from '../../src/detection/route-view.js';
import { type Incident } from '../../src/incidents/incident.js';
import { comparePrefixEvents, type PrefixEvent } from '../../src/incidents/prefix-event.js';
import { type EventTime, SECOND } from '../../src/ip/event-time.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { Engine } from '../../src/pipeline/engine.js';
import { type Batch } from '../../src/pipeline/store.js';
import { readRelationships } from '../../src/relations/as-relationships.js';
import { AspaTable } from '../../src/rpki/aspa-table.js';
import { type Vrp, VrpTable } from '../../src/rpki/vrp-table.js';
import { type PeerRef, type RawEvidence, type RouteEvent } from '../../src/rib/route-event.js';

/** 2026-06-16T07:00:00Z, from the Unix seconds by hand. */
export const T0: EventTime = 1_781_593_200 * SECOND;

/** `seconds` after T0. */
export function at(seconds: number): EventTime {
  return T0 + Math.round(seconds * SECOND);
}

/** Seconds after T0 of a time; null stays null. */
export function secondsOf(time: EventTime | null): number | null {
  return time === null ? null : (time - T0) / SECOND;
}

const SEGMENTS = /\{([^}]*)\}|\(([^)]*)\)|\[([^\]]*)\]|([\d ]+)/g;

/** The path of its text: `64501 {64510,64511} (65001 65002) [65003]`; empty text is the empty path. */
export function path(text: string): AsPath {
  const numbers = (list: string): number[] => (list.match(/\d+/g) ?? []).map(Number);
  const segments: PathSegment[] = [];
  for (const match of text.matchAll(SEGMENTS)) {
    const [set, confedSequence, confedSet, sequence] = match.slice(1) as (string | undefined)[];
    if (set !== undefined) segments.push({ type: SegmentType.AS_SET, asns: numbers(set) });
    else if (confedSequence !== undefined)
      segments.push({ type: SegmentType.AS_CONFED_SEQUENCE, asns: numbers(confedSequence) });
    else if (confedSet !== undefined) segments.push({ type: SegmentType.AS_CONFED_SET, asns: numbers(confedSet) });
    else if (sequence !== undefined && sequence.trim() !== '')
      segments.push({ type: SegmentType.AS_SEQUENCE, asns: numbers(sequence) });
  }
  return segments;
}

/** A route as rules see it. */
export function view(prefix: string, pathText: string, internalAs: number | null = null): RouteView {
  return viewRoute(parsePrefix(prefix), path(pathText), internalAs);
}

/** What a test says of a policy; the rest is: connection `hq`, origin 64496, provider 64500, nothing allowed beside. */
export interface PolicyParts {
  readonly connection?: string;
  readonly origins?: readonly number[];
  readonly neighbors?: Readonly<Record<number, readonly number[]>>;
  readonly moreSpecifics?: {
    readonly minLength: number;
    readonly maxLength: number;
    readonly origins?: readonly number[];
    readonly neighbors?: Readonly<Record<number, readonly number[]>>;
  };
  readonly aggregators?: readonly number[];
  readonly providerAsns?: readonly number[];
}

let policyId = 0;

export function policy(prefix: string, parts: PolicyParts = {}): PrefixPolicy {
  const { connection = 'hq', origins = [64496], neighbors = {}, moreSpecifics, providerAsns = [64500] } = parts;
  const { aggregators = providerAsns } = parts;
  return {
    id: ++policyId,
    connection,
    name: prefix,
    prefix: parsePrefix(prefix),
    origins,
    neighbors: neighborMap(neighbors),
    moreSpecifics:
      moreSpecifics === undefined
        ? null
        : {
            ...moreSpecifics,
            origins: moreSpecifics.origins ?? origins,
            neighbors: neighborMap(moreSpecifics.neighbors ?? {}),
          },
    aggregators,
    providerAsns,
    visibility: null,
  };
}

function neighborMap(neighbors: Readonly<Record<number, readonly number[]>>): ReadonlyMap<number, readonly number[]> {
  return new Map(Object.entries(neighbors).map(([origin, allowed]) => [Number(origin), allowed]));
}

/** A peer: its number, or its parts. */
export type Peer = number | Partial<PeerRef>;

export function peerRef(peer: Peer): PeerRef {
  if (typeof peer === 'number') return { collector: 'rrc00', peerAddress: `192.0.2.${peer}`, peerAs: 65000 + peer };
  return { collector: 'rrc00', peerAddress: '192.0.2.1', peerAs: 65001, ...peer };
}

/** What can be said of a route beside its path. */
export interface RouteParts {
  readonly pathId?: number;
  readonly attributes?: string;
  readonly malformed?: boolean;
  readonly internalAs?: number;
}

/** Writes route events one after the other; each is a record of its own, a dump's entries too. */
export class Story {
  readonly events: RouteEvent[] = [];
  readonly #input: string;
  readonly #file: string;
  #record = 0;
  #newest = 0;

  constructor({ input = 'input', file = 'updates.gz' }: { input?: string; file?: string } = {}) {
    this.#input = input;
    this.#file = file;
  }

  announce(seconds: number, peer: Peer, prefix: string, pathText: string, parts: RouteParts = {}): this {
    const route = this.#route(prefix, pathText, parts);
    return this.#add({ kind: 'announce', ...this.#head(seconds, peer), ...route });
  }

  withdraw(seconds: number, peer: Peer, prefix: string, pathId = 0): this {
    const fields = { prefix: parsePrefix(prefix), pathId, evidence: this.#evidence() };
    return this.#add({ kind: 'withdraw', ...this.#head(seconds, peer), ...fields });
  }

  /** `up`, `down`, `active`, `quiet` or `last-record`. */
  session(kind: 'up' | 'down' | 'active' | 'quiet' | 'last-record', seconds: number, peer: Peer): this {
    return this.#add({ kind, ...this.#head(seconds, peer) });
  }

  endOfRib(seconds: number, peer: Peer, afi = 1): this {
    return this.#add({ kind: 'eor', ...this.#head(seconds, peer), afi });
  }

  /** A dump begins; `peers` null = a format without a peer index. */
  ribBegin(seconds: number, dump: string, peers: readonly Peer[] | null): this {
    const index = peers?.map(indexed) ?? null;
    return this.#add({ kind: 'rib-begin', ...this.#head(seconds, NO_PEER), dump, peers: index });
  }

  rib(seconds: number, peer: Peer, dump: string, prefix: string, pathText: string, parts: RouteParts = {}): this {
    const route = this.#route(prefix, pathText, parts);
    return this.#add({ kind: 'rib', ...this.#head(seconds, peer), ...route, dump });
  }

  /** It ends; `heard` = the peers that had entries, `routes` = how many prefixes of either family each. */
  ribEnd(
    seconds: number,
    dump: string,
    heard: readonly Peer[],
    {
      complete = true,
      afis = [1],
      routes = [],
    }: { complete?: boolean; afis?: readonly number[]; routes?: readonly number[] } = {},
  ): this {
    const head = this.#head(seconds, NO_PEER);
    const counted = heard.map((peer, i) => ({ ...indexed(peer), routes: [routes[i] ?? 1, routes[i] ?? 1] as const }));
    return this.#add({ kind: 'rib-end', ...head, dump, complete, afis, heard: counted });
  }

  #add(event: RouteEvent): this {
    this.events.push(event);
    return this;
  }

  #head(seconds: number, peer: Peer) {
    const time = at(seconds);
    this.#newest = Math.max(this.#newest, time);
    const record = this.#record++;
    const place = { input: this.#input, file: this.#file, record, offset: record * 100, sequence: 0 };
    return { ...peerRef(peer), ...place, at: time, order: this.#newest };
  }

  #route(prefix: string, pathText: string, parts: RouteParts) {
    const { pathId = 0, attributes = '', malformed = false, internalAs = null } = parts;
    const route = { path: path(pathText), internalAs, attributes, malformed };
    return { prefix: parsePrefix(prefix), pathId, ...route, evidence: this.#evidence() };
  }

  /** Bytes of the record's own: its number. */
  #evidence(): RawEvidence {
    return { record: new TextEncoder().encode(`${this.#input} ${this.#record}`), peerIndex: null };
  }
}

const NO_PEER: Peer = { peerAddress: '', peerAs: 0 };

function indexed(peer: Peer): { address: string; asn: number } {
  const { peerAddress, peerAs } = peerRef(peer);
  return { address: peerAddress, asn: peerAs };
}

/** Lifecycle, transfer and other figures that differ from the defaults. */
export type FigureParts = { readonly [K in keyof DetectionFigures]?: Partial<DetectionFigures[K]> };

export function figures(parts: FigureParts = {}): DetectionFigures {
  const merged = { ...defaultFigures };
  for (const key of Object.keys(parts) as (keyof DetectionFigures)[])
    Object.assign(merged, { [key]: { ...defaultFigures[key], ...parts[key] } });
  return merged;
}

/** What a test says of reference data: VRPs as `203.0.113.0/24-25 64496`, providers by customer, lines of relationships. */
export interface ReferenceParts {
  readonly vrps?: readonly string[];
  readonly aspas?: Readonly<Record<number, readonly number[]>>;
  readonly relationships?: readonly string[];
  readonly version?: string;
}

export function reference({ vrps, aspas, relationships, version = 'test data' }: ReferenceParts): ReferenceData {
  return {
    vrps: vrps === undefined ? null : new VrpTable(vrps.map(vrp)),
    aspas:
      aspas === undefined
        ? null
        : new AspaTable(
            Object.entries(aspas).map(([customer, providers]) => ({ customer: Number(customer), providers })),
          ),
    relationships: relationships === undefined ? null : readRelationships(relationships).relationships,
    version,
  };
}

function vrp(text: string): Vrp {
  const [, address, maxLength, asn] = /^(.*?)(?:-(\d+))? (\d+)$/.exec(text)!;
  const prefix = parsePrefix(address);
  const max = (maxLength as string | undefined) === undefined ? prefix.length : Number(maxLength);
  return { prefix, maxLength: max, asn: Number(asn), trustAnchor: null, expires: null };
}

/** A real engine, and all that came out of it. */
export class Stage {
  readonly engine: Engine;
  readonly #events: PrefixEvent[] = [];
  readonly #incidents = new Map<string, Incident>();
  readonly evidence: Batch['evidence'][number][] = [];

  constructor(policies: readonly PrefixPolicy[], detection: DetectionFigures = defaultFigures, data = noReferenceData) {
    this.engine = new Engine(new PolicyTable(policies), detection);
    this.engine.useReference(data);
  }

  /** Plays events, then fires what was due before `until` (seconds), if given. */
  play({ events }: Pick<Story, 'events'>, until?: number): this {
    for (const event of events) {
      this.engine.advance(event.order);
      this.engine.apply(event);
    }
    if (until !== undefined) this.engine.advance(at(until));
    return this;
  }

  /** The input ends at this time: what is due by then fires. */
  end(seconds: number): this {
    this.engine.advance(at(seconds), true);
    return this;
  }

  reconfigure(policies: readonly PrefixPolicy[]): this {
    this.engine.reconfigure(new PolicyTable(policies));
    return this;
  }

  /** Other reference data, under the policies as they are. */
  refer(data: ReferenceData): this {
    this.engine.reconfigure(this.engine.policies, data);
    return this;
  }

  /** Every prefix event so far, in their order. */
  get events(): readonly PrefixEvent[] {
    this.#take();
    return [...this.#events].sort(comparePrefixEvents);
  }

  /** `seconds type` of every event so far; with its prefix where that is not the registered one, and its level where a type has two. */
  get told(): readonly string[] {
    return this.events.map(({ at: time, type, level, prefix, registeredPrefix }) => {
      const more = prefix === registeredPrefix ? '' : ` ${prefix}`;
      return `${secondsOf(time) ?? 'never'} ${type}${more}${type === 'PrefixMoreSpecificEvent' ? ` ${level}` : ''}`;
    });
  }

  /** Every incident so far, over and forgotten or not, by opening and id. */
  get incidents(): readonly Incident[] {
    this.#take();
    return [...this.#incidents.values()].sort((a, b) => a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1));
  }

  /** `type offender opened..resolved reason state` of every incident so far. */
  get verdicts(): readonly string[] {
    return this.incidents.map(({ type, prefix, offender, openedAt, resolvedAt, reason, state }) => {
      const end = resolvedAt === null ? '' : `${secondsOf(resolvedAt) ?? ''} ${reason ?? ''}`;
      return `${type} ${prefix} ${offender} ${secondsOf(openedAt) ?? ''}..${end}${state === 'resolved' ? '' : state}`;
    });
  }

  /** The only incident so far. */
  get incident(): Incident {
    const all = this.incidents;
    if (all.length !== 1)
      throw new Error(`expected one incident, there are ${all.length}: ${this.verdicts.join('; ')}`);
    return all[0];
  }

  #take(): void {
    const batch = this.engine.takeBatch();
    this.#events.push(...batch.events);
    this.evidence.push(...batch.evidence);
    for (const { incident } of batch.incidents) this.#incidents.set(incident.id, incident);
  }
}
