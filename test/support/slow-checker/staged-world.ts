// Made worlds for the slow checker: hours of announcements, withdrawals, resets, table transfers and RIB dumps of a few sessions around a
// few registered prefixes, by a seed, written as MRT files by the project's writer. Dense in what real files hold rarely: sessions lost
// in the midst of a hijack, dumps that name some of them, AS_SETs, empty paths, AS_TRANS, malformed routes, times that run back.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type PathSegment, SegmentType } from '../../../src/bgp/as-path.js';
import { type BgpMessage } from '../../../src/bgp/message.js';
import { type UpdateParts } from '../../../src/bgp/message-encoder.js';
import { type PathAttributes } from '../../../src/bgp/path-attributes.js';
import { type Prefix } from '../../../src/ip/prefix.js';
import { parsePrefix } from '../../../src/ip/prefix-text.js';
import { encodeBgp4mpMessage, encodePeerIndexTable, encodeRib, encodeStateChange } from '../../../src/mrt/writer.js';
import { type GeneratedRegistry, randomFrom, registryText } from './generated-registry.js';
import { type CheckedPrefix } from './policies.js';

const SECOND = 1_000_000;
/** 2026-01-12T00:00:00Z. */
const START = 1_768_176_000 * SECOND;
const COLLECTOR = { localAs: 64508, localAddress: '192.0.2.254' };
const PROVIDERS = [64500];

/** RFC 7999. */
const BLACKHOLE = 0xffff029a;
/** Reserved ASes, a loop, a poisoned origin, AS 0, a private AS. */
const ODD = [
  [65535],
  [65560, 64500],
  [64501, 64502, 64501],
  [64496, 64510],
  [0],
  [64512, 64500],
  [64510, 64500, 64510],
];

interface Peer {
  readonly peerAs: number;
  readonly peerAddress: string;
  readonly addPath?: boolean;
}

/** Two ASes at one address, one AS at two, an iBGP feed, an ADD-PATH one. */
const PEERS: readonly Peer[] = [
  { peerAs: 64500, peerAddress: '192.0.2.1' },
  { peerAs: 64501, peerAddress: '192.0.2.2' },
  { peerAs: 64502, peerAddress: '192.0.2.2' },
  { peerAs: 64501, peerAddress: '192.0.2.3' },
  { peerAs: 65550, peerAddress: '192.0.2.4' },
  { peerAs: 64508, peerAddress: '192.0.2.5' },
  { peerAs: 64503, peerAddress: '192.0.2.6', addPath: true },
];

const none = {
  connection: 'one',
  providers: PROVIDERS,
  aggregators: PROVIDERS,
  neighbors: new Map<number, number[]>(),
};

const PREFIXES: readonly CheckedPrefix[] = [
  {
    ...none,
    prefix: '203.0.113.0/24',
    origins: [64496],
    neighbors: new Map([[64496, [64500]]]),
    moreSpecifics: {
      minLength: 25,
      maxLength: 25,
      origins: [64496, 64497],
      neighbors: new Map([[64497, [64500, 64501]]]),
    },
  },
  { ...none, prefix: '203.0.113.128/26', origins: [64496, 64508], moreSpecifics: null },
  { ...none, prefix: '198.51.100.0/24', origins: [], moreSpecifics: null },
  {
    ...none,
    prefix: '2001:db8:40::/48',
    connection: 'two',
    origins: [64497],
    moreSpecifics: null,
    aggregators: [64511],
  },
  { ...none, prefix: '192.0.2.0/25', connection: 'two', origins: [64496], moreSpecifics: null },
];

const ANNOUNCED = [
  ...['203.0.113.0/24', '203.0.113.0/24', '203.0.113.0/24', '203.0.113.0/25', '203.0.113.128/25', '203.0.113.64/26'],
  ...['203.0.113.128/26', '203.0.113.192/27', '203.0.112.0/22', '203.0.112.0/23', '202.0.0.0/7', '198.51.100.0/24'],
  ...['198.51.100.128/25', '192.0.2.0/25', '192.0.2.0/24', '2001:db8:40::/48', '2001:db8:40:1::/64', '2001:db8::/32'],
  ...['203.0.113.7/32', '203.0.113.200/32', '198.51.100.9/32', '2001:db8:40::1/128', '8.8.8.0/24', '9.9.9.0/24'],
];

/** What a churning world is about, and by whom it is announced there. */
const CHURNING: readonly (readonly [prefix: string, origin: number])[] = [
  ['203.0.113.0/24', 64496],
  ['203.0.113.128/26', 64496],
  ['192.0.2.0/25', 64496],
  ['192.0.2.0/25', 64496],
  ['2001:db8:40::/48', 64497],
];
/** The provider next to the origin, near and far, and others in its place. */
const WAYS = [[64500], [64510, 64500], [64511, 64500], [64510, 64510, 64500], [64510], [64511], []];

