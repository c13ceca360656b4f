import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Spool, type SpoolFile, type SpoolOptions } from '../../src/sources/spool.js';
import { temporaryFolder } from '../support/registry-database.js';
import { joined, keepalive } from '../support/spooled-story.js';
import { until } from '../support/until.js';

/** A spool looked at every millisecond, in which a file written in place settles never unless the test says how soon. */
function newSpool(context: TestContext, options: Partial<SpoolOptions> = {}) {
  const directory = temporaryFolder(context);
  const stop = new AbortController();
  context.after(() => stop.abort());
  const spool = new Spool({ directory, collector: null, pollMs: 1, settleMs: 3_600_000, ...options });
  /** Writes a file in place; `at` = its first record's second. */
  const put = (name: string, at: number, ...more: readonly Uint8Array[]): string => {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, joined(keepalive(at), ...more));
    return path;
  };
  /** The collector's next file. */
  const next = async (collector: string, files = spool.files(collector, stop.signal)): Promise<SpoolFile> => {
    const result = await files.next();
    assert.ok(result.done !== true);
    return result.value;
  };
  return { directory, spool, stop, put, next };
}

/** Reads a file to the end that the spool sees in it. */
async function readAll({ source }: SpoolFile, signal?: AbortSignal): Promise<number> {
  let length = 0;
  for await (const chunk of source.open(signal)) length += chunk.length;
  return length;
}

/** True where the spool does not take the file for complete as it is: it is asked twice again. */
async function isWaitedFor(file: SpoolFile, idle: () => number): Promise<boolean> {
  const stop = new AbortController();
  const reading = readAll(file, stop.signal).then(
    () => false,
    () => true,
  );
  const asked = idle();
  await Promise.race([reading, until('it is looked at again', () => idle() >= asked + 3)]);
  stop.abort();
  return reading;
}

const RECORD = keepalive(0).length;

test('Spool tells each collector once: a sub-folder by its name, a file by the name it has', async (context) => {
  const { spool, stop, put } = newSpool(context);
  put('rrc07/updates.gz', 0);
  put('rrc07/updates2.gz', 5);
  put('rrc01.updates.20260616.0700', 0);
  put('route-views.sydney.updates', 0);
  put('unnamed', 0);
  put('.hidden/updates', 0);
  const found = new Set<string>();
  for await (const collector of spool.collectors(stop.signal)) {
    assert.ok(!found.has(collector));
    found.add(collector);
    if (found.size === 4) stop.abort();
  }
  assert.deepEqual([...found].sort(), ['default', 'route-views.sydney', 'rrc01', 'rrc07']);
});

test('Spool gives the files of the folder itself to the collector that is configured, those of sub-folders to theirs', async (context) => {
  const { spool, stop, put } = newSpool(context, { collector: 'mine' });
  put('rrc01.updates', 0);
  put('rrc07/updates', 0);
  const found: string[] = [];
  for await (const collector of spool.collectors(stop.signal)) if (found.push(collector) === 2) stop.abort();
  assert.deepEqual(found.sort(), ['mine', 'rrc07']);
});

test('Spool passes over names that begin with a dot or end in .tmp or .part, in folders too', async (context) => {
  const { spool, stop, put } = newSpool(context);
  for (const name of ['.updates', 'a.tmp', 'b.part', 'rrc07/.x', 'rrc07/c.tmp', 'rrc07/d.part']) put(name, 0);
  const path = put('rrc07/tmp', 9);
  const all: string[] = [];
  for await (const collector of spool.collectors(stop.signal)) {
    all.push(collector);
    for await (const file of spool.files(collector, stop.signal)) {
      assert.equal(file.path, path);
      stop.abort();
    }
  }
  assert.deepEqual(all, ['rrc07']);
});

