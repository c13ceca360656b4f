// Conditions: the life of an incident that a monitor raises and clears (detection.md section 5).

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { PolicyTable } from '../../src/detection/policy.js';
import { Campaigns } from '../../src/incidents/campaigns.js';
import { type Condition, Conditions, type Sighting } from '../../src/incidents/conditions.js';
import { explainIncident } from '../../src/incidents/explanation.js';
import { type Incident } from '../../src/incidents/incident.js';
import { incidentLine } from '../../src/incidents/machine-output.js';
import { at, figures, policy, secondsOf } from '../support/event-builder.js';

const R = '203.0.113.0/24';
const { lifecycle } = figures();

function condition(parts: Partial<Condition> = {}): Condition {
  return {
    type: 'visibility-loss',
    ruleVersion: 1,
    level: 'Error',
    connection: 'hq',
    registeredPrefix: R,
    prefix: R,
    covers: [],
    offender: '',
    expected: { origins: [64496], neighbors: null },
    observed: { origin: null, neighbor: null },
    clauses: ['1 of 4 full-feed sessions has a route to it'],
    alsoMatched: [],
    reference: '',
    peers: [],
    counted: false,
    ...parts,
  };
}

function sighting(peerAs: number, seconds: number, collector = 'rrc00'): Sighting {
  const place = { file: 'updates.gz', record: seconds, offset: seconds * 100 };
  return {
    evidence: { collector, peerAs, peerAddress: '192.0.2.1', asPath: [], prefix: R, at: at(seconds), ...place },
    bytes: { record: new Uint8Array([peerAs & 255]), peerIndex: null },
  };
}

/** Fires what is due by then, in order of time, as the engine does. */
function pass(conditions: Conditions, seconds: number): void {
  for (const incident of [...conditions.all]) {
    for (let due = conditions.dueAt(incident); due !== null && due <= at(seconds); due = conditions.dueAt(incident)) {
      conditions.expire(incident);
      if (!conditions.isActive(incident)) break;
    }
  }
}

const life = ({ state, openedAt, resolvedAt, reason, openings }: Incident) => [
  state,
  secondsOf(openedAt),
  secondsOf(resolvedAt),
  reason,
  openings,
];

