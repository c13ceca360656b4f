// The rule of undeclared ADD-PATH, step by step, and what of it survives a restart.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Open } from '../../src/bgp/open.js';
import { AddPathMemory, type SessionModes } from '../../src/mrt/add-path-memory.js';
import { type NlriMode } from '../../src/bgp/nlri.js';
import { hex } from '../bgp/wire-bytes.js';

const KEY = { collector: 'rrc00', peerAs: 64496, peerAddress: '192.0.2.1', localAddress: '192.0.2.2' };
const IPV4 = 257;

const PLAIN = '18c00002'; // 192.0.2.0/24: too short for an identifier and a prefix
const SMALL = '00000001 18c00002'; // id 1; as plain three default routes and a bad length
const LARGE = '08000000 18c00002'; // id 2^27
const HOST = '14c0a8ff'; // a lone prefix with host bits
const TWICE = '0000'; // two default routes

function mode(modes: SessionModes, text: string, family = IPV4): NlriMode {
  const bytes = hex(text);
  return modes.modeOf(bytes, 0, bytes.length, family);
}

const STEPS: readonly [string, readonly (readonly [string, NlriMode])[]][] = [
  [
    'step 3: plain blocks stay plain',
    [
      [PLAIN, 'plain'],
      [PLAIN, 'plain'],
    ],
  ],
  [
    'step 5: a block legal as ADD-PATH only, with small ids, is read so at once',
    [
      [SMALL, 'add-path-found'],
      [SMALL, 'add-path-found'],
    ],
  ],
  [
    'step 6 in mode plain: with large ids the third such block is believed',
    [
      [LARGE, 'undecided'],
      [LARGE, 'undecided'],
      [LARGE, 'add-path-found'],
      [LARGE, 'add-path-found'],
    ],
  ],
  [
    'step 6 in mode add-path: large ids are read at once',
    [
      [SMALL, 'add-path-found'],
      [LARGE, 'add-path-found'],
    ],
  ],
  [
    'step 7: a block legal as plain only returns to plain, and forgets',
    [
      [SMALL, 'add-path-found'],
      [PLAIN, 'plain'],
      [LARGE, 'undecided'],
      [PLAIN, 'plain'],
      [LARGE, 'undecided'],
      [LARGE, 'undecided'],
      [LARGE, 'add-path-found'],
    ],
  ],
  ['step 9: neither, in mode plain: a lone block with host bits stays plain', [[HOST, 'plain']]],
  [
    'step 9: neither, in mode add-path: the reader of the mode',
    [
      [SMALL, 'add-path-found'],
      [HOST, 'add-path-found'],
    ],
  ],
  [
    'step 9: neither, two default routes: nothing is read',
    [
      [TWICE, 'default-twice'],
      [PLAIN, 'plain'],
    ],
  ],
];
for (const [name, blocks] of STEPS) {
  test(`SessionModes.modeOf, ${name}`, () => {
    const modes = new AddPathMemory().session(KEY);
    assert.deepEqual(
      blocks.map(([text]) => mode(modes, text)),
      blocks.map(([, wanted]) => wanted),
    );
  });
}

test('SessionModes.modeOf, step 8: a block legal as both follows the mode, with large ids only once they were seen', () => {
  const both = '18 000100 18 000101'; // 0.1.0.0/24 0.1.1.0/24; or id 0x18000100, 0.1.1.0/24: large
  const modes = new AddPathMemory().session(KEY);
  assert.equal(mode(modes, both), 'plain');
  assert.equal(mode(modes, SMALL), 'add-path-found');
  assert.equal(mode(modes, both), 'plain', 'large ids were not seen yet');
  for (let i = 0; i < 3; i++) assert.equal(mode(modes, LARGE), 'add-path-found');
  assert.equal(mode(modes, both), 'add-path-found');
});