test('Spool gives files in the order of their first records, then of their names', async (context) => {
  const { spool, stop, put } = newSpool(context);
  const late = put('rrc00/a', 30);
  const second = put('rrc00/c', 10);
  const first = put('rrc00/b', 10);
  const order: string[] = [];
  for await (const file of spool.files('rrc00', stop.signal)) {
    order.push(file.path);
    spool.finish(file);
    if (order.length === 3) stop.abort();
  }
  assert.deepEqual(order, [first, second, late]);
});

test('SpoolFile says name, collector, identity and the input that its events are named by', async (context) => {
  const { put, next } = newSpool(context);
  const path = put('rrc00/updates', 10);
  const { baseName, collector, input, identity, ...file } = await next('rrc00');
  assert.equal(file.path, path);
  assert.deepEqual(
    { baseName, collector, input },
    { baseName: 'updates', collector: 'rrc00', input: 'updates@1781593210' },
  );
  assert.equal(identity.firstTime, 1_781_593_210_000_000);
});

test('Spool takes a file that was renamed in for complete at once, however soon after its last byte', async (context) => {
  const { spool, stop, directory, put, next } = newSpool(context);
  mkdirSync(join(directory, 'rrc00'));
  const collectors = spool.collectors(stop.signal);
  const found = collectors.next(); // from here on the folders are watched
  renameSync(put('rrc00/.x', 0), join(directory, 'rrc00', 'updates'));
  assert.deepEqual(await found, { value: 'rrc00', done: false });
  assert.equal(await readAll(await next('rrc00')), RECORD);
});

test('Spool takes a file that comes by a rename from another folder for complete', async (context) => {
  const { spool, stop, directory, put, next } = newSpool(context);
  const outside = put('.staging/updates', 0);
  const found = spool.collectors(stop.signal).next();
  renameSync(outside, join(directory, 'rrc00.updates'));
  assert.equal((await found).value, 'rrc00');
  assert.equal(await readAll(await next('rrc00')), RECORD);
});

test('Spool takes a file whose own time lies before its arrival for complete: a mirror has set it at its end', async (context) => {
  const { put, next } = newSpool(context);
  utimesSync(put('rrc00/updates', 0), 1_781_593_200, 1_781_593_200);
  assert.equal(await readAll(await next('rrc00')), RECORD);
});

test('Spool waits for a file written in place, and reads it as it grows', async (context) => {
  let idle = 0;
  const { put, next } = newSpool(context, { onIdle: () => idle++ });
  const path = put('rrc00/updates', 0);
  const bytes = (await next('rrc00')).source.open();
  const lengthOf = (result: IteratorResult<Uint8Array, void>): number =>
    result.done === true ? 0 : result.value.length;
  assert.equal(lengthOf(await bytes.next()), RECORD);
  assert.equal(lengthOf(await bytes.next()), 0, 'it waits');
  const more = bytes.next();
  await until('it waits at the end', () => idle > 2);
  appendFileSync(path, keepalive(1));
  assert.equal(lengthOf(await more), RECORD);
  await bytes.return(undefined);
});

test('Spool takes a file written in place for complete when it has settled and ends on a record', async (context) => {
  const { put, next } = newSpool(context, { settleMs: 5 });
  put('rrc00/updates', 0, keepalive(1));
  assert.equal(await readAll(await next('rrc00')), 2 * RECORD);
});

test('Spool does not take a settled file for complete that ends within a record, or without the end of its compression', async (context) => {
  for (const bytes of [
    joined(keepalive(0), keepalive(1).subarray(0, RECORD - 1)),
    gzipSync(joined(keepalive(0), keepalive(1))).subarray(0, -1),
  ]) {
    let idle = 0;
    const { directory, next } = newSpool(context, { settleMs: 0, onIdle: () => idle++ });
    writeFileSync(join(directory, 'rrc00.updates'), bytes);
    assert.ok(await isWaitedFor(await next('rrc00'), () => idle));
  }
});

