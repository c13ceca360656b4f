// Random streams of route events for property tests: few sessions, few nested prefixes and few paths, so that routes meet, hijacks come
// back, sessions flap and dumps fall between; times stand still, step, jump over every timer, and run back a little.

import fc from 'fast-check';
import { type PrefixPolicy } from '../../src/detection/policy.js';
import { type ReferenceData } from '../../src/detection/reference-data.js';
import { policy, reference, type RouteParts, Story } from './event-builder.js';

const prefixes = [
  '203.0.113.0/24',
  '203.0.113.128/25',
  '203.0.112.0/23',
  '203.0.112.0/24',
  '0.0.0.0/0',
  '2001:db8::/32',
];
const tails = [
  '64500 64496',
  '64500 64496 64496',
  '64499 64496',
  '64511 64496',
  '64500 64511',
  '64511',
  '{64510,64511}',
  '64500 64497',
  '23456',
];

/** What the streams are judged under: every rule can fire. */
export function randomPolicies(): readonly PrefixPolicy[] {
  return [
    policy('203.0.113.0/24', {
      neighbors: { 64496: [64500, 64499] },
      moreSpecifics: { minLength: 25, maxLength: 25, origins: [64496, 64497] },
    }),
    policy('203.0.112.0/24', { connection: 'branch', origins: [] }),
    policy('2001:db8::/32', { origins: [64496, 64497] }),
  ];
}

/** The same registry after a change: an origin more, a prefix less. */
export function changedPolicies(): readonly PrefixPolicy[] {
  return [policy('203.0.113.0/24', { origins: [64496, 64511] }), policy('2001:db8::/32', { origins: [64496] })];
}

/** Data that every rule on it can fire under, and that excuses a hijack. */
export function randomReference(): ReferenceData {
  return reference({
    vrps: ['203.0.113.0/24 64496', '203.0.112.0/23-25 64511', '2001:db8::/32 0'],
    aspas: { 64496: [64500], 64499: [64501], 65002: [64501] },
    relationships: ['64500|64496|-1', '64511|64496|-1', '65001|64511|-1', '65003|64500|-1'],
    version: 'before',
  });
}

/** The same after a change: one part gone, the others say something else. */
export function changedReference(): ReferenceData {
  const aspas = { 64496: [64499], 65002: [64501], 65001: [0] };
  return reference({ vrps: ['203.0.113.0/24-25 64511', '2001:db8::/32 64496'], aspas, version: 'after' });
}

const peer = fc.integer({ min: 1, max: 4 });
const prefix = fc.constantFrom(...prefixes);
const route = fc.record({
  peer,
  prefix,
  tail: fc.constantFrom(...tails),
  path: fc.nat(1),
  attributes: fc.constantFrom('', '', 'med'),
  malformed: fc.constantFrom(false, false, false, false, true),
});
/** Seconds since the event before. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 0, 1, 2, 5) },
  { weight: 2, arbitrary: fc.constantFrom(30, 60, 61) },
  { weight: 1, arbitrary: fc.constantFrom(600, 3600, 5400, 7300) },
  { weight: 1, arbitrary: fc.constantFrom(-1, -20) },
);

const action = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('announce' as const), route }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), peer, prefix, path: fc.nat(1) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'up' as const,
        'down' as const,
        'active' as const,
        'quiet' as const,
        'last-record' as const,
      ),
      peer,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('eor' as const), peer, afi: fc.constantFrom(1, 2) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('dump' as const),
      index: fc.option(fc.uniqueArray(peer, { maxLength: 4 })),
      entries: fc.array(route, { maxLength: 4 }),
      updates: fc.array(route, { maxLength: 2 }),
      complete: fc.boolean(),
    }),
  },
);

type RandomRoute = typeof route extends fc.Arbitrary<infer T> ? T : never;
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** Adds one action to a story. */
function tell(story: Story, seconds: number, one: Action, dump: number): void {
  switch (one.kind) {
    case 'announce':
      story.announce(seconds, one.route.peer, one.route.prefix, pathOf(one.route), partsOf(one.route));
      return;
    case 'withdraw':
      story.withdraw(seconds, one.peer, one.prefix, pathIdOf(one));
      return;
    case 'eor':
      story.endOfRib(seconds, one.peer, one.afi);
      return;
    case 'dump': {
      const name = `dump ${dump}`;
      story.ribBegin(seconds, name, one.index);
      for (const entry of one.entries)
        story.rib(seconds, entry.peer, name, entry.prefix, pathOf(entry), dumpedParts(entry));
      for (const update of one.updates)
        story.announce(seconds + 1, update.peer, update.prefix, pathOf(update), partsOf(update));
      const heard = [...new Set(one.entries.map((entry) => entry.peer))];
      story.ribEnd(seconds + 1, name, heard, { complete: one.complete, afis: [1, 2] });
      return;
    }
    default:
      story.session(one.kind, seconds, one.peer);
  }
}

/** Peers 3 and 4 send path identifiers (RFC 7911); of peer 4 the dumps hold none. */
function pathIdOf({ peer: number, path }: { peer: number; path: number }): number {
  return number < 3 ? 0 : path + 1;
}

function partsOf(one: RandomRoute): RouteParts {
  return { pathId: pathIdOf(one), attributes: one.attributes, malformed: one.malformed };
}

function dumpedParts(one: RandomRoute): RouteParts {
  return one.peer === 4 ? { ...partsOf(one), pathId: 0 } : partsOf(one);
}

function pathOf({ peer: number, tail }: { peer: number; tail: string }): string {
  return `${65000 + number} ${tail}`;
}

/** A stream of events, in merge order. */
export const randomStory: fc.Arbitrary<Story> = fc
  .array(fc.tuple(step, action), { minLength: 1, maxLength: 60 })
  .map((actions) => {
    const story = new Story();
    let seconds = 1000;
    actions.forEach(([passed, one], index) => {
      seconds = Math.max(0, seconds + passed);
      tell(story, seconds, one, index);
    });
    return story;
  });
