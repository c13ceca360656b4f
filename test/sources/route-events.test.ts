// From records to route events, through real bytes: the writer makes records, framer and decoder read them, the reader maps them
// (detection.md sections 1, 2, 6 and 7).

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { path } from '../support/event-builder.js';
import { frameAll } from '../mrt/records.js';
import { formatPath } from '../../src/bgp/as-path.js';
import { type UpdateParts } from '../../src/bgp/message-encoder.js';
import { defaultFigures } from '../../src/detection/figures.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import {
  encodeBgp4mpMessage,
  encodePeerIndexTable,
  encodeRib,
  encodeStateChange,
  encodeTableDump,
} from '../../src/mrt/writer.js';
import { type RouteEvent } from '../../src/rib/route-event.js';
import { RouteEventReader } from '../../src/sources/route-events.js';

const R = '203.0.113.0/24';
const OTHER = '198.51.100.0/24';
const local = { localAs: 64508, localAddress: '192.0.2.254' };
const peer = { peerAs: 65001, peerAddress: '192.0.2.1' };
const time = (seconds: number): number => 1_781_593_200_000_000 + Math.round(seconds * 1_000_000);
const [IDLE, ACTIVE, ESTABLISHED] = [1, 3, 6];

const nlri = (prefixes: readonly string[], pathId?: number) =>
  prefixes.map((text) => ({ prefix: parsePrefix(text), ...(pathId !== undefined && { pathId }) }));

interface MessageParts {
  readonly peerAs?: number;
  readonly peerAddress?: string;
  readonly localAs?: number;
  readonly local?: boolean;
  readonly addPath?: boolean;
  readonly asn4?: boolean;
  readonly extendedTime?: boolean;
}

function update(seconds: number, parts: UpdateParts, more: MessageParts = {}): Uint8Array {
  const nothing = { withdrawn: [], announced: [], mpReach: null, mpUnreach: null, attributes: {} };
  const message = { kind: 'update' as const, update: { ...nothing, endOfRib: null, warnings: [], ...parts } };
  return encodeBgp4mpMessage({ ...local, ...peer, time: time(seconds), message, ...more });
}

const attributes = (asPath: string) => ({ origin: 0, asPath: path(asPath), nextHop: '192.0.2.1' });

function announce(
  seconds: number,
  prefixes: readonly string[],
  asPath = '65001 64496',
  more: MessageParts = {},
): Uint8Array {
  return update(seconds, { announced: nlri(prefixes), attributes: attributes(asPath) }, more);
}

function withdraw(seconds: number, prefixes: readonly string[], more: MessageParts = {}): Uint8Array {
  return update(seconds, { withdrawn: nlri(prefixes) }, more);
}

function state(
  seconds: number,
  oldState: number,
  newState: number,
  more: Partial<typeof peer> & { asn4?: boolean } = {},
): Uint8Array {
  return encodeStateChange({ ...local, ...peer, time: time(seconds), oldState, newState, ...more });
}

/** An UPDATE whose path attributes are given as bytes. */
function rawUpdate(seconds: number, attributeBytes: readonly number[], more: MessageParts = {}): Uint8Array {
  const announced = [24, 203, 0, 113];
  const length = 19 + 4 + attributeBytes.length + announced.length;
  const message = [...Array<number>(16).fill(255), 0, length, 2, 0, 0, 0, attributeBytes.length];
  const bytes = Uint8Array.from([...message, ...attributeBytes, ...announced]);
  return encodeBgp4mpMessage({ ...local, ...peer, time: time(seconds), message: bytes, ...more });
}