/** The full feeds of every made world; one session is none. */
export const worldFullFeed = { peers: [64500, 64501, 64502, 64503, 65550], minRoutes4: 50_000, minRoutes6: 1000 };

/** The registry of every made world. */
const ASES = [64496, 64497, 64500, 64501, 64502, 64503, 64508, 64510, 64511, 65550];

export const worldRegistry: GeneratedRegistry = {
  prefixes: PREFIXES,
  yaml: registryText(PREFIXES, PROVIDERS),
  links: new Set(ASES.flatMap((a) => ASES.filter((b) => b !== a).map((b) => `${a}|${b}`))),
};

/**
 * Writes the files of the world of `seed` below `folder`; two collectors, updates in two files each, a RIB dump now and then. `churning`: mostly right
 * routes of few prefixes, that many peers change, lose and get at once, or over and over.
 */
export async function writeWorld(
  folder: string,
  seed: number,
  { records, churning = false }: { readonly records: number; readonly churning?: boolean },
): Promise<string[]> {
  const written: string[] = [];
  for (const [index, collector] of ['rrc90', 'rrc91'].entries()) {
    const world = new World(randomFrom(seed * 2 + index), churning);
    for (const part of ['a', 'b']) {
      for (let count = 0; count < records / 4; count++) world.step();
      const files = [
        [`updates.${part}`, world.takeUpdates()] as const,
        ...world.takeDumps().map((dump, n) => [`bview.${part}${n}`, dump] as const),
      ];
      for (const [name, bytes] of files) {
        const path = join(folder, collector, `${name}.mrt`);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, Buffer.concat(bytes));
        written.push(path);
      }
    }
  }
  return written;
}

class World {
  readonly #random: () => number;
  #now = START;
  #dumpedAt = 0;
  #updates: Uint8Array[] = [];
  #dumps: Uint8Array[][] = [];
  readonly #last = new Map<Peer, Uint8Array[]>();
  /** Whom the last RIB dump did not name: they are silent until they come up. */
  readonly #absent = new Set<Peer>();

  readonly #isChurning: boolean;

  constructor(random: () => number, isChurning: boolean) {
    this.#isChurning = isChurning;
    this.#random = random;
  }

  takeUpdates(): Uint8Array[] {
    const updates = this.#updates;
    this.#updates = [];
    return updates;
  }

  takeDumps(): Uint8Array[][] {
    const dumps = this.#dumps;
    this.#dumps = [];
    return dumps;
  }

  /** Time goes on, mostly by seconds, at times by what a timer waits for; then something happens. */
  step(): void {
    const waits = [0, 0, 1, 2, 5, 9, 20, 30, 31, 59, 60, 61, 120, 601, 3700, 5500];
    const wait = this.#random() < 0.85 ? this.#pick(waits.slice(0, 6)) : this.#pick(waits);
    this.#now += wait * SECOND;
    const peer = this.#pick(PEERS);
    if (this.#isChurning && this.#random() < 0.3) {
      if (this.#random() < 0.15) this.#storm();
      else this.#wave();
      return;
    }
    const dice = this.#random();
    if (this.#absent.has(peer)) {
      if (dice < 0.3 && this.#absent.delete(peer)) this.#up(peer);
      return;
    }
    if (dice < 0.5) this.#announce(peer, this.#attributes(peer));
    else if (dice < 0.74) this.#message(peer, { withdrawn: this.#nlri(peer, 4) });
    else if (dice < 0.8)
      this.#updates.push(...(this.#last.get(peer) ?? []).map((bytes) => restamped(bytes, this.#time())));
    else if (dice < 0.85) this.#state(peer, 6, 1);
    else if (dice < 0.89) this.#state(peer, 5, 6);
    else if (dice < 0.9) this.#state(peer, 1, 2);
    else if (dice < 0.94) this.#endOfRib(peer);
    else if (dice < 0.96)
      this.#message(peer, {
        withdrawn: this.#nlri(peer, 1),
        announced: this.#nlri(peer, 2),
        attributes: this.#attributes(peer),
      });
    else if (dice < 0.97) this.#dump();
    else this.#push(peer, { kind: 'keepalive' });
  }

  /** One prefix, at most peers within some seconds: another way to it, or none. */
  #wave(): void {
    const [prefix, origin] = this.#pick(CHURNING);
    const way = this.#random() < 0.6 ? this.#pick(WAYS) : null;
    for (const peer of PEERS) if (this.#random() < 0.85) this.#turn(peer, [prefix, origin], way);
  }

