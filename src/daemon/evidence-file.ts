// The evidence of an incident as an MRT file: the very records, byte for byte, those that refer to a PEER_INDEX_TABLE behind it (RFC 6396
// section 4.3.1: it holds for all that follows until the next one). Records come in the order of the evidence; those of one table, or
// of none, stand together, so that each table is written once whatever dumps and collectors are mixed.

import { isCondition } from '../incidents/conditions.js';
import { type Incident, VERDICT_EVIDENCE } from '../incidents/incident.js';
import { type StoredEvidence } from '../registry/evidence.js';

export interface EvidenceFile {
  readonly chunks: readonly Uint8Array[];
  /** Records of evidence in it, without the tables. */
  readonly records: number;
  /** What is not in it, in words. */
  readonly missing: readonly string[];
}

export function evidenceFile(incident: Incident, stored: readonly StoredEvidence[]): EvidenceFile {
  const groups = new Map<string, { readonly table: Uint8Array | null; readonly records: Map<string, Uint8Array> }>();
  for (const { record, digest, peerIndex, peerIndexDigest } of stored) {
    if (record === null) continue;
    const key = hex(peerIndexDigest);
    const group = groups.get(key) ?? { table: peerIndex, records: new Map<string, Uint8Array>() };
    groups.set(key, group);
    group.records.set(hex(digest), record); // several peers' entries are one record
  }
  const all = [...groups.values()];
  return {
    chunks: all.flatMap(({ table, records }) => [...(table === null ? [] : [table]), ...records.values()]),
    records: all.reduce((sum, { records }) => sum + records.size, 0),
    missing: missingOf(incident, stored),
  };
}

/** What a reader of the file would look for in vain. */
export function missingOf(incident: Incident, stored: readonly StoredEvidence[]): readonly string[] {
  const missing: string[] = [];
  for (const [position, { peerAs, collector }] of incident.evidence.entries()) {
    const there = stored.find((one) => one.position === position);
    const who = `the record of AS${peerAs} at ${collector}`;
    if (there === undefined) missing.push(`${who}: ${isCondition(incident) ? NOT_KEPT : FOUND_STORED}`);
    else if (there.record === null) missing.push(`${who}: its bytes were deleted after their time`);
  }
  const verdict = stored.find(({ position }) => position === VERDICT_EVIDENCE);
  if (verdict?.record === null) missing.push('the record that gave the level: its bytes were deleted after their time');
  const { evidenceOmitted: omitted } = incident;
  if (omitted > 0) missing.push(`the records of ${omitted} further peer ${omitted === 1 ? 'AS' : 'ASes'}: never kept`);
  return missing;
}

const FOUND_STORED = 'none was kept, the route was found among the stored ones';
const NOT_KEPT = 'its bytes were not kept; file, record and offset say where they are';

function hex(digest: Uint8Array | null): string {
  return digest === null ? '' : Buffer.from(digest).toString('hex');
}