/** The events of a file of these records. */
function read(records: readonly Uint8Array[], { end = false, lostBehind = Infinity } = {}): RouteEvent[] {
  const decoder = new MrtDecoder({ collector: 'rrc00' });
  const registered = [parsePrefix(R), parsePrefix('2001:db8::/32')];
  const reader = new RouteEventReader({
    collector: 'rrc00',
    input: 'id',
    file: 'updates.gz',
    related: { isRelated: (prefix) => registered.some((one) => one.covers(prefix) || prefix.covers(one)) },
    figures: { ...defaultFigures.order, quiet: defaultFigures.transfer.quiet },
    peerIndexBytes: () => decoder.peerIndexBytes,
    ribAttributes: (bytes, at) => decoder.ribAttributes(bytes, at),
  });
  const events: RouteEvent[] = [];
  for (const raw of frameAll(records).records) {
    reader.read(raw, decoder.decode(raw), (event) => events.push(event));
    if (raw.index === lostBehind) reader.lose();
  }
  if (end) reader.end((event) => events.push(event));
  return events;
}

/** `seconds kind peer what` of an event. */
function brief(event: RouteEvent): string {
  const head = `${(event.at - time(0)) / 1_000_000} ${event.kind}`;
  const { peerAs } = event;
  switch (event.kind) {
    case 'announce':
    case 'rib':
      return `${head} ${peerAs} ${event.prefix.toString()} ${formatPath(event.path)}`;
    case 'withdraw':
      return `${head} ${peerAs} ${event.prefix.toString()}`;
    case 'eor':
      return `${head} ${peerAs} ${event.afi}`;
    case 'rib-begin':
      return `${head} ${event.peers?.map(({ asn }) => asn).join(',') ?? 'no index'}`;
    case 'rib-end':
      return `${head} ${event.complete ? 'complete' : 'incomplete'} ${event.afis.join(',')} heard ${event.heard.map(({ asn }) => asn).join(',')}`;
    default:
      return `${head} ${peerAs}`;
  }
}

const briefs = (records: readonly Uint8Array[], options = {}): string[] => read(records, options).map(brief);

