// Whole replays of MRT files on disk into real databases: the order on the command line, compression, names of copies, kills and resumed
// runs change nothing of what the database tells in the end (product.md section 4).

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { path } from '../support/event-builder.js';
import { randomPolicies } from '../support/random-events.js';
import { temporaryFolder } from '../support/registry-database.js';
import { replayFiles } from '../../src/daemon/replay.js';
import { defaultFigures } from '../../src/detection/figures.js';
import { eventLine, incidentLine } from '../../src/incidents/machine-output.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { encodeBgp4mpMessage, encodePeerIndexTable, encodeRib, encodeStateChange } from '../../src/mrt/writer.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { type Batch, type Store } from '../../src/pipeline/store.js';
import { openDatabase } from '../../src/registry/database.js';
import { listEvents } from '../../src/registry/events.js';
import { readFileProgress } from '../../src/registry/files.js';
import { listIncidents } from '../../src/registry/incidents.js';
import { SqliteStore } from '../../src/registry/pipeline-store.js';
import { fileInput } from '../../src/sources/input-files.js';

const EPOCH = 1_781_593_200;
const local = { localAs: 64508, localAddress: '192.0.2.254' };
const ribPeers = [1, 2, 3].map((n) => ({ bgpId: `192.0.2.${n}`, address: `192.0.2.${n}`, asn: 65000 + n, type: 2 }));

/** One record: seconds since the one before, and what it says. `idle` is a state change outside of Established: time alone. */
interface FileRecord {
  readonly step: number;
  readonly peer: number;
  readonly kind: 'announce' | 'withdraw' | 'up' | 'down' | 'rib' | 'idle';
  readonly prefix: string;
  readonly tail: string;
}

interface FileParts {
  readonly collector: string;
  readonly start: number;
  readonly records: readonly FileRecord[];
}

const prefix = fc.constantFrom(
  '203.0.113.0/24',
  '203.0.113.128/25',
  '203.0.112.0/23',
  '203.0.112.0/24',
  '198.51.100.0/24',
);
const tail = fc.constantFrom('64500 64496', '64499 64496', '64511', '64500 64511', '{64510,64511}');
const record: fc.Arbitrary<FileRecord> = fc.record({
  step: fc.constantFrom(0, 0, 1, 5, 20, 61, 300, 700, -3, -30),
  peer: fc.integer({ min: 1, max: 3 }),
  kind: fc.constantFrom<FileRecord['kind'][]>(
    'announce',
    'announce',
    'announce',
    'withdraw',
    'withdraw',
    'up',
    'down',
    'rib',
    'idle',
  ),
  prefix,
  tail,
});

const files: fc.Arbitrary<FileParts[]> = fc.array(
  fc.record({
    collector: fc.constantFrom('rrc00', 'rrc01'),
    start: fc.integer({ min: 0, max: 1500 }),
    records: fc.array(record, { minLength: 1, maxLength: 30 }),
  }),
  { minLength: 1, maxLength: 4 },
);

const STATES = {
  up: { oldState: 3, newState: 6 },
  down: { oldState: 6, newState: 1 },
  idle: { oldState: 1, newState: 3 },
};

/** The bytes of one record; a RIB is an index and one entry. */
function encode({ peer: n, kind, prefix: text, tail: asns }: FileRecord, time: number): Uint8Array {
  const peer = { peerAs: 65000 + n, peerAddress: `192.0.2.${n}` };
  const nlri = [{ prefix: parsePrefix(text) }];
  const attributes = { origin: 0, asPath: path(`${65000 + n} ${asns}`), nextHop: peer.peerAddress };
  const nothing = {
    withdrawn: [],
    announced: [],
    mpReach: null,
    mpUnreach: null,
    attributes: {},
    endOfRib: null,
    warnings: [],
  };
  switch (kind) {
    case 'announce':
    case 'withdraw': {
      const parts = kind === 'announce' ? { announced: nlri, attributes } : { withdrawn: nlri };
      return encodeBgp4mpMessage({
        ...local,
        ...peer,
        time,
        message: { kind: 'update', update: { ...nothing, ...parts } },
      });
    }
    case 'rib': {
      const index = encodePeerIndexTable({ time, collectorBgpId: '192.0.2.254', viewName: '', peers: ribPeers });
      const entries = [{ peerIndex: n - 1, originatedTime: time, attributes }];
      return Buffer.concat([index, encodeRib({ time, sequence: 0, safi: 1, prefix: parsePrefix(text), entries })]);
    }
    default:
      return encodeStateChange({ ...local, ...peer, time, ...STATES[kind] });
  }
}

/** Writes the files. @returns their paths. */
function write(folder: string, all: readonly FileParts[]): string[] {
  return all.map(({ collector, start, records }, index) => {
    let seconds = start;
    const bytes = records.map((one) => {
      seconds = Math.max(0, seconds + one.step);
      return encode(one, (EPOCH + seconds) * 1_000_000);
    });
    mkdirSync(join(folder, collector), { recursive: true });
    const file = join(folder, collector, `updates.${index}`);
    writeFileSync(file, Buffer.concat(bytes));
    return file;
  });
}

/** A store that dies instead of its n-th commit, as a process does. */
class MortalStore implements Store {
  readonly #store: Store;
  #left: number;

  constructor(store: Store, left: number) {
    this.#store = store;
    this.#left = left;
  }

  load(): ReturnType<Store['load']> {
    return this.#store.load();
  }

