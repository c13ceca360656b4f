// An IP prefix as a value: family, length, and the address as up to four 32-bit words with host bits zero.
// Made from bytes and integers; text comes in through `prefix-text.ts`, so that the MRT parser needs no package. Text goes out in the
// forms of RFC 4632 (IPv4) and RFC 5952 (IPv6). No AS numbers, no routes.

import { type Afi, formatIpv4, formatIpv6, parseAddress } from './address.js';

/** An immutable IPv4 or IPv6 prefix. `w0`..`w3` are unsigned 32-bit words, the first the most significant; IPv4 uses `w0` alone. */
export class Prefix {
  /** 1 IPv4, 2 IPv6. */
  readonly afi: Afi;
  /** Bits: 0 to 32 or 128. */
  readonly length: number;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
  #text: string | undefined;

  private constructor(afi: Afi, length: number, w0: number, w1: number, w2: number, w3: number) {
    this.afi = afi;
    this.length = length;
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.w3 = w3;
  }

  /** The IPv4 prefix of a 32-bit word; bits past `length` are cleared. */
  static ipv4(word: number, length: number): Prefix {
    return new Prefix(1, length, maskWord(word, length), 0, 0, 0);
  }

  /** The IPv6 prefix of four 32-bit words; bits past `length` are cleared. */
  static ipv6(words: readonly [number, number, number, number], length: number): Prefix {
    return new Prefix(
      2,
      length,
      maskWord(words[0], length),
      maskWord(words[1], length - 32),
      maskWord(words[2], length - 64),
      maskWord(words[3], length - 96),
    );
  }

  /**
   * The prefix whose significant octets, ceil(length / 8) of them, stand at `offset`: the NLRI form of RFC 4271 section 4.3.
   * Host bits are masked. The caller has checked that the octets are there and that `length` fits the family.
   */
  static fromNlri(bytes: Uint8Array, offset: number, length: number, afi: Afi): Prefix {
    const octets = (length + 7) >>> 3;
    if (afi === 1) return Prefix.ipv4(partialWord(bytes, offset, octets), length);
    return Prefix.ipv6(
      [
        partialWord(bytes, offset, octets),
        partialWord(bytes, offset + 4, octets - 4),
        partialWord(bytes, offset + 8, octets - 8),
        partialWord(bytes, offset + 12, octets - 12),
      ],
      length,
    );
  }

  /**
   * The prefix of `192.0.2.0/24` or `2001:db8::/32`: a literal of a program. What users write goes through `parsePrefix`, which explains.
   *
   * @throws RangeError where the text is no prefix, has no length, or has host bits set.
   */
  static of(text: string): Prefix {
    const [, address = '', bits = ''] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
    const octets = parseAddress(address);
    const length = Number(bits);
    if (octets !== null && length <= octets.length * 8) {
      const prefix = Prefix.fromNlri(octets, 0, length, octets.length === 4 ? 1 : 2);
      const whole = Prefix.fromNlri(octets, 0, octets.length * 8, prefix.afi);
      if (prefix.address() === whole.address()) return prefix;
    }
    throw new RangeError(`Cannot make a prefix of "${text}": it is none, or has host bits set`);
  }

  /** Canonical text, `192.0.2.0/24` or `2001:db8::/32`; equal prefixes have equal text, so it serves as a map key. */
  toString(): string {
    return (this.#text ??= `${this.address()}/${this.length}`);
  }

  /** The network address as text, without the length. */
  address(): string {
    return this.afi === 1 ? formatIpv4(this.w0) : formatIpv6(this.w0, this.w1, this.w2, this.w3);
  }

  /** True where `other` equals this prefix or lies inside it. */
  covers(other: Prefix): boolean {
    if (this.afi !== other.afi || this.length > other.length) return false;
    const { length } = this;
    return (
      maskWord(other.w0, length) === this.w0 &&
      maskWord(other.w1, length - 32) === this.w1 &&
      maskWord(other.w2, length - 64) === this.w2 &&
      maskWord(other.w3, length - 96) === this.w3
    );
  }

  equals(other: Prefix): boolean {
    return this.length === other.length && this.covers(other);
  }

  /** Orders by family, then address, then length (shortest first): negative, 0 or positive. */
  static compare(a: Prefix, b: Prefix): number {
    return a.afi - b.afi || a.w0 - b.w0 || a.w1 - b.w1 || a.w2 - b.w2 || a.w3 - b.w3 || a.length - b.length;
  }
}

/** `word` with all but its first `bits` bits cleared; `bits` may be below 0 or above 32. */
function maskWord(word: number, bits: number): number {
  if (bits >= 32) return word >>> 0;
  if (bits <= 0) return 0;
  return (word & (-1 << (32 - bits))) >>> 0;
}

/** The first `octets` (clamped to 0..4) bytes at `offset` as the high part of a 32-bit word. */
function partialWord(bytes: Uint8Array, offset: number, octets: number): number {
  let word = 0;
  for (let i = 0; i < 4; i++) word = (word << 8) | (i < octets ? bytes[offset + i] : 0);
  return word >>> 0;
}
