// Text of addresses that recur (next hops): two direct-mapped tables, so that the same address is formatted once in a while and not
// once a message. Bounded by construction (1024 entries a family, a newcomer evicts); owned by whoever decodes, never shared state.

import { formatIpv4, formatIpv6, wordAt } from '../ip/address.js';

const SLOTS = 1024;

/** Formats addresses at an offset of a buffer; equal addresses mostly give the same string object. */
export class AddressText {
  readonly #words4 = new Uint32Array(SLOTS);
  readonly #text4 = new Array<string | undefined>(SLOTS).fill(undefined);
  readonly #words6 = new Uint32Array(SLOTS * 4);
  readonly #text6 = new Array<string | undefined>(SLOTS).fill(undefined);

  /** The 4 octets at `offset` as a dotted quad. The caller has checked the bound. */
  ipv4(bytes: Uint8Array, offset: number): string {
    const word = wordAt(bytes, offset);
    const slot = Math.imul(word, 0x9e3779b1) >>> 22;
    const known = this.#text4[slot];
    if (known !== undefined && this.#words4[slot] === word) return known;
    this.#words4[slot] = word;
    return (this.#text4[slot] = formatIpv4(word));
  }

  /** The 16 octets at `offset` in RFC 5952 form. The caller has checked the bound. */
  ipv6(bytes: Uint8Array, offset: number): string {
    const w0 = wordAt(bytes, offset);
    const w1 = wordAt(bytes, offset + 4);
    const w2 = wordAt(bytes, offset + 8);
    const w3 = wordAt(bytes, offset + 12);
    const slot = Math.imul(Math.imul(w0 ^ w1, 0x85ebca6b) ^ w2 ^ Math.imul(w3, 0xc2b2ae35), 0x9e3779b1) >>> 22;
    const words = this.#words6;
    const at = slot * 4;
    const known = this.#text6[slot];
    if (
      known !== undefined &&
      words[at] === w0 &&
      words[at + 1] === w1 &&
      words[at + 2] === w2 &&
      words[at + 3] === w3
    ) {
      return known;
    }
    words[at] = w0;
    words[at + 1] = w1;
    words[at + 2] = w2;
    words[at + 3] = w3;
    return (this.#text6[slot] = formatIpv6(w0, w1, w2, w3));
  }
}
