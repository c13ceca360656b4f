// The MRT writer against the decoder: what was written is what is read, for every record type and form.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BgpMessage } from '../../src/bgp/message.js';
import { type Prefix } from '../../src/ip/prefix.js';
import { type IndexedPeer } from '../../src/mrt/record.js';
import { encodeBgp4mpMessage, encodeLegacyMessage, encodePeerIndexTable, encodeRib } from '../../src/mrt/writer.js';
import { encodeStateChange, encodeTableDump, type RibEntryToWrite } from '../../src/mrt/writer.js';
import { hex, ipv4Prefix, ipv4Text, ipv6Prefix, ipv6Text, nlriList, PLAIN_OBJECT } from '../bgp/wire-bytes.js';
import { pathAttributes } from '../bgp/arbitrary-attributes.js';
import { decodeAll } from './records.js';

const seconds = fc.nat({ max: 0xffffffff }).map((value) => value * 1_000_000);
const micros = fc.tuple(seconds, fc.nat({ max: 999_999 })).map(([second, micro]) => second + micro);
const u16 = fc.nat({ max: 0xffff });
const u32 = fc.nat({ max: 0xffffffff });
const addresses = fc.oneof(fc.tuple(ipv4Text, ipv4Text), fc.tuple(ipv6Text, ipv6Text));

/** The header and form of a BGP4MP record. */
const header = fc
  .record({ extendedTime: fc.boolean(), asn4: fc.boolean(), local: fc.boolean(), addPath: fc.boolean(), addresses })
  .chain(({ addresses: [peerAddress, localAddress], ...form }) => {
    const asn = form.asn4 ? u32 : u16;
    const ends = {
      peerAs: asn,
      localAs: asn,
      peerAddress: fc.constant(peerAddress),
      localAddress: fc.constant(localAddress),
    };
    return fc.record({ ...ends, form: fc.constant(form), time: form.extendedTime ? micros : seconds });
  });

test('encodeBgp4mpMessage and MrtDecoder are inverse: every subtype, with and without microseconds', () => {
  const cases = header.chain((head) =>
    fc.record({
      head: fc.constant(head),
      withdrawn: nlriList(ipv4Prefix, head.form.addPath),
      announced: nlriList(ipv4Prefix, head.form.addPath),
      attributes: pathAttributes(head.form.asn4),
      nlri: nlriList(ipv6Prefix, head.form.addPath),
    }),
  );
  fc.assert(
    fc.property(cases, ({ head, withdrawn, announced, attributes, nlri }) => {
      const { form, time, ...ends } = head;
      const mpReach = { afi: 2, safi: 1, nextHop: '2001:db8::1', nlri };
      const update = { withdrawn, announced, attributes, mpReach, mpUnreach: null, endOfRib: null, warnings: [] };
      const message: BgpMessage = { kind: 'update', update };
      const [record] = decodeAll([encodeBgp4mpMessage({ ...ends, ...form, time, message })]);
      assert.equal(record.kind, 'message');
      assert.equal(record.message.kind, 'update');
      const { warnings, ...rest } = record.message.update;
      if (!form.addPath && warnings.some((code) => code.startsWith('add-path') || code.startsWith('nlri'))) return; // may look like ADD-PATH
      assert.deepEqual(rest, { withdrawn, announced, attributes, mpReach, mpUnreach: null, endOfRib: null });
      assert.deepEqual([record.time, record.local, record.type], [time, form.local, form.extendedTime ? 17 : 16]);
      const { peerAs, localAs, peerAddress, localAddress } = record;
      assert.deepEqual({ peerAs, localAs, peerAddress, localAddress }, ends);
    }),
  );
});

