import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AsPath, SegmentType } from '../../src/bgp/as-path.js';
import { elementFilter, type FilterOptions } from '../../src/mrt/element-filter.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { type MrtElement } from '../../src/mrt/element.js';

const HEAD = { time: 1000, peerAs: 64496, peerAddress: '192.0.2.1', record: 0, offset: 0, mrtType: 16, mrtSubtype: 4 };
const SEQUENCE: AsPath = [{ type: SegmentType.AS_SEQUENCE, asns: [64496, 64497] }];
const SET: AsPath = [...SEQUENCE, { type: SegmentType.AS_SET, asns: [64498, 64499] }];

function announce(
  prefix: string,
  asPath: AsPath = SEQUENCE,
  more: Partial<typeof HEAD & { safi: number }> = {},
): MrtElement {
  const parsed = parsePrefix(prefix);
  return { type: 'announce', ...HEAD, afi: parsed.afi, safi: 1, prefix: parsed, attributes: { asPath }, ...more };
}

const A24 = announce('203.0.113.0/24');
const A16 = announce('203.0.0.0/16');
const A25 = announce('203.0.113.0/25');
const OTHER = announce('198.51.100.0/24');
const SIX = announce('2001:db8::/32');
const MULTICAST = announce('203.0.113.0/24', SEQUENCE, { safi: 2 });
const WITHDRAW: MrtElement = { type: 'withdraw', ...HEAD, afi: 1, safi: 1, prefix: parsePrefix('203.0.113.0/24') };
const STATE: MrtElement = { type: 'state', ...HEAD, oldState: 6, newState: 1 };
const EOR: MrtElement = { type: 'eor', ...HEAD, afi: 2, safi: 1 };
const wanted = [parsePrefix('203.0.113.0/24')];

const cases: readonly (readonly [
  name: string,
  options: FilterOptions,
  passes: readonly MrtElement[],
  stops: readonly MrtElement[],
])[] = [
  [
    'exact takes equality only',
    { prefixes: wanted, relation: 'exact' },
    [A24, WITHDRAW],
    [A16, A25, OTHER, SIX, STATE, EOR],
  ],
  [
    'more-specific takes what lies inside too',
    { prefixes: wanted, relation: 'more-specific' },
    [A24, A25],
    [A16, OTHER],
  ],
  ['less-specific takes what covers too', { prefixes: wanted, relation: 'less-specific' }, [A24, A16], [A25, OTHER]],
  ['related takes both, and is the default', { prefixes: wanted }, [A24, A16, A25, WITHDRAW], [OTHER, SIX, STATE]],
  ['any of several prefixes', { prefixes: [...wanted, parsePrefix('2001:db8::/48')] }, [A24, SIX], [OTHER]],
  ['filters see SAFI 1', { prefixes: wanted }, [A24], [MULTICAST]],
  ['filters of other things see SAFI 1 too', { peerAs: [64496] }, [A24, STATE], [MULTICAST]],
  ['a SAFI asked for', { prefixes: wanted, safis: [2] }, [MULTICAST], [A24]],
  ['a SAFI alone, which concerns routes', { safis: [2] }, [MULTICAST], [A24, EOR, STATE]],
  ['SAFI 1 asked for', { safis: [1] }, [A24, EOR, WITHDRAW], [MULTICAST, STATE]],
  ['any other filter keeps session messages', { peerAs: [64496] }, [A24, STATE], [MULTICAST]],
  ['a family, which concerns routes', { families: [1] }, [A24], [SIX, STATE, MULTICAST]],
  ['any SAFI', { prefixes: wanted, safis: 'all' }, [MULTICAST, A24], [OTHER]],
  ['peer AS', { peerAs: [1, 64496] }, [A24, STATE], [announce('203.0.113.0/24', SEQUENCE, { peerAs: 2 })]],
  [
    'origin AS',
    { originAs: [64497] },
    [A24],
    [WITHDRAW, STATE, announce('203.0.113.0/24', SET), announce('203.0.113.0/24', [])],
  ],
  ['origin AS in a final set', { originAs: [64499] }, [announce('203.0.113.0/24', SET)], [A24]],
  ['path AS', { pathAs: [64496] }, [A24, announce('203.0.113.0/24', SET)], [WITHDRAW, announce('203.0.113.0/24', [])]],
  ['path AS in a set', { pathAs: [64498] }, [announce('203.0.113.0/24', SET)], [A24]],
  ['type', { types: ['state', 'eor'] }, [STATE, EOR], [A24]],
  [
    'times, both inclusive',
    { from: 1000, to: 1000 },
    [A24, STATE],
    [announce('203.0.113.0/24', SEQUENCE, { time: 1001 })],
  ],
  ['not before', { from: 1001 }, [], [A24]],
  ['not after', { to: 999 }, [], [A24]],
  ['family', { families: [2] }, [SIX, EOR], [A24, STATE]],
  ['all conditions must hold', { prefixes: wanted, originAs: [64497], types: ['announce'] }, [A24], [OTHER, WITHDRAW]],
];

for (const [name, options, passes, stops] of cases) {
  test(`elementFilter: ${name}`, () => {
    const filter = elementFilter(options);
    assert.ok(filter !== null);
    for (const element of passes) assert.equal(filter(element), true, JSON.stringify(element));
    for (const element of stops) assert.equal(filter(element), false, JSON.stringify(element));
  });
}

test('elementFilter is null where nothing is asked for', () => {
  assert.equal(elementFilter({}), null);
  assert.equal(elementFilter({ prefixes: [], peerAs: [], types: [], safis: 'all' }), null);
});
