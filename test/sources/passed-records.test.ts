// Records that are passed over against the decoder: events, one by one and in their order, and counters of a file are those of every record
// decoded, then filtered. On made streams with sessions, path identifiers, RIBs and damage, and on the real files.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isTreatAsWithdraw } from '../../src/bgp/warnings.js';
import { defaultFigures } from '../../src/detection/figures.js';
import { Prefix } from '../../src/ip/prefix.js';
import { PrefixUnion } from '../../src/ip/prefix-union.js';
import { MrtType } from '../../src/mrt/codes.js';
import { elementsOf } from '../../src/mrt/elements.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { type RawRecord } from '../../src/mrt/record-framer.js';
import { encodeBgp4mpMessage, encodePeerIndexTable } from '../../src/mrt/writer.js';
import { encodeRib, encodeStateChange } from '../../src/mrt/writer.js';
import { type RouteEvent } from '../../src/rib/route-event.js';
import { type ReadCounters, readEvents } from '../../src/sources/event-file.js';
import { readMrtRecords } from '../../src/sources/mrt-records.js';
import { routeEventsOf } from '../../src/sources/rib-record-events.js';
import { RouteEventReader } from '../../src/sources/route-events.js';
import { DecodeError } from '../../src/wire/decode-error.js';
import { anyNlri, legacyRecord, madeUpdate, updateOf } from '../mrt/made-messages.js';
import { chunked, unpack } from '../mrt/records.js';
import { everyHundredth } from '../mrt/scanning.js';
import { anyPrefix } from '../support/prefixes.js';
import { requires, sharedData } from '../support/requires.js';

const { order, transfer } = defaultFigures;
const common = {
  collector: 'rrc00',
  file: 'updates.gz',
  figures: { ...order, quiet: transfer.quiet, minUp: transfer.minUp },
};

interface Reading {
  readonly events: readonly RouteEvent[];
  readonly counters: ReadCounters;
  readonly damage: number;
  readonly records: number;
  readonly offset: number;
}

const newCounters = (): ReadCounters => ({ lastRecordAt: null, records: {}, elements: {}, errors: {}, dropped: {} });

const sourceOf = (chunks: readonly Uint8Array[]) => ({
  // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what is wanted
  async *open(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  },
});

async function readFile(chunks: readonly Uint8Array[], related: PrefixUnion): Promise<Reading> {
  const counters = newCounters();
  const events: RouteEvent[] = [];
  let [damage, records, offset] = [0, 0, 0];
  const onDamage = (): void => {
    damage++;
  };
  const options = { ...common, identity: 'id', source: sourceOf(chunks), related, counters, onDamage };
  for await (const batch of readEvents(options)) {
    events.push(...routeEventsOf(batch.events));
    [records, offset] = [batch.records, batch.offset];
  }
  return { events, counters, damage, records, offset };
}

/** The same with every record decoded. */
async function decodeFile(chunks: readonly Uint8Array[], related: PrefixUnion): Promise<Reading> {
  const { records: types, elements, errors, dropped } = newCounters();
  const add = (counts: Record<string, number>, name: string, by = 1): void => {
    counts[name] = (counts[name] ?? 0) + by;
  };
  const events: RouteEvent[] = [];
  const decoder = new MrtDecoder({ collector: common.collector });
  const peerIndexBytes = () => decoder.peerIndexBytes;
  const ribAttributes = decoder.ribAttributes.bind(decoder);
  const reader = new RouteEventReader({ ...common, input: 'id', related, peerIndexBytes, ribAttributes });
  const emit = (event: RouteEvent): void => {
    events.push(event);
  };
  let [damage, records, offset] = [0, 0, 0];
  const onLoss = ({ kind }: { readonly kind: string }): void => {
    damage++;
    add(errors, kind);
    reader.lose();
  };
  const decode = (raw: RawRecord): void => {
    add(types, TYPE_NAMES[raw.type] ?? 'other');
    const record = decoder.decode(raw);
    if (record.kind === 'skipped') add(dropped, 'unsupported');
    else {
      for (const { type } of elementsOf(record)) add(elements, type);
      if (record.warnings.includes('nlri-undecided')) add(dropped, 'undecided');
      if (record.warnings.includes('unsupported-family')) add(dropped, 'unsupported');
      if (isTreatAsWithdraw(record.warnings)) add(errors, 'malformed');
    }
    reader.read(raw, record, emit);
  };
  for await (const batch of readMrtRecords(sourceOf(chunks), { onLoss })) {
    for (const raw of batch) {
      [records, offset] = [raw.index + 1, raw.offset + raw.bytes.length];
      try {
        decode(raw);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        damage++;
        add(errors, 'message');
        reader.skip(raw, emit);
      }
    }
  }
  reader.end(emit);
  add(errors, 'time-jump', reader.takeJumps());
  const counters = { lastRecordAt: reader.newest, records: types, elements, errors, dropped };
  return { events, counters, damage, records, offset };
}

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [MrtType.BGP]: 'BGP',
  [MrtType.TABLE_DUMP]: 'TABLE_DUMP',
  [MrtType.TABLE_DUMP_V2]: 'TABLE_DUMP_V2',
  [MrtType.BGP4MP]: 'BGP4MP',
  [MrtType.BGP4MP_ET]: 'BGP4MP_ET',
};

