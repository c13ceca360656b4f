// The spool reader on a real spool, a real pipeline and a real database; only the intervals are short.

import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SourceHealth } from '../../src/daemon/source-health.js';
import { PipelineFaultError, SpoolReader } from '../../src/daemon/spool-reader.js';
import { defaultFigures } from '../../src/detection/figures.js';
import { type Incident } from '../../src/incidents/incident.js';
import { type PrefixEvent } from '../../src/incidents/prefix-event.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { type FileProgress } from '../../src/pipeline/store.js';
import { openDatabase } from '../../src/registry/database.js';
import { listEvents } from '../../src/registry/events.js';
import { listFiles } from '../../src/registry/files.js';
import { listIncidents } from '../../src/registry/incidents.js';
import { SqliteStore } from '../../src/registry/pipeline-store.js';
import { Spool } from '../../src/sources/spool.js';
import { createStats, sourceStats } from '../../src/telemetry/stats.js';
import { policy } from '../support/event-builder.js';
import { temporaryFolder } from '../support/registry-database.js';
import {
  announce,
  FOREIGN,
  hijackStory,
  HQ,
  joined,
  keepalive,
  longStory,
  withdraw,
} from '../support/spooled-story.js';
import { until } from '../support/until.js';

interface StageOptions {
  readonly onDone?: 'keep' | 'delete' | 'move';
  readonly settleMs?: number;
  /** Called before each commit: a fault of the disk. */
  readonly beforeCommit?: () => void;
}

/** A folder and a database, on which readers run one after the other. */
class Stage {
  readonly folder: string;
  readonly db;

  constructor(context: TestContext) {
    this.folder = join(temporaryFolder(context), 'spool');
    mkdirSync(this.folder);
    this.db = openDatabase(join(this.folder, '..', 'test.db'), { create: true });
    context.after(() => this.db.close());
  }

  /** Writes a file in place. */
  put(name: string, bytes: Uint8Array): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  }

  /** Starts a reader; it ends with the test, or when it is stopped. */
  start(context: TestContext, { onDone = 'keep', settleMs = 0, beforeCommit = () => undefined }: StageOptions = {}) {
    const stop = new AbortController();
    const stats = createStats();
    const health = new SourceHealth();
    const log: string[] = [];
    const note = (details: object, message: string): void => void log.push(`${message} ${JSON.stringify(details)}`);
    const store = new SqliteStore(this.db);
    const commit: SqliteStore['commit'] = (batch) => {
      beforeCommit();
      store.commit(batch);
    };
    const timed = { load: () => store.load(), commit };
    const pipeline = new Pipeline({ store: timed, policies: [policy(HQ)], generation: 1, figures: defaultFigures });
    const idle: string[] = [];
    const reader = new SpoolReader({
      spool: new Spool({
        directory: this.folder,
        collector: null,
        pollMs: 1,
        settleMs,
        onIdle: (name) => {
          health.idle(name);
          idle.push(name);
        },
      }),
      onDone,
      db: this.db,
      pipeline: () => pipeline,
      figures: () => defaultFigures,
      counters: (collector) => sourceStats(stats, collector),
      logger: { info: note, warn: note, error: note },
      onFound: (name) => health.found(name),
      onReached: (name, at) => {
        health.reached(name, at);
        return health.watermark(defaultFigures.silence);
      },
      onProgress: (name) => health.progress(name),
    });
    const ended = reader.run(stop.signal);
    const end = async (): Promise<void> => {
      stop.abort('the test ends');
      await ended;
    };
    context.after(() => end().catch(() => undefined));
    return { stats, log, idle, ended, end };
  }

  /** Runs a reader until this holds, and stops it. */
  async runUntil(context: TestContext, holds: () => boolean, options: StageOptions = {}) {
    const run = this.start(context, options);
    await until(`the reader has done its work; log: ${run.log.join('\n')}`, holds);
    await run.end();
    return run;
  }

  /** Runs a reader until so many inputs are complete. */
  readsAll(context: TestContext, files: number, options: StageOptions = {}) {
    return this.runUntil(context, () => this.complete === files, options);
  }

  /** Inputs that were read to their end, by name: a file counts once. */
  get complete(): number {
    return new Set(listFiles(this.db).flatMap(({ complete, name }) => (complete ? [name] : []))).size;
  }

  get named(): readonly FileProgress[] {
    return listFiles(this.db).filter(({ identity }) => identity.includes('@'));
  }

  get told(): { readonly events: readonly PrefixEvent[]; readonly incidents: readonly Incident[] } {
    return {
      events: [...listEvents(this.db)],
      incidents: [...listIncidents(this.db)].map(({ incident }) => incident),
    };
  }
}