test('encodeBgp4mpMessage uses the subtypes of RFC 6396 and RFC 8050', () => {
  const ends = { time: 0, peerAs: 1, localAs: 2, peerAddress: '192.0.2.1', localAddress: '192.0.2.2' };
  const subtypes = [false, true].flatMap((addPath) =>
    [false, true].flatMap((local) =>
      [false, true].map(
        (asn4) => encodeBgp4mpMessage({ ...ends, message: { kind: 'keepalive' }, asn4, local, addPath })[7],
      ),
    ),
  );
  assert.deepEqual(subtypes, [1, 4, 6, 7, 8, 9, 10, 11]);
});

test('encodeBgp4mpMessage takes the bytes of a message as they are', () => {
  const bytes = hex(`${'ff'.repeat(16)} 0013 04`);
  const record = encodeBgp4mpMessage({
    time: 0,
    peerAs: 1,
    localAs: 2,
    peerAddress: '::1',
    localAddress: '::2',
    message: bytes,
  });
  assert.deepEqual(record.subarray(-19), bytes);
});

test('encodeStateChange and MrtDecoder are inverse', () => {
  fc.assert(
    fc.property(header, u16, u16, ({ form, time, ...ends }, oldState, newState) => {
      const { asn4, extendedTime } = form;
      const [record] = decodeAll([encodeStateChange({ ...ends, time, asn4, extendedTime, oldState, newState })]);
      const head = { time, index: 0, offset: 0, type: extendedTime ? 17 : 16, subtype: asn4 ? 5 : 0, warnings: [] };
      assert.deepEqual(record, { kind: 'state-change', ...head, ...ends, interfaceIndex: 0, oldState, newState });
    }),
  );
});

const peer: fc.Arbitrary<IndexedPeer> = fc
  .record({ bgpId: ipv4Text, v4: ipv4Text, v6: ipv6Text, asn: u32, type: fc.nat({ max: 3 }) })
  .map(({ bgpId, v4, v6, asn, type }) => ({
    bgpId,
    address: type & 1 ? v6 : v4,
    asn: type & 2 ? asn : asn & 0xffff,
    type,
  }));

test('encodePeerIndexTable and MrtDecoder are inverse', () => {
  const index = fc.record({
    collectorBgpId: ipv4Text,
    viewName: fc.string({ unit: 'grapheme' }),
    peers: fc.array(peer),
  });
  fc.assert(
    fc.property(seconds, index, (time, { collectorBgpId, viewName, peers }) => {
      const [record] = decodeAll([encodePeerIndexTable({ time, collectorBgpId, viewName, peers })]);
      const head = { time, index: 0, offset: 0, type: 13, subtype: 1, warnings: [] };
      assert.deepEqual(record, { kind: 'peer-index', ...head, collectorBgpId, viewName, peers });
    }),
  );
});