suite('RouteEventReader, updates', () => {
  test('RouteEventReader sends on what is equal to, inside or around a registered prefix, and no other route', () => {
    assert.deepEqual(briefs([announce(0, [R, OTHER, '203.0.113.7/32', '203.0.0.0/16', '0.0.0.0/0'])]), [
      '0 active 65001',
      `0 announce 65001 ${R} 65001 64496`,
      '0 announce 65001 203.0.113.7/32 65001 64496',
      '0 announce 65001 203.0.0.0/16 65001 64496',
      '0 announce 65001 0.0.0.0/0 65001 64496',
    ]);
  });

  test('RouteEventReader tells of the first UPDATE of a session in every second, matched or not', () => {
    const more = { extendedTime: true };
    const records = [
      announce(0, [OTHER]),
      announce(0, [OTHER]),
      announce(0.5, [OTHER], '1', more),
      withdraw(2, [OTHER]),
    ];
    assert.deepEqual(briefs([...records, withdraw(2, [OTHER])]), ['0 active 65001', '2 active 65001']);
  });

  test('RouteEventReader puts withdrawals before announcements, and leaves out those of prefixes also announced', () => {
    const both = update(0, {
      withdrawn: nlri([R, '203.0.113.0/25']),
      announced: nlri([R]),
      attributes: attributes('1 2'),
    });
    assert.deepEqual(briefs([both]), [
      '0 active 65001',
      '0 withdraw 65001 203.0.113.0/25',
      `0 announce 65001 ${R} 1 2`,
    ]);
  });

  test('RouteEventReader reads MP_REACH and MP_UNREACH of SAFI 1, never of SAFI 2', () => {
    const v6 = nlri(['2001:db8:1::/48']);
    const reach = (safi: number) =>
      update(0, {
        mpReach: { afi: 2, safi, nextHop: '2001:db8::1', nlri: v6 },
        attributes: { origin: 0, asPath: path('65001 64496') },
      });
    const unreach = (safi: number) => update(0, { mpUnreach: { afi: 2, safi, nlri: v6 } });
    assert.deepEqual(briefs([reach(1), unreach(1)]), [
      '0 active 65001',
      '0 announce 65001 2001:db8:1::/48 65001 64496',
      '0 withdraw 65001 2001:db8:1::/48',
    ]);
    assert.deepEqual(briefs([reach(2), unreach(2)]), ['0 active 65001']);
  });

  test('RouteEventReader leaves out what the collector itself sent', () => {
    assert.deepEqual(briefs([announce(0, [R], '1 2', { local: true })]), []);
  });

  test('RouteEventReader carries path identifiers, 0 where there are none', () => {
    const withId = update(0, { announced: nlri([R], 7), attributes: attributes('1 2') }, { addPath: true });
    const pathIds = read([withId, announce(1, [R])]).flatMap((event) =>
      event.kind === 'announce' ? [event.pathId] : [],
    );
    assert.deepEqual(pathIds, [7, 0]);
  });

  test('RouteEventReader tells End-of-RIB of a family, and nothing of SAFI 2', () => {
    const empty = (afi: 1 | 2, safi: number) => update(5, { mpUnreach: { afi, safi, nlri: [] } });
    assert.deepEqual(briefs([update(4, {}), empty(2, 1), empty(1, 2)]), [
      '4 active 65001',
      '4 eor 65001 1',
      '5 active 65001',
      '5 eor 65001 2',
    ]);
  });

  test('RouteEventReader carries the bytes of the record, its number and its offset', () => {
    const records = [announce(0, [OTHER]), announce(1, [R])];
    const [event] = read(records).filter(({ kind }) => kind === 'announce');
    assert.ok(event.kind === 'announce');
    assert.deepEqual(event.evidence, { record: records[1], peerIndex: null });
    assert.deepEqual([event.record, event.offset, event.file, event.input], [1, records[0].length, 'updates.gz', 'id']);
  });

  test('RouteEventReader keeps microseconds', () => {
    assert.equal(briefs([announce(0.25, [R], '1 2', { extendedTime: true })])[1], `0.25 announce 65001 ${R} 1 2`);
  });

  test('RouteEventReader gives equal attributes equal text, and others another; the path is no part of it', () => {
    const of = (asPath: string, med?: number) => {
      const given = { ...attributes(asPath), ...(med !== undefined && { med }) };
      const event = read([update(0, { announced: nlri([R]), attributes: given })])[1];
      assert.ok(event.kind === 'announce');
      return event.attributes;
    };
    assert.equal(of('1 2'), of('1 3'));
    assert.notEqual(of('1 2'), of('1 2', 5));
  });

  test('RouteEventReader gives a route the next hop of its own family, where one UPDATE announces both', () => {
    const alone = { announced: nlri([R]), attributes: attributes('1 2') };
    const mpReach = { afi: 2 as const, safi: 1, nextHop: '2001:db8::1', nlri: nlri(['2001:db8:1::/48']) };
    const texts = [update(0, alone), update(1, { ...alone, mpReach })].map((record) => {
      const event = read([record])[1];
      assert.ok(event.kind === 'announce' && event.prefix.toString() === R);
      return event.attributes;
    });
    assert.equal(texts[0], texts[1]);
  });
});

suite('RouteEventReader, empty and broken paths', () => {
  const ORIGIN = [0x40, 1, 1, 0];
  const NEXT_HOP = [0x40, 3, 4, 192, 0, 2, 1];
  const EMPTY_PATH = [0x40, 2, 0];
  const BROKEN_PATH = [0x40, 2, 6, 2, 5, 0, 0, 0xfd, 0xe9]; // a sequence of five, of which one is there
  const internal = { localAs: 65001 };
  const announced = (bytes: readonly number[], more: MessageParts = {}) => {
    const event = read([rawUpdate(0, bytes, more)])[1];
    assert.ok(event.kind === 'announce');
    return event;
  };

  test('RouteEventReader names the peer AS of an iBGP session, for its empty path', () => {
    const event = announced([...ORIGIN, ...EMPTY_PATH, ...NEXT_HOP], internal);
    assert.deepEqual([event.internalAs, event.path, event.malformed], [65001, [], false]);
  });

  test('RouteEventReader names none on eBGP', () => {
    assert.equal(announced([...ORIGIN, ...EMPTY_PATH, ...NEXT_HOP]).internalAs, null);
  });

  test('RouteEventReader takes no peer AS for the origin of a path that does not decode', () => {
    const event = announced([...ORIGIN, ...BROKEN_PATH, ...NEXT_HOP], internal);
    assert.deepEqual([event.internalAs, event.malformed], [null, true]);
  });

  test('RouteEventReader takes no peer AS for the origin of a path that is not there', () => {
    const event = announced([...ORIGIN, ...NEXT_HOP], internal);
    assert.deepEqual([event.internalAs, event.malformed], [null, true]);
  });

  test('RouteEventReader marks treat-as-withdraw defects as malformed, and keeps a path that decodes', () => {
    const badOrigin = [0x40, 1, 2, 0, 0];
    const goodPath = [0x40, 2, 6, 2, 1, 0, 0, 0xfb, 0xf0];
    const event = announced([...badOrigin, ...goodPath, ...NEXT_HOP]);
    assert.deepEqual([event.malformed, formatPath(event.path)], [true, '64496']);
  });
});

