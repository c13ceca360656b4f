// Counts a record's elements by type without making them.

import { type Update } from '../bgp/update.js';
import { type MrtRecord } from '../mrt/decoded-record.js';

/** Adds a record's elements to `counts`, by the types of `dump --format json`. */
export function countElements(record: MrtRecord, counts: Record<string, number>): void {
  switch (record.kind) {
    case 'message':
      if (record.message.kind === 'update') countUpdate(record.message.update, counts);
      else if (record.message.kind !== 'unknown') add(counts, record.message.kind, 1);
      return;
    case 'state-change':
      return add(counts, 'state', 1);
    case 'table-dump':
    case 'rib':
      return add(counts, 'rib', record.entries.length);
    case 'peer-index':
    case 'geo-peer-table':
    case 'skipped':
      return;
  }
}

function countUpdate(update: Update, counts: Record<string, number>): void {
  if (update.endOfRib !== null) return add(counts, 'eor', 1);
  const { withdrawn, announced, mpReach, mpUnreach } = update;
  add(counts, 'withdraw', withdrawn.length + (mpUnreach?.nlri.length ?? 0));
  add(counts, 'announce', announced.length + (mpReach?.nlri.length ?? 0));
}

function add(counts: Record<string, number>, type: string, count: number): void {
  counts[type] = (counts[type] ?? 0) + count;
}
