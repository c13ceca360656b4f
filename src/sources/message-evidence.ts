// The evidence that a message is: an own copy of its record, and how it was read where its type does not say. Path identifiers that no
// type declares (RFC 7911, RFC 8050) are found by what the session sent before, which whoever reads the record by itself does not have.

import { familyKey } from '../bgp/codes.js';
import { type Nlri } from '../bgp/nlri.js';
import { type Update } from '../bgp/update.js';
import { type MessageRecord } from '../mrt/decoded-record.js';
import { type RawRecord } from '../mrt/record-framer.js';
import { type RawEvidence } from '../rib/route-event.js';

export function messageEvidence(raw: RawRecord, { warnings }: MessageRecord, update: Update): RawEvidence {
  const evidence = { record: raw.bytes.slice(), peerIndex: null };
  return warnings.includes('add-path-undeclared') ? { ...evidence, identified: familiesOf(update) } : evidence;
}

function familiesOf({ withdrawn, announced, mpReach, mpUnreach }: Update): readonly number[] {
  const blocks: readonly (readonly [family: number, nlri: readonly Nlri[]])[] = [
    [familyKey(1, 1), withdrawn],
    [familyKey(1, 1), announced],
    ...[mpReach, mpUnreach].flatMap((block) =>
      block === null ? [] : [[familyKey(block.afi, block.safi), block.nlri] as const],
    ),
  ];
  const found = blocks.filter(([, nlri]) => nlri.some(({ pathId }) => pathId !== undefined));
  return [...new Set(found.map(([family]) => family))].sort((a, b) => a - b);
}