/** Counters without those at 0: a name that was never counted is one. */
function telling({ counters, ...rest }: Reading): unknown {
  const said = Object.entries(counters).map(([name, counts]: [string, Record<string, number> | number | null]) => [
    name,
    typeof counts === 'object' && counts !== null
      ? Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0))
      : counts,
  ]);
  return { ...rest, counters: Object.fromEntries(said) as unknown };
}

const rarely = fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });

/** One record of one of a few sessions; damage is one octet of the message, or of a RIB record's body, that is another one. */
const anyRecord = fc.record({
  kind: fc.constantFrom(
    'update',
    'update',
    'update',
    'update',
    'keepalive',
    'up',
    'down',
    'index',
    'rib',
    'rib',
    'open',
    'eor',
  ),
  step: fc.constantFrom(0, 0, 0.2, 1, 29, 31, 70, 4000, -2, -90),
  peer: fc.nat(3),
  v6Session: fc.boolean(),
  internal: rarely,
  addPath: rarely,
  declared: fc.boolean(),
  asn4: fc.boolean(),
  local: rarely,
  extendedTime: fc.boolean(),
  legacy: rarely,
  withdrawn: fc.array(anyNlri, { maxLength: 3 }),
  announced: fc.array(anyNlri, { maxLength: 3 }),
  missing: fc.constantFrom(null, null, null, null, 'origin', 'asPath', 'nextHop'),
  safi: fc.constantFrom(1, 1, 1, 2, 128),
  unreach: rarely,
  damage: fc.option(fc.record({ at: fc.nat(200), to: fc.nat(255) }), { freq: 4 }),
  cut: fc.option(fc.nat(60), { freq: 12 }),
});

type AnyRecord = typeof anyRecord extends fc.Arbitrary<infer T> ? T : never;

const BEGIN = 1_700_000_000_000_000;
const PEERS = [1, 2, 3, 4].map((n) => ({ bgpId: `192.0.2.${n}`, address: `192.0.2.${n}`, asn: 64511 + n, type: 2 }));

function recordOf(made: AnyRecord, time: number): Uint8Array {
  const { kind, peer, v6Session, asn4 } = made;
  const peerAs = 64512 + peer;
  const session = {
    time,
    peerAs,
    localAs: made.internal ? peerAs : 64496,
    peerAddress: v6Session ? `2001:db8::${peer + 1}` : `192.0.2.${peer + 1}`,
    localAddress: v6Session ? '2001:db8::ff' : '192.0.2.254',
    asn4,
  };
  switch (kind) {
    case 'keepalive':
      return encodeBgp4mpMessage({ ...session, local: made.local, message: { kind: 'keepalive' } });
    case 'up':
      return encodeStateChange({ ...session, oldState: 5, newState: 6 });
    case 'down':
      return encodeStateChange({ ...session, oldState: 6, newState: 1 });
    case 'index':
      return encodePeerIndexTable({ time, collectorBgpId: '192.0.2.254', viewName: '', peers: PEERS });
    case 'rib':
      return ribRecord(made, time);
    case 'open':
      return openRecord(made, session);
    case 'eor':
      return encodeBgp4mpMessage({ ...session, message: updateOf(v6Session ? END_OF_RIB_V6 : END_OF_RIB) });
    default:
      return updateRecord(made, session);
  }
}

const attributesOf = ({ missing }: AnyRecord) => ({
  ...(missing !== 'origin' && { origin: 0 }),
  ...(missing !== 'asPath' && { asPath: [{ type: 2 as const, asns: [64512, 64500] }] }),
  ...(missing !== 'nextHop' && { nextHop: '192.0.2.1' }),
  communities: [1],
});

function ribRecord(made: AnyRecord, time: number): Uint8Array {
  const { prefix, pathId } = made.announced[0] ?? { prefix: Prefix.of('198.51.100.0/24') };
  const entry = {
    peerIndex: made.peer,
    originatedTime: 0,
    attributes: attributesOf(made),
    ...(made.addPath && { pathId }),
  };
  const entries = made.announced.map((_, i) => ({ ...entry, peerIndex: (made.peer + i) % 4 }));
  const nextHop = prefix.afi === 2 ? { nextHop: '2001:db8::1' } : {};
  const bytes = encodeRib({
    ...{ time, sequence: 0, prefix, safi: made.safi === 2 ? 2 : 1, addPath: made.addPath },
    entries: entries.map((one) => ({ ...one, ...nextHop })),
  });
  if (made.damage !== null) bytes[12 + (made.damage.at % (bytes.length - 12))] = made.damage.to;
  return bytes;
}

