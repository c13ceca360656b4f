// Prefixes for property tests: of both families, crowded into few addresses so that they nest, meet and repeat, and bits as
// text, the slow second way to say what covers what.

import fc from 'fast-check';
import { Prefix } from '../../src/ip/prefix.js';

const someWords = [
  0, 1, 0x80000000, 0xffffffff, 0x0a000000, 0x0a00ffff, 0x0a010000, 0x20010db8, 0x20010db9, 0x0000ffff,
];

/** Words that share long beginnings, and a few that share nothing. */
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...someWords) },
  { weight: 1, arbitrary: fc.nat(0xffffffff) },
);

const length = (most: number, favourites: readonly number[]): fc.Arbitrary<number> =>
  fc.oneof(fc.constantFrom(...favourites), fc.nat(most));

const ipv4 = fc
  .tuple(word, length(32, [0, 1, 7, 8, 9, 15, 16, 17, 24, 31, 32]))
  .map(([first, bits]) => Prefix.ipv4(first, bits));

const ipv6 = fc
  .tuple(
    fc.tuple(word, word, word, word),
    length(128, [0, 8, 15, 16, 17, 23, 24, 31, 32, 33, 48, 63, 64, 65, 96, 97, 127, 128]),
  )
  .map(([words, bits]) => Prefix.ipv6(words, bits));

/** A prefix of either family. */
export const anyPrefix: fc.Arbitrary<Prefix> = fc.oneof(ipv4, ipv6);

/** The significant bits of a prefix, `length` characters of 0 and 1. */
export function bitsOf(prefix: Prefix): string {
  const words = [prefix.w0, prefix.w1, prefix.w2, prefix.w3];
  return words
    .map((each) => each.toString(2).padStart(32, '0'))
    .join('')
    .slice(0, prefix.length);
}

/** The significant octets of a prefix after `before` others, host bits set to `noise`. */
export function nlriOctets(prefix: Prefix, before: number, noise: number): Uint8Array {
  const octets =
    bitsOf(prefix)
      .padEnd(Math.ceil(prefix.length / 8) * 8, (noise & 1).toString())
      .match(/.{8}/g) ?? [];
  return Uint8Array.from([...Array<number>(before).fill(noise), ...octets.map((octet) => parseInt(octet, 2))]);
}
