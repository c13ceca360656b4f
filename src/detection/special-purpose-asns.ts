// AS numbers that nobody can have on the public Internet: IANA's Special-Purpose AS Numbers registry (RFC 7249) with every entry that it has
// had since RFC 7607 of 2015, and 65552 to 131071, which its Autonomous System Numbers registry reserves beside them (as of 2026-06).
// https://www.iana.org/assignments/iana-as-numbers-special-registry
// The two entries that are no bogons are not here: 112 is in use (RFC 7534), and 23456, AS_TRANS (RFC 6793), stands for an unknown AS.

import { type Asn } from '../ip/asn.js';

/** One block, both ends included. */
export interface SpecialPurposeAsns {
  readonly first: Asn;
  readonly last: Asn;
  readonly kind: 'documentation' | 'private' | 'reserved';
  /** What it is for, with the RFC that says so. */
  readonly name: string;
}

const BLOCKS: readonly SpecialPurposeAsns[] = [
  { first: 0, last: 0, kind: 'reserved', name: 'reserved, it identifies nobody (RFC 7607)' },
  { first: 64496, last: 64511, kind: 'documentation', name: 'for documentation (RFC 5398)' },
  { first: 64512, last: 65534, kind: 'private', name: 'for private use (RFC 6996, before that RFC 1930)' },
  { first: 65535, last: 65535, kind: 'reserved', name: 'reserved, the last of 16 bits (RFC 7300)' },
  { first: 65536, last: 65551, kind: 'documentation', name: 'for documentation (RFC 5398)' },
  { first: 65552, last: 131071, kind: 'reserved', name: 'reserved by IANA' },
  { first: 4200000000, last: 4294967294, kind: 'private', name: 'for private use (RFC 6996)' },
  { first: 4294967295, last: 4294967295, kind: 'reserved', name: 'reserved, the last of 32 bits (RFC 7300)' },
];

/** The block that an AS number is of; null where it may be somebody's. */
export function specialPurposeBlock(asn: Asn): SpecialPurposeAsns | null {
  const isOrdinary = asn < 64496 ? asn > 0 : asn > 131071 && asn < 4200000000; // nearly all: said without a search
  return isOrdinary ? null : (BLOCKS.find(({ first, last }) => asn >= first && asn <= last) ?? null);
}
