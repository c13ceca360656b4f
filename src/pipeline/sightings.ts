// Sightings: the record behind a change of a route, kept by a monitor until its condition is raised, with its bytes; and as a row.

import { type Sighting } from '../incidents/conditions.js';
import { type RouteChange } from './route-monitor.js';
import { evidenceOf } from './stored-route.js';

/** A sighting as plain data; the record in hex. */
export interface SightingRow {
  readonly evidence: Sighting['evidence'];
  readonly record: string | null;
}

/** The record that made this change: of a withdrawal with the path that it took away. Null where no UPDATE made it. */
export function sightingOf({ old, fresh, at, event }: RouteChange): Sighting | null {
  const route = (fresh ?? old)?.route;
  if (route === undefined || event === null) return null;
  const { file, record, offset } = event;
  return { evidence: { ...evidenceOf(route, at), file, record, offset }, bytes: event.evidence };
}

/** In the order of the merge, as near as their own times tell. */
export function compareSightings(a: Sighting, b: Sighting): number {
  const [x, y] = [a.evidence, b.evidence];
  return x.at - y.at || x.peerAs - y.peerAs || x.record - y.record || (placeOf(x) < placeOf(y) ? -1 : 1);
}

function placeOf({ collector, peerAddress, file }: Sighting['evidence']): string {
  return `${collector} ${peerAddress} ${file}`;
}

export function rowOfSighting(sighting: Sighting | null): SightingRow | null {
  if (sighting === null) return null;
  const { evidence, bytes } = sighting;
  return { evidence, record: bytes === null ? null : toHex(bytes.record) };
}

export function sightingOfRow(row: SightingRow | null): Sighting | null {
  if (row === null) return null;
  const { evidence, record } = row;
  return { evidence, bytes: record === null ? null : { record: fromHex(record), peerIndex: null } };
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) => parseInt(text.slice(2 * index, 2 * index + 2), 16));
}
