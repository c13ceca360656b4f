// The merge against a naive sort by the key of detection.md section 2: any order of inputs, any cut into batches, any split of the reading
// gives one and the same sequence; what a frontier leaves out is what was passed on before it.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { chunked } from '../mrt/records.js';
import { Story } from '../support/event-builder.js';
import { defaultFigures } from '../../src/detection/figures.js';
import { Prefix } from '../../src/ip/prefix.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { PrefixUnion } from '../../src/ip/prefix-union.js';
import { encodeBgp4mpMessage, encodePeerIndexTable, encodeRecord, encodeRib } from '../../src/mrt/writer.js';
import { type RouteEvent } from '../../src/rib/route-event.js';
import { type EventBatch, type ReadCounters, readEvents } from '../../src/sources/event-file.js';
import { routeEventsOf } from '../../src/sources/rib-record-events.js';
import { compareEvents, Frontier, frontierOf, type MergeInput, mergeFiles } from '../../src/sources/merge.js';

const MINUTE = 60_000_000;

/** A file as its reader would give it: events in the file's order, their order time bounded below by the file's newest less 60 s. */
interface TestFile {
  readonly firstTime: number;
  readonly events: readonly RouteEvent[];
}

/** One record of a random file: seconds since the record before, and the peer. */
type RandomRecord = readonly [step: number, peer: number];

function fileOf(name: string, collector: string, start: number, records: readonly RandomRecord[]): TestFile {
  const story = new Story({ input: `${collector}/${name}`, file: name });
  let seconds = start;
  for (const [step, number] of records) {
    seconds += step;
    story.session('active', seconds, { collector, peerAddress: `192.0.2.${number}`, peerAs: 65000 + number });
  }
  const newestOf = new Map<string, number>();
  let newest = -Infinity;
  const events = story.events.map((event) => {
    const session = Math.max(newestOf.get(event.peerAddress) ?? 0, event.at);
    newestOf.set(event.peerAddress, session);
    newest = Math.max(newest, event.at);
    return { ...event, order: Math.max(session, newest - MINUTE) };
  });
  return { firstTime: events[0].at, events };
}

/** The file as merge input, in batches of the given sizes, over and over. */
function inputOf(
  { firstTime, events }: TestFile,
  sizes: readonly number[],
  onEnd: MergeInput['onEnd'] = () => undefined,
): MergeInput {
  async function* batches(): AsyncGenerator<EventBatch> {
    let newest = 0;
    let from = 0;
    for (let turn = 0; from < events.length; turn++) {
      await Promise.resolve();
      const part = events.slice(from, from + sizes[turn % sizes.length]);
      from += part.length;
      newest = Math.max(newest, ...part.map(({ at }) => at));
      yield { events: part, floor: newest - MINUTE, newest, records: from, offset: from };
    }
    yield { events: [], floor: Infinity, newest, records: from, offset: from };
  }
  return { firstTime, open: () => batches(), onEnd };
}

async function merged(inputs: readonly MergeInput[]): Promise<string[]> {
  const keys: string[] = [];
  for await (const run of mergeFiles(inputs)) keys.push(...run.map(keyOf));
  return keys;
}

/** The key of detection.md, as text that names the event. */
function keyOf({ order, collector, peerAddress, file, record, sequence }: RouteEvent): string {
  return [order, collector, peerAddress, file, record, sequence].join(' ');
}

/** Every event of all files, sorted by (time, collector, peer address, file base name, record index, NLRI index). */
function naive(files: readonly TestFile[]): string[] {
  const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return files
    .flatMap(({ events }) => events)
    .sort(
      (a, b) =>
        a.order - b.order ||
        text(a.collector, b.collector) ||
        text(a.peerAddress, b.peerAddress) ||
        text(a.file, b.file) ||
        a.record - b.record ||
        a.sequence - b.sequence,
    )
    .map(keyOf);
}

const randomFile = fc.record({
  start: fc.integer({ min: 0, max: 900 }),
  collector: fc.constantFrom('rrc00', 'rrc01'),
  records: fc.array(
    fc.tuple(fc.constantFrom(0, 0, 1, 5, 30, 90, 400, -1, -10, -45, -300), fc.integer({ min: 1, max: 3 })),
    {
      minLength: 1,
      maxLength: 30,
    },
  ),
});
const randomFiles = fc
  .array(randomFile, { minLength: 1, maxLength: 5 })
  .map((files) =>
    files.map(({ start, collector, records }, index) => fileOf(`${index}.gz`, collector, start, records)),
  );
const sizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 });

suite('mergeFiles', () => {
  test('mergeFiles gives the naive sort, whatever the order of the inputs and the batches', async () => {
    await fc.assert(
      fc.asyncProperty(randomFiles, sizes, fc.nat(), async (files, batchSizes, turn) => {
        const rotated = files.map((_, index) => files[(index + turn) % files.length]);
        const inputs = rotated.map((file, index) => inputOf(file, batchSizes.slice(index % batchSizes.length)));
        assert.deepEqual(await merged(inputs), naive(files));
      }),
      { seed: 21, numRuns: 300 },
    );
  });

  test('mergeFiles keeps the order of each session of each file, times that run back included', async () => {
    const file = fileOf('a.gz', 'rrc00', 0, [
      [0, 1],
      [30, 2],
      [-20, 1],
      [-5, 1],
      [40, 1],
      [-45, 2],
    ]);
    const other = fileOf('b.gz', 'rrc00', 12, [[0, 1]]);
    const records = (await merged([inputOf(file, [2]), inputOf(other, [1])]))
      .map((key) => key.split(' '))
      .filter(([, , , name]) => name === 'a.gz');
    const ofPeer = (n: number) =>
      records.filter(([, , address]) => address === `192.0.2.${n}`).map(([, , , , record]) => Number(record));
    assert.deepEqual(ofPeer(1), [0, 2, 3, 4]);
    assert.deepEqual(ofPeer(2), [1, 5]);
  });

  test('mergeFiles opens a file only when the merge comes near its first record', async () => {
    const opened: string[] = [];
    const input = (name: string, start: number): MergeInput => {
      const file = fileOf(name, 'rrc00', start, [
        [0, 1],
        [300, 1],
      ]);
      const made = inputOf(file, [1]);
      return {
        ...made,
        open: () => {
          opened.push(name);
          return made.open();
        },
      };
    };
    const seen: string[] = [];
    for await (const run of mergeFiles([input('late.gz', 5000), input('early.gz', 0)])) {
      seen.push(...run.map(({ file }) => `${file} after ${opened.join(',')}`));
    }
    assert.deepEqual(seen, [
      'early.gz after early.gz',
      'early.gz after early.gz',
      'late.gz after early.gz,late.gz',
      'late.gz after early.gz,late.gz',
    ]);
  });

  test('mergeFiles tells the end of each file once, with its last batch', async () => {
    const ended: (number | undefined)[] = [];
    const files = [3, 5].map((count, index) =>
      fileOf(
        `${index}.gz`,
        'rrc00',
        0,
        Array.from({ length: count }, (): RandomRecord => [1, 1]),
      ),
    );
    await merged(files.map((file) => inputOf(file, [2], (last) => ended.push(last?.records))));
    assert.deepEqual(ended.sort(), [3, 5]);
  });

  test('mergeFiles of nothing is nothing, and an empty file is nothing', async () => {
    assert.deepEqual(await merged([]), []);
    assert.deepEqual(await merged([inputOf({ firstTime: 0, events: [] }, [1])]), []);
  });

  test('mergeFiles closes what it has open when its reader stops', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<EventBatch> {
      try {
        for (let n = 0; ; n++) {
          await Promise.resolve();
          const { events } = fileOf('a.gz', 'rrc00', n * 100, [[0, 1]]);
          yield { events, floor: events[0].at - MINUTE, newest: events[0].at, records: n, offset: n };
        }
      } finally {
        closed = true;
      }
    }
    for await (const run of mergeFiles([{ firstTime: 0, open: () => endless(), onEnd: () => undefined }])) {
      if (run.length > 0) break;
    }
    assert.equal(closed, true);
  });
});

suite('Frontier', () => {
  test('Frontier leaves out exactly what came up to it, whatever the batches of the second reading', async () => {
    await fc.assert(
      fc.asyncProperty(randomFiles, sizes, fc.nat(100), async (files, batchSizes, at) => {
        const all: RouteEvent[] = [];
        for await (const run of mergeFiles(files.map((file) => inputOf(file, [3])))) all.push(...run);
        const cut = at % all.length;
        const frontier = new Frontier(frontierOf(all[cut]));
        const rest: string[] = [];
        for await (const run of mergeFiles(files.map((file) => inputOf(file, batchSizes))))
          rest.push(...run.filter((event) => !frontier.isBehind(event)).map(keyOf));
        assert.deepEqual(rest, all.slice(cut + 1).map(keyOf));
      }),
      { seed: 22, numRuns: 100 },
    );
  });
});