suite('RouteEventReader, state changes', () => {
  for (const asn4 of [true, false]) {
    const subtype = asn4 ? 'STATE_CHANGE_AS4' : 'the 16-bit STATE_CHANGE';
    test(`RouteEventReader tells of Established and of leaving it, by ${subtype}`, () => {
      const records = [state(0, ACTIVE, ESTABLISHED, { asn4 }), state(5, ESTABLISHED, IDLE, { asn4 })];
      assert.deepEqual(briefs(records), ['0 up 65001', '5 down 65001']);
    });
  }

  test('RouteEventReader says nothing of steps outside of Established', () => {
    assert.deepEqual(briefs([state(0, IDLE, ACTIVE), state(1, ACTIVE, IDLE), state(2, ESTABLISHED, ESTABLISHED)]), []);
  });

  test('RouteEventReader tells of the first UPDATE after a loss, and of the first announcement after an Established', () => {
    const records = [announce(0, [OTHER]), state(1, ESTABLISHED, IDLE), announce(2, [OTHER])];
    assert.deepEqual(briefs(records), ['0 active 65001', '1 down 65001', '2 active 65001']);
    const afterwards = [withdraw(2, [OTHER]), announce(2, [OTHER]), announce(2, [OTHER])];
    assert.deepEqual(briefs([state(1, ACTIVE, ESTABLISHED), ...afterwards]), [
      '1 up 65001',
      '2 active 65001',
      '2 active 65001',
    ]);
  });

  test('RouteEventReader takes Quagga’s Clearing and Deleted for states outside of Established', () => {
    assert.deepEqual(briefs([state(0, ESTABLISHED, 7), state(1, 7, 8)]), ['0 down 65001']);
  });
});

