// Three collectors with thirty sessions of thirty peer ASes: a RIS-like one with microseconds and state changes, one with the 16-bit
// subtypes' state changes and whole seconds, and one like Route Views, which records UPDATEs alone. Two thirds of the peers send
// everything they have, the others what they have from customers, as peers do.

import { type Internet } from './internet.js';
import { type Random } from './random.js';
import { CUSTOMER, type Chosen } from './routing.js';

export interface Collector {
  readonly name: string;
  /** BGP4MP_ET. */
  readonly micros: boolean;
  /** STATE_CHANGE records, KEEPALIVEs, End-of-RIB. */
  readonly states: boolean;
  /** Of its update files. */
  readonly minutes: number;
  readonly localAs: number;
  readonly localAddress: string;
}

export interface Session {
  readonly collector: Collector;
  readonly peerAs: number;
  readonly peerAddress: string;
  readonly full: boolean;
  /** AS numbers of two octets: AS_TRANS in AS_PATH, the truth in AS4_PATH. */
  readonly old: boolean;
  /** Its messages bear path identifiers though they are of the plain subtypes. */
  readonly addPath: boolean;
}

export const COLLECTORS: readonly Collector[] = [
  { name: 'rrc90', micros: true, states: true, minutes: 5, localAs: 12654, localAddress: '193.0.4.28' },
  { name: 'rrc91', micros: false, states: true, minutes: 5, localAs: 12654, localAddress: '193.0.4.29' },
  {
    name: 'route-views.made',
    micros: false,
    states: false,
    minutes: 15,
    localAs: 6447,
    localAddress: '128.223.51.102',
  },
];

const PEERS = 30;

/** Draws the peers. Session 5 has two-octet AS numbers, session 10 undeclared ADD-PATH. */
export function drawSessions(internet: Internet, random: Random): readonly Session[] {
  const plain = internet.edge.filter((asn) => internet.providersOf(asn).length > 1);
  const asns = random.shuffled([
    ...random.sample(internet.tier1, 4),
    ...random.sample(internet.transit, 16),
    ...random.sample(plain, PEERS - 20),
  ]);
  return asns.map((peerAs, n) => ({
    collector: COLLECTORS[n % COLLECTORS.length],
    peerAs,
    peerAddress: `193.0.4.${100 + n}`,
    // A tier-1's customers are so many that what it has from them may look like everything.
    full: n < (PEERS * 2) / 3 || internet.tier1.includes(peerAs),
    old: n === 4,
    addPath: n === 9,
  }));
}

/** What a session sends of what its AS has. */
export function exported(session: Session, chosen: Chosen | null): Chosen | null {
  return chosen === null || session.full || chosen.rank <= CUSTOMER ? chosen : null;
}