/** A RIB dump of seven peers, whose addresses do not sort as their numbers do; seconds since the record before, and the first of its peers. */
function dumpOf(records: readonly (readonly [step: number, peer: number])[]): Uint8Array {
  let time = 1_781_593_200_000_000;
  const peers = Array.from({ length: 7 }, (_, n) => ({
    ...{ bgpId: '192.0.2.1', asn: 64512 + n, type: 2 },
    address: `192.0.2.${30 - 4 * n}`,
  }));
  const index = encodePeerIndexTable({ time, collectorBgpId: '192.0.2.254', viewName: '', peers });
  const entryOf = (peer: number) => ({
    peerIndex: peer % 7,
    originatedTime: 0,
    attributes: { origin: 0, asPath: [{ type: 2 as const, asns: [64512 + peer, 64500] }], nextHop: '192.0.2.1' },
  });
  const ribs = records.map(([step, peer], sequence) => {
    time += step * 1_000_000;
    const prefix = Prefix.ipv4(0xcb007100, 24 + (sequence % 3)); // 203.0.113.0
    const entries = [peer, peer + 2, peer + 3].map(entryOf);
    return encodeRib({ time, sequence, safi: 1, prefix, entries });
  });
  return new Uint8Array(Buffer.concat([index, ...ribs]));
}

