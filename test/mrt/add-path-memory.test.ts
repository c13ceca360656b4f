// The rule of undeclared ADD-PATH, step by step, and what of it survives a restart.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Open } from '../../src/bgp/open.js';
import { AddPathMemory, type SessionModes } from '../../src/mrt/add-path-memory.js';
import { ADD_PATH_NLRI, decodeNlri, type NlriMode } from '../../src/bgp/nlri.js';
import { DEFAULT_TWICE, FRAMED, HOST_BITS, LARGE_ID, surveyAddPath, surveyPlain } from '../../src/bgp/nlri-survey.js';
import { WarningList } from '../../src/bgp/warnings.js';
import { elementsOf } from '../../src/mrt/elements.js';
import { frameRecord } from '../../src/mrt/record-framer.js';
import { MrtDecoder } from '../../src/mrt/record.js';
import { encodeBgp4mpMessage, encodeStateChange } from '../../src/mrt/writer.js';
import { hex } from '../bgp/wire-bytes.js';

const KEY = { collector: 'rrc00', peerAs: 64496, peerAddress: '192.0.2.1', localAddress: '192.0.2.2' };
const IPV4 = 257;

const PLAIN = '18c00002'; // 192.0.2.0/24: too short for an identifier and a prefix
const SMALL = '00000001 18c00002'; // id 1; as plain three default routes and a bad length
const LARGE = '08000000 18c00002'; // id 2^27
const HOST = '14c0a8ff'; // a lone prefix with host bits
const TWICE = '0000'; // two default routes
const BOTH = '18 000100 18 000101'; // 0.1.0.0/24 0.1.1.0/24; or 0.1.1.0/24 with the large id 0x18000100

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

test('decodeNlri, step 1: an empty block asks and changes nothing, a declared one is read as declared', () => {
  const modes = new AddPathMemory().session(KEY);
  const warnings = new WarningList();
  const block = { afi: 1, safi: 1, warnings } as const;
  assert.equal(mode(modes, LARGE), 'undecided');
  const before = modes.snapshot();
  assert.deepEqual(decodeNlri(hex(''), 0, 0, { ...block, policy: modes }), []);
  assert.deepEqual(modes.snapshot(), before);
  const declared = decodeNlri(hex(BOTH), 0, 8, { ...block, policy: ADD_PATH_NLRI });
  assert.deepEqual(
    declared.map(({ prefix, pathId }) => [prefix.toString(), pathId]),
    [['0.1.1.0/24', 0x18000100]],
  );
  assert.deepEqual(warnings.codes, []);
});

const LEGAL: readonly (readonly [name: string, block: string, bits: number, flags: number])[] = [
  ['two prefixes, one of them a default route', '00 18c00002', 32, FRAMED],
  ['32 bits', '20 c0000201', 32, FRAMED],
  ['33 bits', '21 c000020180', 32, 0],
  ['129 bits of IPv6', '81' + '00'.repeat(17), 128, 0],
  ['128 bits of IPv6', '80' + '00'.repeat(16), 128, FRAMED],
  ['a prefix cut short', '18 c000', 32, 0],
  ['host bits', HOST, 32, FRAMED | HOST_BITS],
  ['two default routes', TWICE, 32, FRAMED | DEFAULT_TWICE],
];
for (const [name, text, bits, flags] of LEGAL) {
  test(`surveyPlain, step 2: ${name}`, () => {
    const bytes = hex(text);
    assert.equal(surveyPlain(bytes, 0, bytes.length, bits), flags);
  });
}

const LEGAL_ADD_PATH: readonly (readonly [name: string, block: string, bits: number, flags: number])[] = [
  ['the largest small identifier, 2^27 - 1', '07ffffff 18c00002', 32, FRAMED],
  ['the smallest large one, 2^27', LARGE, 32, FRAMED | LARGE_ID],
  ['one large one of two', '00000001 18c00002 08000000 18c00003', 32, FRAMED | LARGE_ID],
  ['33 bits', '00000001 21 c000020180', 32, 0],
  ['a prefix cut short', '00000001 18 c000', 32, 0],
  ['an identifier cut short', '00000001 18c00002 0000', 32, 0],
  ['an identifier and nothing behind it', '00000001', 32, 0],
  ['host bits', '00000001 14c0a8ff', 32, FRAMED | HOST_BITS],
  ['two default routes, which ADD-PATH allows', '00000001 00 00000002 00', 32, FRAMED],
];
for (const [name, text, bits, flags] of LEGAL_ADD_PATH) {
  test(`surveyAddPath, step 4: ${name}`, () => {
    const bytes = hex(text);
    assert.equal(surveyAddPath(bytes, 0, bytes.length, bits), flags);
  });
}

