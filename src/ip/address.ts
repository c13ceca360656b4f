// Addresses as text: IPv4 dotted quads and IPv6 in the form of RFC 5952, made from bytes or from 32-bit words.
// `parseAddress` takes back what stands here as text, for the encoders; text of users goes through `prefix-text.ts`.

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

/**
 * The 4 or 16 octets of an address in text: a dotted quad, or an IPv6 address in any form of RFC 4291 section 2.2, without a zone.
 *
 * @returns null where the text is none.
 */
export function parseAddress(text: string): Uint8Array | null {
  if (!text.includes(':')) return parseDottedQuad(text);
  const halves = text.split('::');
  const head = parseGroups(halves[0], halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1], true) : [];
  if (halves.length > 2 || head === null || tail === null) return null;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return null;
  const bytes = new Uint8Array(16);
  bytes.set(head);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

function parseDottedQuad(text: string): Uint8Array | null {
  const word = dottedQuadWord(text);
  return word < 0 ? null : Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word);
}

const DOT = 0x2e;
const ZERO = 0x30;

/** The 32-bit word, unsigned, of four decimal octets without leading zeros; -1 where the text is anything else. */
export function dottedQuadWord(text: string): number {
  let word = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const digit = code - ZERO;
    if (digit >= 0 && digit <= 9 && octet !== 0) {
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    } else if (code === DOT && octet >= 0) {
      word = word * 256 + octet;
      octet = -1;
      dots++;
    } else return -1;
  }
  return dots === 3 && octet >= 0 ? word * 256 + octet : -1;
}

/** The octets of `2001:db8` and the like; the last group may be a dotted quad where `quad` says so. */
function parseGroups(text: string, quad: boolean): number[] | null {
  if (text === '') return [];
  const groups = text.split(':');
  const octets: number[] = [];
  for (const [i, group] of groups.entries()) {
    if (quad && i === groups.length - 1 && group.includes('.')) {
      const last = parseDottedQuad(group);
      if (last === null) return null;
      octets.push(...last);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return null;
      const value = Number.parseInt(group, 16);
      octets.push(value >>> 8, value & 255);
    }
  }
  return octets;
}
