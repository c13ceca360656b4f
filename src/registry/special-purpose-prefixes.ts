// Address space that nobody can originate on the public Internet: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 as
// updated by RFC 8190), multicast (RFC 5771, RFC 4291) and everything IPv6 outside the Global Unicast space 2000::/3. Every entry of
// https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-special-registry as last updated on 2025-10-09, in IANA's order;
// one whose "Globally Reachable" is False or N/A is not routable, and the longest entry that holds a prefix decides. Unallocated space is
// not looked for: it changes by the week.

import { type Prefix } from '../ip/prefix.js';
import { parsePrefix } from '../ip/prefix-text.js';

/** One block of the registries. */
export interface SpecialPurposeBlock {
  readonly prefix: Prefix;
  /** IANA's name, with the RFC that assigns it. */
  readonly name: string;
  readonly isRoutable: boolean;
  /** For documentation: RFC 5737, RFC 3849, RFC 9637. */
  readonly isDocumentation: boolean;
}

type Row = readonly [prefix: string, name: string, kind?: 'routable' | 'documentation'];

const ROWS: readonly Row[] = [
  ['0.0.0.0/8', '"This network" (RFC 791)'],
  ['0.0.0.0/32', '"This host on this network" (RFC 1122)'],
  ['10.0.0.0/8', 'Private-Use (RFC 1918)'],
  ['100.64.0.0/10', 'Shared Address Space (RFC 6598)'],
  ['127.0.0.0/8', 'Loopback (RFC 1122)'],
  ['169.254.0.0/16', 'Link Local (RFC 3927)'],
  ['172.16.0.0/12', 'Private-Use (RFC 1918)'],
  ['192.0.0.0/24', 'IETF Protocol Assignments (RFC 6890)'],
  ['192.0.0.0/29', 'IPv4 Service Continuity Prefix (RFC 7335)'],
  ['192.0.0.8/32', 'IPv4 dummy address (RFC 7600)'],
  ['192.0.0.9/32', 'Port Control Protocol Anycast (RFC 7723)', 'routable'],
  ['192.0.0.10/32', 'Traversal Using Relays around NAT Anycast (RFC 8155)', 'routable'],
  ['192.0.0.170/32', 'NAT64/DNS64 Discovery (RFC 8880, RFC 7050)'],
  ['192.0.0.171/32', 'NAT64/DNS64 Discovery (RFC 8880, RFC 7050)'],
  ['192.0.2.0/24', 'Documentation, TEST-NET-1 (RFC 5737)', 'documentation'],
  ['192.31.196.0/24', 'AS112-v4 (RFC 7535)', 'routable'],
  ['192.52.193.0/24', 'AMT (RFC 7450)', 'routable'],
  ['192.88.99.0/24', 'Deprecated 6to4 Relay Anycast (RFC 7526)'],
  ['192.88.99.2/32', '6a44-relay anycast address (RFC 6751)'],
  ['192.168.0.0/16', 'Private-Use (RFC 1918)'],
  ['192.175.48.0/24', 'Direct Delegation AS112 Service (RFC 7534)', 'routable'],
  ['198.18.0.0/15', 'Benchmarking (RFC 2544)'],
  ['198.51.100.0/24', 'Documentation, TEST-NET-2 (RFC 5737)', 'documentation'],
  ['203.0.113.0/24', 'Documentation, TEST-NET-3 (RFC 5737)', 'documentation'],
  ['240.0.0.0/4', 'Reserved (RFC 1112)'],
  ['255.255.255.255/32', 'Limited Broadcast (RFC 919)'],
  ['::1/128', 'Loopback Address (RFC 4291)'],
  ['::/128', 'Unspecified Address (RFC 4291)'],
  ['::ffff:0:0/96', 'IPv4-mapped Address (RFC 4291)'],
  ['64:ff9b::/96', 'IPv4-IPv6 Translation (RFC 6052)', 'routable'],
  ['64:ff9b:1::/48', 'IPv4-IPv6 Translation (RFC 8215)'],
  ['100::/64', 'Discard-Only Address Block (RFC 6666)'],
  ['100:0:0:1::/64', 'Dummy IPv6 Prefix (RFC 9780)'],
  ['2001::/23', 'IETF Protocol Assignments (RFC 2928)'],
  ['2001::/32', 'TEREDO (RFC 4380)'],
  ['2001:1::1/128', 'Port Control Protocol Anycast (RFC 7723)', 'routable'],
  ['2001:1::2/128', 'Traversal Using Relays around NAT Anycast (RFC 8155)', 'routable'],
  ['2001:1::3/128', 'DNS-SD Service Registration Protocol Anycast (RFC 9665)', 'routable'],
  ['2001:2::/48', 'Benchmarking (RFC 5180)'],
  ['2001:3::/32', 'AMT (RFC 7450)', 'routable'],
  ['2001:4:112::/48', 'AS112-v6 (RFC 7535)', 'routable'],
  ['2001:10::/28', 'Deprecated ORCHID (RFC 4843)'],
  ['2001:20::/28', 'ORCHIDv2 (RFC 7343)', 'routable'],
  ['2001:30::/28', 'Drone Remote ID Protocol Entity Tags (RFC 9374)', 'routable'],
  ['2001:db8::/32', 'Documentation (RFC 3849)', 'documentation'],
  ['2002::/16', '6to4 (RFC 3056)'],
  ['2620:4f:8000::/48', 'Direct Delegation AS112 Service (RFC 7534)', 'routable'],
  ['3fff::/20', 'Documentation (RFC 9637)', 'documentation'],
  ['5f00::/16', 'Segment Routing (SRv6) SIDs (RFC 9602)'],
  ['fc00::/7', 'Unique-Local (RFC 4193)'],
  ['fe80::/10', 'Link-Local Unicast (RFC 4291)'],
  // Not in those registries, but no unicast either:
  ['224.0.0.0/4', 'Multicast (RFC 5771)'],
  ['ff00::/8', 'Multicast (RFC 4291)'],
  ['::/0', 'outside Global Unicast 2000::/3 (RFC 4291)'],
  ['2000::/3', 'Global Unicast (RFC 4291)', 'routable'],
];

/** Longest first, so that the first block that holds a prefix decides. */
export const SPECIAL_PURPOSE_BLOCKS: readonly SpecialPurposeBlock[] = ROWS.map(([prefix, name, kind]) => ({
  prefix: parsePrefix(prefix),
  name,
  isRoutable: kind === 'routable',
  isDocumentation: kind === 'documentation',
})).sort((a, b) => b.prefix.length - a.prefix.length);

/** Shorter than any block that a registry gives out; such a prefix holds special-purpose space, as a default route does. */
const SHORTEST_ROUTABLE = { 1: 8, 2: 12 } as const;

/** Why a prefix cannot be routed publicly. */
export interface UnroutableReason {
  readonly text: string;
  /** Documentation space may be allowed. */
  readonly isDocumentation: boolean;
}

/** The reason why nobody can originate `prefix` publicly, or null where somebody may. */
export function unroutableReason(prefix: Prefix): UnroutableReason | null {
  if (prefix.length < SHORTEST_ROUTABLE[prefix.afi]) {
    return {
      text: `shorter than /${SHORTEST_ROUTABLE[prefix.afi]}, the largest block given out`,
      isDocumentation: false,
    };
  }
  const block = SPECIAL_PURPOSE_BLOCKS.find((candidate) => candidate.prefix.covers(prefix));
  if (block === undefined || block.isRoutable) return null;
  return { text: `inside ${block.prefix.toString()}, ${block.name}`, isDocumentation: block.isDocumentation };
}
