// source-silent (detection.md section 6): files 3 x the interval since the last arrival, RIS 15 min, Route Views 45 min; a full-feed session
// 3600 s.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { SourceSilence } from '../../src/daemon/source-silence.js';
import { SECOND } from '../../src/ip/event-time.js';
import { at, figures, policy, Stage, Story } from '../support/event-builder.js';

const MINUTE = 60 * SECOND;
const R = '203.0.113.0/24';

const source = (quietFor: number, parts = {}) => ({
  collector: 'rrc00',
  quietFor,
  allowed: 15 * MINUTE,
  delivered: true,
  ...parts,
});

const stage = (): { silence: SourceSilence; stage: Stage } => ({
  silence: new SourceSilence(),
  stage: new Stage([policy(R)]),
});

suite('SourceSilence', () => {
  test('SourceSilence raises an incident when a source delivered nothing for longer than it may, and ends it when it does', () => {
    const { silence, stage: on } = stage();
    assert.equal(silence.checkSources(on.engine, [source(15 * MINUTE)], at(900)), false);
    assert.equal(silence.checkSources(on.engine, [source(15 * MINUTE + 1)], at(900)), true);
    assert.deepEqual(
      [on.incident.type, on.incident.level, on.incident.state, on.incident.offender, on.incident.registeredPrefix],
      ['source-silent', 'Error', 'open', 'rrc00', ''],
    );
    assert.deepEqual([on.incident.openedAt, on.incident.notifiableAt], [at(0) - 1, at(900) - 1]);
    assert.equal(silence.checkSources(on.engine, [source(16 * MINUTE)], at(960)), false, 'told already');
    assert.equal(silence.checkSources(on.engine, [source(2 * SECOND)], at(1000)), true);
    assert.deepEqual([on.incident.reason, on.incident.resolvedAt], ['withdrawn', at(998)]);
  });

  test('SourceSilence is not ended by a restart, behind which nothing was delivered yet', () => {
    const { silence, stage: on } = stage();
    silence.checkSources(on.engine, [source(20 * MINUTE)], at(0));
    const again = new SourceSilence();
    assert.equal(again.checkSources(on.engine, [source(1, { delivered: false })], at(60)), false);
    assert.equal(again.checkSources(on.engine, [source(1)], at(120)), true);
    assert.equal(on.incident.state, 'resolved');
  });

  test('SourceSilence does not raise anew what was resolved by hand', () => {
    const { silence, stage: on } = stage();
    silence.checkSources(on.engine, [source(20 * MINUTE)], at(0));
    on.engine.resolveByHand(on.incident.id);
    assert.equal(silence.checkSources(on.engine, [source(21 * MINUTE)], at(60)), false);
    assert.equal(on.incident.reason, 'manual');
  });

  test('SourceSilence raises an incident of a full-feed session that says nothing for 3600 s while others do', () => {
    const { silence, stage: on } = stage();
    const story = new Story().ribBegin(0, 'd', [1, 2, 3]);
    on.play(story.ribEnd(5, 'd', [1, 2, 3], { routes: [60_000, 60_000, 100] }));
    const check = () => silence.checkSessions(on.engine, 'rrc00', figures());
    const said = (seconds: number, peer: number, kind: 'last-record' | 'down' = 'last-record') =>
      on.play(new Story({ input: `${seconds}` }).session(kind, seconds, peer));
    said(10, 1);
    said(3610, 2);
    assert.equal(check(), false);
    said(3611, 2);
    assert.equal(check(), true);
    assert.equal(on.incident.offender, 'rrc00 192.0.2.1 AS65001');
    assert.deepEqual([on.incident.openedAt, on.incident.notifiableAt], [at(10), at(3610)]);
    said(3700, 1);
    assert.equal(check(), true);
    assert.deepEqual([on.incident.state, on.incident.resolvedAt], ['resolved', at(3700)]);
  });
});
