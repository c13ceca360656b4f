// The records behind incidents, and what the verdict on each rested on: written in the pipeline's transaction, read for export and for
// deriving the verdict again. Bytes go after their time (retention); digests and bases stay as long as the incident.

import { createHash } from 'node:crypto';
import { type Evidence } from '../incidents/incident.js';
import { type EvidenceBytes } from '../pipeline/store.js';
import { type VerdictBasis } from '../pipeline/verdict-basis.js';
import { type Database } from './database.js';

/** A record of evidence. Bytes are null once they were pruned. */
export interface StoredEvidence {
  readonly position: number;
  readonly evidence: Evidence;
  /** SHA-256 of the record as it was kept; null = not known. */
  readonly digest: Uint8Array | null;
  readonly record: Uint8Array | null;
  /** The PEER_INDEX_TABLE that it refers to; null = it refers to none, or it was pruned. */
  readonly peerIndexDigest: Uint8Array | null;
  readonly peerIndex: Uint8Array | null;
  /** Null = kept by a version that did not know of it. */
  readonly basis: VerdictBasis | null;
}

/** SHA-256. */
export function digestOf(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Writes evidence with prepared statements. */
export class EvidenceWriter {
  readonly #statements;

  constructor(db: Database) {
    this.#statements = {
      rawRecord: db.prepare('INSERT OR IGNORE INTO raw_records (digest, bytes) VALUES (?, ?)'),
      rawRecordId: db.prepare<[Buffer], { id: number }>('SELECT id FROM raw_records WHERE digest = ?'),
      basis: db.prepare('INSERT OR IGNORE INTO verdict_bases (digest, data) VALUES (?, ?)'),
      basisId: db.prepare<[Buffer], { id: number }>('SELECT id FROM verdict_bases WHERE digest = ?'),
      evidence:
        db.prepare(`INSERT OR REPLACE INTO evidence (incident_id, position, at, data, raw_record_id, peer_index_record_id,
          digest, peer_index_digest, verdict, policies_id, reference_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    };
  }

  write({ incident, position, evidence, bytes, basis }: EvidenceBytes): void {
    const record = this.#raw(bytes.record);
    const index = bytes.peerIndex === null ? null : this.#raw(bytes.peerIndex);
    const data = JSON.stringify(evidence);
    const bases =
      basis === null ? ([null, null] as const) : ([this.#basis(basis.policies), this.#basis(basis.reference)] as const);
    const digests = [record.digest, index?.digest ?? null] as const;
    const ids = [record.id, index?.id ?? null] as const;
    this.#statements.evidence.run(
      incident,
      position,
      evidence.at,
      data,
      ...ids,
      ...digests,
      basis?.verdict ?? null,
      ...bases,
    );
  }

  /** Stores a raw record once. @returns its row. */
  #raw(bytes: Uint8Array): { readonly id: number; readonly digest: Buffer } {
    const digest = digestOf(bytes);
    this.#statements.rawRecord.run(digest, bytes);
    return { id: this.#statements.rawRecordId.get(digest)!.id, digest };
  }

  #basis(text: string): number {
    const digest = digestOf(text);
    this.#statements.basis.run(digest, text);
    return this.#statements.basisId.get(digest)!.id;
  }
}

interface EvidenceColumns {
  readonly position: number;
  readonly data: string;
  readonly digest: Buffer | null;
  readonly record: Buffer | null;
  readonly peer_index_digest: Buffer | null;
  readonly peer_index: Buffer | null;
  readonly verdict: string | null;
  readonly policies: string | null;
  readonly reference: string | null;
}

/** The records behind an incident, by position; those of evidence that was found among stored routes were never there. */
export function readEvidence(db: Database, incident: string): readonly StoredEvidence[] {
  const rows = db
    .prepare<[string], EvidenceColumns>(
      `SELECT evidence.position, evidence.data, evidence.digest, records.bytes AS record, evidence.peer_index_digest,
         indexes.bytes AS peer_index, evidence.verdict, policies.data AS policies, reference.data AS reference FROM evidence
       LEFT JOIN raw_records AS records ON records.id = evidence.raw_record_id
       LEFT JOIN raw_records AS indexes ON indexes.id = evidence.peer_index_record_id
       LEFT JOIN verdict_bases AS policies ON policies.id = evidence.policies_id
       LEFT JOIN verdict_bases AS reference ON reference.id = evidence.reference_id
       WHERE evidence.incident_id = ? ORDER BY evidence.position`,
    )
    .all(incident);
  return rows.map(storedOf);
}

/** The digests of the records behind an incident, or behind all, in hex. */
export function evidenceDigests(db: Database, incident: string | null): ReadonlySet<string> {
  const rows = db
    .prepare<[string | null], { digest: string }>(
      'SELECT DISTINCT lower(hex(digest)) AS digest FROM evidence WHERE digest IS NOT NULL AND incident_id = ifnull(?, incident_id)',
    )
    .all(incident);
  return new Set(rows.map(({ digest }) => digest));
}

function storedOf(row: EvidenceColumns): StoredEvidence {
  const { position, data, digest, record, verdict, policies, reference } = row;
  return {
    position,
    evidence: JSON.parse(data) as Evidence,
    digest,
    record,
    peerIndexDigest: row.peer_index_digest,
    peerIndex: row.peer_index,
    basis: verdict === null || policies === null || reference === null ? null : { verdict, policies, reference },
  };
}