const story = joined(...hijackStory());

/** What the hijack story says, by hand: AS64511 seen from second 10 to second 40 by two peers, and over a minute later. */
function tellsTheHijack({ told }: Stage): void {
  const [incident, ...others] = told.incidents;
  assert.deepEqual(others, []);
  const { type, offender, state, openings, openedAt, resolvedAt } = incident;
  assert.deepEqual(
    { type, offender, state, openings, after: (resolvedAt ?? 0) - openedAt },
    { type: 'origin-hijack', offender: '64511', state: 'resolved', openings: 1, after: 30_000_000 },
  );
  assert.equal(told.events.filter(({ type: kind }) => kind === 'PrefixOriginAsChangeEvent').length, 1);
}

test('SpoolReader applies a file and commits with it that it was read, under its name and by its content', async (context) => {
  const stage = new Stage(context);
  stage.put('rrc00/updates', story);
  const { stats } = await stage.readsAll(context, 1);
  tellsTheHijack(stage);
  assert.deepEqual(
    listFiles(stage.db).map(({ collector, name, records, offset, complete, storedBytes, damage }) => {
      return { collector, name, records, offset, complete, storedBytes, damage };
    }),
    [1, 2].map(() => {
      const read = { records: 8, offset: story.length, complete: true, storedBytes: story.length, damage: null };
      return { collector: 'rrc00', name: 'updates', ...read };
    }),
  );
  const { records, elements, lastRecordAt } = sourceStats(stats, 'rrc00');
  assert.equal(records.BGP4MP, 8);
  assert.equal(elements.announce, 7);
  assert.equal(lastRecordAt, 1_781_593_360_000_000);
});

test('SpoolReader lets a hold-down run out by the events of a file, not by how much of it was read at once', async (context) => {
  const back = [announce(10, 1, [FOREIGN]), withdraw(20, 1), announce(75, 1, [FOREIGN]), withdraw(90, 1)];
  const stage = new Stage(context);
  stage.put('rrc00/updates', joined(...back, keepalive(3600))); // one chunk: its end is known before its beginning is applied
  await stage.readsAll(context, 1);
  const [{ openings, openedAt, resolvedAt }] = stage.told.incidents;
  assert.equal(openings, 1, 'back within the 60 s of the hold-down: never over');
  assert.equal((resolvedAt ?? 0) - openedAt, 80_000_000);
});

test('SpoolReader reads a file as it grows, and commits what is there', async (context) => {
  const stage = new Stage(context);
  const records = hijackStory();
  const path = stage.put('rrc00/updates', joined(...records.slice(0, 4)));
  const run = stage.start(context, { settleMs: 3_600_000 });
  await until('the hijack is stored while the file grows', () => stage.told.incidents.length === 1);
  assert.deepEqual([stage.named[0].records, stage.named[0].complete], [4, false]);
  appendFileSync(path, joined(...records.slice(4)));
  await until('the rest is stored', () => stage.told.incidents[0].state === 'resolved');
  await run.end();
  tellsTheHijack(stage);
  assert.deepEqual([stage.named[0].records, stage.named[0].complete], [8, false]);
});

