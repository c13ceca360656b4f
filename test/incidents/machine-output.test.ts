// The JSON lines against product.md section 4: its two examples give keys and order; the values are those of the story told here.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventLine, incidentLine } from '../../src/incidents/machine-output.js';
import { policy, Stage, Story } from '../support/event-builder.js';

const R = '203.0.113.0/24';
const unmarked = { ack: false, muted: false };

const EVENT_KEYS = 'kind at type level connection registeredPrefix prefix summary description';
const INCIDENT_KEYS =
  'kind id type level state connection registeredPrefix prefix covers offender expected observed openedAt notifiableAt lastSeenAt ' +
  'resolvedAt reason residual openings ack muted peers campaign fingerprint alsoMatched score evidence evidenceOmitted explanation';
const EVIDENCE_KEYS = 'collector peerAs peerAddress asPath prefix at file record offset';

function parsed(line: string): Record<string, unknown> {
  return JSON.parse(line) as Record<string, unknown>;
}

function played(): Stage {
  const story = new Story()
    .announce(10, 2, R, '65002 64500 {64511,64510}')
    .announce(20.5, 1, R, '65001 64510')
    .announce(30, 1, R, '65001 64500 64496')
    .withdraw(40.000001, 2, R);
  return new Stage([policy(R)]).play(story, 1000);
}

test('eventLine has every key of the contract in its order, times with six decimals', () => {
  const [event] = played().events;
  const json = parsed(eventLine(event));
  assert.equal(Object.keys(json).join(' '), EVENT_KEYS);
  assert.equal(json['kind'], 'event');
  assert.equal(json['at'], '2026-06-16T07:00:10.000000Z');
  assert.equal(json['type'], 'PrefixBackupRouteOriginAsChangeEvent');
  assert.equal(json['level'], 'Error');
});

test('incidentLine has every key of the contract in its order, and the values of the incident', () => {
  const { incident } = played();
  const json = parsed(incidentLine(incident, { ack: true, muted: false }));
  assert.equal(Object.keys(json).join(' '), INCIDENT_KEYS);
  const { id, campaign, fingerprint, explanation, ...rest } = json;
  assert.ok([id, campaign, fingerprint].every((name) => typeof name === 'string' && /^[0-9a-f]{16}$/.test(name)));
  assert.equal(typeof explanation, 'string');
  assert.deepEqual(rest, {
    kind: 'incident',
    type: 'origin-hijack',
    level: 'Critical',
    state: 'resolved',
    connection: 'hq',
    registeredPrefix: R,
    prefix: R,
    covers: [],
    offender: '64510',
    expected: { origins: [64496], neighbors: null },
    observed: { origin: 64510, neighbor: 64500 },
    openedAt: '2026-06-16T07:00:10.000000Z',
    notifiableAt: '2026-06-16T07:00:20.500000Z',
    lastSeenAt: '2026-06-16T07:00:20.500000Z',
    resolvedAt: '2026-06-16T07:00:40.000001Z',
    reason: 'withdrawn',
    residual: 0,
    openings: 1,
    ack: true,
    muted: false,
    peers: { now: 0, max: 2, asns: [65001, 65002] },
    alsoMatched: [],
    score: null,
    evidence: [
      {
        collector: 'rrc00',
        peerAs: 65002,
        peerAddress: '192.0.2.2',
        asPath: [65002, 64500, [64511, 64510]],
        prefix: R,
        at: '2026-06-16T07:00:10.000000Z',
        file: 'updates.gz',
        record: 0,
        offset: 0,
      },
      {
        collector: 'rrc00',
        peerAs: 65001,
        peerAddress: '192.0.2.1',
        asPath: [65001, 64510],
        prefix: R,
        at: '2026-06-16T07:00:20.500000Z',
        file: 'updates.gz',
        record: 1,
        offset: 100,
      },
    ],
    evidenceOmitted: 0,
  });
  const [evidence] = json['evidence'] as Record<string, unknown>[];
  assert.equal(Object.keys(evidence).join(' '), EVIDENCE_KEYS);
  assert.equal(Object.keys(json['peers'] as object).join(' '), 'now max asns');
});

test('incidentLine writes null for what is absent, and leaves no key out', () => {
  const { incident } = new Stage([policy(R)]).play(new Story().announce(10, 1, R, '65001 64511'));
  const json = parsed(incidentLine(incident, unmarked));
  assert.equal(Object.keys(json).join(' '), INCIDENT_KEYS);
  assert.deepEqual([json['notifiableAt'], json['resolvedAt'], json['reason'], json['score']], [null, null, null, null]);
});

test('incidentLine is one line', () => {
  assert.ok(!incidentLine(played().incident, unmarked).includes('\n'));
});
