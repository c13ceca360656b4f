// An IP prefix as a value: family, length, and the address as up to four 32-bit words with host bits zero.
// Text comes in through ip-address (configuration, command line, API); the hot path makes prefixes from bytes and integers.
// Text goes out in the forms of RFC 4632 (IPv4) and RFC 5952 (IPv6). No AS numbers, no routes.

import { Address4, Address6 } from 'ip-address';
import { type Afi, formatIpv4, formatIpv6, wordAt } from './address.js';

/** Thrown by `Prefix.parse`: text that is no prefix, with the reason. */
export class PrefixSyntaxError extends Error {
  override readonly name = 'PrefixSyntaxError';
  readonly code = 'ERR_PREFIX_SYNTAX';
  readonly text: string;

  constructor(text: string, reason: string) {
    super(`Cannot read prefix "${text}": ${reason}`);
    this.text = text;
  }
}

/** An immutable IPv4 or IPv6 prefix. `w0`..`w3` are unsigned 32-bit words, the first the most significant; IPv4 uses `w0` alone. */
export class Prefix {
  readonly afi: Afi;
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
   * Reads `192.0.2.0/24`, `2001:db8::/32`, or an address alone (a host prefix).
   *
   * @throws PrefixSyntaxError where the text is no prefix or has host bits set.
   */
  static parse(text: string): Prefix {
    const prefix = Prefix.parseAddress(text);
    const slash = text.indexOf('/');
    if (slash < 0) return prefix;
    const bare = Prefix.parseAddress(text.slice(0, slash));
    if (bare.w0 !== prefix.w0 || bare.w1 !== prefix.w1 || bare.w2 !== prefix.w2 || bare.w3 !== prefix.w3) {
      throw new PrefixSyntaxError(text, `it has host bits set; did you mean ${prefix.toString()}?`);
    }
    return prefix;
  }

  /** As `parse`, but host bits are masked away. */
  static parseAddress(text: string): Prefix {
    const [, length = ''] = /^[^/]+\/(\d{1,3})$/.exec(text) ?? [];
    if (text.includes('/') && length === '') throw new PrefixSyntaxError(text, 'it has no prefix length after "/"');
    const [bare] = text.split('/');
    if (Address4.isValid(bare)) {
      const bits = length === '' ? 32 : Number(length);
      if (bits > 32) throw new PrefixSyntaxError(text, 'an IPv4 prefix length is at most 32');
      return Prefix.ipv4(wordAt(Uint8Array.from(new Address4(bare).toArray()), 0), bits);
    }
    if (Address6.isValid(bare) && !bare.includes('%')) {
      const bits = length === '' ? 128 : Number(length);
      if (bits > 128) throw new PrefixSyntaxError(text, 'an IPv6 prefix length is at most 128');
      const value = new Address6(bare).bigInt();
      const word = (shift: bigint): number => Number((value >> shift) & 0xffffffffn);
      return Prefix.ipv6([word(96n), word(64n), word(32n), word(0n)], bits);
    }
    throw new PrefixSyntaxError(text, 'it is neither an IPv4 nor an IPv6 address');
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