test('encodeRib and MrtDecoder are inverse: both families, both SAFIs, with and without path identifiers', () => {
  const cases = fc
    .tuple(fc.array(peer, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.constantFrom(1, 2))
    .chain(([peers, addPath, safi]) => {
      const route = {
        peerIndex: fc.nat({ max: peers.length - 1 }),
        originatedTime: seconds,
        attributes: pathAttributes(true),
      };
      const v4 = fc.record({ ...route, ...(addPath ? { pathId: u32 } : {}) }, PLAIN_OBJECT);
      const v6 = fc.record({ ...route, ...(addPath ? { pathId: u32 } : {}), nextHop: ipv6Text }, PLAIN_OBJECT);
      const prefixed: fc.Arbitrary<[Prefix, RibEntryToWrite[]]> = fc.oneof(
        fc.tuple(ipv4Prefix, fc.array(v4, { maxLength: 4 })),
        fc.tuple(ipv6Prefix, fc.array(v6, { maxLength: 4 })),
      );
      return fc.record({
        peers: fc.constant(peers),
        addPath: fc.constant(addPath),
        safi: fc.constant(safi),
        rib: prefixed,
        time: seconds,
        sequence: u32,
      });
    });
  fc.assert(
    fc.property(cases, ({ peers, addPath, safi, rib: [prefix, entries], time, sequence }) => {
      const index = encodePeerIndexTable({ time, collectorBgpId: '192.0.2.1', viewName: '', peers });
      const [, record] = decodeAll([index, encodeRib({ time, sequence, safi, prefix, addPath, entries })]);
      assert.equal(record.kind, 'rib');
      assert.deepEqual([record.afi, record.safi, record.sequence, record.prefix], [prefix.afi, safi, sequence, prefix]);
      const read = record.entries.map(({ warnings, peer: sender, ...entry }) => {
        assert.ok(warnings.every((code) => code.startsWith('missing-')));
        assert.deepEqual(sender, peers[entry.peerIndex]);
        return entry;
      });
      const written = entries.map((entry) => {
        const nextHop = entry.nextHop ?? entry.attributes.nextHop;
        return nextHop === undefined ? entry : { ...entry, nextHop };
      });
      assert.deepEqual(read, written);
    }),
  );
});

test('encodeRib uses the subtypes of RFC 6396 and RFC 8050', () => {
  const subtypes = [false, true].flatMap((addPath) =>
    [ipv4Prefix, ipv6Prefix].flatMap((prefix) =>
      [1, 2].map(
        (safi) => encodeRib({ time: 0, sequence: 0, safi, prefix: fc.sample(prefix, 1)[0], addPath, entries: [] })[7],
      ),
    ),
  );
  assert.deepEqual(subtypes, [2, 3, 4, 5, 8, 9, 10, 11]);
});

test('encodeTableDump and MrtDecoder are inverse', () => {
  const route = {
    time: seconds,
    view: u16,
    sequence: u16,
    originatedTime: seconds,
    peerAs: u16,
    attributes: pathAttributes(false),
  };
  const v4 = fc.record({ ...route, prefix: ipv4Prefix, peerAddress: ipv4Text }, PLAIN_OBJECT);
  const v6 = fc.record({ ...route, prefix: ipv6Prefix, peerAddress: ipv6Text, nextHop: ipv6Text }, PLAIN_OBJECT);
  fc.assert(
    fc.property(fc.oneof(v4, v6), (options) => {
      const [record] = decodeAll([encodeTableDump(options)]);
      assert.equal(record.kind, 'table-dump');
      assert.deepEqual(
        [record.view, record.sequence, record.time, record.entries.length],
        [options.view, options.sequence, options.time, 1],
      );
      const { warnings, ...entry } = record.entries[0];
      assert.ok(warnings.every((code) => code.startsWith('missing-')));
      const { prefix, originatedTime, peerAs, peerAddress, attributes } = options;
      const nextHop = 'nextHop' in options ? options.nextHop : attributes.nextHop;
      const written = { prefix, originatedTime, peerAs, peerAddress, attributes, status: 1 };
      assert.deepEqual(entry, nextHop === undefined ? written : { ...written, nextHop });
    }),
  );
});

test('encodeLegacyMessage and MrtDecoder are inverse', () => {
  const ends = {
    time: 936_348_099_000_000,
    peerAs: 3333,
    localAs: 12654,
    peerAddress: '193.0.0.56',
    localAddress: '193.0.0.55',
  };
  const messages: BgpMessage[] = [
    { kind: 'keepalive' },
    { kind: 'notification', notification: { code: 6, subcode: 0, data: hex('01') } },
    {
      kind: 'open',
      open: { version: 4, asn: 3333, twoOctetAs: 3333, holdTime: 180, bgpId: '193.0.0.56', capabilities: [] },
    },
  ];
  for (const message of messages) {
    const [record] = decodeAll([encodeLegacyMessage({ ...ends, message })]);
    assert.equal(record.kind, 'message');
    assert.deepEqual(record.message, message);
    assert.deepEqual(
      [record.type, record.time, record.peerAs, record.localAddress],
      [5, ends.time, 3333, '193.0.0.55'],
    );
  }
  assert.throws(
    () => encodeLegacyMessage({ ...ends, message: { kind: 'refresh', refresh: { afi: 1, safi: 1, subtype: 0 } } }),
    RangeError,
  );
});