test('SpoolReader goes on behind its last commit, wherever the one before it stopped', async (context) => {
  const whole = new Stage(context);
  const records = longStory(60);
  whole.put('rrc00/updates', joined(...records));
  await whole.readsAll(context, 1);
  const stage = new Stage(context);
  const path = stage.put('rrc00/updates', new Uint8Array(0));
  for (let read = 0; read < records.length; read += 9) {
    appendFileSync(path, joined(...records.slice(read, read + 9)));
    await stage.runUntil(context, () => stage.named.at(0)?.records === Math.min(read + 9, records.length), {
      settleMs: 3_600_000,
    });
  }
  assert.equal(stage.complete, 0);
  await stage.readsAll(context, 1);
  assert.ok(whole.told.events.length > 10);
  assert.deepEqual(stage.told, whole.told);
});

test('SpoolReader reads on in a file that was complete and has grown, after a restart too', async (context) => {
  const stage = new Stage(context);
  const records = hijackStory();
  const path = stage.put('rrc00/updates', joined(...records.slice(0, 5)));
  await stage.readsAll(context, 1);
  appendFileSync(path, joined(...records.slice(5)));
  await stage.runUntil(context, () => stage.named[0].records === 8 && stage.named[0].complete);
  tellsTheHijack(stage);
});

test('SpoolReader leaves out a renamed and a recompressed copy, counts them as duplicates, and applies nothing twice', async (context) => {
  const stage = new Stage(context);
  stage.put('rrc00/updates', story);
  await stage.readsAll(context, 1);
  const before = stage.told;
  stage.put('rrc00/copy', story);
  stage.put('rrc00/updates.gz', gzipSync(story));
  const second = stage.start(context);
  await until('both copies are counted', () => sourceStats(second.stats, 'rrc00').dropped.duplicate === 2);
  await second.end();
  assert.deepEqual(stage.told, before);
  assert.equal(stage.named.length, 1);
  assert.ok(second.log.some((line) => line.startsWith('read before under another name') && line.includes('"updates"')));
});

test('SpoolReader knows a copy that is still being written in place for what it may become', async (context) => {
  const stage = new Stage(context);
  stage.put('rrc00/updates', story);
  const run = stage.start(context, { settleMs: 0 });
  await until('the first is read', () => stage.complete === 1);
  const before = stage.told;
  run.idle.length = 0;
  const path = stage.put('rrc00/copy', story.subarray(0, story.length - 40));
  await until('it waits for the rest', () => run.idle.filter((name) => name === 'rrc00').length > 3);
  assert.equal(stage.named.length, 1, 'nothing of it is applied');
  appendFileSync(path, story.subarray(story.length - 40));
  await until('it is a duplicate', () => sourceStats(run.stats, 'rrc00').dropped.duplicate === 1);
  assert.deepEqual(stage.told, before);
});

test('SpoolReader reads the same bytes again for another collector', async (context) => {
  const stage = new Stage(context);
  stage.put('rrc00/updates', story);
  stage.put('rrc01/updates', story);
  await stage.runUntil(context, () => stage.named.filter(({ complete }) => complete).length === 2);
  assert.equal(stage.told.incidents.length, 1);
});

test('SpoolReader deletes or moves what it has read, copies too, and what it had no time for before it was killed', async (context) => {
  const stage = new Stage(context);
  const read = stage.put('rrc00/updates', story);
  await stage.readsAll(context, 1); // kept, as if the daemon had died right behind the commit
  const copy = stage.put('rrc00/copy', story);
  const gone = (): boolean => !existsSync(read) && !existsSync(copy);
  await stage.runUntil(context, gone, { onDone: 'move' });
  assert.ok(existsSync(join(stage.folder, 'rrc00', '.done', 'updates')));
  assert.ok(existsSync(join(stage.folder, 'rrc00', '.done', 'copy')));
  const again = stage.put('rrc00/updates', joined(keepalive(3600)));
  await stage.runUntil(context, () => !existsSync(again), { onDone: 'move' });
  assert.ok(existsSync(join(stage.folder, 'rrc00', '.done', 'updates.1'))); // a name used again overwrote what was kept
  assert.deepEqual(new Uint8Array(readFileSync(join(stage.folder, 'rrc00', '.done', 'updates'))), story);
  renameSync(join(stage.folder, 'rrc00', '.done', 'copy'), copy);
  await stage.runUntil(context, gone, { onDone: 'delete' });
  const fresh = stage.put('rrc00/later', joined(keepalive(7200)));
  await stage.runUntil(context, () => !existsSync(fresh), { onDone: 'delete' });
  assert.ok(!existsSync(join(stage.folder, 'rrc00', '.done', 'later')));
});

