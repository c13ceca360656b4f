import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { SourceHealth } from '../../src/daemon/source-health.js';
import { defaultFigures } from '../../src/detection/figures.js';
import { at } from '../support/event-builder.js';

const { silence } = defaultFigures;
const MINUTE = 60_000;

/** The health of nothing yet, by a clock that the test moves, in milliseconds. */
function stage(context: TestContext) {
  const clock = { now: 1000 };
  context.mock.method(performance, 'now', () => clock.now);
  return { clock, health: new SourceHealth() };
}

test('SourceHealth is ready when the spool was looked at and every source has delivered or is idle', (context) => {
  const { health } = stage(context);
  assert.deepEqual(health.ready(), { ok: false, detail: ['the spool was not looked at yet'] });
  health.idle('');
  assert.deepEqual(health.ready(), { ok: true, detail: [] });
  health.found('rrc00');
  health.found('rrc01');
  assert.deepEqual(health.ready().detail, ['rrc00 has not delivered yet', 'rrc01 has not delivered yet']);
  health.progress('rrc00');
  assert.deepEqual(health.ready().detail, ['rrc01 has not delivered yet']);
  health.turn('rrc01');
  health.reached('rrc01', at(0));
  assert.equal(health.ready().ok, false, 'looked at, but nothing of it is committed');
  health.idle('rrc01');
  assert.equal(health.ready().ok, true);
});

test('SourceHealth is healthy while every source turns in time, and names the one that does not', (context) => {
  const { clock, health } = stage(context);
  clock.now += 5;
  assert.deepEqual(health.healthy(5), { ok: true, detail: 'the pipeline turned 5 ms ago (the spool)' });
  clock.now += 1;
  assert.equal(health.healthy(5).ok, false);
  health.idle('');
  assert.equal(health.healthy(5).ok, true);
  health.found('rrc00');
  health.found('rrc01');
  clock.now += 6;
  health.idle('rrc00');
  assert.deepEqual(health.healthy(5), { ok: false, detail: 'the pipeline turned 6 ms ago (rrc01)' });
  health.turn('rrc01');
  assert.equal(health.healthy(5).ok, true);
});

test('SourceHealth.turnedSinceLast is true once for a progress, idleness or turn of every source', (context) => {
  const { health } = stage(context);
  const turns: readonly [string, () => void][] = [
    ['beginning', () => undefined],
    ['idle spool', () => health.idle('')],
  ];
  for (const [what, turn] of turns) {
    turn();
    assert.equal(health.turnedSinceLast(), true, what);
    assert.equal(health.turnedSinceLast(), false, what);
  }
  health.found('rrc00');
  health.found('rrc01');
  assert.equal(health.turnedSinceLast(), true);
  health.progress('rrc00');
  assert.equal(health.turnedSinceLast(), false, 'one source that is stuck is not hidden by another');
  health.idle('rrc01');
  assert.equal(health.turnedSinceLast(), true, 'what turned before counts');
  assert.equal(health.turnedSinceLast(), false);
});

test('SourceHealth.watermark is the least event time of the sources that are not silent', (context) => {
  const { clock, health } = stage(context);
  assert.equal(health.watermark(silence), null);
  health.reached('rrc00', at(100));
  health.reached('route-views2', at(50));
  assert.equal(health.watermark(silence), at(50));
  health.reached('route-views2', at(40));
  assert.equal(health.watermark(silence), at(50), 'a record that runs back takes nothing back');
  clock.now += 15 * MINUTE;
  assert.equal(health.watermark(silence), at(50), 'three times five minutes: rrc00 is not silent yet');
  clock.now += 1;
  health.reached('route-views2', at(200));
  assert.equal(health.watermark(silence), at(200), 'rrc00 is silent');
  clock.now += 45 * MINUTE;
  assert.equal(health.watermark(silence), at(200), 'three times fifteen minutes');
  clock.now += 1;
  assert.equal(health.watermark(silence), null);
});

test('SourceHealth.watermark waits for a source that was found and has said nothing, but not for one that is idle', (context) => {
  const { clock, health } = stage(context);
  health.found('rrc00');
  health.found('rrc01');
  health.reached('rrc00', at(100));
  assert.equal(health.watermark(silence), null);
  health.idle('rrc01');
  assert.equal(health.watermark(silence), at(100));
  health.found('rrc03');
  assert.equal(health.watermark(silence), null);
  clock.now += 15 * MINUTE + 1;
  health.reached('rrc00', at(300));
  assert.equal(health.watermark(silence), at(300), 'not for ever');
});

test('SourceHealth.isUp holds while a source delivers or is idle, and no longer than three intervals after its last file', (context) => {
  const { clock, health } = stage(context);
  assert.equal(health.isUp('rrc00', silence), null, 'nothing is known of it: no source, no outage');
  health.expect('rrc00');
  assert.equal(health.isUp('rrc00', silence), false);
  health.found('rrc00');
  assert.equal(health.isUp('rrc00', silence), false);
  health.idle('rrc00');
  assert.equal(health.isUp('rrc00', silence), true, 'idle');
  clock.now += 15 * MINUTE + 1;
  health.idle('rrc00');
  assert.equal(health.isUp('rrc00', silence), false, 'idle for too long');
  health.reached('rrc00', at(0));
  health.progress('rrc00');
  assert.equal(health.isUp('rrc00', silence), true);
});