  commit(batch: Batch): void {
    if (this.#left-- === 0) throw new Error('killed');
    this.#store.commit(batch);
  }
}

interface Told {
  readonly lines: readonly string[];
  readonly duplicates: readonly string[];
}

/** Replays files into the database at `database`; dies at the given commit. @returns what the database then tells. */
async function replay(database: string, paths: readonly string[], dieAt = Infinity): Promise<Told> {
  const db = openDatabase(database, { create: true });
  db.pragma('synchronous = OFF');
  const duplicates: string[] = [];
  try {
    const store = new MortalStore(new SqliteStore(db), dieAt);
    const pipeline = new Pipeline({ store, policies: randomPolicies(), generation: 1, figures: defaultFigures });
    const counters = { lastRecordAt: null, records: {}, elements: {}, errors: {}, dropped: {} };
    await replayFiles({
      inputs: paths.map((file) => fileInput(file, statSync(file).size)),
      pipeline,
      figures: defaultFigures,
      known: (collector, identity) => readFileProgress(db, collector, identity),
      counters: () => counters,
      onEvents: () => undefined,
      onDamage: () => undefined,
      onDuplicate: (input, of) => duplicates.push(`${input} of ${of}`),
    });
  } catch (error) {
    if (!(error instanceof Error && error.message === 'killed')) throw error;
  }
  const incidents = [...listIncidents(db)].map(({ incident, ...marks }) => incidentLine(incident, marks));
  const lines = [...[...listEvents(db)].map(eventLine), ...incidents];
  db.close();
  return { lines, duplicates };
}

function shuffled<T>(items: readonly T[], turn: number): T[] {
  const turned = items.map((_, index) => items[(index + turn) % items.length]);
  return turn % 2 === 0 ? turned : turned.reverse();
}

suite('replayFiles', () => {
  test('replayFiles tells the same whatever the order of the files and their compression', async (context) => {
    const folder = temporaryFolder(context);
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(files, fc.nat(20), async (all, turn) => {
        const name = join(folder, `${runs++}`);
        const paths = write(name, all);
        const first = await replay(`${name}.db`, paths);
        for (const file of paths.slice(turn % 2)) writeFileSync(file, gzipSync(readFileSync(file)));
        assert.deepEqual((await replay(`${name}-other.db`, shuffled(paths, turn))).lines, first.lines);
      }),
      { seed: 41, numRuns: 40 },
    );
  });

  test('replayFiles tells the same after any number of kills and resumed runs', async (context) => {
    const folder = temporaryFolder(context);
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        files,
        fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }),
        fc.nat(20),
        async (all, kills, turn) => {
          const name = join(folder, `${runs++}`);
          const paths = write(name, all);
          const undisturbed = await replay(`${name}.db`, paths);
          for (const [index, dieAt] of kills.entries())
            await replay(`${name}-killed.db`, shuffled(paths, turn + index), dieAt);
          assert.deepEqual((await replay(`${name}-killed.db`, paths)).lines, undisturbed.lines);
        },
      ),
      { seed: 42, numRuns: 60 },
    );
  });

  test('replayFiles leaves out a copy of a file, by whatever name and compression, and a file that was read before', async (context) => {
    const folder = temporaryFolder(context);
    const announce = { step: 1, peer: 1, kind: 'announce', prefix: '203.0.113.0/24', tail: '64511' } as const;
    const records = [announce, { ...announce, peer: 2 }, { ...announce, peer: 3, step: 4000 }];
    const [file] = write(folder, [{ collector: 'rrc00', start: 0, records }]);
    const copy = join(folder, 'rrc00', 'copy.gz');
    writeFileSync(copy, gzipSync(readFileSync(file)));
    const alone = await replay(join(folder, 'alone.db'), [file]);
    const twice = await replay(join(folder, 'twice.db'), [file, copy]);
    assert.equal(twice.duplicates.length, 1);
    assert.equal(twice.lines.length, alone.lines.length);
    const again = await replay(join(folder, 'alone.db'), [copy]);
    assert.deepEqual(again, { lines: alone.lines, duplicates: [`${copy} of updates.0`] });
  });
});

test('replayFiles fires at the end what is due by the last record, though its file was done before a kill', async (context) => {
  const folder = temporaryFolder(context);
  const base = { peer: 1, prefix: '203.0.113.0/24', tail: '64511' } as const;
  // The first file's last record says nothing of ours and its session is down: nothing of it is left to tell when it is read.
  const long: FileParts = {
    collector: 'rrc00',
    start: 0,
    records: [
      { ...base, step: 0, kind: 'announce' },
      { ...base, step: 1, kind: 'down' },
      { ...base, step: 100, kind: 'idle' }, // the session's quiet gap is told of
      { ...base, step: 1800, kind: 'idle' },
      { ...base, step: 1800, kind: 'idle' },
    ],
  };
  const others = [24, 200, 300].map((start): FileParts => {
    const records = [0, 1, 1].map((step) => ({ ...base, peer: 2, kind: 'withdraw' as const, step }));
    return { collector: 'rrc01', start, records };
  });
  const paths = write(folder, [long, ...others]);
  const undisturbed = await replay(join(folder, 'a.db'), paths);
  assert.ok(undisturbed.lines.some((line) => line.includes('"reason":"unobserved"')));
  for (let dieAt = 0; dieAt < 12; dieAt++) {
    const killed = join(folder, `killed-${dieAt}.db`);
    await replay(killed, paths, dieAt);
    assert.deepEqual((await replay(killed, paths)).lines, undisturbed.lines, `killed at commit ${dieAt}`);
  }
});
