// Addresses as text: IPv4 dotted quads and IPv6 in the form of RFC 5952, made from bytes or from 32-bit words.
// Parsing text is `prefix.ts`'s work; nothing here takes text in.

/** Address family of RFC 4760: 1 = IPv4, 2 = IPv6. */
export type Afi = 1 | 2;

/** `192.0.2.1` of a 32-bit word. */
export function formatIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** RFC 5952 text of four 32-bit words: the longest run of two or more zero groups shortened, lower case. */
export function formatIpv6(w0: number, w1: number, w2: number, w3: number): string {
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) return `::ffff:${formatIpv4(w3)}`; // RFC 5952 section 5
  const groups = [w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff, w2 >>> 16, w2 & 0xffff, w3 >>> 16, w3 & 0xffff];
  let bestStart = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && groups[i + run] === 0) run++;
    if (run > bestLength) {
      bestStart = i;
      bestLength = run;
    }
    if (run > 0) i += run;
  }
  if (bestStart < 0) return groups.map(hex).join(':');
  const head = groups.slice(0, bestStart).map(hex).join(':');
  const tail = groups
    .slice(bestStart + bestLength)
    .map(hex)
    .join(':');
  return `${head}::${tail}`;
}

function hex(group: number): string {
  return group.toString(16);
}

/** The big-endian 32-bit word at `offset`, unsigned. The caller has checked that four bytes are there. */
export function wordAt(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0;
}

/** Text of the 4-byte (`afi` 1) or 16-byte (`afi` 2) address at `offset`. The caller has checked the bounds. */
export function formatAddress(bytes: Uint8Array, offset: number, afi: Afi): string {
  if (afi === 1) return formatIpv4(wordAt(bytes, offset));
  return formatIpv6(
    wordAt(bytes, offset),
    wordAt(bytes, offset + 4),
    wordAt(bytes, offset + 8),
    wordAt(bytes, offset + 12),
  );
}