/** What only shows later: whether large identifiers are believed is seen in how BOTH is read. */
const LATER: readonly [string, readonly (readonly [string, NlriMode])[]][] = [
  [
    'step 5: what was counted before a block with small ids is forgotten',
    [
      [LARGE, 'undecided'],
      [LARGE, 'undecided'],
      [SMALL, 'add-path-found'],
      [LARGE, 'add-path-found'], // the first of three
      [BOTH, 'plain'],
    ],
  ],
  [
    'step 5: a block with small ids leaves large ones believed',
    [
      [LARGE, 'undecided'],
      [LARGE, 'undecided'],
      [LARGE, 'add-path-found'],
      [SMALL, 'add-path-found'],
      [BOTH, 'add-path-found'],
    ],
  ],
  [
    'step 6 in mode add-path: the third block with large ids makes them believed, the second does not',
    [
      [SMALL, 'add-path-found'],
      [LARGE, 'add-path-found'],
      [LARGE, 'add-path-found'],
      [BOTH, 'plain'],
      [LARGE, 'add-path-found'],
      [BOTH, 'add-path-found'],
    ],
  ],
  [
    'step 7: with the mode the belief in large ids is forgotten',
    [
      [LARGE, 'undecided'],
      [LARGE, 'undecided'],
      [LARGE, 'add-path-found'],
      [PLAIN, 'plain'],
      [SMALL, 'add-path-found'],
      [BOTH, 'plain'],
    ],
  ],
];
for (const [name, blocks] of LATER) {
  test(`SessionModes.modeOf, ${name}`, () => {
    const modes = new AddPathMemory().session(KEY);
    assert.deepEqual(
      blocks.map(([text]) => mode(modes, text)),
      blocks.map(([, wanted]) => wanted),
    );
  });
}

test('MrtDecoder, step 10: a state change does not reset the mode', () => {
  const ends = {
    time: 1_700_000_000_000_000,
    peerAs: 64496,
    localAs: 64497,
    peerAddress: '192.0.2.1',
    localAddress: '192.0.2.2',
  };
  const withdrawal = (blockText: string): Uint8Array => {
    const length = (blockText.length / 2).toString(16).padStart(4, '0');
    const total = (23 + blockText.length / 2).toString(16).padStart(4, '0');
    return encodeBgp4mpMessage({ ...ends, message: hex(`${'ff'.repeat(16)} ${total} 02 ${length} ${blockText} 0000`) });
  };
  const decoder = new MrtDecoder();
  const withdrawn = (bytes: Uint8Array): readonly string[] =>
    elementsOf(decoder.decode(frameRecord(bytes, 0, 0))).flatMap((element) =>
      element.type === 'withdraw' ? [`${element.prefix.toString()} ${element.pathId ?? ''}`] : [],
    );
  const either = '0702180018010801'; // 2.0.0.0/7 0.24.1.0/24 1.0.0.0/8; or 1.8.1.0/24 with the small id 0x07021800
  assert.deepEqual(withdrawn(withdrawal(either)), ['2.0.0.0/7 ', '0.24.1.0/24 ', '1.0.0.0/8 ']);
  assert.deepEqual(withdrawn(withdrawal('0000000118000101')), ['0.1.1.0/24 1']); // ends within a prefix where it is read as plain
  assert.deepEqual(withdrawn(encodeStateChange({ ...ends, oldState: 6, newState: 1 })), []);
  assert.deepEqual(withdrawn(withdrawal(either)), [`1.8.1.0/24 117577728`]);
});

test('SessionModes.modeOf, step 8: a block legal as both follows the mode, with large ids only once they were seen', () => {
  const modes = new AddPathMemory().session(KEY);
  assert.equal(mode(modes, BOTH), 'plain');
  assert.equal(mode(modes, SMALL), 'add-path-found');
  assert.equal(mode(modes, BOTH), 'plain', 'large ids were not seen yet');
  for (let i = 0; i < 3; i++) assert.equal(mode(modes, LARGE), 'add-path-found');
  assert.equal(mode(modes, BOTH), 'add-path-found');
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
