// A registry of one connection, and UPDATEs of peers by number: what tests of the built command write themselves.

import { SegmentType } from '../../src/bgp/as-path.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { encodeBgp4mpMessage } from '../../src/mrt/writer.js';

/** AS64496 behind AS64500, with these entries of `prefixes`, each a YAML flow mapping. */
export function oneConnection(...prefixes: readonly string[]): string {
  return `
providers:
  - { name: Contoso Transit, asns: [64500], metros: [Seattle] }
connections:
  - name: hq
    provider: Contoso Transit
    country: US
    state: Washington
    primary: Seattle
    backup: none
    asns: [64496]
    prefixes:
${prefixes.map((entry) => `      - ${entry}`).join('\n')}
options: { allowDocumentation: true }
`;
}

/** 2026-06-16T07:00:00Z. */
const T0 = 1_781_593_200;

/** An UPDATE of peer n, AS 64600 + n; without a path a withdrawal. */
export function update(seconds: number, peer: number, prefix: string, asns?: readonly number[]): Uint8Array {
  const nlri = [{ prefix: parsePrefix(prefix) }];
  const path = [{ type: SegmentType.AS_SEQUENCE, asns: [64600 + peer, ...(asns ?? [])] }];
  const parts = {
    withdrawn: asns === undefined ? nlri : [],
    announced: asns === undefined ? [] : nlri,
    attributes: asns === undefined ? {} : { origin: 0 as const, asPath: path, nextHop: `192.0.2.${peer}` },
  };
  return encodeBgp4mpMessage({
    peerAs: 64600 + peer,
    peerAddress: `192.0.2.${peer}`,
    localAs: 64699,
    localAddress: '192.0.2.254',
    time: (T0 + seconds) * 1_000_000,
    message: { kind: 'update', update: { mpReach: null, mpUnreach: null, endOfRib: null, warnings: [], ...parts } },
  });
}