interface Ends {
  readonly time: number;
  readonly peerAs: number;
  readonly localAs: number;
  readonly peerAddress: string;
  readonly localAddress: string;
  readonly asn4: boolean;
}

function openRecord(made: AnyRecord, session: Ends): Uint8Array {
  const capabilities = made.addPath
    ? [{ code: 69, name: 'add-path' as const, families: [{ afi: 1, safi: 1, mode: 3 }] }]
    : [];
  const open = {
    version: 4,
    twoOctetAs: session.peerAs,
    asn: session.peerAs,
    holdTime: 90,
    bgpId: '192.0.2.1',
    capabilities,
  };
  return encodeBgp4mpMessage({ ...session, message: { kind: 'open', open } });
}

function updateRecord(made: AnyRecord, session: Ends): Uint8Array {
  const { addPath, declared, legacy, extendedTime, local } = made;
  const update = madeUpdate(made, attributesOf(made));
  if (legacy) return legacyRecord(session, update);
  const form = { local, addPath: addPath && declared, extendedTime };
  return encodeBgp4mpMessage({ ...session, ...form, message: update });
}

/** RFC 4724 section 2: nothing withdrawn, no attributes; or an MP_UNREACH_NLRI without routes. */
const END_OF_RIB = [0, 0, 0, 0];
const END_OF_RIB_V6 = [0, 0, 0, 6, 0x80, 15, 3, 0, 2, 1];

function streamOf(records: readonly AnyRecord[]): Uint8Array {
  let time = BEGIN;
  const parts = records.map((made) => {
    time += made.step * 1_000_000;
    const bytes = recordOf(made, time);
    return made.cut === null ? bytes : bytes.subarray(0, made.cut);
  });
  return new Uint8Array(Buffer.concat(parts));
}

test('readEvents passes over records to the same events and counters as with every record decoded, on made streams', async () => {
  const cases = fc.record({
    records: fc.array(anyRecord, { minLength: 1, maxLength: 40 }),
    wanted: fc.array(anyPrefix, { maxLength: 3 }),
    chunk: fc.integer({ min: 1, max: 5000 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ records, wanted, chunk }) => {
      const bytes = streamOf(records);
      const related = PrefixUnion.of(wanted);
      assert.deepEqual(
        telling(await readFile(chunked(bytes, chunk), related)),
        telling(await decodeFile([bytes], related)),
      );
    }),
    { numRuns: 1500 },
  );
});

const files = requires('shared') === false ? readdirSync(join(sharedData, 'mrt')).sort() : [];

test(
  'readEvents passes over records of the real files to the same events and counters',
  { skip: requires('shared') },
  async () => {
    for (const file of files) {
      const chunks = chunked(await unpack(join(sharedData, 'mrt', file)), 1 << 20);
      const related = PrefixUnion.of(everyHundredth(chunks));
      assert.deepEqual(telling(await readFile(chunks, related)), telling(await decodeFile(chunks, related)), file);
    }
    assert.ok(files.length > 20);
  },
);

test('readEvents reads a block by what the message right before it taught of path identifiers', async () => {
  const session = { peerAs: 64512, localAs: 64496, peerAddress: '192.0.2.1', localAddress: '192.0.2.254' };
  const withdrawal = (seconds: number, ...nlri: readonly number[]): Uint8Array =>
    encodeBgp4mpMessage({
      ...{ ...session, time: BEGIN + seconds * 1_000_000 },
      message: updateOf([0, nlri.length, ...nlri, 0, 0]),
    });
  // Ids 1 and 2 before 10.1.2.0/24 and 10.1.3.0/24: two zero lengths as a plain block, so it has path identifiers.
  const telling = withdrawal(1, 0, 0, 0, 1, 24, 10, 1, 2, 0, 0, 0, 2, 24, 10, 1, 3);
  // Legal both ways: id 0x07c0180a and 198.8.51.0/24, or 192.0.0.0/7, 10.24.198.0/24 and 51.0.0.0/8. The session's mode decides.
  const twofold = withdrawal(2, 7, 192, 24, 10, 24, 198, 8, 51);
  const last = withdrawal(3, 24, 10, 1, 2);
  const said = async (...records: readonly Uint8Array[]): Promise<readonly string[]> => {
    const { events } = await readFile(
      [new Uint8Array(Buffer.concat(records))],
      PrefixUnion.of([Prefix.of('198.8.51.0/24')]),
    );
    return events.flatMap((event) => (event.kind === 'withdraw' ? [`${event.prefix.toString()} ${event.pathId}`] : []));
  };
  assert.deepEqual(await said(last, telling, twofold, last, last), ['198.8.51.0/24 130029578']);
  assert.deepEqual(await said(last, last, twofold, last, last), []);
});
