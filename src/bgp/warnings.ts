// Tolerated defects: one documented table of codes, what each means (RFC 7606 mostly), and what follows from it for detection.
// A decoder collects codes and goes on; `dump` prints the announcement as it stands. Broken framing is a DecodeError instead.

/**
 * What follows: `withdraw` = RFC 7606 treat-as-withdraw (the route is malformed); `discard` = the attribute is left out;
 * `lost` = NLRI were not read; `note` = nothing.
 */
export type WarningEffect = 'withdraw' | 'discard' | 'lost' | 'note';

/** Every code, its effect, and its meaning. */
export const WARNINGS = {
  'origin-malformed': {
    effect: 'withdraw',
    meaning: 'ORIGIN has a length other than 1 or an undefined value (RFC 7606 7.1)',
  },
  'as-path-malformed': {
    effect: 'withdraw',
    meaning: 'AS_PATH has a bad or empty segment, or overruns (RFC 7606 7.2)',
  },
  'next-hop-length': { effect: 'withdraw', meaning: 'NEXT_HOP has a length other than 4 (RFC 7606 7.3)' },
  'med-length': { effect: 'withdraw', meaning: 'MULTI_EXIT_DISC has a length other than 4 (RFC 7606 7.4)' },
  'local-pref-length': { effect: 'withdraw', meaning: 'LOCAL_PREF has a length other than 4 (RFC 7606 7.5)' },
  'atomic-aggregate-length': { effect: 'discard', meaning: 'ATOMIC_AGGREGATE is not empty (RFC 7606 7.6)' },
  'aggregator-length': { effect: 'discard', meaning: 'AGGREGATOR has a wrong length (RFC 7606 7.7)' },
  'communities-length': { effect: 'withdraw', meaning: 'COMMUNITIES is no non-zero multiple of 4 (RFC 7606 7.8)' },
  'originator-id-length': { effect: 'withdraw', meaning: 'ORIGINATOR_ID has a length other than 4 (RFC 7606 7.9)' },
  'cluster-list-length': { effect: 'withdraw', meaning: 'CLUSTER_LIST is no non-zero multiple of 4 (RFC 7606 7.10)' },
  'mp-next-hop-length': {
    effect: 'withdraw',
    meaning: 'the next hop of MP_REACH_NLRI does not fit its family (RFC 7606 7.11)',
  },
  'extended-communities-length': {
    effect: 'withdraw',
    meaning: 'EXTENDED COMMUNITIES is no non-zero multiple of 8 (RFC 7606 7.14)',
  },
  'large-communities-length': {
    effect: 'withdraw',
    meaning: 'LARGE_COMMUNITY is no non-zero multiple of 12 (RFC 8092 6)',
  },
  'only-to-customer-length': { effect: 'withdraw', meaning: 'OTC has a length other than 4 (RFC 9234 5)' },
  'traffic-engineering-malformed': {
    effect: 'withdraw',
    meaning: 'Traffic Engineering does not decode (RFC 7606 7.13)',
  },
  'ipv6-extended-communities-length': {
    effect: 'withdraw',
    meaning: 'IPv6 extended communities are no non-zero multiple of 20 (RFC 7606 7.15)',
  },
  'attr-set-malformed': {
    effect: 'withdraw',
    meaning: 'ATTR_SET holds no list of attributes, or one that carries routes (RFC 7606 7.16)',
  },
  'optional-attribute-malformed': {
    effect: 'withdraw',
    meaning: 'PMSI_TUNNEL, Tunnel Encapsulation, D-PATH or SFP does not decode (RFC 6514 5, 9012 13, 9015 3.2.1)',
  },
  'optional-attribute-discarded': {
    effect: 'discard',
    meaning:
      'AIGP, BGP-LS, BFD Discriminator, NHC, Prefix-SID or BIER does not decode (RFC 7311 3, 9552 8.2.2, 9026 3.1.6, 8669 6, 9793 3)',
  },
  'internal-attribute-discarded': {
    effect: 'discard',
    meaning: 'LOCAL_PREF, ORIGINATOR_ID or CLUSTER_LIST of a wrong length from another AS (RFC 7606 7.5, 7.9, 7.10)',
  },
  'as-zero': {
    effect: 'note', // RFC 7607 2 would withdraw; detection judges AS 0 as a bogon on a path that it sees (detection design, section 3)
    meaning: 'AS_PATH or AS4_PATH holds AS 0 (RFC 7607 2); the route stands',
  },
  'as4-path-malformed': { effect: 'discard', meaning: 'AS4_PATH does not decode (RFC 6793 6)' },
  'as4-path-confederation': {
    effect: 'note',
    meaning: 'confederation segments of AS4_PATH were left out (RFC 6793 6)',
  },
  'as4-aggregator-length': { effect: 'discard', meaning: 'AS4_AGGREGATOR has a length other than 8 (RFC 6793 6)' },
  'as4-in-four-octet': {
    effect: 'note',
    meaning: 'AS4_PATH or AS4_AGGREGATOR beside four-octet AS numbers, not merged (RFC 6793 3)',
  },
  'attribute-flags': {
    effect: 'note', // RFC 7606 3 c would withdraw; but MRT writers themselves get flags wrong (BIRD's RIB dumps), and the router took the route
    meaning: 'Optional or Transitive bit contradicts the attribute type (RFC 7606 3 c); the route stands',
  },
  'attribute-truncated': {
    effect: 'withdraw',
    meaning: 'an attribute runs over the attribute field; the rest is not read (RFC 7606 4)',
  },
  'attribute-duplicate': { effect: 'note', meaning: 'an attribute occurs again; the first is kept (RFC 7606 3 g)' },
  'missing-origin': { effect: 'withdraw', meaning: 'routes are announced without ORIGIN (RFC 7606 3 d)' },
  'missing-as-path': { effect: 'withdraw', meaning: 'routes are announced without AS_PATH (RFC 7606 3 d)' },
  'missing-next-hop': { effect: 'withdraw', meaning: 'IPv4 NLRI are announced without NEXT_HOP (RFC 7606 3 d)' },
  'nlri-host-bits': { effect: 'note', meaning: 'a prefix has host bits set; they are masked' },
  'nlri-undecided': {
    effect: 'lost',
    meaning: 'a block reads as ADD-PATH only, by a peer not yet known to send it; not read',
  },
  'nlri-default-twice': {
    effect: 'lost',
    meaning: 'a block holds two default routes and is no legal ADD-PATH block; not read',
  },
  'add-path-undeclared': { effect: 'note', meaning: 'path identifiers found in a record type that declares none' },
  'unsupported-family': { effect: 'lost', meaning: 'NLRI of an AFI/SAFI that is not decoded were left out' },
  'capability-malformed': { effect: 'note', meaning: 'a capability does not decode; its bytes are kept (RFC 5492)' },
  'trailing-bytes': { effect: 'note', meaning: 'the record is longer than what it holds' },
} as const satisfies Record<string, { effect: WarningEffect; meaning: string }>;

/** A code of the table. */
export type WarningCode = keyof typeof WARNINGS;

/** True where one of the codes makes the message's routes malformed in the sense of RFC 7606. */
export function isTreatAsWithdraw(codes: readonly WarningCode[]): boolean {
  return codes.some((code) => WARNINGS[code].effect === 'withdraw');
}

/** Collects codes, each once, without allocating where there are none. */
export class WarningList {
  #codes: WarningCode[] | null = null;

  add(code: WarningCode): void {
    if (this.#codes === null) this.#codes = [code];
    else if (!this.#codes.includes(code)) this.#codes.push(code);
  }

  /** The codes in the order found; the shared empty list where there are none. */
  get codes(): readonly WarningCode[] {
    return this.#codes ?? NO_WARNINGS;
  }
}

/** The empty list. */
export const NO_WARNINGS: readonly WarningCode[] = Object.freeze([]);
