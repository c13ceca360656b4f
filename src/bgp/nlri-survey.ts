// Walks an NLRI block without building anything, to say whether it is legal as a plain block (RFC 4271 section 4.3) and as one with
// path identifiers (RFC 7911 section 3). The two are not exclusive: a run of aligned /24s is legal as both. What follows from the
// answers is decided elsewhere.

/** Every length fits the family and the block ends exactly. */
export const FRAMED = 1;
/** A prefix has host bits set. */
export const HOST_BITS = 2;
/** More than one prefix of length zero. */
export const DEFAULT_TWICE = 4;
/** A path identifier of 2^27 or more: rare in practice, and what prefixes misread as identifiers look like. */
export const LARGE_ID = 8;

/** The least first octet of such an identifier. */
export const LARGE_FIRST_OCTET = 0x08;

/** Surveys the block as a plain one: a set of FRAMED, HOST_BITS, DEFAULT_TWICE. Legal means FRAMED alone. */
export function surveyPlain(bytes: Uint8Array, start: number, end: number, bits: number): number {
  let flags = FRAMED;
  let defaults = 0;
  let at = start;
  while (at < end) {
    const length = bytes[at];
    at += 1 + ((length + 7) >>> 3);
    if (length > bits || at > end) return flags & ~FRAMED;
    if (length === 0 && ++defaults > 1) flags |= DEFAULT_TWICE;
    if ((length & 7) !== 0 && (bytes[at - 1] & (0xff >>> (length & 7))) !== 0) flags |= HOST_BITS;
  }
  return flags;
}

/** Surveys the block as one with path identifiers: a set of FRAMED, HOST_BITS, LARGE_ID. Legal means FRAMED and not HOST_BITS. */
export function surveyAddPath(bytes: Uint8Array, start: number, end: number, bits: number): number {
  let flags = FRAMED;
  let at = start;
  while (at < end) {
    if (end - at < 5) return flags & ~FRAMED;
    if (bytes[at] >= LARGE_FIRST_OCTET) flags |= LARGE_ID;
    const length = bytes[at + 4];
    at += 5 + ((length + 7) >>> 3);
    if (length > bits || at > end) return flags & ~FRAMED;
    if ((length & 7) !== 0 && (bytes[at - 1] & (0xff >>> (length & 7))) !== 0) flags |= HOST_BITS;
  }
  return flags;
}
