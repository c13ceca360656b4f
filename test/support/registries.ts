// Registries for tests: one small one to vary, and arbitrary ones that keep every rule, for property tests.

import fc from 'fast-check';
import { SECOND } from '../../src/ip/event-time.js';
import { Prefix } from '../../src/ip/prefix.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import {
  type Connection,
  type NeighborMap,
  plainPrefix,
  type RegisteredPrefix,
  type Registry,
  sortAsns,
} from '../../src/registry/registry-model.js';

/** A registered prefix with `changes` over the defaults. */
export function prefixEntry(text: string, changes: Partial<RegisteredPrefix> = {}): RegisteredPrefix {
  return { ...plainPrefix(parsePrefix(text)), ...changes };
}

/** A connection of provider "Transit" with the prefixes. */
export function connectionWith(name: string, ...prefixes: readonly (string | RegisteredPrefix)[]): Connection {
  return {
    name,
    provider: 'Transit',
    country: 'NL',
    state: null,
    primary: null,
    backup: null,
    asns: [3333],
    prefixes: prefixes.map((prefix) => (typeof prefix === 'string' ? prefixEntry(prefix) : prefix)),
  };
}

/** Provider "Transit" (AS 1103) and the connections. */
export function registryWith(...connections: readonly Connection[]): Registry {
  return { providers: [{ name: 'Transit', asns: [1103], metros: [] }], connections, allowDocumentation: false };
}

const asn = fc.oneof(fc.integer({ min: 1, max: 20000 }), fc.integer({ min: 131072, max: 4000000000 }));
const asns = fc.array(asn, { maxLength: 3 }).map((list) => sortAsns(list));
const neighbors: fc.Arbitrary<NeighborMap> = fc
  .array(fc.tuple(asn, asns), { maxLength: 3 })
  .map((pairs) => new Map(pairs.sort(([a], [b]) => a - b)));

/** Titles that YAML could take for something else: numbers, booleans, null, comments, keys. */
const title = fc.oneof(
  fc.constantFrom(
    'true',
    '10',
    '0x1f',
    '1e3',
    'null',
    '~',
    '# no comment',
    'a: b',
    '- x',
    "it's",
    '"quoted"',
    'é',
    '{',
    '*a',
    '&b',
    '!t',
    'NO',
    '1.10',
    '2026-06-16',
  ),
  fc.stringMatching(/^[A-Za-z0-9_.&#:,'"{}-]([A-Za-z0-9 _.&#:,'"{}-]{0,20}[A-Za-z0-9_.&#:,'"{}-])?$/),
);
const titles = (most: number): fc.Arbitrary<readonly string[]> =>
  fc.uniqueArray(
    title.filter((text) => text.toLowerCase() !== 'none'),
    { maxLength: most },
  );

/** Prefixes that never overlap: the octets after 193. count up. */
function prefixAt(index: number, isIpv6: boolean): Prefix {
  return isIpv6 ? Prefix.ipv6([0x20010600 + index, 0, 0, 0], 32) : Prefix.ipv4(((193 << 24) | (index << 8)) >>> 0, 24);
}

const policy = fc.record(
  {
    isIpv6: fc.boolean(),
    origins: fc.option(asns),
    neighbors,
    moreSpecifics: fc.option(
      fc.record(
        {
          minLength: fc.integer({ min: 32, max: 32 }),
          maxLength: fc.constant(32),
          origins: fc.option(asns),
          neighbors,
        },
        { noNullPrototype: true },
      ),
    ),
    aggregators: fc.option(asns),
    visibility: fc.option(
      fc.record(
        {
          min: fc.constantFrom(0.1, 0.5, 0.7, 0.95, 1),
          for: fc.integer({ min: 1, max: 100000 }).map((seconds) => seconds * SECOND),
        },
        { noNullPrototype: true },
      ),
    ),
  },
  { noNullPrototype: true },
);

/** Registries that break no rule: up to 3 providers, 4 connections, 5 prefixes each. */
export const anyRegistry: fc.Arbitrary<Registry> = fc
  .record(
    {
      providerNames: titles(3).filter((names) => names.length > 0),
      providerAsns: fc.array(asns, { minLength: 3, maxLength: 3 }),
      metros: fc.array(titles(3), { minLength: 3, maxLength: 3 }),
      connectionNames: titles(4),
      sites: fc.array(
        fc.record(
          {
            provider: fc.nat(2),
            country: fc.option(fc.constantFrom('US', 'NO', 'NL')),
            state: fc.option(title.filter((text) => text.toLowerCase() !== 'none')),
            metro: fc.nat(2),
            asns: asns.filter((list) => list.length > 0),
            policies: fc.array(policy, { maxLength: 5 }),
          },
          { noNullPrototype: true },
        ),
        { minLength: 4, maxLength: 4 },
      ),
    },
    { noNullPrototype: true },
  )
  .map(({ providerNames, providerAsns, metros, connectionNames, sites }) => ({
    providers: providerNames.map((name, index) => ({ name, asns: providerAsns[index], metros: metros[index] })),
    connections: connectionNames.map((name, index) => {
      const site = sites[index];
      const place = site.provider % providerNames.length;
      return {
        name,
        provider: providerNames[place],
        country: site.country,
        state: site.state,
        primary: metros[place][site.metro] ?? null,
        backup: metros[place][0] ?? null,
        asns: site.asns,
        prefixes: site.policies.map(({ isIpv6, ...rest }, row) => ({
          ...plainPrefix(prefixAt(index * 8 + row, isIpv6)),
          ...rest,
        })),
      };
    }),
    allowDocumentation: false,
  }));