suite('Conditions', () => {
  test('Conditions opens at once what does not count peers, and says when it may be told', () => {
    const conditions = new Conditions(lifecycle);
    const incident = conditions.raise(condition(), { at: at(10), notifiableAt: at(310) });
    assert.deepEqual(life(incident), ['open', 10, null, null, 1]);
    assert.equal(secondsOf(incident.notifiableAt), 310);
    assert.deepEqual(conditions.takeChanged(), [incident]);
    assert.deepEqual(conditions.takeChanged(), []);
  });

  test('Conditions has it suspected under notifyPeers peer ASes where the rule counts them, and open from then on', () => {
    const conditions = new Conditions(lifecycle);
    const stuck = { type: 'stuck-route', level: 'Warning', counted: true } as const;
    const one = conditions.raise(condition({ ...stuck, peers: [65001] }), { at: at(10) });
    assert.deepEqual([one.state, one.notifiableAt, one.peersNow], ['suspected', null, 1]);
    conditions.raise(condition({ ...stuck, peers: [65001, 65002] }), { at: at(20) });
    assert.deepEqual([one.state, secondsOf(one.notifiableAt), one.peersNow], ['open', 20, 2]);
    conditions.raise(condition({ ...stuck, peers: [65002] }), { at: at(30) });
    assert.equal(one.state, 'open');
  });

  test('Conditions takes one peer AS for enough on the operator’s own collectors', () => {
    const conditions = new Conditions({ ...lifecycle, ownCollectors: ['mine'] });
    const own = condition({ type: 'stuck-route', counted: true, peers: [65001] });
    assert.equal(conditions.raise(own, { at: at(1), sightings: [sighting(65001, 1, 'mine')] }).state, 'open');
  });

  test('Conditions keeps the first record of each peer AS, 20 at most, with its bytes', () => {
    const conditions = new Conditions(lifecycle);
    const sightings = Array.from({ length: 22 }, (_, i) => sighting(65022 - i, i));
    const incident = conditions.raise(condition(), { at: at(0), sightings: [...sightings, sighting(65022, 30)] });
    assert.equal(incident.evidence.length, 20);
    assert.equal(incident.evidenceOmitted, 2);
    assert.deepEqual([incident.peersEver.length, incident.peersEver[0]], [22, 65001]);
    const kept = conditions.takeBytes();
    assert.deepEqual([kept.length, kept[19].position, kept[0].incident], [20, 19, incident.id]);
  });

  test('Conditions never lowers a level, and keeps the clauses that gave it', () => {
    const conditions = new Conditions(lifecycle);
    const incident = conditions.raise(condition({ level: 'Critical', clauses: ['grave'] }), { at: at(1) });
    conditions.raise(condition({ level: 'Error', clauses: ['mild'] }), { at: at(2) });
    assert.deepEqual([incident.level, incident.clauses, secondsOf(incident.lastSeenAt)], ['Critical', ['grave'], 2]);
  });

  test('Conditions ends one that is cleared and not raised within holdDown, at the time it ceased', () => {
    const conditions = new Conditions(lifecycle);
    const incident = conditions.raise(condition(), { at: at(10) });
    conditions.clear(condition(), at(100));
    pass(conditions, 159);
    assert.deepEqual([incident.state, conditions.holds(condition())], ['open', false]);
    pass(conditions, 160);
    assert.deepEqual(life(incident), ['resolved', 10, 100, 'withdrawn', 1]);
  });

  test('Conditions goes on with one that is raised again within holdDown', () => {
    const conditions = new Conditions(lifecycle);
    const incident = conditions.raise(condition(), { at: at(10) });
    conditions.clear(condition(), at(100), 'absent-after-reset');
    conditions.raise(condition(), { at: at(150) });
    pass(conditions, 1000);
    assert.deepEqual(life(incident), ['open', 10, null, null, 1]);
  });

  test('Conditions re-opens within reopenWithin of the end, and makes a new one after that', () => {
    const conditions = new Conditions(lifecycle);
    const first = conditions.raise(condition(), { at: at(0) });
    conditions.clear(condition(), at(100));
    pass(conditions, 160);
    conditions.raise(condition(), { at: at(700) });
    assert.deepEqual(life(first), ['open', 0, null, null, 2]);
    conditions.clear(condition(), at(800));
    pass(conditions, 860);
    const second = conditions.raise(condition(), { at: at(1401) });
    assert.notEqual(second, first);
    assert.deepEqual(life(second), ['open', 1401, null, null, 1]);
  });

  test('Conditions re-opens by when the rule holds again, not by its first evidence, which may be forgotten by then', () => {
    const conditions = new Conditions(lifecycle);
    const first = conditions.raise(condition(), { at: at(0) });
    conditions.clear(condition(), at(100));
    pass(conditions, 160);
    const second = conditions.raise(condition(), { at: at(500), notifiableAt: at(701) });
    assert.notEqual(second, first);
    conditions.clear(condition(), at(800));
    pass(conditions, 860);
    assert.equal(conditions.raise(condition(), { at: at(1000), notifiableAt: at(1400) }), second);
  });

  test('Conditions forgets what is over when nothing can re-open it any more: 600 + 61 s after its end', () => {
    const conditions = new Conditions(lifecycle);
    const incident = conditions.raise(condition(), { at: at(0) });
    conditions.clear(condition(), at(100));
    pass(conditions, 760);
    assert.equal(conditions.isActive(incident), true);
    pass(conditions, 761);
    assert.deepEqual([conditions.isActive(incident), conditions.takeForgotten()], [false, [incident]]);
  });

  test('Conditions ends those of a prefix that is registered no more, and those ended by hand, at once', () => {
    const conditions = new Conditions(lifecycle);
    const gone = conditions.raise(condition(), { at: at(1) });
    const kept = conditions.raise(condition({ registeredPrefix: '198.51.100.0/24' }), { at: at(1) });
    const silent = conditions.raise(condition({ type: 'source-silent', registeredPrefix: '', prefix: '' }), { at: 1 });
    conditions.reconfigure(new PolicyTable([policy('198.51.100.0/24')]), at(50));
    assert.deepEqual(life(gone), ['resolved', 1, 50, 'reconfigured', 1]);
    assert.deepEqual([kept.state, silent.state], ['open', 'open']);
    conditions.resolve(kept, at(60), 'manual');
    assert.deepEqual(life(kept), ['resolved', 1, 60, 'manual', 1]);
  });

  test('Conditions puts incidents of one offender into one campaign, those of none into none, a visibility-loss to a hijack', () => {
    const campaigns = new Campaigns();
    const conditions = new Conditions(lifecycle, campaigns);
    const pivot = conditions.raise(condition({ type: 'path-change', offender: '64511' }), { at: at(1) });
    const bypass = conditions.raise(condition({ type: 'provider-bypass', offender: '64511' }), { at: at(2) });
    const loss = conditions.raise(condition(), { at: at(3) });
    const drift = conditions.raise(condition({ type: 'registry-drift' }), { at: at(4) });
    assert.equal(bypass.campaign, pivot.id);
    assert.deepEqual([loss.campaign, drift.campaign], [loss.id, drift.id]);
    conditions.opened({ ...pivot, type: 'origin-hijack', campaign: 'c' });
    assert.deepEqual([loss.campaign, drift.campaign], ['c', drift.id]);
    const outage = conditions.raise(condition({ type: 'outage' }), { at: at(5), campaign: 'c' });
    assert.equal(outage.campaign, 'c');
  });

  test('Conditions goes on from plain data as if it had not stopped', () => {
    const before = new Conditions(lifecycle);
    before.raise(condition(), { at: at(10) });
    before.clear(condition(), at(100));
    const after = new Conditions(lifecycle);
    after.load(JSON.parse(JSON.stringify([...before.all])) as Incident[]);
    pass(after, 160);
    assert.deepEqual([...after.all].map(life), [['resolved', 10, 100, 'withdrawn', 1]]);
  });
});