test('Spool takes a file written in place for complete when a later one of its collector is there, clean end or not', async (context) => {
  let idle = 0;
  const { put, next } = newSpool(context, { onIdle: () => idle++ });
  put('rrc00/a', 10, keepalive(11).subarray(0, 20));
  put('rrc01/other', 20);
  put('rrc00/.not-yet', 20);
  const file = await next('rrc00');
  assert.ok(await isWaitedFor(file, () => idle), 'neither another collector nor an unfinished name ends it');
  put('rrc00/b', 20);
  assert.equal(await readAll(file), RECORD + 20);
});

test('Spool.finish lets a file be until it holds more than was read', async (context) => {
  const { spool, stop, put, next } = newSpool(context, { settleMs: 0 });
  const path = put('rrc00/updates', 0);
  const files = spool.files('rrc00', stop.signal);
  const file = await next('rrc00', files);
  await readAll(file);
  appendFileSync(path, keepalive(1)); // between its end and the call: not read, so not finished
  spool.finish(file);
  const again = await next('rrc00', files);
  assert.equal(again.path, path);
  assert.equal(await readAll(again), 2 * RECORD);
  spool.finish(again);
  put('rrc00/another', 50);
  assert.equal((await next('rrc00', files)).baseName, 'another');
});

test('Spool gives a file again where another one took its name, and as what it is where it was forgotten', async (context) => {
  const { spool, stop, put, next } = newSpool(context, { settleMs: 0 });
  const path = put('rrc00/updates', 0);
  const files = spool.files('rrc00', stop.signal);
  const first = await next('rrc00', files);
  await readAll(first);
  spool.finish(first);
  renameSync(put('rrc00/updates.tmp', 60), path);
  const second = await next('rrc00', files);
  assert.equal(second.input, 'updates@1781593260');
  truncateSync(path);
  writeFileSync(path, keepalive(120));
  spool.forget(second);
  assert.equal((await next('rrc00', files)).input, 'updates@1781593320');
});

test('Spool says once of a file that it cannot read, goes on with the others, and looks at it again when it has changed', async (context) => {
  const said: string[] = [];
  const { spool, stop, put, next } = newSpool(context, {
    settleMs: 0,
    onUnreadable: (path, { message }) => said.push(`${path}: ${message}`),
  });
  const path = put('rrc00/a', 0);
  writeFileSync(path, Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4, 0, 0));
  const text = put('rrc00/README', 0);
  writeFileSync(text, 'no MRT file');
  put('rrc00/good', 10);
  const files = spool.files('rrc00', stop.signal);
  const good = await next('rrc00', files);
  assert.equal(good.baseName, 'good');
  spool.finish(good);
  put('rrc00/good2', 20);
  assert.equal((await next('rrc00', files)).baseName, 'good2');
  assert.deepEqual(said.sort(), [
    `${text}: Cannot read ${text}: it begins with no MRT record`,
    `${path}: Cannot unpack xz: gzip, bzip2, zstd or uncompressed wanted`,
  ]);
  put('rrc00/a', 5);
  assert.equal((await next('rrc00', files)).baseName, 'a');
});

test('Spool is told idle by a collector without a file to read, and by an empty folder as the empty name', async (context) => {
  const idle: string[] = [];
  const { directory, spool, stop, put } = newSpool(context, { onIdle: (collector) => idle.push(collector) });
  const collectors = spool.collectors(stop.signal);
  const found = collectors.next();
  await until('the empty folder is told', () => idle.length > 1);
  const path = put('rrc00/updates', 0);
  assert.equal((await found).value, 'rrc00');
  assert.ok(idle.every((name) => name === ''));
  idle.length = 0;
  rmSync(path);
  rmSync(join(directory, 'rrc00'), { recursive: true });
  const next = spool.files('rrc00', stop.signal).next();
  await until('the collector is told', () => idle.length > 1);
  assert.deepEqual([...new Set<string>(idle)], ['rrc00']);
  stop.abort();
  assert.equal((await next).done, true);
});
