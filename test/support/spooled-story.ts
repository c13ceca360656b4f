// MRT records of a small made-up network for tests of the spool and the daemon: three peers of one collector, the example registry's
// prefix 203.0.113.0/24 of AS64496 behind AS64500, and AS64511 that should not announce it. Deterministic: seconds after T0 say when.

import { type PathSegment, SegmentType } from '../../src/bgp/as-path.js';
import { type BgpMessage } from '../../src/bgp/message.js';
import { type UpdateParts } from '../../src/bgp/message-encoder.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { encodeBgp4mpMessage } from '../../src/mrt/writer.js';

export const HQ = '203.0.113.0/24';
export const OWN = 64496;
export const FOREIGN = 64511;

/** 2026-06-16T07:00:00Z, from the Unix seconds by hand. */
const T0 = 1_781_593_200;

/** Peer n: AS 64500 + n at 192.0.2.200 + n; 0 is the provider itself. */
export type Peer = 0 | 1 | 2;

/** The record of an UPDATE in which peer announces `prefix`, its own AS first in the path. */
export function announce(seconds: number, peer: Peer, asns: readonly number[], prefix = HQ): Uint8Array {
  const path: PathSegment[] = [{ type: SegmentType.AS_SEQUENCE, asns: [64500 + peer, ...asns] }];
  const attributes = { origin: 0, asPath: path, nextHop: addressOf(peer) };
  return record(seconds, peer, update({ announced: [{ prefix: parsePrefix(prefix) }], attributes }));
}

export function withdraw(seconds: number, peer: Peer, prefix = HQ): Uint8Array {
  return record(seconds, peer, update({ withdrawn: [{ prefix: parsePrefix(prefix) }] }));
}

export function keepalive(seconds: number, peer: Peer = 0): Uint8Array {
  return record(seconds, peer, { kind: 'keepalive' });
}

export function joined(...records: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(records));
}

/** Own routes of all peers, a hijack that two of them see from second 10 to `until`, and silence for two minutes after. */
export function hijackStory(until = 40): readonly Uint8Array[] {
  return [
    announce(0, 0, [OWN]),
    announce(1, 1, [64500, OWN]),
    announce(2, 2, [64500, OWN]),
    announce(10, 1, [FOREIGN]),
    announce(12, 2, [FOREIGN]),
    announce(until - 2, 1, [64500, OWN]),
    announce(until, 2, [64500, OWN]),
    keepalive(until + 120),
  ];
}

/**
 * A long story of `steps` steps, 7 s apart: hijacks that come, escalate, end, come back too soon and later, more-specifics, path
 * changes, withdrawals. No randomness; ends with ten quiet minutes told by a KEEPALIVE.
 */
export function longStory(steps: number): readonly Uint8Array[] {
  const records: Uint8Array[] = [announce(0, 0, [OWN]), announce(1, 1, [64500, OWN]), announce(2, 2, [64500, OWN])];
  for (let step = 0; step < steps; step++) {
    const seconds = 60 + step * 7;
    const peer: Peer = step % 3 === 0 ? 1 : 2;
    switch ((step * 7 + (step >> 4)) % 9) {
      case 0:
      case 1:
        records.push(announce(seconds, peer, [FOREIGN]));
        break;
      case 2:
        records.push(announce(seconds, peer, [64505 + (step % 4), 64500, OWN]));
        break;
      case 3:
        records.push(withdraw(seconds, peer));
        break;
      case 4:
        records.push(announce(seconds, peer, [FOREIGN + (step % 5)], '203.0.113.128/26'));
        break;
      case 5:
        records.push(withdraw(seconds, peer, '203.0.113.128/26'));
        break;
      case 6:
        records.push(step % 2 === 0 ? withdraw(seconds, 0) : announce(seconds, 0, [OWN]));
        break;
      default:
        records.push(announce(seconds, peer, [64500, OWN]));
    }
  }
  return [...records, keepalive(60 + steps * 7 + 600)];
}

function record(seconds: number, peer: Peer, message: BgpMessage): Uint8Array {
  const session = { peerAs: 64500 + peer, peerAddress: addressOf(peer), localAs: 64508, localAddress: '192.0.2.254' };
  return encodeBgp4mpMessage({ ...session, time: (T0 + seconds) * 1_000_000, message });
}

function addressOf(peer: Peer): string {
  return `192.0.2.${200 + peer}`;
}

function update(parts: UpdateParts): BgpMessage {
  const nothing = { withdrawn: [], announced: [], mpReach: null, mpUnreach: null, attributes: {} };
  return { kind: 'update', update: { ...nothing, endOfRib: null, warnings: [], ...parts } };
}