test('incidentLine has null for what a condition has not: offender, and of a source all that a prefix has', () => {
  const conditions = new Conditions(lifecycle);
  const parts = { type: 'source-silent', connection: '', registeredPrefix: '', prefix: '', offender: 'rrc00' } as const;
  const marks = { ack: false, muted: false };
  const silent = JSON.parse(incidentLine(conditions.raise(condition(parts), { at: at(1) }), marks)) as object;
  const loss = JSON.parse(incidentLine(conditions.raise(condition(), { at: at(1) }), marks)) as object;
  const { connection, registeredPrefix, prefix, offender } = silent as Record<string, unknown>;
  assert.deepEqual([connection, registeredPrefix, prefix, offender], [null, null, null, 'rrc00']);
  assert.equal((loss as Record<string, unknown>)['offender'], null);
});

test('explainIncident tells of a condition what matched, since when, how it stands and what would be graver', () => {
  const conditions = new Conditions(lifecycle);
  const incident = conditions.raise(condition(), { at: at(10), sightings: [sighting(65001, 10)] });
  assert.equal(
    explainIncident(incident),
    'visibility-loss (rule version 1): fewer of the full-feed sessions have a route to a registered prefix than should. ' +
      'Matched: 1 of 4 full-feed sessions has a route to it. ' +
      'It began 2026-06-16T07:00:10.000000Z; first shown by AS65001 (192.0.2.1) at rrc00, record 10 of updates.gz; ' +
      'shown by 1 peer AS in all. It is open at level Error; no route left on any full-feed session would be an outage, ' +
      'which is Critical. No VRP or relationship data was used.',
  );
  conditions.clear(condition(), at(100));
  assert.match(explainIncident(incident), /open at level Error, but holds no more since 2026-06-16T07:01:40\.000000Z/);
  pass(conditions, 160);
  assert.match(
    explainIncident(incident),
    /It ended 2026-06-16T07:01:40\.000000Z: enough full-feed sessions have a route again\./,
  );
});