test('mergeFiles gives the entries of RIB dumps as a sort of all events would, times that run back included', async () => {
  const records = fc.array(fc.tuple(fc.constantFrom(0, 0, 0, 0, 1, 70, -1, -90), fc.nat(6)), { minLength: 1 });
  const related = PrefixUnion.of([parsePrefix('203.0.113.0/24')]);
  await fc.assert(
    fc.asyncProperty(fc.array(records, { minLength: 1, maxLength: 3 }), fc.nat(3000), async (dumps, chunk) => {
      const open = (name: string, bytes: Uint8Array, size: number) =>
        readEvents({
          source: { open: () => Readable.from(chunked(bytes, size)) },
          ...{
            collector: 'rrc00',
            identity: name,
            file: name,
            related,
            onDamage: (text) => assert.equal(text, undefined),
          },
          figures: { ...defaultFigures.order, quiet: defaultFigures.transfer.quiet },
          counters: { lastRecordAt: null, records: {}, elements: {}, errors: {}, dropped: {} },
        });
      const files: TestFile[] = [];
      const inputs: MergeInput[] = [];
      for (const [number, made] of dumps.entries()) {
        const bytes = dumpOf(made);
        const events: RouteEvent[] = [];
        for await (const batch of open(`${number}`, bytes, bytes.length)) events.push(...routeEventsOf(batch.events));
        files.push({ firstTime: events[0].at, events });
        inputs.push({
          firstTime: events[0].at,
          open: () => open(`${number}`, bytes, chunk + 20),
          onEnd: () => undefined,
        });
      }
      assert.deepEqual(await merged(inputs), naive(files));
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('compareEvents looks at time, collector, peer address, file, record, place, in that order', () => {
  const base = { order: 5, collector: 'b', peerAddress: 'b', file: 'b', record: 5, sequence: 5, input: 'b' };
  const smaller = [
    { ...base, order: 4, collector: 'c', peerAddress: 'c', file: 'c', record: 6, sequence: 6 },
    { ...base, collector: 'a', peerAddress: 'c', file: 'c', record: 6, sequence: 6 },
    { ...base, peerAddress: 'a', file: 'c', record: 6, sequence: 6 },
    { ...base, file: 'a', record: 6, sequence: 6 },
    { ...base, record: 4, sequence: 6 },
    { ...base, sequence: 4 },
  ];
  for (const one of smaller) {
    assert.ok(compareEvents(one, base) < 0);
    assert.ok(compareEvents(base, one) > 0);
  }
  assert.equal(compareEvents(base, { ...base }), 0);
});

suite('readEvents', () => {
  const message = (seconds: number, peer: number, withdrawn: string) => {
    const parts = { withdrawn: [{ prefix: parsePrefix(withdrawn) }], announced: [], mpReach: null, mpUnreach: null };
    return encodeBgp4mpMessage({
      time: 1_781_593_200_000_000 + seconds * 1_000_000,
      peerAs: 65000 + peer,
      peerAddress: `192.0.2.${peer}`,
      localAs: 64508,
      localAddress: '192.0.2.254',
      message: { kind: 'update', update: { ...parts, attributes: {}, endOfRib: null, warnings: [] } },
    });
  };
  const bytes = Buffer.concat(
    Array.from({ length: 40 }, (_, n) =>
      message(n * 7 - (n % 3) * 9, 1 + (n % 4), n % 2 === 0 ? '203.0.113.0/24' : '198.51.100.0/24'),
    ),
  );

  const registered = PrefixUnion.of([parsePrefix('203.0.113.0/24')]);

  async function eventsOf(chunk: number, content: Uint8Array = bytes) {
    const counters: ReadCounters = { lastRecordAt: null, records: {}, elements: {}, errors: {}, dropped: {} };
    const damage: string[] = [];
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < content.length; at += chunk) {
        await Promise.resolve();
        yield content.subarray(at, at + chunk);
      }
    }
    const batches = readEvents({
      source: { open: () => chunks() },
      collector: 'rrc00',
      identity: 'id',
      file: 'updates.gz',
      related: registered,
      figures: { ...defaultFigures.order, quiet: defaultFigures.transfer.quiet },
      counters,
      onDamage: (text) => damage.push(text),
    });
    const events: RouteEvent[] = [];
    let last: EventBatch | null = null;
    for await (const batch of batches) {
      assert.ok(
        batch.events.every(({ order }) => order >= (last?.floor ?? -Infinity)),
        'an event came below the floor',
      );
      events.push(...routeEventsOf(batch.events));
      last = batch;
    }
    return { events, counters, damage, last };
  }

  test('readEvents gives the same events however the bytes are cut', async () => {
    const whole = await eventsOf(bytes.length);
    assert.equal(whole.events.filter(({ kind }) => kind === 'withdraw').length, 20);
    for (const chunk of [1, 13, 500]) assert.deepEqual((await eventsOf(chunk)).events, whole.events);
  });

  test('readEvents counts records by type and elements by kind, and how far it has come', async () => {
    const { counters, last, damage } = await eventsOf(100);
    assert.deepEqual(counters.records, { BGP4MP: 40 });
    assert.deepEqual([counters.elements['withdraw'], counters.elements['announce'] ?? 0], [40, 0]);
    assert.deepEqual([last?.records, last?.offset, last?.floor], [40, bytes.length, Infinity]);
    assert.deepEqual(damage, []);
  });

  test('readEvents tells of a torn end, and gives everything before it', async () => {
    const { events, damage, counters } = await eventsOf(100, bytes.subarray(0, bytes.length - 5));
    assert.equal(events.filter(({ kind }) => kind === 'withdraw').length, 20); // the last record was not of ours
    assert.equal(damage.length, 1);
    assert.equal(
      Object.values(counters.errors).reduce((sum, count) => sum + count, 0),
      1,
    );
  });

  /** A record of this type whose body does not decode. */
  function broken(type: number, subtype: number): Uint8Array {
    return encodeRecord({ time: 1_781_593_500_000_000, type, subtype }, (body) => body.u16(1));
  }

  test('readEvents goes on behind a record that does not decode, and tells of it by number and offset', async () => {
    const first = message(0, 1, '203.0.113.0/24');
    const last = message(400, 1, '203.0.113.0/24');
    const { events, damage, counters } = await eventsOf(64, Buffer.concat([first, broken(16, 4), last]));
    assert.equal(events.filter(({ kind }) => kind === 'withdraw').length, 2);
    assert.equal(counters.errors['message'], 1);
    assert.equal(damage.length, 1);
    assert.match(damage[0], /^record 1 at offset \d+: /);
  });

  test('readEvents calls a dump incomplete where one of its records does not decode', async () => {
    const peers = [{ bgpId: '192.0.2.1', address: '192.0.2.1', asn: 65001, type: 2 }];
    const index = encodePeerIndexTable({
      time: 1_781_593_200_000_000,
      collectorBgpId: '192.0.2.254',
      viewName: '',
      peers,
    });
    const ends = async (content: Uint8Array) =>
      (await eventsOf(64, content)).events.flatMap((event) => (event.kind === 'rib-end' ? [event.complete] : []));
    assert.deepEqual(await ends(index), [true]);
    assert.deepEqual(await ends(Buffer.concat([index, broken(13, 2)])), [false]);
  });

  test('readEvents counts a record time that was clamped', async () => {
    const times = [0, 9000, 1].map((seconds) => message(seconds, 1, '203.0.113.0/24'));
    const { counters } = await eventsOf(64, Buffer.concat(times));
    assert.equal(counters.errors['time-jump'], 1);
  });
});