suite('RouteEventReader, quiet gaps', () => {
  const quiets = (records: readonly Uint8Array[]) => briefs(records).filter((line) => line.includes('quiet'));
  const other = { peerAs: 65002, peerAddress: '192.0.2.2' };

  test('RouteEventReader tells of 30 s without announcement, however short the session is up: another file may know it longer', () => {
    assert.deepEqual(
      quiets([state(0, ACTIVE, ESTABLISHED), announce(10, [OTHER]), announce(41, [OTHER], '1', other)]),
      ['40 quiet 65001'],
    );
  });

  test('RouteEventReader waits for 30 s behind the last announcement', () => {
    const transfer = [
      state(0, ACTIVE, ESTABLISHED),
      announce(20, [OTHER]),
      announce(45, [OTHER]),
      announce(70, [OTHER]),
    ];
    assert.deepEqual(quiets([...transfer, announce(99, [OTHER], '1', other)]), []);
    assert.deepEqual(quiets([...transfer, announce(100, [OTHER], '1', other)]), ['100 quiet 65001']);
  });

  test('RouteEventReader takes withdrawals for quiet', () => {
    const records = [
      state(0, ACTIVE, ESTABLISHED),
      announce(10, [OTHER]),
      withdraw(50, [OTHER]),
      withdraw(61, [OTHER]),
    ];
    assert.deepEqual(quiets(records), ['40 quiet 65001']);
  });

  test('RouteEventReader orders a gap where it ended, however long the file itself was silent', () => {
    const events = read([announce(0, [OTHER]), announce(3000, [OTHER])]);
    const gap = events.find(({ kind }) => kind === 'quiet');
    assert.equal(gap?.order, time(30));
  });

  test('RouteEventReader tells of the gap behind each announcement, and of the announcement that ends it', () => {
    const records = [100, 110, 150, 200].map((seconds) => announce(seconds, [OTHER]));
    assert.deepEqual(briefs([state(0, ACTIVE, ESTABLISHED), ...records]), [
      '0 up 65001',
      '30 quiet 65001',
      '100 active 65001',
      '110 active 65001',
      '140 quiet 65001',
      '150 active 65001',
      '180 quiet 65001',
      '200 active 65001',
    ]);
  });

  test('RouteEventReader awaits the gap of every session at the address of a state change, and of none that AS 0 names', () => {
    const records = [announce(0, [OTHER]), state(10, ACTIVE, ESTABLISHED, { peerAs: 0 })];
    const announcements = [30, 50, 70].map((seconds) => announce(seconds, [OTHER]));
    assert.deepEqual(quiets([...records, ...announcements, withdraw(101, [OTHER])]), ['100 quiet 65001']);
  });

  test('RouteEventReader tells it once, and again after the next Established', () => {
    const records = [
      state(0, ACTIVE, ESTABLISHED),
      withdraw(100, [OTHER]),
      withdraw(200, [OTHER]),
      state(300, ESTABLISHED, IDLE),
      state(310, ACTIVE, ESTABLISHED),
      withdraw(400, [OTHER]),
    ];
    assert.deepEqual(quiets(records), ['30 quiet 65001', '340 quiet 65001']);
  });
});

suite('RouteEventReader, order', () => {
  test('RouteEventReader orders a session by the running maximum of its times', () => {
    const events = read([announce(10, [R]), announce(5, [R]), announce(12, [R])]);
    const orders = events.filter(({ kind }) => kind === 'announce').map(({ order }) => order - time(0));
    assert.deepEqual(
      orders,
      [10, 10, 12].map((seconds) => seconds * 1_000_000),
    );
  });

  test('RouteEventReader lets no session trail the file by more than 60 s', () => {
    const late = { peerAs: 65002, peerAddress: '192.0.2.2' };
    const events = read([announce(100, [R]), announce(20, [R], '1 2', late)]);
    const last = events[events.length - 1];
    assert.equal(last.order, time(40));
    assert.equal(last.at, time(20));
  });

  test('RouteEventReader clamps a jump ahead, and counts it', () => {
    const lines = briefs([announce(0, [R], '1 2'), announce(7200, [R], '1 3'), announce(1, [R], '1 4')]);
    const announcements = lines.filter((line) => line.includes('announce'));
    assert.deepEqual(announcements, [
      `0 announce 65001 ${R} 1 2`,
      `0 announce 65001 ${R} 1 3`,
      `1 announce 65001 ${R} 1 4`,
    ]);
  });

  test('RouteEventReader.end tells each session’s last record, matched or not', () => {
    const other = { peerAs: 65002, peerAddress: '192.0.2.2' };
    const records = [
      announce(0, [R]),
      announce(3, [OTHER]),
      announce(4, [R], '1 2', other),
      state(5, ESTABLISHED, IDLE, other),
    ];
    assert.deepEqual(briefs(records, { end: true }).slice(-3), [
      '3 last-record 65001',
      '33 quiet 65001',
      '5 last-record 65002',
    ]);
  });

  test('RouteEventReader.end takes a KEEPALIVE for a record of its session, though it brings no session up', () => {
    const keepalive = encodeBgp4mpMessage({ ...local, ...peer, time: time(40), message: { kind: 'keepalive' } });
    assert.deepEqual(briefs([keepalive], { end: true }), ['40 last-record 65001']);
  });
});