  /** Some peers lose one prefix and get it again, over and over. */
  #storm(): void {
    const route = this.#pick(CHURNING);
    const peers = PEERS.filter(() => this.#random() < 0.4);
    const times = 4 + Math.floor(this.#random() * 12);
    for (let time = 0; time < times; time++) {
      for (const peer of peers) this.#turn(peer, route, time % 2 === 0 ? null : this.#pick(WAYS));
      this.#now += this.#pick([5, 10, 20]) * SECOND;
    }
  }

  /** The peer has this way to the prefix now; null = none. */
  #turn(peer: Peer, [text, origin]: (typeof CHURNING)[number], way: readonly number[] | null): void {
    if (this.#absent.has(peer)) return;
    this.#now += this.#pick([0, 0, 1, 3]) * SECOND;
    const nlri = [{ prefix: parsePrefix(text), ...(peer.addPath && { pathId: this.#pick([1, 1, 2]) }) }];
    if (way === null) this.#message(peer, { withdrawn: nlri });
    else {
      const first = peer.peerAs === COLLECTOR.localAs ? [] : [peer.peerAs];
      const asPath = [{ type: SegmentType.AS_SEQUENCE, asns: [...first, ...way, origin] }];
      this.#message(peer, { announced: nlri, attributes: { origin: 0, nextHop: peer.peerAddress, asPath } });
    }
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)];
  }

  /** The record's time: of messages now and then some seconds back, of any but a file's first rarely two hours ahead. */
  #time(mayRunBack = false): number {
    const dice = this.#random();
    const mayJump = this.#updates.length > 0; // nothing says of a first record that it is ahead
    return this.#now + (dice < 0.06 && mayRunBack ? -20 * SECOND : dice > 0.998 && mayJump ? 7200 * SECOND : 0);
  }

  #push({ addPath = false, ...peer }: Peer, message: BgpMessage): void {
    const time = this.#time(message.kind === 'update' && message.update.endOfRib === null);
    this.#updates.push(encodeBgp4mpMessage({ ...COLLECTOR, ...peer, addPath, time, message }));
  }

  #message(peer: Peer, parts: UpdateParts): void {
    const nothing = {
      withdrawn: [],
      announced: [],
      mpReach: null,
      mpUnreach: null,
      attributes: {},
      endOfRib: null,
      warnings: [],
    };
    const { withdrawn = [], announced = [], attributes = {} } = parts;
    const [old6, new6] = [withdrawn, announced].map((list) => list.filter(({ prefix }) => prefix.afi === 2));
    const is4 = ({ prefix }: { prefix: Prefix }): boolean => prefix.afi === 1;
    const update = {
      ...nothing,
      withdrawn: withdrawn.filter(is4),
      announced: announced.filter(is4),
      mpUnreach: old6.length === 0 ? null : { afi: 2 as const, safi: 1, nlri: old6 },
      mpReach: new6.length === 0 ? null : { afi: 2 as const, safi: 1, nextHop: '2001:db8:ffff::1', nlri: new6 },
      attributes,
    };
    this.#push(peer, { kind: 'update', update });
    const said = this.#last.get(peer) ?? [];
    if (announced.length > 0) this.#last.set(peer, [...said.slice(-2), this.#updates[this.#updates.length - 1]]);
  }

