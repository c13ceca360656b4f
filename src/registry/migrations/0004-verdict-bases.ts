// Migration 2: what a verdict rested on, beside the bytes of its evidence. A record's digest stays when its bytes go, so that a copy of them
// can still be held against it; policies and reference data are texts shared by all evidence that rests on the same.

export const VERDICT_BASES_SCHEMA = `
CREATE TABLE verdict_bases (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  data TEXT NOT NULL
) STRICT;

ALTER TABLE evidence ADD COLUMN digest BLOB;
ALTER TABLE evidence ADD COLUMN peer_index_digest BLOB;
ALTER TABLE evidence ADD COLUMN verdict TEXT;
ALTER TABLE evidence ADD COLUMN policies_id INTEGER REFERENCES verdict_bases (id);
ALTER TABLE evidence ADD COLUMN reference_id INTEGER REFERENCES verdict_bases (id);
UPDATE evidence SET
  digest = (SELECT digest FROM raw_records WHERE id = raw_record_id),
  peer_index_digest = (SELECT digest FROM raw_records WHERE id = peer_index_record_id);
`;
