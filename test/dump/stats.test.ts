import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DumpStats, recordTypeName } from '../../src/dump/stats.js';

const names: readonly (readonly [type: number, subtype: number, name: string])[] = [
  [16, 4, 'BGP4MP/MESSAGE_AS4'],
  [17, 5, 'BGP4MP_ET/STATE_CHANGE_AS4'],
  [13, 1, 'TABLE_DUMP_V2/PEER_INDEX_TABLE'],
  [12, 2, 'TABLE_DUMP/AFI_IPV6'],
  [5, 7, 'BGP/KEEPALIVE'],
  [16, 99, 'BGP4MP/99'],
  [11, 0, '11/0'],
];

for (const [type, subtype, name] of names) {
  test(`recordTypeName calls ${type}/${subtype} ${name}`, () => {
    assert.equal(recordTypeName(type, subtype), name);
  });
}

test('DumpStats counts records, elements, warnings, skipped records and losses', () => {
  const stats = new DumpStats();
  const head = { time: 0, peerAs: 1, peerAddress: '192.0.2.1', record: 0, offset: 0, mrtType: 16, mrtSubtype: 4 };
  const record = { time: 0, index: 0, offset: 0, type: 11, subtype: 0, warnings: ['trailing-bytes'] } as const;
  assert.equal(stats.hasLosses, false);
  stats.countInput({ unpackedBytes: 100, records: 2 });
  stats.countInput({ unpackedBytes: 23, records: 1 });
  stats.countRawRecord(16, 4);
  stats.countRawRecord(16, 4);
  stats.countRawRecord(11, 0);
  stats.countRecord({ kind: 'skipped', reason: 'unsupported-type', ...record });
  stats.countElement({ type: 'keepalive', ...head });
  stats.countLoss('message', 10);
  stats.countLoss('message', 11);
  assert.equal(stats.hasLosses, true);
  assert.deepEqual(JSON.parse(JSON.stringify(stats)), {
    inputs: 2,
    unpackedBytes: 123,
    records: { '11/0': 1, 'BGP4MP/MESSAGE_AS4': 2 },
    elements: { keepalive: 1 },
    warnings: { 'trailing-bytes': 1 },
    skipped: { 'unsupported-type': 1 },
    losses: { message: { count: 2, bytes: 21 } },
  });
  assert.equal(
    stats.toText(),
    [
      'inputs                        2',
      'unpacked bytes              123',
      'record  11/0                  1',
      'record  BGP4MP/MESSAGE_AS4    2',
      'element keepalive             1',
      'warning trailing-bytes        1',
      'skipped unsupported-type      1',
      'lost    message               2  (21 bytes)',
      '',
    ].join('\n'),
  );
});
