// findFaults: a table of named cases in the order of the rules, passing and failing; the rules that fail are named by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Registry } from '../../src/registry/registry-model.js';
import { findFaults, formatFault } from '../../src/registry/validation.js';
import { connectionWith, prefixEntry, registryWith } from '../support/registries.js';

interface Case {
  readonly name: string;
  readonly registry: Registry;
  /** `rule` of each fault, 'form' for those without a number. */
  readonly expect: readonly string[];
}

const one = (prefix: string): Registry => registryWith(connectionWith('a', prefix));
const allowed = (registry: Registry): Registry => ({ ...registry, allowDocumentation: true });

const cases: readonly Case[] = [
  { name: 'an ordinary IPv4 prefix', registry: one('193.0.0.0/21'), expect: [] },
  { name: 'an ordinary IPv6 prefix', registry: one('2001:67c:2e8::/48'), expect: [] },
  { name: 'a host route of public space', registry: one('193.0.0.1/32'), expect: [] },
  { name: 'V2 private-use space', registry: one('10.0.0.0/8'), expect: ['V2'] },
  { name: 'V2 inside private-use space', registry: one('172.31.255.0/24'), expect: ['V2'] },
  { name: 'just past private-use space', registry: one('172.32.0.0/16'), expect: [] },
  { name: 'V2 shared address space', registry: one('100.64.0.0/10'), expect: ['V2'] },
  { name: 'beside shared address space', registry: one('100.128.0.0/24'), expect: [] },
  { name: 'V2 link local', registry: one('169.254.1.0/24'), expect: ['V2'] },
  { name: 'V2 loopback', registry: one('127.0.0.0/8'), expect: ['V2'] },
  { name: 'V2 multicast', registry: one('224.0.0.0/24'), expect: ['V2'] },
  { name: 'V2 class E', registry: one('250.0.0.0/8'), expect: ['V2'] },
  { name: 'V2 benchmarking', registry: one('198.19.0.0/16'), expect: ['V2'] },
  { name: 'V2 the IPv4 default route', registry: one('0.0.0.0/0'), expect: ['V2'] },
  { name: 'V2 the IPv6 default route', registry: one('::/0'), expect: ['V2'] },
  { name: 'V2 all global unicast', registry: one('2000::/3'), expect: ['V2'] },
  { name: 'V2 unique-local', registry: one('fd00::/8'), expect: ['V2'] },
  { name: 'V2 IPv6 link local', registry: one('fe80::/64'), expect: ['V2'] },
  { name: 'V2 outside global unicast', registry: one('4000::/16'), expect: ['V2'] },
  { name: 'V2 6to4', registry: one('2002:c000::/24'), expect: ['V2'] },
  { name: 'V2 Teredo', registry: one('2001::/32'), expect: ['V2'] },
  { name: 'AS112 inside the protocol assignments', registry: one('2001:4:112::/48'), expect: [] },
  { name: 'V2 TEST-NET-1', registry: one('192.0.2.0/24'), expect: ['V2'] },
  { name: 'V2 TEST-NET-3 half', registry: one('203.0.113.128/25'), expect: ['V2'] },
  { name: 'V2 IPv6 documentation', registry: one('2001:db8:1::/48'), expect: ['V2'] },
  { name: 'V2 new IPv6 documentation', registry: one('3fff:0123::/32'), expect: ['V2'] },
  { name: 'documentation where it is allowed', registry: allowed(one('192.0.2.0/24')), expect: [] },
  { name: 'IPv6 documentation where it is allowed', registry: allowed(one('3fff::/20')), expect: [] },
  { name: 'V2 private-use where documentation is allowed', registry: allowed(one('192.168.0.0/24')), expect: ['V2'] },
  {
    name: 'V2 a documentation origin',
    registry: registryWith(connectionWith('a', prefixEntry('193.0.0.0/21', { origins: [64496] }))),
    expect: ['V2'],
  },
  {
    name: 'a documentation origin where it is allowed',
    registry: allowed(registryWith(connectionWith('a', prefixEntry('193.0.0.0/21', { origins: [65551] })))),
    expect: [],
  },
  {
    name: 'a private-use origin',
    registry: registryWith(connectionWith('a', prefixEntry('193.0.0.0/21', { origins: [64512] }))),
    expect: [],
  },
  {
    name: 'V2 documentation neighbours, at both ends',
    registry: registryWith(
      connectionWith('a', prefixEntry('193.0.0.0/21', { neighbors: new Map([[64497, [64511]]]) })),
    ),
    expect: ['V2', 'V2'],
  },
  {
    name: 'V2 AS 0, AS_TRANS and the last numbers of both spaces',
    registry: registryWith({ ...connectionWith('a'), asns: [0, 23456, 65535, 4294967295] }),
    expect: ['V2', 'V2', 'V2', 'V2'],
  },
  {
    name: 'V12 a more-specific in another connection',
    registry: registryWith(connectionWith('a', '193.0.0.0/21'), connectionWith('b', '193.0.4.0/24')),
    expect: ['V12'],
  },
  {
    name: 'V12 a cover in another connection',
    registry: registryWith(connectionWith('a', '193.0.4.0/24'), connectionWith('b', '193.0.0.0/21')),
    expect: ['V12'],
  },
  {
    name: 'V12 the same prefix in another connection',
    registry: registryWith(connectionWith('a', '193.0.4.0/24'), connectionWith('b', '193.0.4.0/24')),
    expect: ['V12'],
  },
  {
    name: 'neighbouring prefixes in two connections',
    registry: registryWith(connectionWith('a', '193.0.4.0/24'), connectionWith('b', '193.0.5.0/24')),
    expect: [],
  },
  {
    name: 'nesting within one connection',
    registry: registryWith(connectionWith('a', '193.0.0.0/21', '193.0.4.0/24', '193.0.4.0/25')),
    expect: [],
  },
  {
    name: 'V12 a duplicate within one connection, under another name',
    registry: registryWith(connectionWith('a', '193.0.0.0/21', prefixEntry('193.0.0.0/21', { name: 'again' }))),
    expect: ['V12'],
  },
  {
    name: 'V12 twice: under two nested covers of another connection',
    registry: registryWith(connectionWith('a', '193.0.0.0/16', '193.0.0.0/21'), connectionWith('b', '193.0.4.0/24')),
    expect: ['V12', 'V12'],
  },
  {
    name: 'equal bits in two families do not overlap',
    registry: registryWith(connectionWith('a', '32.1.0.0/16'), connectionWith('b', '2001:67c::/32')),
    expect: [],
  },
  {
    name: 'V13 an unknown provider',
    registry: registryWith({ ...connectionWith('a', '193.0.0.0/21'), provider: 'Nobody' }),
    expect: ['V13'],
  },
  {
    name: 'V13 no provider',
    registry: registryWith({ ...connectionWith('a', '193.0.0.0/21'), provider: '' }),
    expect: ['V13'],
  },
  {
    name: 'V13 a metro that the provider does not serve',
    registry: {
      providers: [{ name: 'Transit', asns: [1103], metros: ['Delft'] }],
      connections: [{ ...connectionWith('a'), primary: 'Seattle', backup: 'Delft' }],
      allowDocumentation: false,
    },
    expect: ['V13'],
  },
  {
    name: 'every rule at once, none hides another',
    registry: registryWith(connectionWith('a', '192.168.0.0/16'), {
      ...connectionWith('b', '192.168.4.0/24'),
      provider: 'Nobody',
    }),
    expect: ['V2', 'V13', 'V2', 'V12'],
  },
  {
    name: 'form: no country of that code',
    registry: registryWith({ ...connectionWith('a'), country: 'UK' }),
    expect: ['form'],
  },
  {
    name: 'form: two connections of one name',
    registry: registryWith(connectionWith('a'), connectionWith('a')),
    expect: ['form'],
  },
  {
    name: 'form: two prefixes of one name',
    registry: registryWith(
      connectionWith('a', prefixEntry('193.0.0.0/24', { name: 'x' }), prefixEntry('193.0.1.0/24', { name: 'x' })),
    ),
    expect: ['form'],
  },
  {
    name: 'form: the characters of a prefix name',
    registry: registryWith(connectionWith('a', prefixEntry('193.0.0.0/24', { name: 'no spaces' }))),
    expect: ['form'],
  },
  {
    name: 'a prefix name of 63 characters',
    registry: registryWith(connectionWith('a', prefixEntry('193.0.0.0/24', { name: 'A-z_0.9'.repeat(9) }))),
    expect: [],
  },
  {
    name: 'form: a prefix name of 64 characters',
    registry: registryWith(connectionWith('a', prefixEntry('193.0.0.0/24', { name: `${'A-z_0.9'.repeat(9)}x` }))),
    expect: ['form'],
  },
  {
    name: 'form: more-specifics that are less specific',
    registry: registryWith(
      connectionWith(
        'a',
        prefixEntry('193.0.0.0/24', {
          moreSpecifics: { minLength: 23, maxLength: 25, origins: null, neighbors: new Map() },
        }),
      ),
    ),
    expect: ['form'],
  },
  {
    name: 'form: a visibility above 1',
    registry: registryWith(connectionWith('a', prefixEntry('193.0.0.0/24', { visibility: { min: 1.1, for: 1 } }))),
    expect: ['form'],
  },
  {
    name: 'form: no origins anywhere',
    registry: registryWith({ ...connectionWith('a', '193.0.0.0/24'), asns: [] }),
    expect: ['form'],
  },
];

for (const { name, registry, expect } of cases) {
  test(`findFaults: ${name}`, () => {
    const rules = findFaults(registry).map(({ rule }) => rule ?? 'form');
    assert.deepEqual(rules, expect);
  });
}

test('findFaults lays an overlap at the door of the row that is new', () => {
  const current = registryWith(connectionWith('b', '193.0.0.0/21'));
  const added = connectionWith('a', '193.0.4.0/24');
  const next = { ...current, connections: [added, ...current.connections] };
  const [fault, ...rest] = findFaults(next, current);
  assert.deepEqual(rest, []);
  assert.equal(fault.subject, added.prefixes[0]);
  const text =
    'V12: overlaps with an existing prefix: 193.0.4.0/24 (connection "a") and 193.0.0.0/21 of connection "b"';
  assert.equal(formatFault(fault), text);
});
