// Numbers and addresses as ASCII, put straight into bytes: each function writes at `at` and returns where it ended. The caller has seen
// to the room. No string is made, since building them is most of the cost of a line (test/bench, P5).

/** The most octets that one of these functions writes. */
export const LONGEST = 45;

const ZERO = 0x30;
const DOT = 0x2e;
const COLON = 0x3a;
const LETTER_A = 0x61 - 10;

/** `000` to `999`. */
const TRIPLES = makeTriples();

function makeTriples(): Uint8Array {
  const digits = new Uint8Array(3000);
  for (let value = 0; value < 1000; value++) {
    digits[value * 3] = ZERO + Math.floor(value / 100);
    digits[value * 3 + 1] = ZERO + (Math.floor(value / 10) % 10);
    digits[value * 3 + 2] = ZERO + (value % 10);
  }
  return digits;
}

/** A number of 0 to 4294967295, in decimal. */
export function putNumber(out: Uint8Array, at: number, value: number): number {
  if (value < 1000) return putShort(out, at, value);
  if (value < 1_000_000) {
    const high = (value / 1000) | 0;
    return putTriple(out, putShort(out, at, high), value - high * 1000);
  }
  const millions = Math.floor(value / 1_000_000);
  const rest = value - millions * 1_000_000;
  const high = (rest / 1000) | 0;
  let next = millions < 1000 ? putShort(out, at, millions) : putNumber(out, at, millions);
  next = putTriple(out, next, high);
  return putTriple(out, next, rest - high * 1000);
}

/** 0 to 999, without leading zeros. */
function putShort(out: Uint8Array, at: number, value: number): number {
  const from = value * 3;
  if (value < 10) {
    out[at] = ZERO + value;
    return at + 1;
  }
  if (value < 100) {
    out[at] = TRIPLES[from + 1];
    out[at + 1] = TRIPLES[from + 2];
    return at + 2;
  }
  return putTriple(out, at, value);
}

/** Three digits. */
export function putTriple(out: Uint8Array, at: number, value: number): number {
  const from = value * 3;
  out[at] = TRIPLES[from];
  out[at + 1] = TRIPLES[from + 1];
  out[at + 2] = TRIPLES[from + 2];
  return at + 3;
}

/** The dotted quad of the first `octets` octets at `from`, the others being 0. */
export function putIpv4(out: Uint8Array, at: number, bytes: Uint8Array, from: number, octets = 4): number {
  let next = at;
  for (let i = 0; i < 4; i++) {
    if (i > 0) out[next++] = DOT;
    next = putShort(out, next, i < octets ? bytes[from + i] : 0);
  }
  return next;
}

/** The dotted quad of a 32-bit word. */
export function putIpv4Word(out: Uint8Array, at: number, word: number): number {
  let next = putShort(out, at, word >>> 24);
  out[next++] = DOT;
  next = putShort(out, next, (word >>> 16) & 255);
  out[next++] = DOT;
  next = putShort(out, next, (word >>> 8) & 255);
  out[next++] = DOT;
  return putShort(out, next, word & 255);
}

/**
 * The IPv6 address of the first `octets` octets at `from`, the others being 0, as bgpdump writes it: lower case, the longest run of
 * zero groups shortened (the first of equal ones, even a single group), addresses below ::/96 dotted but for :: and ::1, and those in
 * ::ffff:0:0/96.
 */
export function putIpv6(out: Uint8Array, at: number, bytes: Uint8Array, from: number, octets = 16): number {
  const end = from + octets;
  let bestStart = 8;
  let bestEnd = 8;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && isZeroGroup(bytes, from + 2 * j, end)) j++;
    if (j - i > bestEnd - bestStart) {
      bestStart = i;
      bestEnd = j;
    }
    if (j > i) i = j;
  }
  if (bestStart === 0 && isDotted(bytes, from, end, bestEnd)) return putDotted(out, at, bytes, from, bestEnd, octets);
  let next = at;
  for (let i = 0; i < 8; i++) {
    if (i === bestStart) {
      out[next++] = COLON;
      out[next++] = COLON;
      i = bestEnd - 1;
      continue;
    }
    if (i > 0 && i !== bestEnd) out[next++] = COLON;
    next = putGroup(out, next, groupAt(bytes, from + 2 * i, end));
  }
  return next;
}

function groupAt(bytes: Uint8Array, at: number, end: number): number {
  return at >= end ? 0 : (bytes[at] << 8) | (at + 1 < end ? bytes[at + 1] : 0);
}

function isZeroGroup(bytes: Uint8Array, at: number, end: number): boolean {
  return at >= end || (bytes[at] === 0 && (at + 1 >= end || bytes[at + 1] === 0));
}

/** Whether the address, `zeros` groups of 0 in front, is ::a.b.c.d or ::ffff:a.b.c.d. */
function isDotted(bytes: Uint8Array, from: number, end: number, zeros: number): boolean {
  if (zeros === 5) return groupAt(bytes, from + 10, end) === 0xffff;
  if (zeros === 7) return groupAt(bytes, from + 14, end) !== 1;
  return zeros === 6;
}

function putDotted(
  out: Uint8Array,
  at: number,
  bytes: Uint8Array,
  from: number,
  zeros: number,
  octets: number,
): number {
  let next = at;
  out[next++] = COLON;
  out[next++] = COLON;
  if (zeros === 5) {
    next = putGroup(out, next, 0xffff);
    out[next++] = COLON;
  }
  return putIpv4(out, next, bytes, from + 12, Math.max(0, octets - 12));
}

function putGroup(out: Uint8Array, at: number, group: number): number {
  let next = at;
  if (group >= 0x1000) out[next++] = hexDigit(group >>> 12);
  if (group >= 0x100) out[next++] = hexDigit((group >>> 8) & 15);
  if (group >= 0x10) out[next++] = hexDigit((group >>> 4) & 15);
  out[next++] = hexDigit(group & 15);
  return next;
}

function hexDigit(value: number): number {
  return value < 10 ? ZERO + value : LETTER_A + value;
}
