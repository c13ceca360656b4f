// Payloads of sources as they are stored: the part that is related to registered prefixes, and how many there were in all.

import { type Prefix } from '../ip/prefix.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type StoredPayloads } from '../registry/rpki-state.js';
import { VrpRows } from '../rpki/vrp-rows.js';
import { compareVrps } from '../rpki/vrp-table.js';
import { type NamedPayloads } from './reference-assembly.js';
import { type SourceView } from './rpki-status.js';

/** Null where nothing of the source is used. */
export function storedPayloads(
  { source, used, confirmedAt, expiresAt, heldSince }: SourceView,
  isRelated: (prefix: Prefix) => boolean,
): StoredPayloads | null {
  if (used === null) return null;
  const { version, vrps, aspas, counts, generated } = used;
  return {
    source,
    version,
    vrps: [...vrps.related(isRelated)]
      .sort(compareVrps)
      .map(({ prefix, maxLength, asn, trustAnchor, expires }) => [
        prefix.toString(),
        maxLength,
        asn,
        trustAnchor,
        expires,
      ]),
    aspas: aspas.map(({ customer, providers }) => [customer, providers]),
    counts: [...counts],
    generated,
    confirmedAt,
    expiresAt,
    heldSince,
  };
}

export function restoredPayloads({ version, vrps, aspas, counts, generated }: StoredPayloads): NamedPayloads {
  const rows = new VrpRows();
  for (const [prefix, maxLength, asn, trustAnchor, expires] of vrps)
    rows.add({ prefix: parsePrefix(prefix), maxLength, asn, trustAnchor, expires });
  const restored = aspas.map(([customer, providers]) => ({ customer, providers }));
  return { version, vrps: rows, aspas: restored, counts: new Map(counts), generated };
}
