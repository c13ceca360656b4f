// Two incidents of the history of BGP, staged at small scale as archives hold them: YouTube's more-specific of 2008-02-24 seen by a RIS
// collector (16-bit records, state changes, a RIB before and one in the midst, five-minute files that overlap by a minute) and by a
// Route Views one (UPDATEs only), and Amazon's Route 53 of 2018-04-24, seen by few. What must come out is worked out by hand.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SegmentType } from '../../src/bgp/as-path.js';
import { type BgpMessage } from '../../src/bgp/message.js';
import { type UpdateParts } from '../../src/bgp/message-encoder.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { encodeBgp4mpMessage, encodePeerIndexTable, encodeRib, encodeStateChange } from '../../src/mrt/writer.js';
import { Site } from '../support/daemon-process.js';

interface Peer {
  readonly peerAs: number;
  readonly peerAddress: string;
}

/** One record and its time, in seconds since midnight. */
interface Timed {
  readonly at: number;
  readonly bytes: Uint8Array;
}

const [IDLE, ESTABLISHED] = [1, 6];

/** Seconds since midnight of `hh:mm:ss`. */
function clock(text: string): number {
  const [hours, minutes, seconds] = text.split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

/** Writes what one collector recorded on one day. */
class Recorder {
  readonly #midnight: number;
  readonly #asn4: boolean;
  readonly records: Timed[] = [];

  constructor(day: string, { asn4 }: { asn4: boolean }) {
    this.#midnight = Date.parse(`${day}T00:00:00Z`) / 1000;
    this.#asn4 = asn4;
  }

  announce(at: number, peer: Peer, prefix: string, ...behind: number[]): void {
    const asPath = [{ type: SegmentType.AS_SEQUENCE, asns: [peer.peerAs, ...behind] }];
    const attributes = { origin: 0, asPath, nextHop: peer.peerAddress };
    this.#message(at, peer, { announced: [{ prefix: parsePrefix(prefix) }], attributes });
  }

  withdraw(at: number, peer: Peer, prefix: string): void {
    this.#message(at, peer, { withdrawn: [{ prefix: parsePrefix(prefix) }] });
  }

  endOfRib(at: number, peer: Peer): void {
    this.#message(at, peer, {});
  }

  state(at: number, peer: Peer, change: 'up' | 'down'): void {
    const [oldState, newState] = change === 'up' ? [IDLE, ESTABLISHED] : [ESTABLISHED, IDLE];
    this.records.push({ at, bytes: encodeStateChange({ ...this.#header(at, peer), oldState, newState }) });
  }

  /** A RIB dump in a file of its own: the routes of each prefix, all with the path `[peer, ...behind]`. */
  rib(
    at: number,
    peers: readonly Peer[],
    table: readonly (readonly [prefix: string, ...behind: number[]])[],
  ): Uint8Array {
    const time = (this.#midnight + at) * 1_000_000;
    const indexed = peers.map(({ peerAs, peerAddress }) => ({
      type: 0,
      bgpId: peerAddress,
      address: peerAddress,
      asn: peerAs,
    }));
    const ribs = table.map(([prefix, ...behind], sequence) => {
      const entries = peers.map(({ peerAs, peerAddress }, peerIndex) => {
        const asPath = [{ type: SegmentType.AS_SEQUENCE, asns: [peerAs, ...behind] }];
        return { peerIndex, originatedTime: time, attributes: { origin: 0, asPath, nextHop: peerAddress } };
      });
      return encodeRib({ time, sequence, safi: 1, prefix: parsePrefix(prefix), entries });
    });
    const index = encodePeerIndexTable({ time, collectorBgpId: '192.0.2.254', viewName: '', peers: indexed });
    return new Uint8Array(Buffer.concat([index, ...ribs]));
  }

  /** The UPDATE files, each of `minutes` and the minute before. */
  files(minutes: number): Uint8Array[] {
    const length = minutes * 60;
    const sorted = [...this.records].sort((a, b) => a.at - b.at);
    const starts = new Set(sorted.map(({ at }) => at - (at % length)));
    return [...starts].map((start) => {
      const held = sorted.filter(({ at }) => at >= start - 60 && at < start + length);
      return new Uint8Array(Buffer.concat(held.map(({ bytes }) => bytes)));
    });
  }

  #message(at: number, peer: Peer, parts: UpdateParts): void {
    const nothing = { withdrawn: [], announced: [], mpReach: null, mpUnreach: null, attributes: {} };
    const message: BgpMessage = { kind: 'update', update: { ...nothing, endOfRib: null, warnings: [], ...parts } };
    this.records.push({ at, bytes: encodeBgp4mpMessage({ ...this.#header(at, peer), message }) });
  }

  #header(at: number, peer: Peer) {
    const time = (this.#midnight + at) * 1_000_000;
    return { ...peer, time, asn4: this.#asn4, localAs: 12654, localAddress: '192.0.2.254' };
  }
}

interface Line {
  readonly kind: 'event' | 'incident';
  readonly [key: string]: unknown;
}

/** Registers, replays, and gives what was printed; the lists of the database must be the same bytes. */
async function replayed(
  site: Site,
  registry: string,
  files: Readonly<Record<string, readonly Uint8Array[]>>,
): Promise<Line[]> {
  await site.ok('init');
  const yaml = join(site.folder, 'registry.yaml');
  writeFileSync(yaml, registry);
  await site.ok('apply', yaml);
  const paths = Object.entries(files).flatMap(([collector, contents]) => {
    mkdirSync(join(site.folder, collector));
    return contents.map((content, i) => {
      const path = join(site.folder, collector, `file.${i}`);
      writeFileSync(path, content);
      return path;
    });
  });
  const printed = await site.ok('replay', '--json', ...paths.reverse());
  const lists = [await site.ok('events', 'list', '--json'), await site.ok('incidents', 'list', '--json')];
  assert.equal(printed, lists.join(''));
  return printed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** The incidents as rows: type, prefix, offender, openedAt, notifiableAt, resolvedAt, reason, openings, peers ever. */
function incidentRows(lines: readonly Line[]): readonly (readonly unknown[])[] {
  const time = (text: unknown): unknown => (typeof text === 'string' ? text.slice(11, 19) : text);
  return lines
    .filter(({ kind }) => kind === 'incident')
    .map((one) => [
      one.type,
      one.prefix,
      one.offender,
      time(one.openedAt),
      time(one.notifiableAt),
      time(one.resolvedAt),
      one.reason,
      one.openings,
      (one.peers as { readonly asns: readonly number[] }).asns,
    ]);
}

function eventRows(lines: readonly Line[]): readonly (readonly unknown[])[] {
  return lines
    .filter(({ kind }) => kind === 'event')
    .map(({ at, type, level, prefix }) => [(at as string).slice(11, 19), type, level, prefix]);
}

function registryOf(name: string, asn: number, prefixes: readonly string[]): string {
  return `providers:
  - { name: Transit, asns: [3549], metros: [A] }
connections:
  - name: ${name}
    provider: Transit
    country: US
    state: California
    primary: A
    backup: none
    asns: [${asn}]
    prefixes:
${prefixes.map((prefix, i) => `      - { name: p${i}, prefix: ${prefix} }`).join('\n')}
`;
}

test('YouTube 2008: one subprefix-hijack through resets and a RIB dump, and the own answers as unexpected more-specifics', async (context) => {
  const [net, hijacked, low, high] = ['208.65.152.0/22', '208.65.153.0/24', '208.65.153.0/25', '208.65.153.128/25'];
  const peer = (n: number): Peer => ({ peerAs: 3000 + n, peerAddress: `192.0.2.${1 + n}` });
  const [ris, views] = [[0, 1, 2, 3, 4, 5].map(peer), [4, 5, 6, 7].map(peer)]; // AS3004 and AS3005 feed both: counted once
  const day = '2008-02-24';
  const rrc = new Recorder(day, { asn4: false });
  const routeViews = new Recorder(day, { asn4: false });
  const own = [3549, 36561];
  const foreign = [3491, 17557];
  const both = [...ris.map((one) => [rrc, one] as const), ...views.map((one) => [routeViews, one] as const)];
  // 18:47:00 on: the /24, one session a second, AS3000 first.
  both.forEach(([recorder, one], i) => {
    recorder.announce(clock('18:47:00') + i, one, hijacked, ...foreign);
  });
  // 19:30: half of the RIS sessions reset, and come back with both routes.
  for (const one of ris.slice(0, 3)) {
    rrc.state(clock('19:30:00'), one, 'down');
    rrc.state(clock('19:30:40'), one, 'up');
    rrc.announce(clock('19:30:41'), one, net, ...own);
    rrc.announce(clock('19:30:42'), one, hijacked, ...foreign);
    rrc.endOfRib(clock('19:30:43'), one);
  }
  // 20:07:25: YouTube's own /24 replaces it on Route Views; 20:18:43: the two /25s, on the first two of RIS.
  views.forEach((one, i) => {
    routeViews.announce(clock('20:07:25') + i, one, hijacked, ...own);
  });
  for (const one of ris.slice(0, 2)) for (const half of [low, high]) rrc.announce(clock('20:18:43'), one, half, ...own);
  // 20:51: AS17557 prepends: still the same incident. 21:01: it is gone, last on AS3005; 21:10: so are the /25s.
  for (const one of ris) rrc.announce(clock('20:51:00'), one, hijacked, ...foreign, 17557);
  ris.forEach((one, i) => {
    rrc.withdraw(clock('21:01:00') + i, one, hijacked);
  });
  for (const one of ris.slice(0, 2)) for (const half of [low, high]) rrc.withdraw(clock('21:10:00'), one, half);
  rrc.endOfRib(clock('21:40:00'), ris[5]); // time goes on
  const before = [[net, ...own]] as const;
  const lines = await replayed(new Site(context), registryOf('youtube', 36561, [net]), {
    rrc00: [
      rrc.rib(clock('16:00:00'), ris, before),
      rrc.rib(clock('20:00:00'), ris, [...before, [hijacked, ...foreign]]),
      ...rrc.files(5),
    ],
    'route-views2': [routeViews.rib(clock('16:00:00'), views, before), ...routeViews.files(15)],
  });
  const everyone = [3000, 3001, 3002, 3003, 3004, 3005, 3006, 3007];
  assert.deepEqual(incidentRows(lines), [
    ['subprefix-hijack', hijacked, '17557', '18:47:00', '18:47:01', '21:01:05', 'withdrawn', 1, everyone],
    ['unexpected-more-specific', hijacked, '36561', '20:07:25', '20:07:26', null, null, 1, [3004, 3005, 3006, 3007]],
    ...[low, high].map((half) => [
      ...['unexpected-more-specific', half, '36561', '20:18:43', '20:18:43', '21:10:00', 'withdrawn'],
      ...[1, [3000, 3001]],
    ]),
  ]);
  assert.deepEqual(eventRows(lines), [
    ['16:00:00', 'PrefixActivePath', 'Information', net],
    ['16:00:00', 'PrefixAnnouncementEvent', 'Information', net],
    ['18:47:00', 'PrefixMoreSpecificEvent', 'Critical', hijacked],
    ['20:07:25', 'PrefixMoreSpecificEvent', 'Information', hijacked],
    ['20:18:43', 'PrefixMoreSpecificEvent', 'Information', low],
    ['20:18:43', 'PrefixMoreSpecificEvent', 'Information', high],
  ]);
});

test('Route 53 2018: more-specifics that come back soon, late, at the limit, and one whose carriers reset', async (context) => {
  const nets = ['205.251.192.0/23', '205.251.194.0/23', '205.251.196.0/23', '205.251.198.0/23'];
  const [soon, late, limit, reset] = ['205.251.193.0/24', '205.251.195.0/24', '205.251.197.0/24', '205.251.199.0/24'];
  const peers = [1, 2].map((n): Peer => ({ peerAs: 200_000 + n, peerAddress: `192.0.2.${n}` }));
  const rrc = new Recorder('2018-04-24', { asn4: true });
  const each = (time: string, act: (at: number, peer: Peer) => void): void => {
    peers.forEach((peer, i) => {
      act(clock(time) + i, peer);
    });
  };
  const hijack =
    (prefix: string) =>
    (at: number, peer: Peer): void =>
      rrc.announce(at, peer, prefix, 6939, 10297);
  const end =
    (prefix: string) =>
    (at: number, peer: Peer): void =>
      rrc.withdraw(at, peer, prefix);
  for (const peer of peers) for (const net of nets) rrc.announce(clock('11:00:00'), peer, net, 3549, 16509);
  for (const prefix of [soon, late, limit, reset]) each('11:05:41', hijack(prefix));
  each('11:20:00', end(soon)); // lost at 11:20:01; back within 600 s of that: the same incident
  each('11:25:00', hijack(soon));
  each('11:20:00', end(late)); // back at 11:30:02, 601 s after: another one
  each('11:30:02', hijack(late));
  each('11:20:00', end(limit)); // back at 11:30:01, 600 s after: the same
  each('11:30:01', hijack(limit));
  // Both carriers reset at 11:40 and come back without it: lost when the last one went down.
  each('11:40:00', (at, peer) => rrc.state(at, peer, 'down'));
  each('11:41:00', (at, peer) => {
    rrc.state(at, peer, 'up');
    for (const net of nets) rrc.announce(at, peer, net, 3549, 16509);
    for (const prefix of [soon, late, limit]) hijack(prefix)(at, peer);
    rrc.endOfRib(at, peer);
  });
  each('12:55:00', (at, peer) => {
    for (const prefix of [soon, late, limit]) rrc.withdraw(at, peer, prefix);
  });
  rrc.endOfRib(clock('13:20:00'), peers[0]);
  const lines = await replayed(new Site(context), registryOf('route53', 16509, nets), { rrc21: rrc.files(5) });
  const asns = [200_001, 200_002];
  const rows = [...incidentRows(lines)].sort((a, b) =>
    String(a[1]) + String(a[3]) < String(b[1]) + String(b[3]) ? -1 : 1,
  );
  assert.deepEqual(rows, [
    ['subprefix-hijack', soon, '10297', '11:05:41', '11:05:42', '12:55:01', 'withdrawn', 2, asns],
    ['subprefix-hijack', late, '10297', '11:05:41', '11:05:42', '11:20:01', 'withdrawn', 1, asns],
    ['subprefix-hijack', late, '10297', '11:30:02', '11:30:03', '12:55:01', 'withdrawn', 1, asns],
    ['subprefix-hijack', limit, '10297', '11:05:41', '11:05:42', '12:55:01', 'withdrawn', 2, asns],
    ['subprefix-hijack', reset, '10297', '11:05:41', '11:05:42', '11:40:01', 'absent-after-reset', 1, asns],
  ]);
});
