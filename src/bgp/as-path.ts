// AS_PATH as a value (RFC 4271 section 4.3 b, RFC 5065 confederations): segments as received, and the derived forms that rules
// need. Bytes are decoded elsewhere (as-path-codec); nothing here touches the wire.

import type { Asn } from '../ip/asn.js';

/** Segment types of AS_PATH (RFC 4271, RFC 5065). */
export const SegmentType = { AS_SET: 1, AS_SEQUENCE: 2, AS_CONFED_SEQUENCE: 3, AS_CONFED_SET: 4 } as const;
export type SegmentType = (typeof SegmentType)[keyof typeof SegmentType];

/** One path segment: its type and its AS numbers in wire order. */
export interface PathSegment {
  readonly type: SegmentType;
  readonly asns: readonly Asn[];
}

/** An AS path as received: segments in wire order; empty for a route of the own AS. */
export type AsPath = readonly PathSegment[];

/** One hop of a collapsed path: an AS, or the members of an AS_SET. */
export type Hop = Asn | readonly Asn[];

/**
 * What a path says of its origin: the last AS of a final AS_SEQUENCE; the members of a final AS_SET (RFC 6811 calls its origin
 * NONE); or nothing, for a path that is empty once confederation segments are stripped.
 */
export type PathOrigin =
  | { readonly kind: 'as'; readonly asn: Asn }
  | { readonly kind: 'set'; readonly members: readonly Asn[] }
  | { readonly kind: 'empty' };

/**
 * The collapsed form: confederation segments stripped, AS_SEQUENCE segments joined, runs of one AS merged. AS_SETs stay one hop
 * each. Nearest AS first, origin last.
 */
export function collapsePath(path: AsPath): readonly Hop[] {
  const hops: Hop[] = [];
  for (const { type, asns } of path) {
    if (type === SegmentType.AS_SET) {
      if (asns.length > 0) hops.push(asns);
    } else if (type === SegmentType.AS_SEQUENCE) {
      for (const asn of asns) if (hops.at(-1) !== asn) hops.push(asn);
    }
  }
  return hops;
}

/** The origin of a path; see `PathOrigin`. */
export function pathOrigin(path: AsPath): PathOrigin {
  const last = collapsePath(path).at(-1);
  if (last === undefined) return { kind: 'empty' };
  return typeof last === 'number' ? { kind: 'as', asn: last } : { kind: 'set', members: last };
}

/** Text for people: `64496 64500 {64510,64511}`, confederation parts in `()` and `[]`. Equal paths have equal text. */
export function formatPath(path: AsPath): string {
  return path.map(formatSegment).join(' ');
}

function formatSegment({ type, asns }: PathSegment): string {
  switch (type) {
    case SegmentType.AS_SEQUENCE:
      return asns.join(' ');
    case SegmentType.AS_SET:
      return `{${asns.join(',')}}`;
    case SegmentType.AS_CONFED_SEQUENCE:
      return `(${asns.join(' ')})`;
    case SegmentType.AS_CONFED_SET:
      return `[${asns.join(',')}]`;
  }
}

/**
 * The path as JSON has it: AS numbers, AS_SETs as nested arrays, confederation segments as `{"sequence":[]}` and `{"set":[]}`
 * (product.md section 3).
 */
export function pathToJson(path: AsPath): readonly unknown[] {
  const json: unknown[] = [];
  for (const { type, asns } of path) {
    if (type === SegmentType.AS_SEQUENCE) json.push(...asns);
    else if (type === SegmentType.AS_SET) json.push(asns);
    else json.push(type === SegmentType.AS_CONFED_SET ? { set: asns } : { sequence: asns });
  }
  return json;
}

/** The path of `pathToJson`'s form; two AS_SEQUENCE segments in a row come back as one. */
export function pathFromJson(json: readonly unknown[]): AsPath {
  const segments: { type: SegmentType; asns: Asn[] }[] = [];
  for (const item of json) {
    if (typeof item === 'number') {
      const last = segments.at(-1);
      if (last?.type === SegmentType.AS_SEQUENCE) last.asns.push(item);
      else segments.push({ type: SegmentType.AS_SEQUENCE, asns: [item] });
    } else if (Array.isArray(item)) {
      segments.push({ type: SegmentType.AS_SET, asns: item as Asn[] });
    } else {
      const { sequence, set } = item as { sequence?: Asn[]; set?: Asn[] };
      if (set !== undefined) segments.push({ type: SegmentType.AS_CONFED_SET, asns: set });
      else segments.push({ type: SegmentType.AS_CONFED_SEQUENCE, asns: sequence ?? [] });
    }
  }
  return segments;
}

/** Text for people of a path in `pathToJson`'s form. */
export function formatJsonPath(json: readonly unknown[]): string {
  return formatPath(pathFromJson(json));
}
