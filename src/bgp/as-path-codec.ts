// AS_PATH and AS4_PATH on the wire (RFC 4271 section 4.3 b, RFC 5065, RFC 6793), and their merge (RFC 6793 section 4.2.3).
//
//   segment = type (1) | number of ASes (1) | ASes (2 or 4 octets each)
//
// The derived forms of a path are `as-path.ts`'s work.

import { type Asn } from '../ip/asn.js';
import { type ByteWriter } from '../wire/byte-writer.js';
import { type AsPath, type PathSegment, SegmentType } from './as-path.js';

/** A decoded path; `defect`: a segment is empty, legible but malformed for RFC 7606; `zero`: it holds AS 0 (RFC 7607). */
export interface DecodedPath {
  readonly path: AsPath;
  readonly defect: boolean;
  readonly zero: boolean;
}

/** Reads a path of 2- or 4-octet AS numbers; null where a segment has an unknown type or overruns. */
export function decodeAsPath(bytes: Uint8Array, start: number, end: number, asn4: boolean): DecodedPath | null {
  const path: PathSegment[] = [];
  const size = asn4 ? 4 : 2;
  let defect = false;
  let zero = false;
  let at = start;
  while (at < end) {
    if (end - at < 2) return null;
    const type = segmentType(bytes[at]);
    const count = bytes[at + 1];
    at += 2;
    if (type === null || count * size > end - at) return null;
    if (count === 0) defect = true;
    else {
      const asns = asn4 ? readAsns4(bytes, at, count) : readAsns2(bytes, at, count);
      zero ||= asns.includes(0);
      path.push({ type, asns });
    }
    at += count * size;
  }
  return { path, defect, zero };
}

function segmentType(value: number): SegmentType | null {
  switch (value) {
    case SegmentType.AS_SET:
    case SegmentType.AS_SEQUENCE:
    case SegmentType.AS_CONFED_SEQUENCE:
    case SegmentType.AS_CONFED_SET:
      return value;
    default:
      return null;
  }
}

function readAsns4(bytes: Uint8Array, start: number, count: number): Asn[] {
  const asns: Asn[] = [];
  for (let at = start, end = start + count * 4; at < end; at += 4) {
    asns.push(((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0);
  }
  return asns;
}

function readAsns2(bytes: Uint8Array, start: number, count: number): Asn[] {
  const asns: Asn[] = [];
  for (let at = start, end = start + count * 2; at < end; at += 2) asns.push((bytes[at] << 8) | bytes[at + 1]);
  return asns;
}

/** Writes a path; segments of more than 255 ASes are the caller's mistake (RangeError). */
export function encodeAsPath(writer: ByteWriter, path: AsPath, asn4: boolean): void {
  for (const { type, asns } of path) {
    writer.u8(type).u8(asns.length);
    for (const asn of asns) {
      if (asn4) writer.u32(asn);
      else writer.u16(asn);
    }
  }
}

/** Path length as RFC 4271 section 9.1.2.2 counts it: an AS_SET is 1, confederation segments 0. */
export function pathLength(path: AsPath): number {
  let length = 0;
  for (const { type, asns } of path) {
    if (type === SegmentType.AS_SEQUENCE) length += asns.length;
    else if (type === SegmentType.AS_SET) length += 1;
  }
  return length;
}

/**
 * The exact path of an AS_PATH of two-octet numbers and its AS4_PATH: the leading ASes by which AS_PATH is longer, then AS4_PATH.
 * Where AS4_PATH is the longer one it is ignored. Confederation segments stay where they lead or follow a segment that was taken.
 */
export function mergeAs4Path(path: AsPath, as4Path: AsPath): AsPath {
  let missing = pathLength(path) - pathLength(as4Path);
  if (missing < 0) return path;
  const merged: PathSegment[] = [];
  for (const segment of path) {
    const { type, asns } = segment;
    if (type === SegmentType.AS_CONFED_SEQUENCE || type === SegmentType.AS_CONFED_SET) {
      merged.push(segment);
    } else if (missing === 0) {
      break;
    } else if (type === SegmentType.AS_SET || asns.length <= missing) {
      merged.push(segment);
      missing -= type === SegmentType.AS_SET ? 1 : asns.length;
    } else {
      merged.push({ type, asns: asns.slice(0, missing) });
      break;
    }
  }
  return joinPaths(merged, as4Path);
}

/** Two paths in a row; AS_SEQUENCEs that meet become one where they fit a segment. */
function joinPaths(head: readonly PathSegment[], tail: AsPath): AsPath {
  if (head.length === 0 || tail.length === 0) return [...head, ...tail];
  const last = head[head.length - 1];
  const first = tail[0];
  const meet = last.type === SegmentType.AS_SEQUENCE && first.type === SegmentType.AS_SEQUENCE;
  if (!meet || last.asns.length + first.asns.length > 255) return [...head, ...tail];
  return [
    ...head.slice(0, -1),
    { type: SegmentType.AS_SEQUENCE, asns: [...last.asns, ...first.asns] },
    ...tail.slice(1),
  ];
}