test('SpoolReader counts a gap where a file is cut while it is read, reads it anew and skips what it had applied', async (context) => {
  const stage = new Stage(context);
  const records = hijackStory();
  const path = stage.put('rrc00/updates', joined(...records.slice(0, 5)));
  const run = stage.start(context, { settleMs: 3_600_000 });
  await until('five records are applied', () => stage.named.at(0)?.records === 5);
  truncateSync(path, joined(...records.slice(0, 2)).length);
  await until('the gap is counted', () => sourceStats(run.stats, 'rrc00').errors.gap === 1);
  appendFileSync(path, joined(...records.slice(2)));
  await until('all is applied', () => stage.named[0].records === 8);
  await run.end();
  tellsTheHijack(stage);
});

test('SpoolReader reads a file that replaces another under its name while that is read', async (context) => {
  const stage = new Stage(context);
  const path = stage.put('rrc00/updates', joined(keepalive(-60)));
  const run = stage.start(context, { settleMs: 3_600_000 });
  await until('the first is read', () => stage.named.at(0)?.records === 1);
  renameSync(stage.put('rrc00/.new', story), path);
  await until('the second is read', () => stage.told.incidents.at(0)?.state === 'resolved');
  await run.end();
  assert.equal(sourceStats(run.stats, 'rrc00').errors.gap, 1);
  tellsTheHijack(stage);
});

test('SpoolReader reads around what is damaged, counts it, says it, and stores that the file was', async (context) => {
  const stage = new Stage(context);
  const broken = keepalive(5);
  broken[broken.length - 3] = 0xff; // the length of the BGP message inside
  const all = [
    keepalive(0),
    ...Array.from({ length: 30 }, () => broken),
    ...hijackStory(),
    keepalive(200).subarray(0, 30),
  ];
  stage.put('rrc00/updates', joined(...all));
  stage.put('rrc00/later', joined(keepalive(7200)));
  const { stats, log } = await stage.readsAll(context, 2);
  tellsTheHijack(stage);
  const { errors } = sourceStats(stats, 'rrc00');
  assert.deepEqual([errors.message, errors.truncated], [30, 1]);
  assert.match(stage.named.find(({ name }) => name === 'updates')?.damage ?? '', /^record 1 at offset /);
  assert.equal(log.filter((line) => line.startsWith('a part of the file was not interpreted')).length, 20);
  assert.ok(log.some((line) => line.startsWith('and further places') && line.includes('"places":11')));
});

test('SpoolReader ends with PipelineFaultError where a batch cannot be committed, and the next one goes on behind the last commit', async (context) => {
  const stage = new Stage(context);
  stage.put('rrc00/updates', story);
  let commits = 0;
  const run = stage.start(context, {
    beforeCommit: () => {
      if (++commits === 4) throw new Error('disk full');
    },
  });
  await assert.rejects(run.ended, (error: unknown) => {
    assert.ok(error instanceof PipelineFaultError);
    assert.equal(error.message, 'Cannot commit a batch: disk full');
    return true;
  });
  assert.equal(commits, 4, 'nothing is committed after it');
  await stage.readsAll(context, 1);
  tellsTheHijack(stage);
});

test('SpoolReader told to stop while it looks at a file stops, and that is no fault', async (context) => {
  const stage = new Stage(context);
  stage.put('rrc00/updates', story);
  const run = stage.start(context);
  await run.end();
  assert.deepEqual(run.log, []);
});

test('SpoolReader stops in the middle of a file it waits for, with what it has read committed', async (context) => {
  const stage = new Stage(context);
  stage.put('rrc00/updates', joined(...hijackStory().slice(0, 5), keepalive(30).subarray(0, 20)));
  const run = stage.start(context, { settleMs: 3_600_000 });
  await until('the hijack is stored', () => stage.named.at(0)?.records === 5);
  await run.end();
  assert.equal(stage.told.incidents[0].state, 'open');
});
