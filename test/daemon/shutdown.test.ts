// The order of the end: what a signal starts, and that nothing hangs it.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import test, { type TestContext } from 'node:test';
import { Shutdown } from '../../src/daemon/shutdown.js';

interface Bench {
  readonly shutdown: Shutdown;
  readonly signals: EventEmitter;
  readonly log: string[];
}

function bench(t: TestContext, deadlineMs = 10_000): Bench {
  const signals = new EventEmitter();
  const log: string[] = [];
  const line = (details: object, message: string): unknown => log.push(`${message} ${JSON.stringify(details)}`);
  const shutdown = new Shutdown({ signals, logger: { info: line, error: line }, deadlineMs });
  t.after(() => shutdown.close());
  return { shutdown, signals, log };
}

test('Shutdown closes what was added, the last first, each after the one before ended', async (t) => {
  const { shutdown } = bench(t);
  const order: string[] = [];
  shutdown.add('database', () => order.push('database'));
  shutdown.add('pipeline', async () => {
    await Promise.resolve();
    order.push('pipeline');
  });
  shutdown.add('http', () => order.push('http'));
  assert.equal(await shutdown.close(), true);
  assert.deepEqual(order, ['http', 'pipeline', 'database']);
});

// Node closes its handle with the last listener: a SIGHUP that was pending then reached nobody, when the next listener came at once.
test('Shutdown.onReload never leaves SIGHUP without a listener', (t) => {
  const { shutdown, signals } = bench(t);
  shutdown.onReload(() => undefined);
  const left: number[] = [];
  signals.on('removeListener', (name) => left.push(signals.listenerCount(String(name))));
  shutdown.onReload(() => undefined);
  assert.deepEqual(left, [1]);
});

test('Shutdown aborts its signal at SIGTERM and at SIGINT, with the name as the reason', (t) => {
  for (const name of ['SIGTERM', 'SIGINT']) {
    const { shutdown, signals } = bench(t);
    assert.equal(shutdown.signal.aborted, false);
    signals.emit(name);
    assert.equal(shutdown.signal.aborted, true);
    assert.equal(shutdown.signal.reason, name);
  }
});

test('Shutdown leaves the second signal to the system, which ends the process', (t) => {
  const { signals } = bench(t);
  signals.emit('SIGINT');
  assert.equal(signals.listenerCount('SIGINT'), 0);
  assert.equal(signals.listenerCount('SIGTERM'), 0);
});

test('Shutdown calls the newest reload at every SIGHUP and stops nothing', (t) => {
  const { shutdown, signals } = bench(t);
  const reloads: string[] = [];
  shutdown.onReload(() => reloads.push('old'));
  shutdown.onReload(() => reloads.push('new'));
  signals.emit('SIGHUP');
  signals.emit('SIGHUP');
  assert.deepEqual(reloads, ['new', 'new']);
  assert.equal(shutdown.signal.aborted, false);
});

test('Shutdown closes the others though one throws, logs it, and says that it was not clean', async (t) => {
  const { shutdown, log } = bench(t);
  const order: string[] = [];
  shutdown.add('database', () => order.push('database'));
  shutdown.add('source', () => {
    throw new Error('disk gone');
  });
  assert.equal(await shutdown.close(), false);
  assert.deepEqual(order, ['database']);
  assert.match(log[0], /^closed with a fault .*"what":"source"/);
});

test('Shutdown gives up on what hangs when the deadline is over, and still closes the rest', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { shutdown, log } = bench(t, 5000);
  const order: string[] = [];
  shutdown.add('database', () => order.push('database'));
  shutdown.add('stuck', () => new Promise(() => undefined));
  const closed = shutdown.close();
  t.mock.timers.tick(4999);
  await Promise.resolve();
  assert.deepEqual(order, []);
  t.mock.timers.tick(1);
  assert.equal(await closed, false);
  assert.deepEqual(order, ['database']);
  assert.match(log[0], /^did not close in time .*"what":"stuck"/);
});

test('Shutdown closes once, however often it is asked, and then listens to no signal', async (t) => {
  const { shutdown, signals } = bench(t);
  let closes = 0;
  shutdown.onReload(() => undefined);
  shutdown.add('database', () => closes++);
  await Promise.all([shutdown.close(), shutdown.close()]);
  await shutdown.close();
  assert.equal(closes, 1);
  assert.deepEqual(signals.eventNames(), []);
  assert.equal(shutdown.signal.aborted, true);
});

test('Shutdown stop aborts without a signal of the system', (t) => {
  const { shutdown } = bench(t);
  shutdown.stop('a source failed for good');
  assert.equal(shutdown.signal.reason, 'a source failed for good');
});
