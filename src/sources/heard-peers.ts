// The peers that have entries in a RIB dump, and how many prefixes of each family: what tells full feeds apart (detection.md section 3).
// Counted by number in the index for records that are passed over, by address for decoded ones.

import { type HeardPeer, type PeerAddress } from '../rib/route-event.js';

/** What is counted of a dump that goes on. */
export interface CountedPeers {
  /** Its peer index, null where the format has none. */
  readonly peers: readonly PeerAddress[] | null;
  readonly heard: Map<string, CountedPeer>;
  /** By family and number in the index: how many records that were passed over have an entry of the peer. */
  readonly passed: readonly [ipv4: Uint32Array, ipv6: Uint32Array];
}

/** A peer that was heard, with the prefixes that decoded records have of it. */
export interface CountedPeer extends PeerAddress {
  readonly routes: [ipv4: number, ipv6: number];
}

export function hearPeer({ heard }: Pick<CountedPeers, 'heard'>, { address, asn }: PeerAddress): CountedPeer {
  const key = `${address} ${asn}`;
  let peer = heard.get(key);
  if (peer === undefined) heard.set(key, (peer = { address, asn, routes: [0, 0] }));
  return peer;
}

/** Those that were heard, with all that was counted of them. */
export function heardPeers(dump: CountedPeers): HeardPeer[] {
  dump.peers?.forEach((peer, number) => {
    const [ipv4, ipv6] = [dump.passed[0][number], dump.passed[1][number]];
    if (ipv4 + ipv6 === 0) return;
    const { routes } = hearPeer(dump, peer);
    routes[0] += ipv4;
    routes[1] += ipv6;
  });
  return [...dump.heard.values()];
}
