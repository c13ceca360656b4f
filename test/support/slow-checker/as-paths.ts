// The slow checker's own reading of AS paths, from the JSON of `dump`: origin, neighbour and forms as section 1 of the detection rules
// says. Nothing is shared with src/bgp.

/** A segment as `dump --format json` prints it: an AS, an AS_SET, or a confederation's sequence or set. */
export type PathItem =
  number | readonly number[] | { readonly sequence: readonly number[] } | { readonly set: readonly number[] };

/** AS_TRANS: a four-octet AS that nobody merged. */
const AS_TRANS = 23456;

/** What the end of a path says of its origin. */
export type Origin =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'as'; readonly asn: number; readonly neighbor: number | null; readonly length: number }
  | { readonly kind: 'set'; readonly members: readonly number[]; readonly neighbor: number | null };

/** The path without confederations, runs of one AS merged. */
export function collapsed(path: readonly PathItem[]): (number | readonly number[])[] {
  const plain: (number | readonly number[])[] = [];
  for (const item of path) {
    if (typeof item !== 'number' && !isSet(item)) continue;
    if (typeof item === 'number' && plain.at(-1) === item) continue;
    plain.push(item);
  }
  return plain;
}

function isSet(item: PathItem): item is readonly number[] {
  return Array.isArray(item);
}

/**
 * The origin of a route.
 *
 * @param path null where the message had no AS_PATH.
 * @param ownAs the peer's AS where the session is iBGP by its BGP4MP header, else null.
 */
export function originOf(path: readonly PathItem[] | null, ownAs: number | null): Origin {
  if (path === null) return { kind: 'unknown' };
  const plain = collapsed(path);
  if (plain.length === 0)
    return ownAs === null || ownAs === 0 || ownAs === AS_TRANS
      ? { kind: 'unknown' }
      : { kind: 'as', asn: ownAs, neighbor: null, length: 1 };
  const last = plain[plain.length - 1];
  const before = plain.at(-2);
  const neighbor = typeof before === 'number' && before !== AS_TRANS ? before : null;
  if (typeof last !== 'number')
    return last.length === 0 || last.includes(AS_TRANS)
      ? { kind: 'unknown' }
      : { kind: 'set', members: last, neighbor };
  if (last === AS_TRANS) return { kind: 'unknown' };
  return { kind: 'as', asn: last, neighbor, length: plain.length };
}

/** The AS numbers that may be meant by "the origin": the one, or every member of a final AS_SET. */
export function originMembers(origin: Origin): readonly number[] {
  if (origin.kind === 'as') return [origin.asn];
  return origin.kind === 'set' ? origin.members : [];
}