  #announce(peer: Peer, attributes: PathAttributes): void {
    this.#message(peer, { announced: this.#nlri(peer, 2), attributes });
  }

  #nlri({ addPath = false }: Peer, most: number): { prefix: Prefix; pathId?: number }[] {
    const texts = new Set(Array.from({ length: 1 + Math.floor(this.#random() * most) }, () => this.#text()));
    return [...texts].map((text) => ({ prefix: parsePrefix(text), ...(addPath && { pathId: this.#pick([1, 2]) }) }));
  }

  #text(): string {
    return this.#isChurning && this.#random() < 0.85 ? this.#pick(CHURNING)[0] : this.#pick(ANNOUNCED);
  }

  /** Mostly whole, with a path of the peer's; rarely without ORIGIN (RFC 7606) or without AS_PATH. */
  #attributes(peer: Peer): PathAttributes {
    const dice = this.#random();
    const rest = {
      nextHop: peer.peerAddress,
      ...(dice > 0.8 && { med: Math.floor(dice * 100) }),
      ...(this.#random() < 0.15 && { communities: this.#pick([[BLACKHOLE], [BLACKHOLE, 1], [1]]) }),
      ...(this.#random() < 0.15 && { onlyToCustomer: this.#pick([64496, 64500, 64501, 64510, 65550]) }),
    };
    if (dice < 0.02) return { ...rest, asPath: this.#path(peer) };
    if (dice < 0.03) return { ...rest, origin: 0 };
    return { ...rest, origin: 0, asPath: this.#path(peer) };
  }

  #path({ peerAs }: Peer): PathSegment[] {
    const isInternal = peerAs === COLLECTOR.localAs;
    if (isInternal && this.#random() < 0.3) return [];
    const first = isInternal ? [] : [peerAs];
    const ways = [...[[], [64500], [64501, 64500], [65550], [64500, 64500]], ...(this.#random() < 0.15 ? ODD : [])];
    const transit = this.#pick(ways);
    const others = this.#isChurning && this.#random() < 0.9 ? [] : [64497, 64511, 64511, 64510, 23456, 64508];
    const origin = this.#pick([64496, 64496, 64496, ...others]);
    const sequence = { type: SegmentType.AS_SEQUENCE, asns: [...first, ...transit, origin] };
    const dice = this.#random();
    if (dice < 0.04)
      return [sequence, { type: SegmentType.AS_SET, asns: this.#pick([[64496, 64511], [64511, 64510], [23456]]) }];
    if (dice < 0.06) return [{ type: SegmentType.AS_CONFED_SEQUENCE, asns: [65001] }, sequence];
    return dice < 0.08
      ? [
          { type: SegmentType.AS_SEQUENCE, asns: first },
          { ...sequence, asns: [...transit, origin] },
        ].filter(({ asns }) => asns.length > 0)
      : [sequence];
  }

  #up({ peerAs, peerAddress }: Peer): void {
    const header = { ...COLLECTOR, peerAs, peerAddress, time: this.#now };
    this.#updates.push(encodeStateChange({ ...header, oldState: 5, newState: 6 }));
  }

  #state(peer: Peer, oldState: number, newState: number): void {
    const peerAs = this.#random() < 0.1 ? 0 : peer.peerAs;
    const peerAddress = this.#random() < 0.03 ? '0.0.0.0' : peer.peerAddress;
    this.#updates.push(
      encodeStateChange({ ...COLLECTOR, peerAs, peerAddress, time: this.#time(), oldState, newState }),
    );
  }

  #endOfRib(peer: Peer): void {
    const is6 = this.#random() < 0.4;
    const nothing = {
      withdrawn: [],
      announced: [],
      mpReach: null,
      attributes: {},
      warnings: [],
      endOfRib: { afi: is6 ? 2 : 1, safi: 1 },
    };
    this.#push(peer, { kind: 'update', update: { ...nothing, mpUnreach: is6 ? { afi: 2, safi: 1, nlri: [] } : null } });
  }

  /** A RIB dump, or two that overlap in time. */
  #dump(): void {
    if (this.#now < this.#dumpedAt + 900 * SECOND) return;
    this.#dumpedAt = this.#now;
    this.#dumpAt(this.#now);
    if (this.#random() < 0.3) this.#dumpAt(this.#now + this.#pick([0, 1, 2]) * SECOND);
  }

  /** A dump that holds whatever it holds, over a few seconds; its index names everybody, or some at a quiet time. */
  #dumpAt(begin: number): void {
    const peers = this.#random() < 0.7 ? PEERS : PEERS.filter(() => this.#random() < 0.8);
    if (peers.length === 0) return;
    for (const peer of PEERS) if (!peers.includes(peer)) this.#absent.add(peer);
    const index = peers.map(({ peerAs: asn, peerAddress: address }) => ({ bgpId: address, address, asn, type: 2 }));
    const table = [encodePeerIndexTable({ time: begin, collectorBgpId: '192.0.2.254', viewName: '', peers: index })];
    const prefixes = ANNOUNCED.map((text) => parsePrefix(text)).filter(() => this.#random() < 0.5);
    for (const [sequence, prefix] of [...new Set(prefixes)].entries()) {
      const held = peers
        .map((peer, peerIndex) => ({ peer, peerIndex }))
        .filter(({ peer }) => peer.addPath !== true && this.#random() < 0.5);
      if (held.length === 0) continue;
      const entries = held.map(({ peer, peerIndex }) => {
        const { nextHop, ...attributes } = this.#attributes(peer);
        const hop =
          prefix.afi === 2
            ? { nextHop: '2001:db8:ffff::1', attributes }
            : { attributes: { ...attributes, nextHop: nextHop! } };
        return { peerIndex, originatedTime: begin - 60 * SECOND, ...hop };
      });
      table.push(encodeRib({ time: begin + Math.floor(sequence / 3) * SECOND, sequence, safi: 1, prefix, entries }));
    }
    if (table.length > 1) this.#dumps.push(table);
  }
}

/** A record at another time. */
function restamped(bytes: Uint8Array, time: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.writeUInt32BE(Math.floor(time / SECOND), 0);
  return copy;
}
