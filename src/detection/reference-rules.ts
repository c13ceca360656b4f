// The rules that rest on data beside the registry (detection.md section 3): rpki-invalid (RFC 6811), aspa-invalid (the downstream
// procedure), route-leak (RFC 7908 types 1 to 4; OTC of RFC 9234). Each says nothing where its data is absent, but OTC, for which the
// registry knows who the providers of an origin are. Table order.

import { type Relationship } from '../relations/as-relationships.js';
import { type ContradictedHop } from '../rpki/aspa-table.js';
import { formatVrp, type OriginVerdict, type Vrp } from '../rpki/vrp-table.js';
import { type Finding } from './finding.js';
import { type PrefixPolicy } from './policy.js';
import { findOtcLeak } from './only-to-customer.js';
import { findingUnder } from './policy-finding.js';
import { type ReferenceData } from './reference-data.js';
import { findRouteLeak, type RouteLeak } from './route-leak.js';
import { type RouteView } from './route-view.js';

/** VRPs that a clause names; the rest is counted. */
const MOST_NAMED = 10;

/** Everything that the data says against a route equal to or inside `policy.prefix`, in table order. */
export function judgeByReference(route: RouteView, policy: PrefixPolicy, data: ReferenceData): readonly Finding[] {
  return [judgeOrigin, judgeProviders, judgeLeak].flatMap((rule) => rule(route, policy, data) ?? []);
}

/** True where a ROA authorises the very origin and prefix. */
export function isAuthorised(route: RouteView, { vrps }: ReferenceData): boolean {
  if (vrps === null || route.origin.kind !== 'as') return false;
  return vrps.validate(route.prefix, route.origin.asn).validity === 'valid';
}

/** rpki-invalid. The offender is the origin and the reason: `64511 origin`, `64496 length`, `64511 as0`; `AS_SET origin` of a final set. */
function judgeOrigin(route: RouteView, policy: PrefixPolicy, { vrps }: ReferenceData): Finding | null {
  // RFC 6811 section 2: the origin of a final AS_SET is NONE, whoever is in it. Other unknown origins get no verdict.
  const isSet = Array.isArray(route.hops.at(-1));
  if (vrps === null || (route.origin.kind === 'unknown' && !isSet)) return null;
  const asn = route.origin.kind === 'as' ? route.origin.asn : null;
  const verdict = vrps.validate(route.prefix, asn);
  if (verdict.validity !== 'invalid') return null;
  const who = asn === null ? 'AS_SET' : String(asn);
  return findingUnder(policy, route, {
    type: 'rpki-invalid',
    level: 'Warning',
    offender: `${who} ${verdict.reason!}`,
    clauses: [
      `${route.prefix.toString()} with origin ${asn === null ? 'NONE (the path ends in an AS_SET)' : `AS${asn}`} is RPKI invalid`,
      REASONS[verdict.reason!],
      `covering VRPs: ${named(verdict.covering)}`,
    ],
  });
}

const REASONS: Readonly<Record<NonNullable<OriginVerdict['reason']>, string>> = {
  length: 'its origin is authorised, but not for a prefix of this length',
  as0: 'AS 0 alone is authorised: nobody may announce it (RFC 6483)',
  origin: 'others are authorised, its origin is not',
};

function named(vrps: readonly Vrp[]): string {
  const more = vrps.length - MOST_NAMED;
  return `${vrps.slice(0, MOST_NAMED).map(formatVrp).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** aspa-invalid. The offender is the contradicted hop, `customer/provider`; `AS_SET` or `empty path` where there is no hop to blame. */
function judgeProviders(route: RouteView, policy: PrefixPolicy, { aspas }: ReferenceData): Finding | null {
  if (aspas === null) return null;
  const isInternal = route.hops.length === 0 && route.origin.kind === 'as'; // iBGP: the path is the peer's own AS
  const { validity, hop } = isInternal ? OWN_PATH : aspas.verifyDownstream(route.hops);
  if (validity !== 'invalid') return null;
  const shape = route.hops.length === 0 ? 'empty path' : 'AS_SET';
  return findingUnder(policy, route, {
    type: 'aspa-invalid',
    level: 'Error',
    offender: hop === null ? shape : `${hop.customer}/${hop.provider}`,
    clauses: hop === null ? [SHAPES[shape]] : contradiction(hop),
  });
}

const OWN_PATH = { validity: 'valid', hop: null } as const;

const SHAPES = {
  AS_SET: 'the path holds an AS_SET, which cannot be verified with ASPAs: Invalid',
  'empty path': 'the path is empty, which cannot be verified with ASPAs: Invalid',
};

function contradiction({ customer, provider }: ContradictedHop): string[] {
  return [
    `AS${customer} handed the route to AS${provider}, which is not among the providers that AS${customer} attests`,
    'nor do the ASPAs allow that the path goes down from there',
  ];
}

/** route-leak. The offender is the AS that passed on what it should have kept to its customers. */
function judgeLeak(route: RouteView, policy: PrefixPolicy, data: ReferenceData): Finding | null {
  const { relationships } = data;
  const leak = relationships === null ? null : findRouteLeak(route.hops, relationships);
  if (relationships === null || leak === null) return judgeOtc(route, policy, data);
  const { leaker, from, to, rfc7908 } = leak;
  const [giver, receiver] =
    rfc7908 === null ? [from, to].map((asn) => relationships.of(leaker, asn)) : PARTIES[rfc7908];
  return findingUnder(policy, route, {
    type: 'route-leak',
    level: 'Error',
    offender: String(leaker),
    clauses: [
      `AS${leaker} had the route from AS${from} (${standing(giver)}) and gave it to AS${to} (${standing(receiver)})`,
      rfc7908 === null
        ? `AS${from} and AS${to} are at the top of the hierarchy, AS${leaker} between them is not`
        : `RFC 7908 type ${rfc7908}`,
    ],
  });
}

function judgeOtc(route: RouteView, policy: PrefixPolicy, { relationships }: ReferenceData): Finding | null {
  const otc = route.marks?.onlyToCustomer ?? null;
  if (otc === null) return null;
  const { origins, providerAsns } = policy;
  const leak = findOtcLeak(route.hops, otc, (asn, other) => {
    if (origins.includes(asn) && providerAsns.includes(other) && !origins.includes(other)) return 'provider';
    return relationships?.of(asn, other) ?? null;
  });
  if (leak === null) return null;
  const { leaker, to, relation } = leak;
  return findingUnder(policy, route, {
    type: 'route-leak',
    level: 'Error',
    offender: String(leaker),
    clauses: [
      `the route bears ONLY_TO_CUSTOMER = AS${otc}: after AS${otc} it may go to customers alone (RFC 9234)`,
      `AS${leaker} gave it to AS${to} (${standing(relation)})`,
    ],
  });
}

/** What giver and receiver are to the leaker, or to its siblings, in the types of RFC 7908 section 3. */
const PARTIES = {
  1: ['provider', 'provider'],
  2: ['peer', 'peer'],
  3: ['provider', 'peer'],
  4: ['peer', 'provider'],
} as const satisfies Record<NonNullable<RouteLeak['rfc7908']>, readonly [Relationship, Relationship]>;

function standing(relation: Relationship | null): string {
  return relation === null ? 'relationship unknown' : `its ${relation}`;
}