test('SessionModes.modeOf judges families apart', () => {
  const modes = new AddPathMemory().session(KEY);
  assert.equal(mode(modes, SMALL), 'add-path-found');
  assert.equal(mode(modes, '18 000100 18 000101', 258), 'plain');
  assert.equal(mode(modes, '00000001 20 20010db8', 513), 'add-path-found');
});

function openWith(families: readonly [number, number, number][]): Open {
  const list = families.map(([afi, safi, sendReceive]) => ({ afi, safi, mode: sendReceive }));
  const capabilities = list.length > 0 ? [{ code: 69, name: 'add-path' as const, families: list }] : [];
  return { version: 4, asn: 64496, twoOctetAs: 64496, holdTime: 180, bgpId: '192.0.2.1', capabilities };
}

test('SessionModes.noteOpen, step 10: what the OPEN does not offer to send is plain whatever it looks like', () => {
  const modes = new AddPathMemory().session(KEY);
  modes.noteOpen(
    openWith([
      [1, 1, 1],
      [2, 1, 3],
    ]),
  ); // IPv4: receive only
  assert.equal(mode(modes, SMALL), 'plain');
  assert.equal(mode(modes, '00000001 20 20010db8', 513), 'add-path-found');
  modes.noteOpen(openWith([[1, 1, 2]]));
  assert.equal(mode(modes, SMALL), 'add-path-found');
});

test('AddPathMemory overrides win over everything', () => {
  const memory = new AddPathMemory({
    overrides: new Map([
      ['192.0.2.1', 'plain'],
      ['192.0.2.9', 'add-path'],
    ]),
  });
  assert.equal(mode(memory.session(KEY), SMALL), 'plain');
  assert.equal(mode(memory.session({ ...KEY, peerAddress: '192.0.2.9' }), PLAIN), 'add-path-found');
});

test('AddPathMemory keeps sessions apart by each part of their key', () => {
  const memory = new AddPathMemory();
  mode(memory.session(KEY), SMALL);
  for (const other of [
    { collector: 'rrc01' },
    { peerAs: 64497 },
    { peerAddress: '192.0.2.3' },
    { localAddress: '192.0.2.4' },
  ]) {
    assert.equal(memory.session({ ...KEY, ...other }).snapshot().families.length, 0);
  }
  assert.equal(memory.session({ ...KEY }).snapshot().families.length, 1);
});

test('AddPathMemory forgets the session known longest where there are too many', () => {
  const memory = new AddPathMemory({ maxSessions: 2 });
  for (const peerAs of [1, 2, 3]) mode(memory.session({ ...KEY, peerAs }), SMALL);
  assert.deepEqual(
    memory.snapshot().map(({ peerAs }) => peerAs),
    [2, 3],
  );
});

test('AddPathMemory.snapshot holds only what a new memory would not say', () => {
  const memory = new AddPathMemory();
  mode(memory.session(KEY), PLAIN);
  assert.deepEqual(memory.snapshot(), []);
  mode(memory.session(KEY), LARGE);
  assert.deepEqual(memory.snapshot(), [
    { ...KEY, offered: null, families: [{ family: IPV4, addPath: false, big: false, count: 1 }] },
  ]);
});

test('AddPathMemory.restore of a snapshot goes on as the memory it was taken of', () => {
  const blocks = fc.array(fc.constantFrom(PLAIN, SMALL, LARGE, HOST, TWICE, '18 000100 18 000101'));
  fc.assert(
    fc.property(blocks, blocks, fc.boolean(), (before, after, open) => {
      const memory = new AddPathMemory();
      if (open) memory.session(KEY).noteOpen(openWith([[1, 1, 3]]));
      for (const block of before) mode(memory.session(KEY), block);
      const restored = new AddPathMemory();
      restored.restore(JSON.parse(JSON.stringify(memory.snapshot())) as ReturnType<AddPathMemory['snapshot']>);
      const rest = (from: AddPathMemory): NlriMode[] => after.map((block) => mode(from.session(KEY), block));
      assert.deepEqual(rest(restored), rest(memory));
    }),
  );
});
