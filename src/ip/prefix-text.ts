// Prefixes from text, through ip-address: what configuration, command line and API are given. The only user of that package; the value
// type itself is `prefix.ts`, which the MRT parser takes without it. No prefix of the hot path comes from here.

import { Address4, Address6 } from 'ip-address';
import { wordAt } from './address.js';
import { Prefix } from './prefix.js';

/** Thrown by `parsePrefix`: text that is no prefix, with the reason. */
export class PrefixSyntaxError extends Error {
  override readonly name = 'PrefixSyntaxError';
  readonly code = 'ERR_PREFIX_SYNTAX';
  readonly text: string;

  constructor(text: string, reason: string) {
    super(`Cannot read prefix "${text}": ${reason}`);
    this.text = text;
  }
}

/**
 * Reads `192.0.2.0/24`, `2001:db8::/32`, or an address alone (a host prefix).
 *
 * @throws PrefixSyntaxError where the text is no prefix or has host bits set.
 */
export function parsePrefix(text: string): Prefix {
  const prefix = parseMaskedPrefix(text);
  const slash = text.indexOf('/');
  if (slash < 0) return prefix;
  const bare = parseMaskedPrefix(text.slice(0, slash));
  if (bare.w0 !== prefix.w0 || bare.w1 !== prefix.w1 || bare.w2 !== prefix.w2 || bare.w3 !== prefix.w3) {
    throw new PrefixSyntaxError(text, `it has host bits set; did you mean ${prefix.toString()}?`);
  }
  return prefix;
}

/** As `parsePrefix`, but host bits are masked away. */
export function parseMaskedPrefix(text: string): Prefix {
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