suite('RouteEventReader, dumps', () => {
  const peers = [1, 2, 3].map((n) => ({ bgpId: `192.0.2.${n}`, address: `192.0.2.${n}`, asn: 65000 + n, type: 2 }));
  const index = (seconds: number, of = peers) =>
    encodePeerIndexTable({ time: time(seconds), collectorBgpId: '192.0.2.254', viewName: '', peers: of });
  const rib = (seconds: number, prefix: string, peerIndexes: readonly number[], safi: 1 | 2 = 1) =>
    encodeRib({
      time: time(seconds),
      sequence: 0,
      safi,
      prefix: parsePrefix(prefix),
      entries: peerIndexes.map((peerIndex) => ({
        peerIndex,
        originatedTime: time(-9999),
        attributes: attributes('65001 64496'),
      })),
    });

  test('RouteEventReader frames a TABLE_DUMP_V2 dump by its peer index and the end of the file', () => {
    assert.deepEqual(briefs([index(0), rib(1, R, [0, 1]), rib(1, OTHER, [2])], { end: true }), [
      '0 rib-begin 65001,65002,65003',
      `1 rib 65001 ${R} 65001 64496`,
      `1 rib 65002 ${R} 65001 64496`,
      '1 rib-end complete 1 heard 65001,65002,65003',
    ]);
  });

  test('RouteEventReader ends a dump where the next peer index begins another', () => {
    const lines = briefs([index(0), rib(1, R, [0]), index(2), rib(3, R, [0])], { end: true });
    assert.deepEqual(
      lines.filter((line) => line.includes('rib-')),
      [
        '0 rib-begin 65001,65002,65003',
        '2 rib-end complete 1 heard 65001',
        '2 rib-begin 65001,65002,65003',
        '3 rib-end complete 1 heard 65001',
      ],
    );
  });

  test('RouteEventReader calls a dump incomplete where the file lost something of it', () => {
    const lines = briefs([index(0), rib(1, R, [0])], { end: true, lostBehind: 1 });
    assert.equal(lines[lines.length - 1], '1 rib-end incomplete 1 heard 65001');
  });

  test('RouteEventReader calls that dump incomplete in which bytes were lost, and not the next one', () => {
    const ends = briefs([index(0), rib(1, R, [0]), index(2), rib(3, R, [0])], { end: true, lostBehind: 0 });
    assert.deepEqual(
      ends.filter((line) => line.includes('rib-end')),
      ['2 rib-end incomplete 1 heard 65001', '3 rib-end complete 1 heard 65001'],
    );
  });

  test('RouteEventReader takes entries at the record’s time, never at the originated time', () => {
    assert.equal(read([index(0), rib(1, R, [0])])[1].at, time(1));
  });

  test('RouteEventReader carries record and peer index as evidence of an entry', () => {
    const records = [index(0), rib(1, R, [0])];
    const event = read(records)[1];
    assert.ok(event.kind === 'rib');
    assert.deepEqual(event.evidence, { record: records[1], peerIndex: records[0] });
  });

  test('RouteEventReader leaves multicast RIBs out', () => {
    assert.deepEqual(briefs([index(0), rib(1, R, [0], 2)]), ['0 rib-begin 65001,65002,65003']);
  });

  test('RouteEventReader frames a TABLE_DUMP file, which has no index', () => {
    const dump = (seconds: number, prefix: string, n: number) =>
      encodeTableDump({
        time: time(seconds),
        sequence: 0,
        prefix: parsePrefix(prefix),
        originatedTime: time(-9999),
        peerAddress: `192.0.2.${n}`,
        peerAs: 65000 + n,
        attributes: attributes('65001 64496'),
      });
    assert.deepEqual(briefs([dump(0, R, 1), dump(1, OTHER, 2)], { end: true }), [
      '0 rib-begin no index',
      `0 rib 65001 ${R} 65001 64496`,
      '1 rib-end complete 1 heard 65001,65002',
    ]);
  });

  test('RouteEventReader never infers an origin for the empty path of an entry', () => {
    const events = read([index(0), rib(1, R, [0])]);
    assert.ok(events.every((event) => event.kind !== 'rib' || event.internalAs === null));
  });
});
